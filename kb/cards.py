"""What the index keeps of an article: enough to show hits, browse and escalate without its text."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from kb.model import Action, Audience, Channel, Condition, Status, Step, Tier

if TYPE_CHECKING:
    from kb.model import Article


@dataclass(frozen=True, slots=True)
class Card:
    """An article without its text: fields are as in `kb.model.Article`."""

    id: str
    path: str
    title: str
    topic: str = ""
    summary: str = ""
    tier: Tier = Tier.SELF_SERVICE
    issues: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    have_ready: tuple[str, ...] = ()
    escalate: tuple[Step, ...] = ()
    channel: Channel | None = None
    tags: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    audience: Audience = Audience.PUBLIC
    status: Status = Status.PUBLISHED
    order: int | None = None
    featured: int | None = None


_NAMES = tuple(field.name for field in fields(Card))


def card_of(article: Article) -> Card:
    """An article's card."""
    return Card(**{name: getattr(article, name) for name in _NAMES})


def card_record(card: Card) -> dict[str, Any]:
    """A card as JSON keeps it, without what is empty."""
    values = ((name, getattr(card, name)) for name in _NAMES)
    record = {name: value for name, value in values if value not in (None, "", ())}
    for name in ("actions", "escalate"):
        if name in record:
            record[name] = tuple(map(asdict, record[name]))
    if "channel" in record:
        record["channel"] = asdict(record["channel"])
    return record


def read_card(record: dict[str, Any]) -> Card:
    """The card that `card_record` wrote; what else the record holds is left alone."""
    values = {name: record[name] for name in _NAMES if name in record}
    for name in ("issues", "have_ready", "tags", "aliases"):
        values[name] = tuple(values.get(name, ()))
    for name, enum in (("tier", Tier), ("audience", Audience), ("status", Status)):
        values[name] = enum(values[name])
    values["actions"] = tuple(Action(**action) for action in values.get("actions", ()))
    values["escalate"] = tuple(_read_step(step) for step in values.get("escalate", ()))
    if "channel" in values:
        channel = values["channel"]
        values["channel"] = Channel(**{**channel, "have_ready": tuple(channel["have_ready"])})
    return Card(**values)


def _read_step(step: dict[str, Any]) -> Step:
    condition = step["condition"]
    return Step(step["channel"], Condition(condition) if condition else None)
