"""The output folder: filled beside, swapped in whole, and never more than kb's own touched.

    .site.kb-new/        the new site while it is made, where the index folder has no place
    site/.kb-site.json   the manifest: every file that kb wrote, with its SHA-256

Files that did not change are linked, not written again. Files that kb did not write are
carried over. A build that is killed leaves the old folder as it was; what it left beside
is removed by the next one.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kb.errors import SiteError
from kb.files import State, digest_file, write_file
from kb.index.generations import UNFINISHED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from io import BufferedReader, BytesIO

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


def states_of(folder: Path) -> dict[str, State]:
    """Every regular file under a folder with its state, by relative path. Follows no links.

    Raises OSError.
    """
    states: dict[str, State] = {}
    waiting = [""]
    while waiting:
        prefix = waiting.pop()
        with contextlib.suppress(FileNotFoundError), os.scandir(folder / prefix) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(f"{prefix}{entry.name}/")
                elif entry.is_file(follow_symlinks=False):
                    with contextlib.suppress(FileNotFoundError):
                        states[prefix + entry.name] = state_of(entry.stat(follow_symlinks=False))
    return states


def digest_of_output(written: Iterable[str], states: Mapping[str, State]) -> str:
    """A hash of the states of the files that kb wrote, which are in order, and of its manifest."""
    rows = [f"{path}\0{states.get(path)}" for path in (MANIFEST, *written)]
    return hashlib.sha256("\n".join(rows).encode(errors="surrogatepass")).hexdigest()


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


FORMAT = 1
_CHUNK = 1 << 20

_as_json = json.JSONEncoder(ensure_ascii=False).encode


def check_folder(folder: Path, sources: Iterable[Path]) -> None:
    """Refuse a folder that is no place for a site. `sources` are folders that feed it.

    Raises SiteError for the root, the home folder, one of the sources or what holds or lies
    in them, a link, a file, and a folder with files but without kb's manifest.
    """
    if folder.is_symlink():
        raise _refusal(folder, "is a symbolic link")
    real = folder.resolve()
    if real in {Path(real.anchor), Path.home().resolve()}:
        raise _refusal(folder, "is not a folder to fill")
    for source in sources:
        other = source.resolve()
        if real == other or real in other.parents or other in real.parents:
            raise _refusal(folder, f"holds or lies in {source}")
    if folder.exists():
        _check_own(folder)


def _check_own(folder: Path) -> None:
    if not folder.is_dir():
        raise _refusal(folder, "is a file")
    try:
        empty = not any(folder.iterdir())
    except OSError as error:
        raise _refusal(folder, f"can't be read: {error.strerror}") from error
    if not empty and not (folder / MANIFEST).is_file():
        raise _refusal(folder, "has files that kb did not write, and no manifest of kb")


def _refusal(folder: Path, why: str) -> SiteError:
    return SiteError(
        f"the site can't be written here: it {why}",
        path=str(folder),
        hint="`--out` names another folder, new or empty",
        code="site-output",
    )


def read_manifest(folder: Path) -> dict[str, str]:
    """The files that kb wrote, with their hashes. Raises SiteError for what is no manifest."""
    path = folder / MANIFEST
    try:
        manifest = json.loads(b"" if path.is_symlink() else path.read_bytes())
        files = manifest["files"]
        if manifest["format"] == FORMAT and all(_is_entry(*entry) for entry in files.items()):
            return dict(files)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    raise SiteError(
        "the manifest of the site can't be read",
        path=str(path),
        hint="move the folder away, or give another with `--out`",
        code="site-output",
    )


def _is_entry(path: str, digest: object) -> bool:
    parts = path.split("/")
    return isinstance(digest, str) and not any(p in ("", ".", "..") or "\0" in p for p in parts)


_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every file in an archive, the first that one can hold: the same files, the same
bytes.
"""


