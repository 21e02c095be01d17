"""What an assistant can ask of a knowledge base: tools with their arguments, and how each answers.

A tool gives a `Reply`: text for a model to read, and the same as an object for programs. Both stay
within MOST_CHARACTERS. Whatever articles say is data: in a text it stands behind `>`, which no
article can leave, and characters that nobody sees are taken out of both. Nothing here knows of a
protocol: `kb.assist.mcp` speaks one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from kb.assist.as_json import (
    VERSION,
    answer_as_json,
    contact_as_json,
    context_as_json,
    evidence_as_json,
    suggestion_as_json,
)
from kb.assist.schema import read_schema
from kb.context import (
    BUDGET,
    DATA,
    LEAST_BUDGET,
    Evidence,
    digest,
    quote,
    shown_channels,
    without_controls,
    write_section,
)
from kb.desk.message import LONGEST
from kb.errors import NotFoundError, QueryError
from kb.model import Audience, Tier
from kb.text.nearest import did_you_mean, did_you_mean_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from kb.knowledge_base import KnowledgeBase
    from kb.model import Article, ArticleMeta, Section, Topic

MOST_CHARACTERS = 24_000
"""Characters of an answer at most: of its text, and of its object as JSON."""

MOST_BUDGET = 4_000
"""Tokens of a context at most, so that it stays within MOST_CHARACTERS."""

ROOM = MOST_CHARACTERS - 2_000
"""Characters of an object that still grows by what every answer says."""

MOST_OF_PROBLEM = 3
"""Sections of a problem at most."""

MOST_HITS, MOST_IDS, MOST_LISTED = 20, 20, 150
LONGEST_REPORT = 1_000

Schema = dict[str, Any]


class Reply(NamedTuple):
    """An answer as text, and as an object that fits the tool's `output`."""

    text: str
    value: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: what it is for, in words for a model, and schemas of its arguments and its object."""

    name: str
    title: str
    description: str
    arguments: Schema
    output: Schema
    run: Callable[..., Reply]
    reads_only: bool = True


def _text(description: str, **more: Any) -> Schema:
    return {"type": "string", "description": description, **more}


def _number(description: str, least: int, most: int, default: int) -> Schema:
    return {
        "type": "integer", "description": description,
        "minimum": least, "maximum": most, "default": default,
    }  # fmt: skip


def _object(required: Sequence[str] = (), **properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


_LANGUAGE = _text("Tag of the language to answer in, such as de; by default the question's.")
_LIST: Schema = {"type": "array", "items": {"type": "string"}}


def _read_output() -> Schema:
    context = read_schema("context")
    return {
        "type": "object",
        "properties": {
            "version": {"const": VERSION},
            "sections": context["properties"]["sections"],
            "left_out": {**_LIST, "description": "sections that did not fit: read them by name"},
        },
        "required": ["version", "sections", "left_out"],
        "$defs": context["$defs"],
    }


def _listing_output() -> Schema:
    return {
        "type": "object",
        "properties": {
            "version": {"const": VERSION},
            "topics": {"type": "array", "items": {"type": "object"}},
            "left_out": {"type": "integer", "description": "entries that did not fit"},
        },
        "required": ["version", "topics", "left_out"],
    }


_REPORTED: Schema = {
    "type": "object",
    "properties": {"version": {"const": VERSION}, "noted": {"type": "boolean"}},
    "required": ["version", "noted"],
}


class Desk:
    """Answers an assistant from a knowledge base, brought up to date before each answer.

    Agent articles are seen where the `audience` is agents; drafts never. `report` is the file that
    what was not found is noted in; None: nothing is noted, and no tool offers it.
    """

    def __init__(
        self, base: KnowledgeBase, audience: Audience = Audience.PUBLIC, report: Path | None = None
    ) -> None:
        self.base = base
        self.audience = audience
        self.report = report

    @property
    def tools(self) -> tuple[Tool, ...]:
        """All tools that this desk offers."""
        tools = (
            Tool(
                "context",
                "Evidence for a question",
                "The sections of the help center that together answer a question, each with what "
                "to cite it by, what is not covered, and the channels to a person. Ask this first.",
                _object(
                    ["question"],
                    question=_text("The customer's question, in their own words."),
                    budget=_number("Tokens at most.", LEAST_BUDGET, MOST_BUDGET, BUDGET),
                    language=_LANGUAGE,
                ),
                read_schema("context"),
                self.context,
            ),
            Tool(
                "search",
                "Search",
                "Ranked sections for some words, as a list of names with snippets. Use it to look "
                "around; use context to answer.",
                _object(
                    ["query"],
                    query=_text('Words; "a phrase", -without, topic:ID, tag:TAG, tier:TIER.'),
                    limit=_number("Hits at most.", 1, MOST_HITS, 5),
                    topic=_text("Only this topic and those below it."),
                    tag=_text("Only articles with this tag."),
                    tier=_text("Only articles of this tier.", enum=[t.value for t in Tier]),
                    language=_LANGUAGE,
                ),
                read_schema("search"),
                self.search,
            ),
            Tool(
                "read",
                "Read articles",
                "Whole articles or sections by name (article or article#anchor, as search and "
                "context give them); several at once; by lines; or the outline alone.",
                _object(
                    ["ids"],
                    ids={**_LIST, "minItems": 1, "maxItems": MOST_IDS,
                         "description": "Names: article, or article#anchor."},
                    lines=_text("Only sections that touch these lines of the file: 12-30."),
                    outline={"type": "boolean", "default": False,
                             "description": "Headings without their texts."},
                ),
                _read_output(),
                self.read,
            ),
            Tool(
                "topics",
                "Topics",
                "The tree of topics with the articles in each, to browse.",
                _object(topic=_text("The id of a topic; by default all.")),
                _listing_output(),
                self.topics,
            ),
            Tool(
                "contact",
                "Ways to a person",
                "Which channel to use now for a problem, when it is open, what to have ready, and "
                "a message to fill in. For what the articles do not solve.",
                _object(
                    problem=_text("The problem in the customer's words; urgent words count."),
                    language=_LANGUAGE,
                ),
                read_schema("contact"),
                self.contact,
            ),
            Tool(
                "suggest",
                "Reply to a message",
                "The problems in a customer's whole message or mail, the sections that solve each, "
                "what to ask for, the channel, and a reply to send. Personal data is masked.",
                _object(
                    ["message"],
                    message=_text("The message as it was pasted.", maxLength=LONGEST),
                    limit=_number("Sections a problem at most.", 1, MOST_OF_PROBLEM, 2),
                    language=_LANGUAGE,
                ),
                read_schema("suggest"),
                self.suggest,
            ),
        )  # fmt: skip
        if self.report is None:
            return tools
        note = Tool(
            "report",
            "Note a gap",
            "Notes for the authors what was looked for and not found. Only after context and "
            "search found nothing. No personal data.",
            _object(
                ["question"],
                question=_text("What was looked for.", maxLength=LONGEST_REPORT),
                note=_text(
                    "What was found instead, and what is missing.", maxLength=LONGEST_REPORT
                ),
            ),
            _REPORTED,
            self.note,
            reads_only=False,
        )
        return (*tools, note)

    def call(self, name: str, arguments: Mapping[str, Any]) -> Reply:
        """Answer by a tool. Raises NotFoundError for one that there is not, QueryError for
        arguments that are not as its schema says, and any other KbError.
        """
        tools = {tool.name: tool for tool in self.tools}
        if name not in tools:
            hint = did_you_mean(name, tools) or f"there are {', '.join(tools)}"
            raise NotFoundError(f"no tool {name!r}", hint=hint, code="no-tool")
        check_arguments(arguments, tools[name].arguments)
        self.base.prepare()
        reply = tools[name].run(**arguments)
        return Reply(without_controls(reply.text), _cleaned({**reply.value, "about": DATA}))

    def context(self, question: str, budget: int = BUDGET, language: str | None = None) -> Reply:
        """The evidence for a question."""
        found = self.base.context(
            question, budget=budget, audience=self.audience, language=language
        )
        return Reply(found.markdown, context_as_json(found))

    def search(self, query: str, limit: int = 5, **filters: Any) -> Reply:
        """The best sections."""
        answer = self.base.search(query, limit=limit, audience=self.audience, **filters)
        lines = [DATA, *answer.notices]
        for hit in answer.hits:
            name = f"{hit.article}#{hit.anchor}" if hit.anchor else hit.article
            sure = "" if not hit.weak else " (not sure)"
            lines += ["", f"{hit.rank}. {name}{sure}"]
            lines += quote(" > ".join((hit.title, *hit.headings)), hit.snippet)
        if not answer.hits:
            lines += ["", "Nothing found."]
        lines += ["", *shown_channels(answer.escalation)]
        return Reply("\n".join(lines), answer_as_json(answer))

    def read(self, ids: Sequence[str], lines: str = "", *, outline: bool = False) -> Reply:
        """Articles or sections of them, in order, as far as they fit."""
        wanted = _span(lines) if lines else None
        shown: list[Evidence] = []
        left_out: list[str] = []
        room = MOST_CHARACTERS // 2  # the object says in JSON what the text does
        for article, section in self._sections(ids):
            if wanted and not (section.lines[0] <= wanted[1] and section.lines[1] >= wanted[0]):
                continue
            each = _evidence(article, section, f"{self.base.config.content.name}/{article.path}")
            each = each.cut(0 if outline else room - len(write_section(1, each.cut(0))))
            size = len(json.dumps(evidence_as_json(each)))
            if size > room or (not each.paragraphs and each.of and not outline):
                left_out.append(each.name)
            else:
                shown.append(each)
                room -= size
        texts = [write_section(number, each) for number, each in enumerate(shown, 1)]
        more = (
            [f"Left out, read them by name: {', '.join(left_out[:MOST_IDS])}"] if left_out else []
        )
        value = {
            "version": VERSION,
            "sections": [evidence_as_json(each) for each in shown],
            "left_out": left_out[:MOST_LISTED],
        }
        return Reply("\n\n".join([DATA, *texts, *more]), value)

    def topics(self, topic: str = "") -> Reply:
        """A topic and those below it, with their articles."""
        cards = {card.id: card for card in self.base.cards(audience=self.audience)}
        topics = {each.id: each for each in self.base.topics(audience=self.audience)}
        name = topic.strip("/")
        if name not in topics:
            hint = did_you_mean_id(name, topics) or f"there are {', '.join(topics[''].topics)}"
            raise NotFoundError(f"no topic {name!r}", hint=hint)
        inside = f"{name}/" if name else ""
        below = [t for t in topics.values() if t.id == name or t.id.startswith(inside)]
        listed: list[tuple[Topic, tuple[str, ...]]] = []
        room = MOST_LISTED
        for each in below[:MOST_LISTED]:
            articles = each.articles[: max(0, room)]
            listed.append((each, articles))
            room -= len(articles)
        entries = len(below) + sum(len(each.articles) for each in below)
        left_out = entries - len(listed) - sum(len(articles) for _, articles in listed)
        lines = [DATA]
        for each, articles in listed:
            lines += ["", each.id or "(top)", *quote(each.title)]
            lines += [line for id_ in articles for line in (f"- {id_}", *quote(cards[id_].title))]
        if left_out:
            lines += ["", f"{left_out} more: name a topic."]
        return Reply("\n".join(lines), {
            "version": VERSION,
            "topics": [_topic(each, articles, cards) for each, articles in listed],
            "left_out": left_out,
        })  # fmt: skip

    def contact(self, problem: str = "", language: str | None = None) -> Reply:
        """The channels for a problem."""
        found = self.base.contact(problem, audience=self.audience, language=language)
        lines = [DATA, "", *shown_channels(found), "", "Message to fill in:", *quote(found.message)]
        return Reply("\n".join(lines), contact_as_json(problem, found))

    def suggest(self, message: str, limit: int = 2, language: str | None = None) -> Reply:
        """What to answer a message with; fewer sections a problem where more do not fit."""
        found = self.base.suggest(message, limit=limit, audience=self.audience, language=language)
        while (value := suggestion_as_json(found)) and _size(value) > ROOM and limit > 1:
            limit -= 1
            found = self.base.suggest(
                message, limit=limit, audience=self.audience, language=language
            )
        lines = [DATA, *found.notices]
        for number, problem in enumerate(found.problems, 1):
            sure = "" if problem.sure else " (not sure)"
            lines += ["", f"## Problem {number}{sure}", *quote(problem.about)]
            for section in problem.sections:
                hit = section.hit
                trail = " > ".join((hit.title, *hit.headings))
                lines += ["", hit.article + (f"#{hit.anchor}" if hit.anchor else "")]
                lines += quote(trail, *section.steps)
        missing = ["", "Ask for:", *quote(*found.missing)] if found.missing else []
        lines += [*missing, "", *shown_channels(found.escalation)]
        return Reply("\n".join([*lines, "", "Reply:", *quote(found.reply)]), value)

    def note(self, question: str, note: str = "") -> Reply:
        """Append what was not found to the file of reports, one object a line."""
        if self.report is None:
            raise QueryError("reports are off", hint="start kb mcp with --report FILE")
        row = {
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
            "question": question,
            "note": note,
        }
        with self.report.open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps(_cleaned(row), ensure_ascii=False)}\n")
        return Reply("Noted for the authors.", {"version": VERSION, "noted": True})

    def articles(self) -> tuple[ArticleMeta, ...]:
        """The articles that this reader sees, in order of id, as they are now."""
        self.base.prepare()
        return self.base.cards(audience=self.audience)

    def find(self, id_: str) -> Article:
        """An article that this reader sees. Raises NotFoundError, which names similar ones."""
        cards = {card.id: card for card in self.base.cards(audience=self.audience)}
        try:
            article = self.base.article(id_)
        except NotFoundError:
            article = None
        if article is None or article.id not in cards:
            hint = did_you_mean_id(id_, cards) or "the tool topics lists the articles"
            raise NotFoundError(f"no article {id_!r}", hint=hint)
        return article

    def article_text(self, id_: str) -> str:
        """An article as text, as far as it fits."""
        self.base.prepare()
        return without_controls(self.read([id_]).text)

    def overview(self) -> str:
        """What there is, for a model to begin with: every article's id, title and summary."""
        lines = [f"# {self.base.config.name}", "", DATA, ""]
        size = 0
        cards = self.articles()
        for count, card in enumerate(cards):
            says = f": {card.summary}" if card.summary else ""
            line = f"> {card.id} - {' '.join(f'{card.title}{says}'.split())}"
            size += len(line) + 1
            if size > MOST_CHARACTERS - 1_000:
                lines.append(f"{len(cards) - count} more: the tool topics lists them.")
                break
            lines.append(line)
        return without_controls("\n".join(lines) + "\n")

    def _sections(self, ids: Iterable[str]) -> Iterator[tuple[Article, Section]]:
        for name in dict.fromkeys(ids):
            id_, _, anchor = name.partition("#")
            article = self.find(id_)
            sections = [s for s in article.sections if not anchor or s.anchor == anchor]
            if not sections:
                anchors = [section.anchor for section in article.sections]
                hint = did_you_mean_id(anchor, anchors) or f"it has {', '.join(anchors[:5])}"
                raise NotFoundError(f"{article.id} has no section {anchor!r}", hint=hint)
            yield from ((article, section) for section in sections)


