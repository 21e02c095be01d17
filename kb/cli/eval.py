"""`kb eval [DIR]`: how good the ranking is, measured on queries whose answers are known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from kb.cli.command import FOUND, Command, Number, Session, language_option, pass_session
from kb.config import SEMANTIC_MODES
from kb.context import LEAST_BUDGET, MOST_BUDGET

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kb.cli.screen import Screen
    from kb.cli.text import Line
    from kb.config import Config
    from kb.context import Context
    from kb.evaluate.comparison import SavedQuery
    from kb.evaluate.contexts import ContextReach, Opened
    from kb.evaluate.evaluation import Demand, Evaluation
    from kb.evaluate.judgments import Catalogue, JudgedSet
    from kb.knowledge_base import KnowledgeBase, Ranked
    from kb.model import Answer

FAILED = 1

_PIPED = 80
"""Columns of what a command prints into a pipe."""


def _read_demands(
    ctx: click.Context,
    param: click.Parameter,
    value: tuple[str, ...],
) -> tuple[Demand, ...]:
    from kb.evaluate.evaluation import read_demand

    try:
        return tuple(map(read_demand, value))
    except ValueError as error:
        raise click.BadParameter(str(error), ctx, param) from None


def _check_folder(ctx: click.Context, param: click.Parameter, value: Path | None) -> Path | None:
    """Refuse a file that can't be written now, rather than after minutes of work."""
    if value is not None and not value.parent.is_dir():
        raise click.BadParameter(f"there is no folder {value.parent}", ctx, param)
    return value


_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(
    "eval",
    cls=Command,
    help="Measure the ranking on judged queries: DIR holds articles/, queries.jsonl and "
    "qrels.tsv. Without DIR, on the issue phrases of your own articles and on judgments.tsv.",
    examples=(
        ("kb eval", "do my articles answer their issue phrases?"),
        ("kb eval judged/", "a folder of judged queries"),
        ("kb eval --json > before.json", "keep the figures, to compare with later"),
        ("kb eval --baseline before.json --report eval.html", "what changed, query by query"),
        ("kb eval judged/ --context 1500", "what contexts of so many tokens hold"),
        ("kb eval --semantic encoder", "would searching by meaning be better here?"),
        ("kb eval --fail-under ndcg=0.70", "exit with 1 when the mean nDCG@10 is lower"),
    ),
)
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--run",
    "run_file",
    metavar="FILE",
    type=_FILE,
    callback=_check_folder,
    help="Write a TREC run, 100 results a query.",
)
@click.option(
    "--baseline",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Compare with what --json printed before, query by query.",
)
@click.option(
    "--fail-under",
    "demands",
    metavar="NAME=VALUE",
    multiple=True,
    callback=_read_demands,
    help="Exit with 1 when a figure is lower: ndcg, mrr, recall, success, answered, sure, right; "
    "repeatable.",
)
@click.option(
    "--report",
    "report_file",
    metavar="FILE",
    type=_FILE,
    callback=_check_folder,
    help="Write a report, one HTML page.",
)
@click.option(
    "--context",
    "budget",
    type=Number(LEAST_BUDGET, MOST_BUDGET),
    metavar="BUDGET",
    help="Also measure how often a context of so many tokens holds all that was judged right, "
    "beside search and show.",
)
@click.option(
    "--semantic",
    "mode",
    type=click.Choice(SEMANTIC_MODES),
    help="Rank by words alone (off) or by meaning, too (words, encoder), and compare with what "
    "the settings say: which is better here?",
)
@language_option
@pass_session
def command(
    session: Session,
    *,
    folder: Path | None,
    run_file: Path | None,
    baseline: Path | None,
    demands: tuple[Demand, ...],
    report_file: Path | None,
    budget: int | None,
    mode: str | None,
    language: str | None,
) -> int:
    """Measure, print and write what was asked for; 1 when a demand is not met."""
    from kb.cli.figures import better_lines, evaluation_lines, reach_lines, worst_lines
    from kb.evaluate.comparison import evaluation_as_json, read_saved

    before = None if baseline is None else read_saved(baseline)
    subject = _own(session) if folder is None else _judged_folder(session, folder)
    source = str(baseline)
    if mode is not None:
        source, before = _as_set(subject, mode, baseline, language)
    evaluation = _evaluate(subject, language, mode, whole_run=run_file is not None)
    comparison = None
    if before is not None:
        from kb.evaluate.comparison import compare

        comparison = compare(evaluation, before, source)
    screen = session.screen
    reach = None if budget is None else _measure_contexts(subject, language, budget)
    if screen.as_json:
        from kb.evaluate.contexts import contexts_as_json

        more = {} if reach is None else {"contexts": contexts_as_json(reach)}
        screen.print_json({**evaluation_as_json(evaluation, comparison), **more})
    else:
        screen.print(*evaluation_lines(evaluation, comparison, screen.width))
        if mode is not None and comparison is not None:
            screen.print(*better_lines(comparison, mode, screen.width))
        if reach is not None:
            screen.print(*reach_lines(reach, screen.width))
        if folder is None or screen.verbosity > 0:
            screen.print(*worst_lines(evaluation, screen.line_width))
    if run_file is not None:
        from kb.evaluate.trec import write_runs

        for path in write_runs(evaluation, run_file):
            screen.message(f"run: {path}")
    if report_file is not None:
        from kb.evaluate.report import write_report

        write_report(report_file, evaluation, comparison, subject.catalogue)
        screen.message(f"report: {report_file}")
    return _check(evaluation, demands, screen)


