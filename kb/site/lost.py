"""The page for missing addresses where nobody knows at which path of its host the site stands.

Hosts show it at any address, so it can name no file: its style and a script stand within it,
allowed by their hashes. The script finds the root of the site (`search-ui/lost.js`); without
it links begin at the top of the host.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from kb.site.assets import lost_script, shrink_style

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kb.site.assets import Asset

_STYLES = ("site.css", "search.css")
TOP = "/"
"""Where links begin until the root is found."""


class Within(NamedTuple):
    """What stands within the page."""

    style: Markup
    script: Markup

    @property
    def styles(self) -> tuple[str, ...]:
        """What a content security policy has to allow as style."""
        return (_source(self.style),)

    @property
    def scripts(self) -> tuple[str, ...]:
        """What it has to allow as script."""
        return (_source(self.script),)


def stand_within(assets: Mapping[str, Asset]) -> Within:
    """The style of the site and the script that finds it, as they may stand in a page."""
    text = "".join(assets[name].data.decode(errors="replace") for name in _STYLES)
    # As a browser reads it: with its own ends of lines, and no end of the element.
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("</", "<\\/")
    style = shrink_style(text)
    script = lost_script()
    return Within(Markup(style), Markup(script))  # noqa: S704 kb's own, and the theme's


def _source(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{b64encode(digest).decode()}'"
