"""The index folder: generations of an index, of which one is current.

    index/current.json      names the current generation; replaced atomically
    index/g00000012/        one generation: the engine's files, never changed once current
        manifest.json       what it was built from, with a checksum for each file
        sources.json        the files that were read, with what each gave
        topics.json         what topic files and menus say of the topics
        de/                 the engine's files of one language, where there are several
    index/lock              held while a generation is written
    index/lock.json         says by whom
    index/checked.json      what the last command found: which files of the index were whole, and
                            that the articles were those of the index
    index/kept.sqlite3      the states of articles that were read (`kb.content.snapshot`)
    index/sites/HASH/       what is kept of a site, with a lock that is held while it is built;
                            *.new in it is what is being written, or what a killed build left

A generation becomes current by one rename, after everything in it is on disk. Until then,
and when a build is killed, the old one answers.

Each file is held against its checksum before an answer is given from it. A file that was found
whole is not read again as long as its size, times and inode stay what they were: `checked.json`
remembers those. Losing it costs a reading of the files, no more.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
import shutil
import stat
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from kb.errors import IndexBusyError, IndexingError
from kb.files import (
    digest_file,
    is_leftover,
    is_settled,
    read_sealed,
    remove,
    replace_file,
    sync_file,
    sync_folder,
    write_sealed,
)
from kb.store import STORE, is_store

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

POINTER = "current.json"
LOCK = "lock"
HOLDER = "lock.json"
CHECKED = "checked.json"
MANIFEST = "manifest.json"
SOURCES = "sources.json"
TOPICS = "topics.json"


def is_generation(name: str) -> bool:
    """Whether a file name is that of a generation."""
    return len(name) == len("g00000000") and name[0] == "g" and name[1:].isdecimal()


def generations_in(folder: Path) -> list[str]:
    """The names of all generations, finished or not, in order."""
    return sorted(path.name for path in folder.iterdir() if is_generation(path.name))


def refuse_foreign(folder: Path) -> None:
    """Raise IndexingError where a file of somebody else has a name that kb would write to.

    A folder that holds a generation, or has been locked, is kb's; even there the lock may
    be no link, for whoever locks writes through it.
    """
    lock = folder / LOCK
    is_ours = folder.is_dir() and (bool(generations_in(folder)) or _is_lock(lock))
    for name, is_own in _OWN_FILES.items():
        path = folder / name
        foreign = path.is_symlink() or (os.path.lexists(path) and not is_own(path))
        if (lock.is_symlink() and name == LOCK) or (foreign and not is_ours):
            raise IndexingError(
                "this is in the way of the index, and not kb's",
                path=str(path),
                hint="move it away, or name another folder with --index",
            )


def holder_in(folder: Path) -> str | None:
    """The process that noted that it holds the lock."""
    try:
        who = json.loads((folder / HOLDER).read_bytes())
        return f"process {who['pid']} on {who['host']}"
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _is_pointer(path: Path) -> bool:
    try:
        return is_generation(json.loads(path.read_bytes())["generation"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False


def _is_lock(path: Path) -> bool:
    return not path.is_symlink() and path.is_file() and not path.stat().st_size


def _is_sealed(path: Path) -> bool:
    return read_sealed(path) is not None


_OWN_FILES = {
    POINTER: _is_pointer,
    LOCK: _is_lock,
    HOLDER: lambda path: holder_in(path.parent) is not None,
    CHECKED: _is_sealed,
    STORE: is_store,
}
"""What kb writes to in an index folder, and what tells that it is its own."""


POLL_SECONDS = 0.01
"""How often the lock is tried: who tries seldom finds that others were quicker."""


@contextlib.contextmanager
def hold(folder: Path, wait: float) -> Iterator[None]:
    """Hold a folder, which is made if need be, waiting up to `wait` seconds for another process.

    Raises IndexBusyError, which names the holder, and IndexingError.
    """
    refuse_foreign(folder)
    with contextlib.ExitStack() as held:
        try:
            if not folder.is_dir():
                folder.mkdir(parents=True, exist_ok=True)
                sync_folder(folder.parent)
            is_held = held.enter_context(hold_file(folder / LOCK, wait))
        except OSError as error:
            raise unwritable(folder, error) from error
        if not is_held:
            raise _busy(folder, wait)
        held.callback(_forget_holder, folder)
        _note_holder(folder)
        yield


@contextlib.contextmanager
def hold_file(path: Path, wait: float) -> Iterator[bool]:
    """Hold a lock file, which is made if need be, waiting up to `wait` seconds for another
    process; whether it is held. Raises OSError where it can't be opened.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415  # only writers pay for it

    lock = FileLock(path)
    try:
        lock.acquire(timeout=wait, poll_interval=POLL_SECONDS)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def _note_holder(folder: Path) -> None:
    """Write down who holds the lock, for the message that another process may have to print."""
    import socket  # noqa: PLC0415  # only writers pay for it

    who = json.dumps({"pid": os.getpid(), "host": socket.gethostname()}).encode() + b"\n"
    with contextlib.suppress(OSError):
        replace_file(folder / HOLDER, [who])


