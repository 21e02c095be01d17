"""What all articles add up to: frequencies of terms and words, lengths, explanations.

What one article adds is kept with it, so that it can be taken out again.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from kb.index.opensearch.mapping import document_id, token
from kb.search.ranking import FIELDS, HEAD_STEPS, OCCURRENCES_SHIFT, idf_steps, round_mass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kb.config import Ranking
    from kb.index.opensearch.inverted import Sections
    from kb.store import Scratch


class Share(NamedTuple):
    """What one article adds: by term, how many of its sections hold it and how often outside the
    title; its words, explanations and title; the lengths of all its fields; how many sections; and
    a digest of all that it is.
    """

    digest: str
    hidden: bool
    sections: int
    totals: list[int]
    terms: dict[str, list[int]]
    words: list[str]
    explained: list[str]
    title: list[str]

    @classmethod
    def of(cls, found: Sections) -> Share:
        """By an article that was turned inside out."""
        documents = found.documents
        terms: dict[str, list[int]] = {}
        for own in found.weights:
            for term, weight in own.items():
                counts = terms.setdefault(term, [0, 0])
                counts[0] += 1
                counts[1] += weight >> OCCURRENCES_SHIFT
        totals = [0] * len(FIELDS)
        for section in documents.sections:
            totals = [a + b for a, b in zip(totals, section.lengths, strict=True)]
        return cls(
            found.digest, documents.hidden, len(documents.sections), totals, terms,
            sorted(documents.words), sorted(documents.explained), sorted({*documents.title}),
        )  # fmt: skip


WHOLE = 1 << 256
"""Digests of articles are added up below this: the sum is the same in any order."""


HELD = 16_384
"""Texts whose sums are in memory before they are added to those on disk: about 4 MB."""


class Tally:
    """Sums of some numbers by text: in memory; where there is a `scratch`, at most HELD there."""

    def __init__(self, name: str, columns: int, scratch: Scratch | None = None) -> None:
        """`name` tells the table from others of the scratch."""
        self._name, self._columns, self._scratch = name, columns, scratch
        self._held: dict[str, list[int]] = {}
        self._is_on_disk = False

    def add(self, text: str, *numbers: int) -> None:
        """Add to the sums of a text."""
        held = self._held.get(text)
        if held is not None:
            for column, number in enumerate(numbers):
                held[column] += number
            return
        if len(self._held) == HELD:
            self._spill()
        self._held[text] = [*numbers]

    def get(self, text: str) -> list[int]:
        """The sums of a text."""
        sums = self._held.get(text) or [0] * self._columns
        if self._is_on_disk and self._scratch is not None:
            question = f"SELECT * FROM {self._name} WHERE text = ?"  # noqa: S608  # the table's name is kb's own
            _, *more = self._scratch.row(question, _plain(text)) or (b"", *[0] * self._columns)
            sums = [a + b for a, b in zip(sums, more, strict=True)]
        return sums

    def __iter__(self) -> Iterator[tuple[str, list[int]]]:
        """Texts with their sums, in order of text."""
        if not self._is_on_disk or self._scratch is None:
            yield from sorted(self._held.items())
            return
        self._spill()
        question = f"SELECT * FROM {self._name} ORDER BY text"  # noqa: S608  # the name is kb's
        for text, *sums in self._scratch.rows(question):
            yield text.decode("utf-8", "surrogatepass"), sums

    def _spill(self) -> None:
        """Add what is in memory to what is on disk."""
        if self._scratch is None:
            return
        names = [f"n{column}" for column in range(self._columns)]
        if not self._is_on_disk:
            self._scratch.write(
                f"CREATE TABLE {self._name} (text BLOB PRIMARY KEY, {', '.join(names)})"
                " WITHOUT ROWID"
            )
            self._is_on_disk = True
        added = ", ".join(f"{name} = {name} + excluded.{name}" for name in names)
        self._scratch.write_all(
            f"INSERT INTO {self._name} VALUES (?{', ?' * len(names)})"  # noqa: S608  # the names are kb's
            f" ON CONFLICT (text) DO UPDATE SET {added}",
            ((_plain(text), *sums) for text, sums in sorted(self._held.items())),
        )
        self._held.clear()


def _plain(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


class Sums:
    """What articles add up to; those of what changed may be below zero.

    `terms` are by term: how many sections hold it, how often outside of titles, how many titles,
    and how many sections that the public does not see. `words` and `explained` are by word, and by
    key, tab and meaning: how many articles that the public sees, and how many others.
    """

    def __init__(self, scratch: Scratch | None = None) -> None:
        """With a `scratch` memory does not grow with the articles."""
        self.terms = Tally("terms", 4, scratch)
        self.words = Tally("words", 2, scratch)
        self.explained = Tally("explained", 2, scratch)
        self.totals = [0] * len(FIELDS)
        self.sections = self.articles = self.stored_sections = self.content = 0

    def add(self, share: Share, sign: int = 1) -> None:
        """Add what an article holds, or with -1 take it out."""
        seen = (0, sign) if share.hidden else (sign, 0)
        for word in share.words:
            self.words.add(word, *seen)
        for line in share.explained:
            self.explained.add(line, *seen)
        self.stored_sections += sign * share.sections
        self.content = (self.content + sign * int(share.digest, 16)) % WHOLE
        if share.hidden:
            for term, (sections, _) in share.terms.items():
                self.terms.add(term, 0, 0, 0, sign * sections)
            return
        for term, (sections, occurrences) in share.terms.items():
            self.terms.add(term, sign * sections, sign * occurrences, 0, 0)
        for term in share.title:
            self.terms.add(term, 0, 0, sign, 0)
        self.articles += sign
        self.sections += sign * share.sections
        self.totals = [a + sign * b for a, b in zip(self.totals, share.totals, strict=True)]

    def rows(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """The documents that hold the sums of terms, words and abbreviations."""
        for term, sums in self.terms:
            named = dict(zip(("n", "oc", "tn", "hn"), sums, strict=True))
            yield document_id("t", term), {"k": "t", "s": named}
        for word, (public, hidden) in self.words:
            row: dict[str, Any] = {"k": "w", "s": {"n": public, "hn": hidden}}
            if token(word) == word:
                row["q"] = word
            yield document_id("w", word), row
        for key, lines in groupby(self.explained, lambda line: line[0].partition("\t")[0]):
            texts = {line.partition("\t")[2]: counts for line, counts in lines}
            yield document_id("e", key), {"k": "e", "s": {"e": texts}}


class Idfs:
    """Idfs in steps, of the public's sections and articles, by sums."""

    def __init__(self, sums: Sums, ranking: Ranking) -> None:
        self._sums, self._ranking = sums, ranking
        self._of = lru_cache(HELD)(self._of_term)

    def _of_term(self, term: str) -> tuple[int, int]:
        """A term's idf in sections, and in titles."""
        sections, occurrences, titles, _ = self._sums.terms.get(term)
        return (
            idf_steps(self._sums.sections, sections, occurrences, self._ranking.burst),
            idf_steps(self._sums.articles, titles),
        )

    def mass(self, heads: Mapping[str, int]) -> int:
        """The mass of a section's title and heading."""
        return round_mass(sum(self._of(term)[0] * steps for term, steps in heads.items()))

    def title_mass(self, title: Iterable[str]) -> int:
        """The mass of an article's title."""
        return round_mass(sum(self._of(term)[1] for term in title) * HEAD_STEPS)
