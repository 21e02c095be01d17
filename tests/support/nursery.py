"""A warm process that runs command lines of kb in children of its own, some of which must die.

A child starts in a millisecond, since all of kb is imported already. It is a real process: it
can be killed, belong to another user, or find no disk space, handles or time. What it is told to
do comes as one line of JSON, what came of it goes back as another (`killing.Nursery` speaks so).
"""

import builtins
import contextlib
import gc
import io
import json
import os
import resource
import selectors
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path

import whoosh.reading  # noqa: F401  # what a merge of segments needs

import kb.cli.app
import kb.index.updater
from kb.index.generations import IndexFolder
from kb.site import output

CHANGING = {
    "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.truncate",
    "os.chmod", "os.utime",
}  # fmt: skip
"""Audit events of what changes a folder, besides opening to write."""


BUFFER = 256
"""Bytes that are written at once: far less than usual, for more points to die at."""


class Operations:
    """Notes the operations that change what is on disk below a folder. At the one numbered
    `die_at` the process dies: before it, or, when that is writing, half way through it.
    """

    def __init__(self, folder, die_at=0, die_before=None):
        self.folder = folder
        self.die_at = die_at
        self.die_before = die_before
        self.seen = []
        self.names = set()
        self._writing = False

    def watch(self):
        """Note every operation of this process from now on."""
        plain_open = io.open

        def noted_sync(file):  # to note it is enough: only a power cut would tell the difference
            self.note("fsync", whole(".", file))

        def noted_open(file, mode="r", *args, **options):
            writes = set("wax+") & set(mode) and not isinstance(file, int)
            if not writes or not self.is_inside(file):
                return plain_open(file, mode, *args, **options)
            raw = TornFile(file, mode.replace("b", "").replace("t", ""), self)
            opened = (io.BufferedRandom if "+" in mode else io.BufferedWriter)(raw, BUFFER)
            return opened if "b" in mode else as_text(opened, *args, **options)

        os.fsync = noted_sync
        builtins.open = io.open = noted_open
        sys.addaudithook(self.audit)

    def audit(self, event, args):
        """Take Python's word for what is about to happen."""
        if event == "pickle.find_class":
            self.names.add(".".join(args))
        elif event == "ctypes.dlsym" and args[1] == "renameat2":
            self.note("exchange", self.folder)
        elif event == "open" and isinstance(args[0], str | bytes):
            if args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) and self.is_inside(args[0]):
                self.note(event, whole(args[0]))
        elif event in ("os.rename", "os.link"):
            if self.is_inside(args[0]):
                self.note(event, whole(args[0]), whole(args[1]))
        elif event in CHANGING:
            path = whole(args[0], args[-1])
            if self.is_inside(path):
                self.note(event, path)

    def is_inside(self, path):
        """Whether a path is the folder or lies below it."""
        return f"{whole(path)}/".startswith(f"{self.folder}/")

    def note(self, *operation, half=None):
        """Note one operation, or die; `half` does it by half before."""
        self.seen.append(operation)
        if len(self.seen) == self.die_at or list(operation) == self.die_before:
            if half:
                half()
            os.kill(os.getpid(), signal.SIGKILL)


def whole(path, folder=-1):
    """A path from the root, and of an open folder if one is given."""
    place = Path(f"/proc/self/fd/{folder}").readlink() if folder > 2 else Path.cwd()
    return os.path.normpath(place / os.fsdecode(path))


class TornFile(io.FileIO):
    """A file that may be written to by half."""

    def __init__(self, path, mode, operations):
        super().__init__(path, mode)
        self._operations = operations

    def write(self, data):
        """Write, or write half and die."""
        write = super().write
        half = bytes(data)[: len(data) // 2]
        self._operations.note("write", whole(self.name), half=lambda: write(half))
        return write(data)


def as_text(opened, buffering=-1, encoding=None, errors=None, newline=None):
    """A file for text as `open` would have made it."""
    return io.TextIOWrapper(opened, encoding, errors, newline)


def set_user(uid):
    """Become somebody else."""
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)


