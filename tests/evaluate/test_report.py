"""kb.evaluate.report and kb.evaluate.report: one page, safe whatever it quotes."""

import json
import re
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest
from support.judged import evaluation_of, judged

from kb.errors import KbError
from kb.evaluate.comparison import compare, evaluation_as_json, read_saved
from kb.evaluate.judgments import Catalogue
from kb.evaluate.report import sorted_plot, write_report

EVIL = "<script>alert(1)</script>\x1b\u202e\ud800\"'"


class Page(HTMLParser):
    """Which tags a page has, where its links lead, and whether every tag is closed."""

    VOID = frozenset({"meta", "link", "img", "br"})

    def __init__(self, text):
        super().__init__()
        self.tags, self.links, self.ids, self.open = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        values = dict(attrs)
        self.links += [values[key] for key in ("href", "src") if key in values]
        self.ids += [values["id"]] if "id" in values else []
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)


QUERIES = [
    judged("q1", "late", late__ask=1, refund__refunds=2),
    judged("q2", EVIL, late__ask=1),
    judged("q3", "fine", late__ask=1),
    judged("q4", "", gone__x=1),
]
RANKINGS = {
    "late": ["late#track-it", "refund#how-long-it-takes", "gone#x"],
    "fine": ["late#ask"],
    EVIL: [f"late#{i}" for i in range(9)] + ["late#ask"],
}


def report(folder, path, queries=QUERIES, *, comparison=None, rankings=RANKINGS, name="set"):
    evaluation = evaluation_of(rankings, *queries, name=name)
    write_report(path, evaluation, comparison, Catalogue(folder / "articles"))
    return path.read_text(encoding="utf-8")


def test_a_page_is_whole_and_asks_nothing_of_others(folder, tmp_path):
    """Every tag is closed; there is no script, no picture, no sheet and no address elsewhere."""
    text = report(folder, tmp_path / "r.html")
    page = Page(text)
    assert page.open == []
    assert not {"script", "img", "link", "iframe"} & set(page.tags)
    assert not re.search(r"https?:|//|url\(|@import", text.replace("<!doctype html>", ""))
    assert "default-src 'none'" in text
    assert "prefers-color-scheme: dark" in text
    assert "svg" in page.tags


def test_whatever_is_quoted_is_text(folder, tmp_path):
    """Queries, names and titles can't become markup, nor turn the text around."""
    (folder / "articles" / "late.md").write_text("# <b>\"Late\" & 'lost'\n\n## Ask\n\nx\n")
    text = report(folder, tmp_path / "r.html", name=EVIL)
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert not re.search("[\x00-\x08\x0e-\x1f\u202a-\u202e\ud800-\udfff]", text)
    assert "&quot;Late&quot; &amp; &#x27;lost&#x27;" in text


def test_each_bad_query_shows_what_was_found_and_what_should_have_been(folder, tmp_path):
    """Bad queries come worst first; right results are marked, missed ones have their rank."""
    text = report(folder, tmp_path / "r.html")
    entries = re.findall(r"<details.*?</details>", text, flags=re.DOTALL)
    assert [re.search(r"<small>(q\d)", entry)[1] for entry in entries] == ["q1", "q4", "q2"]
    late, empty, evil = entries
    assert "Track it</a>" in late
    assert "How long it takes</a>" in late
    assert "Refunds</a> <small>not found, grade 2</small>" in late
    assert "<li>gone</li>" in late
    assert "(empty)" in empty
    assert "<li>nothing</li>" in empty
    assert "found at 10" in evil


def test_links_lead_from_the_page_to_the_articles(folder, tmp_path):
    """A link is relative to the page, quoted, with the section's anchor."""
    strange = "a b & c'd"
    (folder / "articles" / f"{strange}.md").write_text("# Strange\n\nx\n")
    (tmp_path / "out").mkdir()
    text = report(
        folder,
        tmp_path / "out" / "r.html",
        [judged("q", "late", late__ask=1)],
        rankings={"late": [f"{strange}#strange"]},
    )
    links = [link for link in Page(text).links if not link.startswith("#")]
    assert links == [
        "./../set/articles/a%20b%20%26%20c%27d.md#strange",
        "./../set/articles/late.md#ask",
    ]