@dataclass(frozen=True, slots=True)
class _Subject:
    """What is measured: a knowledge base and the queries to ask it."""

    session: Session
    config: Config
    judged: JudgedSet
    catalogue: Catalogue


def _judged_folder(session: Session, folder: Path) -> _Subject:
    """A judged folder: its own articles and index, the settings of wherever we are."""
    from kb.content.dialects import configure
    from kb.evaluate.judgments import Catalogue, find_articles, index_place, read_judged_folder
    from kb.files import full_path

    full_path(folder)  # raises where it starts at a folder that was removed
    articles = find_articles(folder)
    catalogue = Catalogue(articles)
    judged = read_judged_folder(folder, catalogue)
    index = session.index or index_place(articles)
    config = configure(config=session.config, content=articles, index=index)
    own = replace(session, content=articles, index=index)
    return _Subject(own, config, judged, catalogue)


def _own(session: Session) -> _Subject:
    """The knowledge base itself, with the queries that its authors wrote."""
    from kb.content import read_content
    from kb.content.dialects import configure, dialect_of
    from kb.evaluate.judgments import Catalogue, find_own_file, own_judgments

    config = configure(config=session.config, content=session.content, index=session.index)
    dialect = dialect_of(config)
    catalogue = Catalogue(config.content, dialect)
    file = find_own_file(config.content, config.source)
    articles = read_content(config.content, limits=config.limits, dialect=dialect).articles
    judged = own_judgments(config.name, articles, file, catalogue)
    return _Subject(session, config, judged, catalogue)


class _InLanguage(NamedTuple):
    """A knowledge base that is asked in one language; as its users ask it without."""

    base: KnowledgeBase
    language: str | None

    def rank(self, query: str, *, limit: int = 100) -> Sequence[Ranked]:
        return self.base.rank(query, limit=limit, language=self.language)

    def search(self, query: str) -> Answer:
        return self.base.search(query, language=self.language)


def _in_language(judged: JudgedSet, base: KnowledgeBase, language: str | None) -> JudgedSet:
    """The queries that articles of a language answer best."""
    if language is None:
        return judged
    of_language = {card.id for card in base.cards(language=language)}
    kept = [
        query
        for query in judged.queries
        if max(query.labels, key=lambda label: label.grade).article in of_language
    ]
    return replace(judged, queries=tuple(kept))


