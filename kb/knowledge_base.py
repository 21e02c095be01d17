"""A knowledge base: a folder of articles, and the index that answers for it."""

from __future__ import annotations

import os
import posixpath
import shlex
import time
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from enum import StrEnum
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from kb.concurrency import ForkSafeLock, cached_property
from kb.config import Config, EngineConfig, Ranking
from kb.content import find_file, read_page, resolve_aliases
from kb.content.dialects import configure, dialect_of
from kb.content.files import without_suffix
from kb.content.languages import find_translations
from kb.errors import ConfigError, ContentError, IndexingError, KbError, NotFoundError, QueryError
from kb.files import shown_path
from kb.index.generations import DamagedIndexError
from kb.index.updater import Changes, Indexer, model_of, topic_files_of
from kb.model import Answer, Article, Audience, Found, Hit, Match, Progress, Status, Tier
from kb.search.protocols import CHANNELS
from kb.search.query import ALL, Filters, Request, as_words, parse_query
from kb.search.searcher import Searcher
from kb.search.twins import tell_apart
from kb.support.escalation import ENGLISH, EscalationTexts, choose_escalation
from kb.support.intent import asks_for_person
from kb.text import stop_words
from kb.text.analysis import Analyzer
from kb.text.characters import compose
from kb.text.languages import name_of, primary, tidy_tag
from kb.text.snippets import make_snippet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from kb.content.reader import Page
    from kb.content.snapshot import Snapshot
    from kb.content.topics import TopicFile
    from kb.context import Context
    from kb.desk.message import Message
    from kb.desk.suggestion import Suggestion
    from kb.index.engine import Description, Engine
    from kb.index.generations import Generation
    from kb.model import ArticleMeta, Escalation, Topic
    from kb.search.protocols import Meaning, WordVectors
    from kb.search.searcher import RankedSection, Results
    from kb.semantic.encoder import Encoder, ModelFiles
    from kb.text.snippets import Snippet

__all__ = ["Changes", "KnowledgeBase", "Progress", "Ranked", "indexed"]

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")

TOPICS_SHOWN = 5
"""Topics shown at most where nothing was found."""

ANSWERED = "Answered in {language}, whose articles know most of these words."
ELSEWHERE = "Nothing found in {asked}; this is in {language}."

LOCAL = "local"
"""Where in the folder of the index the one lies that answers while a cluster does not."""

CLUSTER_DOWN = "cluster"
"""The code of the error of a cluster that does not answer."""

DOWN_SECONDS = 30
"""For how long such a cluster is not asked again."""

MOST_SUGGESTED = 10
"""Sections that each problem of a message is given, at most."""

TRIES = 3
"""How often a question is asked of indexes that turn out to be damaged, or to be removed by now."""


class Ranked(NamedTuple):
    """A section in a ranking, by its article's id and its anchor."""

    article: str
    anchor: str
    score: float


class _Opened:
    """A generation that is being asked: its engines, one for each language, and what is read of
    them once.

    It never changes, and its files are closed when nobody holds it any more: any number of threads
    may ask it while another one takes its place.
    """

    def __init__(self, generation: Generation, open_engine: Callable[[str], Engine]) -> None:
        self.generation = generation
        self.languages = generation.languages
        self._open = open_engine
        self._engines: dict[str, Engine] = {}
        self._channels: dict[str, tuple[ArticleMeta, ...]] = {}
        self._meanings: dict[str, Meaning] = {}

    @property
    def engine(self) -> Engine:
        """That of the first language."""
        return self.engine_of(self.languages[0])

    def engine_of(self, language: str) -> Engine:
        """The engine of one of the languages."""
        known = self._engines.get(language)
        # One step: threads agree on one.
        return known or self._engines.setdefault(language, self._open(language))

    @property
    def engines(self) -> list[Engine]:
        """All engines, that of the first language first."""
        return list(map(self.engine_of, self.languages))

    def meaning_of(self, language: str, make: Callable[[], Meaning]) -> Meaning:
        """What tells how near sections of a language are to a text, made when first asked for."""
        known = self._meanings.get(language)
        return known or self._meanings.setdefault(language, make())

    @cached_property
    def cards(self) -> Mapping[str, ArticleMeta]:
        """Every article, seen by the public or not, in order of id."""
        if len(self.languages) == 1:
            return self.engine.cards()
        cards = [card for engine in self.engines for card in engine.cards().items()]
        return dict(sorted(cards))

    def channels(self, language: str, audience: Audience) -> tuple[ArticleMeta, ...]:
        """The articles that describe a way to reach a person, in order of id: those of a language,
        else of the first one that has any which this reader may see.
        """
        order = (language, *(each for each in self.languages if each != language))
        found = (tuple(_seen_by(self._with_channel(each), audience)) for each in order)
        return next((channels for channels in found if channels), ())

    def _with_channel(self, language: str) -> tuple[ArticleMeta, ...]:
        if language not in self.languages:
            return ()
        if language not in self._channels:
            self._channels[language] = self.engine_of(language).cards_with(CHANNELS)
        return self._channels[language]

    @cached_property
    def aliases(self) -> Mapping[str, str]:
        """Former id, case folded -> id."""
        found = resolve_aliases(self.cards.values()).of
        return {alias.casefold(): id_ for id_, aliases in found.items() for alias in aliases}

    def find(self, id_: str) -> ArticleMeta:
        """The article of an id or a former one.

        Raises NotFoundError, which names similar ids of published articles.
        """
        # Most ask by the id: only then no other article has to be read.
        found = (card for engine in self.engines if (card := engine.card(id_)))
        card = next(found, None) or self.cards.get(self.aliases.get(id_.casefold(), ""))
        if card is None:
            raise NotFoundError(f"no article {id_!r}", hint=_article_hint(id_, self._seen()))
        return card

    def _seen(self) -> Mapping[str, ArticleMeta]:
        """What a hint may name: by id, what everybody sees."""
        return {card.id: card for card in self.seen_by(Audience.PUBLIC)}

    def seen_by(self, audience: Audience, *, drafts: bool = False) -> tuple[ArticleMeta, ...]:
        """The articles that a reader may see, in order of id."""
        return tuple(_seen_by(self.cards.values(), audience, drafts=drafts))


