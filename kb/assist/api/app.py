"""The ASGI application: reads requests, asks the knowledge base in threads, writes JSON.

A request is checked before anything is asked: host, token, rate, parameters. Whatever goes wrong
is one object with `error`, and none names a file or says where in kb it happened. Each answer is of
one state of the articles; a task looks for another every REFRESH seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import itertools
import json
import logging
import re
import time
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import anyio
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.routing import Route

from kb.assist.api.openapi import BODIES, OPERATIONS, openapi
from kb.assist.api.settings import (
    MOST_BYTES,
    MOST_CHARACTERS,
    MOST_CLIENTS,
    REFRESH,
    STAY,
    THREADS,
    ApiSettings,
)
from kb.assist.as_json import (
    answer_as_json,
    article_as_json,
    contact_as_json,
    context_as_json,
    error_as_json,
    suggestion_as_json,
)
from kb.errors import KbError, NotFoundError, QueryError
from kb.knowledge_base import KnowledgeBase
from kb.model import Tier
from kb.site.dev.server import is_own_name
from kb.text.languages import primary, tidy_tag
from kb.text.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping

    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    Values = Mapping[str, Any]

_log = logging.getLogger("kb.api")

UNREADABLE = "the index can't be read now"
LOOPBACK = "127.0.0.1"
STATUS = {"budget": 409}
"""The status of errors that are not in the request alone: a smaller section may come."""

MISTAKE = "something went wrong in kb; its log says what"


class _RefusedError(KbError):
    """A request that is not answered, with the status to say so."""

    def __init__(self, status: int, message: str, code: str, **headers: str) -> None:
        super().__init__(message, code=code)
        self.status = status
        self.headers = headers


def create_app(settings: ApiSettings, base: KnowledgeBase | None = None) -> Starlette:
    """The application; `base` is the knowledge base, else that which the settings name."""
    api = _Api(settings, base or _open(settings))
    routes = [
        Route(operation.path, api.endpoint(operation.path), methods=[operation.method.upper()])
        for operation in OPERATIONS
    ]
    cors = Middleware(
        CORSMiddleware,
        allow_origins=settings.origins,
        allow_methods=("GET", "POST"),
        allow_headers=("Authorization", "Content-Type", "If-None-Match"),
        expose_headers=("ETag", "Retry-After"),
    )
    return Starlette(
        routes=routes,
        middleware=[*([cors] if settings.origins else []), Middleware(_Guard, settings)],
        exception_handlers={HTTPException: _unknown},
        lifespan=api.lifespan,
    )


def create_stored() -> Starlette:
    """The application of a worker, by the settings that were stored for it."""
    return create_app(ApiSettings.stored())


def _open(settings: ApiSettings) -> KnowledgeBase:
    return KnowledgeBase.open(
        settings.content or None,
        index=settings.index or None,
        config=Path(settings.config) if settings.config else None,
    )


class _Api:
    """The answers, each a function of a request's values that runs in a thread."""

    def __init__(self, settings: ApiSettings, base: KnowledgeBase) -> None:
        self.base = base
        self.document = openapi(has_token=bool(settings.token))
        self.operations = {operation.path: operation for operation in OPERATIONS}
        self.answers: dict[str, Callable[[Values], Any]] = {
            "/search": self._search,
            "/context": self._context,
            "/article": self._article,
            "/contact": self._contact,
            "/suggest": self._suggest,
            "/health": self._health,
            "/openapi.json": lambda _: self.document,
        }
        self._threads: anyio.CapacityLimiter | None = None
        self._stays = itertools.cycle([True] * (STAY - 1) + [settings.workers == 1])

    @contextlib.asynccontextmanager
    async def lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        """Bring the index up to date before the first question, and look for changes after."""
        await anyio.to_thread.run_sync(self._refresh)
        task = asyncio.create_task(self._keep_up())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            self.base.close()

    async def _keep_up(self) -> None:
        while True:
            await asyncio.sleep(REFRESH)
            await anyio.to_thread.run_sync(self._refresh)

    def _refresh(self) -> None:
        """Take a newer state of the articles; where that fails, the one before still answers."""
        try:
            self.base.prepare()
        except (KbError, OSError) as error:  # the state of before still answers
            _log.warning("the index was not brought up to date: %s", error)

    def endpoint(self, path: str) -> Callable[[Request], Any]:
        """What Starlette calls for a request of a path."""

        async def answer(request: Request) -> Response:
            try:
                values = _values(request, self.operations[path].parameters)
                _require(values, self.operations[path].required)
                if request.method == "POST":
                    values["message"] = await _message(request)
                if self._threads is None:
                    self._threads = anyio.CapacityLimiter(THREADS)
                found = await anyio.to_thread.run_sync(
                    self._encoded, path, values, limiter=self._threads
                )
            except KbError as error:
                return _failure(error)
            except Exception:  # noqa: BLE001  # a client hears nothing of what it was
                _log.exception("%s failed", path)
                return _json(500, _error_object(MISTAKE, "error"))
            response = _found(request, found)
            if not next(self._stays):
                response.headers["Connection"] = "close"
            return response

        return answer

    def _encoded(self, path: str, values: Values) -> bytes:
        if language := values.get("language"):
            known = self.base.languages
            if primary(tidy_tag(language)) not in map(primary, known):
                hint = f"there are some in {', '.join(known)}"
                raise NotFoundError(f"no articles in {language!r}", hint=hint, code="language")
        return _dumped(_without_paths(self.answers[path](values)))

    def _search(self, values: Values) -> Any:
        tier = values.get("tier")
        answer = self.base.search(
            values["q"],
            limit=values.get("limit"),
            tier=Tier(tier) if tier else None,
            topic=values.get("topic"),
            tag=values.get("tag"),
            prefix=values.get("prefix", False),
            correct=not values.get("exact", False),
            language=values.get("language"),
        )
        return answer_as_json(answer)

    def _context(self, values: Values) -> Any:
        found = self.base.context(
            values["q"], budget=values.get("budget"), language=values.get("language")
        )
        return context_as_json(found)

    def _article(self, values: Values) -> Any:
        base = self.base
        article = base.article(values["id"], language=values.get("language"))
        if not article.is_published:  # what it is called is nobody's business
            raise NotFoundError(f"no article {values['id']!r}", hint="search for it")
        return article_as_json(
            article,
            article.sections,
            base.escalation(article),
            base.language_of(article),
            base.translations(article),
        )

    def _contact(self, values: Values) -> Any:
        words = values.get("q", "")
        return contact_as_json(words, self.base.contact(words, language=values.get("language")))

    def _suggest(self, values: Values) -> Any:
        found = self.base.suggest(
            values["message"], limit=values.get("limit", 3), language=values.get("language")
        )
        return suggestion_as_json(found)

    def _health(self, _values: Values) -> Any:
        return {"version": 1, "status": "ok", "articles": self.base.describe().articles}


