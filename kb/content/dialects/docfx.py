"""DocFX, and Microsoft's own documentation: https://dotnet.github.io/docfx/."""

from __future__ import annotations

from kb.content.dialects.build import begin, name_of_site
from kb.content.dialects.configuration import (
    anchored,
    flatten,
    read_configuration,
    table,
    text,
    texts,
)
from kb.content.dialects.dialect import Dialect, Located, Routes


def read(located: Located) -> Dialect:
    """How `docfx.json` has the folder read."""
    said = read_configuration(located.evidence, located.root) if located.evidence else {}
    content = table(said, "build").get("content")
    excluded = [
        pattern
        for each in (content if isinstance(content, list) else ())
        for pattern in map(anchored, texts(each, "exclude"))
    ]
    return begin(
        located,
        assets=("media", "images"),
        includes=("includes", "."),
        routes=Routes(indexes=("index",), lower=True, slugs=()),
        marks=frozenset({"docfx"}),
        exclude=(*excluded, "**/includes/", "/_site/", "/obj/"),
        exclude_from=located.root,
        given=tuple(flatten(table(said, "build", "globalMetadata"), "")),
        title=name_of_site(text(said, "build", "globalMetadata", "_appTitle")),
    )
