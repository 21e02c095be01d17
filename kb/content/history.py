"""When files were last changed, as git knows it: nothing where there is no git, or no repository.

Only the history on this machine is read: nothing is fetched, and no program that a repository's own
settings name is run.
"""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_PATIENCE = 20
"""Seconds: a history that takes longer is done without."""
_SAFE = ("-c", "core.fsmonitor=false", "-c", "log.showSignature=false", "-c", "core.hooksPath=")
_NOTHING_REMOTE = {"GIT_ALLOW_PROTOCOL": "", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0"}  # fmt: skip


def commit_of(folder: Path) -> str:
    """The commit that a folder's repository is at; empty where it is in none, or in one without its
    history (a shallow clone says of every file that it was changed last).
    """
    if not any((above / ".git").exists() for above in (folder, *folder.parents)):
        return ""
    said = _git(folder, "rev-parse", "--is-shallow-repository", "HEAD").split()
    return said[1].decode() if len(said) == 2 and said[0] == b"false" else ""  # noqa: PLR2004 both


def last_changes(folder: Path) -> dict[str, date]:
    """The day of the last commit that changed each file below a folder, by path from there. The
    days are those of UTC.
    """
    found: dict[str, date] = {}
    said = _git(folder, "log", "--no-ext-diff", "--no-renames", "--format=%x01%ct", "--name-only",
                "-z", "--relative", "--", ".")  # fmt: skip
    day = date.min
    for text in said.split(b"\0"):
        name = text.strip(b"\n")
        if name.startswith(b"\1"):
            time, _, name = name[1:].partition(b"\n")
            day = datetime.fromtimestamp(int(time), UTC).date()
        if name := name.strip(b"\n"):
            found.setdefault(os.fsdecode(name), day)
    return found


def _git(folder: Path, *arguments: str) -> bytes:
    """What git says; nothing where it can't or takes too long."""
    try:
        done = subprocess.run(  # noqa: S603  no shell; arguments are ours
            ["git", *_SAFE, *arguments],  # noqa: S607  the user's git, wherever it is
            cwd=folder,
            env={**os.environ, **_NOTHING_REMOTE},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return b""
    return done.stdout if done.returncode == 0 else b""
