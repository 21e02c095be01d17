"""Menus of other tools: in which order articles stand, and what their folders are called.

A menu is read as entries, whatever it is written in: a label, a page, and entries below. Where an
entry has others below that all stand in one folder, its label is that folder's title.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from kb.content.dialects.configuration import (
    as_plain,
    read_configuration,
    read_text_within,
    table,
    text,
)
from kb.content.dialects.groups import Entry, group_files
from kb.content.files import fold, without_suffix
from kb.content.frontmatter import load_yaml
from kb.content.topics import INDEXES, TopicFile, title_from_name
from kb.errors import ContentError
from kb.files import open_within

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from kb.content.dialects.dialect import Dialect
    from kb.content.files import Listing
    from kb.content.frontmatter import Plain

_ITEM = re.compile(r"(?P<margin>[ \t]*)(?:[*+-]|\d+\.)[ \t]+(?P<rest>\S.*)")
_LINK = re.compile(
    r"\[(?P<label>(?:[^\[\]\\]|\\.)*)\]\(<?(?P<page>[^)>]*?)>?(?:[ \t]+[\"'][^)]*)?\)"
)
_BY_NAME = re.compile(r"\[\[([^\[\]|\n]{1,300})(?:\|([^\[\]|\n]{1,300}))?\]\]")
_PART = re.compile(r"#{2,6}[ \t]+(?P<label>.+?)[ \t]*#*$")
_LABELS = (
    "label", "text", "group", "title", "name", "tab", "anchor", "dropdown", "version", "product",
    "caption", "part", "section",
)  # fmt: skip
_PAGES = ("link", "href", "slug", "id", "page", "root", "path", "url", "to", "file")
_BELOW = (
    "items", "pages", "children", "groups", "tabs", "anchors", "dropdowns", "versions", "languages",
    "products", "sidebar", "navigation", "nav", "sub", "topics", "arrange", "global", "parts",
    "chapters", "sections", "entries", "subtrees", "contents",
)  # fmt: skip
_NUMBER = re.compile(r"^\d+\s*[-_.]+\s*(?=\S)")
_ID = re.compile(r"---\s*\n(?:(?!---).*\n)*?id:[ \t]*(\S.*)")
_HEAD = 2_048  # bytes
_DEEPEST = 30
_OF_RETYPE = frozenset({"index.yml", "folder.yml"})
_NAMING = frozenset({*_OF_RETYPE, "meta.json", "_meta.json", ".pages", ".navigation.yml"})
"""Menus that give their folder's title, too."""
_UNNUMBERED = 10**9


_MOST_OF = 0.75  # of what a menu names of a folder, that is below the folder's label


def read_menus(content: Path, listing: Listing, dialect: Dialect) -> dict[str, TopicFile]:
    """What menus say of the topics, by id: those of the generator's configuration, then those in
    the folders themselves, which count more.
    """
    pages = _Pages(source.id for source in listing.articles)
    if dialect.name == "docusaurus" and dialect.menu:
        for source in listing.articles:
            pages.name(source.id, _own_id(content, source.path))
    order: dict[str, int] = {}
    titles: dict[str, list[_Label]] = {}
    for path in () if dialect.groups.topics else dialect.menu:
        folder = path.parent if path.parent.is_relative_to(content) else content
        if dialect.start and not path.is_relative_to(dialect.start):
            folder = dialect.start
        base = folder.relative_to(content).as_posix().removeprefix(".")
        for entry in read_menu(path, dialect):
            _walk(entry, base, pages, order, titles)
    files = {topic: TopicFile(title) for topic, title in _best(titles, order).items()}
    files |= group_files((source.id for source in listing.articles), dialect)
    for source in listing.menus:
        if content / source.path not in dialect.menu and _counts(source.path, dialect):
            _read_own(content, source.path, source.id, pages, order, files)
    _take_numbers(pages, order, files, dialect)
    for topic, members in _members(order).items():
        files[topic] = files.get(topic, TopicFile())._replace(members=members)
    return files


def read_menu(path: Path, dialect: Dialect) -> tuple[Entry, ...]:
    """The entries of a menu of a whole site, in the language of its file."""
    if path.suffix.lower() == ".md":
        return read_list(read_text_within(path, dialect.root) or "")
    said = read_configuration(path, dialect.root)
    if not isinstance(said, dict):
        return entries_of(said)
    if dialect.name == "docusaurus":
        return tuple(entry for sidebar in said.values() for entry in _entries(sidebar, 0))
    return read_menu_of(said)


