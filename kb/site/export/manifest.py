"""The search of a site: static files that answer as `kb search` does, without a server.

`export_search` gives all files of an export, the manifest last: it holds what a query needs before
any other file, and where the others are. Their format is in docs/search-format.md; the script that
reads them is in kb/site/assets/search.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import starmap
from typing import TYPE_CHECKING, Any

from kb.config import Ranking
from kb.content.dialects import dialect_of
from kb.content.topics import build_topics
from kb.model import Tier
from kb.search.postings import PostingIndex
from kb.search.ranking import head_steps, saturations
from kb.site.export.documents import (
    Documents,
    channel_record,
    describe_masses,
    make_layout,
    read_cards,
)
from kb.site.export.encoding import MANIFEST, Shard, encode, encode_gaps, make_shard
from kb.site.export.meaning import Meaning
from kb.site.export.shards import ShardCache
from kb.site.export.stems import write_stems
from kb.site.export.terms import describe_terms, describe_titled, note_stamps, write_terms
from kb.site.export.twins import describe_groups, find_groups, write_groups
from kb.site.export.words import (
    Neighbours,
    describe_words,
    find_halves,
    read_words,
    write_compounds,
    write_lexicon,
    write_words,
)
from kb.support import escalation, intent
from kb.text.analysis import Analyzer
from kb.text.characters import MARKS, UNSPACED
from kb.text.compounds import is_key
from kb.text.languages import tidy_tag
from kb.text.variants import ELIDED, PARTICLES, RESPELLED

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence

    from kb.config import Config
    from kb.content.topics import TopicFile
    from kb.knowledge_base import KnowledgeBase
    from kb.model import ArticleMeta, Topic
    from kb.search.protocols import ExportReader, WordVectors
    from kb.site.export.documents import Layout, Places
    from kb.support.escalation import EscalationTexts

__all__ = ["FORMAT", "MANIFEST", "Shard", "ShardCache", "export_search", "write_search"]

FORMAT = 8
"""Raised by a change that a reader of the files has to follow."""

_UNUSED = ("title_weight", "heading_weight", "trail_weight", "issue_weight", "body_weight",
    "lead_weight", "link_share", "burst", "coverage_title")  # fmt: skip
"""Constants that only the index is made with."""


def write_search(  # noqa: PLR0917  # each is a part of the whole
    reader: ExportReader,
    config: Config,
    topics: Sequence[Topic],
    places: Places,
    layout: Layout,
    kept: ShardCache,
    root: str = "",
    contacts: Iterable[ArticleMeta] | None = None,
    texts: EscalationTexts = escalation.ENGLISH,
    vectors: WordVectors | None = None,
) -> Iterator[Shard]:
    """Every file of the export of what the public sees, the manifest last.

    `places` says where articles, sections and topics stand; `layout` what the public sees;
    `kept` is what the last export wrote; `root` the folder (`de/`) that holds all topics;
    `contacts` describe channels where those of the layout are not meant; `texts` are what an
    escalation says; `vectors` are those by which meaning counts, where it does.
    """
    listed = _Listed()
    meaning = Meaning(vectors, reader, layout.section_of) if vectors else None
    ranking = Ranking.of(config.ranking).fitted(reader.sections, reader.articles)
    documents = Documents(reader, layout, places, kept, meaning)
    shown: list[tuple[int, Shard]] = []
    for first, shard in documents.write():
        if meaning is not None:
            shown.append((first, shard._replace(make=bytes)))  # without what is in it
        yield listed.add(first, shard)
    leads = documents.leads()
    search, stamps = config.search, reader.stamps("terms")
    analyzer = Analyzer(config.language, search.stop_words, search.names)
    others = note_stamps(stamps, kept)
    words, changes = read_words(reader, analyzer, kept)
    index = PostingIndex(reader, ranking)
    neighbours = Neighbours(index, reader, layout, documents.came(), others, kept)
    halves, halved = find_halves(words, changes, neighbours, analyzer, reader.articles, kept)
    said, described = describe_words(words, halves, changes, halved, kept)
    touched = None if others is None or described is None else others | described
    terms = write_terms(reader, layout, ranking, leads, said, touched, documents.changed(), kept)
    yield from starmap(listed.add, terms)
    yield from starmap(listed.add, write_words(words, changes, kept))
    yield from starmap(listed.add, write_compounds(reader, words))
    yield from starmap(listed.add, write_lexicon(reader))
    groups = find_groups(reader, layout)
    yield from starmap(listed.add, write_groups(groups, reader, places, kept))
    if meaning is not None:
        yield from meaning.write_sections(shown)
        yield from meaning.write_words()
        yield meaning.script()
    facets = _facets(layout, topics, places, root)
    yield facets
    stems = tuple(write_stems(reader, config, words, kept))
    yield from stems
    yield make_shard(
        "m",
        {
            "format": FORMAT,
            "facets": facets.hash,
            "shards": listed.record(),
            "terms": describe_terms(stamps),
            **_articles(layout, leads),
            **describe_masses(reader, layout),
            **({"twins": describe_groups(groups)} if groups else {}),
            **_statistics(reader, ranking),
            **_language(config, reader, analyzer, layout),
            **({"stems": stems[0].hash} if stems else {}),
            **({"meaning": meaning.record()} if meaning else {}),
            **_people(config, _contacts(layout) if contacts is None else contacts, places, texts),
        },
    )


class _Listed:
    """Where each shard begins and its hash, by kind: the first letter of its name."""

    def __init__(self) -> None:
        self._starts: dict[str, list[Any]] = {kind: [] for kind in "dtw"}
        self._hashes: dict[str, list[str]] = {kind: [] for kind in "dtw"}

    def add(self, first: Any, shard: Shard) -> Shard:
        """List a shard, and give it back."""
        self._starts.setdefault(shard.name[0], []).append(first)
        self._hashes.setdefault(shard.name[0], []).append(shard.hash)
        return shard

    def record(self) -> dict[str, dict[str, str]]:
        """What the manifest says of all."""
        return {
            kind: {"first": _firsts(starts), "hash": "".join(self._hashes[kind])}
            for kind, starts in self._starts.items()
        }


def _firsts(starts: list[Any]) -> str:
    """Where each shard begins: section numbers, or words."""
    if starts and isinstance(starts[0], str):
        return " ".join(starts)
    return encode_gaps(starts)


def _articles(layout: Layout, leads: set[int]) -> dict[str, Any]:
    """How many sections each article has, and which have the article's title for a heading."""
    firsts = {article.first for article in layout.articles}
    return {
        "sections": encode(
            2 * article.sections + (article.first in leads) for article in layout.articles
        ),
        "leads": encode_gaps(sorted(leads - firsts)),
        "tiers": {
            str(tier): encode_gaps(_of_tier(layout, tier)) for tier in (Tier.CONTACT, Tier.ADVICE)
        },
    }


