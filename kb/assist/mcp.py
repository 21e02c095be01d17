"""The tools of `kb.assist.tools` over the Model Context Protocol: the only door to its SDK.

Over stdio, where nothing but the protocol reaches stdout, or over streamable HTTP on the loopback
interface: there the headers Host and Origin are checked against rebound names, and a token, where
one is wanted, before anything else is done. Each request brings the index up to date, so an edit
shows in the next answer. Work is done in threads: clients don't wait for each other.
"""

from __future__ import annotations

import hmac
import json
import logging
from typing import TYPE_CHECKING, Any, NoReturn

import anyio
import anyio.to_thread
import mcp_types as types
import uvicorn
from mcp.server.lowlevel.server import Server
from mcp.server.stdio import stdio_server
from mcp.server.transport_security import TransportSecuritySettings
from mcp.shared.exceptions import MCPError

from kb.assist.as_json import error_as_json
from kb.assist.prompts import PROMPTS, find_prompt
from kb.context import DATA, without_controls
from kb.errors import KbError, NotFoundError
from kb.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable
    from socket import socket

    from starlette.types import ASGIApp, Receive, Scope, Send

    from kb.assist.tools import Desk, Tool

INSTRUCTIONS = (
    "A help center. Ask `context` with the customer's question first: it gives the sections that "
    "answer, and the channels to a person. Cite each statement by article#anchor. Say so where "
    "nothing covers the question, and name a channel. " + DATA
)

SCHEME = "kb://"
OVERVIEW = f"{SCHEME}llms.txt"
ARTICLE = f"{SCHEME}article/"

PAGE = 200
"""Resources that one answer lists; a cursor leads to the others."""

LOOPBACK = "127.0.0.1"
PATH = "/mcp"


def serve_stdio(desk: Desk) -> None:
    """Answer on stdin and stdout until stdin ends."""
    server = make_server(desk)

    async def run() -> None:
        async with stdio_server() as (requests, replies):
            await server.run(requests, replies, server.create_initialization_options())

    _silence()
    anyio.run(run)


def serve_http(desk: Desk, listener: socket, token: str = "") -> None:
    """Answer on a socket that listens on the loopback interface, until the process is told to end.

    With a `token` requests without it are refused (401).
    """
    port = listener.getsockname()[1]
    names = [f"{LOOPBACK}:{port}", f"localhost:{port}"]
    security = TransportSecuritySettings(
        allowed_hosts=names, allowed_origins=[f"http://{name}" for name in names]
    )
    app: ASGIApp = make_server(desk).streamable_http_app(
        streamable_http_path=PATH, json_response=True, transport_security=security
    )
    _silence()
    if token:
        app = _behind_token(app, token)
    config = uvicorn.Config(app, log_level="error", access_log=False, timeout_graceful_shutdown=2)
    uvicorn.Server(config).run(sockets=[listener])


def _silence() -> None:
    """Keep a client's transcript of stderr free of what it can't act on."""
    logging.getLogger("mcp").setLevel(logging.CRITICAL)


def _behind_token(app: ASGIApp, token: str) -> ASGIApp:
    wanted = f"Bearer {token}".encode()

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            given = dict(scope["headers"]).get(b"authorization", b"")
            if not hmac.compare_digest(given, wanted):
                headers = [(b"www-authenticate", b"Bearer"), (b"content-length", b"0")]
                await send({"type": "http.response.start", "status": 401, "headers": headers})
                await send({"type": "http.response.body", "body": b""})
                return
        await app(scope, receive, send)

    return guarded


def make_server(desk: Desk) -> Server[Any]:
    """A server that answers from a desk."""
    handlers = _Handlers(desk)
    return Server(
        "kb",
        version=__version__,
        title=desk.base.config.name,
        instructions=INSTRUCTIONS,
        on_list_tools=handlers.list_tools,
        on_call_tool=handlers.call_tool,
        on_list_resources=handlers.list_resources,
        on_list_resource_templates=handlers.list_templates,
        on_read_resource=handlers.read_resource,
        on_list_prompts=handlers.list_prompts,
        on_get_prompt=handlers.get_prompt,
    )


