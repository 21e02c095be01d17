"""The scripts and the style of search: kb's own, and the words of the site before them.

The scripts under `assets/built/` are made from the modules beside them by `.ci/bundle`, which
needs Node; kb only reads them.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from kb.site import PACKAGE

if TYPE_CHECKING:
    from kb.site.wording import Wording

ON_SITE = "search.js"
"""What the pages of kb's own sites load when somebody searches."""
STARTER = "find.js"
"""What brings it; all that they load before. It says nothing."""
LOST = "lost.js"
"""What stands within the page for missing addresses of a site without `base_url`."""
ON_OTHERS = "embed.js"
"""What other sites load: the element `<kb-search>`."""
_ON_PAGE = frozenset(["find_blocked", "find_topic", "find_topic_any", "find_tier", "find_tier_any"])
"""What the templates say and no script does."""
_STYLE = re.compile(
    r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|/\*(?:[^*]|\*(?!/))*\*/|\s*([{};,])\s*|(:)\s+"""
)


def starter_script() -> bytes:
    """What brings the search, as a file."""
    return (PACKAGE / "assets" / "built" / STARTER).read_bytes()


def lost_script() -> str:
    """What finds the site from a missing address, as a text within a page."""
    return (PACKAGE / "assets" / "built" / LOST).read_text(encoding="utf-8")


def search_script(name: str, wording: Wording) -> bytes:
    """One of the scripts that search, with the words of the site, as a file.

    The words are a constant of the block around the script: other scripts don't see it.
    """
    script = (PACKAGE / "assets" / "built" / name).read_text(encoding="utf-8")
    return f'"use strict";{{const KB_WORDS={_spoken(wording)};{script}}}\n'.encode()


def search_style() -> bytes:
    """The style of the element `<kb-search>`."""
    assets = PACKAGE / "assets"
    parts = (assets / "search-ui" / "embed.css", assets / "search.css")
    return shrink_style("".join(part.read_text(encoding="utf-8") for part in parts)).encode()


def shrink_style(style: str) -> str:
    """A stylesheet without comments and needless space."""
    short = _STYLE.sub(lambda found: found[1] or found[2] or found[3] or "", style)
    return short.replace(";}", "}").strip() + "\n"


def _spoken(wording: Wording) -> str:
    """The words that the script says, as JSON."""
    texts = wording.texts
    names = [n for n in texts if n.startswith(("find_", "tier_")) and n not in _ON_PAGE]
    names.append("help")
    spoken = {name: texts[name] for name in names}
    return json.dumps(spoken, ensure_ascii=False, separators=(",", ":"))