class KnowledgeBase:
    """A folder of articles that can be searched.

    The first call that needs the index brings it up to date with the articles; `index`
    does so again. Between the two, answers are those of the same state of the articles.
    Where the index can't be brought up to date, as on a full or a read-only disk, the one that
    is there answers, and `outdated` says why; else that is empty. `on_repair` is told when the
    index turned out to be damaged while it was read, and was built anew.

    Any number of threads may ask one knowledge base at once, and so may children that were forked
    with it. Each answer is of one state of the articles; who asks while `index` works gets that
    of before.

        >>> kb = KnowledgeBase.open("content")
        >>> for hit in kb.search("late package", limit=5):
        ...     print(hit.article, hit.anchor, hit.score)
    """

    def __init__(self, config: Config, analyzer: Analyzer | None = None) -> None:
        self.config = config
        self.analyzer = analyzer or Analyzer(
            config.language, config.search.stop_words, config.search.names
        )
        self._analyzers = {"": self.analyzer}
        self._texts: dict[str, EscalationTexts] = {}
        self.ranking = Ranking.of(config.ranking)
        self._synonyms = config.search.expansions()
        self.outdated = ""
        self.on_repair: Callable[[Changes], object] = lambda _: None
        self._opened: _Opened | None = None
        self._writing = ForkSafeLock()
        self._here: Config | None = None
        self._opened_here: _Opened | None = None
        self._down_until = 0.0
        if config.engine.kind != "whoosh" and config.engine.fallback:
            self._here = replace(config, engine=EngineConfig(), index=config.index / LOCAL)
        self._encoder: Encoder | None = None

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
        settings = configure(config=settings_file, content=content_folder, index=index_folder)
        return cls(settings)

    def index(
        self,
        *,
        force: bool = False,
        progress: Progress | None = None,
        snapshot: Snapshot | None = None,
    ) -> Changes:
        """Bring the index up to date with the articles; with `force`, build it anew.

        `snapshot` is of the content folder where that has just been looked at.
        Problems with articles are in the result. Raises ContentError where there is no
        content folder, IndexingError and IndexBusyError where the index can't be written.
        """
        indexer = Indexer(self.config, self._open_engine, progress, snapshot=snapshot)
        return self._bring_up_to_date(indexer, force="asked for" if force else "")[1]

    def prepare(self, *, progress: Progress | None = None) -> Changes:
        """As `index`, but where the index can't be written the one that is there will answer.

        Then `outdated` says why. Raises IndexingError where there is none to answer.
        """
        changes = self._prepare(progress)[1]
        if self._here is not None:  # whether the cluster answers is to be known before it is asked
            self._ask(lambda opened: [engine.index for engine in opened.engines])
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
        sections: bool = False,
        language: str | None = None,
    ) -> Answer:
        """The sections that answer a query, best first, and the way to a person.

        Those of an article follow its best one, unless `sections` asks for the order of scores.

        Any string is a query (`kb.search.query` says what is syntax). At most `limit` hits, at most
        `search.per_article` of one article. `prefix` takes the last word as the beginning of
        one; `explain` fills the hits' `parts`; without `correct` words are taken as they are.
        All hits are in one language: `language`, such as `de`, or without it the one that knows
        most of the words; another one where that has nothing, which a notice says.
        Raises QueryError for a limit below 1, or a tier, audience or language that is none.
        """
        if limit is not None and limit < 1:
            raise QueryError(f"the limit should be 1 or more, not {limit}")
        request = Request(
            query=parse_query(query),
            limit=limit or self.config.search.limit,
            per_article=self.config.search.per_article,
            grouped=not sections,
            filters=Filters(_member(Tier, tier, "tier") if tier else None, topic, tag),
            audience=_member(Audience, audience, "audience"),
            drafts=drafts,
            prefix=prefix,
            correct=correct,
            explain=explain,
        )
        return self._ask(lambda opened: self._answer(query, request, opened, language))

    def context(
        self,
        question: str,
        *,
        budget: int | None = None,
        audience: Audience | str = Audience.PUBLIC,
        drafts: bool = False,
        language: str | None = None,
    ) -> Context:
        """The evidence for a question: whole sections that together answer it, each to be cited,
        and the way to a person; all of it, as Markdown, in at most `budget` tokens
        (`kb.text.tokens`), else `kb.context.BUDGET`.

        Raises QueryError for a budget that no section fits, an audience or a language that is none.
        """
        from kb import context as evidence  # noqa: PLC0415  # no search needs it

        budget = evidence.BUDGET if budget is None else budget
        if not evidence.LEAST_BUDGET <= budget <= evidence.MOST_BUDGET:
            raise QueryError(
                f"the budget should be from {evidence.LEAST_BUDGET} to {evidence.MOST_BUDGET:,} "
                f"tokens, not {budget}"
            )
        request = Request(
            query=parse_query(question),
            limit=evidence.CANDIDATES,
            audience=_member(Audience, audience, "audience"),
            drafts=drafts,
            explain=True,
        )
        return self._ask(lambda opened: self._context(question, budget, request, opened, language))

    def suggest(
        self,
        message: str | bytes,
        *,
        limit: int = 3,
        audience: Audience | str = Audience.PUBLIC,
        language: str | None = None,
        template: str | Path | None = None,
    ) -> Suggestion:
        """What to answer a customer's message with: its problems, for each at most `limit` sections
        of different articles, what is missing, the channel, and a reply.

        `message` is a mail with its headers, HTML, or any text; nothing of it is kept. `template`
        is the file that writes the reply in place of that of the setting `contact.reply`, or of
        kb's own. Raises QueryError for a limit, an audience or a language that is none, and
        ConfigError for a template that can't be used.
        """
        from kb.desk.message import read_message  # noqa: PLC0415  # a search needs none of it

        if not 1 <= limit <= MOST_SUGGESTED:
            raise QueryError(f"the limit should be from 1 to {MOST_SUGGESTED}, not {limit}")
        read = read_message(message)
        request = Request(
            query=as_words(read.text),
            limit=limit,
            per_article=1,
            audience=_member(Audience, audience, "audience"),
            explain=True,
        )
        path = self._template(template)
        return self._ask(lambda opened: self._suggest(read, opened, request, language, path))

    def reply_template(
        self, template: str | Path | None = None, *, language: str | None = None
    ) -> str:
        """The template that `suggest` writes replies by, as text; kb's own one in a language, where
        there is no other. Raises ConfigError where it can't be read.
        """
        from kb.desk.reply import own_template, read_template  # noqa: PLC0415  # as above

        path = self._template(template)
        return read_template(path) if path else own_template(language or self.config.language)

    def rank(
        self,
        query: str,
        *,
        limit: int = 100,
        per_article: int | None = None,
        language: str | None = None,
    ) -> tuple[Ranked, ...]:
        """The ranking itself: the best sections, or the best `per_article` of each article, in
        one language as `search` has it.

        Sections that say the same follow the one that stands for them, with its score.
        """
        request = Request(parse_query(query), limit=limit, per_article=per_article or ALL)

        def find(opened: _Opened) -> Results:
            asked = self._for_person(request, query, opened, language)
            return self._find(asked, opened, language)[1]

        results = self._ask(find)
        found = results.sections
        return tuple(islice(chain.from_iterable(map(_with_twins, found)), limit))

    def article(self, id_: str, *, language: str | None = None) -> Article:
        """An article by its id or a former one, or by an id below the folder of the first language,
        read from its file; its translation where there is one in `language`.

        Raises NotFoundError, which names similar ids, ContentError where the file can't be read,
        and QueryError for a language that there is not.
        """
        return self.page(id_, language=language).article

    def page(self, id_: str, *, language: str | None = None) -> Page:
        """As `article`, with its parsed Markdown, of which HTML can be made."""
        card = self._ask(lambda opened: self._named(id_, language, opened))
        source = find_file(self.config.content, card.path, card.id)
        if source is None:
            raise NotFoundError(f"article {card.id!r} is gone", hint="search again")
        marks = self._ask(lambda opened: opened.generation.manifest.get("links_by_name", ()))
        limits, dialect = self.config.limits, dialect_of(self.config)
        dialect = replace(dialect, marks=dialect.marks.union(marks))
        result = read_page(self.config.content, source, limits=limits, dialect=dialect)
        if not isinstance(result, tuple):
            article = result.article
            if article.digest == card.digest:  # all titles tell what is no part of one
                article = replace(article, title=card.title)
            return replace(result, article=article)
        problem = result[0]
        raise ContentError(problem.message, path=problem.path, line=problem.line)

    @property
    def languages(self) -> tuple[str, ...]:
        """The tags of the languages that there are articles in, the one that is asked first where
        words tell none before the others.
        """
        return self._ask(lambda opened: tuple(map(self._tag, opened.languages)))

    def likely_language(self) -> str:
        """The code of another language that the articles seem to be in, by its stop words: empty
        where the settings or the generator say the language, or there are several.
        """
        if "language" not in self.config.unset or len(self.languages) > 1:
            return ""

        def guess(engine: Engine) -> str:
            index = engine.index
            lists = map(stop_words.stop_words_of, stop_words.STOP_WORDS)
            index.expect_words(frozenset().union(*lists))
            held = partial(index.word_frequency, hidden=False)
            return stop_words.likely_language(self.config.language, held, index.articles)

        return self.ask(guess)

    def cards(
        self,
        *,
        audience: Audience = Audience.PUBLIC,
        drafts: bool = False,
        language: str | None = None,
    ) -> tuple[ArticleMeta, ...]:
        """What the index keeps of the articles that a reader may see, in order of id; of one
        language where it is given. Raises QueryError for one that there is not.
        """
        return self._ask(
            lambda opened: self._cards(opened, audience, drafts=drafts, language=language)
        )

    def language_of(self, article: ArticleMeta) -> str:
        """The tag of an article's language; empty where all articles are in one."""
        return self._tag(article.language) if len(self.languages) > 1 else ""

    def translations(self, article: ArticleMeta) -> tuple[tuple[str, ArticleMeta], ...]:
        """The same article in other languages, those that readers may see: pairs of a language's
        tag and the article, in order of languages.
        """
        if len(self.languages) == 1:
            return ()
        found = find_translations(self.cards(), dialect_of(self.config).languages)
        others = found.get(article.id, {})
        known = self._ask(lambda opened: opened.cards)
        return tuple(
            (self._tag(tag), known[others[tag]])
            for tag in self._ask(lambda opened: opened.languages)
            if tag in others and tag != article.language
        )

    def has_articles(self, *, audience: Audience = Audience.PUBLIC, drafts: bool = False) -> bool:
        """Whether there is any article that a reader may see."""
        public = self._ask(lambda opened: any(e.index.articles for e in opened.engines))
        return public or bool(self.cards(audience=audience, drafts=drafts))

    def topics(
        self,
        *,
        audience: Audience = Audience.PUBLIC,
        drafts: bool = False,
        language: str | None = None,
    ) -> tuple[Topic, ...]:
        """The tree of topics that hold those articles, the root first, in order of id."""

        def tree(opened: _Opened) -> tuple[Topic, ...]:
            cards = self._cards(opened, audience, drafts=drafts, language=language)
            return self._topics(cards, opened)

        return self._ask(tree)

    def topic_files(self) -> Mapping[str, TopicFile]:
        """What topic files and menus say of the topics, by id, as the index has it."""
        return self._ask(lambda opened: topic_files_of(opened.generation))

    def contact(
        self,
        words: str = "",
        *,
        audience: Audience = Audience.PUBLIC,
        language: str | None = None,
    ) -> Escalation:
        """The channels for a problem in a customer's words, what to have ready and to write; in a
        language as `search` has it.
        """
        request = Request(
            query=parse_query(words),
            limit=1,
            audience=_member(Audience, audience, "audience"),
        )
        return self._ask(lambda opened: self._contact(words, request, opened, language))

    def channels(self, language: str) -> tuple[ArticleMeta, ...]:
        """The articles that describe a way to reach a person, as customers see them: those in a
        language, else those of the first one that has any. Raises QueryError.
        """
        return self._ask(
            lambda opened: opened.channels(self._language(language, opened), Audience.PUBLIC)
        )

    def escalation(self, article: ArticleMeta) -> Escalation:
        """What follows when an article did not help."""
        return self._ask(
            lambda opened: self._escalation("", article, article.audience, opened, article.language)
        )

    def escalation_texts(self, tag: str) -> EscalationTexts:
        """What an escalation and customers say in a language: kb's words under the theme's."""
        if (known := self._texts.get(tag)) is not None:
            return known
        texts, config = ENGLISH, self.config
        try:
            theme = config.beside(config.site.theme)
        except ConfigError:  # the current folder was removed
            theme = config.content.parent / config.site.theme
        if primary(tag) != "en" or theme.is_dir():
            from kb.support.wording import texts_in  # noqa: PLC0415  # English needs no file

            texts = texts_in(tag, theme)
        return self._texts.setdefault(tag, texts)

    def describe(self) -> Description:
        """What the index holds, in all languages. Of several indexes on a cluster the generations
        are all named, and the health is that of the one in the worst state.
        """
        folder, parts = self._ask(
            lambda opened: (opened.generation.folder, [e.describe() for e in opened.engines])
        )
        whole = parts[0].joined(parts[1:])
        return whole if whole.generation else whole._replace(generation=folder.name)

    def close(self) -> None:
        """Let go of the index's files: at once, or when the last question that reads them has its
        answer. Whoever asks again opens them again.
        """
        self._opened = None

    @property
    def engine(self) -> Engine:
        """The engine on an index that fits the articles as they were when first needed, of the
        first language. It can be asked as long as it is held, also when another has taken its
        place.
        """
        return self._ready().engine

    def engine_of(self, language: str) -> Engine:
        """The same for a language of `languages`. Raises QueryError for another one."""
        opened = self._ready()
        return opened.engine_of(self._language(language, opened))

    def ask(self, question: Callable[[Engine], T], language: str | None = None) -> T:
        """Ask the engine of a language, else of the first one; again where its index was damaged,
        or was removed by now.

        Such an index is built anew first. Any other error that `question` raises is raised.
        Raises IndexingError where the index is damaged again and again.
        """

        def of_engine(opened: _Opened) -> T:
            tag = opened.languages[0] if language is None else self._language(language, opened)
            return question(opened.engine_of(tag))

        return self._ask(of_engine)

    def _ask(self, question: Callable[[_Opened], T], tries: int = TRIES) -> T:
        if self._here is not None and time.monotonic() < self._down_until:
            return question(self._ready_here(self._here))
        try:
            opened = self._ready()
        except IndexingError as error:
            return self._ask_here(question, error)
        try:
            answer = question(opened)
        except IndexingError as error:
            return self._ask_here(question, error)
        except DamagedIndexError as error:
            if tries == 1:
                raise IndexingError(
                    f"the index is damaged, and was when it was built anew: {error}",
                    path=str(self.config.index),
                    hint="see whether its disk is well, or name another folder with --index",
                ) from error
            self._mend(opened, error)
        else:
            if self._down_until:
                self._down_until, self.outdated = 0.0, ""
            return answer
        return self._ask(question, tries - 1)

    def _ask_here(self, question: Callable[[_Opened], T], error: IndexingError) -> T:
        """Ask the index that is kept here while a cluster does not answer; raises the error where
        it is another one, or where none is kept.
        """
        if self._here is None or error.code != CLUSTER_DOWN:
            raise error
        try:
            answer = question(self._ready_here(self._here))
        except IndexingError:
            raise error from None
        self._down_until = time.monotonic() + DOWN_SECONDS
        self.outdated = str(error)
        return answer

    def _ready_here(self, config: Config) -> _Opened:
        """The generation that is kept here, as it is. Raises IndexingError without one."""
        kept = Indexer(config, self._open_whoosh).as_it_is()
        if kept is None:
            raise IndexingError("there is no index", path=str(config.index))
        opened = self._opened_here
        if opened is None or not opened.generation.is_same(kept[0]):
            opened = self._opened_here = self._opened_of(kept[0], self._open_whoosh)
        return opened

    def _mend(self, opened: _Opened, error: DamagedIndexError) -> None:
        """Have another index in the place of one that turned out to be damaged, or to be gone."""
        with self._writing:
            if self._opened is not None and self._opened is not opened:
                return  # another thread has seen to it
            indexer = Indexer(self.config, self._open_engine, thorough=True)
            now, changes = self._bring_up_to_date(indexer)
            if now is opened:
                force = f"it was not kb's: {error}"
                _, changes = self._bring_up_to_date(indexer, force=force)
        if changes.rebuilt:
            self.on_repair(changes)

    def _ready(self) -> _Opened:
        """The generation to ask; opened now if there is none."""
        opened = self._opened
        if opened is None:
            with self._writing:  # the others wait for the first one
                opened = self._opened or self._prepare()[0]
        return opened

    def _prepare(self, progress: Progress | None = None) -> tuple[_Opened, Changes]:
        with self._writing:
            try:
                return self._bring_up_to_date(Indexer(self.config, self._open_engine, progress))
            except IndexingError as error:
                kept = Indexer(self.config, self._open_engine).as_it_is()
                if kept is None:
                    raise
                generation, changes = kept
                opened = self._open(generation)
                self.outdated = str(error)
                return opened, changes

    def _bring_up_to_date(self, indexer: Indexer, *, force: str = "") -> tuple[_Opened, Changes]:
        with self._writing:
            generation, changes = indexer.bring_up_to_date(force=force)
            opened = self._open(generation)
            self.outdated = ""
            if self._here is not None:
                Indexer(self._here, self._open_whoosh).bring_up_to_date(force=force)
            return opened, changes

    def _open(self, generation: Generation) -> _Opened:
        """Let a generation answer from now on: the one that does stays open if it is that."""
        opened = self._opened
        if opened is None or not opened.generation.is_same(generation):
            opened = self._opened_of(generation, self._open_engine)
            self._opened = opened
        return opened

    def _opened_of(
        self, generation: Generation, open_engine: Callable[[Path, str], Engine]
    ) -> _Opened:
        base = tidy_tag(self.config.language)
        return _Opened(generation, lambda tag: open_engine(generation.folder_of(tag, base), tag))

    def _open_engine(self, folder: Path, language: str) -> Engine:
        if self.config.engine.kind == "opensearch":
            from kb.index.opensearch.engine import open_engine  # noqa: PLC0415  # few do

            return open_engine(
                folder, self._analyzer_of(language), self.ranking, self.config, language
            )
        return self._open_whoosh(folder, language)

    def _open_whoosh(self, folder: Path, language: str) -> Engine:
        from kb.index.whoosh.engine import WhooshEngine  # noqa: PLC0415  # 90 ms that not all pay

        return WhooshEngine(folder, self._analyzer_of(language), self.ranking)

    def _analyzer_of(self, language: str) -> Analyzer:
        known = self._analyzers.get(language)
        return known or self._analyzers.setdefault(
            language,
            Analyzer(language, self.config.search.stop_words, self.config.search.names),
        )

    def _tag(self, language: str) -> str:
        """The tag of a language that is empty for that of the settings."""
        return language or tidy_tag(self.config.language)

    def _language(self, given: str, opened: _Opened) -> str:
        """The language that somebody names, as articles have it. Raises QueryError."""
        tags = {self._tag(tag): tag for tag in opened.languages}
        asked = tidy_tag(given.strip())
        alike = [tag for tag in tags if primary(tag) == primary(asked)]
        if asked in tags:
            return tags[asked]
        if alike:  # `de-AT` where there is `de`
            return tags[alike[0]]
        raise QueryError(f"no articles in {given!r}", hint=f"there are some in {', '.join(tags)}")

    def _search(self, request: Request, opened: _Opened, language: str) -> Results:
        index, analyzer = opened.engine_of(language).index, self._analyzer_of(language)
        meaning = self._meaning(opened, language)
        return Searcher(index, analyzer, self.ranking, self._synonyms, meaning).search(request)

    def word_vectors(self, language: str | None = None) -> WordVectors | None:
        """The vectors by which a site's search counts meaning in a language, else in the first one;
        None where it counts words alone. Raises IndexingError where they are damaged again and
        again.
        """
        if self.config.semantic.mode == "off":
            return None

        def of_opened(opened: _Opened) -> WordVectors:
            tag = opened.languages[0] if language is None else self._language(language, opened)
            return self._read_words(opened, tag)

        return self._ask(of_opened)

    def _read_words(self, opened: _Opened, language: str) -> WordVectors:
        from kb.semantic.words import read_all  # noqa: PLC0415  # few knowledge bases need it

        root = opened.generation.folder
        folder = opened.generation.folder_of(language, tidy_tag(self.config.language))
        try:
            if self.config.semantic.mode == "words":
                return read_all(root, folder)
            from kb.semantic.word_writer import project  # noqa: PLC0415  # as above

            files = model_of(self.config)
            assert files is not None, "there is a mode that needs one"
            return project(root, folder, opened.engine_of(language).reader, files)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DamagedIndexError(f"the vectors in {root.name} can't be used: {error}") from error

    def _meaning(self, opened: _Opened, language: str) -> Meaning | None:
        """What tells how near sections are to a text; None where words alone count."""
        if self.config.semantic.mode == "words":
            return opened.meaning_of(language, lambda: self._open_meaning(opened, language, None))
        if (files := model_of(self.config)) is None:
            return None
        return opened.meaning_of(language, lambda: self._open_meaning(opened, language, files))

    def _open_meaning(self, opened: _Opened, language: str, files: ModelFiles | None) -> Meaning:
        """By the encoder of a model, else by the vectors of words."""
        root = opened.generation.folder
        try:
            if files is not None and self._encoder is None:
                from kb.semantic.encoder import Encoder  # noqa: PLC0415  # few need it

                self._encoder = Encoder(files)
            encoder = self._encoder if files is not None else None
            return opened.engine_of(language).meaning(root, encoder)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DamagedIndexError(f"the vectors in {root.name} can't be used: {error}") from error

    def _find(
        self, request: Request, opened: _Opened, language: str | None
    ) -> tuple[str, Results, tuple[str, ...]]:
        """In which language an answer is, what was found, and what to say of the language."""
        order = self._languages_to_ask(request, opened, language)
        first = self._search(request, opened, order[0])
        asked = name_of(self._tag(order[0]))
        if first.total or len(order) == 1:
            guessed = language is None and order[0] != opened.languages[0]
            return order[0], first, (ANSWERED.format(language=asked),) if guessed else ()
        for tag in order[1:]:
            results = self._search(request, opened, tag)
            if results.total:
                said = ELSEWHERE.format(asked=asked, language=name_of(self._tag(tag)))
                return tag, results, (said,)
        return order[0], first, ()

    def _for_person(
        self, request: Request, words: str, opened: _Opened, language: str | None
    ) -> Request:
        """The request, with contacts first where the words ask for a person in a language asked."""
        tags = opened.languages if language is None else [self._language(language, opened)]
        texts = dict.fromkeys(self.escalation_texts(self._tag(tag)).sayings for tag in tags)
        person = self.config.contact.person
        return request._replace(
            person_first=any(asks_for_person(words, person, sayings) for sayings in texts)
        )

    def _languages_to_ask(
        self, request: Request, opened: _Opened, language: str | None
    ) -> tuple[str, ...]:
        languages = opened.languages
        if language is None and len(languages) == 1:
            return languages
        if language is not None:
            asked = self._language(language, opened)
            return (asked, *(tag for tag in languages if tag != asked))
        from kb.search.languages import asked_first, known_words  # noqa: PLC0415  # few do

        words, hidden = request.query.words, request.drafts or request.audience is Audience.AGENT

        def known(tag: str) -> int:
            index, analyzer = opened.engine_of(tag).index, self._analyzer_of(tag)
            return known_words(words, index, analyzer, hidden=hidden)

        most = sum(len(t.surface) for t in self.analyzer.tokens(words) if not t.whole)
        return tuple(asked_first(languages, known, most))

    def _answer(
        self, query: str, request: Request, opened: _Opened, language: str | None
    ) -> Answer:
        request = self._for_person(request, query, opened, language)
        tag, results, said = self._find(request, opened, language)
        results = results._replace(notices=(*said, *results.notices))
        if not results.total:
            unknown = _unknown_filters(request, opened)
            results = results._replace(notices=(*unknown, *results.notices))
        first = results.sections[0].card if results.sections else None
        nothing = results.found is Found.NOTHING
        analyzer = self._analyzer_of(tag)
        return Answer(
            query=query,
            found=results.found,
            total=results.total,
            confidence=results.confidence,
            hits=tuple(self._hits(request, results, analyzer)),
            escalation=self._escalation(query, first, request.audience, opened, tag),
            correction=results.correction,
            suggestion=results.suggestion,
            topics=self._nearest_topics(request.query.words, opened, tag) if nothing else (),
            synonyms=results.synonyms,
            notices=results.notices,
            language=self._tag(tag) if len(opened.languages) > 1 else "",
        )

    def _context(
        self, question: str, budget: int, request: Request, opened: _Opened, language: str | None
    ) -> Context:
        from kb import context as evidence  # noqa: PLC0415  # as above

        request = self._for_person(request, question, opened, language)
        tag, results, said = self._find(request, opened, language)
        first = results.sections[0].card if results.sections else None
        found = evidence.FoundSections(
            sections=results.sections,
            parts=[
                self._search(request._replace(query=parse_query(part)), opened, tag).sections
                for part in evidence.parts_of(question)
            ],
            words=results.asked,
            confidence=results.confidence,
            notices=(*said, *results.notices),
            language=self._tag(tag) if len(opened.languages) > 1 else "",
        )
        return evidence.choose(
            question,
            budget,
            found,
            self._escalation(question, first, request.audience, opened, tag),
            sure=self.config.search.sure,
            path=lambda card: f"{self.config.content.name}/{card.path}",
            linked=self._linked,
        )

    def _linked(self, card: ArticleMeta) -> frozenset[str]:
        """The ids that an article leads to, by its front matter and by relative links."""
        ids = set(card.related)
        with suppress(KbError):  # one that is gone or broken by now leads nowhere
            folder = posixpath.dirname(card.path)
            for link in self.page(card.id).document.links():
                path = link.target.partition("#")[0]
                if path and not link.image and "://" not in path:
                    ids.add(without_suffix(posixpath.normpath(posixpath.join(folder, path))))
        return frozenset(ids)

    def _template(self, given: str | Path | None) -> Path | None:
        """The file of the template of replies; None for kb's own."""
        own = self.config.contact.reply
        if given is not None:
            return Path(given)
        return self.config.beside(own) if own else None

    def _suggest(
        self,
        message: Message,
        opened: _Opened,
        request: Request,
        language: str | None,
        template: Path | None,
    ) -> Suggestion:
        from kb.desk.suggestion import Desk, suggest  # noqa: PLC0415  # a search needs none of it

        tag = self._languages_to_ask(request, opened, language)[0]
        analyzer = self._analyzer_of(tag)

        def answer(asked: Request) -> tuple[Results, tuple[Hit, ...]]:
            results = self._search(asked, opened, tag)
            return results, tuple(self._hits(asked, results, analyzer))

        desk = Desk(
            sections=opened.engine_of(tag).index,
            analyzer=analyzer,
            answer=answer,
            escalate=lambda words, card: self._escalation(
                words, card, request.audience, opened, tag
            ),
            config=self.config,
            sayings=self.escalation_texts(self._tag(tag)).sayings,
            language=self._tag(tag),
            template=template,
        )
        return suggest(message, desk, request)

    def _hits(self, request: Request, results: Results, analyzer: Analyzer) -> Iterator[Hit]:
        """The hits, weak but for those of a sure first article, and for contacts where a person is
        asked for.
        """
        titles = {ranked.card.id: ranked.card.title for ranked in results.sections}
        articles, apart = list(titles), tell_apart(titles)
        is_sure = results.confidence >= self.config.search.sure
        for rank, ranked in enumerate(results.sections, 1):
            group = articles.index(ranked.card.id) + 1
            is_wanted = request.person_first and ranked.card.tier is Tier.CONTACT
            weak = bool(results.terms) and not is_wanted and not (is_sure and group == 1)
            snippet = make_snippet(ranked.section.text, results.terms, analyzer)
            hit = self._hit((rank, group), ranked, snippet, weak=weak)
            yield replace(hit, apart=apart[hit.article]) if hit.article in apart else hit

    def _hit(
        self, places: tuple[int, int], ranked: RankedSection, snippet: Snippet, *, weak: bool
    ) -> Hit:
        card, section = ranked.card, ranked.section
        lead = section.heading in ("", card.title, card.heading)
        return Hit(
            rank=places[0],
            group=places[1],
            article=card.id,
            anchor=section.anchor,
            title=card.title,
            headings=section.trail if lead else (*section.trail, section.heading),
            tier=card.tier,
            topic=card.topic,
            score=ranked.score,
            match=ranked.match,
            weak=weak,
            snippet=snippet.text,
            highlights=snippet.highlights,
            actions=card.actions,
            path=self._shown_path(card.path),
            lines=section.lines,
            parts=ranked.parts,
            also=ranked.also,
        )

    def _named(self, id_: str, language: str | None, opened: _Opened) -> ArticleMeta:
        """The article that an id names in a language, or in the first one."""
        if len(opened.languages) == 1 and language is None:
            return opened.find(id_)
        languages = dialect_of(self.config).languages
        asked = opened.languages if language is None else (self._language(language, opened),)
        names = (f"{folder}/{id_}" for tag in asked if (folder := languages.folder(tag)))
        found = next((opened.cards[name] for name in names if name in opened.cards), None)
        if found is None or (language is None and id_ in opened.cards):
            found = opened.find(id_)
        if language is None or found.language == asked[0]:
            return found
        others = find_translations(opened.cards.values(), languages).get(found.id, {})
        if asked[0] not in others:
            said = f"article {found.id!r} is not there in {name_of(self._tag(asked[0]))}"
            raise NotFoundError(said, hint=f"`kb show {found.id}` shows it as it is")
        return opened.cards[others[asked[0]]]

    def _shown_path(self, path: str) -> str:
        """An article's path as a person would write it: relative where it lies below."""
        return shown_path(self.config.content / path).replace(os.sep, "/")

    def _contact(
        self, words: str, request: Request, opened: _Opened, language: str | None
    ) -> Escalation:
        """The channels for the words, by the article that answers them."""
        tag = opened.languages[0] if language is None else self._language(language, opened)
        best: tuple[RankedSection, ...] = ()
        if words.strip():
            request = self._for_person(request, words, opened, language)
            found, results, _ = self._find(request, opened, language)
            best, tag = results.sections, found if language is None else tag
        card = best[0].card if best and best[0].match is not Match.SOME else None
        return self._escalation(words, card, request.audience, opened, tag)

    def _escalation(
        self,
        words: str,
        article: ArticleMeta | None,
        audience: Audience,
        opened: _Opened,
        language: str,
    ) -> Escalation:
        contacts = opened.channels(language, audience)
        texts = self.escalation_texts(self._tag(language))
        return choose_escalation(words, article, contacts, self.config.contact, texts)

    def _cards(
        self, opened: _Opened, audience: Audience, *, drafts: bool, language: str | None
    ) -> tuple[ArticleMeta, ...]:
        cards = opened.seen_by(audience, drafts=drafts)
        if language is None:
            return cards
        tag = self._language(language, opened)
        return tuple(card for card in cards if card.language == tag)

    def _topics(self, cards: Iterable[ArticleMeta], opened: _Opened) -> tuple[Topic, ...]:
        """The tree of topics that hold some articles."""
        from kb.content.topics import build_topics  # noqa: PLC0415  # a search shows no tree

        return build_topics(cards, topic_files_of(opened.generation))

    def _nearest_topics(self, words: str, opened: _Opened, language: str) -> tuple[Topic, ...]:
        """Topics of a language of which a word of the title looks like one of the query's."""
        from kb.text.nearest import neighbours  # noqa: PLC0415  # most searches find something

        cards = [c for c in opened.seen_by(Audience.PUBLIC) if c.language == language]
        root = ""
        if len(opened.languages) > 1:
            root = dialect_of(self.config).languages.folder(language)
            root = root if all(card.id.startswith(f"{root}/") for card in cards) else ""
        analyzer = self._analyzer_of(language)
        topics = {t.id: t for t in self._topics(cards, opened) if t.id not in ("", root)}
        titles = {id_: _content_words(topic.title, analyzer) for id_, topic in topics.items()}
        near = neighbours(_content_words(words, analyzer), titles)
        return tuple(topics[id_] for id_ in near[:TOPICS_SHOWN])


