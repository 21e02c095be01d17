"""Facts about the passage that shows why a section was found."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kb.text.analysis import Analyzer
from kb.text.characters import compose
from kb.text.snippets import SEARCHED, WIDTH, Snippet, make_snippet

ANALYZER = Analyzer()
SENTENCE = "Nothing of interest stands in this long sentence about other matters entirely. "


def snip(text, words):
    """Make a snippet for words that all weigh the same."""
    return make_snippet(text, {ANALYZER.stem(word): 1.0 for word in words.split()}, ANALYZER)


def marked(snippet):
    """List what is highlighted."""
    return [snippet.text[start:end] for start, end in snippet.highlights]


def test_a_short_text_is_shown_whole():
    """Without ellipses, with every form of the words marked."""
    snippet = snip("Track a package. Packages are tracked.", "package tracking")
    assert snippet.text == "Track a package. Packages are tracked."
    assert marked(snippet) == ["Track", "package", "Packages", "tracked"]


def test_no_text_is_no_snippet():
    """A heading without a text has an empty snippet."""
    assert snip("", "package") == Snippet("", ())
    assert snip(" \n ", "package") == Snippet("", ())


def test_a_text_without_the_words_is_shown_from_its_beginning():
    """Where only the heading holds the words, the text begins as it does."""
    snippet = snip(SENTENCE * 10, "package")
    assert snippet.text.startswith("Nothing of interest")
    assert snippet.text.endswith(" …")
    assert snippet.highlights == ()


def test_the_passage_with_most_of_the_words_is_shown():
    """One word often counts less than two different words."""
    text = "Package package package. " + SENTENCE * 5 + "The package is late. " + SENTENCE * 5
    snippet = snip(text, "package late")
    assert snippet.text.startswith("… The package is late. ")
    assert marked(snippet) == ["package", "late"]


def test_the_weightier_word_decides():
    """A rare word says more than a common one."""
    text = "The package. " + SENTENCE * 5 + "Customs. " + SENTENCE * 5
    snippet = make_snippet(text, {"packag": 1.0, "custom": 5.0}, ANALYZER)
    assert marked(snippet) == ["Customs"]


def test_the_first_of_equal_passages_is_shown():
    """The same text gives the same snippet."""
    text = SENTENCE * 5 + "The package one. " + SENTENCE * 5 + "The package two. "
    assert "package one" in snip(text, "package").text


def test_a_passage_begins_with_a_sentence_or_a_word():
    """A sentence's start nearby, else a word's, else the word that was found."""
    words = "word " * 100
    assert snip(SENTENCE * 5 + "See the package.", "package").text.startswith("… See the")
    assert snip(words + "package", "package").text.startswith("… word word")
    assert snip("-" * 400 + "package", "package").text == "… package"


def test_a_passage_ends_after_a_word():
    """Unless the word has no end."""
    assert snip(SENTENCE * 5, "nothing").text.endswith((" entirely. …", " …"))
    assert len(snip("x" * 1000, "y").text) == WIDTH + 2


def test_white_space_is_one_space():
    """A snippet is one line, however the blocks of the section stand."""
    snippet = snip("Track\n\n\tthe \r\n package\u2028now\x0bor\x85never", "package")
    assert snippet.text == "Track the package now or never"


def test_a_word_of_several_parts_is_marked_whole():
    """`wi-fi` is marked once for `wifi`, and by its part for `wi`."""
    assert marked(snip("Use wi-fi here", "wifi wi fi")) == ["wi-fi"]
    assert marked(snip("Use wi-fi here", "fi")) == ["fi"]


def test_offsets_count_composed_characters():
    """A decomposed text has the same snippet as a composed one."""
    assert snip("Cafe\u0301 cafe\u0301 package", "package") == snip("Café café package", "package")
    assert marked(snip("Cafe\u0301 cafe\u0301 package", "package")) == ["package"]


@pytest.mark.parametrize("length", [WIDTH, WIDTH + 1, 3 * WIDTH])
def test_words_longer_than_a_snippet(length):
    """A word, or a dotted name, that is longer than a snippet is no trouble."""
    word = "a" * length
    assert snip(f"see {word} there", "a" * 64).text
    name = ".".join("ab" * (length // 4))
    assert snip(f"see {name} there", ANALYZER.words(name)[-1].surface).text
    assert snip(name, "b").highlights


def test_only_the_beginning_of_a_huge_section_is_searched():
    """A section of a megabyte costs no more than one of SEARCHED characters."""
    assert snip("x " * SEARCHED + "package", "package").highlights == ()


texts = st.lists(
    st.one_of(
        st.sampled_from(
            ["package", "Packages", "late", "wi-fi", "os.path.join", "don't", "C++", "café",
             "cafe\u0301", ".", ". ", "\n", "\u2028", " ", ", ", "½", "a" * 70, "b.c" * 90, "注文",
             "\u0301", "x" * 250]
        ),
        st.text(st.characters(), max_size=20),
    ),
    max_size=80,
).map(" ".join)  # fmt: skip
queries = st.lists(
    st.sampled_from(
        ["package", "late", "wi", "wifi", "cafe", "join", "c++", "1", "b", "a" * 64, "注"]
    )
)


@given(texts, queries)
@example("a\u0338", [])
def test_every_snippet_keeps_its_promise(text, words):
    """Highlights are sorted, disjoint, inside, and each marks a word that was searched; the
    snippet is one line of limited length, taken from the text.
    """
    terms = {ANALYZER.stem(word): float(weight) for weight, word in enumerate(words, 1)}
    snippet = make_snippet(text, terms, ANALYZER)
    assert len(snippet.text) <= WIDTH + 4
    assert len(snippet.text.splitlines()) <= 1
    assert snippet.text.strip() == snippet.text
    shown = snippet.text.removeprefix("… ").removesuffix(" …")
    assert shown in " ".join(compose(text).split())
    last = 0
    for start, end in snippet.highlights:
        assert last <= start < end <= len(snippet.text)
        last = end
        assert any(token.term in terms for token in ANALYZER.tokens(snippet.text[start:end]))


@given(texts, queries)
def test_a_word_that_is_there_is_shown(text, words):
    """Unless it is longer than the snippet, at least one word that was searched is marked."""
    terms = {ANALYZER.stem(word): 1.0 for word in words}
    found = [t for t in ANALYZER.tokens(text[:SEARCHED]) if t.term in terms]
    if found and all(token.end - token.start < WIDTH // 2 for token in ANALYZER.tokens(text)):
        assert make_snippet(text, terms, ANALYZER).highlights
