"""Dialects: how a content folder of each generator is to be read.

    locate(content, configured)         which generator it is, by its files; hardly anything is read
    read_dialect(located)               what its configuration says
    find_dialect(content, configured)   both
    dialect_of(config)                  what the settings add to it, too
    configure(...)                      the settings, in the language that the generator's files say

A dialect is one module here, with a row in `registry.REGISTRY`: docs/contributing.md shows how
one is added. Configurations are read, never run.
"""

from __future__ import annotations

import importlib
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from kb.config import load_config
from kb.content.dialects.dialect import PLAIN, Anchors, Dialect, Located, Routes
from kb.content.dialects.registry import NAMES, locate
from kb.content.languages import find_languages
from kb.text.languages import tidy_tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from kb.config import Config

__all__ = [
    "NAMES",
    "PLAIN",
    "Anchors",
    "Dialect",
    "Located",
    "Routes",
    "configure",
    "dialect_of",
    "find_dialect",
    "locate",
    "read_dialect",
]


def find_dialect(content: Path, configured: str | None = None) -> Dialect:
    """How a content folder is to be read. Raises ConfigError for a dialect that there is not."""
    return read_dialect(locate(content, configured))


def dialect_of(config: Config) -> Dialect:
    """How the content folder of these settings is to be read, their own patterns and addresses
    before those of the generator. Raises ConfigError.
    """
    dialect, settings = find_dialect(config.content, config.folder.dialect or None), config.folder
    base = _from_base(dialect)
    return replace(
        dialect,
        exclude=(*dialect.exclude, *_own_patterns(base, settings.exclude)),
        published_at=tuple(dict.fromkeys((*settings.published_at, *dialect.published_at))),
        markdown=config.markdown,
        anchors=Anchors(settings.anchors) if settings.anchors else dialect.anchors,
        languages=find_languages(
            config.content, tidy_tag(config.language), settings.languages, dialect.languages
        ),
    )


def configure(
    *, config: Path | None = None, content: Path | None = None, index: Path | None = None
) -> Config:
    """The settings of these paths, as `kb.config.load_config` reads them. Where they say no
    language, or no name, it is the one of the generator's configuration, if that says one of all
    its pages. Of a folder that holds more than what the generator publishes, the content folder is
    the one that it reads, unless the settings say what is in which. Raises ConfigError.
    """
    settings = load_config(config=config, content=content, index=index)
    located = locate(settings.content, settings.folder.dialect or None)
    dialect = read_dialect(located) if located.evidence else PLAIN
    if dialect.home and not settings.folder.exclude and settings.folder.languages is None:
        settings = replace(settings, content=dialect.home)
        dialect = find_dialect(dialect.home, settings.folder.dialect or None)
    has_one = not (dialect.languages.folders or dialect.languages.suffixes)
    said = {"language": dialect.language if has_one else "", "name": dialect.title}
    found = {key: said[key] for key in settings.unset if said[key]}
    return replace(
        settings,
        language=found.get("language", settings.language),
        name=found.get("name", settings.name),
        unset=tuple(key for key in settings.unset if key not in found),
    )


def _from_base(dialect: Dialect) -> str:
    """The way from where the dialect's patterns start down to the content folder."""
    if dialect.exclude_from is None or dialect.exclude_from == dialect.content:
        return ""
    return dialect.content.relative_to(dialect.exclude_from).as_posix()


def _own_patterns(base: str, patterns: Iterable[str]) -> Iterator[str]:
    """The patterns of the settings; a folder that is taken in is so with all that is in it."""
    for pattern in patterns:
        below = _below(base, pattern)
        yield below
        if below.startswith("!") and below.endswith("/"):
            yield f"{below}**"


def _below(base: str, pattern: str) -> str:
    """A pattern of the settings, which start at the content folder."""
    sign, bare = ("!", pattern[1:]) if pattern.startswith("!") else ("", pattern)
    if not base or "/" not in bare.rstrip("/"):
        return pattern
    return f"{sign}/{base}/{bare.lstrip('/')}"


@lru_cache(maxsize=16)
def read_dialect(located: Located) -> Dialect:
    """The dialect of a folder, from the configuration of its generator.

    What can't be read in there is as if it did not say it.
    """
    module = importlib.import_module(f"{__name__}.{located.name}")
    dialect: Dialect = module.read(located)
    return dialect
