"""Jekyll: https://jekyllrb.com/docs/configuration/options/."""

from __future__ import annotations

from kb.content.dialects.build import begin, joined, sites
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
    """How `_config.yml` has the folder read."""
    said = read_configuration(located.evidence, located.root) if located.evidence else {}
    base = text(said, "baseurl")
    url = text(said, "url").rstrip("/")
    collections = table(said, "collections")
    shown = [f"!/_{name}/" for name, of in collections.items() if text(of, "output") == "true"]
    data = located.root / (text(said, "data_dir") or "_data")
    return begin(
        located,
        assets=("assets", "images", "img", "."),
        includes=(text(said, "includes_dir") or "_includes",),
        published_at=sites(f"{url}{joined(base)}" if url else "", base),
        anchors=_anchors(said),
        routes=Routes(
            base=joined(base),
            indexes=("index", "readme"),
            slugs=("permalink", "slug"),
            folders=text(said, "permalink") == "pretty" or text(said, "permalink").endswith("/"),
        ),
        marks=frozenset({"liquid", "kramdown"}),
        exclude=(*map(_anchored, texts(said, "exclude")), "/vendor/", *shown, *_kept(said)),
        exclude_from=located.root,
        data_files=tuple(data_files(data, "site.data")),
        given=tuple(flatten(said, "site")),
    )


def _anchors(said: object) -> Anchors:
    """Those of kramdown's own reading where it is asked for; else it reads as GitHub does."""
    reads = text(said, "kramdown", "input") if isinstance(said, dict) else ""
    return Anchors.KRAMDOWN if reads.lower() == "kramdown" else Anchors.GITHUB


def _anchored(pattern: str) -> str:
    """A pattern of Jekyll's, which starts where the site does."""
    return pattern if pattern.startswith(("/", "*")) else f"/{pattern}"


def _kept(said: object) -> tuple[str, ...]:
    """What is published though its name begins with an underscore or a dot."""
    named = texts(said, "include") if isinstance(said, dict) else ()
    return ("!/_posts/", *(f"!{_anchored(name)}" for name in named))
