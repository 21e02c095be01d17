"""JSON-LD: what a page is, for search engines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from kb.site.addresses import HOME, SEARCH, absolute

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kb.model import Topic
    from kb.site.article_records import RenderedBody
    from kb.site.plan import Plan
    from kb.site.templating import Shell

_CONTEXT = "https://schema.org"
_LEAST_QUESTIONS = 2
_encode = json.JSONEncoder(ensure_ascii=False).encode


def describe_article(
    draft: RenderedBody, trail: Sequence[Topic], plan: Plan, shell: Shell
) -> Markup:
    """The way to an article, and the article: questions with answers if its headings ask."""
    base_url = shell.config.site.base_url
    article = draft.meta
    address = absolute(base_url, plan.address[article.id])
    crumbs = [(shell.t["home"], absolute(base_url, HOME))]
    crumbs += [(t.title, absolute(base_url, plan.topic_address[t.id])) for t in trail]
    crumbs.append((article.title, address))
    asks = len(draft.questions) >= _LEAST_QUESTIONS
    thing = _questions(draft) if asks else _article(draft, shell.config.language)
    return _as_script([_breadcrumbs(crumbs), {**thing, "url": address} if base_url else thing])


def describe_site(shell: Shell) -> Markup:
    """The site, and how to search it."""
    base_url = shell.config.site.base_url
    site: dict[str, Any] = {"@type": "WebSite", "name": shell.config.name}
    if base_url:
        query = absolute(base_url, SEARCH) + "?q={search_term_string}"
        site["url"] = absolute(base_url, HOME)
        site["potentialAction"] = {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": query},
            "query-input": "required name=search_term_string",
        }
    return _as_script([site])


def _breadcrumbs(crumbs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    items = [
        {"@type": "ListItem", "position": position, "name": name, "item": address}
        for position, (name, address) in enumerate(crumbs, 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def _article(draft: RenderedBody, language: str) -> dict[str, Any]:
    article = draft.meta
    thing: dict[str, Any] = {
        "@type": "Article",
        "headline": article.title,
        "description": draft.meta.description,
        "inLanguage": language,
    }
    if article.reviewed:
        thing["dateModified"] = article.reviewed.isoformat()
    return thing


def _questions(draft: RenderedBody) -> dict[str, Any]:
    return {
        "@type": "FAQPage",
        "mainEntity": [
            {
                "@type": "Question",
                "name": asked.question,
                "acceptedAnswer": {"@type": "Answer", "text": asked.answer},
            }
            for asked in draft.questions
        ],
    }


def _as_script(things: list[dict[str, Any]]) -> Markup:
    """JSON that can't end its script element, whatever its texts say."""
    text = _encode({"@context": _CONTEXT, "@graph": things})
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 escaped above
