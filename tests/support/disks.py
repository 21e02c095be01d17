"""A disk that is full soon, for those who may mount one."""

import os
import subprocess
from contextlib import contextmanager

import pytest

PAGE = 4096


@contextmanager
def small_disk(folder, size="1m"):
    """A disk of this size, mounted at a folder that is made; skips where none may be mounted."""
    folder.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)]
    mounted = subprocess.run(mount, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"no disk can be mounted here: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def fill(folder, left):
    """Fill a disk but for so many bytes."""
    (folder / "ballast").unlink(missing_ok=True)
    free = os.statvfs(folder).f_bavail * PAGE
    (folder / "ballast").write_bytes(bytes(max(free - left, 0)))
