"""The conformance report: what of a site can be judged by rule against WCAG 2.2 at level AA.

Four parts: the contrast of the theme's colours, the frame of every page, what articles lack by path
and line, and axe's findings on some pages where Node, Chromium and axe are there. What only people
can judge (whether a text is understood, whether a description fits its picture) is in none.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kb.errors import SiteError
from kb.files import write_file
from kb.site import PACKAGE
from kb.site.addresses import CONTACT, HOME, NOT_FOUND, SEARCH, TOPICS
from kb.site.output import read_manifest
from kb.site.theme import measured_pairs
from kb.text.counts import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kb.config import Config
    from kb.model import Problem
    from kb.site.theme import Pair

ACCESSIBILITY = "accessibility"
"""The code of problems of articles that make them hard to use for some readers."""

_AXE_PAGES = 20
"""Pages that axe looks at: it takes about a second for each, in each scheme."""
_PATIENCE = 300  # seconds for all of them
_FIRST = (HOME, SEARCH, CONTACT, TOPICS, NOT_FOUND)
_REFRESH = 'http-equiv="refresh"'
_CHECKS = (
    (re.compile(r'<html [^>]*lang="[\w-]+"'), "does not say its language"),
    (re.compile(r"<title>\s*\S"), "has no title"),
    (re.compile(r'<meta name="description" content="[^"]'), "has no description"),
    (re.compile(r'<meta name="viewport"'), "does not fit narrow screens: no viewport"),
    (re.compile(r"<main[ >]"), "has no main part"),
)
_H1 = re.compile(r"<h1[ >]")


class Finding(NamedTuple):
    """What is wrong with a page of the site."""

    address: str
    message: str


class Violation(NamedTuple):
    """What axe found on a page: `where` are selectors of the first elements; `written` says that
    all of them are in the text of an article.
    """

    address: str
    scheme: str
    rule: str
    impact: str
    help: str
    where: tuple[str, ...]
    written: bool


class AxeResult(NamedTuple):
    """Axe's version, what it looked at and found; `skipped` says why it did not run."""

    skipped: str
    version: str = ""
    pages: tuple[str, ...] = ()
    violations: tuple[Violation, ...] = ()


@dataclass(frozen=True, slots=True)
class Conformance:
    """What was judged. `pages` counts those whose frame was looked at; `articles` are the problems
    of articles that only their text can mend.
    """

    contrast: tuple[Pair, ...]
    pages: int
    findings: tuple[Finding, ...]
    articles: tuple[Problem, ...]
    axe: AxeResult

    @property
    def failures(self) -> int:
        """How much fails that is the site's own: colours, frames, and axe's findings outside of the
        texts of articles.
        """
        faint = sum(not pair.passes for pair in self.contrast)
        found = sum(not violation.written for violation in self.axe.violations)
        return faint + len(self.findings) + found

    @property
    def authored(self) -> int:
        """How much is found in the texts of articles."""
        return len(self.articles) + sum(v.written for v in self.axe.violations)


def judge(
    config: Config,
    site: Path,
    theme: Path,
    problems: Iterable[Problem],
    environ: Mapping[str, str] = os.environ,
) -> Conformance:
    """Judge a built site. `problems` are those that the build told.

    Raises SiteError where the site has no manifest, or a page of it is gone.
    """
    pages = [path for path in sorted(read_manifest(site)) if path.endswith(".html")]
    shown: list[str] = []
    findings: list[Finding] = []
    for address in pages:
        try:
            html = (site / address).read_text(encoding="utf-8")
        except OSError as error:
            why = f"can't be read: {error.strerror}"
            raise SiteError(why, path=str(site / address), hint="build again") from error
        if _REFRESH in html:
            continue  # it leads on before it is read
        shown.append(address)
        findings += [Finding(address, message) for message in _wrong_with(html)]
    return Conformance(
        contrast=tuple(measured_pairs(config, theme)),
        pages=len(shown),
        findings=tuple(findings),
        articles=tuple(problem for problem in problems if problem.code == ACCESSIBILITY),
        axe=_run_axe(site, _chosen(shown), environ),
    )


