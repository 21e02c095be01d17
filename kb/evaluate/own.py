"""A knowledge base's own judgments: its `issue` phrases, and a file of more.

Each `issue` phrase of an article that readers can find is a query that this article
answers. `judgments.tsv` adds to them: query, TAB, article or article#anchor, and if wanted
TAB, grade (1 when left out). A line that begins with `#` and has no tab is a comment. It
stands beside the settings file, or, without one there, beside the content folder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.errors import JudgmentError
from kb.evaluate.judgments import (
    FORM,
    JudgedQuery,
    JudgedSet,
    Label,
    add_label,
    read_label,
    read_lines,
)
from kb.model import Audience, Status

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kb.evaluate.judgments import Known, Line
    from kb.model import Article

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