def set_handles(count):
    """Leave so many file handles to the process, besides those that are open."""
    used = max(int(path.name) for path in Path("/proc/self/fd").iterdir())
    resource.setrlimit(resource.RLIMIT_NOFILE, (used + count, used + count))


def set_file_size(size):
    """Let no file grow beyond a size, as a full disk would."""
    sys.dont_write_bytecode = True  # Python keeps what it compiled, half a file too
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def set_clock(seconds):
    """Move the clock."""
    plain, plain_ns = time.time, time.time_ns
    time.time = lambda: plain() + seconds
    time.time_ns = lambda: plain_ns() + int(seconds * 10**9)


def set_wait(seconds):
    """Wait so long for another writer."""
    IndexFolder.writing.__wrapped__.__defaults__ = (seconds,)


def set_no_exchange(_):
    """Have two folders change places by two renames, as on systems that know no other way."""
    output._exchange = lambda *_: False


def set_version(version):
    """Be another version of kb."""
    kb.index.updater.__version__ = version


CONDITIONS = {
    "version": set_version,
    "file_size": set_file_size,
    "clock": set_clock,
    "wait": set_wait,
    "no_exchange": set_no_exchange,
    "handles": set_handles,
    "user": set_user,
}
"""What a child may find, in the order in which it comes about."""


def live(order, out, err, notes):
    """Be a child: run one command line under the conditions of an order."""
    os.dup2(out, 1)
    os.dup2(err, 2)
    sys.stdout, sys.stderr = (os.fdopen(file, "w", closefd=False) for file in (1, 2))
    os.chdir(order["cwd"])
    os.environ.update(order["env"])
    operations = Operations(order["folder"], order["die_at"], order["die_before"])
    operations.watch()
    for name, condition in CONDITIONS.items():
        if name in order["conditions"]:
            condition(order["conditions"][name])
    try:
        code = kb.cli.app.run(order["args"])
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        told = {"operations": operations.seen, "names": sorted(operations.names)}
        with os.fdopen(notes, "wb") as file:
            file.write(json.dumps(told).encode())
    os._exit(code)


def raise_child(order):
    """Fork a child for an order, wait for it, and tell what came of it."""
    pipes = [os.pipe() for _ in range(3)]
    pid = os.fork()
    if not pid:
        try:
            live(order, *(write for _, write in pipes))
        except BaseException:  # noqa: BLE001  # nothing comes after
            traceback.print_exc()
        finally:  # nothing of the parent's may run in a child
            os._exit(99)
    for _, write in pipes:
        os.close(write)
    out, err, notes = read_all([read for read, _ in pipes])
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return {"code": code, "out": out.decode(), "err": err.decode(), **json.loads(notes or "{}")}


def read_all(pipes):
    """Read several pipes to their ends, whichever has something."""
    found = {pipe: bytearray() for pipe in pipes}
    with selectors.DefaultSelector() as selector:
        for pipe in pipes:
            selector.register(pipe, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select():
                data = os.read(key.fd, 1 << 16)
                found[key.fd] += data
                if not data:
                    selector.unregister(key.fd)
                    os.close(key.fd)
    return list(found.values())


def warm_up():
    """Import all that the usual commands import when they are called."""
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        (content := Path(folder) / "content").mkdir()
        where = ("--content", str(content), "--index", f"{folder}/index", "--quiet")
        for text, command in (
            ("One.", ["index"]),
            ("Two.", ["search", "twoo", "--json"]),
            ("", ["build", "--out", f"{folder}/site"]),
        ):
            (content / "a.md").write_text(f"# A title\n\n{text}\n")
            kb.cli.app.run([*where, *command])
    gc.collect()
    gc.freeze()


def main():
    """Serve orders until there are no more."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    warm_up()
    for line in sys.stdin:
        print(json.dumps(raise_child(json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main()
