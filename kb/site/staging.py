"""The new site while it is made, in a folder that then changes places with the old one.

Afterwards that folder holds the old site. Where it may stay (in the index folder, on the
same disk) the next build starts from it, and only what differs is linked or written again.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from typing import TYPE_CHECKING

from kb.engine.caches import UNFINISHED
from kb.errors import SiteError
from kb.site.swap import MANIFEST, remove_site

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

State = tuple[int, int, int]
"""Size, time of change and inode of a file: who sees the same need not read it."""


class Staging:
    """A folder to fill. Files in it may be links to those of the site: none is ever written to,
    only replaced.
    """

    def __init__(self, folder: Path, *, stays: bool) -> None:
        """`stays`: what is in the folder may be built on, and the old site is left there
        afterwards. In between, and where the build fails or is killed, it has another name.
        """
        self._spare = folder if stays else None
        self.folder = folder.with_name(f"{folder.name}{UNFINISHED}") if stays else folder
        self._created: list[Path] = []
        self._there: dict[str, int] = {}
        self._folders: set[str] = set()
        self._made: set[str] = set()
        self._done: set[str] = {MANIFEST}
        self.copied = False

    def start(self) -> None:
        """Make the folder, or see what an earlier build left in it."""
        if self._made:
            return
        if self._spare is None:
            remove_leftover(self.folder)
        elif os.path.lexists(self._spare):
            self._spare.rename(self.folder)
            self._folders, self._there = _clean(self.folder)
        self._created = [path for path in (self.folder, *self.folder.parents) if not path.exists()]
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / MANIFEST).unlink(missing_ok=True)
        (self.folder / MANIFEST).touch()
        self._made.add("")

    def place(self, path: str) -> str:
        """Where to write a file: its folder is there, and nothing of its name."""
        place = self._parent(path)
        if path in self._there:
            os.unlink(place)  # noqa: PTH108  # a text: see `link`
        self._done.add(path)
        return place

    def link(self, path: str, site: Path, state: State | None) -> None:
        """Take over a file, or a symbolic link, of the old site, which is in this state."""
        self._done.add(path)
        if state is not None and self._there.get(path) == state[-1]:
            return  # the same inode on the same disk: the very same file
        old, place = f"{site}/{path}", self.place(path)  # a Path takes as long as a link
        try:
            os.link(old, place, follow_symlinks=False)
        except OSError:  # not every file system has links
            self.copied = True
            shutil.copy2(old, place, follow_symlinks=False)

    def add_folder(self, path: str) -> None:
        """Make a folder that nothing of kb's is in."""
        self._parent(f"{path}/")

    def finish(self, manifest: bytes) -> None:
        """Remove what does not belong to the new site, and write the manifest."""
        for path in self._there.keys() - self._done:
            (self.folder / path).unlink()
        needed = self._made | folders_of(self._done)
        for path in sorted(self._folders - needed, reverse=True):
            (self.folder / path).rmdir()
        (self.folder / MANIFEST).write_bytes(manifest)

    def settle(self) -> None:
        """Let the old site, which has changed places with the new one, be where it may stay."""
        self._created = []
        if self._spare is not None:
            with contextlib.suppress(OSError):  # there was none
                self.folder.rename(self._spare)

    def leave(self) -> None:
        """Remove the folder, unless it is where it may stay, and those that were made for it."""
        if not self._made:
            return
        with contextlib.suppress(OSError):
            remove_site(self.folder)
        for path in self._created:
            with contextlib.suppress(OSError):
                path.rmdir()

    def _parent(self, path: str) -> str:
        folder = path.rpartition("/")[0]
        if folder not in self._made:
            (self.folder / folder).mkdir(parents=True, exist_ok=True)
            parts = folder.split("/")
            self._made.update("/".join(parts[: count + 1]) for count in range(len(parts)))
        return f"{self.folder}/{path}"


def states_of(
    folder: Path, *, skip: frozenset[str] = frozenset(), tolerant: bool = False
) -> dict[str, State]:
    """Every regular file under a folder with its state, by relative path. Follows no links.

    Names that begin with a dot or end in one of `skip` are passed over, if any is given, and
    where it is `tolerant`, what may not be read. Raises OSError.
    """
    passed_over = (FileNotFoundError, PermissionError) if tolerant else (FileNotFoundError,)
    states: dict[str, State] = {}
    waiting = [""]
    suffixes = tuple(skip)
    while waiting:
        prefix = waiting.pop()
        with contextlib.suppress(*passed_over), os.scandir(folder / prefix) as entries:
            for entry in entries:
                if suffixes and (entry.name.startswith(".") or entry.name.endswith(suffixes)):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(f"{prefix}{entry.name}/")
                elif entry.is_file(follow_symlinks=False):
                    with contextlib.suppress(*passed_over):
                        states[prefix + entry.name] = state_of(entry.stat(follow_symlinks=False))
    return states


def state_of(found: os.stat_result) -> State:
    """The state of a file that the system told of."""
    return found.st_size, found.st_mtime_ns, found.st_ino


def _clean(folder: Path) -> tuple[set[str], dict[str, int]]:
    """The folders in a folder, and its files with their inodes. It is rid of everything else."""
    folders: set[str] = set()
    files: dict[str, int] = {}
    if folder.is_symlink() or not folder.is_dir():
        folder.unlink()
        return folders, files
    waiting = [""]
    while waiting:
        prefix = waiting.pop()
        with os.scandir(folder / prefix) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.add(prefix + entry.name)
                    waiting.append(f"{prefix}{entry.name}/")
                elif entry.is_file(follow_symlinks=False):
                    files[prefix + entry.name] = entry.inode()
                else:
                    os.unlink(entry.path)  # noqa: PTH108 as scandir gives it
    return folders, files


def folders_of(paths: Iterable[str]) -> set[str]:
    """Every folder above these paths, but the top one."""
    found: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found


def beside(site: Path) -> Path:
    """Where a new site is made if the index folder has no place for it."""
    return site.with_name(f".{site.name}.kb-new")


def remove_leftover(folder: Path) -> None:
    """Remove what a killed build left beside the output. Raises SiteError if it is not kb's."""
    if not os.path.lexists(folder):
        return
    ours = not folder.is_symlink() and folder.is_dir()
    if not ours or (any(folder.iterdir()) and not (folder / MANIFEST).is_file()):
        raise SiteError(
            "this is in the way of the new site, and not kb's",
            path=str(folder),
            hint="move it away",
            code="site-output",
        )
    remove_site(folder)
