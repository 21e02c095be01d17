"""kb.evaluate.judgments: folders of judged queries, and what is wrong with them."""

import json

import pytest
from support.judged import write_labels, write_queries

from kb.errors import JudgmentError
from kb.evaluate.judgments import Catalogue, Level, find_articles, read_judged_folder


def test_a_folder_is_read_in_the_order_of_its_queries(folder, catalogue):
    """Queries keep their order, labels their level; a query without a label is only counted."""
    found = read_judged_folder(folder, catalogue)
    assert found.name == "set"
    assert [q.qid for q in found.queries] == ["q1", "q2"]
    assert found.queries[0].grades == {"late#track-it": 2, "late#ask": 1}
    assert [q.level for q in found.queries] == [Level.SECTION, Level.ARTICLE]
    assert found.level == "mixed"
    assert found.unjudged == 1


def test_a_set_of_one_level_says_which(folder, catalogue):
    """The level of a set is that of its queries when they agree."""
    write_labels(folder, "q1\tlate\t1", "q2\trefund\t1")
    assert read_judged_folder(folder, catalogue).level == "article"


def test_a_byte_order_mark_and_crlf_and_blank_lines_are_no_content(folder, catalogue):
    """Files that other systems wrote are read too."""
    (folder / "queries.jsonl").write_bytes(b'\xef\xbb\xbf{"qid": "q1", "text": "a"}\r\n\r\n')
    (folder / "qrels.tsv").write_bytes(b"\r\nq1\tlate\t1\r\n")
    assert read_judged_folder(folder, catalogue).queries[0].text == "a"


def test_an_anchor_may_keep_marks_of_markdown(folder, catalogue):
    """Labels from tools that make anchors from raw headings are understood, and remembered."""
    write_labels(folder, "q1\trefund#how-long-_it_-takes\t1")
    (label,) = read_judged_folder(folder, catalogue).queries[0].labels
    assert label.name == "refund#how-long-it-takes"
    assert label.written == "refund#how-long-_it_-takes"


@pytest.mark.parametrize(
    ("lines", "line", "message"),
    [
        (["q1\tlate"], 1, "has 2 columns"),
        (["q1\tlate\t1\t1"], 1, "has 4 columns"),
        (["q1\tlate\t1", "q9\tlate\t1"], 2, "no query has the id 'q9'"),
        (["q1\tnone\t1"], 1, "there is no article 'none'"),
        (["q1\tnone#track-it\t1"], 1, "there is no article 'none'"),
        (["q1\tlate#track\t1"], 1, "the article 'late' has no section 'track'"),
        (["q1\tlate#-\t1"], 1, "the article 'late' has no section '-'"),
        (["q1\tlate\tgood"], 1, "the grade 'good' is not a whole number"),
        (["q1\tlate\t-1"], 1, "the grade '-1' is not a whole number"),
        (["q1\tlate\t1.5"], 1, "the grade '1.5' is not a whole number"),
        (["q1\tlate\t1001"], 1, "the grade '1001' is not a whole number"),
        (["q1\tlate\t\u0663"], 1, "is not a whole number"),
        (["q1\tlate\t1", "", "q1\tlate\t0"], 3, "late is judged already"),
        (["q1\tlate\t1", "q1\trefund#refunds\t1"], 2, "articles as well as sections"),
    ],
)
def test_a_wrong_label_is_an_error_with_its_line(folder, catalogue, lines, line, message):
    """Each way a line of qrels.tsv can be wrong names the file and the line."""
    write_labels(folder, *lines)
    with pytest.raises(JudgmentError, match=message) as caught:
        read_judged_folder(folder, catalogue)
    assert caught.value.where == f"{folder / 'qrels.tsv'}:{line}"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('{"qid": "a", "text": "x"}\n{"qid": "a", "text": "y"}', 2, "stands already on line 1"),
        ('{"qid": "a", "text": "x"', 1, "is not JSON"),
        ("[]", 1, "should be an object"),
        ('{"qid": 1, "text": "x"}', 1, "qid should be a text"),
        ('{"qid": "a"}', 1, "text should be a text"),
        ('{"qid": "", "text": "x"}', 1, "the query id is empty"),
        ("[" * 100_000, 1, "is nested too deeply"),
    ],
)
def test_a_wrong_query_is_an_error_with_its_line(folder, catalogue, text, line, message):
    """Each way a line of queries.jsonl can be wrong names the file and the line."""
    (folder / "queries.jsonl").write_text(text)
    with pytest.raises(JudgmentError, match=message) as caught:
        read_judged_folder(folder, catalogue)
    assert caught.value.where == f"{folder / 'queries.jsonl'}:{line}"


def test_a_line_that_is_not_utf8_is_an_error(folder, catalogue):
    """The line and the byte in it are named."""
    (folder / "qrels.tsv").write_bytes(b"q1\tlate\t1\nq2\tl\xffte\t1\n")
    with pytest.raises(JudgmentError, match="byte 5 of the line") as caught:
        read_judged_folder(folder, catalogue)
    assert caught.value.line == 2


def test_a_wrong_name_brings_a_suggestion(folder, catalogue):
    """A slip in an id or an anchor is answered with the nearest one that exists."""
    write_labels(folder, "q1\tlate#track-its\t1")
    with pytest.raises(JudgmentError) as caught:
        read_judged_folder(folder, catalogue)
    assert caught.value.hint == "did you mean track-it?"


def test_labels_that_are_all_0_leave_nothing_to_measure(folder, catalogue):
    """A set in which nothing answers anything is an error, not a division by zero."""
    write_labels(folder, "q1\tlate\t0")
    with pytest.raises(JudgmentError, match="nothing to measure"):
        read_judged_folder(folder, catalogue)


def test_an_article_that_cannot_be_read_has_no_sections(folder):
    """A label on a section of a broken article is an error of the label."""
    (folder / "articles" / "bad.md").write_bytes(b"# \xff\n")
    write_labels(folder, "q1\tbad#top\t1")
    with pytest.raises(JudgmentError, match="has no section 'top'"):
        read_judged_folder(folder, Catalogue(folder / "articles"))


@pytest.mark.parametrize("name", ["queries.jsonl", "qrels.tsv"])
def test_a_missing_or_unreadable_file_is_an_error(folder, catalogue, name):
    """Both files must be there, and be files."""
    (folder / name).unlink()
    with pytest.raises(JudgmentError, match="no such file"):
        read_judged_folder(folder, catalogue)
    with pytest.raises(JudgmentError, match="no such file"):
        find_articles(folder)
    (folder / name).mkdir()
    with pytest.raises(JudgmentError, match="can't be read"):
        read_judged_folder(folder, catalogue)


def test_any_text_is_a_query(folder, catalogue):
    """Queries may be empty, or hold what no terminal shows."""
    write_queries(folder, {"q1": "", "q2": "\ud800\x00"})
    assert json.loads((folder / "queries.jsonl").read_text().splitlines()[0])["text"] == ""
    texts = [q.text for q in read_judged_folder(folder, catalogue).queries]
    assert texts == ["", "\ud800\x00"]


def test_the_catalogue_knows_titles_and_sections(catalogue):
    """Reports quote articles and sections; what does not exist is None."""
    assert catalogue.section("late", "ask").heading == "Ask"
    assert catalogue.section("late", None).heading == "Late package"
    assert catalogue.section("late", "none") is None
    assert catalogue.section("none", None) is None
    assert catalogue.article("none") is None
