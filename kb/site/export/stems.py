"""Stems for the browser, which knows the stemmer of English alone: rules learnt from the words.

A rule says, for words that end in some letters, how many to cut off at both ends and what to put
behind. Of the rules whose letters a word ends in the longest counts, `^` being the beginning of a
word. They give every word of the collection its very stem, and so they do with everyday words of
the language and with those that are forms of one; no other of its common words gets a stem that the
collection holds. Rarer words get the stem of words like them.
"""

from __future__ import annotations

import hashlib
import heapq
from collections import Counter
from itertools import takewhile
from typing import TYPE_CHECKING
from zlib import crc32

from kb.site.export.encoding import DIGITS, make_shard
from kb.text.analysis import SNOWBALL, Analyzer
from kb.text.compounds import key_of
from kb.text.languages import primary
from kb.text.lexicon import EVERYDAY_FROM

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from kb.config import Config
    from kb.search.protocols import ExportReader
    from kb.site.export.encoding import Shard
    from kb.site.export.shards import ShardCache

_START = "^"
_MOST_CUT_BEFORE = 6

COMMON = 60_000
"""Words of the language that rules are made for, at most: to try all takes seconds."""

_SHARED = 3
"""Letters at their beginning that forms of one word share: others are not tried."""

_ROUNDS = 3
"""How often rules are learnt at most: twice was enough for all but 1 of 60,000 words."""

_LAST = "\uffff"
"""Words with characters after it are not counted alike by Python and by the browser's scripts."""

_NOTED = "stems"
"""The name under which it is noted which rules were learnt of what."""


def write_stems(
    reader: ExportReader, config: Config, words: Iterable[str], kept: ShardCache
) -> Iterator[Shard]:
    """The shard of the rules; none for English, nor for languages without stems. `words` are those
    that articles hold.
    """
    if primary(config.language) not in SNOWBALL or primary(config.language) == "en":
        return
    analyzer = Analyzer(config.language, config.search.stop_words)
    texts = [t for text, others in config.search.expansions().items() for t in (text, *others)]
    known = {word for word in words if word and max(word) <= _LAST}.union(
        *map(analyzer.surfaces, texts)
    )
    terms = {*map(analyzer.stem, known), *_parts(reader)}
    facts = "\n".join([config.language, *sorted(known), "", *sorted(terms)])
    digest = hashlib.sha256(facts.encode(errors="surrogatepass")).hexdigest()
    noted = kept.last.get(_NOTED)
    if noted is None or noted[0] != digest:
        everyday, common = common_words(reader, terms)
        stems = {word: analyzer.stem(word) for word in (*known, *everyday)}
        others = {word: analyzer.stem(word) for word in common}
        rules = learn_all(stems, others, terms)
        noted = [digest, " ".join([f"{end} {rule}" for end, rule in sorted(rules.items())])]
    kept.note(_NOTED, noted)
    yield make_shard("l", {"rules": noted[1]})


def _parts(reader: ExportReader) -> set[str]:
    """The terms of words that compounds are made of."""
    mark = key_of("")
    lines = reader.terms_of("explained", mark)
    return {line.partition("\t")[0].removeprefix(mark) for line in lines}


def common_words(reader: ExportReader, terms: Iterable[str]) -> tuple[list[str], list[str]]:
    """The everyday words of the language, and those that may be forms of others, the commonest
    ones: which of those that are equally common is chance, and the same in each export.
    """
    starts = {term[:_SHARED] for term in terms}
    words = (
        (-level, crc32(word.encode()), word)
        for block in reader.lexicon()
        for word, level in block.read().items()
        if (word[:_SHARED] in starts or level >= EVERYDAY_FROM) and max(word) <= _LAST
    )
    found = heapq.nsmallest(COMMON, words)
    return [w for level, _, w in found if -level >= EVERYDAY_FROM], [w for _, _, w in found]


def learn_all(
    stems: Mapping[str, str], others: Mapping[str, str], terms: Collection[str]
) -> dict[str, str]:
    """Rules as of `learn_rules` for words and their stems. Of `others` those get theirs, too, whose
    stem is among `terms`, and the rest none of these.
    """
    known = {**stems, **{word: stem for word, stem in others.items() if stem in terms}}
    rest = {word: stem for word, stem in others.items() if stem not in terms}
    rules = learn_rules(known)
    for _ in range(_ROUNDS - 1):
        wrong = {word: stem for word, stem in rest.items() if stem_by(rules, word) in terms}
        if not wrong:
            break
        known.update(wrong)
        rules = learn_rules(known)
    return rules


def stem_by(rules: Mapping[str, str], word: str) -> str:
    """The stem that rules give a word, as the browser's scripts do."""
    whole = _START + word
    for at in range(len(whole) + 1):
        rule = rules.get(whole[at:])
        if rule is not None:
            before, behind = _VALUES[rule[0]], _VALUES[rule[1]]
            return word[before : len(word) - behind] + rule[2:]
    return word


_VALUES = {digit: value for value, digit in enumerate(DIGITS)}


def learn_rules(stems: Mapping[str, str]) -> dict[str, str]:
    """Ending -> rule for words and their stems. A rule has two digits, of how many letters to cut
    before and behind, and what to append.
    """
    rules: dict[str, str] = {}
    known = [(_START + word, _rule(word, stem)) for word, stem in sorted(stems.items())]
    waiting = [("", [(word, rule) for word, rule in known if rule], "")]
    while waiting:
        ending, words, above = waiting.pop()
        best = _most(rule for _, rule in words)
        if best != above:
            rules[ending] = best
        below: dict[str, list[tuple[str, str]]] = {}
        for word, rule in words:
            if len(word) > len(ending):
                below.setdefault(word[len(word) - len(ending) - 1 :], []).append((word, rule))
        for longer, own in below.items():
            if any(rule != best for _, rule in own):
                waiting.append((longer, own, best))
    return rules


def _most(rules: Iterable[str]) -> str:
    """The rule that most words have; of several the first in order."""
    counts = Counter(rules)
    return min(counts, key=lambda rule: (-counts[rule], rule), default="")


def _rule(word: str, stem: str) -> str:
    """How a stem is made of a word; empty where that takes longer cuts than a digit can say."""
    before, shared = 0, -1
    for cut in range(min(_MOST_CUT_BEFORE, len(word)) + 1):
        pairs = zip(word[cut:], stem, strict=False)
        alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        if alike > shared:
            before, shared = cut, alike
    behind = len(word) - before - shared
    if behind >= len(DIGITS):
        return ""
    return f"{DIGITS[before]}{DIGITS[behind]}{stem[shared:]}"