@contextmanager
def indexed(
    config: Config, analyzer: Analyzer | None = None, snapshot: Snapshot | None = None
) -> Iterator[KnowledgeBase]:
    """A knowledge base with an index that is up to date, until the end of the block: its own, else,
    where that can't be written, one made for the block alone. `analyzer` and `snapshot` are as for
    `KnowledgeBase`. Raises ContentError where there are no articles.
    """
    with closing(KnowledgeBase(config, analyzer)) as base:
        try:
            base.index(snapshot=snapshot)
        except IndexingError:
            from tempfile import TemporaryDirectory  # noqa: PLC0415  # few indexes can't be written
        else:
            yield base
            return
        with TemporaryDirectory() as folder:
            own = replace(config, index=Path(folder))
            with closing(KnowledgeBase(own, base.analyzer)) as apart:
                apart.index(snapshot=snapshot)
                yield apart


def _content_words(text: str, analyzer: Analyzer) -> tuple[str, ...]:
    """The words of a text but for stop words, as they are written in lower case."""
    tokens = analyzer.tokens(compose(text))
    return tuple(token.surface for token in tokens if not token.stop and not token.whole)


def _seen_by(
    cards: Iterable[ArticleMeta], audience: Audience, *, drafts: bool = False
) -> Iterator[ArticleMeta]:
    """The articles among these that a reader may see."""
    for card in cards:
        if (card.audience is Audience.PUBLIC or audience is Audience.AGENT) and (
            card.status is Status.PUBLISHED or drafts
        ):
            yield card


