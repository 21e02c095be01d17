"""A report: one HTML page that asks nothing of any other file or server.

It has the figures, the plot of all queries, the queries that changed most since a baseline,
and for each query that went badly what was found and what should have been.
"""

from __future__ import annotations

import os
import re
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import quote

from kb.errors import KbError
from kb.evaluate.measures import TITLES
from kb.text.counts import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from kb.evaluate.comparison import Change, Comparison
    from kb.evaluate.evaluation import Evaluation, QueryOutcome
    from kb.evaluate.judgments import Catalogue

STYLE = """
:root { color-scheme: light dark; --ink: #1c1e21; --paper: #fff; --quiet: #5f6672;
  --line: #d8dce2; --up: #1f7a4d; --down: #b3382c; --link: #0b57b0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --paper: #15171a; --quiet: #9aa3af;
  --line: #343a42; --up: #4cc38a; --down: #f0796b; --link: #8ab8ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.2rem; }
h3 { font-size: .85rem; margin: 0; color: var(--quiet); }
a { color: var(--link); } small { color: var(--quiet); font-weight: normal; }
table { border-collapse: collapse; }
th, td { padding: .3rem .9rem .3rem 0; text-align: left; border-bottom: 1px solid var(--line);
  font-variant-numeric: tabular-nums; vertical-align: top; }
th { color: var(--quiet); font-weight: normal; }
.wide { overflow-x: auto; } table { overflow-wrap: break-word; }
th, td + td { white-space: nowrap; }
.plot { width: 100%; height: auto; } .plot text { fill: var(--quiet); font-size: 12px; }
.plot line { stroke: var(--line); } .up { fill: var(--up); } .down { fill: var(--down); }
details { border-top: 1px solid var(--line); padding: .6rem 0; }
summary { cursor: pointer; font-weight: 600; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1rem;
  margin-top: .5rem; }
ol, ul { margin: .3rem 0; padding-left: 1.6rem; }
.right::marker, .right a { color: var(--up); }
.right::after { content: " \\2713"; color: var(--up); }
@media print { details { break-inside: avoid; } }
"""


WIDTH, HEIGHT = 960, 260
_LEFT, _TOP, _BOTTOM = 44, 10, 24


def sorted_plot(values: Sequence[float], *, low: float, label: str) -> str:
    """The values from least to greatest, as areas from 0; the scale runs from `low` to 1.

    What is above 0 has the class `up`, what is below `down`. `label` says it all to those
    who can't see it.
    """
    ticks = "".join(_tick(value, low) for value in (-1.0, -0.5, 0.0, 0.5, 1.0) if value >= low)
    areas = "".join(_area(start, run, len(values), low) for start, run in _runs(sorted(values)))
    queries = counted(len(values), "query", "queries")
    return (
        f'<svg class="plot" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(label)}">{ticks}{areas}'
        f'<text x="{WIDTH}" y="{HEIGHT - 6}" text-anchor="end">{queries}</text></svg>'
    )


def _runs(values: Sequence[float]) -> Iterator[tuple[int, list[float]]]:
    """Neighbours of the same sign, each with the place of its first; zeros are left out."""
    start = 0
    for sign, run in groupby(values, key=lambda value: (value > 0) - (value < 0)):
        found = list(run)
        if sign:
            yield start, found
        start += len(found)


def _area(start: int, run: Sequence[float], count: int, low: float) -> str:
    """One path along the tops of all bars of a run, and back along 0."""
    step = (WIDTH - _LEFT) / count
    x, zero = _LEFT + start * step, _y(0.0, low)
    points = [f"M{x:.2f} {zero:.2f}"]
    for height, equal in groupby(run):
        x += step * len(list(equal))
        points.append(f"V{_y(height, low):.2f}H{x:.2f}")
    points.append(f"V{zero:.2f}Z")
    return f'<path class="{"up" if run[0] > 0 else "down"}" d="{"".join(points)}"/>'


