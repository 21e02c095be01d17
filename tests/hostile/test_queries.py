"""Line 12: queries that are meant to break something get an answer that keeps its promises.

`fuzz/queries.py` asks a hundred thousand more, and measures how long each takes.
"""

import itertools
import json
import os
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made import grammar_query, random_query

from kb import KnowledgeBase
from kb.model import Found
from kb.text.snippets import WIDTH

ROOT = Path(__file__).parent.parent.parent
CASES = os.environ.get("KB_CASES")
CORPORA = os.environ.get("KB_CORPORA")

OURS = [
    "", " ", "\t\n\r", "\0", "\x1b[31m", "\ud800", "\udfff\ud800", "*", "?", '"', "'", "[", "]", "(",
    "-", "--", "-a", "+", "~", "^", ":", "\\", "/", "//", "a*", "*a", "a?b*", "a~2", "[a TO z]",
    "{a TO z}", "a AND", "NOT", "OR OR OR", "title:", "topic:", "tier:", "tag:", "topic:/ tag:-",
    "tier:\0", 'topic:"', '"a', 'a"', '""', '"" ""', '-"', '-""', '"-a"', "-(-(-(", "a " * 20_000,
    "(" * 1000, '"' * 1001, "-" * 5000, "*" * 5000, "a" * 1_000_000, "é" * 1_000_000, "a\u0301" * 500_000,
    "\u0301" * 5000, "注" * 5000, "a-" * 5000, "a.b" * 5000, "'s" * 5000, "topic:a " * 500,
    '"package" ' * 200, "-package " * 200, "package " * 200, " ".join(f"w{n}x" for n in range(5000)),
    " ".join(f"packag{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(600)),
    "\u202epackage\u202c", "\ufeffpackage", "p\u200backage", "ﷺ" * 300, "İ" * 2000, "ß" * 2000, "½" * 500,
    "<script>alert(1)</script>", "../../etc/passwd", "%00", "${7*7}", "'; DROP TABLE a; --",
]  # fmt: skip


def check(answer, query, limit):
    """What every answer promises."""
    assert answer.query == query
    assert len(answer.hits) <= min(limit, answer.total)
    assert (answer.found is Found.NOTHING) == (answer.total == 0) == (not answer.hits)
    assert len(set(answer.topics)) == len(answer.topics)
    assert not (answer.hits and answer.topics)
    for hit in answer.hits:
        assert "\n" not in hit.snippet
        assert len(hit.snippet) <= WIDTH + 4
        ends = [0, *itertools.chain.from_iterable(hit.highlights), len(hit.snippet)]
        assert ends == sorted(ends)
        json.dumps(hit.snippet).encode()
    if answer.correction:
        answer.correction.text.encode()
    for notice in answer.notices:
        assert len(notice) < 200


def bases():
    """The sample content, and a large one where there is one."""
    yield pytest.param("content", id="content")
    missing = pytest.mark.skipif(not CORPORA, reason="KB_CORPORA names no unpacked corpora")
    yield pytest.param("github_docs", id="github_docs", marks=missing)


@pytest.fixture(scope="module")
def base(request, tmp_path_factory):
    """One of the knowledge bases, indexed."""
    content = ROOT / "content"
    if request.param != "content":
        content = Path(CORPORA) / request.param / "articles"
    opened = KnowledgeBase.open(content, index=tmp_path_factory.mktemp(request.param))
    opened.index()
    yield opened
    opened.close()


every_base = pytest.mark.parametrize("base", list(bases()), indirect=True)
options = pytest.mark.parametrize(
    "options",
    [{}, {"prefix": True, "explain": True, "audience": "agent", "drafts": True}],
    ids=["plain", "everything"],
)


@every_base
@options
def test_our_own(base, options, tally):
    """Syntax without an end, without a middle, of other parsers, and far too much of it."""
    for query in OURS:
        with tally("query"):
            check(base.search(query, limit=10, **options), query, 10)


@every_base
@options
@pytest.mark.skipif(not CASES, reason="KB_CASES names no unpacked cases")
@pytest.mark.parametrize("name", ["queries.json", "blns.json"])
def test_those_of_others(base, name, options, tally):
    """Naughty strings, scripts, paths, and what broke other parsers."""
    for case in json.loads((Path(CASES) / name).read_text(encoding="utf-8")):
        query = case if isinstance(case, str) else case["query"]
        with tally("query"):
            check(base.search(query, limit=10, **options), query, 10)


pieces = st.one_of(
    st.text(st.characters(), max_size=10),
    st.sampled_from(
        ['"', "-", "topic:", "tier:contact", "tag:", "package", "pacakge", "late ", " ", "order-", "(", "*",
         "talk to a human", "the", "\u0301", "."]
    ),
)  # fmt: skip


@pytest.mark.parametrize("base", ["content"], indirect=True)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(query=st.lists(pieces, max_size=12).map("".join), prefix=st.booleans())
def test_any_string(base, query, prefix):
    """Made of words, syntax and noise."""
    check(base.search(query, limit=10, prefix=prefix), query, 10)
    base.contact(query)


@pytest.mark.parametrize("base", ["content"], indirect=True)
@pytest.mark.parametrize("make", [grammar_query, random_query])
def test_those_that_are_made(base, make, tally):
    """By a grammar of every search engine's syntax, and of all of Unicode."""
    chance = random.Random(12)
    for _ in range(300):
        query = make(chance)
        with tally("query"):
            check(base.search(query, limit=10), query, 10)


@pytest.mark.parametrize("base", ["content"], indirect=True)
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("package " * 300, ["1,024 characters", "32 words"]),
        ("x" * 100_000, ["1,024 characters"]),
        (" ".join(f"word{n}" for n in range(33)), ["32 words"]),
        (" ".join(f"word{n}" for n in range(32)), []),
        ("(" * 1_000 + "package" + ")" * 1_000, ["1,024 characters"]),
        ("(" * 300 + "package" + ")" * 300, []),
    ],
    ids=["long", "one-word", "33-words", "32-words", "too-deep", "deep"],
)
def test_what_is_too_long_is_cut_and_said(base, query, said):
    """Never refused, never in silence; depth is none, since nothing opens or closes."""
    cut = [notice for notice in base.search(query).notices if "was cut" in notice]
    assert cut == [f"The query was cut to its first {what}." for what in said]
