"""What a new version of an article changes: the terms that stand elsewhere or weigh otherwise.

Most edits change a few words, and so a few terms: what depends on the others can stay as it is.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from kb.cards import read_card
from kb.engine.checks import DamagedIndexError
from kb.engine.documents import Inverter
from kb.engine.reading import Changed
from kb.model import Article, Section

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kb.analysis import Analyzer
    from kb.engine.documents import ArticleDocuments
    from kb.engine.reading import IndexReader, TermPostings
    from kb.ranking import Averages, Ranking


class Inverted(NamedTuple):
    """Some articles turned inside out: their documents, numbered from 0, and, by field, the
    postings of their terms in order.
    """

    documents: Sequence[ArticleDocuments]
    postings: Mapping[str, Mapping[str, TermPostings]]


def invert(
    articles: Iterable[Article], analyzer: Analyzer, ranking: Ranking, averages: Averages
) -> Inverted:
    """Turn articles inside out."""
    inverter = Inverter(analyzer, ranking)
    documents = tuple(numbered(articles, inverter))
    found = inverter.postings(averages)
    return Inverted(documents, {field: dict(postings) for field, postings in found.items()})


def numbered(articles: Iterable[Article], inverter: Inverter) -> Iterator[ArticleDocuments]:
    """The documents of articles, numbered from 0."""
    doc = 0
    for article in articles:
        yield inverter.add(article, doc)
        doc += 1 + len(article.sections)


def read_indexed(reader: IndexReader, id_: str) -> Article | None:
    """An article as the index holds it: as much of it as is indexed. None where the records do not
    say all of that, or there is no such article. Raises DamagedIndexError for other records.
    """
    documents = reader.documents_of(id_)
    if not documents:
        return None
    try:
        card = read_card(reader.article_record(documents.start))
        sections = [_read_section(record) for record in reader.section_records(documents.start)]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DamagedIndexError(f"a record is of another shape: {error!r}") from error
    if None in sections:
        return None
    return Article(
        id=card.id,
        path=card.path,
        title=card.title,
        topic=card.topic,
        body="",
        body_line=1,
        digest="",
        sections=tuple(section for section in sections if section),
        issues=card.issues,
        aliases=card.aliases,
        audience=card.audience,
        status=card.status,
    )


def _read_section(record: Mapping[str, Any]) -> Section | None:
    if record["links"] is None:
        return None
    return Section(
        anchor=record["anchor"],
        heading=record["heading"],
        level=record["level"],
        trail=tuple(record["trail"]),
        text=record["text"],
        lines=(1, 1),
        position=record["position"],
        links=tuple((start, end) for start, end in record["links"]),
    )


def changes(before: Inverted, after: Inverted) -> Changed | None:
    """What is other than before in some articles. None where more has changed: the articles
    themselves, how many sections they have, or who may see them.
    """
    if _shape(before) != _shape(after):
        return None
    terms: set[str] = set()
    words: Counter[str] = Counter()
    for field in {*before.postings, *after.postings}:
        old, new = before.postings.get(field, {}), after.postings.get(field, {})
        terms |= {term for term in {*old, *new} if old.get(term) != new.get(term)}
    for one, other in zip(before.documents, after.documents, strict=True):
        terms |= {*one.title} ^ {*other.title}
        for section, new_section in zip(one.sections, other.sections, strict=True):
            terms |= {term for term, _ in section.heads.items() ^ new_section.heads.items()}
        if not one.hidden:
            words.update(other.words - one.words)
            words.subtract(one.words - other.words)
    return Changed(frozenset(terms), {word: more for word, more in words.items() if more})


def _shape(inverted: Inverted) -> list[tuple[str, bool, int]]:
    return [(d.id, d.hidden, len(d.sections)) for d in inverted.documents]