def _forget_holder(folder: Path) -> None:
    with contextlib.suppress(OSError):
        (folder / HOLDER).unlink()


def _busy(folder: Path, wait: float) -> IndexBusyError:
    name = holder_in(folder) or "another process"
    return IndexBusyError(
        f"{name} has been writing the index for over {wait:g} seconds",
        path=str(folder),
        hint="wait for it to finish, or end it, and try again",
    )


def unwritable(folder: Path, error: OSError) -> IndexingError:
    """What to say where the index can't be written."""
    return IndexingError(
        f"can't write the index: {error.strerror or error}",
        path=str(folder),
        hint="free some space, change the permissions, or name another folder with --index",
    )


SITES = "sites"
UNFINISHED = ".new"


def remove_unfinished(index: Path) -> None:
    """Remove what killed builds left in an index folder, unless another build goes on there.

    Links are not followed. Whatever can't be removed stays.
    """
    sites = index / SITES
    if sites.is_symlink():
        return
    with contextlib.suppress(OSError), os.scandir(sites) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                _tidy(sites / entry.name)


def _tidy(cache: Path) -> None:
    with contextlib.suppress(OSError):
        if not _unfinished(cache) or (cache / LOCK).is_symlink():
            return
        with hold_file(cache / LOCK, 0) as held:
            if held:
                discard(cache)


def discard(cache: Path) -> None:
    """Remove whatever is unfinished in one cache, whose lock is held."""
    for path in _unfinished(cache):
        with contextlib.suppress(OSError):
            remove(path)


def _unfinished(cache: Path) -> list[Path]:
    return [path for path in cache.iterdir() if path.name.endswith(UNFINISHED)]


State = list[int]
"""Size, time of change, time of change of the inode, inode."""


class DamagedIndexError(Exception):
    """The current generation can't be trusted; the message says why, for `kb index` to repeat."""


class Generation(NamedTuple):
    """A finished generation: its folder, its manifest, and the SHA-256 of that. Folders' names come
    again where an index was removed: only with the digest they tell one generation from another.
    """

    folder: Path
    manifest: dict[str, Any]
    digest: str

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of its articles, the first one first; empty for that of the settings."""
        return tuple(self.manifest.get("languages", ("",)))

    def folder_of(self, language: str, base: str) -> Path:
        """Where the engine's files of a language are; `base` is that of the settings."""
        return engine_folder(self.folder, self.languages, language or base)

    def is_same(self, other: Generation) -> bool:
        """Whether both are the same generation."""
        return (self.folder, self.digest) == (other.folder, other.digest)


class Checks:
    """Checks the files of generations in an index folder, and remembers those it found whole.

    A `thorough` check reads every file.
    """

    def __init__(self, folder: Path, *, thorough: bool = False) -> None:
        self.folder = folder
        self.thorough = thorough

    def check(self, generation: Generation) -> None:
        """Raise DamagedIndexError unless every file is whole and there is no other.

        Raises IndexingError where a file can't be read for another reason than damage.
        """
        folder = generation.folder
        with reading(folder, folder.name):
            found = _states(folder)
        expected = generation.manifest["files"]
        for name in expected.keys() ^ found.keys():
            what = "is missing" if name in expected else "is not the index's"
            raise DamagedIndexError(f"{folder.name}/{name} {what}")
        known = {} if self.thorough else self.known(folder.name)
        settled = {n: s for n, s in found.items() if self._fits(folder, n, s, expected[n], known)}
        if settled != known:
            self.remember(folder.name, settled)

    def _fits(
        self,
        folder: Path,
        file: str,
        state: State,
        expected: dict[str, Any],
        known: dict[str, State],
    ) -> bool:
        """Whether a file, which is whole, may be known by its state from now on."""
        if known.get(file) == state and state[0] == expected["size"]:
            return True
        path, name, read_at = folder / file, f"{folder.name}/{file}", time.time_ns()
        with reading(path, name):
            same = state[0] == expected["size"] and digest_file(path) == expected["sha256"]
        if not same:
            raise DamagedIndexError(f"{name} does not fit its checksum")
        return is_settled(state[1], state[2], read_at)

    def known(self, generation: str) -> dict[str, State]:
        """The states in which files of a generation were found whole."""
        try:
            rows = read_notes(self.folder).get("files", ())
            return {name: state for of, name, *state in rows if of == generation}
        except (ValueError, TypeError):  # sealed by another version of kb
            return {}

    def remember(self, generation: str, states: dict[str, State]) -> None:
        """Note the states in which files of a generation were found whole."""
        note(self.folder, "files", [[generation, name, *state] for name, state in states.items()])


