"""Queries with the answers they deserve, and the folder format that holds them.

A folder holds `articles/`, `queries.jsonl` (one object a line with `qid` and `text`, other
keys are ignored) and `qrels.tsv` (qid, TAB, article or article#anchor, TAB, grade). A grade
is a whole number: 0 is judged and wrong, higher is better. Blank lines are skipped.
"""

from __future__ import annotations

import json
import re
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kb.content import read_article, scan
from kb.content.anchors import find_anchor
from kb.content.dialects import PLAIN, Dialect
from kb.errors import ContentError, JudgmentError
from kb.files import read_regular
from kb.index.places import cached_place
from kb.model import Article, Audience, Status
from kb.text.counts import counted
from kb.text.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from typing import Protocol

    class Known(Protocol):
        """What exists: articles, and the sections of one article."""

        @property
        def ids(self) -> Collection[str]:
            """The ids of all articles."""
            ...

        def anchors(self, article: str) -> Collection[str]:
            """The anchors of an article's sections, empty when it can't be read."""
            ...

    from collections.abc import Iterable

    from kb.model import Section

MAX_GRADE = 1_000
FORM = "article or article#anchor, TAB, grade"


class Level(StrEnum):
    """What a query's labels name, and so what is counted as one result."""

    ARTICLE = "article"
    SECTION = "section"


@dataclass(frozen=True, slots=True)
class Label:
    """An article, or one section of it, and how well it answers a query.

    `written` is what the file calls it, which may spell the anchor otherwise.
    """

    article: str
    anchor: str | None
    grade: int
    written: str

    @property
    def name(self) -> str:
        """The article's id, with `#anchor` when the label is a section."""
        return self.article if self.anchor is None else f"{self.article}#{self.anchor}"

    @property
    def level(self) -> Level:
        """What this label names."""
        return Level.ARTICLE if self.anchor is None else Level.SECTION


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """A query and its labels, all of one level, at least one of them above 0."""

    qid: str
    text: str
    labels: tuple[Label, ...]

    @property
    def level(self) -> Level:
        """What this query's labels name."""
        return self.labels[0].level

    @property
    def grades(self) -> dict[str, int]:
        """The grade of each labelled name."""
        return {label.name: label.grade for label in self.labels}


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """Judged queries in the order of their file.

    `unjudged` counts the queries that were left out because nothing is known to answer them.
    """

    name: str
    queries: tuple[JudgedQuery, ...]
    unjudged: int = 0

    @property
    def level(self) -> str:
        """`article`, `section`, or `mixed` when some queries are of each."""
        levels = {query.level for query in self.queries}
        return levels.pop() if len(levels) == 1 else "mixed"


class Line(NamedTuple):
    """One line of a file that is not blank, and where it stands."""

    path: Path
    number: int
    text: str

    def error(self, message: str, hint: str | None = None) -> JudgmentError:
        """What is wrong with this line."""
        return JudgmentError(message, path=str(self.path), line=self.number, hint=hint or None)


def read_lines(path: Path) -> Iterator[Line]:
    """The lines that are not blank. Raises JudgmentError when the file can't be read as UTF-8."""
    try:
        data = read_regular(path)
    except FileNotFoundError as error:
        raise JudgmentError("there is no such file", path=str(path)) from error
    except OSError as error:
        raise JudgmentError(f"can't be read: {error.strerror}", path=str(path)) from error
    except ContentError as error:
        raise JudgmentError("can't be read: not a regular file", path=str(path)) from error
    for number, raw in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        try:
            text = raw.decode().rstrip("\r")
        except UnicodeDecodeError as error:
            message = f"is not UTF-8: byte {error.start + 1} of the line does not fit"
            raise JudgmentError(message, path=str(path), line=number) from error
        if text.strip():
            yield Line(path, number, text)


def read_judged_folder(folder: Path, known: Known) -> JudgedSet:
    """The judged queries of a folder, each label checked against the articles that exist.

    Raises JudgmentError, with file and line, at the first thing that is wrong.
    """
    texts = _read_queries(folder / "queries.jsonl")
    labels = _read_labels(folder / "qrels.tsv", texts, known)
    queries = tuple(
        JudgedQuery(qid, text, tuple(labels[qid].values()))
        for qid, text in texts.items()
        if any(label.grade for label in labels.get(qid, {}).values())
    )
    if not queries:
        path = str(folder / "qrels.tsv")
        raise JudgmentError("no query has a label above 0: there is nothing to measure", path=path)
    return JudgedSet(folder.resolve().name, queries, len(texts) - len(queries))