def _with_twins(found: RankedSection) -> Iterator[Ranked]:
    """A section, and those for which it stands."""
    yield Ranked(found.card.id, found.section.anchor, found.score)
    for twin in found.also:
        yield Ranked(twin.article, twin.anchor, found.score)


def _and_above(topic: str) -> Iterator[str]:
    """A topic and those above it, the root left out."""
    folders = topic.split("/") if topic else []
    for depth in range(1, len(folders) + 1):
        yield "/".join(folders[:depth])


def _unknown_filters(request: Request, opened: _Opened) -> Iterator[str]:
    """A sentence for a topic, and for a tag, that no article has which this reader sees."""
    from kb.text.nearest import no_such  # noqa: PLC0415  # most searches have no mistake

    own, given = request.query.filters, request.filters
    cards = opened.seen_by(request.audience, drafts=request.drafts)
    if topic := (own.topic or given.topic or "").strip("/"):
        topics = {parent: None for card in cards for parent in _and_above(card.topic)}
        if topic.casefold() not in map(str.casefold, topics):
            top = [each for each in topics if "/" not in each]
            yield no_such("topic", topic, topics, sorted(top))
    if tag := own.tag or given.tag:
        tags = sorted({tag.casefold() for card in cards for tag in card.tags})
        if tag.casefold() not in tags:
            yield no_such("tag", tag, tags, tags)


def _article_hint(id_: str, cards: Mapping[str, ArticleMeta]) -> str:
    """What to do about an id that no article has: it is a topic's, or a slip."""
    from kb.text.nearest import did_you_mean_id  # noqa: PLC0415  # most searches have no mistake

    topic = id_.strip("/")
    if topic and any(topic in _and_above(card.topic) for card in cards.values()):
        return f"it is a topic: `kb topics {shlex.quote(topic)}` lists its articles"
    return did_you_mean_id(id_, cards) or "`kb topics` lists the articles"


def _member(kind: type[E], value: str, name: str) -> E:
    """The member of an enum that a text names. Raises QueryError."""
    try:
        return kind(value)
    except ValueError:
        from kb.text.nearest import did_you_mean  # noqa: PLC0415  # most searches have no mistake

        known = [str(member) for member in kind]
        hint = did_you_mean(value, known) or f"there are {', '.join(known)}"
        raise QueryError(f"no {name} {value!r}", hint=hint) from None
