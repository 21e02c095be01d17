"""A knowledge base: a folder of articles, and the index that answers for it."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from kb.analysis import Analyzer, compose
from kb.articles import build_topics, read_article, read_topics, scan, settle_aliases
from kb.asking import asks_for_person
from kb.config import Config, load_config
from kb.engine import ALL, Request
from kb.engine.checks import DamagedIndexError
from kb.errors import ContentError, IndexingError, NotFoundError, QueryError
from kb.escalation import choose_escalation
from kb.indexing import Changes, Indexer, Progress
from kb.model import Answer, Article, Audience, Found, Hit, Status, Tier
from kb.nearest import did_you_mean, did_you_mean_id, nearest, no_such
from kb.query import Filters, parse_query
from kb.ranking import Ranking
from kb.snippets import make_snippet
from kb.sources import Claim

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from kb.articles import Listing
    from kb.cards import Card
    from kb.engine import Description, Engine, RankedSection, Results
    from kb.engine.checks import Generation
    from kb.indexing import ReadArticle
    from kb.model import Escalation, Topic
    from kb.sources import Digests

__all__ = ["Changes", "KnowledgeBase", "Progress", "Ranked"]

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")

NEAREST_TOPICS = 5
"""Topics shown where nothing was found."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A section in a ranking, by its article's id and its anchor."""

    article: str
    anchor: str
    score: float


