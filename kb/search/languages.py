"""In which language somebody asks: the one whose articles know most of the words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kb.search.protocols import Statistics
    from kb.text.analysis import Analyzer


def known_words(words: str, index: Statistics, analyzer: Analyzer, *, hidden: bool) -> int:
    """How many characters of a query are words that a language knows: stop words of it, or held by
    a section.
    """
    return sum(
        len(token.surface)
        for token in analyzer.tokens(words)
        if not token.whole and (token.stop or index.is_known(token.term, hidden=hidden))
    )


def asked_first(languages: Sequence[str], known: Callable[[str], int], most: int) -> list[str]:
    """Languages in the order in which they are to be asked: before all others the one that knows
    most of a query of `most` characters in words; as they stand where several do.
    """
    best, best_known = languages[0], -1
    for language in languages:
        if (count := known(language)) > best_known:
            best, best_known = language, count
        if count >= most:
            break
    return [best, *(language for language in languages if language != best)]
