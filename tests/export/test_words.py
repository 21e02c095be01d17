"""Words and stems in the browser are those of the index."""

import json
import os
from bisect import bisect_right
from pathlib import Path
from unittest.mock import patch

import Stemmer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.exports import needs_judged_sets

from kb.site.export import words as words_of
from kb.site.export.shards import ShardCache
from kb.site.export.words import Word, write_words
from kb.text.analysis import Analyzer
from kb.text.characters import MARKS, UNSPACED
from kb.text.variants import RESPELLED

SAMPLE = Path(__file__).parents[2] / "content"
ENDINGS = (
    "", "s", "es", "ed", "ing", "ly", "ation", "ational", "eed", "eedly", "ingly", "ness", "ful",
    "fulness", "ogist", "ogi", "ement", "ion", "ies", "ied", "e", "ll", "y", "'s", "ousli", "ying",
)  # fmt: skip


def vocabulary(content):
    """The words as written of a folder of articles, and the same with other endings."""
    analyzer = Analyzer()
    texts = (path.read_text("utf-8", "replace") for path in sorted(content.rglob("*.md")))
    return sorted(set().union(*map(analyzer.surfaces, texts)))


def check_stems(node, words):
    """Compare with the Snowball package."""
    stem = Stemmer.Stemmer("english").stemWord
    stems = node(stem=words)
    assert [(w, s) for w, s in zip(words, stems, strict=True) if s != stem(w)] == []


def test_stems_of_the_sample(node):
    """Every word of the sample, with every ending that the algorithm knows of."""
    words = [word + ending for word in vocabulary(SAMPLE) for ending in ENDINGS]
    check_stems(node, words)


@needs_judged_sets
def test_stems_of_the_corpora(node):
    """Every word of every judged set."""
    words = set()
    for folder in sorted(Path(os.environ["KB_CORPORA"]).glob("*/articles")):
        if folder.parent.name != "cpp_docs":  # benchmarks/browser_search.py has that, too
            words.update(vocabulary(folder))
    assert len(words) > 10_000
    check_stems(node, sorted(words))


def test_any_text_has_the_same_words(node):
    """Texts of all kinds, collected and compared at once: surfaces, terms, positions, offsets."""
    texts = _collected()
    analyzer = Analyzer()
    stop = " ".join(analyzer.stop_words)
    found = node(
        tokens=texts,
        language="en",
        stop=stop,
        marks=MARKS,
        unspaced=UNSPACED,
        elided="",
        respelled=RESPELLED["en"],
    )
    for text, tokens in zip(texts, found, strict=True):
        ours = [token._asdict() for token in analyzer.tokens(text)]
        for token in ours:
            token["joint"] = token.pop("whole")  # which is a key of the search data
        assert tokens == ours, ascii(text)


def _collected():
    """Examples of hypothesis without characters beyond 16 bits, which offsets differ for."""
    texts = [
        "don't",
        "wi-fi",
        "C++ c# a#b",
        "v1.2.3",
        "1.2.3",
        "user's",
        "x" * 200,
        "add-on",
        "I'M",
        "maxRetryCount XMLHttpRequest GitHub's iPhone foo.barBaz",
        "10 000 10,000 10.000 1,234.56 5,6 10'000 (800) 555-0199 +49 30 1234567 1.5GB 5GB 12px",
        "US IT can CAN 21st 1st",
        "colour organisations analysed centres licence cancelled catalogues practising",
    ]

    @settings(max_examples=400, derandomize=True, database=None, suppress_health_check=HealthCheck)
    @given(st.text(st.sampled_from(ALPHABET), max_size=30))
    def collect(text):
        texts.append(text)

    collect()
    return texts


ALPHABET = "aAsStTbB0159,/)(\u00a0\u00ad\u2011\u200c\u0142\u00e6\u0640\u0623\u0629\u06a9\u05e9\u05b8\u0665\u6ce8\u30fc\u3042aAsStT'\u2019.-_+# 12\u00e9\u00df\u0130\u0131\u03a3\u03c2\u0301\u8ba2\u5355\uff21\u0e01\ufb01\u00b2\u01c5\u0915\u094d,\n"


@given(st.sets(st.text("abc\uff01\U00010000", min_size=1, max_size=6), min_size=1, max_size=60))
def test_each_word_is_in_the_shard_that_begins_last_not_after_it(words):
    """In the order of UTF-16, and where words share their beginnings; shards are as small as they
    may be, and their beginnings no longer than need be.
    """

    def order(text):
        return text.encode("utf-16-be")

    known = {word: Word(word, 0, 1) for word in words}
    with patch.object(words_of, "SHARD_WORDS", range(2, 5)):
        shards = [
            (first, shard)
            for first, shard in write_words(known, None, ShardCache())
            if shard.name[0] == "w"
        ]
    held = [_words_in(shard) for _, shard in shards]
    assert [word for own in held for word in own] == sorted(words, key=order)
    assert all(2 <= len(own) <= 4 for own in held[:-1])
    assert len(held[-1]) <= 4
    starts = [order(first) for first, _ in shards]
    for number, own in enumerate(held):
        assert {bisect_right(starts, order(word)) - 1 for word in own} == {number}
    for before, own, (first, _) in zip(held, held[1:], shards[1:], strict=False):
        assert own[0].startswith(first)
        assert order(first[:-1]) <= order(before[-1]) < order(first)


def _words_in(shard):
    """The words that a shard lists."""
    text = shard.data.decode()
    found, before = [], ""
    for part in json.loads(text[text.index("(") + 1 : text.rindex(")")])["words"].split(" ")[:-1]:
        before = before[: int(part[0])] + part[1:]
        found.append(before)
    return found