def _read_queries(path: Path) -> dict[str, str]:
    first: dict[str, int] = {}
    texts: dict[str, str] = {}
    for line in read_lines(path):
        qid, text = _read_query(line)
        if qid in first:
            raise line.error(f"the query id {qid!a} stands already on line {first[qid]}")
        first[qid], texts[qid] = line.number, text
    return texts


def _read_query(line: Line) -> tuple[str, str]:
    try:
        query = json.loads(line.text)
    except json.JSONDecodeError as error:
        raise line.error(f"is not JSON: {error.msg} at column {error.colno}") from error
    except RecursionError as error:
        raise line.error("is nested too deeply") from error
    if not isinstance(query, dict):
        raise line.error('should be an object such as {"qid": "q1", "text": "late package"}')
    for key in ("qid", "text"):
        if not isinstance(query.get(key), str):
            raise line.error(f"{key} should be a text", f'write "{key}": "..."')
    if not query["qid"]:
        raise line.error("the query id is empty")
    return query["qid"], query["text"]


def _read_labels(path: Path, texts: dict[str, str], known: Known) -> dict[str, dict[str, Label]]:
    labels: dict[str, dict[str, Label]] = {}
    for line in read_lines(path):
        columns = line.text.split("\t")
        if len(columns) != 3:  # noqa: PLR2004 the three that the message names
            raise line.error(
                f"has {counted(len(columns), 'column')}", f"write query id, TAB, {FORM}"
            )
        qid, name, grade = columns
        if qid not in texts:
            raise line.error(f"no query has the id {qid!a}", did_you_mean(qid, texts))
        add_label(labels.setdefault(qid, {}), read_label(name, grade, line, known), line)
    return labels


def add_label(labels: dict[str, Label], label: Label, line: Line) -> None:
    """Put one more label to a query's own; JudgmentError when it repeats or mixes levels."""
    if label.name in labels:
        raise line.error(f"{label.name} is judged already for this query")
    if any(other.level != label.level for other in labels.values()):
        raise line.error(
            "this query's labels are articles as well as sections",
            "write all labels of a query with #anchor, or all without",
        )
    labels[label.name] = label


def read_label(name: str, grade: str, line: Line, known: Known) -> Label:
    """The label that a line names, checked against what exists."""
    if not re.fullmatch("[0-9]{1,4}", grade.strip()) or int(grade) > MAX_GRADE:
        raise line.error(f"the grade {grade!a} is not a whole number from 0 to {MAX_GRADE:,}")
    article, hash_sign, anchor = name.partition("#")
    if article not in known.ids:
        raise line.error(f"there is no article {article!a}", did_you_mean(article, known.ids))
    if not hash_sign:
        return Label(article, None, int(grade), name)
    anchors = known.anchors(article)
    found = find_anchor(anchor, anchors)
    if found is None:
        hint = did_you_mean(anchor, anchors)
        raise line.error(f"the article {article!a} has no section {anchor!a}", hint)
    return Label(article, found, int(grade), name)


class Catalogue:
    """The articles of a content folder, each read when it is asked for, and kept.

    Raises ContentError when there is no such folder.
    """

    def __init__(self, content: Path, dialect: Dialect = PLAIN) -> None:
        self.content = content
        self._dialect = dialect
        self._sources = {source.id: source for source in scan(content, dialect).articles}
        self._articles: dict[str, Article | None] = {}

    @property
    def ids(self) -> Collection[str]:
        """The ids of all files that can hold an article."""
        return self._sources.keys()

    def article(self, article: str) -> Article | None:
        """An article, or None when there is none of that id, or its file can't be read."""
        if article not in self._articles:
            source = self._sources.get(article)
            read = (
                None
                if source is None
                else read_article(self.content, source, dialect=self._dialect)
            )
            self._articles[article] = read if isinstance(read, Article) else None
        return self._articles[article]

    def anchors(self, article: str) -> Collection[str]:
        """The anchors of an article's sections, empty when it can't be read."""
        found = self.article(article)
        return [] if found is None else [section.anchor for section in found.sections]

    def section(self, article: str, anchor: str | None) -> Section | None:
        """A section of an article; its first one when `anchor` is None."""
        found = self.article(article)
        if found is None:
            return None
        if anchor is None:
            return found.sections[0]
        return next((s for s in found.sections if s.anchor == anchor), None)


