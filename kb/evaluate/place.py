"""Where things are for an evaluation: the articles of a judged folder, and an index for them."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

import platformdirs

from kb.errors import JudgmentError

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


def index_place(articles: Path) -> Path:
    """A folder for the index of these articles in the user's cache, never beside them.

    Folders that share their articles share the index. Where no cache can be written the
    index goes to a new temporary folder, and is built each time.
    """
    mark = hashlib.sha256(os.fsencode(articles)).hexdigest()[:16]
    cache = platformdirs.user_cache_path("helpkb", appauthor=False)
    place = cache / "eval" / mark
    try:
        if cache.is_absolute():  # else the user has no home
            place.mkdir(parents=True, exist_ok=True)
            return place
    except OSError:
        pass
    return Path(tempfile.mkdtemp(prefix="helpkb-eval-"))
