"""Front matter and topic files: YAML, TOML and JSON to texts, lists and mappings with lines.

    split(text)              where front matter stands, and the text below it
    parse(raw, ...)          its values
    read(text)               both
    find_misplaced(text)     what looks like front matter where none is read

It is the only door to YAML. Every scalar is text (`title: no` is the word no), and the same
limits hold for all three.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kb.config import DEFAULT_LIMITS, Limits, over_limit
from kb.content.frontmatter.block import Block, Form, find_misplaced, split
from kb.content.frontmatter.json_reader import read_json
from kb.content.frontmatter.toml_reader import read_toml
from kb.content.frontmatter.values import (
    NO_FIELDS,
    Entry,
    Fields,
    Items,
    Plain,
    Text,
    Value,
    as_value,
    plain,
    without_comments,
)
from kb.content.frontmatter.yaml_reader import load_yaml, read_yaml

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "NO_FIELDS",
    "Block",
    "Entry",
    "Fields",
    "Form",
    "Items",
    "Plain",
    "Read",
    "Text",
    "Value",
    "as_value",
    "find_misplaced",
    "load_yaml",
    "parse",
    "plain",
    "read",
    "split",
]

_READERS: dict[Form, Callable[[str, int, int, str], Fields]] = {
    Form.YAML: read_yaml,
    Form.TOML: read_toml,
    Form.JSON: read_json,
}


class Read(NamedTuple):
    """A file's front matter, the text below it, and the line on which that begins."""

    fields: Fields
    body: str
    body_line: int


def parse(
    raw: str,
    *,
    form: Form = Form.YAML,
    first_line: int = 2,
    limits: Limits = DEFAULT_LIMITS,
    what: str = "front matter",
) -> Fields:
    """Read front matter, or a topic file, whose first line is line `first_line` of its file.

    `what` is what messages call it. Comments in values are left out.

    Raises `ContentError` with a line for anything but one mapping of texts, lists and
    mappings within the limits. Nothing at all is an empty mapping.
    """
    if len(raw.encode(errors="replace")) > limits.front_matter:
        raise over_limit("front_matter", f"{what} of over {limits.front_matter} bytes", first_line)
    fields = _READERS[form](raw, first_line, limits.front_matter_depth, what)
    return without_comments(fields)


def read(text: str, *, limits: Limits = DEFAULT_LIMITS) -> Read:
    """A file's front matter and the text below it. Raises `ContentError` as the others do."""
    block = split(text, limits)
    if block is None:
        return Read(NO_FIELDS, text, 1)
    fields = parse(block.raw, form=block.form, first_line=block.first_line, limits=limits)
    return Read(fields, block.body, block.body_line)
