"""Hugo: https://gohugo.io/configuration/."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from kb.content.files import without_suffix

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


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
        routes=Routes(
            indexes=("_index", "index"),
            lower=True,
            slugs=("url", "slug"),
            bundles=("index",),
            folders=text(params, "uglyurls") != "true",
        ),
        marks=frozenset({"hugo"}),
        hidden_by=_hidden,
        data_files=tuple(data_files(located.root / "data", "site.data")),
        given=tuple(given),
    )


def _hidden(content: Path, paths: Sequence[str]) -> Mapping[str, str]:
    """What cascades hide, and what is part of a bundle: https://gohugo.io/content-management/page-bundles/.

    The content folder itself is none: all other articles would be parts of it.
    """
    homes = {path.rpartition("/")[0]: path for path in paths if _is_bundle(path)}
    homes.pop("", None)
    hidden = dict(hidden_by_cascade(content, paths))
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and homes.get(folder, path) == path:
            folder = folder.rpartition("/")[0]
        if folder:
            hidden.setdefault(path, f"it is part of the bundle {homes[folder]}")
    return hidden


def _is_bundle(path: str) -> bool:
    return without_suffix(path).rpartition("/")[2].casefold() == "index"
