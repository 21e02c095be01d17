"""The theme folder: files of kb's own to start a theme from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.errors import ContentError, SiteError
from kb.files import given_back, read_regular
from kb.site import PACKAGE
from kb.text.nearest import did_you_mean

if TYPE_CHECKING:
    from pathlib import Path


def read_theme_file(path: Path) -> bytes:
    """A file of a theme. Raises SiteError where it can't be read."""
    try:
        return read_regular(path)
    except OSError as error:
        raise SiteError(f"can't be read: {error.strerror}", path=str(path)) from error
    except ContentError as error:
        raise SiteError("can't be read: not a regular file", path=str(path)) from error


def theme_files() -> dict[str, bytes]:
    """Everything that a theme can replace, by name: templates, assets and words."""
    found = {}
    for folder in ("templates", "assets", "strings"):
        for entry in (PACKAGE / folder).iterdir():
            if entry.is_file():
                found[entry.name] = entry.read_bytes()
    return dict(sorted(found.items()))


def copy_theme_file(name: str, theme: Path) -> Path:
    """Copy a file of kb's own into the theme folder; never over one that is there.

    Raises SiteError for a name that a theme can't replace, and for a file that is there.
    """
    known = theme_files()
    if name not in known:
        hint = did_you_mean(name, known) or f"there are {', '.join(known)}"
        raise SiteError(f"a theme has no file called {name}", hint=hint, code="site-theme")
    place = theme / name
    try:
        with given_back(place):
            theme.mkdir(parents=True, exist_ok=True)
            with place.open("xb") as file:
                file.write(known[name])
    except FileExistsError:
        raise SiteError(
            "is there already",
            path=str(place),
            hint="kb init never overwrites",
            code="exists",
        ) from None
    return place