def read_notes(folder: Path) -> dict[str, Any]:
    """What the last command noted in an index folder, by name; empty where that is damaged.

    Every search reads it at its start: it is a small file, and opened by nothing but Python.
    """
    try:
        notes = json.loads(read_sealed(folder / CHECKED) or b"{}")
    except (ValueError, RecursionError):
        return {}
    return notes if isinstance(notes, dict) else {}


def note(folder: Path, name: str, value: object) -> None:
    """Note something for the next command, if that can be written."""
    notes = read_notes(folder)
    if notes.get(name) != value:
        with contextlib.suppress(OSError):
            write_sealed(folder / CHECKED, (json.dumps({**notes, name: value}).encode(),))


def _states(folder: Path, language: str = "") -> dict[str, State]:
    """The files of a generation but its manifest, by name, with their states; the names of those
    in the folder of a language begin with that.

    Raises DamagedIndexError for links and other folders. Hidden files are not the index's: a
    network file system may leave them.
    """
    states = {}
    with os.scandir(folder / language) as entries:
        for entry in entries:
            name = f"{language}/{entry.name}" if language else entry.name
            if name == MANIFEST or entry.name.startswith("."):
                continue
            status = os.lstat(entry.path)
            if stat.S_ISDIR(status.st_mode) and not language and is_language(name):
                states.update(_states(folder, name))
                continue
            if not stat.S_ISREG(status.st_mode):
                raise DamagedIndexError(f"{folder.name}/{name} is not a file")
            states[name] = state_of(status)
    return states


def engine_folder(folder: Path, languages: Collection[str], language: str) -> Path:
    """Where the engine's files of a language are in the folder of a generation with these."""
    return folder / language if len(languages) > 1 else folder


def is_language(name: str) -> bool:
    """Whether the name of a folder in a generation is the tag of a language."""
    return bool(_LANGUAGE.fullmatch(name))


def state_of(status: os.stat_result) -> State:
    """What changes when a file does."""
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]