def _of_tier(layout: Layout, tier: Tier) -> list[int]:
    return [n for n, article in enumerate(layout.articles) if article.card.tier is tier]


def _statistics(reader: ExportReader, ranking: Ranking) -> dict[str, Any]:
    """Constants, averages and saturations: numbers that the score is made of."""
    names = (constant.name for constant in ranking.constants())
    constants = {name: getattr(ranking, name) for name in names if name not in _UNUSED}
    return {
        "count": reader.sections,
        "ranking": constants,
        "saturations": list(saturations(ranking.k1)),
        "pairSaturations": list(saturations(ranking.pair_k1, ranking.pair_weight)),
        "inTitle": head_steps(in_heading=False, ranking=ranking),
    }


def _language(
    config: Config, reader: ExportReader, analyzer: Analyzer, layout: Layout
) -> dict[str, Any]:
    """What words are, and which stand for which."""
    language = config.language.partition("-")[0].lower()
    stop_words = sorted(analyzer.stop_words)
    titled = {analyzer.stem(w) for w in stop_words if reader.postings("words", w.upper())[0]}
    return {
        "language": config.language,
        "marks": MARKS,
        "unspaced": UNSPACED,
        "elided": ELIDED.get(language, ""),
        "respelled": RESPELLED.get(language, ()),
        **({"particles": PARTICLES} if language == "ko" else {}),
        "stop": " ".join(stop_words),
        "courtesies": " ".join(sorted(analyzer.courtesies)),
        "titled": describe_titled(sorted(titled), reader, layout),
        "synonyms": {text: list(others) for text, others in config.search.expansions().items()},
        "explained": _explained(reader),
        "limit": config.search.limit,
        "perArticle": config.search.per_article,
        "sure": config.search.sure,
    }


def _explained(reader: ExportReader) -> dict[str, list[str]]:
    """Key -> abbreviations that articles explain, or what they stand for."""
    found: dict[str, list[str]] = {}
    for term in reader.terms_of("explained"):
        key, _, other = term.partition("\t")
        if not is_key(key) and reader.postings("explained", term)[0]:
            found.setdefault(key, []).append(other)
    return {key: sorted(others) for key, others in found.items()}


