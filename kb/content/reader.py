"""One content file to one Article: decoded, front matter read, split into sections.

What is not UTF-8, has front matter in the wrong place or passes a limit is refused with its line.
"""

from __future__ import annotations

import codecs
import hashlib
import os
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kb.config import over_limit
from kb.content import frontmatter
from kb.content.anchors import STYLES
from kb.content.dialects import PLAIN, Dialect
from kb.content.dialects.groups import topic_of
from kb.content.fields import read_article_fields
from kb.content.files import printable
from kb.content.foreign_keys import as_route
from kb.content.inlined import name_pictures
from kb.content.sandbox import run_sandboxed
from kb.content.titles import Title, read_summary, read_title, title_html, without_suffix
from kb.content.topics import TopicFile, title_from_path
from kb.content.values import FieldReader, items, one_line
from kb.content.visibility import read_visibility
from kb.content.wording import words_in
from kb.errors import ContentError
from kb.files import open_within, raise_if_exhausted
from kb.model import FRONT, Article, Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kb.config import Limits
    from kb.content.files import SourceFile
    from kb.content.markdown.document import Document

_LINE_ENDS = re.compile(rb"\r\n|\r|\n")
_H1 = re.compile(r"^#[ \t]+(\S.*?)[ \t#]*$", re.MULTILINE)
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# The longer ones first: UTF-32 begins like UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


def read_bytes(content: Path, path: str, limits: Limits) -> bytes:
    """The bytes of a regular file within the content folder.

    Raises `ContentError` if the file leads outside, is no regular file (a pipe would
    never end) or is larger than the limit, `OSError` as the system does.
    """
    handle = open_within(content, path)
    with open(handle, "rb") as stream:  # noqa: PTH123  (a handle, not a path)
        state = os.fstat(handle)
        # Room is made for all that is asked for: that is why it is not the limit at once.
        data = stream.read(min(state.st_size, limits.file) + 1)
        if len(data) > state.st_size:  # it has grown since
            data += stream.read(limits.file + 1 - len(data))
    if len(data) > limits.file:
        raise over_limit("file", f"over {limits.file} bytes", 1)
    return data


def decode(data: bytes) -> str:
    """UTF-8 with or without BOM to text whose lines end in a newline alone.

    Raises `ContentError` with line and byte offset for anything else, and for NUL.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            raise ContentError(f"the file is {name}", line=1, hint="save it as UTF-8")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise ContentError(
            f"not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start}",
            line=_line_at(data, error.start),
            hint="save the file as UTF-8",
        ) from None
    if "\0" in text:
        offset = data.index(b"\0")
        raise ContentError(f"NUL byte at offset {offset}", line=_line_at(data, offset))
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _line_at(data: bytes, offset: int) -> int:
    return len(_LINE_ENDS.findall(data, 0, offset)) + 1


def find_direction_controls(path: str, text: str) -> tuple[Problem, ...]:
    """A warning where characters make text look different from what it says."""
    if text.isascii():
        return ()
    found = _BIDI.search(text)
    if found is None:
        return ()
    line = text.count("\n", 0, found.start()) + 1
    message = (
        f"bidirectional control character U+{ord(found.group()):04X}: text may not read as it looks"
    )
    return (Problem(printable(path), line, message, Severity.WARNING, "bidi"),)


def read_front_matter(text: str, limits: Limits) -> frontmatter.Read:
    """The front matter of a file, and the text below it.

    Raises `ContentError` with a line for front matter that can't be read, and for lines that
    would hide the article if they were front matter, but stand below text or without `---`.
    """
    read = frontmatter.read(text, limits=limits)
    above = text[: len(text) - len(read.body)] if read.body_line > 1 else text
    for fields, line in frontmatter.find_misplaced(read.body, read.body_line, above=above):
        visibility = read_visibility(fields, dated=False)
        if visibility.hides:
            raise ContentError(
                "this looks like front matter that hides the article, but is not read as such",
                line=line,
                hint="it stands at the top of a file between two lines `---`",
            )
    return read


_TOPIC_KEYS = ("title", "summary", "order", "icon")


@dataclass(frozen=True, slots=True)
class Page:
    """An article together with its parsed Markdown, for whoever needs HTML or links, and the
    dialect that it is written in. `heading` is what stands above its text, as HTML, and `top` the
    anchor of that where it is an H1 of the text, which does not repeat it then.
    """

    article: Article
    document: Document
    dialect: Dialect
    heading: str
    top: str


def read_page(
    content: Path, source: SourceFile, limits: Limits, dialect: Dialect = PLAIN
) -> Page | tuple[Problem, ...]:
    """Read one article, or say why it can't be read."""
    try:
        data = read_bytes(content, source.path, limits)
        digest = hashlib.sha256(data).hexdigest()
        return read_text(source, decode(data), digest, limits, dialect)
    except (ContentError, OSError) as error:
        return (problem_of(source.path, error),)