def read_menu_of(said: Plain) -> tuple[Entry, ...]:
    """The entries of the menu that a configuration holds."""
    if not isinstance(said, dict):
        return ()
    in_project = table(said, "project").get("nav")  # of zensical.toml
    named = (said.get("nav"), said.get("navigation"), in_project)
    for found in (*named, *_sidebars(said), said.get("book")):
        if entries := _entries(found, 0):
            return entries
    return ()


def _sidebars(said: Mapping[str, Plain]) -> Iterator[Plain]:
    """The sidebars that a configuration of Starlight, VitePress, VuePress or Quarto holds."""
    theme = said.get("themeConfig") or said.get("theme")
    tables = [said, theme, said.get("website")]
    listed = said.get("integrations")
    tables += listed if isinstance(listed, list) else []
    for found in tables:
        called = found.get("()") if isinstance(found, dict) else None
        for each in (found, called):
            if isinstance(each, dict) and "sidebar" in each:
                yield each["sidebar"]


def read_list(text: str) -> tuple[Entry, ...]:
    """The entries of nested lists of links in Markdown: SUMMARY.md, docsify's _sidebar.md, and that
    of a wiki, whose links name their pages.
    """
    top: list[tuple[int, str, str]] = []
    for line in _BY_NAME.sub(_as_link, text).split("\n"):
        if part := _PART.match(line):
            top.append((-1, _plain_label(part["label"]), ""))
        elif item := _ITEM.match(line):
            link = _LINK.search(item["rest"])
            margin = len(item["margin"].expandtabs(4))
            label = link["label"] if link else item["rest"]
            top.append((margin, _plain_label(label), link["page"] if link else ""))
        elif (link := _LINK.match(line)) is not None:
            top.append((0, _plain_label(link["label"]), link["page"]))
    entries, _ = _nested(top, 0, -2, 0)
    return entries


def _as_link(found: re.Match[str]) -> str:
    """`[[Page]]` or `[[text|Page]]` of a wiki, whose files have hyphens for spaces."""
    label, page = found[1].strip(), (found[2] or found[1]).strip()
    return f"[{label}](<{re.sub(r'[ ]+', '-', page)}>)"


def unlisted(content: Path, paths: Sequence[str]) -> Mapping[str, str]:
    """Why articles are hidden that SUMMARY.md in the content folder does not name, by their paths:
    its generators publish no others. A list that names none says nothing.
    """
    text = read_text_within(content / "SUMMARY.md", content) or ""
    ids = {path: without_suffix(path) for path in paths}
    pages, named = _Pages(ids.values()), dict[str, int]()
    for entry in read_list(text):
        _walk(entry, "", pages, named, {})
    if not named:
        return {}
    return {p: "SUMMARY.md does not name it" for p, id_ in ids.items() if id_ not in named}


def _own_id(content: Path, path: str) -> str:
    """The `id` in the front matter of an article, by which sidebars of Docusaurus name it."""
    try:
        with open(open_within(content, path), "rb") as file:  # noqa: PTH123  (a handle)
            found = _ID.match(file.read(_HEAD).decode(errors="replace"))
    except (ContentError, OSError):
        return ""
    return found[1].strip().strip("\"'") if found else ""


def _nested(
    rows: list[tuple[int, str, str]], at: int, margin: int, depth: int
) -> tuple[tuple[Entry, ...], int]:
    """The entries from a row on that stand further in than `margin`, and the row after them."""
    found = []
    while at < len(rows) and rows[at][0] > margin:
        own, label, page = rows[at]
        below, at = _nested(rows, at + 1, own, depth + 1) if depth < _DEEPEST else ((), at + 1)
        found.append(Entry(label, page, below))
    return tuple(found), at


def _plain_label(text: str) -> str:
    bare = re.sub(r"<[^<>]*>|[*_`\\]+", "", _LINK.sub(r"\g<label>", text))
    return " ".join(html.unescape(bare).split())


def entries_of(value: Plain | None) -> tuple[Entry, ...]:
    """The entries that a list or table of a configuration holds, whichever generator's it is."""
    return _entries(value, 0)


