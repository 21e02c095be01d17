"""kb.evaluate.judgments: issue phrases and judgments.tsv as judged queries."""

import pytest

from kb.content import read_content
from kb.errors import JudgmentError
from kb.evaluate.judgments import Catalogue, find_own_file, own_judgments

LATE = (
    "---\nissue: [package never arrived, where is it]\n---\n# Late\n\nWait.\n\n## Track\n\nLook.\n"
)
LOST = "---\nissue: [where is it]\n---\n# Lost\n\nAsk.\n"
DRAFT = "---\nissue: [a draft]\nstatus: draft\n---\n# Draft\n"
AGENT = "---\nissue: [for agents]\naudience: agent\n---\n# Agent\n"


@pytest.fixture
def content(tmp_path):
    folder = tmp_path / "content"
    folder.mkdir()
    for name, text in {"late": LATE, "lost": LOST, "draft": DRAFT, "agent": AGENT}.items():
        (folder / f"{name}.md").write_text(text)
    return folder


def judge(content, lines=None):
    file = None
    if lines is not None:
        file = content.parent / "judgments.tsv"
        file.write_text("".join(f"{line}\n" for line in lines))
    return own_judgments("Help", read_content(content).articles, file, Catalogue(content))


def test_each_phrase_is_a_query_that_its_article_answers(content):
    """A phrase of two articles is one query; drafts and agent articles have none."""
    found = judge(content)
    assert {q.text: list(q.grades) for q in found.queries} == {
        "package never arrived": ["late"],
        "where is it": ["late", "lost"],
    }
    assert len({q.qid for q in found.queries}) == 2
    assert found.name == "Help"


def test_a_file_adds_queries(content):
    """Grades may be left out, comments and blank lines are skipped, labels may be sections."""
    lines = ["# ours", "", "track it\tlate#track", "track it\tlost#lost\t0", "#1\tlate\t2"]
    found = judge(content, lines).queries[2:]
    assert [(q.qid, q.text, q.grades) for q in found] == [
        ("judgments.tsv:3", "track it", {"late#track": 1, "lost#lost": 0}),
        ("judgments.tsv:5", "#1", {"late": 2}),
    ]


@pytest.mark.parametrize(
    ("lines", "line", "message"),
    [
        (["only a query"], 1, "is not a judgment"),
        (["q\tlate\t1\tmore"], 1, "is not a judgment"),
        ([" \tlate"], 1, "is not a judgment"),
        (["q\tnone"], 1, "there is no article 'none'"),
        (["q\tdraft"], 1, "no search finds 'draft'"),
        (["q\tlate\t2", "q\tlate"], 2, "judged already"),
        (["q\tlate", "q\tlost#lost"], 2, "articles as well as sections"),
        (["", "q\tlate\t0", "q\tlost\t0"], 2, "nothing answers this query"),
    ],
)
def test_a_wrong_line_is_an_error_with_its_place(content, lines, line, message):
    """Each way a line can be wrong names the file and the line."""
    with pytest.raises(JudgmentError, match=message) as caught:
        judge(content, lines)
    assert caught.value.where == f"{content.parent / 'judgments.tsv'}:{line}"


def test_without_any_phrase_there_is_nothing_to_measure(tmp_path):
    """The error says what to write."""
    (tmp_path / "content").mkdir()
    with pytest.raises(JudgmentError, match="nothing to measure") as caught:
        judge(tmp_path / "content")
    assert "issue:" in caught.value.hint


def test_the_file_stands_beside_the_settings_or_the_content(tmp_path):
    """The settings' folder comes first; without settings the content's own parent counts."""
    content, settings = tmp_path / "docs" / "content", tmp_path / "kb.toml"
    content.mkdir(parents=True)
    assert find_own_file(content, settings) is None
    (tmp_path / "docs" / "judgments.tsv").touch()
    assert find_own_file(content, settings) == tmp_path / "docs" / "judgments.tsv"
    (tmp_path / "judgments.tsv").touch()
    assert find_own_file(content, settings) == tmp_path / "judgments.tsv"
    assert find_own_file(content, None) == tmp_path / "docs" / "judgments.tsv"
