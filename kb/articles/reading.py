"""One file to one Article: decoded, front matter read, split into sections."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kb import frontmatter, markdown
from kb.articles.apart import run_apart
from kb.articles.fields import read_article_fields
from kb.articles.front_matter import read_front_matter
from kb.articles.names import printable
from kb.articles.text import decode, find_direction_controls, read_bytes
from kb.articles.topics import TopicFile, title_from_name
from kb.articles.values import FieldReader, items, one_line
from kb.errors import ContentError
from kb.files import raise_if_exhausted
from kb.model import Article, Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kb.articles.files import SourceFile
    from kb.limits import Limits

_TOPIC_KEYS = ("title", "summary", "order")


@dataclass(frozen=True, slots=True)
class Page:
    """An article together with its parsed Markdown, for whoever needs HTML or links."""

    article: Article
    document: markdown.Document


def read_page(content: Path, source: SourceFile, limits: Limits) -> Page | tuple[Problem, ...]:
    """Read one article, or say why it can't be read."""
    try:
        data = read_bytes(content, source.path, limits)
        return read_text(source, decode(data), hashlib.sha256(data).hexdigest(), limits)
    except (ContentError, OSError) as error:
        return (problem_of(source.path, error),)


def read_article(
    content: Path, source: SourceFile, limits: Limits
) -> Article | tuple[Problem, ...]:
    """Read one article without its parsed Markdown."""
    page = read_page(content, source, limits)
    return page if isinstance(page, tuple) else page.article


def read_article_apart(
    content: Path, source: SourceFile, limits: Limits
) -> Article | tuple[Problem, ...]:
    """Read one large article in a process of its own."""
    try:
        return run_apart(read_article, content, source, limits, limits=limits)
    except ContentError as error:
        return (problem_of(source.path, error),)


def problem_of(path: str, error: ContentError | OSError) -> Problem:
    """What to tell of an error that kept a file out."""
    if isinstance(error, OSError):
        raise_if_exhausted(error)
        return Problem(printable(path), None, f"can't read this file: {error.strerror}")
    message = f"{error.message} ({error.hint})" if error.hint else error.message
    return Problem(printable(path), error.line, message, code=error.code)


def read_text(
    source: SourceFile, text: str, digest: str, limits: Limits
) -> Page | tuple[Problem, ...]:
    """Read an article from the text of its file. Raises ContentError."""
    fields, body, body_line = read_front_matter(text, limits)
    given = read_article_fields(source.path, fields)
    if given.fatal:
        return given.problems
    body, unclosed = markdown.without_comments(body, first_line=body_line, limits=limits)
    document = markdown.parse(body, title=given.title, first_line=body_line, limits=limits)
    topic, _, name = source.id.rpartition("/")
    attributes = given.attributes
    if "channel" in attributes:
        ready = attributes.get("have_ready", ())
        attributes["channel"] = replace(attributes["channel"], article=source.id, have_ready=ready)
    article = Article(
        id=source.id,
        path=source.path,
        title=given.title or one_line(document.title or "") or title_from_name(name),
        topic=topic,
        body=body,
        body_line=body_line,
        digest=digest,
        sections=document.sections,
        problems=(
            *find_direction_controls(source.path, text),
            *given.problems,
            *_of_unclosed(source.path, unclosed),
        ),
        **attributes,
    )
    return Page(article, document)


def _of_unclosed(path: str, line: int | None) -> tuple[Problem, ...]:
    if line is None:
        return ()
    message = "a comment that nothing closes: all below it is left out (end it with `-->`)"
    return (Problem(path, line, message, Severity.WARNING, "comment"),)


def line_of_step(content: Path, path: str, channel: str, limits: Limits) -> int | None:
    """The line of the step in `escalate` that names a channel, else that of `escalate`."""
    try:
        text = decode(read_bytes(content, path, limits))
        fields, _, _ = read_front_matter(text, limits)
    except (ContentError, OSError):
        return None
    for entry in fields.entries:
        if entry.key == "escalate":
            return next(
                (line for name, line in _named(entry.value) if one_line(name) == channel),
                entry.line,
            )
    return None


def _named(value: frontmatter.Value) -> Iterator[tuple[str, int]]:
    """The names in a list of steps, each with its line."""
    for item in items(value):
        if isinstance(item, frontmatter.Fields):
            yield from ((entry.key, entry.line) for entry in item.entries)
        elif isinstance(item, frontmatter.Text):
            yield item.value, item.line


def read_topic_file(
    content: Path, source: SourceFile, limits: Limits
) -> tuple[TopicFile, tuple[Problem, ...]]:
    """What a `topic.yaml` says, and what is wrong with it; nothing, where it can't be read."""
    try:
        text = decode(read_bytes(content, source.path, limits))
        fields = frontmatter.parse(text, first_line=1, limits=limits, what="topic file")
    except (ContentError, OSError) as error:
        return TopicFile(), (problem_of(source.path, error),)
    reader = FieldReader(source.path)
    title = summary = ""
    order = None
    for entry in reader.once(fields, _TOPIC_KEYS.__contains__):
        if entry.key == "title":
            title = reader.text(entry)
        elif entry.key == "summary":
            summary = reader.text(entry)
        elif entry.key == "order":
            order = reader.number(entry)
        else:
            reader.unknown(entry, _TOPIC_KEYS)
    controls = find_direction_controls(source.path, text)
    return TopicFile(title, summary, order), (*controls, *reader.problems)
