"""Names of channels that articles and settings use, and that no contact article has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.config import setting_place
from kb.content import line_of_step
from kb.model import Audience, Problem, Severity, Status
from kb.support.escalation import channel_names
from kb.text.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kb.config import Config
    from kb.model import ArticleMeta


def unknown_channels(articles: Sequence[ArticleMeta], config: Config) -> Iterator[Problem]:
    """A warning for each name in `escalate`, and in `contact.order`, of which there is no channel
    that the readers of that article see: such a step is passed over.

    Without any channel at all there is nothing to warn of: steps are then shown as they are.
    """
    everyone = _names(articles, agents=False)
    agents = _names(articles, agents=True)
    if not agents:
        return
    for article in articles:
        known = agents if article.audience is Audience.AGENT else everyone
        for step in article.escalate:
            if step.channel.casefold() not in known:
                line = line_of_step(config.content, article.path, step.channel, config.limits)
                message = f"`escalate` names {_no_channel(step.channel, known)}"
                yield Problem(article.path, line, message, Severity.WARNING, "channel")
    for name in config.contact.order:
        if name.casefold() not in agents:
            path, line = setting_place(config, ("contact", "order"))
            message = f"contact.order names {_no_channel(name, agents)}"
            yield Problem(path, line, message, Severity.WARNING, "channel")


def _names(articles: Iterable[ArticleMeta], *, agents: bool) -> dict[str, str]:
    """What channels can be called, case folded, with the name that each goes by."""
    names: dict[str, str] = {}
    for article in articles:
        seen = article.status is Status.PUBLISHED
        if article.channel and seen and (agents or article.audience is Audience.PUBLIC):
            for name in channel_names(article, article.channel):
                names.setdefault(name.casefold(), article.channel.name)
    return names


def _no_channel(name: str, known: dict[str, str]) -> str:
    own = list(dict.fromkeys(known.values()))
    hint = did_you_mean(name, own) or (
        f"the channels are {', '.join(own)}" if own else "no channel is public"
    )
    return f"{name!r}, and no contact article has a channel of that name: {hint}"