def _wrong_with(html: str) -> Iterator[str]:
    for pattern, message in _CHECKS:
        if not pattern.search(html):
            yield message
    count = len(_H1.findall(html))
    if count != 1:
        yield f"has {counted(count, 'main heading')} (H1), and should have one"


def _chosen(pages: Sequence[str]) -> list[str]:
    """One page of each kind of the site's own, and others from all parts of it."""
    own = [address for address in _FIRST if address in pages]
    rest = [address for address in pages if address not in own]
    room = min(len(rest), _AXE_PAGES - len(own))
    return own + [rest[at * len(rest) // room] for at in range(room)]


def _run_axe(site: Path, pages: Sequence[str], environ: Mapping[str, str]) -> AxeResult:
    """Axe on these pages, opened from the disk, in both schemes."""
    tools = Path(environ.get("KB_NODE_TOOLS", "") or ".").absolute()
    node = shutil.which("node", path=environ.get("PATH"))
    chromium = environ.get("KB_CHROMIUM") or next(
        filter(None, (shutil.which(name, path=environ.get("PATH")) for name in _BROWSERS)), ""
    )
    if why := _missing(tools, node, chromium):
        return AxeResult(why)
    plan = {
        "tools": str(tools),
        "chromium": chromium,
        "sandbox": not hasattr(os, "geteuid") or os.geteuid() != 0,  # Chromium has none for root
        "pages": [(site / address).absolute().as_uri() for address in pages],
        "schemes": ["light", "dark"],
        "width": 1280,
        "height": 900,
    }
    script = PACKAGE / "assets" / "conformance" / "axe.mjs"
    try:
        done = subprocess.run(  # noqa: S603  no shell; arguments are ours
            [str(node), str(script)],
            input=json.dumps(plan),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=_PATIENCE,
            check=True,
        )
        said = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        last = str(getattr(error, "stderr", "") or error).strip().splitlines()
        return AxeResult(f"axe failed: {last[-1] if last else type(error).__name__}")
    return AxeResult("", said["axe"], tuple(pages), tuple(_violations(said["violations"], pages)))


_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def _missing(tools: Path, node: str | None, chromium: str) -> str:
    """What axe needs and is not here; empty where all is."""
    if node is None:
        return "node is not installed"
    if not chromium:
        return "Chromium is not found: KB_CHROMIUM names it"
    for package in ("playwright-core", "axe-core"):
        if not (tools / "node_modules" / package).is_dir():
            return f"{package} is not found: KB_NODE_TOOLS names the folder with node_modules"
    return ""


def _violations(rows: Iterable[dict[str, Any]], pages: Sequence[str]) -> Iterator[Violation]:
    for row in rows:
        yield Violation(
            address=pages[row["page"]],
            scheme=row["scheme"],
            rule=row["rule"],
            impact=row["impact"] or "",
            help=row["help"],
            where=tuple(row["where"]),
            written=row["written"],
        )


def write_conformance(found: Conformance, folder: Path, name: str) -> tuple[Path, Path]:
    """Write a report as `conformance.html` and `conformance.json`; gives both paths. `name` is that
    of the site.

    Raises SiteError where they can't be written.
    """
    paths = folder / "conformance.html", folder / "conformance.json"
    text = json.dumps(conformance_as_json(found), ensure_ascii=False, indent=1) + "\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, data in zip(paths, (_as_html(found, name), text), strict=True):
            path.unlink(missing_ok=True)
            write_file(str(path), data.encode(errors="backslashreplace"))
    except OSError as error:
        message = f"the report can't be written: {error.strerror}"
        raise SiteError(message, path=str(folder)) from error
    return paths


def conformance_as_json(found: Conformance) -> dict[str, Any]:
    """A report for machines."""
    axe = found.axe
    return {
        "version": 1,
        "failures": found.failures,
        "authored": found.authored,
        "contrast": [{**pair._asdict(), "passes": pair.passes} for pair in found.contrast],
        "pages": {
            "checked": found.pages,
            "findings": [finding._asdict() for finding in found.findings],
        },
        "articles": [
            {"path": problem.path, "line": problem.line, "message": problem.message}
            for problem in found.articles
        ],
        "axe": {
            "ran": not axe.skipped,
            "skipped": axe.skipped,
            "version": axe.version,
            "pages": list(axe.pages),
            "violations": [
                {**violation._asdict(), "where": list(violation.where)}
                for violation in axe.violations
            ],
        },
    }


_STYLE = """
:root { color-scheme: light dark; }
body { max-width: 62rem; margin: 0 auto; padding: 24px 16px 64px;
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2rem; }
table { border-collapse: collapse; }
/* Words stay whole: what is too wide is scrolled to. */
.wide { overflow-x: auto; overflow-wrap: break-word; }
th, td { padding: 4px 16px 4px 0; text-align: start; vertical-align: top;
  border-bottom: 1px solid; }
.chip { display: inline-block; padding: 0 8px; border: 1px solid; border-radius: 4px; }
"""


_ABOUT = "What rules can judge of WCAG 2.2, level AA. What only people can judge is not in it."


def _as_html(found: Conformance, name: str) -> str:
    """A report for people: one page that asks nothing of any other file."""
    verdict = (
        f"{counted(found.failures, 'failure')} of the site, "
        f"{counted(found.authored, 'finding')} in the texts of articles."
    )
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>Conformance of {escape(name)}</title>\n<style>{_STYLE}</style>\n</head>",
            f"<body>\n<main>\n<h1>Conformance of {escape(name)}</h1>",
            f"<p>{_ABOUT}</p>\n<p><strong>{verdict}</strong></p>",
            "<h2>Contrast of the colours</h2>",
            _table(("Colours", "Scheme", "Contrast", "Needed", ""), map(_pair_row, found.contrast)),
            f"<h2>Pages</h2>\n<p>{counted(found.pages, 'page')} looked at.</p>",
            _table(("Page", "What"), ((escape(a), escape(m)) for a, m in found.findings)),
            "<h2>Articles</h2>",
            _table(
                ("Where", "What"),
                (
                    (escape(f"{p.path}:{p.line}" if p.line else p.path), escape(p.message))
                    for p in found.articles
                ),
            ),
            *_axe_as_html(found.axe),
            "</main>\n</body>\n</html>\n",
        ]
    )


