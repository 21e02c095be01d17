"""Configurations and data files of generators, read with care: YAML, TOML, JSON, and plain
literals in JavaScript. Nothing is ever run, and what can't be read says nothing.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kb.content.dialects.literals import read_exports
from kb.files import is_within
from kb.settings import parse_toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from kb.content.frontmatter import Plain

_LARGEST = 524_288  # bytes of a configuration or data file: YAML takes some 10 s for a megabyte
_MOST_VALUES = 100_000
_DEEPEST = 40
_MOST_REFERENCES = 100
_YAML = frozenset({".yml", ".yaml"})
_SCRIPTS = frozenset({".js", ".ts", ".mjs", ".cjs", ".mts"})
_LONGEST_REGEX, _MOST_REPEATS = 300, 2
_REPEATS = re.compile(r"(?<!\\)(?:[*+]|\{\d*,\d*\})")
_DATA = frozenset({".json", ".toml", ".csv", ".tsv", *_YAML})


def read_configuration(path: Path, root: Path) -> Plain:
    """What a file says, with all scalars as text; an empty table where it can't be read.

    A file that leads outside of `root` is not read.
    """
    text = read_text_within(path, root)
    if text is None:
        return {}
    try:
        return as_plain(_parse(text, path.suffix.lower()))
    except (ValueError, RecursionError):
        return {}


def read_with_references(path: Path, root: Path) -> Plain:
    """As `read_configuration`, with the files in place of which `{"$ref": "file"}` stands, each at
    most as deep as a configuration may be.
    """
    left = _MOST_REFERENCES

    def fill(value: Plain, here: Path, depth: int) -> Plain:
        nonlocal left
        if isinstance(value, list):
            return [fill(each, here, depth + 1) for each in value]
        if not isinstance(value, dict) or depth > _DEEPEST:
            return value
        own: dict[str, Plain] = {k: fill(v, here, depth + 1) for k, v in value.items()}
        file = own.get("$ref")
        if isinstance(file, str) and left:
            left -= 1
            target = here / file
            said = fill(read_configuration(target, root), target.parent, depth + 1)
            return {**said, **own} if isinstance(said, dict) else said
        return own

    return fill(read_configuration(path, root), path.parent, 0)


def read_text_within(path: Path, root: Path) -> str | None:
    """The text of a small regular file within `root`; None for any other."""
    try:
        real = os.path.realpath(path)
        if not is_within(os.path.realpath(root), real) or not os.path.isfile(real):  # noqa: PTH113 as realpath has it
            return None
        with open(real, "rb") as file:  # noqa: PTH123 as above
            data = file.read(_LARGEST + 1)
    except OSError:
        return None
    if len(data) > _LARGEST:
        return None
    text = data.decode("utf-8-sig", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _parse(text: str, suffix: str) -> Any:
    if suffix in _YAML:
        from kb.content.frontmatter import load_yaml  # noqa: PLC0415  # no plain folder has any

        return load_yaml(text)
    if suffix == ".toml":
        return parse_toml(text)
    if suffix in _SCRIPTS:
        return read_exports(text)
    if suffix in {".csv", ".tsv"}:
        return list(csv.DictReader(io.StringIO(text), delimiter="\t" if suffix == ".tsv" else ","))
    try:
        return json.loads(text)
    except ValueError:  # comments and final commas, as mint.json and docfx.json have them
        return read_exports(f"export default {text}")


def as_plain(value: Any) -> Plain:
    """A value with all scalars as text. Raises ValueError for one that is too large."""
    left = _MOST_VALUES

    def convert(value: Any, depth: int) -> Plain:
        nonlocal left
        left -= 1
        if left < 0 or depth > _DEEPEST:
            raise ValueError("too large")
        if isinstance(value, dict):
            return {str(k): convert(v, depth + 1) for k, v in value.items()}
        if isinstance(value, list):
            return [convert(each, depth + 1) for each in value]
        if value is None:
            return ""
        return str(value).lower() if isinstance(value, bool) else str(value)

    return convert(value, 0)


def table(value: Plain | None, *keys: str) -> dict[str, Plain]:
    """The table that the keys lead to; an empty one where there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def text(value: Plain | None, *keys: str) -> str:
    """The text that the keys lead to; empty where there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value.strip() if isinstance(value, str) else ""


def texts(value: Plain | None, *keys: str) -> tuple[str, ...]:
    """The texts of a list that the keys lead to, or the lines of a text."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    if isinstance(value, str):
        return tuple(line.strip() for line in value.split("\n") if line.strip())
    if isinstance(value, list):
        return tuple(each.strip() for each in value if isinstance(each, str) and each.strip())
    return ()


def anchored(pattern: str) -> str:
    """A glob of a generator, which starts where its content does, as `.gitignore` has it."""
    return pattern if pattern.startswith(("/", "**/")) else f"/{pattern.removeprefix('./')}"


def flatten(value: Plain, prefix: str) -> Iterator[tuple[str, str]]:
    """The texts of a table, each by the names that lead to it: `site.title`."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from flatten(inner, f"{prefix}.{key}" if prefix else key)
    elif isinstance(value, str):
        yield prefix, value


def regexes(said: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    """Regular expressions of a configuration; those that could take long are passed over."""
    found = []
    for each in said:
        if len(each) <= _LONGEST_REGEX and len(_REPEATS.findall(each)) <= _MOST_REPEATS:
            try:
                found.append(re.compile(each))
            except (re.error, RecursionError, OverflowError):
                continue
    return tuple(found)


def data_files(folder: Path, prefix: str) -> Iterator[tuple[str, Path]]:
    """The data files in a folder, each with the name by which articles call it."""
    for path in sorted(_files_in(folder)):
        if path.suffix.lower() in _DATA:
            name = ".".join(path.relative_to(folder).with_suffix("").parts)
            yield f"{prefix}.{name}" if prefix else name, path


def _files_in(folder: Path) -> Iterator[Path]:
    for here, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        base = folder / here
        yield from (base / name for name in names if not name.startswith("."))


@lru_cache(maxsize=8)
def read_data(
    files: tuple[tuple[str, Path], ...],
    given: tuple[tuple[str, str], ...],
    state: str,  # noqa: ARG001 part of the key: other states, other values
) -> Mapping[str, Plain]:
    """Values by the names that lead to them, tables and what is in them both."""
    found: dict[str, Plain] = {}
    for name, path in files:
        _enter(found, name, read_configuration(path, path.parent))
    found.update(given)
    return found


def _enter(found: dict[str, Plain], name: str, value: Plain) -> None:
    waiting: list[tuple[str, Plain]] = [(name, value)]
    while waiting and len(found) < _MOST_VALUES:
        name, value = waiting.pop()
        if name:
            found[name] = value
        if isinstance(value, dict):
            waiting += [(f"{name}.{k}" if name else k, v) for k, v in value.items()]
