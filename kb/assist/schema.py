"""JSON Schemas of what commands print with `--json`, and fields picked by their names in them.

Each is a file of `schemas/`, draft 2020-12; `error.json` is that of a command that fails. Other
keys may come without a new version, so none is forbidden.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from kb.errors import QueryError
from kb.text.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Schema = dict[str, Any]

ERROR = "error"
"""The name of what a command prints that fails."""


def names() -> tuple[str, ...]:
    """The names of all schemas: commands, and `error`."""
    folder = files("kb.assist") / "schemas"
    return tuple(sorted(file.name.removesuffix(".json") for file in folder.iterdir()))


def read_schema(name: str) -> Schema:
    """The schema of a command's JSON. Raises QueryError for a command that prints none."""
    if name not in names():
        known = ", ".join(each for each in names() if each != ERROR)
        raise QueryError(f"kb {name} prints no JSON", hint=f"these do: {known}", code="no-json")
    text = (files("kb.assist") / "schemas" / f"{name}.json").read_text("utf-8")
    schema: Schema = json.loads(text)
    return schema


def read_fields(written: str, schema: Schema) -> tuple[str, ...]:
    """The fields of `hits.article,total`, each of them in the schema. Raises QueryError."""
    fields = tuple(field for part in written.split(",") if (field := part.strip()))
    if not fields:
        raise QueryError("--fields names no field", hint=_known(schema, schema), code="field")
    for field in fields:
        _check(field, schema)
    return fields


def pick(value: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    """The object with these fields alone, in its own order, and `version`, which always stays. A
    field below a list is that of each of its items.
    """
    wanted: dict[str, list[str]] = {"version": [""]}
    for field in fields:
        name, _, below = field.partition(".")
        wanted.setdefault(name, []).append(below)
    return {name: _below(each, wanted[name]) for name, each in value.items() if name in wanted}


def _below(value: Any, fields: Sequence[str]) -> Any:
    if "" in fields:
        return value
    if isinstance(value, list):
        return [_below(each, fields) for each in value]
    if isinstance(value, dict):
        return pick(value, fields)
    return value


def _check(field: str, schema: Schema) -> None:
    at, path = schema, ""
    for name in field.split("."):
        known = _properties(at, schema)
        if name not in known and "additionalProperties" not in at:
            hint = did_you_mean(f"{path}{name}", [f"{path}{each}" for each in known])
            hint = hint or (f"there are {', '.join(known)}" if known else f"{path[:-1]} has none")
            raise QueryError(f"no field {field!r}", hint=hint, code="field")
        at = _resolved(known.get(name, {}), schema)
        path += f"{name}."


def _properties(at: Schema, schema: Schema) -> Mapping[str, Schema]:
    properties: Mapping[str, Schema] = _resolved(at, schema).get("properties", {})
    return properties


def _resolved(at: Schema, schema: Schema) -> Schema:
    """A schema behind references, of a list that of its items, of a choice the last one."""
    while True:
        if "$ref" in at:
            at = schema["$defs"][at["$ref"].rpartition("/")[2]]
        elif "items" in at:
            at = at["items"]
        elif "anyOf" in at:
            at = at["anyOf"][-1]
        else:
            return at


def _known(at: Schema, schema: Schema) -> str:
    return f"there are {', '.join(_properties(at, schema))}"


def all_fields(schema: Schema) -> Iterator[str]:
    """Every field that can be picked, with those below it."""
    yield from _fields(schema, schema, "")


def _fields(at: Schema, schema: Schema, path: str) -> Iterator[str]:
    for name, below in _properties(at, schema).items():
        yield f"{path}{name}"
        yield from _fields(below, schema, f"{path}{name}.")
