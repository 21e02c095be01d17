"""Every kind of page: what its template is told."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from markupsafe import Markup

from kb.content.hours import read_hours
from kb.content.markdown.document import escape
from kb.content.titles import title_html
from kb.content.topics import UNTITLED
from kb.model import Action, Tier
from kb.site.addresses import (
    CONTACT,
    HOME,
    NOT_FOUND,
    SEARCH,
    absolute,
    encode,
    markdown_of,
    root_of,
)
from kb.site.assets import FEEDBACK, REACH
from kb.site.feeds import describe_article, describe_site
from kb.site.plan import PHRASES, action_target, articles_in, siblings_of
from kb.site.render import MARKER
from kb.site.templating import PageHead
from kb.support.escalation import choose_escalation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from kb.model import ArticleMeta, Channel, Escalation, Step, Topic
    from kb.site.article_records import Heading, PageMeta, RenderedBody
    from kb.site.assets import Within
    from kb.site.plan import Plan
    from kb.site.resolver import Resolved
    from kb.site.templating import Shell

PAGE_LENGTH = 200
"""Articles on one page of a topic; the rest follow on `index-2.html` and so on."""
_CARD_LENGTH = 3
_HOME_LENGTH = 12
_HOME_TOPICS = 24  # rows of one, two or three
_DESCRIBED = 5  # what search engines show of a description has no room for more
_EXAMPLES = 4
_PROBLEMS = 5  # articles of a topic among which a problem is chosen
_MOST_EXAMPLES = 5
_LEAST_CONTENTS = 3  # headings: a table of contents for fewer is longer than a glance
_MARKERS = re.compile(f"{MARKER.pattern}|(<a [^>]*>|</a>)")
_MARKS = re.compile(r'<(?:pre|dl|table|details)\b|class="(?:callout|tabs|task|footnote)')
_WIDTH = re.compile(r' width="(\d+)"')
_HEIGHT = re.compile(r' height="(\d+)"')
_LARGE = 900
"""Pixels of width from which an image is larger than the text is wide: it can be enlarged."""
_CHAT = re.compile(r"\bchat|messag|whatsapp|telegram|signal", re.IGNORECASE)
_KINDS = {
    Tier.SELF_SERVICE: "tier_self_service",
    Tier.CONTACT: "tier_contact",
    Tier.ADVICE: "tier_advice",
}
_TIERS = {Tier.CONTACT: "tier_contact", Tier.ADVICE: "tier_advice"}


KEPT = 64
"""Panels "Still need help?" that are kept: a site may have as many different ones as articles, and
each names all channels. Articles that stand together mostly share theirs.
"""


class _Says(NamedTuple):
    """What an article says about ways to a person: all that an escalation needs of it."""

    channel: Channel | None = None
    escalate: tuple[Step, ...] = ()
    have_ready: tuple[str, ...] = ()
    id: str = ""
    order: int | None = None


@dataclass(slots=True)
class Pages:
    """Writes pages of one plan. `size_of` gives the pixels of an image under content/, `changes`
    are the days on which articles were last changed, by path, as far as they are known.
    """

    plan: Plan
    shell: Shell
    size_of: Callable[[str], tuple[int, int] | None]
    changes: Mapping[str, date] = field(default_factory=dict)
    _choose: Callable[[_Says], Escalation] = field(init=False)
    _panel: Callable[[Escalation, str, bool, bool | None, bool], Markup] = field(init=False)

    def __post_init__(self) -> None:
        self._choose = lru_cache(KEPT)(self._choose_escalation)
        self._panel = lru_cache(KEPT)(self._render_panel)

    def article(self, rendered: RenderedBody, resolved: Sequence[Resolved]) -> bytes:
        """The page of an article."""
        article, plan = rendered.meta, self.plan
        address = plan.address[article.id]
        root = root_of(address)
        previous, following = plan.neighbours[article.id]
        topic = plan.topic_of_page(article.id)
        crumbs = plan.trail(article.topic if topic is None else topic.parent or "")
        escalation = self._escalation(article)
        head = PageHead(
            title=article.title,
            address=address,
            description=article.description
            or (self._says(article.title, topic) if topic else article.title),
            kind="article",
            alternates=plan.alternates(article.id),
            data=None
            if self.shell.offline
            else describe_article(rendered, crumbs, plan, self.shell, self.changes),
            markdown=markdown_of(address) if article.is_published else "",
            indexed=article.is_published,
        )
        return self.shell.page(
            "article.html",
            head,
            # As templates have it that were copied into a theme.
            record={"article": article, "top": article.top, "is_draft": article.is_draft},
            heading=Markup(rendered.heading),  # noqa: S704 escaped there
            **self._text(rendered, resolved, root),
            crumbs=[self._topic_link(topic, root) for topic in crumbs],
            outline=_outline(rendered.outline),
            actions=[self._action(action, article, root) for action in article.actions],
            ready=article.have_ready,
            reviewed=article.reviewed
            and self.shell.t["reviewed"].format(date=self.shell.t.date(article.reviewed)),
            changed=self._changed(article),
            edit_url=self.shell.config.site.edit_url.replace("{path}", encode(article.path)),
            feedback=self._feedback(article.id, root) if article.is_published else None,
            related=[
                self._item(plan.records[name], root, tier=False)
                for name in plan.related[article.id]
            ],
            previous=self._neighbour(previous, root),
            next=self._neighbour(following, root),
            ready_title=self.shell.t["ready" if self.shell.reachable else "ask_ready"],
            help=self.help(
                escalation,
                root,
                with_ready=not article.have_ready,
                problem=article.tier is not Tier.CONTACT,
            ),
            items=[self._item(plan.records[name], root) for name in articles_in(topic)]
            if topic
            else [],
            topic_cards=self._cards(topic.topics, root) if topic else [],
            siblings=self._siblings(article.id, root),
        )

    def _changed(self, article: PageMeta) -> str:
        """When an article was last changed, in words; empty where that is not known."""
        day = self.changes.get(article.path)
        return self.shell.t["changed"].format(date=self.shell.t.date(day)) if day else ""

    def _feedback(self, name: str, root: str) -> dict[str, Any] | None:
        """How readers say whether an article helped; None where the settings name no way, or one
        that is a path on a host which a copy on a disk does not have.
        """
        site = self.shell.config.site
        endpoint = site.feedback_endpoint
        if self.shell.offline and endpoint.startswith("/"):
            endpoint = ""
        if not site.feedback and not endpoint:
            return None
        link = site.feedback.replace("{article}", quote(name, safe=""))
        both = "{answer}" in link or endpoint
        answers = {"yes": "feedback_yes", "no": "feedback_no"} if both else {"": "feedback_tell"}
        return {
            "answers": [
                {
                    "name": answer,
                    "text": self.shell.t[text],
                    "href": link.replace("{answer}", answer),
                }
                for answer, text in answers.items()
            ],
            "article": name,
            "endpoint": endpoint,
            "script": root + encode(self.shell.assets[FEEDBACK]) if endpoint else "",
        }

    def _siblings(self, name: str, root: str) -> dict[str, Any] | None:
        """The articles of an article's topic, those around it where there are many; None where it
        is the only one, and on the topic's own page, which lists them below its text.
        """
        plan, t = self.plan, self.shell.t
        topic = plan.topics[plan.records[name].topic]
        shown = siblings_of(name, topic)
        if len(shown) < 2:  # noqa: PLR2004  # one is no list
            return None
        title = _named(topic.title or t["all_topics" if topic.topics else "all_articles"])
        return {
            "topic": {**self._topic_link(topic, root), "title": title},
            "articles": [
                {
                    "href": root + encode(plan.address[other]),
                    "title": _named(plan.records[other].title),
                    "current": other == name,
                }
                for other in shown
            ],
            "more": t["all_of_topic"].format(title=title)
            if len(shown) < len(articles_in(topic))
            else "",
        }

    def _text(
        self, rendered: RenderedBody, resolved: Sequence[Resolved], root: str
    ) -> dict[str, Any]:
        """The text of an article, and what it needs beside it."""
        html = self._finish(rendered.html, resolved, root)
        return {
            "html": Markup(html),  # noqa: S704 escaped there
            "enlarges": '<a class="enlarge"' in html,
            "has_marks": _MARKS.search(html) is not None,
            "has_blocks": "<pre" in html or '<div class="tabs">' in html,
        }

    def home(
        self, rendered: RenderedBody | None = None, resolved: Sequence[Resolved] = ()
    ) -> bytes:
        """The front page, with the text of the article that stands for the whole folder."""
        plan, t = self.plan, self.shell.t
        address = plan.prefix + HOME
        root = root_of(address)
        featured = self._featured()
        escalation = self._escalation(None)
        ways = {option.channel.article for option in escalation.options}  # "Still need help?" does
        shown = self._front_topic(ways)
        loose = [name for name in shown.articles if name not in {plan.home, shown.page, *ways}]
        settings = self.shell.config
        told: dict[str, Any] = {"html": "", "heading": "", "record": None}
        top = plan.topics[plan.root]
        title, about, indexed = settings.name, settings.site.description, True
        if rendered:
            article = rendered.meta
            indexed = article.is_published
            about = about or article.description
            says = article.title.casefold() not in UNTITLED
            title = article.title if says else title
            told |= self._text(rendered, resolved, root)
            told["heading"] = says and Markup(rendered.heading)  # noqa: S704 escaped there
            told["record"] = {"article": article, "top": article.top, "is_draft": article.is_draft}
        topics = shown.topics
        head = PageHead(
            title=title,
            address=address,
            description=about or self._says(settings.name, top),
            data=None if self.shell.offline else describe_site(self.shell),
            alternates=plan.homes,
            markdown=markdown_of(address) if rendered and indexed else "",
            indexed=indexed,
        )
        return self.shell.page(
            "home.html",
            head,
            **told,
            sentence=settings.site.description or t["home_sentence"],
            examples=self._examples(featured),
            topic_cards=self._cards(topics[:_HOME_TOPICS], root),
            more_topics=len(topics) > _HOME_TOPICS,
            featured=[self._item(record, root) for record in featured],
            loose=[self._item(plan.records[name], root) for name in loose[:_HOME_LENGTH]],
            more=t.count("articles", len(plan.records)) if len(loose) > _HOME_LENGTH else "",
            more_href=root + encode(plan.topic_address[shown.id]),
            help=self.help(escalation, root),
        )

    def _front_topic(self, ways: set[str]) -> Topic:
        """The topic whose parts the front page shows: the root, or where that has a single topic
        and nothing else but ways to a person, that one.
        """
        topic = self.plan.topics[self.plan.root]
        elsewhere = {self.plan.home, *ways}
        while len(topic.topics) == 1 and not {*topic.articles} - {topic.page} - elsewhere:
            only = self.plan.topics[topic.topics[0]]
            if not only.topics and not {*only.articles} - {only.page}:
                break
            topic = only
        return topic

    def topic(self, topic: Topic) -> Iterator[tuple[str, bytes]]:
        """The pages of a topic, each with its address; the root's is that of all topics."""
        place = self.plan.topic_address[topic.id]
        stem = place.removesuffix(".html")
        count = max(1, -(-len(topic.articles) // PAGE_LENGTH))
        places = [place, *(f"{stem}-{number}.html" for number in range(2, count + 1))]
        for number, address in enumerate(places):
            shown = topic.articles[number * PAGE_LENGTH : (number + 1) * PAGE_LENGTH]
            yield address, self._topic_page(topic, shown, places, number)

    def _topic_page(
        self, topic: Topic, shown: Sequence[str], places: Sequence[str], number: int
    ) -> bytes:
        t, root = self.shell.t, root_of(places[number])
        pages = [
            {
                "href": root + encode(place),
                "current": index == number,
                "label": t["page_of"].format(page=t.number(index + 1), pages=t.number(len(places))),
            }
            for index, place in enumerate(places)
        ]
        title = topic.title or t["all_topics" if topic.topics else "all_articles"]
        records = [self.plan.records[name] for name in shown if name != self.plan.home]
        differ = len({record.tier for record in records}) > 1
        suffix = f" ({pages[number]['label']})" if number else ""
        head = PageHead(
            title=f"{title}{suffix}",
            address=places[number],
            description=topic.summary or self._says(title, topic),
            alternates=self.plan.topic_alternates.get(topic.id, ()) if not number else (),
        )
        crumbs = self.plan.trail(topic.parent) if topic.parent else []
        return self.shell.page(
            "topic.html",
            head,
            crumbs=[self._topic_link(above, root) for above in crumbs],
            heading=f"{title}{suffix}",
            summary=topic.summary,
            is_root=topic.id == self.plan.root,
            topic_cards=self._cards(topic.topics, root) if not number else [],
            items=[self._item(record, root, tier=differ) for record in records],
            pages=pages if len(pages) > 1 else [],
        )

    def _says(self, title: str, topic: Topic) -> str:
        """What is said of a topic that has no summary: the first of what is in it."""
        names = (
            *(self.plan.topics[name].title for name in topic.topics),
            *(self.plan.records[name].title for name in topic.articles if name != topic.page),
        )
        return f"{title}: {' · '.join(names[:_DESCRIBED])}" if names else title

    def contact(self) -> bytes:
        """The ways to reach a person."""
        t, address = self.shell.t, self.plan.prefix + CONTACT
        root = root_of(address)
        records = self.plan.records.values()
        chosen = [r for r in records if r.tier is Tier.CONTACT]
        chosen.sort(key=lambda r: (r.order is None, r.order or 0, r.id))
        problems = [*self._problems(root)]
        return self.shell.page(
            "contact.html",
            PageHead(
                title=t["contact_title"],
                address=address,
                description=t["contact_intro"],
                alternates=self.plan.everywhere(CONTACT),
            ),
            items=[self._item(record, root, tier=False) for record in chosen],
            problems=problems,
            help=self.help(self._escalation(None), root, problem=None if problems else False),
        )

    def _problems(self, root: str) -> Iterator[dict[str, Any]]:
        """What customers say is wrong, by topic, each with the article that solves it and the
        channels for it, best first.
        """
        top = self.plan.topics[self.plan.root]
        for name in (*top.topics, top.id):
            topic = self.plan.topics[name]
            below = () if topic is top else self._below(topic)
            inside = (self.plan.records[id_] for id_ in (*topic.articles, *below))
            solving = [r for r in inside if r.issues and r.tier is Tier.SELF_SERVICE]
            if not solving:
                continue
            solving.sort(key=lambda r: (r.featured is None, r.featured or 0))
            shown = solving[:_PROBLEMS]
            link = self._topic_link(topic, root)
            if topic is top:
                link["title"] = self.shell.t["more_articles" if top.topics else "all_articles"]
            more = self.shell.t["all_of_topic"].format(title=link["title"])
            yield {
                **link,
                "icon": self.shell.icon(topic.icon),
                "articles": [self._problem(record, root) for record in shown],
                "more": more if len(shown) < self.plan.count(name) else "",
            }

    def _problem(self, record: PageMeta, root: str) -> dict[str, Any]:
        names = [option.channel.name for option in self._escalation(record).options]
        return {
            **self._item(record, root),
            "issues": record.issues[:PHRASES],
            "channels": json.dumps(names, ensure_ascii=False),
            "channel": _capitalised(names[0]) if names else "",
        }

    def search(self) -> bytes:
        """The page of search results, which a script fills."""
        t, address = self.shell.t, self.plan.prefix + SEARCH
        root = root_of(address)
        head = PageHead(
            title=t["search_title"],
            address=address,
            description=t["search_description"],
            indexed=False,
            alternates=self.plan.everywhere(SEARCH),
        )
        tiers = {record.tier for record in self.plan.records.values()}
        return self.shell.page(
            "search.html",
            head,
            topic_choices=self._topic_choices(),
            tier_choices=[(tier, t[name]) for tier, name in _KINDS.items() if tier in tiers],
            **self._browse(root),
        )

    def lost(self, root: str, within: Within | None) -> bytes:
        """The page for addresses that don't exist, shown at any of them.

        `root` is the way to the site's root that holds wherever the page is shown; where nobody
        knows it, what is `within` the page finds it.
        """
        shell = self.shell
        policy = shell.policy_with(within) if within else shell.policy
        return shell.page(
            "404.html",
            PageHead(
                title=shell.t["lost_title"],
                address=NOT_FOUND,
                description=shell.t["lost_intro"],
                indexed=False,
                root=root,
                alternates=self.plan.homes,
            ),
            within=within,
            assets=shell.assets,
            policy=policy,
            **self._browse(root, script=within is None),
        )

    def moved(self, address: str, target: str, title: str) -> bytes:
        """The page at a former address."""
        href = root_of(address) + encode(target)
        base_url = self.shell.config.site.base_url
        return self.shell.page(
            "moved.html",
            PageHead(title, address, indexed=False),
            target=href,
            canonical_target=absolute(base_url, target) if base_url else href,
            title=title,
        )

    def help(
        self,
        escalation: Escalation,
        root: str,
        *,
        with_ready: bool = True,
        problem: bool | None = False,
        script: bool = True,
    ) -> Markup:
        """The panel "Still need help?", which closes a page; empty where nobody can be reached.

        Where the page is about a `problem` it says that the first way suits it best; with None one
        is chosen on the page, and a script says so then.
        """
        if not self.shell.reachable:
            return Markup("")
        return self._panel(escalation, root, with_ready, problem, script)

    def _render_panel(
        self,
        escalation: Escalation,
        root: str,
        with_ready: bool,  # noqa: FBT001  # what a cache is asked by has no names
        problem: bool | None,  # noqa: FBT001  # ditto
        script: bool,  # noqa: FBT001  # ditto
    ) -> Markup:
        options = [self._option(o.channel, o.why, root) for o in escalation.options]
        live = problem is None or any(option["hours"] or option["ways"] for option in options)
        html = self.shell.render(
            "help.html",
            options=options,
            problem=problem and len(options) > 1,
            note=escalation.note,
            ready=escalation.have_ready if with_ready else (),
            message=escalation.message,
            choose=problem is None,
            script=root + encode(self.shell.assets[REACH]) if live and script else "",
        )
        return Markup(html)  # noqa: S704 rendered with escaping

    def _browse(self, root: str, *, script: bool = True) -> dict[str, Any]:
        cards = self._cards(self.plan.topics[self.plan.root].topics, root)
        return {
            "topic_cards": cards,
            "help": self.help(self._escalation(None), root, script=script),
        }

    def _escalation(self, article: ArticleMeta | None) -> Escalation:
        """The ways to a person: most articles say nothing about them and share the same ones."""
        if article is None:
            return self._choose(_Says())
        return self._choose(_Says(article.channel, article.escalate, article.have_ready))

    def _choose_escalation(self, says: _Says) -> Escalation:
        settings, texts = self.shell.config.contact, self.shell.t.escalation()
        return choose_escalation("", says, self.plan.contacts, settings, texts)

    def _option(self, channel: Any, why: str, root: str) -> dict[str, Any]:
        t = self.shell.t
        facts = [("wait", channel.wait), ("hours", channel.hours), ("where", channel.where)]
        address = self.plan.address.get(channel.article)
        return {
            "channel": channel.name,
            "name": _capitalised(channel.name),
            "why": "" if why == t["why_none"] else _capitalised(why),
            "href": root + encode(address) if address else "",
            "facts": [(t[name], _as_path(value)) for name, value in facts if value],
            "hours": _hours_as_json(channel.hours),
            "ways": [*self._ways(channel, root)],
        }

    def _ways(self, channel: Channel, root: str) -> Iterator[dict[str, str]]:
        """The addresses at which a channel is reached at once, as buttons."""
        t = self.shell.t
        article = self.plan.records.get(channel.article)
        if article is not None and channel.url:
            shown = self._action(Action(channel.name, url=channel.url), article, root)
            text = t["reach_chat" if _CHAT.search(channel.name) else "reach_open"]
            name = _capitalised(channel.name)
            yield {"kind": "open", "href": shown["href"], "text": text.format(name=name)}
        if channel.phone:
            digits = re.sub(r"\(0\)|[^0-9+*#]", "", channel.phone)
            text = t["reach_call"].format(phone=_from_left(channel.phone, t["direction"]))
            yield {"kind": "call", "href": f"tel:{digits}", "text": text}
        if channel.email:
            href = f"mailto:{quote(channel.email, safe='@')}"
            yield {"kind": "email", "href": href, "text": t["reach_email"]}

    def _featured(self) -> list[PageMeta]:
        chosen = [r for r in self.plan.records.values() if r.featured is not None]
        return sorted(chosen, key=lambda r: (r.featured or 0, r.id))

    def _examples(self, featured: Iterable[PageMeta]) -> list[str]:
        """Phrases of customers, one each of the articles that are found most."""
        if chosen := self.shell.config.site.examples:
            return list(chosen[:_MOST_EXAMPLES])
        others = (self.plan.records[name] for name in self.plan.order)
        phrases = [r.issues[0] for r in (*featured, *others) if r.issues]
        return list(dict.fromkeys(phrases))[:_EXAMPLES]

    def _cards(self, topics: Iterable[str], root: str) -> list[dict[str, Any]]:
        cards = []
        for name in topics:
            topic = self.plan.topics[name]
            inside = (id_ for id_ in (*topic.articles, *self._below(topic)) if id_ != topic.page)
            first = list(islice(inside, _CARD_LENGTH))
            cards.append(
                {
                    **self._topic_link(topic, root),
                    "icon": self.shell.icon(topic.icon),
                    "count": self.shell.t.count("articles", self.plan.count(name)),
                    "articles": [self._item(self.plan.records[id_], root) for id_ in first],
                }
            )
        return cards

    def _topic_choices(self) -> list[dict[str, str]]:
        """The topics at the top, in the order of reading, each with how many articles it holds."""
        plan, count = self.plan, self.shell.t.number
        return [
            {"id": name, "title": f"{plan.topics[name].title} ({count(plan.count(name))})"}
            for name in plan.topics[plan.root].topics
        ]

    def _below(self, topic: Topic) -> Iterator[str]:
        for child in topic.topics:
            yield from self.plan.topics[child].articles
            yield from self._below(self.plan.topics[child])

    def _topic_link(self, topic: Topic, root: str) -> dict[str, str]:
        href = root + encode(self.plan.topic_address[topic.id])
        return {"title": _named(topic.title), "href": href}

    def _item(self, record: PageMeta, root: str, *, tier: bool = True) -> dict[str, Any]:
        """An article as lists show it."""
        named = _TIERS.get(record.tier) if tier else None
        return {
            "href": root + encode(self.plan.address[record.id]),
            "title": _named(record.title),
            "summary": _named(record.description),
            "tier": self.shell.t[named] if named else "",
            "draft": record.is_draft,
        }

    def _neighbour(self, name: str, root: str) -> dict[str, Any] | None:
        return self._item(self.plan.records[name], root) if name else None

    def _action(self, action: Action, article: ArticleMeta, root: str) -> dict[str, Any]:
        href, _ = action_target(action, article, self.plan)
        outside = ":" in href  # what is encoded for a link within the site has none
        return {
            "label": action.label,
            "steps": [step.strip() for step in action.where.split(" > ") if step.strip()],
            "href": href if outside or not href else root + href,
            "outside": outside,
        }

    def _finish(self, html: str, resolved: Sequence[Resolved], root: str) -> str:
        """A rendered body's HTML with its links and images in place."""
        if not resolved:
            return html
        note = f'</span> <small class="missing-note">({escape(self.shell.t["missing"])})</small>'

        depth, images = 0, 0

        def write(found: re.Match[str]) -> str:
            nonlocal depth, images
            kind, number, alt, more, tag = found.groups()
            if tag:
                depth += 1 if tag[1] == "a" else -1
                return tag
            target = resolved[int(number)]
            if alt is not None:
                images += 1
                return self._image(target, alt, more, root, first=images == 1, linked=depth > 0)
            if kind == "t":
                return escape(target.title or target.href or "…")
            if kind == "/":
                depth -= bool(target.href)
                return "</a>" if target.href else note
            depth += bool(target.href)
            return _opened(target, root)

        return _MARKERS.sub(write, html)

    def _image(
        self, target: Resolved, alt: str, more: str, root: str, *, first: bool, linked: bool
    ) -> str:
        """An image with its size; all but the first are loaded when they are come near."""
        if not target.href:
            note = escape(self.shell.t["missing_image"])
            shown = f'<span class="missing">{alt}</span> ' if alt else ""
            return f'{shown}<small class="missing-note">({note})</small>'
        if target.outside:
            text = alt.strip() or escape(target.href)
            return text if linked else f'<a href="{escape(target.href)}" rel="noopener">{text}</a>'
        size = self.size_of(target.file)
        src = escape(root + target.href)
        lazy = "" if first else ' loading="lazy"'
        html = f'<img src="{src}" alt="{alt}"{_sized(more, size)}{lazy} decoding="async">'
        shown_width = int(width[1]) if (width := _WIDTH.search(more)) else 0
        if linked or not size or size[0] < max(_LARGE, shown_width + 1):
            return html
        name = "" if alt.strip() else f' aria-label="{escape(self.shell.t["enlarged"])}"'
        return f'<a class="enlarge" href="{src}"{name}>{html}</a>'


def _outline(headings: Sequence[Heading]) -> list[Heading]:
    """The table of contents, if it is worth one: headings of a lower level before the first of the
    highest are not set back, as nothing stands above them.
    """
    if len(headings) < _LEAST_CONTENTS:
        return []
    highest = min(heading.level for heading in headings)
    shown = []
    above = False
    for heading in headings:
        above = above or heading.level == highest
        html = Markup(heading.html)  # noqa: S704  # kb.site.render wrote it, escaped
        is_below = above and heading.level > highest
        shown.append(heading._replace(level=3 if is_below else 2, html=html))
    return shown


def _named(title: str) -> Markup:
    """A title in which names of elements are code."""
    return Markup(title_html(title))  # noqa: S704 escaped there


def _opened(target: Resolved, root: str) -> str:
    """What stands before the text of a link."""
    if not target.href:
        return '<span class="missing">'
    if target.outside:
        return f'<a href="{escape(target.href)}" rel="noopener">'
    return f'<a href="{escape(root + target.href)}">'


def _sized(more: str, size: tuple[int, int] | None) -> str:
    """The attributes of an image with its width and height: those that the author gives, what is
    missing by the proportions of the file.
    """
    width, height = _WIDTH.search(more), _HEIGHT.search(more)
    if size is None or (width and height):
        return more
    if width:
        return f'{more} height="{max(1, round(size[1] * int(width[1]) / size[0]))}"'
    if height:
        return f'{more} width="{max(1, round(size[0] * int(height[1]) / size[1]))}"'
    return f'{more} width="{size[0]}" height="{size[1]}"'


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _hours_as_json(hours: str) -> str:
    """When a channel is open, as its script reads it; empty where that is not known."""
    found = read_hours(hours)
    return json.dumps(found, separators=(",", ":")) if found else ""


def _from_left(number: str, direction: str) -> str:
    """A telephone number in a text of a direction: its groups keep their order from the left."""
    return f"\u2066{number}\u2069" if direction == "rtl" else number


def _as_path(text: str) -> str:
    """Menu steps as people read them."""
    return text.replace(" > ", " \u203a ")
