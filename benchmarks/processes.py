"""Commands in processes of their own, as users run them: kb from this checkout, its bytecode kept."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
_BYTECODE = tempfile.TemporaryDirectory(prefix="kb-bytecode-")


def environment() -> dict[str, str]:
    """Give the environment in which commands find kb, and Python what it compiled before."""
    own = {"PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": _BYTECODE.name}
    return {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | own
