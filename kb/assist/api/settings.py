"""How the API answers; what the command hands to its workers, in an environment variable."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, replace
from typing import Any

VARIABLE = "KB_API_SETTINGS"
"""The environment variable that holds the settings of workers, as JSON."""

MOST_CHARACTERS = 8_192
"""Characters of a question; the search itself reads the first 1,024."""

MOST_NAME = 1_024
"""Characters of an article's, a topic's or a tag's name."""

MOST_BYTES = 1_000_000
"""Bytes of a message."""

MOST_BUDGET = 20_000
"""Tokens of a context."""

MOST_CLIENTS = 10_000
"""Clients whose rate is remembered."""

REFRESH = 2.0
"""Seconds between two looks at the articles and the index."""

THREADS = 1
"""Questions that a worker answers at once: Python computes one at a time, and others wait in line,
so that all take about the same time. With 2 the 95th percentile of 32 clients was 2.3 times the
median, with 1 it is 1.9 times, and a third more are answered (benchmarks/api.md).
"""

STAY = 8
"""One answer in so many of several workers ends its connection. A worker that finds many
connections waiting takes all of them, and keeps them: clients that come back spread over workers.
"""


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """Paths as the command line gave them, empty where it did not. `names` are host names that are
    answered besides `localhost` and addresses in figures; all are, where `any_host` says so.
    `origins` are those of pages in browsers that may ask. `rate` is requests a minute for each
    client, 0 for any number. With a `token` nobody else is answered. `workers` are
    the processes that answer.
    """

    config: str = ""
    content: str = ""
    index: str = ""
    names: tuple[str, ...] = ()
    any_host: bool = False
    origins: tuple[str, ...] = ()
    rate: int = 600
    token: str = ""
    workers: int = 1

    def store(self) -> None:
        """Put the settings where workers that are started find them."""
        os.environ[VARIABLE] = json.dumps(asdict(self))

    @classmethod
    def stored(cls) -> ApiSettings:
        """The settings that were stored, else the defaults."""
        given: dict[str, Any] = json.loads(os.environ.get(VARIABLE, "{}"))
        lists = {key: tuple(value) for key, value in given.items() if isinstance(value, list)}
        return replace(cls(), **{**given, **lists})
