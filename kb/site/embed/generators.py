"""Markdown folders of other site generators, read as they are.

Which one a folder is of, and what of it is published, `kb.content.dialects` says. A page becomes
an article of kb's: its front matter in kb's words, its text without what only its generator
understands. Where the page will stand, and what its headings will be called there, follows the
generator's own rules.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from kb.config import DEFAULT_LIMITS
from kb.content import frontmatter
from kb.content.dialects import NAMES, PLAIN, locate
from kb.content.fields import matters
from kb.content.files import printable
from kb.content.markdown.document import without_comments
from kb.content.reader import read_front_matter
from kb.content.topics import title_from_name
from kb.content.values import FieldReader
from kb.content.visibility import read_visibility
from kb.errors import ContentError
from kb.model import Audience, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from kb.config import Limits
    from kb.content import SourceFile
    from kb.content.dialects import Dialect
    from kb.content.frontmatter import Plain
    from kb.model import Problem, Section

_KEPT = ("title", "tier", "issue", "do", "have_ready", "escalate", "channel", "tags")
_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_TICKS = re.compile("(`+)")
_HEADING_ID = re.compile(r"^( {0,3}#{1,6}\s.*)\{:?\s*#([\w:.-]+)(?![\w:.-])[^{}]*\}[ #]*$")
_LONGEST_HEADING = 1_000
_SHORTCODES = (("{{<", ">}}"), ("{{%", "%}}"), ("{%", "%}"))
_COMMENT = ("<!--", "-->")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_ADMONITION = re.compile(r"^\s*(?:!!!|\?\?\?\+?)\s+[\w -]+(?:\"([^\"]*)\")?\s*$")
_DIRECTIVE = re.compile(r"^\s*:::+\s*(?:[\w-]+)?\s*(?:\[([^\]]*)\])?\s*$")
_MODULE = re.compile(r"^(?:import\s.+\sfrom\s+['\"]|export\s+(?:const|default|function)\b)")
_WEB = re.compile(r"https?://(?=[^/\\])", re.IGNORECASE)
_SCHEME = re.compile(r"[\s\x00-\x1f]*[a-zA-Z][\sa-zA-Z0-9+.-]*:")
_H1 = re.compile(r"^ {0,3}#\s|^=+\s*$", re.MULTILINE)
_ORIGIN = re.compile(r"https?://[^/]*", re.IGNORECASE)
_TEMPLATE = re.compile(r"[{}<>$]|(?:^|/):\w")
_NUMBER = re.compile(r"^\d+\s*[-_.]+\s*(?=\S)")


def github_slug(heading: str) -> str:
    """A heading's id as Hugo and Docusaurus make it: what GitHub does."""
    kept = (c for c in heading.lower().strip() if c.isalnum() or c in "_- " or _is_mark(c))
    return "".join(kept).replace(" ", "-")


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


def python_slug(heading: str) -> str:
    """A heading's id as Python-Markdown makes it, and so MkDocs."""
    text = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", text).strip().lower())


@dataclass(frozen=True, slots=True)
class Generator:
    """What a generator does its own way. `indexes` are names of files that stand for their folder;
    `addresses` are keys that give a page an address of its own.
    """

    name: str
    indexes: tuple[str, ...] = ("index", "readme", "_index")
    numbered: bool = False
    lower: bool = False
    slug: Callable[[str], str] = github_slug
    repeats: str = "-"
    addresses: tuple[str, ...] = ()


GENERATORS = {
    **{name: Generator(name) for name in NAMES},
    **{
        made.name: made
        for made in (
            Generator("mkdocs", ("index", "readme"), slug=python_slug, repeats="_"),
            Generator("hugo", ("_index", "index"), lower=True, addresses=("url",)),
            Generator("docusaurus", ("index", "readme"), numbered=True),
            Generator("jekyll", ("index", "readme"), addresses=("permalink",)),
            Generator("eleventy", ("index", "readme"), addresses=("permalink",)),
            Generator("vuepress", ("index", "readme"), addresses=("permalink",)),
            Generator("starlight", ("index",), lower=True),
            Generator("gitbook", ("readme", "index")),
            Generator("mdbook", ("readme", "index")),
            Generator("docsify", ("readme",)),
            Generator("docfx", ("index",), lower=True),
        )
    },
}


def find_generator(content: Path) -> Generator:
    """The generator that a content folder was written for, by the files beside it."""
    return GENERATORS[locate(content).name]


@dataclass(frozen=True, slots=True)
class ForeignPage:
    """A page as kb will read it. `place` is what stands for `{id}` in an address; `url` is an
    address of its own, if the page names one. `ids` are heading ids by line of `text`.
    """

    text: str
    place: str
    index: str
    url: str
    ids: Mapping[int, str]


def read_foreign(
    source: SourceFile,
    text: str,
    generator: Generator,
    limits: Limits = DEFAULT_LIMITS,
    dialect: Dialect = PLAIN,
) -> ForeignPage | tuple[Problem, ...]:
    """A page of a folder in a dialect, or what there is to say of one that is not published. Raises
    ContentError.
    """
    id_ = source.id
    fields, below, _ = read_front_matter(text, limits)
    reader = FieldReader(source.path)
    given = {e.key: frontmatter.plain(e.value) for e in reader.once(fields, matters)}
    seen = read_visibility(fields, begins=dialect.begins(source.path))
    if seen.status is not Status.PUBLISHED or seen.keeps_out or reader.fatal or not seen.searchable:
        return (*reader.problems, *(remark.as_problem(source.path) for remark in seen.remarks))
    body, _ = without_comments(below, first_line=1, limits=limits)
    place, index = _place(id_, given, generator)
    kept = {key: given[key] for key in _KEPT if key in given}
    if seen.audience is not Audience.PUBLIC:
        kept["audience"] = str(seen.audience)
    summary = given.get("summary") or given.get("description")
    if isinstance(summary, str):
        kept["summary"] = summary
    if "title" not in kept and index and not _H1.search(body):
        kept["title"] = title_from_name(id_.rpartition("/")[0].rpartition("/")[2] or "home")
    head = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in kept.items()]
    lines = ["---", *head, "---"]
    ids = {}
    for line, heading_id in _clean(body):
        lines.append(line)
        if heading_id:
            ids[len(lines)] = heading_id
    own = next((url for key in generator.addresses if (url := _own_address(given.get(key)))), "")
    _check_address(own, "url")
    _check_address(place, "address")
    return ForeignPage("\n".join(lines) + "\n", place, index, own, ids)


