"""Demands on the figures, as `ndcg=0.70`: below it an evaluation fails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.evaluate.measures import TITLES
from kb.nearest import did_you_mean

if TYPE_CHECKING:
    from kb.evaluate.evaluation import Evaluation

NAMES = {**TITLES, "answered": "answered"}
"""What can be demanded, with what it is called in print."""

_ALIASES = {title.casefold(): name for name, title in TITLES.items()}


@dataclass(frozen=True, slots=True)
class Demand:
    """A figure, from 0 to 1, that must not be lower than `least`."""

    name: str
    least: float

    def failure(self, evaluation: Evaluation) -> str | None:
        """What to say when an evaluation falls short; None when it does not."""
        value = evaluation.figure(self.name)
        if value >= self.least:
            return None
        return f"{NAMES[self.name]} is {value:.4f}, below {self.least:g}"


def read_demand(text: str) -> Demand:
    """Read `NAME=VALUE`. Raises ValueError that says what is wrong."""
    name, equals, value = text.partition("=")
    name = _ALIASES.get(name.strip().casefold(), name.strip().casefold())
    if name not in NAMES or not equals:
        hint = did_you_mean(name, NAMES) or f"the names are {', '.join(NAMES)}"
        raise ValueError(f"{text!a} is not NAME=VALUE, such as ndcg=0.70; {hint}")
    try:
        least = float(value)
    except ValueError:
        least = -1.0
    if not 0 <= least <= 1:
        raise ValueError(f"{value!a} is not a number from 0 to 1")
    return Demand(name, least)