def _entries(value: Plain | None, depth: int) -> tuple[Entry, ...]:
    if depth > _DEEPEST:
        return ()
    if isinstance(value, list):
        return tuple(entry for each in value for entry in _entries(each, depth + 1))
    if isinstance(value, str):
        return (Entry("", value),) if value and not value.startswith("...") else ()
    if not isinstance(value, dict):
        return ()
    label = next((text(value, key) for key in _LABELS if text(value, key)), "")
    page = next((text(value, key) for key in _PAGES if text(value, key)), "")
    link = value.get("link")
    if isinstance(link, dict):
        page = text(link, "id") or text(link, "slug")
    below = tuple(entry for key in _BELOW for entry in _entries(value.get(key), depth + 1))
    automatic = value.get("autogenerate")
    if isinstance(automatic, dict):
        page = page or text(automatic, "directory") + "/"
    if label or page or below:
        return (Entry(label, page, below),)
    return tuple(  # `Label: page`, `Label: [pages]`, `/folder/: [entries]`
        Entry(key, inner)
        if isinstance(inner, str)
        else Entry("" if key.startswith("/") else key, "", _entries(inner, depth + 1))
        for key, inner in value.items()
    )


class _Label(NamedTuple):
    """A label, and the articles below it."""

    text: str
    ids: frozenset[str]


def _best(titles: Mapping[str, list[_Label]], named: Iterable[str]) -> dict[str, str]:
    """The label of each folder: the one above all others of that folder. Of several beside each
    other none is, nor is one for a part of what is `named` of the folder; of those for the same
    articles the outermost, unless one is the folder's name.
    """
    best = {}
    held = Counter(above for id_ in named for above in _above(id_))
    for folder, labels in titles.items():
        own = title_from_name(folder.rpartition("/")[2]).casefold()
        widest = max(
            reversed(labels),
            key=lambda label: (len(label.ids), label.text.casefold() == own),
        )
        most = len(widest.ids) >= _MOST_OF * held[folder]
        if most and all(label.ids <= widest.ids for label in labels):
            best[folder] = widest.text
    return best


def _above(id_: str) -> Iterator[str]:
    """The folders above an article."""
    while id_ := id_.rpartition("/")[0]:
        yield id_


class _Pages:
    """Finds the article that a menu names."""

    def __init__(self, ids: Iterable[str]) -> None:
        self._ids: dict[str, str] = {}
        self.topics: set[str] = set()
        self.ids = tuple(ids)
        for id_ in self.ids:
            bare = "/".join(_NUMBER.sub("", part) for part in id_.split("/"))
            parent, _, name = id_.rpartition("/")
            self._ids[fold(id_)] = id_
            self._ids.setdefault(fold(bare), id_)
            if name.casefold() in INDEXES:
                self._ids.setdefault(fold(parent), id_)
            while parent and parent not in self.topics:
                self.topics.add(parent)
                parent = parent.rpartition("/")[0]

    def name(self, id_: str, last: str) -> None:
        """Take another last part for the id of an article, if it gives one."""
        if last:
            folder = "/".join(_NUMBER.sub("", part) for part in id_.split("/")[:-1])
            self._ids.setdefault(fold(f"{folder}/{last}".lstrip("/")), id_)

    def find(self, written: str, base: str) -> str:
        """The id of the article or topic that is meant; empty where there is none."""
        path = unquote(written.partition("#")[0].partition("?")[0]).strip()
        if "://" in path or not path:
            return ""
        path = without_suffix(path.removesuffix(".html"))
        parts: list[str] = [] if path.startswith("/") else [p for p in base.split("/") if p]
        for part in path.split("/"):
            if part == "..":
                if parts:
                    parts.pop()
            elif part not in {"", "."}:
                parts.append(part)
        name = "/".join(parts)
        return self._ids.get(fold(name), name if name in self.topics else "")


def _walk(
    entry: Entry,
    base: str,
    pages: _Pages,
    order: dict[str, int],
    titles: dict[str, list[_Label]],
) -> list[str]:
    """Enter an entry and those below; the ids that they name."""
    own = pages.find(entry.page, base) if entry.page else ""
    found = [own] if own else []
    if own:
        order.setdefault(own, len(order))
    below: list[str] = []
    for each in entry.below:
        below += _walk(each, base, pages, order, titles)
    if entry.label and below:
        folder = _common([*found, *below], pages)
        if folder:
            titles.setdefault(folder, []).append(_Label(entry.label, frozenset(below)))
    return [*found, *below]


def _common(ids: list[str], pages: _Pages) -> str:
    """The folder that holds all of these; empty where they have none in common."""
    folders = [id_ if id_ in pages.topics else id_.rpartition("/")[0] for id_ in ids]
    first = folders[0]
    while first and not all(f == first or f.startswith(f"{first}/") for f in folders):
        first = first.rpartition("/")[0]
    return first


