"""Retype: https://retype.com/configuration/project/. A higher `order` stands before a lower one."""

from __future__ import annotations

from kb.content.dialects.build import begin, name_of_site, only, sites
from kb.content.dialects.configuration import read_configuration, text, texts
from kb.content.dialects.dialect import Dialect, Located, Routes


def read(located: Located) -> Dialect:
    """How `retype.yml` has the folder read."""
    said = read_configuration(located.evidence, located.root) if located.evidence else {}
    address = text(said, "url")
    return begin(
        located,
        assets=(".", "static", "assets", "images"),
        includes=("_includes",),
        start=text(said, "input"),
        published_at=sites(address if "://" in address or not address else f"https://{address}"),
        routes=Routes(
            indexes=("index", "readme", "default", "welcome"), slugs=("permalink",), descending=True
        ),
        marks=frozenset({"retype"}),
        exclude=tuple(texts(said, "exclude")),
        exclude_from=located.root,
        title=name_of_site(text(said, "branding", "title")),
        language=only(text(said, "locale"), text(said, "language")),
    )