def _own_address(value: Plain | None) -> str:
    """An address that front matter gives; empty where it is a pattern, or none."""
    return "" if not isinstance(value, str) or _TEMPLATE.search(value) else value


def _check_address(address: str, what: str) -> None:
    """Refuse what leads elsewhere than to a page: as a path, on another host, into a script."""
    outside = _WEB.match(address)
    path = address[outside.end() :] if outside else address
    climbs = {".", ".."}.intersection(unquote(path).split("/"))
    if climbs or "\\" in path or path.startswith("//") or (not outside and _SCHEME.match(path)):
        raise ContentError(
            f"the {what} {printable(address)[:80]} is none that a page can have", line=1, code="url"
        )


def address_of(page: ForeignPage, pattern: str) -> str:
    """The address of a page: the pattern with `{id}` filled in, or the one that it names."""
    before, _, after = pattern.partition("{id}")
    place = page.place
    if page.url:
        own = _ORIGIN.sub("", page.url).strip("/")
        if pattern.startswith("/") or _WEB.match(pattern) or not own:
            return quote(page.url, safe="/:?=&%~!*()'")
        place = own.removesuffix(".html")  # relative, as it was asked for
    folder = after[:1] in ("", "/")
    name = place if folder or not page.index else f"{place}/{page.index}".lstrip("/")
    return re.sub(r"(?<!:)/{2,}", "/", f"{before}{quote(name, safe='/~!*()')}{after}")


def heading_ids(
    sections: tuple[Section, ...], page: ForeignPage, generator: Generator
) -> dict[str, str]:
    """What each section's heading is called on the page, by kb's anchor; empty for the top."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for section in sections:
        wish = page.ids.get(section.lines[0]) or generator.slug(section.heading)
        name, number = wish, 0
        while name in taken:
            number += 1
            name = f"{wish}{generator.repeats}{number}"
        taken.add(name)
        found[section.anchor] = "" if section.level <= 1 and section.position == 0 else name
    return found


def _place(id_: str, given: Mapping[str, Plain], generator: Generator) -> tuple[str, str]:
    """What stands for `{id}`, and the name of the index file if the page stands for its folder."""
    parts = id_.split("/")
    if generator.name == "jekyll" and len(parts) > 1:
        parts[0] = parts[0].removeprefix("_")  # a collection
    if generator.numbered:
        parts = [_NUMBER.sub("", part) for part in parts]
        if isinstance(named := given.get("id"), str) and named:
            parts[-1] = named
    slug = given.get("slug")
    if isinstance(slug, str) and slug and generator.name in ("hugo", "docusaurus"):
        if slug.startswith("/"):
            return slug.strip("/"), ""
        return "/".join([*parts[:-1], slug.strip("/")]), ""
    is_index = parts[-1].lower() in generator.indexes
    is_folder = generator.numbered and parts[-1] == (parts[-2] if len(parts) > 1 else "")
    place = "/".join(parts[:-1] if is_index or is_folder else parts)
    if generator.lower:
        place = place.lower().replace(" ", "-")
    return place, "index" if is_index or is_folder else ""


def _clean(body: str) -> Iterator[tuple[str, str]]:
    """The lines of a text, each with the id that it gives a heading. As many as before."""
    fence = ""
    for line in body.split("\n"):
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        if fence or mark:
            yield line, ""
        elif len(line) <= _LONGEST_HEADING and (found := _HEADING_ID.match(line)):
            yield _clean_line(found[1].rstrip()), found[2]
        else:
            yield _clean_line(line), ""


def _clean_line(line: str) -> str:
    if _MODULE.match(line):
        return ""
    if note := _ADMONITION.match(line) or _DIRECTIVE.match(line):
        return f"**{note[1]}**" if note[1] else ""
    if "<" not in line and "{" not in line:
        return line
    return "".join(text if is_code else _clean_text(text) for text, is_code in _codes(line))


def _clean_text(text: str) -> str:
    for start, end in (*_SHORTCODES, _COMMENT):
        text = _without(text, start, end)
    return _TAG.sub("", text)


def _without(text: str, start: str, end: str) -> str:
    """A text without what stands between two marks, each time that both are there."""
    kept, at = [], 0
    while (begin := text.find(start, at)) >= 0:
        stop = text.find(end, begin + len(start))
        if stop < 0:
            break
        kept.append(text[at:begin])
        at = stop + len(end)
    return "".join([*kept, text[at:]])


def _codes(line: str) -> Iterator[tuple[str, bool]]:
    """The line in pieces, each with whether it is code: between two runs of as many backticks."""
    parts = _TICKS.split(line)
    last = {run: at for at, run in enumerate(parts) if at % 2}
    at = 0
    while at < len(parts):
        run = parts[at]
        if at % 2 and last[run] > at:
            end = parts.index(run, at + 2)
            yield "".join(parts[at : end + 1]), True
            at = end + 1
        else:
            yield run, False
            at += 1
