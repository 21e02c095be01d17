"""What goes into a site: articles and topic files, other files of content/, theme and settings."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kb.articles import scan
from kb.errors import ConfigError
from kb.files import current_folder
from kb.libraries import SITE, releases
from kb.site import PACKAGE
from kb.site.staging import states_of

if TYPE_CHECKING:
    from kb.articles import Listing
    from kb.config import Config
    from kb.site.staging import State

_OWN = frozenset({".md", ".yaml", ".yml"})


class Sources(NamedTuple):
    """Everything that a build reads, as found on disk. `common` is a hash of what every page
    depends on: settings, theme, kb itself and the libraries, which `libraries` names.
    """

    listing: Listing
    files: dict[str, State]
    common: str
    libraries: dict[str, str]


class Folders(NamedTuple):
    """Where a build reads and writes; all absolute."""

    out: Path
    theme: Path
    logo: Path | None


def find_folders(config: Config, out: Path | None = None) -> Folders:
    """The folders that the settings name; relative ones start at the settings file."""
    base = _base(config, needed=out is None)
    settings = config.site
    return Folders(
        out=Path(os.path.abspath(out or base / settings.out)),  # noqa: PTH100 keeps links
        theme=base / settings.theme,
        logo=base / settings.logo if settings.logo else None,
    )


def _base(config: Config, *, needed: bool) -> Path:
    """Where relative paths start. Without settings that is the current folder; where that was
    removed and is not `needed`, what would stand in it is looked for beside the articles.
    """
    if config.source:
        return config.source.parent
    try:
        return current_folder()
    except ConfigError:
        if needed:
            raise
        return config.content.parent


def look(config: Config, folders: Folders, *mode: object) -> Sources:
    """Look at all sources without reading one. `mode` is what else makes pages differ."""
    libraries = releases(SITE)
    state = repr((config, mode, _signature(folders), _version(), libraries))
    return Sources(
        listing=scan(config.content),
        files=_other_files(config.content),
        common=hashlib.sha256(state.encode(errors="surrogatepass")).hexdigest(),
        libraries=libraries,
    )


def _other_files(content: Path) -> dict[str, State]:
    """Regular files under content/ that are no articles, none of them hidden; no links.

    A folder that may not be read is told of by the listing.
    """
    return states_of(content, skip=_OWN, tolerant=True)


def _signature(folders: Folders) -> list[object]:
    """The states of the theme and the logo."""
    theme = sorted(states_of(folders.theme).items()) if folders.theme.is_dir() else []
    logo = folders.logo
    return [theme, logo and logo.is_file() and (logo.stat().st_size, logo.stat().st_mtime_ns)]


def _version() -> list[object]:
    """The state of kb's own files that make pages."""
    packages = [
        PACKAGE,
        *(PACKAGE.parent / name for name in ("articles", "engine", "frontmatter", "markdown")),
    ]
    modules = sorted(PACKAGE.parent.glob("*.py"))
    found = [
        (path, state)
        for package in packages
        for path, state in states_of(package).items()
        if not path.endswith(".pyc") and "/__pycache__" not in path
    ]
    return [*sorted(found), *((path.name, path.stat().st_mtime_ns) for path in modules)]
