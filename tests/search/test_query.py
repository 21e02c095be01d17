"""Facts about reading what a person typed."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kb.model import Tier
from kb.search.query import MAX_CHARACTERS, Filters, Query, parse_query

typed = st.one_of(
    st.text(st.characters()),
    st.lists(
        st.sampled_from(
            ['"', "-", "--", "-a", "a", " ", "topic:", "tier:", "tag:", "contact", ":", "/", "“", "”",
             "«", "\ud800", "\x00", "\n", "word", "_", "é", "(", ")", "*", "?", "AND", "\\"]
        ),
        max_size=30,
    ).map("".join),
)  # fmt: skip


def read(text):
    """Read a query and give all that it holds but its text and notices."""
    query = parse_query(text)
    return query.words, query.phrases, query.excluded, query.filters


@pytest.mark.parametrize(
    ("text", "words", "phrases", "excluded", "filters"),
    [
        ("late package", "late package", (), (), Filters()),
        ('"order tracking" late', "order tracking late", ("order tracking",), (), Filters()),
        ('late "order tracking"', "late order tracking", ("order tracking",), (), Filters()),
        ("“order tracking”", "order tracking", ("order tracking",), (), Filters()),
        ("„order tracking“", "order tracking", ("order tracking",), (), Filters()),
        ("«order tracking»", "order tracking", ("order tracking",), (), Filters()),
        ('"refund"', "refund", ("refund",), (), Filters()),
        ("card -gift", "card", (), ("gift",), Filters()),
        ("-gift card", "card", (), ("gift",), Filters()),
        ('card -"gift card"', "card", (), ("gift card",), Filters()),
        ("card -e-mail", "card", (), ("e-mail",), Filters()),
        ("topic:orders late", "late", (), (), Filters(topic="orders")),
        ("late topic:orders/returns/", "late", (), (), Filters(topic="orders/returns")),
        ("tier:contact", "", (), (), Filters(tier=Tier.CONTACT)),
        ("tier:Self-Service late", "late", (), (), Filters(tier=Tier.SELF_SERVICE)),
        ("tag:refund late", "late", (), (), Filters(tag="refund")),
        (
            'a "b c" -def topic:e tier:advice tag:f g',
            "a b c g",
            ("b c",),
            ("def",),
            Filters(Tier.ADVICE, "e", "f"),
        ),
        ("tag:one tag:two", "", (), (), Filters(tag="two")),
        ("-gift tag:one", "", (), ("gift",), Filters(tag="one")),
    ],
)
def test_syntax(text, words, phrases, excluded, filters):
    """Phrases rank like words, too; exclusions and filters don't."""
    assert read(text) == (words, phrases, excluded, filters)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('"', '"'),
        ('late "package', 'late "package'),
        ('19" monitor and 24" monitor', '19" monitor and 24" monitor'),
        ('""', '""'),
        ('" "', '" "'),
        ('"!?"', '"!?"'),
        ("e-mail", "e-mail"),
        ("--dry-run", "--dry-run"),
        ("late - package", "late - package"),
        ("-", "-"),
        ("-gift", "-gift"),
        ('-gift -"gift card"', '-gift -"gift card"'),
        ("error: 5", "error: 5"),
        ("error:5", "error:5"),
        ("tier:nonsense", "tier:nonsense"),
        ("tier:", "tier:"),
        ("topic: orders", "topic: orders"),
        ("topic:/ orders", "topic:/ orders"),
        ("my-topic:orders", "my-topic:orders"),
        ("TOPIC:orders", "TOPIC:orders"),
        ('tag:"two words"', 'tag:"two words"'),
        ("a AND (b OR c) NOT d", "a AND (b OR c) NOT d"),
        ("pack* tr?ck ord~2 +late ^3 [a TO b]", "pack* tr?ck ord~2 +late ^3 [a TO b]"),
        ("title:late", "title:late"),
        ("-_x", "-_x"),
        ("  late \t\n package ", "late package"),
        ("", ""),
        ("   ", ""),
        ("\x00\x1b[31m", "\x00\x1b[31m"),
    ],
)
def test_what_only_looks_like_syntax_is_words(text, words):
    """Nothing becomes a phrase, an exclusion or a filter by accident."""
    plain = " ".join(parse_query(text).words.split())
    assert plain == words
    assert read(text)[1:] == ((), (), Filters())


def test_a_phrase_of_underscores_is_words():
    """A phrase without a letter or a digit could not be required."""
    assert read('"___" late') == ('"___" late', (), (), Filters())


def test_text_is_composed():
    """Offsets into a query are into its NFC form, as everywhere."""
    assert parse_query("cafe\u0301").text == "café"


def test_lone_surrogates_become_question_marks():
    """What no terminal and no JSON can show is not kept."""
    assert parse_query("a\ud800b").text == "a?b"


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("x" * (MAX_CHARACTERS + 1), MAX_CHARACTERS),
        ("x" * 1_000_000, MAX_CHARACTERS),
        ("word " * 1000, MAX_CHARACTERS),
        (" " * 2000, MAX_CHARACTERS),
        ("α\u0313\u0342\u0345" * 300_000, MAX_CHARACTERS),
    ],
)
def test_long_text_is_cut_with_a_notice(text, length):
    """Not in the middle of a word, where words end at all."""
    query = parse_query(text)
    assert length - 5 <= len(query.text) <= length
    assert query.notices == (
        f"The query was cut to its first {len(query.text):,} characters.",
    )  # fmt: skip
    assert unicodedata.normalize("NFC", text[:10_000]).startswith(query.text)


def test_text_of_the_greatest_length_is_not_cut():
    """The limit is still accepted."""
    assert parse_query("x" * MAX_CHARACTERS).notices == ()


def test_a_word_is_not_cut_in_two():
    """The word that crosses the limit is left out."""
    text = "a" * (MAX_CHARACTERS - 3) + " abcdefgh"
    assert parse_query(text).text == "a" * (MAX_CHARACTERS - 3)


@given(typed)
@example("topic:/")
@example('-"a" -b')
@example('"' * 1000 + "a")
def test_any_string_is_a_query(text):
    """Whatever is typed can be read, and nothing that is kept is new."""
    query = parse_query(text)
    assert isinstance(query, Query)
    assert len(query.text) <= MAX_CHARACTERS
    query.text.encode()
    for part in (*query.phrases, *query.excluded, *query.words.split()):
        assert part in query.text
    for phrase in query.phrases:
        assert " ".join(phrase.split()) in " ".join(query.words.split())
    assert query.filters.topic != ""


@given(typed)
def test_words_are_lost_to_syntax_only(text):
    """Without exclusions and filters the query ranks by every letter that was typed."""
    query = parse_query(text)
    if not query.excluded and query.filters == Filters():
        letters = [c for c in query.text if c.isalnum()]
        assert [c for c in query.words if c.isalnum()] == letters


@given(typed)
def test_a_query_that_excludes_also_asks(text):
    """Exclusions alone are words: there would be nothing to leave out of."""
    query = parse_query(text)
    if query.excluded:
        assert any(c.isalnum() for c in query.words) or query.filters != Filters()
