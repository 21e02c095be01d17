"""Groups of a menu as topics: for generators whose readers browse by the menu, not by folders."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kb.content.anchors import github_anchor
from kb.content.dialects.dialect import NO_GROUPS, Groups
from kb.content.files import fold, without_suffix
from kb.content.topics import TopicFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kb.content.dialects.dialect import Dialect

_LONGEST = 60  # characters of a topic's name in an address


class Entry(NamedTuple):
    """An entry of a menu: its label, the page as it is written, and those below."""

    label: str
    page: str = ""
    below: tuple[Entry, ...] = ()


class _Level(NamedTuple):
    """Where entries stand: the topic, and the path below which their pages are looked for."""

    topic: str
    base: str


def group_pages(entries: Sequence[Entry], *, base: str = "", front: str = "") -> Groups:
    """The topics that the entries of a menu make: each that has others below is one.

    `base` is the path of the content folder below that of the menu. `front` is the page that
    stands above all topics. A menu without any entry below another makes none.
    """
    groups = Groups({}, {}, {}, {})
    top = _outermost(entries)
    if any(entry.below for entry in top):
        _walk(top, _Level("", base), groups)
    if front and groups.topics:
        key = page_key(front, base)
        groups.topics[key] = ""
        groups.pages[""] = key
    return groups


def group_flat_pages(entries: Sequence[Entry], *, base: str = "") -> Groups:
    """As `group_pages`, where the folders divide nothing: most pages of the menu stand in none."""
    groups = group_pages(entries, base=base)
    flat = sum("/" not in key for key in groups.topics)
    tops = {topic.partition("/")[0] for topic in groups.topics.values()}
    return groups if 2 * flat > len(groups.topics) and len(tops) > 1 else NO_GROUPS


def _outermost(entries: Sequence[Entry]) -> Sequence[Entry]:
    """The entries below those that are alone, which divide nothing."""
    held = [entry for entry in entries if _names_a_page(entry)]
    if len(held) == 1 and held[0].below:
        own = (Entry("", held[0].page),) if held[0].page else ()
        return _outermost((*own, *held[0].below))
    return held


def _names_a_page(entry: Entry) -> bool:
    own = bool(entry.page) and "://" not in entry.page
    return any(map(_names_a_page, entry.below)) if entry.below else own


def _walk(entries: Sequence[Entry], level: _Level, groups: Groups) -> None:
    for entry in entries:
        key = page_key(entry.page, level.base) if entry.page else ""
        topic = level.topic
        if entry.below:
            name = _name_of(entry.label) or _name_of(key.rpartition("/")[2])
            if len(entries) > 1 or name != topic.rpartition("/")[2]:  # else it says it again
                topic = f"{topic}/{name}".strip("/")
            if name:
                groups.titles.setdefault(topic, entry.label)
                groups.order.setdefault(topic, len(groups.order))
        if key:
            groups.topics.setdefault(key, topic)
            groups.order.setdefault(f"/{key}", len(groups.order))
            if entry.below and groups.topics[key] == topic:
                groups.pages.setdefault(topic, key)
        below = entry.below if topic else _outermost(entry.below)  # those of one language
        _walk(below, _Level(topic, level.base), groups)


def _name_of(label: str) -> str:
    return github_anchor(label.strip())[:_LONGEST].strip("-")


def page_key(page: str, base: str = "") -> str:
    """A page as a menu names it, or the id of an article, below the path `base`: folded, without
    slashes around it, ending and fragment.
    """
    path = page.partition("#")[0].partition("?")[0].strip().strip("/").removeprefix("./")
    key = fold(without_suffix(path.removesuffix(".html")))
    return key.removeprefix(fold(f"{base}/")) if base else key


def topic_of(id_: str, dialect: Dialect) -> str:
    """The topic that holds an article: its group in the menu, else its folder; of a bundle the
    folder that holds the bundle. The front page of all, or of a language, stays what it is.
    """
    folder, _, name = id_.rpartition("/")
    if dialect.groups.topics:
        prefix, key = _place_of(id_, dialect)
        is_front = folder == prefix.rstrip("/") and name.casefold() in dialect.routes.indexes
        if key in dialect.groups.topics and not is_front:
            return f"{prefix}{dialect.groups.topics[key]}".rstrip("/")
    is_bundle = name.casefold() in dialect.routes.bundles
    return folder.rpartition("/")[0] if is_bundle else folder


def _place_of(id_: str, dialect: Dialect) -> tuple[str, str]:
    """The folder of an article's language, with a slash, and its key in the groups."""
    key = page_key(id_)
    folder, _, name = key.rpartition("/")
    if key not in dialect.groups.topics and name in dialect.routes.indexes:
        key = folder
    return _prefix_of(id_, dialect), key


def _prefix_of(id_: str, dialect: Dialect) -> str:
    folders = (folder for _, folder in dialect.languages.folders if folder)
    return next((f"{folder}/" for folder in folders if id_.startswith(f"{folder}/")), "")


def group_files(ids: Iterable[str], dialect: Dialect) -> dict[str, TopicFile]:
    """What the menu says of the topics that it makes of articles, by id."""
    groups, members = dialect.groups, dict[str, dict[str, int]]()
    if not groups.topics:
        return {}
    pages: dict[str, str] = {}
    for id_ in ids:
        prefix, key = _place_of(id_, dialect)
        if key not in groups.topics:
            continue
        topic = topic_of(id_, dialect)
        members.setdefault(topic, {})[id_] = groups.order.get(f"/{key}", -1)
        if groups.pages.get(topic.removeprefix(prefix)) == key:
            pages[topic] = id_
        while topic not in {"", prefix.rstrip("/")}:
            parent = topic.rpartition("/")[0]
            number = groups.order.get(topic.removeprefix(prefix), -1)
            members.setdefault(parent, {})[topic] = number
            topic = parent
    return {
        topic: TopicFile(
            title=groups.titles.get(topic.removeprefix(_prefix_of(f"{topic}/", dialect)), ""),
            members=tuple(sorted(found, key=lambda one: found[one])),
            page=pages.get(topic, ""),
        )
        for topic, found in members.items()
    }
