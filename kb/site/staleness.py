"""Page fingerprints: hashes of all that a page shows. Where one is the same, so is the page.

Where all that an article shows of others, and all that links can lead to, is as it was in the
last build, so is what became of every article that has not changed: its links are not gone
through again.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from kb.concurrency import cached_property
from kb.model import Problem, Severity
from kb.site.build_cache import Outcome
from kb.site.links import shown
from kb.site.plan import PHRASES, action_target, articles_in, known_names, siblings_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from kb.site.article_records import PageMeta, RenderedBody
    from kb.site.links import LinkReference
    from kb.site.plan import Plan
    from kb.site.render import ArticleLoader
    from kb.site.resolver import Resolved


def page_fingerprint(
    article: PageMeta, plan: Plan, resolved: Sequence[Resolved], common: str
) -> str:
    """The key of an article's page; `common` is that of what all articles' pages show."""
    previous, following = plan.neighbours[article.id]
    around: list[str] = [
        common,
        article.digest,
        repr(article.includes),
        *(plan.records[name].title if name else "" for name in (previous, following)),
        *(plan.address.get(name, "") for name in (article.id, previous, following)),
        *(part for name in plan.related[article.id] for part in _shown(plan.records[name], plan)),
        "\1",
        *(part for t in plan.trail(article.topic) for part in (t.title, plan.topic_address[t.id])),
        "\1",
        *_beside(article, plan),
        "\1",
        *_inside(article, plan),
        "\1",
        *(action_target(action, article, plan)[0] for action in article.actions),
        "\1",
        *(part for pair in plan.alternates(article.id) for part in pair),
        "\1",
        *(found.href for found in resolved),
        *(found.title for found in resolved),
        *(f"\1{plan.targets.files.get(found.file)}" for found in resolved if found.file),
    ]
    return _hash("\0".join(around))


def contacts_fingerprint(plan: Plan, common: str) -> str:
    """The key of what every article's page shows beside its own: the ways to reach a person."""
    return _hash(f"{common}{_contacts(plan)!r}")


def _contacts(plan: Plan) -> list[object]:
    """All that `choose_escalation` and the panel of help ask of articles about channels."""
    return [
        (a.id, a.order, a.channel, a.have_ready, a.escalate, plan.address[a.id])
        for a in plan.contacts
    ]


def shared_fingerprint(plan: Plan, common: str) -> str:
    """The key of everything that shows several articles."""
    articles = [
        (_shown(a, plan), a.issues[:PHRASES], str(a.reviewed), a.featured, a.order)
        for a in plan.records.values()
    ]
    ways = [(a.id, a.escalate) for a in plan.records.values() if a.escalate]
    topics = list(plan.topics.values())
    rest = f"{topics!r}{plan.redirects!r}{_contacts(plan)!r}{plan.topic_address!r}{plan.homes!r}"
    rest += f"{plan.topic_alternates!r}{ways!r}"
    return _hash(f"{common}{rest}{json.dumps(articles)}")


def surroundings_fingerprint(plan: Plan, shared: str) -> str:
    """The key of all that an article's page may show of others, and of all that its links can
    lead to; `shared` is the `shared_fingerprint`.
    """
    places = [(name, r.path, r.aliases, r.top, r.anchors) for name, r in plan.records.items()]
    targets = plan.targets
    return _hash(
        f"{shared}{plan.related!r}{places!r}{sorted(targets.hidden)!r}{targets.files!r}{targets.publication!r}{targets.translation!r}"
    )


def search_fingerprint(plan: Plan, common: str) -> str:
    """The key of what the search of the pages reads."""
    articles = [
        (
            r.digest,
            r.includes,
            r.aliases,
            plan.address[name],
            [action_target(action, r, plan)[0] for action in r.actions],
        )
        for name, r in plan.records.items()
        if r.is_published
    ]
    return _hash(f"search{common}{articles!r}{list(plan.topics.values())!r}{plan.topic_address!r}")


def _shown(article: PageMeta, plan: Plan) -> tuple[str, ...]:
    """An article as lists show it."""
    address = plan.address[article.id]
    return address, article.title, article.description, article.tier, str(article.is_draft)


def _beside(article: PageMeta, plan: Plan) -> Iterator[str]:
    """What a page shows of the other articles of its topic."""
    topic = plan.topics[article.topic]
    yield str(len(topic.articles))
    for name in siblings_of(article.id, topic):
        yield from (plan.address[name], plan.records[name].title)


def _inside(article: PageMeta, plan: Plan) -> Iterator[str]:
    """What the page of a folder shows of what is in it."""
    topic = plan.topic_of_page(article.id)
    if topic is None:
        return
    if not topic.id:  # on the front page stand articles of all topics
        yield shared_fingerprint(plan, "")
        return
    for name in articles_in(topic):
        yield from _shown(plan.records[name], plan)
    waiting = list(topic.topics)
    while waiting:
        below = plan.topics[waiting.pop()]
        yield from (below.title, plan.topic_address[below.id])
        for name in below.articles:
            yield from _shown(plan.records[name], plan)
        waiting += below.topics


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:32]


class Outcomes:
    """The outcomes of one build. `old` are those of the last one for as far as they hold, which
    they do for an article that was not read anew.

    `problems` are the links, images, actions and related articles that lead nowhere.
    """

    def __init__(
        self,
        plan: Plan,
        common: str,
        loader: ArticleLoader,
        old: Mapping[str, Outcome],
        changes: Mapping[str, date],
    ) -> None:
        self.problems: list[Problem] = []
        self.found: dict[str, Outcome] = {}
        self._plan = plan
        self._changes = changes
        self._common = contacts_fingerprint(plan, common)
        self._loader = loader
        self._old = old

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(known_names(self._plan.records))

    def find(
        self, record: PageMeta, rendered: RenderedBody | None
    ) -> tuple[Outcome, Sequence[Resolved]]:
        """The outcome of an article, and what its wants lead to if that was worked out."""
        path = record.path
        known = self._old.get(path) if self._loader.remembers(path) else None
        resolved: Sequence[Resolved] = ()
        if known is None:
            wants = rendered.wants if rendered else self._loader.wants(path)
            resolved = self._plan.resolve(wants, path)
            known = Outcome(
                page_fingerprint(
                    record, self._plan, resolved, f"{self._common}{self._changes.get(path, '')}"
                ),
                [*self._find_broken(record, wants, resolved)],
                sorted({found.file for found in resolved if found.file}),
            )
        self.problems += [
            Problem(path, line, message, Severity.WARNING, "link") for line, message in known.broken
        ]
        self.found[path] = known
        return known, resolved

    def _find_broken(
        self, article: PageMeta, wants: Sequence[LinkReference], resolved: Sequence[Resolved]
    ) -> Iterator[tuple[int | None, str]]:
        """What leads nowhere: its line, where that is known, and what to say of it."""
        for wanted, found in zip(wants, resolved, strict=True):
            if found.warning:
                what = "image" if wanted.image else "link"
                yield wanted.line, f"the {what} {shown(wanted.written)} {found.warning}"
        for action in article.actions:
            wrong = action_target(action, article, self._plan)[1]
            if wrong:
                yield None, f"the action {action.label!r} has a url that {wrong}"
        for name in article.related:
            if name not in self._known:
                yield None, f"the related article `{name}` is not published here"
