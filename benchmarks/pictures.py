"""The pictures of the README, from the real thing: home, article and search of the sample's site in
Chromium, and the terminal as an SVG.

    python benchmarks/pictures.py [docs/pictures]

It needs Chromium, and playwright-core in KB_NODE_TOOLS (`tests/browser/install`); the terminal needs
neither, but a system with pseudo-terminals.
"""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from kb.config import load_config
from kb.site.build import build_site

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
WIDTH, HEIGHT = 1200, 760
QUERY = "pakage never arived"
TYPED = "pakage never arrived"  # the last word may go on, so it is not corrected while typing
ARTICLE = "orders/late-or-lost-package.html"
FOUND = "document.querySelector('.find-panel:not([hidden]) .find-option')"

COLUMNS = 80
_CELL, _LINE, _EDGE = 8.43, 20, 16
_SEQUENCE = re.compile(
    r"\x1b\[([0-9;]*)m|\x1b\]8;[^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-9;?]*[A-Za-z]"
)
_COLOURS = {"31": "red", "32": "green", "33": "yellow", "34": "blue", "35": "mark", "36": "cyan"}
_STYLE = """
svg { --paper: #fcfcfa; --ink: #1c1f23; --dim: #6b737c; --mark: #8f3a84; --line: #dedfda; }
@media (prefers-color-scheme: dark) {
  svg { --paper: #14171a; --ink: #e8e9e6; --dim: #98a0a8; --mark: #e59ad9; --line: #2d3238; } }
rect { fill: var(--paper); stroke: var(--line); } .mark { fill: var(--mark); }
text { fill: var(--ink); font: 14px ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono",
  monospace; white-space: pre; } .dim { fill: var(--dim); } .bold { font-weight: 700; }
"""


def take_pictures(out: Path) -> None:
    """Write home.jpg, article.jpg and search.jpg."""
    with tempfile.TemporaryDirectory() as scratch:
        site = Path(scratch) / "site"
        config = load_config(content=ROOT / "content", environ={}, cwd=Path(scratch))
        build_site(config, out=site)
        typed = [["type", "#KB-question", TYPED], ["until", FOUND], ["wait", 300]]
        sights = (("home", "index.html", []), ("article", ARTICLE, []),
                  ("search", "index.html", typed))  # fmt: skip
        visits = [
            {"url": f"{site.as_uri()}/{page}", "width": WIDTH, "height": HEIGHT,
             "steps": [*steps, ["screenshot", str(out / f"{name}.jpg"), False]]}
            for name, page, steps in sights
        ]  # fmt: skip
        plan = {
            "script": "search.mjs",
            "tools": os.environ["KB_NODE_TOOLS"],
            "chromium": shutil.which("chromium"),
            "visits": visits,
        }
        script = ROOT / "tests" / "browser" / "browser.mjs"
        subprocess.run(["node", script], input=json.dumps(plan), text=True, check=True,
                       stdout=subprocess.DEVNULL)  # fmt: skip


def run_in_terminal(command: list[str]) -> str:
    """What a command writes to a terminal of COLUMNS, with its colours."""
    master, slave = pty.openpty()
    environ = {**os.environ, "TERM": "xterm-256color", "COLUMNS": str(COLUMNS), "LINES": "60"}
    environ.pop("NO_COLOR", None)
    with subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environ, cwd=ROOT):
        os.close(slave)
        parts = []
        try:
            while data := os.read(master, 65536):
                parts.append(data)
        except OSError:  # how Linux says that the other end is closed
            pass
    os.close(master)
    return b"".join(parts).decode().replace("\r", "").rstrip("\n")


def search(index: Path) -> str:
    """What `kb search` says of the sample, in a terminal, once its index is there."""
    kb = [sys.executable, "-m", "kb", "--index", str(index)]
    subprocess.run([*kb, "index"], cwd=ROOT, check=True, capture_output=True)
    return run_in_terminal([*kb, "search", *QUERY.split()])


def spans(line: str, on: set[str]) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """(column, text, names of styles) of the runs of a line; `on` is what holds at its start, and
    afterwards what holds at its end.
    """
    column, at = 0, 0
    for found in [*_SEQUENCE.finditer(line), None]:
        text = line[at : found.start() if found else None]
        if text:
            yield column, text, tuple(sorted(on))
            column += len(text)
        if found is None:
            return
        at = found.end()
        for code in (found[1] or "0").split(";") if found[1] is not None else ():
            if code in {"0", ""}:
                on.clear()
            elif code in {"1", "2"}:
                on.add("bold" if code == "1" else "dim")
            elif code in _COLOURS:
                on.add(_COLOURS[code])


def draw(command: str, output: str) -> str:
    """A terminal as an SVG that follows the reader's colour scheme."""
    lines = [f"$ {command}", *output.split("\n")]
    wide, high = COLUMNS * _CELL + 2 * _EDGE, len(lines) * _LINE + 2 * _EDGE
    rows, on = [], set[str]()
    for number, line in enumerate(lines):
        y = _EDGE + number * _LINE + 15
        for column, text, styles in spans(line, on):
            x, length = _EDGE + column * _CELL, len(text) * _CELL
            kind = f' class="{" ".join(styles)}"' if styles else ""
            rows.append(
                f'<text x="{x:.1f}" y="{y}" textLength="{length:.1f}"{kind}>{escape(text)}</text>'
                if text.strip() else ""
            )  # fmt: skip
    size = f'width="{wide:.0f}" height="{high}" viewBox="0 0 {wide:.0f} {high}"'
    title = escape(f"A terminal: {command}")
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{title}">',
            f"<title>{title}</title><style>{_STYLE}</style>",
            f'<rect x=".5" y=".5" width="{wide - 1:.0f}" height="{high - 1}" rx="8"/>',
            *filter(None, rows),
            "</svg>\n",
        ]
    )


def main() -> None:
    """Write all four."""
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures"
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        said = search(Path(scratch))
    (out / "terminal.svg").write_text(draw(f"kb search {QUERY}", said), encoding="utf-8")
    take_pictures(out)
    for path in sorted(out.iterdir()):
        print(f"{path.name} {path.stat().st_size / 1000:.0f} KB")


if __name__ == "__main__":
    main()
