"""The command line: the only door to Click. One file per command, imported when it is called."""

from __future__ import annotations


def main() -> int:
    """Run `kb` with the arguments of this process; the result is its exit code."""
    from kb.cli.app import run

    return run()
