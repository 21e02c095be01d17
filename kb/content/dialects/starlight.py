"""Astro, with Starlight: https://starlight.astro.build/reference/configuration/."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.content.dialects.build import begin, joined, locales, name_of_site, only, sites
from kb.content.dialects.configuration import read_configuration, table, text
from kb.content.dialects.dialect import Dialect, Located, Routes
from kb.content.dialects.redirects import pairs_of
from kb.content.languages import ONE_LANGUAGE, Languages

if TYPE_CHECKING:
    from kb.content.frontmatter import Plain


def read(located: Located) -> Dialect:
    """How `astro.config.mjs` has the folder read."""
    said = read_configuration(located.evidence, located.root) if located.evidence else {}
    base = text(said, "base") or "/"
    site = text(said, "site").rstrip("/")
    return begin(
        located,
        assets=("public", "src/assets"),
        includes=("src/components", "src/partials"),
        published_at=sites(f"{site}{joined(base)}" if site else "", base),
        routes=Routes(
            base=joined(base),
            indexes=("index",),
            lower=True,
            folders=text(said, "trailingSlash") != "never",
        ),
        marks=frozenset({"mdx"}),
        start="src/content/docs",
        menu=(located.evidence,) if located.evidence else (),
        languages=(languages := _languages(said)),
        language=only(*languages.first),
        title=name_of_site(text(_options(said), "title")),
        redirects=pairs_of(table(said).get("redirects")),
    )


def _languages(said: Plain) -> Languages:
    options = _options(said)
    if options.get("locales"):
        return locales(options["locales"], text(options, "defaultLocale"))
    return ONE_LANGUAGE


def _options(said: Plain) -> dict[str, Plain]:
    """What the integration `starlight({...})` says."""
    listed = table(said).get("integrations")
    given = [table(each, "()") for each in listed] if isinstance(listed, list) else []
    return next((o for o in given if o.get("locales")), next(filter(None, given), {}))
