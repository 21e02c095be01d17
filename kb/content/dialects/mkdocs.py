"""MkDocs, with or without Material: https://www.mkdocs.org/user-guide/configuration/."""

from __future__ import annotations

from kb.content.dialects.build import begin, sites
from kb.content.dialects.configuration import (
    flatten,
    read_configuration,
    read_text_within,
    table,
    text,
    texts,
)
from kb.content.dialects.dialect import Anchors, Dialect, Located, Routes


def read(located: Located) -> Dialect:
    """How `mkdocs.yml` has the folder read."""
    said = read_configuration(located.evidence, located.root) if located.evidence else {}
    extra = table(said, "extra")
    given = (*flatten(extra, ""), *flatten(extra, "config.extra"))
    config = {
        f"config.{key}": value
        for key, value in (said.items() if isinstance(said, dict) else ())
        if isinstance(value, str)
    }
    return begin(
        located,
        includes=("includes", "snippets", "docs_src", "."),
        published_at=sites(text(said, "site_url")),
        anchors=_anchors(located),
        routes=Routes(
            indexes=("index", "readme"),
            slugs=(),
            folders=text(said, "use_directory_urls") != "false",
        ),
        marks=frozenset({"mkdocs", "jinja"} if _has_macros(said) else {"mkdocs"}),
        exclude=(*texts(said, "exclude_docs"), *texts(said, "draft_docs")),
        given=(*given, *config.items()),
        menu=(located.evidence,) if located.evidence and table(said).get("nav") else (),
    )


def _anchors(located: Located) -> Anchors:
    """Those of Python-Markdown, unless a function of pymdownx is named, which works as GitHub."""
    said = read_text_within(located.evidence, located.root) if located.evidence else ""
    extension = ""
    for line in (said or "").split("\n"):
        bare = line.strip().removeprefix("-").strip()
        if extension == "toc" and bare.startswith("slugify:") and "pymdownx.slugs" in bare:
            return Anchors.GITHUB
        if bare.endswith(":"):
            extension = bare.removesuffix(":")
    return Anchors.PYTHON_MARKDOWN


def _has_macros(said: object) -> bool:
    plugins = said.get("plugins") if isinstance(said, dict) else None
    names = list(plugins) if isinstance(plugins, dict) else []
    for plugin in plugins if isinstance(plugins, list) else ():
        names += list(plugin) if isinstance(plugin, dict) else [plugin]
    return any(name in {"macros", "markdownextradata", "jinja"} for name in names)
