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
from dataclasses import dataclass, field, replace
from itertools import chain
from math import fsum, sqrt
from typing import TYPE_CHECKING, NamedTuple

from kb.content.anchors import github_anchor
from kb.content.files import fold
from kb.content.languages import ONE_LANGUAGE, find_translations
from kb.content.markdown.directives import label_id
from kb.content.topics import build_topics
from kb.model import FRONT
from kb.site.addresses import (
    CONTACT,
    HOME,
    NOT_FOUND,
    SEARCH,
    SEARCH_DATA,
    TOPICS,
    Addresses,
    markdown_of,
    preferred_article_path,
    preferred_topic_path,
)
from kb.site.links import Place, sort_link, want
from kb.site.publication import NEVER_PUBLISHED
from kb.site.resolver import (
    NO_TRANSLATION,
    Destination,
    Label,
    Targets,
    Translation,
    find_routes,
    routes_of,
)
from kb.text.languages import name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from kb.config import ContactConfig
    from kb.content.languages import Languages
    from kb.content.topics import TopicFile
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

PHRASES = 3
"""Issue phrases of an article among which a problem is chosen on the contact page."""

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
        """`known` holds, under a hash of the words, which articles relate to each: by number. After
        `find` it holds what that asked for.
        """
        self._before = known
        self.known: dict[str, list[list[int]]] = {}

    def find(self, records: Sequence[PageMeta]) -> Mapping[str, tuple[str, ...]]:
        """As `find_related`."""
        ids = [record.id for record in records]
        words = [f"{r.id}\0{r.related}\0{r.terms}" for r in records]
        key = hashlib.sha256("\0".join(words).encode(errors="surrogatepass")).hexdigest()[:32]
        if key in self._before:
            self.known[key] = self._before[key]
        else:
            number = {name: at for at, name in enumerate(ids)}
            found = find_related(records)
            self.known[key] = [[number[other] for other in found[name]] for name in ids]
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
    known = known_names(ids)
    related = {}
    for number, record in enumerate(records):
        own = [known[name] for name in record.related if name in known]
        chosen = dict.fromkeys(name for name in own if name != ids[number])
        if len(chosen) < SHOWN:
            chosen.update(dict.fromkeys(ids[n] for n in _nearest(number, terms[number], shared)))
        related[ids[number]] = tuple(chosen)[: max(SHOWN, len(own))]
    return related


def known_names(ids: Iterable[str]) -> dict[str, str]:
    """The ids by what related articles are called by: themselves, and the last part of one where
    no other ends in it.
    """
    ids = tuple(ids)
    last = Counter(name.rpartition("/")[2] for name in ids)
    short = {name.rpartition("/")[2]: name for name in ids}
    return {name: id_ for name, id_ in short.items() if last[name] == 1} | {n: n for n in ids}


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
    HOME, NOT_FOUND, SEARCH, TOPICS, CONTACT, "llms.txt", "llms-full.txt", "robots.txt",
    "sitemap.xml", "opensearch.xml", "feed.xml", "_redirects", "_headers",
)  # fmt: skip
_FOLDERS = ("assets/-", "files/-", "search/data/-")


