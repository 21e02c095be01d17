"""VitePress: https://vitepress.dev/reference/site-config."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.content.dialects.build import begin, joined, locales, name_of_site, only, sites
from kb.content.dialects.configuration import anchored, read_configuration, table, text, texts
from kb.content.dialects.dialect import Anchors, Dialect, Located, Routes
from kb.content.dialects.redirects import pairs_of

if TYPE_CHECKING:
    from kb.content.frontmatter import Plain


def read(located: Located) -> Dialect:
    """How `.vitepress/config` has the folder read."""
    return read_vue(located, ".vitepress/public")


def read_vue(located: Located, assets: str) -> Dialect:
    """How VitePress and VuePress have a folder read; `assets` is where their own files stand."""
    said = read_configuration(located.evidence, located.root) if located.evidence else {}
    base = text(said, "base") or text(said, "()", "base") or "/"
    return begin(
        located,
        assets=("public", assets),
        includes=(".",),
        start=text(said, "srcDir"),
        published_at=sites(base),
        anchors=Anchors.VITEPRESS,
        routes=Routes(base=joined(base), indexes=("index", "readme"), slugs=("permalink",)),
        marks=frozenset({"vuepress"}),
        exclude=(*map(anchored, texts(said, "srcExclude")), *_not_paged(said)),
        menu=(located.evidence,) if located.evidence else (),
        redirects=[(new, old) for old, new in pairs_of(table(said).get("rewrites"))],
        languages=(
            languages := locales(table(said).get("locales") or table(said, "()").get("locales"))
        ),
        title=name_of_site(text(said, "title"), text(said, "()", "title")),
        language=only(*languages.first, text(said, "lang"), text(said, "()", "lang")),
    )


def _not_paged(said: Plain) -> tuple[str, ...]:
    """What the patterns of VuePress leave out, which begin with `!`."""
    patterns = texts(said, "pagePatterns") or texts(said, "()", "pagePatterns")
    return tuple(anchored(each[1:]) for each in patterns if each.startswith("!"))
