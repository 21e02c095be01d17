"""The pages of figures: Markdown tables, each script replacing its own part of a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from corpora import JudgedCorpus
    from relevance import Score


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table: the first column to the left, the others to the right."""
    lines = [head, ["---", *("---:" for _ in head[1:])], *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def points(value: float) -> str:
    """A share without its leading zero: .745."""
    return f"{value:.3f}".replace("0.", ".", 1) if abs(value) < 1 else f"{value:.3f}"


def signed(value: float) -> str:
    """A difference: +.012."""
    return f"{value:+.3f}".replace("0.", ".", 1)


def replace_part(page: Path, part: str, text: str) -> None:
    """Put a script's text between the markers of its part, which are added when missing."""
    begin, end = f"<!-- {part} -->", f"<!-- end of {part} -->"
    block = f"{begin}\n{text.strip()}\n{end}"
    old = page.read_text(encoding="utf-8") if page.exists() else ""
    if begin in old:
        new = re.sub(
            f"{re.escape(begin)}.*?{re.escape(end)}", lambda _: block, old, flags=re.DOTALL
        )
    else:
        new = f"{old.rstrip()}\n\n{block}".strip()
    page.write_text(f"{new.rstrip()}\n", encoding="utf-8")


def relevance(
    corpora: Sequence[JudgedCorpus],
    scores: Mapping[str, Mapping[str, Score]],
    missing: Mapping[str, str],
    versions: Iterable[str],
) -> str:
    """What relevance.py found, as the part `peers` of its page."""
    head = ["", *(f"{c.name} ({c.level})" for c in corpora), "mean"]
    rows = {name: by_set for name, by_set in scores.items() if len(by_set) == len(corpora)}
    clean = [_row(name, [found[c.name].clean for c in corpora]) for name, found in rows.items()]
    slips = [_row(name, [found[c.name].misspelt for c in corpora]) for name, found in rows.items()]
    kept = [_row(name, [found[c.name].kept for c in corpora]) for name, found in rows.items()]
    sizes = ", ".join(f"{c.name} {len(c.queries):,}" for c in corpora)
    left_out = "".join(f"- {name}: left out, {reason}\n" for name, reason in missing.items())
    return f"""## nDCG@10, queries as written
Articles count by their best section. Queries: {sizes}.

{table(head, clean)}
## nDCG@10, one word of each query misspelt
{table(head, slips)}
## What a misspelling leaves of nDCG@10
The same queries as written are 1.

{table(head, kept)}
{left_out}
Versions: {", ".join(dict.fromkeys(versions))}.
"""


def _row(name: str, values: Sequence[float]) -> list[str]:
    return [name, *(points(value) for value in values), points(sum(values) / len(values))]