def read_article(
    content: Path, source: SourceFile, limits: Limits, dialect: Dialect = PLAIN
) -> Article | tuple[Problem, ...]:
    """Read one article without its parsed Markdown."""
    page = read_page(content, source, limits, dialect)
    return page if isinstance(page, tuple) else page.article


def read_article_apart(
    content: Path, source: SourceFile, limits: Limits, dialect: Dialect = PLAIN
) -> Article | tuple[Problem, ...]:
    """Read one large article in a process of its own."""
    try:
        return run_sandboxed(read_article, content, source, limits, dialect, limits=limits)
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
    source: SourceFile, text: str, digest: str, limits: Limits, dialect: Dialect = PLAIN
) -> Page | tuple[Problem, ...]:
    """Read an article from the text of its file, which is written in a dialect.

    Raises ContentError.
    """
    # Imported here: no topic file needs the Markdown parser.
    from kb.content.includes import Called  # noqa: PLC0415  # as above
    from kb.content.markdown import document as markdown  # noqa: PLC0415  # as above

    fields, body, body_line = read_front_matter(text, limits)
    given = read_article_fields(
        source.path, fields, slugs=dialect.routes.slugs, begins=dialect.begins(source.path)
    )
    if given.fatal:
        return given.problems
    attributes = given.attributes
    if dialect.routes.descending:
        attributes["order"] = -attributes.get("order", 0)
    attributes["language"] = _language(source.path, attributes.get("language", ""), dialect)
    body = name_pictures(_as_others_write(body, source.path, dialect, limits), source.path)
    body, unclosed = markdown.without_comments(
        body, first_line=body_line, limits=limits, syntax=dialect.markdown
    )
    style = STYLES[dialect.anchors]
    said = {entry.key: frontmatter.plain(entry.value) for entry in fields.entries}
    label = said.get("label") if "retype" in dialect.marks else None
    unnamed = one_line(str(label or "")) or title_from_path(dialect.bare(source.id))
    said["title"] = _first_h1(body) or unnamed
    called = Called(source.path, said, dialect, limits)
    title = read_title(given.title, called.markup(), dialect.markdown, limits)
    said["title"] = title.text or said["title"]
    document = markdown.parse(
        body,
        title=title.text,
        first_line=body_line,
        limits=limits,
        anchors=style,
        by_name=bool(dialect.links_by_name),
        markup=called.markup(),
        syntax=dialect.markdown,
        definitions=called.definitions(body),
        words=words_in(attributes["language"] or dialect.languages.base),
    )
    if address := as_route(dialect.permalink(source.path)):
        attributes["routes"] = tuple(dict.fromkeys((*attributes.get("routes", ()), address)))
    if dialect.routes.front and source.id.casefold() == dialect.routes.front:
        attributes["routes"] = (*attributes.get("routes", ()), FRONT)
    if former := dialect.former_addresses(source.path, attributes.get("routes", ())):
        attributes["routes"] = tuple(dict.fromkeys((*attributes.get("routes", ()), *former)))
    if "summary" in attributes:
        attributes["summary"] = read_summary(
            attributes["summary"], called.markup(), dialect.markdown, limits
        )
    if "channel" in attributes:
        ready = attributes.get("have_ready", ())
        attributes["channel"] = replace(attributes["channel"], article=source.id, have_ready=ready)
    first = one_line(document.title or "")
    name = without_suffix(title.text or first, dialect.title_suffix) or unnamed
    differs = document.heads_page and not _alike(document.title or "", name)
    is_front = bool(dialect.groups.topics) and FRONT in attributes.get("routes", ())
    article = Article(
        id=source.id,
        path=source.path,
        title=name,
        heading=first if differs else "",
        topic="" if is_front else topic_of(source.id, dialect),
        body=body,
        body_line=body_line,
        digest=digest,
        sections=document.sections,
        includes=called.files(),
        problems=(
            *find_direction_controls(source.path, text),
            *given.problems,
            *_of_unclosed(source.path, unclosed),
            *_of_title(source.path, fields, title),
            *_of_left_out(source.path, document),
        ),
        **attributes,
    )
    top, heading = document.heading()
    if not heading:
        heading = title.html if title.text == name else title_html(name)
    elif first and without_suffix(first, dialect.title_suffix) != first:
        heading = title_html(without_suffix(first, dialect.title_suffix))
    return Page(article, document, dialect, heading, top)


