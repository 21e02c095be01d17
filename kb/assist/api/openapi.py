"""The OpenAPI document of the API: what can be asked, made of the schemas of commands' JSON."""

from __future__ import annotations

import copy
from typing import Any, NamedTuple

from kb.assist.api.settings import MOST_BUDGET, MOST_CHARACTERS, MOST_NAME
from kb.assist.schema import read_schema
from kb.version import __version__

Object = dict[str, Any]

_WORDS: Object = {"type": "string", "minLength": 1, "maxLength": MOST_CHARACTERS}
_NAME: Object = {"type": "string", "minLength": 1, "maxLength": MOST_NAME}
_BOOLEAN: Object = {"type": "boolean"}
_LANGUAGE: Object = {
    "type": "string", "pattern": "^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$", "maxLength": 64,
}  # fmt: skip


class Operation(NamedTuple):
    """What can be asked at a path: by which method, with which parameters (those in `required`
    must be given), and the name of the schema of the answer.
    """

    path: str
    method: str
    summary: str
    parameters: dict[str, Object]
    required: tuple[str, ...] = ()
    schema: str = ""


def _number(least: int, most: int) -> Object:
    return {"type": "integer", "minimum": least, "maximum": most}


OPERATIONS = (
    Operation(
        "/search", "get", "The sections that answer a question, best first.",
        {
            "q": _WORDS,
            "limit": _number(1, 100),
            "tier": {"type": "string", "enum": ["self-service", "contact", "advice"]},
            "topic": _NAME,
            "tag": _NAME,
            "language": _LANGUAGE,
            "prefix": _BOOLEAN,
            "exact": _BOOLEAN,
        },
        ("q",), "search",
    ),
    Operation(
        "/context", "get", "The whole sections that together answer a question, within a budget.",
        {"q": _WORDS, "budget": _number(50, MOST_BUDGET), "language": _LANGUAGE},
        ("q",), "context",
    ),
    Operation(
        "/article", "get", "An article with its sections.",
        {"id": _NAME, "language": _LANGUAGE}, ("id",), "show",
    ),
    Operation(
        "/contact", "get", "The channels for a problem, or all of them.",
        {"q": {**_WORDS, "minLength": 0}, "language": _LANGUAGE}, (), "contact",
    ),
    Operation(
        "/suggest", "post", "The problems in a customer's message, and a reply to it.",
        {"limit": _number(1, 10), "language": _LANGUAGE}, (), "suggest",
    ),
    Operation("/health", "get", "Whether questions are answered.", {}),
    Operation("/openapi.json", "get", "This document.", {}),
)  # fmt: skip

BODIES = ("text/plain", "text/html", "message/rfc822")
"""Content types of a message that is sent as it is."""

ERRORS = {
    400: "The request is wrong.",
    401: "The token is missing or wrong.",
    404: "There is no such article, or none in this language.",
    409: "No section that answers is as small as the budget; the hint says how large one is.",
    413: "The message is too large.",
    415: "A message is plain text, HTML, a mail or JSON.",
    421: "The host is none that is answered.",
    429: "Too many requests; Retry-After says how many seconds to wait.",
    503: "The index can't be read now.",
}


def openapi(*, has_token: bool) -> Object:
    """The document, by the 3.1 version of the specification."""
    schemas = {o.schema: without_paths(read_schema(o.schema)) for o in OPERATIONS if o.schema}
    schemas["error"] = without_paths(read_schema("error"))
    paths: Object = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _describe(
            operation, has_token=has_token
        )
    document: Object = {
        "openapi": "3.1.0",
        "info": {"title": "kb", "version": __version__, "description": "Answers of a help center."},
        "paths": paths,
        "components": {"schemas": {name: _moved(s, name) for name, s in schemas.items()}},
    }
    if has_token:
        document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    return document


def _describe(operation: Operation, *, has_token: bool) -> Object:
    is_open = operation.path == "/health"
    answer = (
        {"$ref": f"#/components/schemas/{operation.schema}"}
        if operation.schema
        else {"type": "object"}
    )
    codes = [400, 421] if is_open else [400, 421, 429, 503]
    if "language" in operation.parameters:
        codes.append(404)
    if "budget" in operation.parameters:
        codes.append(409)
    if operation.method == "post":
        codes += [413, 415]
    if has_token and not is_open:
        codes.append(401)
    described: Object = {
        "operationId": operation.path.strip("/").replace(".", "_"),
        "summary": operation.summary,
        "parameters": [
            {"name": name, "in": "query", "required": name in operation.required, "schema": schema}
            for name, schema in operation.parameters.items()
        ],
        "responses": {
            "200": {
                "description": "The answer.",
                "content": {"application/json": {"schema": answer}},
            },
            **{str(code): _error(code) for code in sorted(codes)},
        },
    }
    if operation.method == "get" and not is_open:
        described["responses"]["304"] = {"description": "What If-None-Match names is the answer."}
    if operation.method == "post":
        body = {
            "type": "object",
            "properties": {"message": {"type": "string", "minLength": 1}},
            "required": ["message"],
            "additionalProperties": False,
        }
        # Bytes have no schema: any are a message, and how many may be is what 413 says.
        raw = {kind: {"schema": {"minLength": 1}} for kind in BODIES}
        content = {**raw, "application/json": {"schema": body}}
        described["requestBody"] = {"required": True, "content": content}
    if has_token and not is_open:
        described["security"] = [{"token": []}]
    return described


def _error(code: int) -> Object:
    return {
        "description": ERRORS[code],
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/error"}}},
    }


def without_paths(value: Any) -> Any:
    """A schema without the properties that name files of the server."""
    if isinstance(value, list):
        return [without_paths(each) for each in value]
    if not isinstance(value, dict):
        return value
    found = {key: without_paths(each) for key, each in value.items()}
    properties = found.get("properties")
    if isinstance(properties, dict) and "path" in properties:
        del properties["path"]
        if "required" in found:
            found["required"] = [name for name in found["required"] if name != "path"]
    return found


def _moved(schema: Object, name: str) -> Object:
    """A schema as part of the document: what it defines is found below it."""
    moved = copy.deepcopy(schema)
    moved.pop("$schema", None)
    todo: list[Any] = [moved]
    while todo:
        each = todo.pop()
        if isinstance(each, dict):
            if isinstance(ref := each.get("$ref"), str) and ref.startswith("#/$defs/"):
                each["$ref"] = f"#/components/schemas/{name}/{ref.removeprefix('#/')}"
            todo += each.values()
        elif isinstance(each, list):
            todo += each
    return moved
