"""The site as a whole, before any page is written: what is shown, where, and beside what.

Related articles are those that an author names, then those that share the rarest words. The words
of title, tags, phrases and headings stand for an article. What a shared word counts depends on
how many articles have it and on nothing else, so a new article moves only those that share a word
with it.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import chain
from math import fsum, sqrt
from typing import TYPE_CHECKING

from kb.content import build_topics
from kb.content.files import fold
from kb.site.addresses import (
    CONTACT,
    HOME,
    NOT_FOUND,
    SEARCH,
    TOPICS,
    Addresses,
    markdown_of,
    preferred_article_path,
    preferred_topic_path,
)
from kb.site.links import Place, sort_link, want
from kb.site.publication import NEVER_PUBLISHED
from kb.site.resolver import Destination, Targets, find_routes, routes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from kb.config import ContactConfig
    from kb.content import TopicFile
    from kb.files import State
    from kb.model import Action, Article, ArticleMeta, Topic
    from kb.site.article_records import PageMeta
    from kb.site.links import LinkReference
    from kb.site.publication import Publication
    from kb.site.resolver import Complaint, Resolved
    from kb.text.analysis import Analyzer

    Relate = Callable[[Sequence[PageMeta]], Mapping[str, tuple[str, ...]]]

SHOWN = 4
"""Related articles on a page."""

_TITLE, _TAGS, _ISSUES, _HEADINGS = 4, 3, 2, 1
_KEPT = 16  # words of one article; more say less and cost more
_COMMON = 200  # a word in more articles than this relates none of them
_LEAST_SHARED = 2  # words: one alone is chance


_encode = json.JSONEncoder(separators=(",", ":")).encode


def weigh_terms(article: Article, analyzer: Analyzer) -> str:
    """The words that stand for an article, each with its weight, heaviest first: as JSON."""
    weights: dict[str, int] = {}
    parts = (
        (_TITLE, (article.title,)),
        (_TAGS, article.tags),
        (_ISSUES, article.issues),
        (_HEADINGS, tuple(section.heading for section in article.sections[:_KEPT])),
    )
    for weight, texts in parts:
        terms, _ = analyzer.terms("\n".join(texts))
        for term in terms:
            weights.setdefault(term, weight)
    kept = sorted(weights.items(), key=lambda item: -item[1])[:_KEPT]
    return _encode(kept)


class Relation:
    """Finds related articles, unless the last build found them by the very same words."""

    def __init__(self, known: Mapping[str, list[list[int]]]) -> None:
        """`known` holds, under a hash of the words, which articles relate to each: by number."""
        self.known = known

    def find(self, records: Sequence[PageMeta]) -> Mapping[str, tuple[str, ...]]:
        """As `find_related`."""
        ids = [record.id for record in records]
        words = [f"{r.id}\0{r.related}\0{r.terms}" for r in records]
        key = hashlib.sha256("\0".join(words).encode(errors="surrogatepass")).hexdigest()[:32]
        if key not in self.known:
            number = {name: at for at, name in enumerate(ids)}
            found = find_related(records)
            self.known = {key: [[number[other] for other in found[name]] for name in ids]}
        rows = zip(ids, self.known[key], strict=True)
        return {name: tuple([ids[other] for other in others]) for name, others in rows}


def find_related(records: Sequence[PageMeta]) -> dict[str, tuple[str, ...]]:
    """For each article the ids of its related ones, at most `SHOWN`, in order."""
    holders: dict[str, dict[int, int]] = defaultdict(dict)
    terms: list[list[tuple[str, int]]] = [json.loads(record.terms) for record in records]
    for number, own_terms in enumerate(terms):
        for term, weight in own_terms:
            holders[term][number] = weight
    shared = {term: found for term, found in holders.items() if 1 < len(found) <= _COMMON}
    ids = [record.id for record in records]
    known = frozenset(ids)
    related = {}
    for number, record in enumerate(records):
        own = [name for name in record.related if name in known]
        chosen = dict.fromkeys(name for name in own if name != ids[number])
        if len(chosen) < SHOWN:
            chosen.update(dict.fromkeys(ids[n] for n in _nearest(number, terms[number], shared)))
        related[ids[number]] = tuple(chosen)[: max(SHOWN, len(own))]
    return related


def _nearest(
    number: int,
    terms: Iterable[tuple[str, int]],
    shared: Mapping[str, Mapping[int, int]],
) -> list[int]:
    """The articles with the most in common, best first; ties in order of id."""
    held = [(weight, found) for term, weight in terms if (found := shared.get(term))]
    counts = Counter(chain.from_iterable(found for _, found in held))
    likely = [o for o, count in counts.items() if count >= _LEAST_SHARED and o != number]
    values = [(weight / sqrt(len(found)), found) for weight, found in held]
    scores = {
        other: fsum([value * found[other] for value, found in values if other in found])
        for other in likely
    }
    return sorted(likely, key=lambda other: (-scores[other], other))[: SHOWN + 1]


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

    records: Mapping[str, PageMeta]
    topics: Mapping[str, Topic]
    address: Mapping[str, str]
    topic_address: Mapping[str, str]
    redirects: tuple[tuple[str, str], ...]
    targets: Targets
    related: Mapping[str, tuple[str, ...]]
    neighbours: Mapping[str, tuple[str, str]]
    contacts: tuple[ArticleMeta, ...]
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

    def resolve(self, wants: Iterable[LinkReference], page: str) -> list[Resolved]:
        """What each of the links and images of the article at a path leads to."""
        return [self.targets.resolve(wanted, page) for wanted in wants]

    def topic_of_page(self, article_id: str) -> Topic | None:
        """The topic whose own page an article is."""
        topic = self.topics[self.records[article_id].topic]
        return topic if topic.page == article_id else None

    @property
    def home(self) -> str:
        """The id of the article that stands on the front page; empty where there is none."""
        return self.topics[""].page

    def count(self, topic_id: str) -> int:
        """How many articles a topic and those below it hold."""
        topic = self.topics[topic_id]
        return len(topic.articles) + sum(self.count(child) for child in topic.topics)


def make_plan(
    records: Sequence[PageMeta],
    topic_files: Mapping[str, TopicFile],
    files: Mapping[str, State],
    *,
    drafts: bool,
    complaint: Complaint,
    relate: Relate = find_related,
    asset_folders: tuple[str, ...] = (),
    publication: Publication = NEVER_PUBLISHED,
) -> Plan:
    """Plan a site of the published articles, and of the drafts if they are asked for.

    `complaint` says which of the `files` can't be on it. `asset_folders` and `publication` say
    where addresses in articles begin (`kb.site.resolver`).
    """
    shown = [r for r in records if r.is_published or (drafts and r.is_draft)]
    by_id = {record.id: record for record in shown}
    hidden = [r for r in records if r.id not in by_id]
    topics = {t.id: t for t in build_topics(shown, topic_files)}
    addresses, address, topic_address = _claim(by_id, topics)
    articles = {
        fold(name): Destination(address[name], frozenset((*record.anchors, record.top)))
        for name, record in by_id.items()
    }
    redirects = _claim_aliases(shown, addresses, address)
    for record in shown:
        for alias in record.aliases:
            articles.setdefault(fold(alias), articles[fold(record.id)])
    order = tuple(_reading_order("", topics))
    targets = Targets(
        articles=articles,
        topics={
            **{fold(name): Destination(place) for name, place in topic_address.items()},
            "": Destination(HOME),
        },
        files=files,
        hidden=frozenset(
            fold(n) for r in hidden for n in (r.id, *r.aliases, *routes_of(r.path, r.aliases))
        ),
        complaint=complaint,
        asset_folders=asset_folders,
        publication=publication,
        routes=find_routes((r.path, r.aliases, articles[fold(r.id)]) for r in shown),
    )
    targets.find_prefix(path for record in shown for path in record.rooted)
    return Plan(
        records=by_id,
        topics=topics,
        address=address,
        topic_address=topic_address,
        redirects=redirects,
        targets=targets,
        related=relate(shown),
        neighbours=_neighbours(topics.values()),
        contacts=tuple(r for r in shown if r.channel is not None),
        order=order,
    )


def _claim(
    records: Mapping[str, PageMeta], topics: Mapping[str, Topic]
) -> tuple[Addresses, dict[str, str], dict[str, str]]:
    """An address for every topic and article, the site's own pages first."""
    addresses = Addresses()
    for reserved in (*_RESERVED, *_FOLDERS):
        addresses.claim(reserved)
    of_topic = {name: addresses.claim(preferred_topic_path(name)) for name in topics if name}
    of_topic[""] = TOPICS
    of_article = {}
    own = {t.page: of_topic[t.id] if t.id else HOME for t in topics.values() if t.page}
    for name in records:
        of_article[name] = own.get(name) or addresses.claim(preferred_article_path(name))
        addresses.claim(markdown_of(of_article[name]))
    return addresses, of_article, of_topic


def _claim_aliases(
    records: Iterable[PageMeta], addresses: Addresses, address: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """A page for each former id whose address is free."""
    redirects = []
    for record in records:
        for alias in record.aliases:
            wish = preferred_article_path(alias)
            if addresses.is_free(wish):
                redirects.append((addresses.claim(wish), address[record.id]))
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


def action_target(action: Action, article: ArticleMeta, plan: Plan) -> tuple[str, str]:
    """Where an action's url leads, as a resolved address, and what is wrong with it."""
    if not action.url:
        return "", ""
    place, href = sort_link(action.url)
    if place is Place.INSIDE:
        found = plan.targets.resolve(want(href, article.path, 1), article.path)
        return found.href, found.warning
    return ("", href) if place is Place.REFUSED else (href, "")
