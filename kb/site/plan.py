"""The site as a whole, before any page is written: what is shown, where, and beside what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.articles import build_topics
from kb.articles.names import fold
from kb.site.addresses import (
    CONTACT,
    HOME,
    NOT_FOUND,
    SEARCH,
    TOPICS,
    Addresses,
    article_wish,
    markdown_of,
    topic_wish,
)
from kb.site.links import Destination, Targets
from kb.site.related import find_related

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from kb.articles import TopicFile
    from kb.config import ContactConfig
    from kb.model import Article, Topic
    from kb.site.links import Complaint, Resolved, Want
    from kb.site.records import Record
    from kb.site.staging import State

    Relate = Callable[[Sequence[Record]], Mapping[str, tuple[str, ...]]]

_RESERVED = (
    HOME, NOT_FOUND, SEARCH, TOPICS, CONTACT, "llms.txt", "robots.txt", "sitemap.xml",
    "opensearch.xml", "feed.xml", "_redirects", "_headers",
)  # fmt: skip
_FOLDERS = ("assets/-", "files/-", "search/data/-")


@dataclass(frozen=True, slots=True)
class Plan:
    """What the site shows. `articles` and `topics` are in order of id; `redirects` are pairs
    of the address of a former id and the article's; `order` is the reading order.
    """

    records: Mapping[str, Record]
    topics: Mapping[str, Topic]
    address: Mapping[str, str]
    topic_address: Mapping[str, str]
    redirects: tuple[tuple[str, str], ...]
    targets: Targets
    related: Mapping[str, tuple[str, ...]]
    neighbours: Mapping[str, tuple[str, str]]
    contacts: tuple[Article, ...]
    order: tuple[str, ...]

    def trail(self, topic_id: str) -> list[Topic]:
        """The topics from the top down to this one, without the root."""
        trail = []
        current: str | None = topic_id
        while current:
            topic = self.topics[current]
            trail.append(topic)
            current = topic.parent
        return trail[::-1]

    def is_reachable(self, contact: ContactConfig) -> bool:
        """Whether there is a way to reach a person: a channel, or the settings' word for none."""
        return bool(self.contacts) or bool(contact.fallback)

    def resolve(self, wants: Iterable[Want]) -> list[Resolved]:
        """What each of the links and images of an article leads to."""
        return [self.targets.resolve(wanted) for wanted in wants]

    def count(self, topic_id: str) -> int:
        """How many articles a topic and those below it hold."""
        topic = self.topics[topic_id]
        return len(topic.articles) + sum(self.count(child) for child in topic.topics)


def make_plan(
    records: Sequence[Record],
    topic_files: Mapping[str, TopicFile],
    files: Mapping[str, State],
    *,
    drafts: bool,
    complaint: Complaint,
    relate: Relate = find_related,
) -> Plan:
    """Plan a site of the published articles, and of the drafts if they are asked for.

    `complaint` says which of the `files` can't be on it.
    """
    shown = [r for r in records if r.is_published or (drafts and r.is_draft)]
    by_id = {record.article.id: record for record in shown}
    hidden = [r for r in records if r.article.id not in by_id]
    topics = {t.id: t for t in build_topics([r.article for r in shown], topic_files)}
    addresses, address, topic_address = _claim(by_id, topics)
    articles = {
        fold(name): Destination(address[name], frozenset((*record.anchors, record.top)))
        for name, record in by_id.items()
    }
    redirects = _claim_aliases(shown, addresses, address)
    for record in shown:
        for alias in record.article.aliases:
            articles.setdefault(fold(alias), articles[fold(record.article.id)])
    order = tuple(_reading_order("", topics))
    return Plan(
        records=by_id,
        topics=topics,
        address=address,
        topic_address=topic_address,
        redirects=redirects,
        targets=Targets(
            articles=articles,
            topics={fold(name): Destination(place) for name, place in topic_address.items()},
            files=files,
            hidden=frozenset(fold(n) for r in hidden for n in (r.article.id, *r.article.aliases)),
            complaint=complaint,
        ),
        related=relate(shown),
        neighbours=_neighbours(topics.values()),
        contacts=tuple(r.article for r in shown if r.article.channel is not None),
        order=order,
    )


def _claim(
    records: Mapping[str, Record], topics: Mapping[str, Topic]
) -> tuple[Addresses, dict[str, str], dict[str, str]]:
    """An address for every topic and article, the site's own pages first."""
    addresses = Addresses()
    for reserved in (*_RESERVED, *_FOLDERS):
        addresses.claim(reserved)
    of_topic = {name: addresses.claim(topic_wish(name)) for name in topics if name}
    of_topic[""] = TOPICS
    of_article = {}
    for name in records:
        of_article[name] = addresses.claim(article_wish(name))
        addresses.claim(markdown_of(of_article[name]))
    return addresses, of_article, of_topic


def _claim_aliases(
    records: Iterable[Record], addresses: Addresses, address: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """A page for each former id whose address is free."""
    redirects = []
    for record in records:
        for alias in record.article.aliases:
            wish = article_wish(alias)
            if addresses.is_free(wish):
                redirects.append((addresses.claim(wish), address[record.article.id]))
    return tuple(sorted(redirects))


def _reading_order(topic_id: str, topics: Mapping[str, Topic]) -> Iterable[str]:
    topic = topics[topic_id]
    for child in topic.topics:
        yield from _reading_order(child, topics)
    yield from topic.articles


def _neighbours(topics: Iterable[Topic]) -> dict[str, tuple[str, str]]:
    """For each article the one before and the one after it in its topic, empty at the ends."""
    found = {}
    for topic in topics:
        row = ("", *topic.articles, "")
        for at, article in enumerate(topic.articles, 1):
            found[article] = (row[at - 1], row[at + 1])
    return found
