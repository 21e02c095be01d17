"""Jekyll: https://jekyllrb.com/docs/configuration/options/."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from kb.content.dialects.build import begin, joined, name_of_site, only, sites
from kb.content.dialects.cascade import hides
from kb.content.dialects.configuration import (
    data_files,
    flatten,
    read_configuration,
    table,
    text,
    texts,
)
from kb.content.dialects.dialect import Anchors, Dialect, Located, Routes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from kb.content.frontmatter import Plain


def read(located: Located) -> Dialect:
    """How `_config.yml` has the folder read."""
    said = read_configuration(located.evidence, located.root) if located.evidence else {}
    base = text(said, "baseurl")
    url = text(said, "url").rstrip("/")
    collections = table(said, "collections")
    home = text(said, "collections_dir").strip("/.")
    shown = [
        f"!/{home}/_{name}/".replace("//", "/")
        for name, of in collections.items()
        if text(of, "output") == "true"
    ]
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
            permalinks=tuple(_permalinks(located, said)),
            folders=text(said, "permalink") == "pretty" or text(said, "permalink").endswith("/"),
        ),
        marks=frozenset({"liquid", "kramdown"}),
        exclude=(
            "!_posts/",
            *shown,
            *(f"{pattern[1:]}**/_*" for pattern in shown),
            *map(_anchored, texts(said, "exclude")),
            "/vendor/",
            *_included(said),
        ),
        exclude_from=located.root,
        hidden_by=_Hidden(located.root, tuple(_hiding_scopes(said))),
        data_files=tuple(data_files(data, "site.data")),
        given=tuple(flatten(said, "site")),
        title=name_of_site(text(said, "title")),
        language=only(*(text(said, key) for key in ("lang", "locale", "language"))),
        date_key="" if text(said, "future") == "true" else "date",
        dated_folders=("_posts",),
    )


def _permalinks(located: Located, said: Plain) -> Iterator[tuple[str, str]]:
    """The patterns of the addresses in collections: https://jekyllrb.com/docs/permalinks/. Those of
    posts hold days, which links are read without.
    """
    home = located.root / text(said, "collections_dir")
    own = {text(row, "scope", "type"): text(row, "values", "permalink") for row in _rows(said)}
    for name, options in table(said, "collections").items():
        folder = home / f"_{name}"
        pattern = own.get(name) or text(options, "permalink") or "/:collection/:path"
        if name != "posts" and folder.is_relative_to(located.content):
            below = folder.relative_to(located.content).as_posix()
            yield "" if below == "." else f"{below}/", pattern.replace(":collection", name)


def _rows(said: Plain) -> Iterator[dict[str, Plain]]:
    """The rows of `defaults`."""
    listed = table(said).get("defaults")
    for row in listed if isinstance(listed, list) else ():
        yield table(row)


def _anchors(said: Plain) -> Anchors:
    """Those of kramdown's own reading where it is asked for; else it reads as GitHub does."""
    reads = text(said, "kramdown", "input")
    return Anchors.KRAMDOWN if reads.lower() == "kramdown" else Anchors.GITHUB


def _anchored(pattern: str) -> str:
    """A pattern of Jekyll's, which starts where the site does."""
    return pattern if pattern.startswith(("/", "*")) else f"/{pattern}"


def _included(said: Plain) -> tuple[str, ...]:
    """What is published though its name begins with an underscore, or though it is excluded."""
    return tuple(f"!{_anchored(name)}" for name in texts(said, "include"))


def _hiding_scopes(said: Plain) -> Iterator[tuple[str, str]]:
    """The paths and types of pages that `defaults` hide."""
    for row in _rows(said):
        if hides(table(row, "values")):
            yield text(row, "scope", "path").strip("/"), text(row, "scope", "type")


class _Hidden(NamedTuple):
    """What is in one of the scopes below the root."""

    root: Path
    scopes: tuple[tuple[str, str], ...]

    def __call__(self, content: Path, paths: Sequence[str]) -> Mapping[str, str]:
        below = content.relative_to(self.root).as_posix() if content != self.root else ""
        found = {}
        for path in paths if self.scopes else ():
            whole = f"{below}/{path}".lstrip("/")
            if any(_is_in(whole, *scope) for scope in self.scopes):
                found[path] = "`defaults` in the configuration hide it"
        return found


def _is_in(path: str, scope: str, kind: str) -> bool:
    first = path.split("/", maxsplit=1)[0]
    own = first.removeprefix("_") if first.startswith("_") else "pages"
    if kind and kind != ("posts" if "_posts/" in path else own):
        return False
    return not scope or path == scope or fnmatchcase(path, f"{scope}/*") or fnmatchcase(path, scope)
