"""The browsing tree: folders of content/ that hold articles, and what `topic.yaml` says of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from urllib.parse import unquote

from kb.model import Topic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


class TopicFile(NamedTuple):
    """What a `topic.yaml`, or a menu of another tool, says. An empty title means: made from the
    folder's name. `members` are ids of articles and topics in it that come first, in this order.
    `icon` is the name of a drawing, `page` the id of the topic's own page where no name tells it.
    """

    title: str = ""
    summary: str = ""
    order: int | None = None
    members: tuple[str, ...] = ()
    icon: str = ""
    page: str = ""


def encode_topic_files(files: Mapping[str, TopicFile]) -> dict[str, list[Any]]:
    """What topic files say, by id of the topic, as JSON can hold it."""
    return {id_: list(files[id_]) for id_ in sorted(files)}


def decode_topic_files(rows: Mapping[str, list[Any]]) -> dict[str, TopicFile]:
    """The reverse. Raises TypeError and ValueError for what is none."""
    return {
        id_: TopicFile(title, summary, order, tuple(members), icon, page)
        for id_, (title, summary, order, members, icon, page) in rows.items()
    }


_UNDESCRIBED = TopicFile()
INDEXES = ("_index", "index", "readme")
"""Names of articles that are their folder's page, the first one before the others."""
_NOTION_ID = re.compile(r" [0-9a-f]{32}\Z")
_NUMBER = re.compile(r"[0-9]{1,12}")
_VERSION = re.compile(r"v\d")
UNTITLED = frozenset({*INDEXES, "home"})
"""Titles of such articles, in lower case, that say nothing."""


class Node(Protocol):
    """What stands in a topic, with what orders it there."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def title(self) -> str:
        """Its title."""

    @property
    def order(self) -> int | None:
        """Where its authors put it."""


class Leaf(Node, Protocol):
    """An article, or what an index keeps of one."""

    @property
    def topic(self) -> str:
        """The id of the folder that holds it."""

    @property
    def summary(self) -> str:
        """What it says in a sentence."""


def title_from_name(name: str) -> str:
    """A file's or folder's name as a title: `late-packages` is `Late packages`, `v3.5` itself. What
    Notion puts behind a name is not in it, and what Azure encodes is decoded.
    """
    name = _NOTION_ID.sub("", name)
    name = decoded if (decoded := unquote(name)).isprintable() else name
    words = " ".join(name.replace("-", " ").replace("_", " ").split()) or name
    return words if _VERSION.match(words) else words[:1].upper() + words[1:]


def title_from_path(id_: str) -> str:
    """The title of an article that gives none: of its name, or where that is only the page of its
    folder, of the folder's.
    """
    folder, _, name = id_.rpartition("/")
    if name.casefold() not in INDEXES:
        return title_from_name(name)
    return title_from_name(folder.rpartition("/")[2]) if folder else "Home"


def build_topics(
    articles: Iterable[Leaf],
    files: Mapping[str, TopicFile],
    bare_name: Callable[[str], str] = str,
) -> tuple[Topic, ...]:
    """The topics that hold these articles, themselves or in a topic below, in order of id.

    Within a topic, articles and topics stand as a menu has them, then by order (those without one
    last), then title, then id. The root has the empty id, is always there, and has no title of its
    own unless `topic.yaml` gives one: its page is the site's.
    """
    held: dict[str, list[Leaf]] = {"": []}
    for article in articles:
        held.setdefault(article.topic, []).append(article)
    below: dict[str, set[str]] = {}
    for topic in list(held):
        _hang(topic, below)
    ids = sorted({*held, *below})
    pages = {
        name: page
        for name in ids
        if (page := _page_of(name, held.get(name, ()), bare_name, files.get(name, _UNDESCRIBED)))
    }
    bare = {name: _describe(name, files.get(name, _UNDESCRIBED), pages.get(name)) for name in ids}
    return tuple(
        Topic(
            id=topic.id,
            title=topic.title,
            summary=topic.summary,
            order=topic.order,
            parent=topic.parent,
            topics=_in_order(
                (bare[name] for name in below.get(topic.id, ())), files.get(topic.id, _UNDESCRIBED)
            ),
            articles=_page_first(
                topic.page, _in_order(held.get(topic.id, ()), files.get(topic.id, _UNDESCRIBED))
            ),
            page=topic.page,
            icon=topic.icon,
        )
        for topic in bare.values()
    )


def _hang(topic: str, below: dict[str, set[str]]) -> None:
    """Enter a topic with its parent, and that one with its own, up to the root."""
    while topic:
        parent = topic.rpartition("/")[0]
        children = below.setdefault(parent, set())
        if topic in children:
            return
        children.add(topic)
        topic = parent


def _page_of(
    topic: str, articles: Iterable[Leaf], bare_name: Callable[[str], str], file: TopicFile
) -> Leaf | None:
    """The article that is its folder's page."""
    if file.page:
        return next((article for article in articles if article.id == file.page), None)
    inside = ((bare_name(article.id).rpartition("/"), article) for article in articles)
    found = {name.casefold(): article for (folder, _, name), article in inside if folder == topic}
    return next((found[name] for name in INDEXES if name in found), None)


def _page_first(page: str, articles: tuple[str, ...]) -> tuple[str, ...]:
    return (page, *(id_ for id_ in articles if id_ != page)) if page else articles


def _describe(name: str, file: TopicFile, page: Leaf | None) -> Topic:
    parent, _, folder = name.rpartition("/")
    title = title_from_name(folder) if name else ""
    if name and page is not None and page.title.casefold() not in UNTITLED:
        title = page.title
    return Topic(
        id=name,
        title=file.title or title,
        summary=file.summary or (page.summary if page else ""),
        order=page.order if page is not None and file.order is None else file.order,
        parent=parent if name else None,
        page=page.id if page else "",
        icon=file.icon,
    )


def _as_read(title: str) -> str:
    """A title to sort by: numbers in it count as such, so that `Step 10` comes after `Step 2`."""
    return _NUMBER.sub(lambda number: number[0].zfill(12), title.casefold())


def _in_order(nodes: Iterable[Node], file: TopicFile) -> tuple[str, ...]:
    places = {id_: place for place, id_ in enumerate(file.members)}

    def rank(node: Node) -> tuple[int, bool, int, str, str]:
        place = places.get(node.id, len(places))
        return place, node.order is None, node.order or 0, _as_read(node.title), node.id

    return tuple(node.id for node in sorted(nodes, key=rank))
