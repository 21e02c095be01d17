"""Which releases of other libraries are at work, for what has to be made anew after an upgrade.

A release is read from the name of the metadata folder that stands beside the module that Python
has loaded, or would load. That needs neither the import of a library (20 ms for markdown-it-py)
nor that of `importlib.metadata` (10 ms), where a search pays for everything it starts with.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

INDEX = {
    "markdown_it": "markdown-it-py",
    "mdit_py_plugins": "mdit-py-plugins",
    "emoji": "emoji",
    "mdurl": "mdurl",
    "yaml": "PyYAML",
    "pathspec": "pathspec",
    "Stemmer": "PyStemmer",
    "spellchecker": "pyspellchecker",
    "whoosh": "Whoosh",
}
"""Modules that shape an index, each with the name of its package."""

SITE = {
    **INDEX,
    "babel": "babel",
    "jinja2": "Jinja2",
    "nh3": "nh3",
    "pygments": "Pygments",
    "markupsafe": "MarkupSafe",
}
"""Those that shape a site."""

_METADATA = (".dist-info", ".egg-info")


def releases(modules: Mapping[str, str]) -> dict[str, str]:
    """The release of each package, by name, and that of Python's Unicode tables, which say what
    a letter is. They are those of when they were first asked for: what is loaded stays.
    """
    found = {name: _release(module, name) for module, name in modules.items()}
    return {**found, "Unicode": unicodedata.unidata_version}


def difference(before: object, now: Mapping[str, str]) -> str:
    """What has another release now, as `PyYAML 6.0.2 became 6.0.3`; empty when nothing has."""
    if not isinstance(before, dict):
        return "it is not known which libraries made it"
    names = [name for name in {**before, **now} if before.get(name) != now.get(name)]
    return ", ".join(
        f"{name} {before.get(name, 'none')} became {now.get(name, 'none')}" for name in names
    )


@cache
def _release(module: str, name: str) -> str:
    """The release of the package that a module comes from; "none" where there is no such module.

    A module without metadata of its own beside it, as one that is developed in its repository,
    is told by its contents too.
    """
    try:
        spec = importlib.util.find_spec(module)
    except ValueError:  # a module that was made up at run time
        spec = None
    if spec is None or spec.origin is None:
        return "none"
    origin = Path(spec.origin)
    beside = origin.parent.parent if spec.submodule_search_locations else origin.parent
    versions = sorted(_versions(name, _metadata_of(str(beside))))
    return " and ".join(versions) or f"{_installed(name)} ({_digest(origin)})"


def _versions(name: str, folders: Iterable[str]) -> Iterable[str]:
    """The releases of a package that metadata folders are named after: one, unless an upgrade
    left the folder of the one before.
    """
    wanted = name.lower().replace("-", "_")
    for folder in folders:
        package, _, version = folder.partition("-")
        if package.lower().replace("-", "_").replace(".", "_") == wanted and version:
            yield version.partition("-py")[0]


@cache
def _metadata_of(folder: str) -> tuple[str, ...]:
    """The names of metadata folders in a folder, without what they all end in."""
    try:
        names = os.listdir(folder or ".")  # noqa: PTH208  # names alone: a folder may hold thousands
    except OSError:
        return ()
    return tuple(name.rpartition(".")[0] for name in names if name.endswith(_METADATA))


def _installed(name: str) -> str:
    """The release of a package as its metadata says, wherever that is."""
    from importlib import metadata  # noqa: PLC0415  # 10 ms, for what is rare

    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "unknown"


def _digest(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()[:8]
    except OSError:
        return "not a file"