def _pair_row(pair: Pair) -> tuple[str, ...]:
    style = f"color:{escape(pair.front)};background:{escape(pair.back)}"
    verdict = "passes" if pair.passes else "fails"
    chip = f'<span class="chip" style="{style}">{escape(pair.what)}</span>'
    return chip, escape(pair.scheme), f"{pair.ratio:.2f}:1", f"{pair.needed:g}:1", verdict


def _axe_as_html(axe: AxeResult) -> Iterator[str]:
    yield "<h2>axe</h2>"
    if axe.skipped:
        yield f"<p>Not run: {escape(axe.skipped)}.</p>"
        return
    pages = counted(len(axe.pages), "page")
    yield f"<p>Version {escape(axe.version)}, {pages}, light and dark.</p>"
    yield _table(
        ("Page", "Scheme", "Rule", "What", "Where", "Whose"),
        (
            (
                escape(v.address),
                escape(v.scheme),
                escape(v.rule),
                escape(v.help),
                "<br>".join(map(escape, v.where)),
                "the article's" if v.written else "the site's",
            )
            for v in axe.violations
        ),
    )


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are HTML already; a line where there are no rows."""
    lines = ["<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows]
    if not lines:
        return "<p>Nothing found.</p>"
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    body = "\n".join(lines)
    return (
        f'<div class="wide" tabindex="0"><table>\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody>\n</table></div>"
    )
