"""Hugo: https://gohugo.io/configuration/."""

from __future__ import annotations

from kb.content.dialects.build import begin, sites
from kb.content.dialects.cascade import hidden_by_cascade
from kb.content.dialects.configuration import (
    data_files,
    flatten,
    read_configuration,
    table,
    text,
    texts,
)
from kb.content.dialects.dialect import Anchors, Dialect, Located, Routes


def read(located: Located) -> Dialect:
    """How `hugo.toml` and its like have the folder read."""
    said = read_configuration(located.evidence, located.root) if located.evidence else {}
    params = {key.lower(): value for key, value in table(said).items()}
    given = [(f"site.{name}", value) for name, value in flatten(params, "")]
    static = texts(said, "staticDir") or (text(said, "staticDir") or "static",)
    return begin(
        located,
        assets=(*static, "assets"),
        includes=("includes", "_includes"),
        published_at=sites(text(params, "baseurl")),
        anchors=Anchors.HUGO,
        routes=Routes(indexes=("_index", "index"), lower=True, slugs=("url", "slug")),
        marks=frozenset({"hugo"}),
        hidden_by=hidden_by_cascade,
        data_files=tuple(data_files(located.root / "data", "site.data")),
        given=tuple(given),
    )
