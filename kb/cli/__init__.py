"""The command line: the only door to Click. One file per command, imported when it is called."""

from __future__ import annotations

import gc
import os
import sys
import warnings

_ALLOCATIONS = 200_000
"""After so many new objects Python looks for cycles among them. Its own 700 suit programs that
run for long: a command has hardly started, and mere imports make that many a hundred times. It
saves a build after one edit of 1,400 articles 8% of its time."""


def main() -> int:
    """Run `kb` with the arguments of this process; the result is its exit code.

    To be called once, last: cycles that are left are not looked for any more, which Python does
    as a process ends and which takes 11% of a search's time.
    """
    gc.set_threshold(_ALLOCATIONS)
    if not os.environ.get("KB_DEBUG"):
        _ignore_warnings()
    from kb.cli.app import run

    try:
        return run()
    finally:
        gc.freeze()


def _ignore_warnings() -> None:
    """Python's warnings are for who changes code, not for who asks for help: none is shown, and
    none stops a command, here or in a process that this one starts.
    """
    warnings.simplefilter("ignore")
    sys.warnoptions[:] = ["ignore"]
