"""The engine on Whoosh: the only door to it. Importing this package imports Whoosh without the
network and without warnings, before anything else of it is.

`whoosh.compat` imports `urllib.request`, and with it `http`, `email` and `ssl`, for one function
that nothing in Whoosh calls. That is half the time that importing Whoosh takes.
"""

from __future__ import annotations

import os
import re
import sys
import threading
import warnings
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

_NAME = "urllib.request"


def _urlretrieve(*arguments: Any, **options: Any) -> Any:
    """`urllib.request.urlretrieve`, imported when it is called."""
    return import_module(_NAME).urlretrieve(*arguments, **options)


def import_compat() -> None:
    """Import `whoosh.compat` with a stand-in for `urllib.request`; where the process has that
    already, or another thread could come upon the stand-in, as it is.
    """
    if _NAME in sys.modules or threading.active_count() > 1:
        return
    stand_in = ModuleType(_NAME)
    vars(stand_in)["urlretrieve"] = _urlretrieve
    sys.modules[_NAME] = stand_in
    try:
        import_module("whoosh.compat")
    finally:
        del sys.modules[_NAME]


def ignore_warnings() -> None:
    """Let no warning about Whoosh's code through, whatever filters this process has.

    Python warns of it where no bytecode is kept: of escapes in its texts, and of `is` with a
    number. Where warnings are errors the import fails for them. A warning that Python has as it
    compiles is filtered by the file's path, any other by the module's name. The filter stays: to
    put back those of before, as `warnings.catch_warnings` does, would disturb other threads. Who
    imports more of Whoosh later asks again: a program may have changed the filters meanwhile.
    """
    found = find_spec("whoosh")
    if found is not None and found.origin is not None:
        folder = re.escape(os.path.dirname(found.origin))  # noqa: PTH120  # as Python spells it
        warnings.filterwarnings("ignore", module=rf"{folder}[\\/]|whoosh(\.|\Z)")


ignore_warnings()
import_compat()