@contextlib.contextmanager
def reading(path: Path, name: str) -> Iterator[None]:
    """Tell damage from what hinders reading: DamagedIndexError from IndexingError."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        raise DamagedIndexError(f"{name} is missing") from None
    except OSError as error:
        if error.errno in (errno.EIO, errno.ELOOP):
            raise DamagedIndexError(f"{name} can't be read: {error.strerror}") from None
        raise IndexingError(
            f"can't read the index: {error.strerror or error}",
            path=str(path),
            hint="change the permissions, or name another folder with --index",
        ) from error


_LANGUAGE = re.compile("[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")

MAX_POINTER_BYTES = 4096
WAIT_SECONDS = 30.0
"""How long a writer waits for another one."""


class IndexFolder:
    """The folder that holds an index. Creating the object touches nothing on disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def current(self, *, thorough: bool = False) -> Generation | None:
        """The current generation, whole and checked, or None where there is no index.

        A `thorough` look reads every file; else those whose state is the one in which they
        were found whole are taken as they are. Raises DamagedIndexError when there is
        something that can't be trusted, and IndexingError where it can't be read.
        """
        pointer = self._read_pointer()
        while pointer is not None:
            try:
                return self._open(pointer, thorough=thorough)
            except DamagedIndexError:
                # Writers may have replaced the generation between the two reads.
                before, pointer = pointer, self._read_pointer()
                if pointer in (None, before):
                    raise
        return None

    def changed_since(self, generation: Generation | None) -> bool:
        """Whether another generation than this one is current now, or that can't be told."""
        try:
            pointer = self._read_pointer()
        except DamagedIndexError:
            return True
        now = pointer["generation"] if pointer else ""
        return now != (generation.folder.name if generation else "")

    @contextlib.contextmanager
    def writing(self, wait: float = WAIT_SECONDS) -> Iterator[None]:
        """Hold the folder for writing, waiting up to `wait` seconds for another process.

        Raises IndexBusyError, which names the holder, and IndexingError.
        """
        with hold(self.folder, wait):
            yield

    @contextlib.contextmanager
    def new_generation(self, old: Generation | None = None) -> Iterator[NewGeneration]:
        """A generation to fill, starting with the files of `old`; needs `writing`.

        It becomes current when `finish` is called, and is removed when it is not.
        """
        remove_unfinished(self.folder)
        self._remove_leftovers()
        folder = self.folder / self._next_name()
        new = NewGeneration(self, folder)
        try:
            folder.mkdir()
            if old is not None:
                new.shared, new.whole = _link_files(old, folder, Checks(self.folder))
            yield new
        except OSError as error:
            raise unwritable(self.folder, error) from error
        finally:
            if not new.finished:
                shutil.rmtree(folder, ignore_errors=True)
        self._remove_leftovers()
        new.remember()

    def point_at(self, name: str, manifest: str) -> None:
        """Make the generation `name`, whose manifest has this digest, current: all of it is on
        disk.
        """
        pointer = {"generation": name, "manifest": manifest}
        sync_folder(self.folder)
        data = json.dumps(pointer).encode() + b"\n"
        replace_file(self.folder / POINTER, [data], synced=True)
        sync_folder(self.folder)

    def tidy(self) -> None:
        """Remove what killed processes left, unless another process writes or nobody may."""
        remove_unfinished(self.folder)
        if self._leftovers():
            with contextlib.suppress(IndexingError), self.writing(wait=0):
                self._remove_leftovers()

    def _read_pointer(self) -> dict[str, str] | None:
        try:
            with (self.folder / POINTER).open("rb") as file:
                data = file.read(MAX_POINTER_BYTES + 1)
        except FileNotFoundError:
            if self.folder.is_dir() and generations_in(self.folder):
                raise DamagedIndexError(f"{POINTER} is missing") from None
            return None
        except OSError as error:
            message = f"can't read the index: {error.strerror or error}"
            raise IndexingError(message, path=str(self.folder)) from error
        try:
            pointer = json.loads(data)
            name, digest = pointer["generation"], pointer["manifest"]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise DamagedIndexError(f"{POINTER} is not readable") from None
        if not (isinstance(name, str) and isinstance(digest, str) and is_generation(name)):
            raise DamagedIndexError(f"{POINTER} is not readable")
        return {"generation": name, "manifest": digest}

    def _open(self, pointer: dict[str, str], *, thorough: bool) -> Generation:
        folder = self.folder / pointer["generation"]
        name = f"{folder.name}/{MANIFEST}"
        if folder.is_symlink():
            raise DamagedIndexError(f"{folder.name} is a link")
        with reading(folder / MANIFEST, name):
            data = (folder / MANIFEST).read_bytes()
        if hashlib.sha256(data).hexdigest() != pointer["manifest"]:
            raise DamagedIndexError(f"{name} does not fit its checksum")
        generation = Generation(folder, _read_manifest(data, name), pointer["manifest"])
        Checks(self.folder, thorough=thorough).check(generation)
        return generation

    def _next_name(self) -> str:
        taken = (int(name[1:]) for name in generations_in(self.folder))
        return f"g{max(taken, default=0) + 1:08d}"

    def _leftovers(self) -> list[Path]:
        """What killed processes left, and every generation but the current one and its
        predecessor, which may be in use.
        """
        try:
            pointer = self._read_pointer()
        except DamagedIndexError:
            pointer = None
        current = pointer["generation"] if pointer else ""
        before = [name for name in generations_in(self.folder) if name < current][-1:]
        return [
            path
            for path in self.folder.iterdir()
            if (is_generation(path.name) and path.name not in (current, *before))
            or path.name == HOLDER
            or any(is_leftover(path.name, of) for of in (POINTER, HOLDER, CHECKED))
        ]

    def _remove_leftovers(self) -> None:
        for path in self._leftovers():
            if is_generation(path.name):
                shutil.rmtree(path, ignore_errors=True)
            elif path.name != HOLDER:  # that one is the caller's own
                with contextlib.suppress(OSError):
                    path.unlink()