def _evidence(article: Article, section: Section, path: str) -> Evidence:
    is_lead = section.heading in ("", article.title, article.heading)
    text = without_controls(section.text)
    count = len([line for line in text.split("\n") if line.strip()])
    return Evidence(
        article=article.id,
        anchor=section.anchor,
        title=without_controls(article.title),
        trail=(article.title, *section.trail, *(() if is_lead else (section.heading,))),
        path=path,
        lines=section.lines,
        reviewed=article.reviewed,
        digest=digest(section.text),
        text="\n".join(line for line in text.split("\n") if line.strip()),
        paragraphs=count,
        of=count,
        score=0.0,
    )


def _topic(
    topic: Topic, articles: Sequence[str], cards: Mapping[str, ArticleMeta]
) -> dict[str, Any]:
    return {
        "topic": topic.id,
        "title": topic.title,
        "articles": [{"article": id_, "title": cards[id_].title} for id_ in articles],
    }


def _span(lines: str) -> tuple[int, int]:
    first, dash, last = lines.partition("-")
    if not (first.isdecimal() and (last.isdecimal() or not dash)):
        raise QueryError(f"lines are as 12-30, not {lines!r}", code="arguments")
    return int(first), int(last or first)


def _size(value: Any) -> int:
    return len(json.dumps(value))