class KnowledgeBase:
    """A folder of articles that can be searched.

    The first call that needs the index brings it up to date with the articles; `index`
    does so again. Between the two, answers are those of the same state of the articles.
    Where the index can't be brought up to date, as on a full or a read-only disk, the one that
    is there answers, and `outdated` says why; else that is empty. `on_repair` is told when the
    index turned out to be damaged while it was read, and was built anew.

        >>> kb = KnowledgeBase.open("content")
        >>> for hit in kb.search("late package", limit=5):
        ...     print(hit.article, hit.anchor, hit.score)
    """

    def __init__(self, config: Config, analyzer: Analyzer | None = None) -> None:
        self.config = config
        self.analyzer = analyzer or Analyzer(config.language)
        self.ranking = Ranking(**dict(config.ranking))
        self.outdated = ""
        self.on_repair: Callable[[Changes], object] = lambda _: None
        self._engine: Engine | None = None
        self._folder: Path | None = None

    @classmethod
    def open(
        cls,
        content: str | Path | None = None,
        *,
        index: str | Path | None = None,
        config: str | Path | None = None,
    ) -> KnowledgeBase:
        """The knowledge base that these paths, the environment and the settings file name.

        Reads settings only. Raises ConfigError.
        """
        paths = (None if path is None else Path(path) for path in (config, content, index))
        settings_file, content_folder, index_folder = paths
        settings = load_config(config=settings_file, content=content_folder, index=index_folder)
        return cls(settings)

    def index(
        self,
        *,
        force: bool = False,
        progress: Progress | None = None,
        read: ReadArticle | None = None,
        listing: Listing | None = None,
        digests: Digests | None = None,
    ) -> Changes:
        """Bring the index up to date with the articles; with `force`, build it anew.

        `read` hands over articles that have been read already, instead of reading them again;
        `listing` the files that have just been listed, and `digests` those of files just read.
        Problems with articles are in the result. Raises ContentError where there is no
        content folder, IndexingError and IndexBusyError where the index can't be written.
        """
        return self._bring_up_to_date(
            Indexer(
                self.config,
                self._open_engine,
                progress,
                read=read,
                listing=listing,
                digests=digests,
            ),
            force="asked for" if force else "",
        )

    def prepare(self, *, progress: Progress | None = None) -> Changes:
        """As `index`, but where the index can't be written the one that is there will answer.

        Then `outdated` says why. Raises IndexingError where there is none to answer.
        """
        try:
            return self.index(progress=progress)
        except IndexingError as error:
            kept = Indexer(self.config, self._open_engine).as_it_is()
            if kept is None:
                raise
            generation, changes = kept
            self._open(generation)
            self.outdated = str(error)
            return changes

    def search(
        self,
        query: str,
        *,
        limit: int | None = None,
        tier: Tier | str | None = None,
        topic: str | None = None,
        tag: str | None = None,
        audience: Audience | str = Audience.PUBLIC,
        drafts: bool = False,
        prefix: bool = False,
        explain: bool = False,
        correct: bool = True,
    ) -> Answer:
        """The sections that answer a query, best first, and the way to a person.

        Any string is a query (`kb.query` says what is syntax). At most `limit` hits, at most
        `search.per_article` of one article. `prefix` takes the last word as the beginning of
        one; `explain` fills the hits' `parts`; without `correct` words are taken as they are.
        Raises QueryError for a limit below 1, or a tier or audience that is none.
        """
        if limit is not None and limit < 1:
            raise QueryError(f"the limit should be 1 or more, not {limit}")
        audience = _member(Audience, audience, "audience")
        request = Request(
            query=parse_query(query),
            limit=limit or self.config.search.limit,
            per_article=self.config.search.per_article,
            filters=Filters(_member(Tier, tier, "tier") if tier else None, topic, tag),
            audience=audience,
            drafts=drafts,
            prefix=prefix,
            person_first=asks_for_person(query, self.config.contact.person),
            correct=correct,
            explain=explain,
        )
        results = self.ask(lambda engine: engine.search(request))
        if not results.total:
            unknown = self._unknown_filters(request)
            results = replace(results, notices=(*unknown, *results.notices))
        return self._answer(query, request, results)

    def rank(
        self, query: str, *, limit: int = 100, per_article: int | None = None
    ) -> tuple[Ranked, ...]:
        """The ranking itself: the best sections, or the best `per_article` of each article."""
        person = asks_for_person(query, self.config.contact.person)
        request = Request(
            parse_query(query), limit=limit, per_article=per_article or ALL, person_first=person
        )
        found = self.ask(lambda engine: engine.search(request)).sections
        return tuple(Ranked(s.card.id, s.section.anchor, s.score) for s in found)

    def article(self, id_: str) -> Article:
        """An article by its id or a former one, read from its file.

        Raises NotFoundError, which names similar ids, and ContentError where the file can't
        be read.
        """
        cards = self.cards_by_id
        card = cards.get(id_) or cards.get(self.aliases.get(id_.casefold(), ""))
        if card is None:
            hint = _article_hint(id_, cards)
            raise NotFoundError(f"no article {id_!r}", hint=hint)
        files = scan(self.config.content).articles
        source = next((file for file in files if file.id == card.id), None)
        if source is None:
            raise NotFoundError(f"article {card.id!r} is gone", hint="search again")
        result = read_article(self.config.content, source, limits=self.config.limits)
        if isinstance(result, Article):
            return result
        problem = result[0]
        raise ContentError(problem.message, path=problem.path, line=problem.line)

    def cards(
        self, *, audience: Audience = Audience.PUBLIC, drafts: bool = False
    ) -> tuple[Card, ...]:
        """What the index keeps of the articles that a reader may see, in order of id."""
        return tuple(
            card
            for card in self.cards_by_id.values()
            if (card.audience is Audience.PUBLIC or audience is Audience.AGENT)
            and (card.status is Status.PUBLISHED or drafts)
        )

    def topics(
        self, *, audience: Audience = Audience.PUBLIC, drafts: bool = False
    ) -> tuple[Topic, ...]:
        """The tree of topics that hold those articles, the root first, in order of id."""
        listed = scan(self.config.content).topics
        files, _ = read_topics(self.config.content, listed, limits=self.config.limits)
        return build_topics(self.cards(audience=audience, drafts=drafts), files)

    def contact(self, words: str = "", *, audience: Audience = Audience.PUBLIC) -> Escalation:
        """The channels for a problem in a customer's words, what to have ready and to write."""
        best = self.search(words, limit=1, audience=audience).hits if words.strip() else ()
        card = self.cards_by_id[best[0].article] if best and not best[0].weak else None
        return self._escalation(words, card, audience)

    def escalation(self, article: Article | Card) -> Escalation:
        """What follows when an article did not help."""
        return self._escalation("", article, article.audience)

    def describe(self) -> Description:
        """What the index holds."""
        return self.ask(lambda engine: engine.describe())

    def close(self) -> None:
        """Let go of the index's files."""
        self._forget()

    @property
    def engine(self) -> Engine:
        """The engine on an index that fits the articles as they were when first needed."""
        if self._engine is None:
            self.index()
        assert self._engine is not None
        return self._engine

    def ask(self, question: Callable[[Engine], T], tries: int = 3) -> T:
        """Ask the engine; again where its index was damaged, or was removed by now."""
        if self._engine is None:
            self.prepare()
        engine, folder = self.engine, self._folder
        try:
            return question(engine)
        except Exception as error:
            indexer = Indexer(self.config, self._open_engine, thorough=True)
            changes = self._bring_up_to_date(indexer)
            if self._folder == folder and not changes.rebuilt:
                if not isinstance(error, DamagedIndexError):
                    raise  # the index is as it was written: it is not to blame
                changes = self._bring_up_to_date(indexer, force=f"it was not kb's: {error}")
        if changes.rebuilt:
            self.on_repair(changes)
        return self.ask(question, tries - 1) if tries > 1 else question(self.engine)

    @cached_property
    def cards_by_id(self) -> Mapping[str, Card]:
        """Every article, seen by the public or not."""
        return self.ask(lambda engine: engine.cards())

    @cached_property
    def aliases(self) -> Mapping[str, str]:
        """Former id, case folded -> id."""
        claims = [Claim(card.id, card.path, card.aliases) for card in self.cards_by_id.values()]
        settled = settle_aliases(claims)
        return {alias.casefold(): claim.id for claim in settled for alias in claim.aliases}

    def _bring_up_to_date(self, indexer: Indexer, *, force: str = "") -> Changes:
        generation, changes = indexer.bring_up_to_date(force=force)
        self._open(generation)
        self.outdated = ""
        return changes

    def _open(self, generation: Generation) -> None:
        self._forget()
        self._folder = generation.folder
        self._engine = self._open_engine(generation.folder)

    def _open_engine(self, folder: Path) -> Engine:
        from kb.engine.whoosh import WhooshEngine  # noqa: PLC0415  # 90 ms that not all pay

        synonyms = self.config.search.expansions()
        return WhooshEngine(folder, self.analyzer, self.ranking, synonyms)

    def _forget(self) -> None:
        if self._engine is not None:
            self._engine.close()
            self._engine = None
        for name in ("cards_by_id", "aliases"):
            self.__dict__.pop(name, None)

    def _answer(self, query: str, request: Request, results: Results) -> Answer:
        first = results.sections[0].card if results.sections else None
        nothing = results.found is Found.NOTHING
        return Answer(
            query=query,
            found=results.found,
            total=results.total,
            hits=tuple(self._hit(rank, s, results) for rank, s in enumerate(results.sections, 1)),
            escalation=self._escalation(query, first, request.audience),
            correction=results.correction,
            topics=self._nearest_topics(request.query.words) if nothing else (),
            synonyms=results.synonyms,
            notices=results.notices,
        )

    def _unknown_filters(self, request: Request) -> Iterator[str]:
        """A sentence for a topic, and for a tag, that no article has which this reader sees."""
        own, given = request.query.filters, request.filters
        cards = self.cards(audience=request.audience, drafts=request.drafts)
        if topic := (own.topic or given.topic or "").strip("/"):
            topics = {parent: None for card in cards for parent in _and_above(card.topic)}
            if topic.casefold() not in map(str.casefold, topics):
                top = [each for each in topics if "/" not in each]
                yield no_such("topic", topic, topics, sorted(top))
        if tag := own.tag or given.tag:
            tags = sorted({tag.casefold() for card in cards for tag in card.tags})
            if tag.casefold() not in tags:
                yield no_such("tag", tag, tags, tags)

    def _hit(self, rank: int, ranked: RankedSection, results: Results) -> Hit:
        card, section = ranked.card, ranked.section
        snippet = make_snippet(section.text, results.terms, self.analyzer)
        lead = section.heading == card.title or not section.heading
        return Hit(
            rank=rank,
            article=card.id,
            anchor=section.anchor,
            title=card.title,
            headings=section.trail if lead else (*section.trail, section.heading),
            tier=card.tier,
            topic=card.topic,
            score=ranked.score,
            match=ranked.match,
            weak=ranked.weak,
            snippet=snippet.text,
            highlights=snippet.highlights,
            actions=card.actions,
            path=self._shown_path(card.path),
            lines=section.lines,
            parts=ranked.parts,
        )

    def _shown_path(self, path: str) -> str:
        """An article's path as a person would write it: relative where it lies below."""
        full = self.config.content / path
        cwd = Path.cwd()
        return str(full.relative_to(cwd) if full.is_relative_to(cwd) else full).replace(os.sep, "/")

    def _escalation(
        self, words: str, article: Article | Card | None, audience: Audience
    ) -> Escalation:
        contacts = (card for card in self.cards(audience=audience) if card.channel is not None)
        return choose_escalation(words, article, contacts, self.config.contact)

    def _nearest_topics(self, words: str) -> tuple[Topic, ...]:
        """Topics whose names look like the words, then those at the top, in order."""
        topics = {topic.id: topic for topic in self.topics() if topic.id}
        names = {topic.title.casefold(): topic.id for topic in topics.values()}
        alike = [
            names[name]
            for word in compose(words).casefold().split()
            for name in nearest(word, names)
        ]
        top = [topic.id for topic in topics.values() if not topic.parent]
        top.sort(
            key=lambda id_: (topics[id_].order is None, topics[id_].order or 0, topics[id_].title)
        )
        chosen = list(dict.fromkeys([*alike, *top]))[:NEAREST_TOPICS]
        return tuple(topics[id_] for id_ in chosen)


def _and_above(topic: str) -> Iterator[str]:
    """A topic and those above it, the root left out."""
    folders = topic.split("/") if topic else []
    for depth in range(1, len(folders) + 1):
        yield "/".join(folders[:depth])


def _article_hint(id_: str, cards: Mapping[str, Card]) -> str:
    """What to do about an id that no article has: it is a topic's, or a slip."""
    topic = id_.strip("/")
    if topic and any(topic in _and_above(card.topic) for card in cards.values()):
        return f"it is a topic: `kb topics {shlex.quote(topic)}` lists its articles"
    return did_you_mean_id(id_, cards) or "`kb topics` lists the articles"


def _member(kind: type[E], value: str, name: str) -> E:
    """The member of an enum that a text names. Raises QueryError."""
    try:
        return kind(value)
    except ValueError:
        known = [str(member) for member in kind]
        hint = did_you_mean(value, known) or f"there are {', '.join(known)}"
        raise QueryError(f"no {name} {value!r}", hint=hint) from None