class NewGeneration:
    """A generation that is being written. `shared` describes the files that it has in common
    with the one before, by name; `whole` are the states of those that were found whole there.
    """

    def __init__(self, index: IndexFolder, folder: Path) -> None:
        self.index = index
        self.folder = folder
        self.finished = False
        self.shared: dict[str, dict[str, Any]] = {}
        self.whole: dict[str, State] = {}

    def finish(self, manifest: dict[str, Any]) -> Generation:
        """Write the manifest with the checksums of all files, and make this generation current."""
        names = sorted(_states(self.folder))
        for language in dict.fromkeys(name.partition("/")[0] for name in names if "/" in name):
            sync_folder(self.folder / language)
        files = {name: self._describe(name) for name in names}
        manifest = {**manifest, "files": files}
        data = json.dumps(manifest).encode()
        replace_file(self.folder / MANIFEST, [data], synced=True)
        sync_folder(self.folder)
        digest = hashlib.sha256(data).hexdigest()
        self.index.point_at(self.folder.name, digest)
        self.finished = True
        now = _states(self.folder)
        self.whole = {n: state for n, state in self.whole.items() if now.get(n) == state}
        return Generation(self.folder, manifest, digest)

    def remember(self) -> None:
        """Remember which files were whole when this became current. That generations before the
        last one have been removed gave those of them that were shared another time of change: each
        update had all the articles' postings read again.
        """
        now = _states(self.folder) if self.finished else {}
        of = {name: (was, now[name]) for name, was in self.whole.items() if name in now}
        whole = {name: state for name, (was, state) in of.items() if _is_linked(was, state)}
        if whole:
            Checks(self.index.folder).remember(self.folder.name, whole)

    def _describe(self, name: str) -> dict[str, Any]:
        """A file's description. A shared one keeps its own: damage to it is not to be sealed."""
        path = self.folder / name
        known, status = self.shared.get(name), path.stat()
        if known and (known["size"], known["mtime_ns"]) == (status.st_size, status.st_mtime_ns):
            return known
        sync_file(path)
        return {
            "size": status.st_size,
            "mtime_ns": status.st_mtime_ns,
            "sha256": digest_file(path),
        }


def _read_manifest(data: bytes, name: str) -> dict[str, Any]:
    """A manifest whose files have plain names and are described in full."""
    try:
        manifest: dict[str, Any] = json.loads(data)
        for file, known in manifest["files"].items():
            language, _, bare = file.rpartition("/")
            plain = not language or is_language(language)
            if not plain or {"\\", "\0"} & {*bare} or bare.startswith(".") or file == MANIFEST:
                raise DamagedIndexError(f"{name} names {file!r}, which is no file of an index")
            known["sha256"], known["size"], known["mtime_ns"]
        languages = manifest.get("languages", [""])
        if not languages or not all(tag == "" or is_language(tag) for tag in languages):
            raise DamagedIndexError(f"{name} names {languages!r}, which are no languages")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise DamagedIndexError(f"{name} is not readable") from None
    return manifest


def _link_files(
    old: Generation, folder: Path, checks: Checks
) -> tuple[dict[str, dict[str, Any]], dict[str, State]]:
    """Share the old generation's files: nothing in a finished generation is ever changed.

    Returns the descriptions of those that are shared, not copied; and the states of those of them
    that were known to be whole. A link gives a file another time of change: what was read in the
    state just before it need not be read again.
    """
    shared, whole = {}, {}
    known = checks.known(old.folder.name)
    for name, description in old.manifest["files"].items():
        if "/" in name:
            (folder / name).parent.mkdir(exist_ok=True)
        try:
            before = state_of(os.lstat(old.folder / name))
            os.link(old.folder / name, folder / name)
            after = state_of(os.lstat(folder / name))
        except OSError:
            shutil.copy2(old.folder / name, folder / name)
            continue
        shared[name] = description
        if known.get(name) == before and _is_linked(before, after):
            whole[name] = after
    return shared, whole


def _is_linked(before: State, after: State) -> bool:
    """Whether these may be the states of one file, before and after links to it came or went."""
    return (*before[:2], before[3]) == (*after[:2], after[3])
