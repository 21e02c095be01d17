"""Stems for the browser, which knows the stemmer of English alone: rules learnt from the words.

A rule says, for words that end in some letters, how many to cut off at both ends and what to put
behind. Of the rules whose letters a word ends in the longest counts, `^` being the beginning of a
word. They give every word of the collection its very stem, and others that of words like them.
"""

from __future__ import annotations

from collections import Counter
from itertools import takewhile
from typing import TYPE_CHECKING

from kb.site.export.encoding import DIGITS, make_shard
from kb.text.analysis import SNOWBALL, Analyzer
from kb.text.languages import primary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kb.config import Config
    from kb.search.protocols import ExportReader
    from kb.site.export.encoding import Shard

_START = "^"
_MOST_CUT_BEFORE = 6


def write_stems(reader: ExportReader, config: Config) -> Iterator[Shard]:
    """The shard of the rules; none for English, nor for languages without stems."""
    if primary(config.language) not in SNOWBALL or primary(config.language) == "en":
        return
    analyzer = Analyzer(config.language, config.search.stop_words)
    words = {word for word, _, _ in reader.stamps("words") if word and max(word) <= "\uffff"}
    rules = learn_rules({word: analyzer.stem(word) for word in words})
    pairs = [f"{ending} {rule}" for ending, rule in sorted(rules.items())]
    yield make_shard("l", {"rules": " ".join(pairs)})


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