def pack(folder: Path, archive: Path) -> int:
    """Write the files that kb wrote to a folder into a ZIP archive, below the folder's name, and
    give its size in bytes. An archive of that name is replaced, whole.

    Raises SiteError where it can't be written.
    """
    import zipfile  # noqa: PLC0415  # few builds need it

    unfinished = archive.with_name(f".{archive.name}.kb-new")
    try:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as packed:
            for path in sorted(read_manifest(folder)):
                entry = zipfile.ZipInfo(f"{folder.name}/{path}", _EPOCH)
                entry.external_attr = 0o644 << 16
                data = (folder / path).read_bytes()
                packed.writestr(entry, data, zipfile.ZIP_DEFLATED)
        unfinished.replace(archive)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        message = f"the archive can't be written: {error.strerror}"
        raise SiteError(message, path=str(archive)) from error
    return archive.stat().st_size


class Difference(NamedTuple):
    """A file of a site that is not as the build left it, and how it differs."""

    path: str
    what: str


def check_output(folder: Path) -> tuple[int, list[Difference]]:
    """Hold a site against its manifest: how many files that names, and those that are gone, are
    others, or were not written by kb, in order of path.

    Raises SiteError where there is no manifest that can be read.
    """
    if not (folder / MANIFEST).is_file():
        raise SiteError(
            "no site of kb stands here: there is no manifest",
            path=str(folder),
            hint="`--out` names another folder",
            code="site-output",
        )
    known, there = read_manifest(folder), states_of(folder)
    found = [Difference(path, "is missing") for path in known.keys() - there.keys()]
    for path in there.keys() - {MANIFEST}:
        if path not in known:
            found.append(Difference(path, "is not of this build"))
        elif digest_file(folder / path) != known[path]:
            found.append(Difference(path, "has changed since the build"))
    return len(known), sorted(found)