def _tick(value: float, low: float) -> str:
    y = _y(value, low)
    return (
        f'<line x1="{_LEFT}" x2="{WIDTH}" y1="{y:.2f}" y2="{y:.2f}"/>'
        f'<text x="{_LEFT - 6}" y="{y + 4:.2f}" text-anchor="end">{value:g}</text>'
    )


def _y(value: float, low: float) -> float:
    return _TOP + (1 - value) / (1 - low) * (HEIGHT - _TOP - _BOTTOM)


_SHOWN = 5
# What HTML can't hold, or what would change the direction of the text around it.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def write_report(
    path: Path, evaluation: Evaluation, comparison: Comparison | None, catalogue: Catalogue
) -> None:
    """Write the page. Raises KbError when the file can't be written."""
    page = _Page(evaluation, comparison, catalogue, path).write()
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise KbError(f"can't be written: {error.strerror}", path=str(path)) from error


def safe(text: str) -> str:
    """Text as HTML shows it, also within an attribute's quotes."""
    return escape(_UNPRINTABLE.sub("\ufffd", text))


def score(value: float) -> str:
    """A measure as people read it."""
    return f"{value:.3f}"


class _Page:
    """What every part of the page needs: the figures, the articles, and where the page will be."""

    def __init__(
        self,
        evaluation: Evaluation,
        comparison: Comparison | None,
        catalogue: Catalogue,
        path: Path,
    ) -> None:
        self.evaluation = evaluation
        self.comparison = comparison
        self.catalogue = catalogue
        self.folder = path.resolve().parent
        self.bad = [outcome for outcome in evaluation.outcomes if outcome.is_bad]
        self.places = {outcome.judged.qid: place for place, outcome in enumerate(self.bad, 1)}

    def write(self) -> str:
        name = safe(self.evaluation.judged.name)
        return (
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<meta http-equiv="Content-Security-Policy" '
            "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
            f"<title>{name}: how well search answers</title><style>{STYLE}</style></head>\n"
            f"<body><main><h1>{name}</h1>\n{self._summary()}\n{self._figures()}\n{self._plot()}\n"
            f"{self._changes()}\n{self._bad_queries()}\n</main></body></html>\n"
        )

    def _summary(self) -> str:
        e, cap = self.evaluation, self.evaluation.cap
        change = cap.measures.ndcg - e.measures.ndcg
        asked = counted(len(e.outcomes), "judged query", "judged queries")
        sections = counted(cap.per_article, "section")
        shows = counted(cap.shows, "query shows", "queries show")
        return (
            f"<p>{asked}, labels name {_plural(e.judged.level)}. "
            f"{e.empty:,} brought nothing. Half of all searches took at most "
            f"{e.seconds_median * 1000:.1f} ms, 95 of 100 at most {e.seconds_p95 * 1000:.1f} ms. "
            f"{e.certainty.sure:.0%} of the first hits are sure, and {e.certainty.right:.0%} of "
            f"those are right (search.sure is {e.certainty.least:g}). "
            f"The cap of {sections} per article changes what {shows} "
            f"first: nDCG@10 is {cap.measures.ndcg:.4f} with it ({change:+.4f}).</p>"
        )

    def _figures(self) -> str:
        measures = self.evaluation.measures
        if self.comparison is None:
            means = [(title, score(getattr(measures, name))) for name, title in TITLES.items()]
            return _table(("measure", "mean"), means)
        rows = [
            (
                TITLES[name],
                score(found.before),
                score(found.now),
                f"{found.difference:+.4f}",
                f"{found.low:+.4f} to {found.high:+.4f}",
            )
            for name, found in self.comparison.intervals.items()
        ]
        head = ("measure", "before", "now", "difference", "95% interval")
        return f"<h2>Since {safe(self.comparison.baseline)}</h2>{_table(head, rows)}"

    def _plot(self) -> str:
        if self.comparison is None:
            values = [outcome.measures.ndcg for outcome in self.evaluation.outcomes]
            title = "nDCG@10 of each query, worst first"
            return f"<h2>{title}</h2>{sorted_plot(values, low=0.0, label=title)}"
        values = [change.difference for change in self.comparison.changes]
        lost = counted(self.comparison.worse, "query", "queries")
        title = f"{lost} lost and {self.comparison.better:,} gained"
        label = f"Change of nDCG@10 of each query, sorted: {title}"
        return f"<h2>{title}</h2>{sorted_plot(values, low=-1.0, label=label)}"

    def _changes(self) -> str:
        if self.comparison is None:
            return ""
        parts = (("Worst losses", self.comparison.losses), ("Best gains", self.comparison.gains))
        return "\n".join(
            f"<h2>{title}</h2>{self._change_table(changes)}" for title, changes in parts if changes
        )

    def _change_table(self, changes: Iterable[Change]) -> str:
        rows = [
            (self._query_link(c), score(c.before), score(c.now), f"{c.difference:+.3f}")
            for c in changes
        ]
        return _table(("query", "before", "now", "difference"), rows)

    def _query_link(self, change: Change) -> str:
        place = self.places.get(change.qid)
        text = safe(change.query)
        return text if place is None else f'<a href="#query-{place}">{text}</a>'

    def _bad_queries(self) -> str:
        if not self.bad:
            return "<h2>No query went badly</h2>"
        entries = sorted(self.bad, key=lambda outcome: outcome.measures.ndcg)
        shown = "\n".join(self._bad_query(outcome) for outcome in entries)
        bad = counted(len(entries), "query", "queries")
        return f"<h2>{bad} with nDCG@10 below a half, worst first</h2>\n{shown}"

    def _bad_query(self, outcome: QueryOutcome) -> str:
        found = "".join(
            f"<li{_class(outcome.grade(r))}>{self._link(r.article, r.anchor)}</li>"
            for r in outcome.response.results[:_SHOWN]
        )
        ranks = {r.name: place for place, r in enumerate(outcome.response.results, 1)}
        wanted = "".join(
            f"<li>{self._link(label.article, label.anchor)} <small>{_rank(ranks.get(label.name))}"
            f"{'' if label.grade == 1 else f', grade {label.grade}'}</small></li>"
            for label in sorted(outcome.judged.labels, key=lambda label: -label.grade)
            if label.grade
        )
        return (
            f'<details open id="query-{self.places[outcome.judged.qid]}">'
            f"<summary>{safe(outcome.judged.text) or '(empty)'} "
            f"<small>{safe(outcome.judged.qid)}, nDCG@10 {score(outcome.measures.ndcg)}</small>"
            f'</summary><div class="pair"><div><h3>Found</h3><ol>{found or "<li>nothing</li>"}</ol>'
            f"</div><div><h3>Should have been</h3><ul>{wanted}</ul></div></div></details>"
        )

    def _link(self, name: str, anchor: str | None) -> str:
        """The title and the heading of a result, as a link to its file where there is one."""
        article, section = self.catalogue.article(name), self.catalogue.section(name, anchor)
        if article is None:
            return safe(name)
        text = safe(article.title)
        if anchor is not None and section is not None and section.heading != article.title:
            text += f" › {safe(section.heading)}"  # noqa: RUF001 the sign that trails have
        href = self._address(article.path, anchor)
        return text if href is None else f'<a href="{href}">{text}</a>'

    def _address(self, path: str, anchor: str | None) -> str | None:
        file = self.catalogue.content.resolve() / path
        try:
            relative = os.path.relpath(file, self.folder).replace(os.sep, "/")
        except ValueError:  # on Windows, when the two are on different drives
            return None
        fragment = f"#{_quote(anchor)}" if anchor else ""
        return escape(f"./{_quote(relative)}{fragment}")


def _quote(text: str) -> str:
    return quote(text, errors="surrogatepass")


def _plural(level: str) -> str:
    return "articles and sections" if level == "mixed" else f"{level}s"


def _class(grade: int | None) -> str:
    return ' class="right"' if grade else ""


def _rank(place: int | None) -> str:
    return "not found" if place is None else f"found at {place}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are HTML already."""
    first = "".join(f"<th>{cell}</th>" for cell in head)
    rest = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    body = f"<thead><tr>{first}</tr></thead><tbody>{rest}</tbody>"
    return f'<div class="wide"><table>{body}</table></div>'