def _as_set(
    subject: _Subject, mode: str, baseline: Path | None, language: str | None
) -> tuple[str, dict[str, SavedQuery]]:
    """What the ranking of the settings reaches, to compare another mode with, and its name."""
    from kb.evaluate.comparison import as_saved

    ctx = click.get_current_context()
    own = subject.config.semantic.mode
    if baseline is not None:
        raise click.UsageError("--semantic and --baseline both compare: give one of them", ctx)
    if mode == own:
        others = " or ".join(each for each in SEMANTIC_MODES if each != own)
        raise click.UsageError(f"the settings say {own}: compare that with {others}", ctx)
    return f"semantic.mode {own}", as_saved(_evaluate(subject, language, None, whole_run=False))


def _in_mode(subject: _Subject, mode: str) -> KnowledgeBase:
    """The knowledge base in another mode, with an index of its own in the user's cache."""
    from kb.evaluate.judgments import index_place
    from kb.knowledge_base import KnowledgeBase

    config = subject.config
    semantic = replace(config.semantic, mode=mode)
    place = index_place(config.content / f"semantic-{mode}")
    base = KnowledgeBase(replace(config, semantic=semantic, index=place))
    click.get_current_context().call_on_close(base.close)
    return base


def _evaluate(
    subject: _Subject, language: str | None, mode: str | None, *, whole_run: bool
) -> Evaluation:
    from kb.cli.command import bring_up_to_date
    from kb.evaluate.evaluation import evaluate

    screen = subject.session.screen
    base = subject.session.open() if mode is None else _in_mode(subject, mode)
    bring_up_to_date(base, screen)
    with screen.progress("Asking") as progress:
        return evaluate(
            _in_language(subject.judged, base, language),
            _InLanguage(base, language),
            per_article=subject.config.search.per_article,
            sure=subject.config.search.sure,
            whole_run=whole_run,
            progress=progress,
        )


class _Reading(NamedTuple):
    """A knowledge base that is read as an assistant with a shell reads it, in a pipe."""

    base: KnowledgeBase
    language: str | None
    screen: Screen

    def context(self, question: str, budget: int) -> Context:
        return self.base.context(question, budget=budget, language=self.language)

    def listing(self, question: str) -> tuple[int, Iterator[Opened]]:
        from kb.cli.answer import answer_lines

        answer = self.base.search(question, language=self.language)
        return self._tokens(answer_lines(answer, self.screen)), self._opened(answer)

    def _opened(self, answer: Answer) -> Iterator[Opened]:
        from kb.cli.page import article_lines
        from kb.evaluate.contexts import Opened

        for hit in answer.hits:
            page = self.base.page(hit.article)
            way = self.base.escalation(page.article)
            tokens = self._tokens(article_lines(page, hit.anchor, way, self.screen))
            yield Opened(hit.article, hit.anchor, tokens)

    def _tokens(self, lines: Iterable[Line]) -> int:
        from kb.cli.text import render
        from kb.text.tokens import count_tokens

        return sum(count_tokens(f"{render(line, colour=False)}\n") for line in lines)


def _measure_contexts(subject: _Subject, language: str | None, budget: int) -> ContextReach:
    from kb.evaluate.contexts import measure_contexts

    screen = subject.session.screen
    base = subject.session.open()
    piped = screen._replace(height=None, width=_PIPED, is_terminal=False)
    with screen.progress("Reading") as progress:
        judged = _in_language(subject.judged, base, language)
        return measure_contexts(judged, _Reading(base, language, piped), budget, progress)


def _check(evaluation: Evaluation, demands: tuple[Demand, ...], screen: Screen) -> int:
    failures = [failure for demand in demands if (failure := demand.failure(evaluation))]
    for failure in failures:
        screen.error(failure)
    return FAILED if failures else FOUND
