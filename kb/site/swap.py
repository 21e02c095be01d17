"""One folder in the place of another, at once where the system can."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from pathlib import Path

from kb.errors import SiteError

MANIFEST = ".kb-site.json"
"""The file that marks a folder as a site of kb."""

_AT_FDCWD = -100
_EXCHANGE = 2


def swap_in(new: Path, folder: Path) -> None:
    """Put `new` in the place of `folder`.

    On Linux both change places in one step, and `new` is the old site afterwards. Elsewhere
    there is a moment between two renames in which the folder is missing; `recover` puts it
    back after a crash in that moment.
    """
    try:
        if not folder.exists():
            folder.parent.mkdir(parents=True, exist_ok=True)
            new.rename(folder)
            return
        shutil.copymode(folder, new)
        if not _exchange(new, folder):
            old = _parked(folder)
            folder.rename(old)
            new.rename(folder)
            with contextlib.suppress(OSError):  # the next build tries again
                remove_site(old)
    except OSError as error:
        raise SiteError(
            f"the new site can't take the folder's place: {error.strerror}",
            path=str(folder),
            hint="if it is a mount point, build into a folder within it",
            code="site-output",
        ) from error


def remove_site(folder: Path) -> None:
    """Remove a folder with all that is in it, the mark that it is kb's last."""
    for entry in list(os.scandir(folder)):
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path)
        elif entry.name != MANIFEST:
            Path(entry.path).unlink()
    (folder / MANIFEST).unlink(missing_ok=True)
    folder.rmdir()


def recover(folder: Path) -> None:
    """Bring back the old site if a crash came between the two renames."""
    old = _parked(folder)
    if not old.is_dir() or old.is_symlink():
        return
    if folder.exists():
        with contextlib.suppress(OSError):
            remove_site(old)
    else:
        old.rename(folder)


def _parked(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.kb-old")


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; False where the system can't."""
    if not sys.platform.startswith("linux"):
        return False
    import ctypes  # noqa: PLC0415  # costs, and only a build that changed something needs it

    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    failed = rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _EXCHANGE)
    return not failed