class _Handlers:
    """What the server does with each request."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def list_tools(self, _context: Any, _params: Any) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_tool(tool) for tool in self.desk.tools])

    async def call_tool(
        self, _context: Any, params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        try:
            reply = await _in_thread(lambda: self.desk.call(params.name, params.arguments or {}))
        except KbError as error:
            if error.code == "no-tool":
                _refuse(error)
            return _failure(error)
        except OSError as error:
            return _failure(KbError(f"{error.strerror or error}", code="system"))
        text = types.TextContent(type="text", text=reply.text)
        return types.CallToolResult(content=[text], structured_content=reply.value)

    async def list_resources(
        self, _context: Any, params: types.PaginatedRequestParams | None
    ) -> types.ListResourcesResult:
        start = _start(params.cursor if params else None)
        cards = await _in_thread(self.desk.articles)
        resources = [
            types.Resource(
                uri=f"{ARTICLE}{card.id}",
                name=card.id,
                title=_line(card.title),
                description=_line(card.summary) or None,
                mime_type="text/markdown",
            )
            for card in cards[start : start + PAGE]
        ]
        if start == 0:
            about = "Every article with its summary."
            overview = types.Resource(
                uri=OVERVIEW, name="llms.txt", description=about, mime_type="text/markdown"
            )
            resources.insert(0, overview)
        more = str(start + PAGE) if start + PAGE < len(cards) else None
        return types.ListResourcesResult(resources=resources, next_cursor=more)

    async def list_templates(
        self, _context: Any, _params: Any
    ) -> types.ListResourceTemplatesResult:
        template = types.ResourceTemplate(
            uri_template=f"{ARTICLE}{{+id}}",
            name="article",
            description="An article by its id.",
            mime_type="text/markdown",
        )
        return types.ListResourceTemplatesResult(resource_templates=[template])

    async def read_resource(
        self, _context: Any, params: types.ReadResourceRequestParams
    ) -> types.ReadResourceResult:
        uri = str(params.uri)
        try:
            if uri == OVERVIEW:
                text = await _in_thread(self.desk.overview)
            elif uri.startswith(ARTICLE):
                text = await _in_thread(lambda: self.desk.article_text(uri.removeprefix(ARTICLE)))
            else:
                _refuse(NotFoundError(f"no resource {uri!r}", hint=f"there is {OVERVIEW}"))
        except KbError as error:
            _refuse(error)
        content = types.TextResourceContents(uri=uri, text=text, mime_type="text/markdown")
        return types.ReadResourceResult(contents=[content])

    async def list_prompts(self, _context: Any, _params: Any) -> types.ListPromptsResult:
        prompts = [
            types.Prompt(
                name=prompt.name,
                title=prompt.title,
                description=prompt.description,
                arguments=[
                    types.PromptArgument(
                        name=prompt.argument, description=prompt.about, required=True
                    )
                ],
            )
            for prompt in PROMPTS
        ]
        return types.ListPromptsResult(prompts=prompts)

    async def get_prompt(
        self, _context: Any, params: types.GetPromptRequestParams
    ) -> types.GetPromptResult:
        try:
            prompt = find_prompt(params.name)
            given = params.arguments or {}
            text = await _in_thread(lambda: prompt.write(self.desk, given))
        except KbError as error:
            _refuse(error)
        content = types.TextContent(type="text", text=text)
        message = types.PromptMessage(role="user", content=content)
        return types.GetPromptResult(description=prompt.description, messages=[message])


def _line(text: str) -> str:
    """A text of an article where nothing can be quoted: one line, without what nobody sees."""
    return " ".join(without_controls(text).split())


async def _in_thread(work: Callable[[], Any]) -> Any:
    return await anyio.to_thread.run_sync(work)


def _tool(tool: Tool) -> types.Tool:
    hints = types.ToolAnnotations(
        title=tool.title,
        read_only_hint=tool.reads_only,
        destructive_hint=False,
        idempotent_hint=tool.reads_only,
        open_world_hint=False,
    )
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.arguments,
        output_schema=tool.output,
        annotations=hints,
    )


def _failure(error: KbError) -> types.CallToolResult:
    """What a model reads of an error: the same object as commands print."""
    text = types.TextContent(type="text", text=json.dumps(error_as_json(error)))
    return types.CallToolResult(content=[text], is_error=True)


def _refuse(error: KbError) -> NoReturn:
    raise MCPError(
        types.INVALID_PARAMS, str(error), data={"code": error.code, "hint": error.hint}
    ) from error


_DIGITS = 9  # of a cursor: more than any list is long


def _start(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not (cursor.isdecimal() and len(cursor) <= _DIGITS):
        _refuse(KbError(f"no cursor {cursor!r}", code="arguments"))
    return int(cursor)
