"""Pictures of every kind of page, for people to look at: widths from 320 to 1920 px, both schemes.

    python benchmarks/screenshots.py OUT [--content content] [--widths 360,1280] [--rtl]

builds the folder and writes OUT/KIND-WIDTH-SCHEME.png. It needs Chromium, and playwright-core in
KB_NODE_TOOLS (`tests/browser/install`). Nothing is compared: `tests/browser/test_geometry.py` holds
what a script can judge.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import json
import os
import shutil
import subprocess
import tempfile
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kb.config import load_config
from kb.site.build import build_site

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
WIDTHS = {320: 640, 360: 740, 768: 1024, 1280: 900, 1920: 1080}
SCHEMES = ("light", "dark")
FOUND = "document.querySelector('.find-panel:not([hidden]) .find-option')"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


def _serve(folder: Path) -> str:
    handler = functools.partial(_Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}/"


def _pages(site: Path, article: str) -> dict[str, str]:
    """One page of each kind, by what it is called: those of the largest topic."""
    topics = sorted(
        (path for path in site.glob("*/index.html")
         if path.parent.name not in {"topics", "search", "contact-us"}),
        key=lambda path: -len(list(path.parent.glob("*.html"))),
    )  # fmt: skip
    found = {"home": "index.html", "topics": "topics/index.html", "lost": "404.html"}
    if topics:
        found["topic"] = topics[0].relative_to(site).as_posix()
    articles = [*(p for p in topics[0].parent.glob("*.html") if p.name != "index.html")] if topics \
        else [p for p in site.glob("*.html") if p.name not in {"index.html", "404.html"}]  # fmt: skip
    found["article"] = article or max(articles, key=lambda p: p.stat().st_size) \
        .relative_to(site).as_posix()  # fmt: skip
    if (site / "contact-us").is_dir():
        found["contact"] = "contact-us/index.html"
    return found


def _shots(out: Path, address: str, pages: dict[str, str], options: argparse.Namespace) -> list:
    return [
        {
            "url": address + page,
            "steps": [*steps, ["screenshot", str(out / f"{kind}-{width}-{scheme}.png"), whole]],
            "width": width,
            "height": WIDTHS.get(width, 900),
            "scheme": scheme,
        }
        for width in options.widths
        for scheme in SCHEMES
        for kind, page, steps, whole in _sights(pages, options, width)
    ]


def _sights(pages: dict[str, str], options: argparse.Namespace, width: int) -> Iterator[tuple]:
    """What is looked at: its name, its page, the steps there, and whether all of the page shows."""
    turn = [["evaluate", "document.documentElement.dir = 'rtl', 0"]] if options.rtl else []
    for kind, page in pages.items():
        yield kind, page, turn, True
    words = options.query.replace(" ", "+")
    done = ["until", "document.querySelector('#KB-results h2')"]
    yield "results", f"search/index.html?q={words}", [*turn, done], True
    typed = ["type", "#KB-question", options.query]
    yield "panel", "index.html", [*turn, typed, ["until", FOUND], ["wait", 200]], False
    yield "window", pages["article"], turn, False
    if width < 768:
        menu = [["click", ".menu summary"], ["wait", 200]]
        yield "menu", pages["article"], [*turn, *menu], False


def main() -> None:
    """Build, serve, look."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--content", type=Path, default=ROOT / "content")
    parser.add_argument("--config", type=Path)
    parser.add_argument("--article", default="")
    parser.add_argument("--query", default="package late")
    parser.add_argument("--rtl", action="store_true")
    parser.add_argument("--widths", default=",".join(map(str, WIDTHS)),
                        type=lambda text: [int(width) for width in text.split(",")])  # fmt: skip
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        config = load_config(content=options.content, config=options.config)
        config = replace(config, index=Path(scratch) / "index")
        site = Path(scratch) / "site"
        build_site(config, out=site)
        visits = _shots(options.out, _serve(site), _pages(site, options.article), options)
        tools = os.environ["KB_NODE_TOOLS"]
        plan = {"tools": tools, "chromium": shutil.which("chromium"), "visits": visits}
        script = ROOT / "tests" / "browser" / "search.mjs"
        subprocess.run(["node", script], input=json.dumps(plan), text=True, check=True,
                       stdout=subprocess.DEVNULL)  # fmt: skip
    print(f"{len(visits)} pictures in {options.out}")


if __name__ == "__main__":
    main()
