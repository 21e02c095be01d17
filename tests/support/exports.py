"""The search of the browser, for tests that run it: its files, its script, and judged queries."""

import json
import os
import random
import shutil
from importlib.resources import files
from pathlib import Path

import pytest

from kb.knowledge_base import indexed
from kb.site.export.manifest import export_search

SETS = ("emanual_tv", "stackfaq", "zoomcamp_faq", "github_docs")
"""The judged sets whose answers are compared."""


class PlainPlaces:
    """A site where everything is at its id."""

    def article(self, id_):
        """The page of an article."""
        return f"{id_}.html"

    def section(self, id_, anchor):
        """The anchor of a section."""
        return anchor

    def topic(self, id_):
        """The page of a topic."""
        return f"{id_}/index.html"

    def action(self, card, action):
        """Where an action leads: as it is written."""
        return action.url


def export_files(base, language=None):
    """The files of a knowledge base's export, by name."""
    with indexed(base.config) as fresh:
        shards = export_search(fresh, PlainPlaces(), language=language)
        return {shard.file: shard.data for shard in shards}


def write_export(base, folder, language=None):
    """Write them into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in export_files(base, language).items():
        (folder / name).write_bytes(content)


def write_engine(folder):
    """Write a page that has the engine alone, and gives `openSearch` to who looks at it."""
    shutil.copytree(files("kb.site") / "assets" / "search", folder / "search")
    script = (
        'import { openSearch } from "./search/search.js"; Object.assign(window, { openSearch });'
    )
    page = f"<!doctype html><title>Search</title><script type='module'>{script}</script>"
    (folder / "index.html").write_text(page, encoding="utf-8")


needs_judged_sets = pytest.mark.skipif(
    "KB_CORPORA" not in os.environ,  # they are other people's, and no part of the project
    reason="KB_CORPORA is not set",
)


def judged_content(name):
    """The articles of a judged set."""
    return Path(os.environ["KB_CORPORA"]) / name / "articles"


def judged_texts(name, count):
    """A sample of a judged set's queries, and each with a letter lost."""
    rows = (judged_content(name).parent / "queries.jsonl").read_text().splitlines()
    texts = [json.loads(row)["text"] for row in random.Random(5).sample(rows, count)]
    return texts + [text[: len(text) // 2] + text[len(text) // 2 + 1 :] for text in texts]
