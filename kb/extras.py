"""The command that installs an extra of kb here: kb itself is on no package index."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import sys
from importlib import metadata
from pathlib import Path
from urllib.parse import unquote, urlsplit

from kb.files import shown_path

_NAME = "helpkb"


def install_command(extra: str) -> str:
    """A command line that installs what an extra needs into the environment that runs kb.

    Where kb was installed from a clone that is still there, it names that; else what the extra
    needs, by its names on the package index.
    """
    clone, editable = _clone()
    if clone is None:
        return shlex.join([*_pip(), "install", *_requirements(extra)])
    folder = "." if shown_path(clone) == "." else str(clone)
    switch = ["-e"] if editable else []
    return shlex.join([*_pip(), "install", *switch, f"{folder}[{extra}]"])


def _clone() -> tuple[Path | None, bool]:
    """The folder that kb was installed from, and whether it runs from there; None without one."""
    try:
        noted = metadata.distribution(_NAME).read_text("direct_url.json")
        record = json.loads(noted or "{}")
    except (metadata.PackageNotFoundError, ValueError):
        record = {}
    here = Path(__file__).parents[1]
    if not record and (here / "pyproject.toml").is_file():  # run from a clone, not installed
        return here, True
    parts = urlsplit(str(record.get("url", "")))
    path = unquote(parts.path).lstrip("/" if os.name == "nt" else "")
    folder = Path(path) if parts.scheme == "file" else None
    if folder is None or not (folder / "pyproject.toml").is_file():
        return None, False
    return folder, bool(record.get("dir_info", {}).get("editable"))


def _requirements(extra: str) -> list[str]:
    """What the extra needs, as pip takes it."""
    try:
        needed = metadata.requires(_NAME) or []
    except metadata.PackageNotFoundError:
        return [f"{_NAME}[{extra}]"]
    marked = [line.partition(";") for line in needed]
    mark = re.compile(rf"extra == ['\"]{re.escape(extra)}['\"]")
    return [requirement.strip() for requirement, _, marker in marked if mark.search(marker)]


def _pip() -> list[str]:
    """The pip of the environment that runs kb, as short as a shell here finds it."""
    folder = Path(sys.executable).parent
    found = shutil.which("pip")
    if found and Path(found).parent == folder:
        return ["pip"]
    pip = folder / ("pip.exe" if os.name == "nt" else "pip")
    if pip.is_file():
        return [shown_path(pip)]
    return [shown_path(Path(sys.executable)), "-m", "pip"]
