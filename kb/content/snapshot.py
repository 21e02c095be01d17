"""The state of a whole content folder, in one pass and one digest.

Most commands find the folder as the one before left it. To know that, names need no checking and
nothing that an index holds of its articles needs reading: the digest of names and states is the
same, or it is not.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, NamedTuple

from kb.content.files import is_read

if TYPE_CHECKING:
    from pathlib import Path


class FolderState(NamedTuple):
    """A SHA-256 of all that `kb.content.scan` goes by, and the latest change of any file in it
    (nanoseconds since the epoch).
    """

    digest: str
    newest: int


def state_of_folder(content: Path) -> FolderState | None:
    """The state of a content folder; None where links, or what can't be listed, take more than a
    look at the folder itself.
    """
    checksum = hashlib.sha256(os.path.abspath(content).encode(errors="surrogateescape"))  # noqa: PTH100 keeps links
    newest = 0
    folders = [os.fspath(content)]
    try:
        while folders:
            folder = folders.pop()
            rows, below = [], []
            with os.scandir(folder) as entries:
                for entry in entries:
                    name = entry.name
                    if name.startswith("."):
                        continue
                    if entry.is_symlink():
                        return None
                    if entry.is_dir(follow_symlinks=False):
                        below.append(entry.path)
                        rows.append(f"{name}/")
                    elif is_read(name):
                        s = entry.stat(follow_symlinks=False)
                        newest = max(newest, s.st_mtime_ns, s.st_ctime_ns)
                        rows.append(
                            f"{name}\0{s.st_mode}\0{s.st_size}\0{s.st_mtime_ns}\0{s.st_ctime_ns}\0{s.st_ino}"
                        )
                    else:
                        rows.append(name)
            rows.sort()
            checksum.update("\0\n".join(rows).encode(errors="surrogateescape") + b"\0\0\n")
            # In an order that is that of the names, whatever the disk's is.
            folders += sorted(below)
    except OSError:
        return None
    return FolderState(checksum.hexdigest(), newest)
