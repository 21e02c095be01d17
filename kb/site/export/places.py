"""Where the things that search finds stand on a site."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from kb.site.addresses import encode
from kb.site.plan import action_target

if TYPE_CHECKING:
    from kb.model import Action, ArticleMeta
    from kb.site.plan import Plan


class Places(Protocol):
    """Addresses as links write them, from the root of the site; empty for what has none."""

    def article(self, id_: str) -> str:
        """The page of an article."""

    def section(self, id_: str, anchor: str) -> str:
        """The anchor of a section on that page, empty for its top."""

    def topic(self, id_: str) -> str:
        """The page of a topic."""

    def action(self, card: ArticleMeta, action: Action) -> str:
        """Where an action of an article leads."""


class SitePlaces(NamedTuple):
    """The places of a site that kb builds."""

    plan: Plan

    def article(self, id_: str) -> str:
        """The page of an article."""
        return encode(self.plan.address.get(id_, f"{id_}.html"))

    def section(self, id_: str, anchor: str) -> str:  # noqa: ARG002 the anchors are kb's own
        """The anchor of a section."""
        return anchor

    def topic(self, id_: str) -> str:
        """The page of a topic."""
        return encode(self.plan.topic_address.get(id_, ""))

    def action(self, card: ArticleMeta, action: Action) -> str:
        """Where an action leads; nowhere if that is not on the site."""
        return action_target(action, card, self.plan)[0]