def _values(request: Request, known: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a request, checked. Raises QueryError."""
    query = request.scope["query_string"].decode("latin-1")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=64, errors="replace")
    except ValueError:
        raise QueryError("there are too many parameters") from None
    values: dict[str, Any] = {}
    for name, text in pairs:
        if name not in known:
            hint = did_you_mean(name, known) or f"there are {', '.join(known) or 'none'}"
            raise QueryError(f"no parameter {_short(name)}", hint=hint, code="parameter")
        if name in values:
            raise QueryError(f"the parameter {name} is given twice", code="parameter")
        values[name] = _value(name, text, known[name])
    return values


def _value(name: str, text: str, schema: Mapping[str, Any]) -> Any:
    kind = schema["type"]
    if kind == "integer":
        number = int(text) if re.fullmatch("-?[0-9]{1,9}", text) else None
        least, most = schema["minimum"], schema["maximum"]
        if number is None or not least <= number <= most:
            raise QueryError(f"{name} takes a number from {least} to {most}", code="parameter")
        return number
    if kind == "boolean":
        if text not in ("true", "false"):
            raise QueryError(f"{name} takes true or false", code="parameter")
        return text == "true"
    if "enum" in schema and text not in schema["enum"]:
        known = ", ".join(schema["enum"])
        raise QueryError(f"{name} takes one of {known}", code="parameter")
    least, most = schema.get("minLength", 0), schema.get("maxLength", MOST_CHARACTERS)
    if not least <= len(text) <= most:
        raise QueryError(f"{name} takes {least} to {most:,} characters", code="parameter")
    if "pattern" in schema and not re.fullmatch(schema["pattern"].strip("^$"), text):
        raise QueryError(f"{name} takes a tag such as en or pt-BR", code="parameter")
    return text


async def _message(request: Request) -> str | bytes:
    """The message that a request brings. Raises what says that it is none."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in (*BODIES, "application/json"):
        known = ", ".join((*BODIES, "application/json"))
        raise _RefusedError(415, f"a message is one of {known}", "content-type")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise _RefusedError(413, f"a message has at most {MOST_BYTES:,} bytes", "too-large")
    message: str | bytes = body
    if kind == "application/json":
        try:
            given = json.loads(body)
        except (ValueError, RecursionError):
            raise QueryError("the body is no JSON", code="body") from None
        if not isinstance(given, dict) or set(given) != {"message"}:
            raise QueryError('the body is an object such as {"message": "..."}', code="body")
        message = given["message"]
    if not isinstance(message, str | bytes) or not message:
        raise QueryError("there is no message", code="body")
    return message


def _found(request: Request, body: bytes) -> Response:
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Authorization"}
    wanted = request.headers.get("if-none-match", "")
    same = {each.strip().removeprefix("W/") for each in wanted.split(",")}
    if request.method != "POST" and (tag in same or wanted.strip() == "*"):
        return Response(status_code=304, headers=headers)
    if request.method == "POST":
        headers = {"Cache-Control": "no-store"}
    return _json(200, body, headers)


def _failure(error: KbError) -> Response:
    """What a client hears of an error: nothing of the server's files."""
    if isinstance(error, _RefusedError):
        told = _error_object(error.message, error.code)
        return _json(error.status, told, error.headers)
    if isinstance(error, NotFoundError | QueryError):
        status = 404 if isinstance(error, NotFoundError) else STATUS.get(error.code, 400)
        hint = error.hint if not error.hint or "`kb" not in error.hint else None
        hint = hint and re.sub(r"--(\w+) ", r"\1=", hint)  # as a parameter, not as an option
        return _json(status, _error_object(error.message, error.code, hint))
    _log.error("%s", error)
    return _json(503, _error_object(UNREADABLE, error.code))


def _error_object(message: str, code: str, hint: str | None = None) -> bytes:
    return _dumped(_without_paths(error_as_json(KbError(message, code=code, hint=hint))))


def _dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _json(status: int, body: bytes, headers: Mapping[str, str] | None = None) -> Response:
    always = {"X-Content-Type-Options": "nosniff"}
    return Response(body, status, {**always, **(headers or {})}, media_type="application/json")


async def _unknown(_request: Request, error: Exception) -> Response:
    """An address or a method that there is not."""
    assert isinstance(error, HTTPException)
    code = {404: "not-found", 405: "method"}.get(error.status_code, "error")
    message = {404: "no such address: /openapi.json lists them", 405: "no such method here"}
    said = message.get(error.status_code, error.detail)
    return _json(error.status_code, _error_object(said, code), error.headers)


def _without_paths(value: Any) -> Any:
    """An answer without the names of the server's files; what articles' authors wrote stays."""
    if isinstance(value, list):
        return [_without_paths(each) for each in value]
    if isinstance(value, dict):
        return {
            key: each if key == "extra" else _without_paths(each)
            for key, each in value.items()
            if key != "path"
        }
    return value


def _require(values: Mapping[str, object], names: Iterable[str]) -> None:
    for name in names:
        if name not in values:
            raise QueryError(f"the parameter {name} is missing")


_SHOWN = 40  # characters of a value that a message shows


def _short(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


class _Guard:
    """Lets those requests through that are for this host, with the token, and not too many."""

    def __init__(self, app: ASGIApp, settings: ApiSettings) -> None:
        self.app = app
        self.settings = settings
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what is refused; hand on the rest."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {name.lower(): value for name, value in scope["headers"]}
        refused = self._refused(scope, headers)
        if refused is None:
            await self.app(scope, receive, send)
            return
        response = _failure(refused)
        if scope["method"] == "HEAD":
            await response(scope, receive, _headless(send))
        else:
            await response(scope, receive, send)

    def _refused(self, scope: Scope, headers: Mapping[bytes, bytes]) -> _RefusedError | None:
        host = headers.get(b"host", b"").decode("latin-1")
        if not (self.settings.any_host or is_own_name(host, LOOPBACK, self.settings.names)):
            return _RefusedError(421, "this host is not answered", "host")
        if scope["path"] == "/health":
            return None
        client = scope["client"][0] if scope.get("client") else ""
        wait = self._wait(client)
        if wait:
            return _RefusedError(
                429, "too many requests: wait a little", "rate", **{"Retry-After": str(wait)}
            )
        given = headers.get(b"authorization", b"")
        wanted = f"Bearer {self.settings.token}".encode()
        if self.settings.token and not hmac.compare_digest(given, wanted):
            asks = {"WWW-Authenticate": "Bearer"}
            return _RefusedError(401, "the token is missing or wrong", "token", **asks)
        return None

    def _wait(self, client: str) -> int:
        """Seconds that a client has to wait; each may ask `rate` times a minute, half at once."""
        rate = self.settings.rate
        if not rate:
            return 0
        now = time.monotonic()
        most = max(1.0, rate / 2)
        left, since = self._left.pop(client, (most, now))
        left = min(most, left + (now - since) * rate / 60)
        allowed = left >= 1
        self._left[client] = (left - 1 if allowed else left, now)
        if len(self._left) > MOST_CLIENTS:
            self._left.popitem(last=False)
        return 0 if allowed else max(1, round((1 - left) * 60 / rate))


def _headless(send: Send) -> Send:
    async def without_body(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return without_body