@dataclass(frozen=True, slots=True)
class Plan:
    """What the site shows in one language. `articles` and `topics` are in order of id; `redirects`
    are pairs of the address of a former id and the article's; `order` is the reading order.

    `language` is as in `ArticleMeta`, `root` the id of the topic that holds all others, `prefix`
    what the addresses of the language's own pages begin with: empty for the first one. Where there
    are several languages, `homes` are pairs of each and the address of its front page, and
    `translations` the ids of the same article by language, its own, too; `address` is of all.
    `topic_alternates` are for each topic, by id, pairs of a language and its address there.
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
    language: str = ""
    root: str = ""
    prefix: str = ""
    homes: tuple[tuple[str, str], ...] = ()
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    topic_alternates: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    def alternates(self, article_id: str) -> tuple[tuple[str, str], ...]:
        """Pairs of a language and the address of an article in it, its own first, too."""
        found = self.translations.get(article_id, {})
        return tuple((tag, self.address[found[tag]]) for tag, _ in self.homes if tag in found)

    def everywhere(self, address: str) -> tuple[tuple[str, str], ...]:
        """Pairs of a language and the address of a page that each of them has, like `SEARCH`."""
        return tuple((tag, home.removesuffix(HOME) + address) for tag, home in self.homes)

    def trail(self, topic_id: str) -> list[Topic]:
        """The topics from the top down to this one, without the root."""
        trail = []
        current: str | None = topic_id
        while current and current != self.root:
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
        return self.topics[self.root].page

    def count(self, topic_id: str) -> int:
        """How many articles a topic and those below it hold."""
        topic = self.topics[topic_id]
        return len(topic.articles) + sum(self.count(child) for child in topic.topics)


def make_plans(
    records: Sequence[PageMeta],
    topic_files: Mapping[str, TopicFile],
    files: Mapping[str, State],
    *,
    drafts: bool,
    complaint: Complaint,
    relate: Relate = find_related,
    asset_folders: tuple[str, ...] = (),
    publication: Publication = NEVER_PUBLISHED,
    languages: Languages = ONE_LANGUAGE,
) -> tuple[Plan, ...]:
    """Plan a site of the published articles, and of the drafts if they are asked for: one plan for
    each language, the first one first.

    `complaint` says which of the `files` can't be on it. `asset_folders` and `publication` say
    where addresses in articles begin (`kb.site.resolver`).
    """
    shown = [r for r in records if r.is_published or (drafts and r.is_draft)]
    by_id = {record.id: record for record in shown}
    hidden = [r for r in records if r.id not in by_id]
    parts = tuple(_parts(shown, topic_files, languages))
    addresses, address, topic_addresses = _claim(parts, languages)
    articles = {
        fold(name): Destination(
            address[name], frozenset((*record.anchors, record.top)), record.title
        )
        for name, record in by_id.items()
    }
    redirects = _claim_aliases(shown, addresses, address)
    former = preferred_topic_path(parts[0].root)
    if parts[0].root and addresses.is_free(former):
        redirects = (*redirects, (addresses.claim(former), HOME))
    for record in shown:
        for alias in record.aliases:
            articles.setdefault(fold(alias), articles[fold(record.id)])
    several = len(parts) > 1
    translations = find_translations(shown, languages) if several else {}
    topics = _topic_destinations(parts, topic_addresses)
    alternates = _topic_alternates(parts, topic_addresses) if several else {}
    kept_back = frozenset(
        fold(n) for r in hidden for n in (r.id, *r.aliases, *routes_of(r.path, r.aliases))
    )
    routes = find_routes((r.path, r.aliases, articles[fold(r.id)]) for r in shown)
    plans = []
    for part, topic_address in zip(parts, topic_addresses, strict=True):
        own = tuple(part.records.values())
        led = {part.prefix + HOME, *(address[record.id] for record in own)}
        home = Destination(part.prefix + HOME)
        homes = {fold(part.root): home, "": home}
        targets = Targets(
            articles,
            {
                **_by_category(part.topics, topic_address),
                **topics,
                **{fold(n): Destination(a) for n, a in topic_address.items()},
                **homes,
            },
            files,
            kept_back,
            complaint,
            routes=routes,
            labels=_labels((*own, *shown), articles),
            asset_folders=asset_folders,
            publication=publication,
            translation=_translation(part, parts, topic_addresses, articles, address, translations)
            if several
            else NO_TRANSLATION,
        )
        targets.find_prefix(path for record in own for path in record.rooted)
        plans.append(
            Plan(
                records=part.records,
                topics=part.topics,
                address=address,
                topic_address=topic_address,
                redirects=tuple(pair for pair in redirects if pair[1] in led)
                if several
                else redirects,
                targets=targets,
                related=relate(own),
                neighbours=_neighbours(part.topics.values()),
                contacts=_contacts((part, *parts)),
                order=tuple(_reading_order(part.root, part.topics)),
                language=part.language,
                root=part.root,
                prefix=part.prefix,
                homes=tuple((each.language, each.prefix + HOME) for each in parts)
                if several
                else (),
                translations=translations,
                topic_alternates={
                    name: alternates[_below_root(part, name)] for name in part.topics if several
                },
            )
        )
    return tuple(plans)


def _labels(
    records: Iterable[PageMeta], articles: Mapping[str, Destination]
) -> Mapping[str, Label]:
    """The places that articles name, by these names; of several the first one counts."""
    found: dict[str, Label] = {}
    for record in records:
        for anchor, heading in record.labels:
            label = Label(articles[fold(record.id)], anchor, heading)
            found.setdefault(label_id(anchor), label)
    return found


def _contacts(parts: Iterable[_Part]) -> tuple[ArticleMeta, ...]:
    """The articles of the first of these that describe a way to reach a person."""
    found = (tuple(r for r in part.records.values() if r.channel) for part in parts)
    return next((contacts for contacts in found if contacts), ())


class _Part(NamedTuple):
    """What is in one language: fields are as in `Plan`."""

    language: str
    root: str
    prefix: str
    records: Mapping[str, PageMeta]
    topics: Mapping[str, Topic]


def _parts(
    shown: Sequence[PageMeta], topic_files: Mapping[str, TopicFile], languages: Languages
) -> Iterator[_Part]:
    """The articles and topics of each language. Where all of them stand in the language's folder,
    that is their root.
    """
    spoken = languages.in_order({record.language for record in shown} or {""})
    for at, language in enumerate(spoken):
        own = {record.id: record for record in shown if record.language == language}
        found = build_topics(own.values(), topic_files, languages.bare)
        topics = {topic.id: topic for topic in found}
        root = languages.folder(language) if len(spoken) > 1 else ""
        if root and all(name.startswith(f"{root}/") for name in own):
            topics = {n: t for n, t in topics.items() if f"{n}/".startswith(f"{root}/")}
            tag = language or languages.base
            title = topics[root].title
            topics[root] = replace(
                topics[root], parent=None, title="" if title == name_of(tag) else title
            )
        else:
            root = ""
        folder = languages.folder(language)
        if not folder or "/" in folder:  # of a generator: people don't know it
            folder = language or languages.base
        yield _Part(language, root, f"{folder}/" if at else "", own, _with_front(topics, root, own))


def _with_front(
    topics: dict[str, Topic], root: str, own: Mapping[str, PageMeta]
) -> Mapping[str, Topic]:
    """The topics, of which that at the top has the article for its page that says so."""
    top = topics[root]
    named = [id_ for id_ in top.articles if FRONT in own[id_].routes]
    if top.page or not named:
        return topics
    rest = (id_ for id_ in top.articles if id_ != named[0])
    return {**topics, root: replace(top, page=named[0], articles=(named[0], *rest))}


_OF_LANGUAGE = (HOME, SEARCH, TOPICS, CONTACT, "llms.txt", "llms-full.txt",
    "opensearch.xml", "feed.xml", f"{SEARCH_DATA}-")  # fmt: skip
"""What every language has of its own."""


def _claim(
    parts: Sequence[_Part], languages: Languages
) -> tuple[Addresses, dict[str, str], list[dict[str, str]]]:
    """An address for every topic and article, the site's own pages first; topics by language."""
    addresses = Addresses()
    for reserved in (*_RESERVED, *_FOLDERS):
        addresses.claim(reserved)
    for part in parts[1:]:
        for reserved in _OF_LANGUAGE:
            addresses.claim(part.prefix + reserved)
    of_topics = []
    for part in parts:
        of_topic = {
            name: addresses.claim(_wish_of(part, topic, languages))
            for name, topic in part.topics.items()
            if name != part.root
        }
        of_topics.append({**of_topic, part.root: part.prefix + TOPICS})
    of_article: dict[str, str] = {}
    for part, of_topic in zip(parts, of_topics, strict=True):
        own = {
            t.page: of_topic[t.id] if t.id != part.root else part.prefix + HOME
            for t in part.topics.values()
            if t.page
        }
        for name in part.records:
            bare = languages.bare(name) if len(parts) > 1 else name
            wish = preferred_article_path(_below_prefix(part, bare))
            of_article[name] = own.get(name) or addresses.claim(wish)
            addresses.claim(markdown_of(of_article[name]))
    return addresses, of_article, of_topics