def _members(order: Mapping[str, int]) -> dict[str, tuple[str, ...]]:
    """For each topic the articles and topics in it that menus name, in their order."""
    found: dict[str, dict[str, None]] = {}
    for id_ in order:
        inner = id_
        while True:
            parent = inner.rpartition("/")[0]
            found.setdefault(parent, {}).setdefault(inner)
            if not parent:
                break
            inner = parent
    return {topic: tuple(members) for topic, members in found.items()}


def _counts(path: str, dialect: Dialect) -> bool:
    """Whether a file in a folder is a menu for this dialect: an `index.yml` may be anything."""
    return path.rpartition("/")[2] not in _OF_RETYPE or dialect.name == "retype"


def _take_numbers(
    pages: _Pages, order: dict[str, int], files: dict[str, TopicFile], dialect: Dialect
) -> None:
    """Take the order of articles and topics, and the titles of topics, from the numbers before
    their names, where the dialect has them; or their orders, of which it has the highest first.
    """
    if dialect.routes.descending:
        _turn_orders(pages, files)
    if not dialect.routes.ordered:
        return
    for id_ in sorted((*pages.ids, *pages.topics), key=_place):
        order.setdefault(id_, len(order))
    for topic in pages.topics:
        if not files.get(topic, TopicFile()).title:
            title = title_from_name(dialect.bare(topic).rpartition("/")[2])
            files[topic] = files.get(topic, TopicFile())._replace(title=title)


def _turn_orders(pages: _Pages, files: dict[str, TopicFile]) -> None:
    """Let topics with a higher order stand first; one without any has the order 0."""
    for topic in pages.topics:
        file = files.get(topic, TopicFile())
        files[topic] = file._replace(order=-(file.order or 0))


def _place(id_: str) -> list[tuple[int, str]]:
    """The numbers and names of the parts of an id; what has no number comes last."""
    found = (re.match(r"(\d{1,9})\.(.*)", part, re.DOTALL) for part in id_.split("/"))
    parts = zip(found, id_.split("/"), strict=True)
    return [(int(f[1]), f[2]) if f else (_UNNUMBERED, part) for f, part in parts]


def _read_own(  # noqa: PLR0917 as `_walk`
    content: Path,
    path: str,
    topic: str,
    pages: _Pages,
    order: dict[str, int],
    files: dict[str, TopicFile],
) -> None:
    """Take what a menu in a folder says of that folder."""
    name = path.rpartition("/")[2]
    said: Plain = {}
    if name.endswith(".md"):
        entries = read_list(read_text_within(content / path, content) or "")
    elif name == ".order":
        lines = (read_text_within(content / path, content) or "").split("\n")
        entries = tuple(Entry("", line.strip()) for line in lines if line.strip())
    else:
        said = _read_menu_file(content / path, content)
        entries = _own_entries(name, said)
    titles: dict[str, list[_Label]] = {}
    for entry in entries:
        _walk(entry, topic, pages, order, titles)
    if name.startswith("_category_") or name in _NAMING:
        title = text(said, "label") or text(said, "title")
        number = text(said, "position") or text(said, "order")
        place = int(float(number)) if re.fullmatch(r"-?\d{1,9}(?:\.\d+)?", number) else None
        summary = text(said, "link", "description") or text(said, "description")
        known = files.get(topic, TopicFile())
        files[topic] = known._replace(
            title=title or known.title,
            summary=summary or known.summary,
            order=known.order if place is None else place,
        )
    for folder, title in _best(titles, order).items():
        if not files.get(folder, TopicFile()).title:
            files[folder] = files.get(folder, TopicFile())._replace(title=title)


def _read_menu_file(path: Path, root: Path) -> Plain:
    if path.name != ".pages":
        return read_configuration(path, root)
    try:  # YAML without an ending that says so
        return as_plain(load_yaml(read_text_within(path, root) or ""))
    except (ValueError, RecursionError):
        return {}


def _own_entries(name: str, said: Plain) -> tuple[Entry, ...]:
    if name.startswith("_category_"):
        return ()
    if name == "_meta.json" and isinstance(said, dict):
        return tuple(Entry("", key) for key in said if key not in {"title", "*"})
    if isinstance(said, dict):
        return tuple(
            entry
            for key in ("nav", "arrange", "pages", "items")
            for entry in _entries(said.get(key), 0)
        )
    return _entries(said, 0)
