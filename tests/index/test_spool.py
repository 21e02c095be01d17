"""What a build onto a cluster keeps on disk, held against the same in memory."""

import tracemalloc
from collections import Counter
from contextlib import closing
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.articles import make_article

from kb.config import Ranking
from kb.index import twins
from kb.index.opensearch import spool, sums
from kb.index.opensearch.changes import _numbered
from kb.index.opensearch.spool import Spool, sortable
from kb.index.opensearch.sums import Sums, Tally
from kb.index.opensearch.writer import Collection
from kb.index.twins import Place, fingerprints, group_sections
from kb.model import Status
from kb.store import Scratch
from kb.text import analysis
from kb.text.analysis import Analyzer

ANALYZER = Analyzer()


@pytest.fixture
def few(monkeypatch):
    """Memory holds the sums of three texts."""
    monkeypatch.setattr(sums, "HELD", 3)


added = st.lists(st.tuples(st.text(max_size=2), st.integers(-3, 3), st.integers(0, 9)), max_size=40)


@given(added)
def test_sums_on_disk_are_those_in_memory(rows):
    """Of any texts, lone surrogates among them; asked one by one, and all in order."""
    rows += [("\udcff", 1, 2), ("", 3, 4), *((f"w{n}", n, 1) for n in range(9))]
    with pytest.MonkeyPatch.context() as patch, closing(Scratch()) as scratch:
        patch.setattr(sums, "HELD", 3)
        tally, plain = Tally("some", 2, scratch), Tally("some", 2)
        first, second = Counter(), Counter()
        for text, one, other in rows:
            tally.add(text, one, other)
            plain.add(text, one, other)
            first[text] += one
            second[text] += other
        expected = [(text, [first[text], second[text]]) for text in sorted(first)]
        assert [(text, tally.get(text)) for text in sorted(first)] == expected
        assert [*tally] == [*plain] == expected
        assert tally.get("none") == plain.get("none") == [0, 0]


ids = st.text("ab1/.-\ue000\U0001f600\udcff", min_size=1, max_size=12)
orders = st.none() | st.integers(-(10**30), 10**30)


@given(st.lists(st.builds(Place, id=ids, is_published=st.booleans(), order=orders), max_size=20))
def test_ages_sort_as_bytes(places):
    """As they do as tuples: versions, numbers of any size, any text."""
    ages = [place.age() for place in places]
    assert sorted(ages) == sorted(ages, key=sortable)


TEXTS = ["", "wait a day", "one two three four five six " * 5, "seven eight nine ten " * 9]
headed = st.lists(
    st.tuples(st.sampled_from(["Set up", "More"]), st.sampled_from(TEXTS)), max_size=4
)
bases = st.lists(
    st.tuples(
        st.sampled_from(["v1/", "v2/", "other/", ""]), headed, st.sampled_from([*Status]),
        st.none() | st.integers(0, 3), st.integers(0, 2),
    ),
    max_size=12,
)  # fmt: skip


def vary(text, count):
    """The text with a word more, or two."""
    return text + " and more" * count if text else text


@given(bases)
def test_sections_on_disk_are_grouped_as_in_memory(rows):
    """The same groups in the same order, of articles that come in any order."""
    articles = [
        make_article(
            f"{folder}a{number % 5}x{number}" if number % 2 else f"{folder}a{number}", "Install",
            *((heading, vary(text, more)) for heading, text in own), status=status, order=order,
        )
        for number, (folder, own, status, order, more) in enumerate(rows)
    ]  # fmt: skip
    prints = {
        (number, position): printed.tobytes()
        for number, article in enumerate(articles)
        for position, printed in enumerate(fingerprints(article))
    }

    def section_of(key):
        section = articles[key[0]].sections[key[1]]
        return section.heading, section.text

    expected = group_sections(prints, lambda key: articles[key[0]], section_of)
    with closing(Scratch()) as scratch:
        spooled = Spool(scratch)
        for article in articles:
            spooled.add(article, [own.tobytes() for own in fingerprints(article)])
        count = spooled.group()
        found = {
            (group, place): (number, position)
            for number in range(len(articles))
            for position, (group, place) in spooled.groups_of(number).items()
        }
        assert [*spooled] == articles
    groups = {}
    for (group, _), key in sorted(found.items()):
        groups.setdefault(group, []).append(key)
    assert sorted(groups.values()) == sorted(expected)
    assert count == len(expected)


def test_groups_keep_their_numbers():
    """Of before an update, each one of its own, whichever of its sections stayed."""
    a, b, c, d, e, f = ((letter, 0) for letter in "abcdef")
    before = {a: 4, b: 4, c: 9, d: 9, e: None}
    assert _numbered([[e, f], [b, a], [c, d]], before) == {
        e: (10, 0), f: (10, 1), b: (4, 0), a: (4, 1), c: (9, 0), d: (9, 1),
    }  # fmt: skip
    assert _numbered([[a, e], [b, f]], before) == {a: (4, 0), e: (4, 1), b: (10, 0), f: (10, 1)}


def made(number):
    """An article with words of its own, and every other one in two versions."""
    words = [f"word{number // 2}x{n}" for n in range(40)]
    sections = [(f"Part {n}", " ".join([*words[n:], "as all"])) for n in range(3)]
    return make_article(f"v{number % 2}/a{number // 2:05}", "Set up", *sections)


def rows_of(count, scratch=None):
    """What is written of so many articles."""
    collection = Collection(ANALYZER, Ranking())
    try:
        if scratch is False:
            collection.sums = Sums()
        for number in range(count):
            collection.add(made(number))
        rows = chain(collection.rows(), collection.sums.rows())
        return [*rows], collection.group_count
    finally:
        collection.close()


@pytest.mark.usefixtures("few")
def test_what_is_written_does_not_depend_on_where_it_was():
    """Sums on disk give the same documents as sums in memory."""
    rows, groups = rows_of(12)
    assert rows == rows_of(12, scratch=False)[0]
    assert groups == 24
    assert sum("g" in row for _, row in rows) == 48


def test_memory_of_a_build_does_not_grow(monkeypatch):
    """Four times the articles, each with words of its own, take no half more at the peak."""
    for where, name, most in (
        (sums, "HELD", 200), (spool, "READ", 4), (twins, "KEPT", 16), (analysis, "MAX_KEPT", 200),
    ):  # fmt: skip
        monkeypatch.setattr(where, name, most)

    def build(count):
        collection = Collection(Analyzer("xx"), Ranking())  # a stemmer has a cache of its own
        try:
            for number in range(count):
                collection.add(made(number))
            for _ in chain(collection.rows(), collection.sums.rows()):
                pass
        finally:
            collection.close()

    def peak(count):
        tracemalloc.start()
        try:
            build(count)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    build(80)  # what is kept for good
    assert peak(80) < 1.5 * peak(20)
