"""Counts as sentences have them: `1 article`, `2 articles`."""

from __future__ import annotations


def counted(number: int, one: str, many: str | None = None) -> str:
    """The number and what it counts, in the singular or the plural, which adds `s` by default.

    >>> counted(1, "query", "queries"), counted(1200, "article")
    ('1 query', '1,200 articles')
    """
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
