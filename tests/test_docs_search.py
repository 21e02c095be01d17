"""docs/ is a knowledge base itself: what people ask of kb, it answers with the right section first."""

import tomllib
from pathlib import Path

import pytest

from kb import KnowledgeBase

DOCS = Path(__file__).parent.parent / "docs"

QUESTIONS = {
    "how do I add a synonym": "configuration#add-a-synonym-words-that-mean-the-same",
    "where is the index stored": "configuration#where-the-index-is-stored",
    "environment variables": "configuration",
    "write my own theme": "site#a-theme",
    "how do I deploy the site": "site#deploy-the-site-hosting",
    "exit codes": "cli#exit-codes",
    "tab completion": "cli#completion",
    "anchors of headings": "articles#anchors",
    "hide a draft article": "articles",
    "limits of an article": "articles#limits",
    "search for Hugo": "embedding#hugo",
    "search for Docusaurus": "embedding#docusaurus",
    "threads and forks": "api",
    "misspelt words": "ranking#misspelt-words",
    "constants of the score": "ranking#constants",
    "how do I run the tests": "contributing#run-the-tests-from-a-clone-to-a-green-test",
    "rebuild the scripts with esbuild": "contributing#rebuild-the-scripts-of-the-search",
    "a folder of judged queries": "evaluation#a-folder-of-judged-queries",
    "debug a ranking": "contributing#debug-a-ranking",
    "add a command": "contributing#add-a-command",
    "the life of a query": "architecture#the-life-of-a-query",
    "which tier should I choose": "writing#choose-the-tier",
    "have_ready and escalate": "writing#end-with-a-person-have_ready-and-escalate",
    "JSON of kb search": "json#kb-search",
    "why Whoosh": "dependencies",
    "format of the search data": "search-format",
    "what happens when kb is killed": "reliability",
    "evidence for an assistant": "assistants",
}
"""A question, and the article or the section that has to come first."""


@pytest.fixture(scope="module")
def docs(tmp_path_factory):
    """The documentation, indexed."""
    base = KnowledgeBase.open(DOCS, index=tmp_path_factory.mktemp("docs") / "index")
    changes = base.index()
    assert [p for p in changes.problems if p.severity == "error"] == []
    yield base
    base.close()


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_is_answered_by_the_right_section(docs, question):
    """It comes first."""
    first = docs.search(question).hits[0]
    wanted = QUESTIONS[question]
    assert wanted == (f"{first.article}#{first.anchor}" if "#" in wanted else first.article)


def test_an_installed_kb_has_the_documentation():
    """All of it, beside the package."""
    project = tomllib.loads((DOCS.parent / "pyproject.toml").read_text("utf-8"))
    assert project["tool"]["setuptools"]["data-files"] == {"share/doc/helpkb": ["docs/*.md"]}
    assert not [path for path in DOCS.rglob("*.md") if path.parent != DOCS]


def test_every_page_keeps_its_promises(docs):
    """Each issue phrase brings its own page first or second."""
    for card in docs.cards():
        for phrase in card.issues:
            found = dict.fromkeys(hit.article for hit in docs.search(phrase).hits)
            assert card.id in list(found)[:2], phrase
