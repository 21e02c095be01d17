"""Where things are for an evaluation: the articles of a judged folder, and an index for them."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from kb.errors import JudgmentError

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT = "it should hold articles/, queries.jsonl and qrels.tsv"


def find_articles(folder: Path) -> Path:
    """The articles of a judged folder, links resolved. Raises JudgmentError without any."""
    if not folder.is_dir():
        raise JudgmentError("there is no such folder", path=str(folder), hint=FORMAT)
    for name in ("queries.jsonl", "qrels.tsv"):
        if not (folder / name).is_file():
            raise JudgmentError("there is no such file", path=str(folder / name), hint=FORMAT)
    articles = folder / "articles"
    if not articles.is_dir():
        raise JudgmentError("there is no such folder", path=str(articles), hint=FORMAT)
    return articles.resolve()


def index_place(articles: Path, environ: Mapping[str, str]) -> Path:
    """A folder for the index of these articles in the user's cache, never beside them.

    Folders that share their articles share the index. Where no cache can be written the
    index goes to a new temporary folder, and is built each time.
    """
    mark = hashlib.sha256(os.fsencode(articles)).hexdigest()[:16]
    place = cache_folder(environ, sys.platform) / "eval" / mark
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.mkdtemp(prefix="helpkb-eval-"))
    return place


def cache_folder(environ: Mapping[str, str], platform: str) -> Path:
    """The folder of kb among the user's caches, as each system has them."""
    if platform == "win32":
        base = environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
        return Path(base) / "helpkb" / "cache"
    if platform == "darwin":
        return Path.home() / "Library" / "Caches" / "helpkb"
    base = environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "helpkb"
