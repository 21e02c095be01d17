"""The browsing tree: folders of content/ that hold articles, and what `topic.yaml` says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from kb.model import Topic

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class TopicFile(NamedTuple):
    """What a `topic.yaml` says. An empty title means: made from the folder's name."""

    title: str = ""
    summary: str = ""
    order: int | None = None


_UNDESCRIBED = TopicFile()


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


def title_from_name(name: str) -> str:
    """A file's or folder's name as a title: `late-packages` is `Late packages`."""
    words = " ".join(name.replace("-", " ").replace("_", " ").split()) or name
    return words[:1].upper() + words[1:]


def build_topics(articles: Iterable[Leaf], files: Mapping[str, TopicFile]) -> tuple[Topic, ...]:
    """The topics that hold these articles, themselves or in a topic below, in order of id.

    Within a topic, articles and topics stand by order (those without one last), then
    title, then id. The root has the empty id, is always there, and has no title of its
    own unless `topic.yaml` gives one.
    """
    held: dict[str, list[Leaf]] = {"": []}
    for article in articles:
        held.setdefault(article.topic, []).append(article)
    below: dict[str, set[str]] = {}
    for topic in list(held):
        _hang(topic, below)
    ids = sorted({*held, *below})
    bare = {name: _describe(name, files.get(name, _UNDESCRIBED)) for name in ids}
    return tuple(
        Topic(
            id=topic.id,
            title=topic.title,
            summary=topic.summary,
            order=topic.order,
            parent=topic.parent,
            topics=_in_order(bare[name] for name in below.get(topic.id, ())),
            articles=_in_order(held.get(topic.id, ())),
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


def _describe(name: str, file: TopicFile) -> Topic:
    parent, _, folder = name.rpartition("/")
    return Topic(
        id=name,
        title=file.title or (title_from_name(folder) if name else ""),
        summary=file.summary,
        order=file.order,
        parent=parent if name else None,
    )


def _in_order(nodes: Iterable[Node]) -> tuple[str, ...]:
    def rank(node: Node) -> tuple[bool, int, str, str]:
        return node.order is None, node.order or 0, node.title.casefold(), node.id

    return tuple(node.id for node in sorted(nodes, key=rank))