class Output:
    """One build's way into the output folder. Nothing is touched before the first change."""

    def __init__(
        self,
        folder: Path,
        known: str,
        spare: Path | None,
    ) -> None:
        """`known` is the `digest` of the last build's output, empty if it is not known; `spare` is
        where the new site may be made and the old one may stay, on the same disk.
        """
        self.written: list[str] = []
        self._fresh: set[str] = set()
        self.removed: tuple[str, ...] = ()
        self.size = 0
        self._folder = folder
        self._old = read_manifest(folder)
        self._now: Mapping[str, State] = states_of(folder)
        self._is_known = known == digest_of_output(self._old, self._now)
        self._is_new = not os.path.lexists(folder)
        self._files: dict[str, str] = {}
        self._staging = Staging(spare or beside(folder), stays=spare is not None)

    @property
    def files(self) -> Collection[str]:
        """The addresses of all files of the new site so far."""
        return self._files.keys()

    def keeps(self, path: str, digest: str = "") -> bool:
        """Keep a file as the last build wrote it, if it still is that, and has the SHA-256 that
        is given.
        """
        if path not in self._old or (digest and self._old[path] != digest):
            return False
        if not self._is_intact(path):
            return False
        self._files[path] = self._old[path]
        self.size += self._now[path][0]
        return True

    def put(self, path: str, data: bytes, digest: str = "") -> None:
        """Write a file, unless it is there already. Its SHA-256 may be known."""
        digest = digest or hashlib.sha256(data).hexdigest()
        if self.keeps(path, digest):
            return
        write_file(self._place(path), data)
        self._note(path, digest, len(data))

    def copy(self, path: str, file: BufferedReader | BytesIO) -> None:
        """Copy what is open for reading at its start, unless it is there already.

        The manifest holds the SHA-256 of the bytes that were written.
        """
        if path in self._old:
            if self.keeps(path, hashlib.file_digest(file, "sha256").hexdigest()):
                return
            file.seek(0)
        digest, size = hashlib.sha256(), 0
        with open(self._place(path), "xb") as copy:  # noqa: PTH123  # a text: see `Staging.link`
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                size += copy.write(chunk)
        self._note(path, digest.hexdigest(), size)

    def digest_of(self, path: str) -> str:
        """The SHA-256 of a file of the new site so far; empty where there is none."""
        return self._files.get(path, "")

    def read(self, path: str) -> bytes:
        """A file of the new site so far."""
        folder = self._staging.folder if path in self._fresh else self._folder
        return (folder / path).read_bytes()

    def finish(self) -> None:
        """Make the new site current."""
        self.removed = tuple(sorted(self._old.keys() - self._files.keys()))
        if not self.written and not self.removed and self._old:
            return
        staging = self._staging
        staging.start()
        for path in self._files.keys() - self._fresh:
            staging.link(path, self._folder, self._now[path])
        self._carry_over()
        staging.finish(self._manifest())
        swap_in(staging.folder, self._folder)
        staging.settle()
        if staging.copied:
            self._now = states_of(self._folder)
            return
        new = {p: state_of(os.lstat(f"{self._folder}/{p}")) for p in (*self.written, MANIFEST)}
        self._now = {**self._now, **new}  # those that were linked still have theirs

    def digest(self) -> str:
        """A hash of the states of all files of the new site, once it is current."""
        return digest_of_output(sorted(self._files), self._now)

    def manifest_digest(self) -> str:
        """The SHA-256 of the manifest: who knows it knows what is in all files that are intact."""
        with contextlib.suppress(OSError):
            return digest_file(self._folder / MANIFEST)
        return ""

    def abandon(self) -> None:
        """Remove what was made beside the folder."""
        self._staging.leave()

    def _is_intact(self, path: str) -> bool:
        now = self._now.get(path)
        if now is None or self._is_known:
            return now is not None
        with (self._folder / path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == self._old[path]

    def _note(self, path: str, digest: str, size: int) -> None:
        self._files[path] = digest
        self.size += size
        self.written.append(path)
        self._fresh.add(path)

    def _place(self, path: str) -> str:
        """Where to write a file. Raises SiteError where a foreign file stands in its way."""
        if not self._is_new:
            self._refuse_foreign(path)
        self._staging.start()
        return self._staging.place(path)

    def _refuse_foreign(self, path: str) -> None:
        parts = path.split("/")
        for count in range(1, len(parts) + 1):
            part = "/".join(parts[:count])
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                mode = (self._folder / part).lstat().st_mode
                if (count == len(parts) or not stat.S_ISDIR(mode)) and part not in self._old:
                    raise SiteError(
                        f"kb would write {path}, but {part} is there and not kb's",
                        path=str(self._folder / part),
                        hint="move it away; a file in the theme folder replaces one of kb's",
                        code="site-output",
                    )

    def _carry_over(self) -> None:
        """Bring along what kb did not write: files, links and empty folders."""
        for path, is_folder in _foreign(self._folder, self._old.keys() | self._files.keys()):
            if is_folder:
                self._staging.add_folder(path)
            else:
                self._staging.link(path, self._folder, self._now.get(path))

    def _manifest(self) -> bytes:
        """A file a line, as `json.dumps` with an indent of 0 has it, only faster."""
        files = sorted(self._files.items())
        lines = ",\n".join([f'{_as_json(path)}: "{digest}"' for path, digest in files])
        return f'{{\n"format": {FORMAT},\n"files": {{\n{lines}\n}}\n}}\n'.encode()


def _foreign(folder: Path, own: Collection[str]) -> Iterator[tuple[str, bool]]:
    """Everything that kb did not write, and whether it is a folder (then empty, or with more)."""
    folders = folders_of(own)
    waiting = [""]
    while waiting:
        prefix = waiting.pop()
        with contextlib.suppress(FileNotFoundError), os.scandir(folder / prefix) as entries:
            for entry in entries:
                path = prefix + entry.name
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(path + "/")
                    if path not in folders:
                        yield path, True
                elif path not in own and path != MANIFEST:
                    yield path, False