def _cleaned(value: Any) -> Any:
    """A value with all its texts without what nobody sees."""
    if isinstance(value, str):
        return without_controls(value)
    if isinstance(value, list):
        return [_cleaned(each) for each in value]
    if isinstance(value, dict):
        return {key: _cleaned(each) for key, each in value.items()}
    return value


_TYPES: dict[str, type] = {"string": str, "integer": int, "boolean": bool, "array": list}


def check_arguments(arguments: Mapping[str, Any], schema: Schema) -> None:
    """Raise QueryError for the first argument that is not as the schema says."""
    known = schema["properties"]
    for name, value in arguments.items():
        if name not in known:
            hint = did_you_mean(name, known) or f"there are {', '.join(known) or 'none'}"
            raise QueryError(f"no argument {name!r}", hint=hint, code="arguments")
        if wrong := _wrong(name, value, known[name]):
            raise QueryError(wrong, code="arguments")
    for name in schema["required"]:
        if not arguments.get(name):
            hint = known[name]["description"]
            raise QueryError(f"{name} is missing", hint=hint, code="arguments")


def _wrong(name: str, value: Any, rule: Schema) -> str:
    """What is wrong with an argument, in a sentence; empty where nothing is."""
    kind = rule["type"]
    is_type = isinstance(value, _TYPES[kind]) and (kind == "boolean") == isinstance(value, bool)
    if not is_type or (kind == "array" and not all(isinstance(each, str) for each in value)):
        return f"{name} should be {'a list of strings' if kind == 'array' else f'of type {kind}'}"
    least = int(rule.get("minimum") or rule.get("minItems") or 0)
    limits = (rule.get(name) for name in ("maximum", "maxItems", "maxLength"))
    most = int(next(filter(None, limits), MOST_CHARACTERS))
    size: int = len(value) if kind in {"array", "string"} else value
    if not least <= size <= most:
        unit = {"array": " items", "string": " characters"}.get(kind, "")
        return f"{name} should be from {least} to {most:,}{unit}, not {size:,}"
    if "enum" in rule and value not in rule["enum"]:
        names = did_you_mean(value, rule["enum"]) or f"there are {', '.join(rule['enum'])}"
        return f"no {name} {value!r}: {names}"
    return ""
