"""What contexts hold, beside what a reader of lists and sections sees within the same budget."""

import json
from types import SimpleNamespace

import pytest
from support.processes import run_kb

from kb.errors import QueryError
from kb.evaluate.contexts import Opened, measure_contexts
from kb.evaluate.judgments import JudgedQuery, JudgedSet, Label


def labels(*names):
    return tuple(
        Label(article, anchor or None, 1, name)
        for name in names
        for article, _, anchor in (name.partition("#"),)
    )


class Reader:
    """Contexts of some sections, and hits that cost what a test says."""

    def __init__(self, sections=(), hits=(), listing=100):
        self.sections, self.hits, self.list = sections, hits, listing
        self.opened = []

    def context(self, question, budget):
        if self.sections is None:
            raise QueryError("too small", code="budget")
        sections = [
            SimpleNamespace(article=article, anchor=anchor, is_whole=whole)
            for article, anchor, whole in self.sections
        ]
        return SimpleNamespace(sections=sections, tokens=90)

    def listing(self, question):
        def opened():
            for hit in self.hits:
                self.opened.append(hit.article)
                yield hit

        return self.list, opened()


def reach(reader, *names, budget=500):
    judged = JudgedSet("set", (JudgedQuery("q", "late", labels(*names)),))
    return measure_contexts(judged, reader, budget)


def test_all_labels_have_to_be_inside():
    """One of two is not enough; what is cut is inside, but not whole."""
    both = (("late", "a", True), ("chat", "top", False))
    found = reach(Reader(both), "late", "chat").context
    assert (found.inside, found.whole, found.tokens) == (1, 0, 90)
    assert reach(Reader(both[:1]), "late", "chat").context.inside == 0
    assert reach(Reader(both), "late#a").context.whole == 1
    assert reach(Reader(both), "late#b").context.inside == 0


def test_a_reader_stops_where_the_budget_ends():
    """The list costs, too; the section in which the budget ends is read if half of it fits."""
    hits = [Opened("a", "x", 300), Opened("b", "x", 180), Opened("c", "x", 1)]
    reader = Reader(hits=hits)
    found = reach(reader, "b").reading
    assert (found.inside, found.whole, found.tokens) == (1, 0, 500)
    assert reader.opened == ["a", "b"]
    assert reach(Reader(hits=hits), "a").reading.whole == 1
    assert reach(Reader(hits=[hits[0], Opened("b", "x", 220)]), "b").reading.inside == 0
    assert reach(Reader(hits=hits, listing=500), "a").reading.inside == 0


def test_a_budget_that_holds_nothing_is_no_error():
    """Of that query nothing is inside."""
    assert reach(Reader(None), "a").context.inside == 0


@pytest.fixture
def judged(tmp_path):
    """A judged folder of two articles."""
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "late.md").write_text("# Late package\n\nLook at the tracking.\n")
    (tmp_path / "articles" / "chat.md").write_text("# Chat\n\nOpen your account.\n")
    (tmp_path / "queries.jsonl").write_text('{"qid": "q", "text": "late package"}\n')
    (tmp_path / "qrels.tsv").write_text("q\tlate\t1\n")
    return tmp_path


def test_the_command_prints_both_sides(judged):
    """As a table and as JSON; a budget out of range is refused."""
    args = ("--index", "index", "eval", str(judged), "--context", "400")
    table = run_kb(judged, *args)
    assert "All labels within 400 tokens" in table.out
    assert "kb search, then kb show" in table.out
    found = json.loads(run_kb(judged, *args, "--json").out)["contexts"]
    assert found["budget"] == 400
    assert found["context"]["inside"] == found["search_and_show"]["inside"] == 1
    assert 0 < found["context"]["tokens"] < 400
    assert run_kb(judged, "eval", str(judged), "--context", "5").code == 2
