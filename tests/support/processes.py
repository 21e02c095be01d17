"""kb as strangers meet it: whole commands, on whole folders, in processes of their own."""

import os
import pty
import select
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Done:
    """What a command did; `peak` is the most memory that it, or a child of it, used, in MB."""

    code: int
    out: str
    err: str
    peak: int


def run_kb(folder, *args, environ=None):
    """Run a command in a folder, with further variables in its environment."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "kb", *args],
            cwd=folder,
            stdout=out,
            stderr=err,
            env={**os.environ, **(environ or {})},
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read().decode())
    return Done(process.returncode, *texts, usage.ru_maxrss // 1024)


def in_terminal(args, folder, *, environ=None, keys=b"", interrupt_at=None):
    """What a pseudo-terminal of 80 by 24 gets to see, and the exit code.

    `keys` are typed at once; the interrupt comes as soon as `interrupt_at` is to be seen.
    """
    leader, follower = pty.openpty()
    settings = {**os.environ, "TERM": "xterm", "COLUMNS": "80", "LINES": "24", "PAGER": "cat"}
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE"):
        settings.pop(name, None)
    child = subprocess.Popen(
        [sys.executable, "-m", "kb", *args],
        stdin=follower,
        stdout=follower,
        stderr=follower,
        cwd=folder,
        env={**settings, **(environ or {})},
    )
    os.close(follower)
    if keys:
        os.write(leader, keys)
    seen = b""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if select.select([leader], [], [], 0.1)[0]:
            try:
                data = os.read(leader, 65536)
            except OSError:
                break
            seen += data
            if not data:
                break
            if interrupt_at and interrupt_at in seen:
                child.send_signal(signal.SIGINT)
                interrupt_at = None
    os.close(leader)
    return seen.decode("utf-8"), child.wait(timeout=60)


def write(folder, files):
    """Write texts and bytes below a folder."""
    for path, data in files.items():
        place = Path(folder, path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data if isinstance(data, bytes) else data.encode())