def _language(path: str, said: str, dialect: Dialect) -> str:
    """The language of an article whose front matter may say one; empty for that of the settings."""
    languages = dialect.languages
    return languages.settle(said) if said else languages.of_path(path)


def _as_others_write(body: str, path: str, dialect: Dialect, limits: Limits) -> str:
    """The text of an article whose dialect has marks of its own, with those that others have."""
    if "zola" in dialect.marks:
        from kb.content.markdown import zola  # noqa: PLC0415  # for this dialect alone

        return zola.as_others_write(body)
    if "quarto" in dialect.marks:
        from kb.content.markdown import quarto  # noqa: PLC0415  # for this dialect alone

        return quarto.as_others_write(body)
    if "docsify" in dialect.marks:
        from kb.content.markdown import docsify  # noqa: PLC0415  # for this dialect alone

        return docsify.as_others_write(body)
    if "writerside" in dialect.marks:
        from kb.content.includes import Called  # noqa: PLC0415  # for this dialect alone
        from kb.content.markdown import writerside  # noqa: PLC0415  # for this dialect alone

        values = Called(path, {}, dialect, limits)
        return writerside.as_others_write(body, values.variable)
    return body


def _first_h1(body: str) -> str:
    """The text of the first H1 as templates in a title may call it: most bodies begin with it."""
    found = _H1.search(body)
    return one_line(found[1]) if found and "{" not in found[1] else ""


def _alike(one: str, other: str) -> bool:
    return " ".join(one.casefold().split()) == " ".join(other.casefold().split())


def _of_title(path: str, fields: frontmatter.Fields, title: Title) -> list[Problem]:
    """A note for what had to be left out of a title."""
    entry = fields.get("title")
    line = entry.line if entry else 1
    return [
        Problem(path, line, f"{what} in the title: left out", Severity.NOTE, "markup")
        for what in title.left_out
    ]


def _of_unclosed(path: str, line: int | None) -> tuple[Problem, ...]:
    if line is None:
        return ()
    message = "a comment that nothing closes: all below it is left out (end it with `-->`)"
    return (Problem(path, line, message, Severity.WARNING, "comment"),)


def _of_left_out(path: str, document: Document) -> list[Problem]:
    """A note for each kind of mark that is left out, with the line of the first; one warning where
    nothing but these is in the article, whose page would be empty.
    """
    first = dict(reversed(document.left_out))
    if first and not any(section.text for section in document.sections):
        what = ", ".join(sorted(first, key=lambda name: first[name]))
        message = f"nothing of this article can be shown: its text comes from {what}"
        return [Problem(path, min(first.values()), message, Severity.WARNING, "empty")]
    return [
        Problem(path, line, f"{what}: left out", Severity.NOTE, "markup")
        for what, line in reversed(first.items())
    ]


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
    title = summary = icon = ""
    order = None
    for entry in reader.once(fields, _TOPIC_KEYS.__contains__):
        if entry.key == "title":
            title = reader.text(entry)
        elif entry.key == "summary":
            summary = reader.text(entry)
        elif entry.key == "order":
            order = reader.number(entry)
        elif entry.key == "icon":
            icon = reader.text(entry)
        else:
            reader.unknown(entry, _TOPIC_KEYS)
    controls = find_direction_controls(source.path, text)
    return TopicFile(title, summary, order, icon=icon), (*controls, *reader.problems)
