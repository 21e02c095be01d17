"""VuePress: https://vuepress.vuejs.org/reference/config.html."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.content.dialects.vitepress import read_vue

if TYPE_CHECKING:
    from kb.content.dialects.dialect import Dialect, Located


def read(located: Located) -> Dialect:
    """How `.vuepress/config` has the folder read."""
    return read_vue(located, ".vuepress/public")
