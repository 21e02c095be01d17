"""kb as strangers meet it: whole commands, on whole folders, in processes of their own."""

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Done:
    """What a command did; `peak` is the most memory that it, or a child of it, used, in MB."""

    code: int
    out: str
    err: str
    peak: int


def run_kb(folder, *args):
    """Run a command in a folder."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "kb", *args], cwd=folder, stdout=out, stderr=err
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read().decode())
    return Done(process.returncode, *texts, usage.ru_maxrss // 1024)


def write(folder, files):
    """Write texts and bytes below a folder."""
    for path, data in files.items():
        place = Path(folder, path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data if isinstance(data, bytes) else data.encode())
