"""The scripts of search: kb's modules for it, and the words of the site, in one file each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from kb.site import PACKAGE

if TYPE_CHECKING:
    from kb.site.wording import Wording

ON_SITE = "search-ui/site.js"
"""What the pages of kb's own sites load when somebody searches."""
STARTER = "search-ui/start.js"
"""What brings it; all that they load before."""
ON_OTHERS = "search-ui/embed.js"
"""What other sites load: the element `<kb-search>`."""
_STRINGS = "search-ui/strings.js"
_ON_PAGE = frozenset(
    ["find_blocked", "find_unable", "find_topic", "find_topic_any", "find_tier", "find_tier_any"]
)
"""What the templates say and no script does."""


def search_script(entry: str, wording: Wording) -> bytes:
    """The script that begins with the module `entry`, as a file."""
    from kb.site.bundle import bundle  # noqa: PLC0415  # builds seldom put scripts together

    assets = PACKAGE / "assets"

    def read(path: str) -> str:
        if path == _STRINGS:
            return f"export const STRINGS = {_spoken(wording)};\n"
        return (assets / path).read_text(encoding="utf-8")

    return bundle(entry, read).encode()


def search_style() -> bytes:
    """The style of the element `<kb-search>`."""
    from kb.site.shrink import shrink_style  # noqa: PLC0415  # as above

    assets = PACKAGE / "assets"
    parts = (assets / "search-ui" / "embed.css", assets / "search.css")
    return shrink_style("".join(part.read_text(encoding="utf-8") for part in parts)).encode()


def _spoken(wording: Wording) -> str:
    """The words that the script says, as JSON."""
    texts = wording.texts
    names = [n for n in texts if n.startswith(("find_", "tier_")) and n not in _ON_PAGE]
    names.append("help")
    spoken = {name: texts[name] for name in names}
    return json.dumps(spoken, ensure_ascii=False, separators=(",", ":"))
