"""Zola: https://www.getzola.org/documentation/getting-started/configuration/."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kb.content.dialects.build import begin, name_of_site, only, sites, spoken
from kb.content.dialects.configuration import read_configuration, table, text, texts
from kb.content.dialects.dialect import Anchors, Dialect, Located, Routes
from kb.text.languages import language_tag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kb.content.frontmatter import Plain
    from kb.content.languages import Languages

_CHOICE = re.compile(r"\{([^{}]{1,200})\}")


def read(located: Located) -> Dialect:
    """How `config.toml` or `zola.toml` has the folder read."""
    said = read_configuration(located.evidence, located.root) if located.evidence else {}
    default = text(said, "default_language")
    return begin(
        located,
        assets=("static",),
        start="content",
        published_at=sites(text(said, "base_url")),
        anchors=Anchors.ZOLA,
        routes=Routes(
            indexes=("_index", "index"),
            lower=True,
            slugs=("path", "slug", "aliases"),
            bundles=("index",),
            folders=True,
        ),
        marks=frozenset({"zola"}),
        exclude=tuple(_ignored(texts(said, "ignored_content"))),
        exclude_from=located.root,
        languages=(languages := _languages(said, default)),
        title=name_of_site(text(said, "title")),
        language=only(*languages.first, default),
    )


def _languages(said: Plain, default: str) -> Languages:
    """The default language and those of `[languages]`, in which names end (`start.de.md`)."""
    first = language_tag(default or "en")
    tags = filter(None, map(language_tag, table(said, "languages")))
    return spoken([(tag, "") for tag in (first, *tags) if tag], first, suffixes=True)


def _ignored(patterns: tuple[str, ...]) -> Iterator[str]:
    """What `ignored_content` leaves out, whose patterns start at content/; `*.{a,b}` is two."""
    for pattern in patterns:
        choice = _CHOICE.search(pattern)
        for each in choice[1].split(",") if choice else ("",):
            one = (
                f"{pattern[: choice.start()]}{each}{pattern[choice.end() :]}" if choice else pattern
            )
            yield f"/content/{one.lstrip('/')}" if "/" in one else one
