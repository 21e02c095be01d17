"""Keys: hashes of all that a page shows. The same key, the same bytes: nothing to write."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from kb.site.links import Place, sort_link, want

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kb.cards import Card
    from kb.model import Action, Article
    from kb.site.links import Resolved
    from kb.site.plan import Plan
    from kb.site.records import Record


def page_key(record: Record, plan: Plan, resolved: Sequence[Resolved], common: str) -> str:
    """The key of an article's page; `common` is that of what all articles' pages show."""
    article = record.article
    previous, following = plan.neighbours[article.id]
    around: list[str] = [
        common,
        article.digest,
        *(plan.records[name].article.title if name else "" for name in (previous, following)),
        *(plan.address.get(name, "") for name in (article.id, previous, following)),
        *(part for name in plan.related[article.id] for part in _shown(plan.records[name], plan)),
        "\1",
        *(part for t in plan.trail(article.topic) for part in (t.title, plan.topic_address[t.id])),
        "\1",
        *(action_target(action, article, plan)[0] for action in article.actions),
        "\1",
        *(found.href for found in resolved),
        *(f"\1{plan.targets.files[found.file]}" for found in resolved if found.file),
    ]
    return _hash("\0".join(around))


def articles_key(plan: Plan, common: str) -> str:
    """The key of what every article's page shows beside its own: the ways to reach a person."""
    contacts = [(article, plan.address[article.id]) for article in plan.contacts]
    return _hash(f"{common}{contacts!r}")


def shared_key(plan: Plan, common: str) -> str:
    """The key of everything that shows several articles."""
    records = plan.records.values()
    articles = [
        (_shown(record, plan), a.issues[:1], str(a.reviewed), a.featured, a.order)
        for record in records
        if (a := record.article)
    ]
    rest = (
        f"{list(plan.topics.values())!r}{plan.redirects!r}{plan.contacts!r}{plan.topic_address!r}"
    )
    return _hash(f"{common}{rest}{json.dumps(articles)}")


def around_key(plan: Plan, shared: str) -> str:
    """The key of all that an article's page may show of others, and of all that its links can
    lead to; `shared` is the `shared_key`.
    """
    places = [
        (name, r.article.path, r.article.aliases, r.top, r.anchors)
        for name, r in plan.records.items()
    ]
    targets = plan.targets
    return _hash(f"{shared}{plan.related!r}{places!r}{sorted(targets.hidden)!r}{targets.files!r}")


def search_key(plan: Plan, common: str) -> str:
    """The key of what the search of the pages reads."""
    articles = [
        (
            r.article.digest,
            r.article.aliases,
            plan.address[name],
            [action_target(action, r.article, plan)[0] for action in r.article.actions],
        )
        for name, r in plan.records.items()
        if r.is_published
    ]
    return _hash(f"search{common}{articles!r}{list(plan.topics.values())!r}{plan.topic_address!r}")


def action_target(action: Action, article: Article | Card, plan: Plan) -> tuple[str, str]:
    """Where an action's url leads, as a resolved address, and what is wrong with it."""
    if not action.url:
        return "", ""
    place, href = sort_link(action.url)
    if place is Place.INSIDE:
        found = plan.targets.resolve(want(href, article.path, 1))
        return found.href, found.warning
    return ("", href) if place is Place.REFUSED else (href, "")


def _shown(record: Record, plan: Plan) -> tuple[str, ...]:
    """An article as lists show it."""
    article = record.article
    address = plan.address[article.id]
    return address, article.title, record.description, article.tier, str(record.is_draft)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:32]