def _contacts(layout: Layout) -> list[ArticleMeta]:
    """The articles that describe a channel."""
    return [article.card for article in layout.articles if article.card.channel]


_RULES = ("WAITS_RULE", "ORDER_RULE", "NUMBER_RULE")
"""The rules by which an escalation says what it does."""


def _people(
    config: Config, contacts: Iterable[ArticleMeta], places: Places, texts: EscalationTexts
) -> dict[str, Any]:
    """Who asks for a person, whose problem is urgent, and how people are reached."""
    contact, own = config.contact, texts.sayings
    said = {name: text for name, text in texts._asdict().items() if name != "sayings"}
    return {
        "person": [*intent.PERSON_RULES, intent.ALONE_RULE, *own.person],
        "notPerson": _either(intent.NOT_PERSON_RULE, own.not_person),
        "urgent": _either(intent.URGENT_RULE, own.urgent),
        "notUrgent": _either(intent.NOT_URGENT_RULE, own.not_urgent),
        "escalation": {
            **{name.lower(): getattr(escalation, name) for name in _RULES},
            **said,
            "waits": own.not_urgent,
        },
        "contact": {
            "order": list(contact.order),
            "fallback": contact.fallback,
            "person": list(contact.person),
            "urgent": list(contact.urgent),
            "fields": list(contact.fields),
            "channels": [channel_record(card, places) for card in contacts],
        },
    }


def _either(*rules: str) -> str:
    return "|".join(filter(None, rules))


def _facets(layout: Layout, topics: Sequence[Topic], places: Places, root: str) -> Shard:
    """Topics by name, and the articles of each topic and tag: needed for filters and where nothing
    was found. `root` is the folder, with a final slash, that holds all topics; empty for that of
    all articles.
    """
    found: dict[str, list[int]] = {}
    for number, article in enumerate(layout.articles):
        folders = article.card.topic.split("/") if article.card.topic else []
        names = ["topic:" + "/".join(folders[:depth]) for depth in range(1, len(folders) + 1)]
        names += ["tag:" + tag for tag in article.card.tags]
        for name in dict.fromkeys(map(str.casefold, names)):  # tags may differ in case alone
            found.setdefault(name, []).append(number)
    shown = [topic for topic in topics if topic.id and f"{topic.id}/".startswith(root)]
    fields = {
        "topics": [
            [t.id, t.title, t.order, places.topic(t.id)] for t in shown if t.id != root[:-1]
        ],
        "articles": {name: encode_gaps(numbers) for name, numbers in sorted(found.items())},
    }
    return make_shard("f", fields)


def export_search(
    base: KnowledgeBase,
    places: Places,
    *,
    kept: ShardCache | None = None,
    topic_files: Mapping[str, TopicFile] | None = None,
    language: str | None = None,
) -> Generator[Shard]:
    """Every file of the export of a knowledge base in a language, else in its first one, as its
    index is (`kb.knowledge_base.indexed`).

    `places` says where everything stands; `topic_files` is what `read_topics` gave, where the
    caller has that already; `kept` holds the rows of the last export, which then need not be made
    again.
    """
    kept = kept or ShardCache()
    spoken = language or base.languages[0]
    cards = base.ask(lambda engine: read_cards(engine.reader, kept), spoken)
    reader = base.engine_of(spoken).reader
    layout = make_layout(reader, cards)
    config = base.config
    files = base.topic_files() if topic_files is None else topic_files
    topics = build_topics([article.card for article in layout.articles], files)  # the public's
    if spoken != tidy_tag(config.language):
        config = replace(config, language=spoken)
    root = _root(base, layout, spoken)
    contacts = _contacts(layout) or base.channels(spoken)
    texts = base.escalation_texts(spoken)
    vectors = base.word_vectors(spoken)
    yield from write_search(
        reader, config, topics, places, layout, kept, root, contacts, texts, vectors
    )
    kept.save()


def _root(base: KnowledgeBase, layout: Layout, language: str) -> str:
    """The folder of a language of several, with a final slash, where it holds all its articles."""
    if len(base.languages) == 1:
        return ""
    languages = dialect_of(base.config).languages
    folder = languages.folder(languages.settle(language))
    held = all(article.card.id.startswith(f"{folder}/") for article in layout.articles)
    return f"{folder}/" if folder and held else ""
