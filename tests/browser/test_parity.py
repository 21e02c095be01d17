"""Chromium gives the terminal's answers: the same sections, in the same order, with the same scores."""

import json
from dataclasses import replace

import pytest
from support.exports import (
    SETS,
    judged_content,
    judged_texts,
    needs_judged_sets,
    write_engine,
    write_export,
)

from kb.config import Config
from kb.knowledge_base import KnowledgeBase

pytestmark = pytest.mark.browser

LIMIT = 10
QUERIES = 25
"""Of each set, and as many with a letter lost; Node tries more (tests/search), and the benchmark all."""

ASK = (
    "(async (texts, limit) => {"
    " const engine = await openSearch({ base: '', manifest: 'data/m.js' });"
    " const answers = []; for (const text of texts) answers.push(await engine.search(text, { limit }));"
    " return answers.map(({ hits }) => hits.map((hit) => [hit.article, hit.anchor, hit.score])); })"
)


COMPOUNDS = {
    "paket.md": "# Wo ist mein Paket?\n\nDie Paketverfolgung braucht die Bestellnummer.\n\n"
    "## Beim Boten\n\nDie Sendungsverfolgung zeigt, wo der Paketbote ist.\n",
    "geld.md": "# Geld zurück\n\nNach dem Kontoauszug fragt die Verfolgung von Zahlungen.\n",
    "karte.md": "# Geschenkkarte\n\nDie Kartennummer steht auf der Geschenkkarte.\n",
}
PARTS = (
    "Verfolgung", "Verfolgungen beim Boten", "Paket", "Pakt", "bestellen", "Nummer", "Nummern Karte",
    "Auszug", "Zahlung verfolgen", "Geschenk Karte", "sendungsverfolgungen", "xyzverfolgung", "Bote",
)  # fmt: skip


def assert_alike(see, serve_below, tmp_path, config, texts):
    """Hold the browser's answers against the terminal's; these."""
    base = KnowledgeBase(config)
    write_export(base, tmp_path / "site/data")
    write_engine(tmp_path / "site")
    steps = [["evaluate", f"{ASK}({json.dumps(texts)}, {LIMIT})"]]
    [seen] = see({"url": serve_below(tmp_path / "site") + "index.html", "steps": steps})
    ours = [
        [[hit.article, hit.anchor, pytest.approx(hit.score, rel=1e-6)] for hit in answer.hits]
        for answer in (base.search(text, limit=LIMIT) for text in texts)
    ]
    assert seen["results"] == [ours]
    return ours


def test_parts_of_compounds_are_answered_alike(see, serve_below, tmp_path):
    """In a language that makes them at will, words that articles hold and others."""
    content, index = tmp_path / "content", tmp_path / "index"
    content.mkdir()
    for name, text in COMPOUNDS.items():
        (content / name).write_text(text, encoding="utf-8")
    config = replace(Config(), content=content, index=index, language="de")
    ours = assert_alike(see, serve_below, tmp_path, config, PARTS)
    assert sum(map(len, ours)) > len(PARTS)


@needs_judged_sets
@pytest.mark.parametrize("name", SETS)
def test_judged_queries_are_answered_alike(see, serve_below, tmp_path, name):
    """A sample of every set's queries, and of their misspelt copies."""
    config = replace(Config(), content=judged_content(name), index=tmp_path / "index")
    assert_alike(see, serve_below, tmp_path, config, judged_texts(name, QUERIES))
