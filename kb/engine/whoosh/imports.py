"""Whoosh without the network: to be imported before anything of it.

`whoosh.compat` imports `urllib.request`, and with it `http`, `email` and `ssl`, for one function
that nothing in Whoosh calls. That is half the time that importing Whoosh takes.
"""

from __future__ import annotations

import sys
import threading
from importlib import import_module
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


import_compat()