def _wish_of(part: _Part, topic: Topic, languages: Languages) -> str:
    """The address that a topic would like: that of its page, where a menu made it that."""
    if topic.page and topic.page.rpartition("/")[0] != topic.id:
        return preferred_article_path(_below_prefix(part, languages.bare(topic.page)))
    return preferred_topic_path(_below_prefix(part, topic.id))


def _below_prefix(part: _Part, name: str) -> str:
    """An id as the address of a language has it: the language's folder counts as its prefix."""
    if name.startswith(part.prefix):
        return name
    return part.prefix + (name.removeprefix(f"{part.root}/") if part.root else name)


def _topic_destinations(
    parts: Sequence[_Part], topic_addresses: Sequence[Mapping[str, str]]
) -> dict[str, Destination]:
    """Where each topic stands: where several languages have one, that of the first. The folder of a
    language leads to its front page.
    """
    found: dict[str, Destination] = {}
    for part, of_topic in zip(parts, topic_addresses, strict=True):
        if part.root:
            found[fold(part.root)] = Destination(part.prefix + HOME)
        for name, place in of_topic.items():
            found.setdefault(fold(name), Destination(place))
    return found


def _by_category(
    topics: Mapping[str, Topic], addresses: Mapping[str, str]
) -> dict[str, Destination]:
    """Topics by the address that Docusaurus gives the page which it makes of one:
    `category/name-of-it`, where no other has that name.
    """
    named: dict[str, list[str]] = defaultdict(list)
    for name in addresses:
        if title := topics[name].title:
            named[f"category/{github_anchor(title)}"].append(addresses[name])
    return {path: Destination(found[0]) for path, found in named.items() if len(found) == 1}


