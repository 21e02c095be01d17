"""Asking a cluster: one function for all requests, its retries, and what to say when it fails.

The only module that imports opensearch-py. Its own retries are off: they leave out a shard that is
just moving (HTTP 500, `search_phase_execution_exception`), and wait for nothing between two tries.
"""

from __future__ import annotations

import json
import logging
import os
import random
import re
import time
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from kb.errors import ConfigError, IndexingError
from kb.extras import install_command

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

USER, PASSWORD = "KB_ENGINE_USER", "KB_ENGINE_PASSWORD"
"""Environment variables that hold the credentials. No setting does, so that none is printed."""

RETRIED = frozenset({429, 502, 503, 504})
REFUSED = frozenset({401, 403})
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
"""Seconds between two tries: twice as long each time, and less by chance, up to the longest."""


class ClusterError(IndexingError):
    """The cluster does not answer, or refuses to."""

    code = "cluster"


class NotThereError(Exception):
    """The cluster has nothing of that name."""


class ConflictError(Exception):
    """Somebody else was there first; the message is the cluster's."""


class ClusterSettings(NamedTuple):
    """Where a cluster is and how it is asked. See `[engine]` in `kb.config`."""

    urls: tuple[str, ...]
    prefix: str
    credentials: Path | None = None
    ca: Path | None = None
    verify: bool = True
    timeout: float = 10.0
    retries: int = 6
    shards: int = 1
    replicas: int = 1


