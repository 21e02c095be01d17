"""Nuxt Content: https://content.nuxt.com. Numbers before names (`2.late.md`) are the order."""

from __future__ import annotations

from kb.content.dialects.build import begin, joined, name_of_site, only, sites
from kb.content.dialects.configuration import read_configuration, table, text
from kb.content.dialects.dialect import Dialect, Located, Routes
from kb.content.dialects.redirects import pairs_of


def read(located: Located) -> Dialect:
    """How a folder beside `nuxt.config` is read. Its program is not run: what it says plainly is
    the address, the name and the language of the site.
    """
    said = read_configuration(located.evidence, located.root) if located.evidence else {}
    called = table(said).get("()")
    said = table(called) if isinstance(called, dict) else table(said)
    base = text(said, "app", "baseURL") or "/"
    return begin(
        located,
        assets=("public", "static", "content"),
        start="content",
        published_at=sites(text(said, "site", "url"), base),
        routes=Routes(
            base=joined(base), indexes=("index",), numbered=True, lower=True, ordered=True
        ),
        marks=frozenset({"mdc"}),
        redirects=pairs_of(table(said).get("routeRules")),
        title=name_of_site(text(said, "site", "name")),
        language=only(
            text(said, "app", "head", "htmlAttrs", "lang"), text(said, "i18n", "defaultLocale")
        ),
    )