def test_right_results_are_marked(folder, tmp_path):
    """A right result far down is marked as right where it was found."""
    queries = [judged("q", "late", late__ask=9, refund__refunds=1)]
    text = report(folder, tmp_path / "r.html", queries, rankings={"late": ["refund#refunds"]})
    assert '<li class="right"><a href="./set/articles/refund.md#refunds">Refunds</a></li>' in text


def test_a_comparison_is_plotted_and_listed(folder, tmp_path):
    """Since a baseline: means, interval, plot of the differences, worst losses with links."""
    before = evaluation_of({**RANKINGS, "late": ["refund#refunds", "late#ask"]}, *QUERIES)
    (tmp_path / "b.json").write_text(json.dumps(evaluation_as_json(before, None)))
    now = evaluation_of(RANKINGS, *QUERIES)
    found = compare(now, read_saved(tmp_path / "b.json"), "b.json")
    text = report(folder, tmp_path / "r.html", comparison=found)
    page = Page(text)
    assert "Worst losses" in text
    assert "Best gains" not in text
    assert "1 query lost and 0 gained" in text
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)
    assert '<a href="#query-1">late</a>' in text


def test_good_queries_need_no_list(folder, tmp_path):
    """Where nothing went badly the page says so."""
    text = report(folder, tmp_path / "r.html", QUERIES[2:3])
    assert "No query went badly" in text
    assert "<details" not in text


def test_a_change_without_a_bad_query_is_plain_text(folder, tmp_path):
    """Only bad queries have an entry to link to."""
    before = evaluation_of({}, QUERIES[2])
    (tmp_path / "b.json").write_text(json.dumps(evaluation_as_json(before, None)))
    now = evaluation_of(RANKINGS, QUERIES[2])
    found = compare(now, read_saved(tmp_path / "b.json"), "b.json")
    text = report(folder, tmp_path / "r.html", QUERIES[2:3], comparison=found)
    assert "<td>fine</td>" in text


def test_articles_alone_are_linked_without_an_anchor(folder, tmp_path):
    """Labels that name articles are shown by title."""
    text = report(
        folder, tmp_path / "r.html", [judged("q", "zzz", late=1), judged("r", "fine", late__ask=1)]
    )
    assert '<a href="./set/articles/late.md">Late package</a>' in text
    assert "articles and sections" in text


def test_a_page_on_another_drive_has_no_links(folder, tmp_path, monkeypatch):
    """Where no relative path leads to the articles, titles are plain text."""

    def no_way(*_):
        raise ValueError("path is on mount 'D:'")

    monkeypatch.setattr("kb.evaluate.report.os.path.relpath", no_way)
    assert Page(report(folder, tmp_path / "r.html")).links == []


def test_a_page_that_cannot_be_written_is_an_error(folder, tmp_path):
    """The error names the file."""
    with pytest.raises(KbError, match="can't be written"):
        write_report(tmp_path, evaluation_of({}, QUERIES[0]), None, Catalogue(folder / "articles"))


def test_a_plot_is_well_formed_and_says_what_it_shows():
    """Losses and gains are one path each, from 0 to their height and back."""
    svg = ET.fromstring(sorted_plot([0.5, 0, -1, 0.5, 0], low=-1, label='a "b" <c>'))
    assert svg.get("aria-label") == 'a "b" <c>'
    paths = {path.get("class"): path.get("d") for path in svg.iter("path")}
    assert paths == {
        "down": "M44.00 123.00V236.00H227.20V123.00Z",
        "up": "M593.60 123.00V66.50H960.00V123.00Z",
    }
    assert [t.text for t in svg.iter("text")] == ["-1", "-0.5", "0", "0.5", "1", "5 queries"]


def test_a_plot_of_shares_starts_at_0():
    """Without a baseline the scale runs from 0 to 1."""
    svg = ET.fromstring(sorted_plot([0.25, 1], low=0, label=""))
    assert [t.text for t in svg.iter("text")] == ["0", "0.5", "1", "2 queries"]
    assert svg.find("path").get("d").endswith("V236.00Z")
