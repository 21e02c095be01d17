"""What others keep in the index folder: caches, each in a folder of its own with a lock.

index/sites/HASH/lock     held while a site is built
index/sites/HASH/*.new    what is being written; without the lock held, what a killed build left
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from kb.files import remove
from kb.index.lock import hold_file

if TYPE_CHECKING:
    from pathlib import Path

SITES = "sites"
LOCK = "lock"
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