class Cluster:
    """A connection to a cluster, opened with the first request. Any number of threads may use it;
    a forked child opens its own.
    """

    def __init__(self, settings: ClusterSettings) -> None:
        self.settings = settings
        self._transports: dict[int, Any] = {}

    @property
    def name(self) -> str:
        """What messages call it."""
        return f"the cluster at {', '.join(self.settings.urls)}"

    def get(self, path: str, **params: object) -> Any:
        """What GET answers. Raises as `request` does."""
        return self.request("GET", path, params=params)

    def search(self, index: str, body: Mapping[str, Any], **params: object) -> dict[str, Any]:
        """The answer of all shards: that of some of them is never taken."""
        given = {"allow_partial_search_results": "false", **params}
        answer: dict[str, Any] = self.request("POST", f"/{index}/_search", body, params=given)
        self._refuse_partial(answer)
        return answer

    def search_all(self, index: str, bodies: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The answers of several searches in one trip; all are asked again where one failed."""
        head = {"allow_partial_search_results": False}
        lines = as_lines([row for body in bodies for row in (head, body)])
        for attempt in range(self.settings.retries + 1):
            answers: list[dict[str, Any]] = self.request("POST", f"/{index}/_msearch", lines)[
                "responses"
            ]
            failed = [answer for answer in answers if "error" in answer]
            if not failed:
                break
            if attempt == self.settings.retries:
                kind = failed[0]["error"].get("type", "")
                raise self._error(_Failure(int(failed[0]["status"]), str(kind)))
            pause(attempt)
        for answer in answers:
            self._refuse_partial(answer)
        return answers

    def _refuse_partial(self, answer: Mapping[str, Any]) -> None:
        if answer.get("timed_out") or answer["_shards"]["failed"]:
            raise ClusterError(f"{self.name} answered in part only", hint="try again")

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        params: Mapping[str, object] = {},
        *,
        patience: int = 0,
    ) -> Any:
        """What the cluster answers, asked again where it may be better by then; `patience` more
        times where it is full (429).

        Raises NotThereError, ConflictError, and ClusterError for all else.
        """
        for attempt in range(self.settings.retries + patience + 1):
            failure = self._try(method, path, body, params)
            if not isinstance(failure, _Failure):
                return failure
            is_last = attempt == self.settings.retries + patience or (
                attempt >= self.settings.retries and failure.status != FULL
            )
            if not failure.passing or is_last:
                break
            pause(attempt)
        raise self._error(failure)

    def _try(self, method: str, path: str, body: object, params: Mapping[str, object]) -> Any:
        transport = self._transport
        from opensearchpy import exceptions  # noqa: PLC0415  # an extra, and 300 ms

        try:
            return transport.perform_request(method, path, params=dict(params), body=body)
        except exceptions.ConnectionTimeout:
            failure = _Failure(0, f"no answer within {self.settings.timeout:g} s", passing=True)
        except exceptions.SSLError as error:
            failure = _Failure(0, f"its certificate is not trusted: {_cause(error)}")
        except exceptions.ConnectionError as error:
            failure = _Failure(0, _cause(error), passing=True)
        except exceptions.TransportError as error:
            failure = _read_failure(error)
        except exceptions.SerializationError:
            failure = _Failure(0, "it does not speak as OpenSearch does")
        # Raised out of here, so that nothing of the client's (headers with credentials among it)
        # is part of a traceback.
        return failure

    def _error(self, failure: _Failure) -> Exception:
        status, reason = failure.status, failure.reason
        if status == 404:  # noqa: PLR2004  # HTTP's
            return NotThereError(reason)
        if status == 409 or "resource_already_exists" in reason:  # noqa: PLR2004  # HTTP's
            return ConflictError(reason)
        if status in REFUSED:
            hint = f"set {USER} and {PASSWORD}, or `credentials` in [engine]"
            return ClusterError(f"{self.name} refuses these credentials ({status})", hint=hint)
        said = f"it says {status}: {reason}" if status else reason
        return ClusterError(
            f"{self.name} does not answer: {said}" if failure.passing else f"{self.name}: {said}",
            hint="start it, or look at `urls`, `ca` and `timeout` in [engine]"
            if failure.passing or not status
            else None,
        )

    @property
    def _transport(self) -> Any:
        own = os.getpid()
        return self._transports.get(own) or self._transports.setdefault(own, self._open())

    def _open(self) -> Any:
        try:
            import opensearchpy  # noqa: PLC0415  # an extra, and 300 ms
        except ImportError:
            raise ConfigError(
                'engine.kind = "opensearch" needs opensearch-py',
                hint=f"`{install_command('opensearch')}` installs it",
            ) from None
        # Without a handler Python prints the client's warnings.
        logging.getLogger("opensearch").addHandler(logging.NullHandler())
        settings = self.settings
        tls: dict[str, Any] = {}
        if any(url.startswith("https:") for url in settings.urls):
            tls = {"verify_certs": settings.verify, "ssl_show_warn": False}
            if settings.ca:
                tls["ca_certs"] = str(settings.ca)
            if not settings.verify:
                tls["ssl_assert_hostname"] = False
        try:
            client = opensearchpy.OpenSearch(
                list(map(_host, settings.urls)),
                http_auth=_credentials(settings.credentials),
                timeout=settings.timeout,
                max_retries=0,
                maxsize=32,
                **tls,
            )
        except OSError as error:
            raise ConfigError(f"engine.ca can't be read: {error}", path=str(settings.ca)) from None
        return client.transport


FULL = 429
"""The status of a cluster, or of one of its queues, that takes no more for now."""


def pause(attempt: int) -> None:
    """Wait before the next try: longer each time, by chance, so that not all come at once."""
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt)
    time.sleep(pause * (0.5 + random.random() / 2))  # noqa: S311  # no secret


class _Failure(NamedTuple):
    """Why a request failed: the HTTP status, 0 without an answer; whether it may pass."""

    status: int
    reason: str
    passing: bool = False


def _read_failure(error: Any) -> _Failure:
    status = error.status_code if isinstance(error.status_code, int) else 0
    kind, reason = str(error.error), ""
    if isinstance(error.info, dict) and isinstance(error.info.get("error"), dict):
        info = error.info["error"]
        causes = info.get("root_cause") or info.get("failed_shards") or [info]
        reason = str(causes[0].get("reason", "")) if isinstance(causes[0], dict) else ""
    moving = status == 500 and "search_phase_execution" in kind  # noqa: PLR2004  # HTTP's
    said = f"{kind}: {reason}" if reason else kind
    return _Failure(status, said[:300], passing=status in RETRIED or moving)


def _cause(error: Any) -> str:
    """What hindered a connection, in the words of the system where there are some."""
    cause = str(error.error)
    for known in ("Connection refused", "Name or service not known", "No route to host"):
        if known in cause:
            return known[0].lower() + known[1:]
    cause = re.sub(r"\s*\(_ssl\.c:[0-9]+\)", "", cause)  # where in Python that is
    return cause.rpartition(": ")[2].rstrip(")'\".")[:200] or "no connection"


def _host(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    host: dict[str, Any] = {
        "host": parts.hostname, "port": parts.port or (443 if secure else 80), "use_ssl": secure,
    }  # fmt: skip
    if parts.path.strip("/"):
        host["url_prefix"] = parts.path.strip("/")
    return host


def _credentials(file: Path | None) -> tuple[str, str] | None:
    """User and password: of the environment, else of a file with one line `user:password`."""
    user, password = os.environ.get(USER, ""), os.environ.get(PASSWORD, "")
    if user:
        return user, password
    if file is None:
        return None
    try:
        line = file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise ConfigError("engine.credentials can't be read", path=str(file)) from None
    user, colon, password = line.partition(":")
    if not user or not colon or "\n" in line:
        raise ConfigError(
            "engine.credentials should be a file of one line, `user:password`", path=str(file)
        )
    return user, password


def as_lines(rows: list[Mapping[str, Any]]) -> str:
    """Rows as a bulk request takes them. ASCII: a lone surrogate is no text elsewhere."""
    return "".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows)
