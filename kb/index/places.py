"""Where indexes are kept that stand beside no knowledge base: in the user's cache."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import platformdirs

if TYPE_CHECKING:
    from pathlib import Path


def cached_place(articles: Path, use: str) -> Path | None:
    """A folder in the user's cache for the index of some articles and one use of it; None where no
    cache can be written.
    """
    mark = hashlib.sha256(os.fsencode(articles)).hexdigest()[:16]
    cache = platformdirs.user_cache_path("helpkb", appauthor=False)
    if not cache.is_absolute():  # the user has no home
        return None
    place = cache / use / mark
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return place