FORMAT = "it should hold articles/, queries.jsonl and qrels.tsv"


def find_articles(folder: Path) -> Path:
    """The articles of a judged folder, links resolved. Raises JudgmentError without any."""
    if not folder.is_dir():
        raise JudgmentError("there is no such folder", path=str(folder), hint=FORMAT)
    for name in ("queries.jsonl", "qrels.tsv"):
        if not (folder / name).is_file():
            raise JudgmentError("there is no such file", path=str(folder / name), hint=FORMAT)
    articles = folder / "articles"
    if not articles.is_dir():
        raise JudgmentError("there is no such folder", path=str(articles), hint=FORMAT)
    return articles.resolve()


def index_place(articles: Path) -> Path:
    """A folder for the index of these articles in the user's cache, never beside them.

    Folders that share their articles share the index. Where no cache can be written the
    index goes to a new temporary folder, and is built each time.
    """
    return cached_place(articles, "eval") or Path(tempfile.mkdtemp(prefix="helpkb-eval-"))


FILE = "judgments.tsv"


def find_own_file(content: Path, settings: Path | None) -> Path | None:
    """The judgments file of a knowledge base: beside its settings, else beside its content."""
    folders = [content.parent] if settings is None else [settings.parent, content.parent]
    return next((folder / FILE for folder in folders if (folder / FILE).is_file()), None)


def own_judgments(
    name: str, articles: Iterable[Article], file: Path | None, known: Known
) -> JudgedSet:
    """The judged queries of a knowledge base. Raises JudgmentError when there are none.

    The same phrase in several articles is one query that each of them answers.
    """
    findable = [a for a in articles if is_findable(a)]
    queries = [*_from_phrases(findable)]
    if file is not None:
        queries += _from_file(file, known, {article.id for article in findable})
    if not queries:
        raise JudgmentError(
            "there is nothing to measure: no article has an issue phrase",
            hint=f"write `issue:` into articles, or a {FILE} beside the content folder, "
            "or name a folder of judged queries",
        )
    return JudgedSet(name, tuple(queries))


def is_findable(article: Article) -> bool:
    """Whether a plain search can bring an article: published, and for everyone."""
    return article.status is Status.PUBLISHED and article.audience is Audience.PUBLIC


def _from_phrases(articles: Iterable[Article]) -> Iterable[JudgedQuery]:
    labels: dict[str, dict[str, Label]] = {}
    for article in articles:
        for phrase in article.issues:
            label = Label(article.id, None, 1, article.id)
            labels.setdefault(phrase, {})[article.id] = label
    return [
        JudgedQuery(f"issue:{number}", phrase, tuple(named.values()))
        for number, (phrase, named) in enumerate(labels.items(), 1)
    ]


def _from_file(path: Path, known: Known, findable: set[str]) -> list[JudgedQuery]:
    labels: dict[str, dict[str, Label]] = {}
    first: dict[str, Line] = {}
    for line in read_lines(path):
        if line.text.startswith("#") and "\t" not in line.text:
            continue
        text, name, grade = _columns(line)
        label = read_label(name, grade, line, known)
        if label.article not in findable:
            raise line.error(f"no search finds {label.article!a}: it is not published for all")
        first.setdefault(text, line)
        add_label(labels.setdefault(text, {}), label, line)
    for text, named in labels.items():
        if not any(label.grade for label in named.values()):
            raise first[text].error("nothing answers this query: all its grades are 0")
    return [
        JudgedQuery(f"{FILE}:{first[text].number}", text, tuple(named.values()))
        for text, named in labels.items()
    ]


def _columns(line: Line) -> tuple[str, str, str]:
    columns = line.text.split("\t")
    if len(columns) == 2:  # noqa: PLR2004 without a grade
        columns.append("1")
    if len(columns) != 3 or not columns[0].strip():  # noqa: PLR2004 the message names them
        raise line.error("is not a judgment", f"write query, TAB, {FORM}")
    return columns[0].strip(), columns[1].strip(), columns[2]