def _translation(  # noqa: PLR0917  # all that it is made of
    part: _Part,
    parts: Sequence[_Part],
    topic_addresses: Sequence[Mapping[str, str]],
    articles: Mapping[str, Destination],
    address: Mapping[str, str],
    translations: Mapping[str, Mapping[str, str]],
) -> Translation:
    """What links in articles of a language lead to instead of what is in another one."""
    instead: dict[str, Destination] = {}
    for name, group in translations.items():
        own = group.get(part.language)
        if own is not None and own != name:
            instead[address[name]] = articles[fold(own)]
    own_topics = topic_addresses[parts.index(part)]
    for other, of_topic in zip(parts, topic_addresses, strict=True):
        for name, place in of_topic.items():
            moved = f"{part.root}{name[len(other.root) :]}".lstrip("/")
            if other is not part and name != other.root and moved in own_topics:
                instead[place] = Destination(own_topics[moved])
    roots = (part.root, parts[0].root)
    own_root, first_root = (f"{root}/" if root else "" for root in roots)
    others = tuple(f"{fold(p.root)}/" for p in parts[1:] if p.root and p is not part)
    return Translation(instead, own_root, first_root, others)


def _topic_alternates(
    parts: Sequence[_Part], topic_addresses: Sequence[Mapping[str, str]]
) -> dict[str, tuple[tuple[str, str], ...]]:
    """For each topic, by its id below the root of its language: the languages that have it, each
    with its address.
    """
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for part, of_topic in zip(parts, topic_addresses, strict=True):
        for name in part.topics:
            key = _below_root(part, name)
            found[key] = (*found.get(key, ()), (part.language, of_topic[name]))
    return found


def _below_root(part: _Part, name: str) -> str:
    return name[len(part.root) :].lstrip("/") if part.root else name


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


_AROUND = 12
"""Articles of its topic that stand before an article beside its text, and after it, at most."""


def articles_in(topic: Topic) -> tuple[str, ...]:
    """The articles of a topic but for its own page, which lists them."""
    return topic.articles[1:] if topic.page else topic.articles


def siblings_of(article_id: str, topic: Topic) -> tuple[str, ...]:
    """The articles of a topic that are listed beside the text of one of them: those around it."""
    listed = articles_in(topic)
    if article_id not in listed:
        return ()
    at = listed.index(article_id)
    start = max(0, min(at - _AROUND, len(listed) - 2 * _AROUND - 1))
    return listed[start : start + 2 * _AROUND + 1]


def action_target(action: Action, article: ArticleMeta, plan: Plan) -> tuple[str, str]:
    """Where an action's url leads, as a resolved address, and what is wrong with it."""
    if not action.url:
        return "", ""
    place, href = sort_link(action.url)
    if place is Place.INSIDE:
        found = plan.targets.resolve(want(href, article.path, 1), article.path)
        return found.href, found.warning
    return ("", href) if place is Place.REFUSED else (href, "")
