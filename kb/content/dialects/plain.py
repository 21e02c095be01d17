"""A folder that no generator is seen to build: CommonMark, and what GitHub adds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.content.dialects.build import begin

if TYPE_CHECKING:
    from kb.content.dialects.dialect import Dialect, Located


def read(located: Located) -> Dialect:
    """How such a folder is read."""
    return begin(
        located,
        assets=("static", "public", "assets", "images", "img"),
        includes=("markdoc/partials",),
    )
