"""Pictures of every kind of page, for people to look at: widths from 320 to 1920 px, both schemes.

    python benchmarks/screenshots.py OUT [--content content] [--widths 360,1280] [--kinds blocks,sheet]
        [--rtl] [--tongue ar]

builds the folder, with one more article that has every block, and writes OUT/KIND-WIDTH-SCHEME.png;
home, article, blocks and contact also as they print, in OUT/KIND-print.pdf. `keyboard` is the search
sheet of a phone with its keyboard up: a window half as high. `--tongue` takes the pages of one
language of the small help center in four languages that the tests use. It needs Chromium, and
playwright-core in KB_NODE_TOOLS (`tests/browser/install`). Nothing is compared:
`tests/browser/test_geometry.py` holds what a script can judge.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from kb.config import load_config
from kb.site.build import build_site

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from support.tongues import write_tongues  # noqa: E402 - only the tests have it

WIDTHS = {320: 640, 360: 740, 768: 1024, 1280: 900, 1920: 1080}
SCHEMES = ("light", "dark")
PHONE = ("menu", "sheet", "keyboard")  # what only narrow windows have
PRINTED = ("home", "article", "blocks", "contact")
BLOCKS = """---
title: Every block that an article can have
summary: What authors write, in one article, for looking at.
do:
  - label: Track the parcel
    url: https://shop.example.com/track
    where: Your orders > Track
  - label: Ask the neighbours and everybody else who may have taken the parcel in for you
have_ready: [the order number, the delivery date that the order page or the mail from the shop shows]
---
Text with **weight**, *stress*, `code`, <kbd>Ctrl</kbd> and [a link](https://shop.example.com).

> [!NOTE]
> A note says what is good to know.

> [!TIP]
> A tip saves time.

> [!WARNING]
> A warning names what can go wrong.

> [!CAUTION]
> A caution names what can't be undone.

## Steps and tasks

1. First a step.
2. Then another one, so long that it needs a second line to say what is to be done, on any screen.
   - with a point of its own

- [x] done
- [ ] still to do

=== "Parcel"

    ```python {2} title="label.py"
    def label(order: str) -> str:
        return f"{order}: 1 of 1"  # printed
    ```

=== "Letter"

    Write the address on it.

## Tables

| Country | Days | Costs | Tracked | Insured up to | Collected at the door | Carrier |
|---|---:|---:|---|---|---|---|
| Germany | 2 | 4.90 | yes | 500 | yes | Post |
| Portugal | 5 | 12.90 | yes | 100 | no | Post and partners |

| The problem | |
|---|---|
| Order number | |
| What is wrong | |

<details>
<summary>What if it is later still?</summary>

Then write to us.

</details>

Term
: What it means.

> A quotation of what the shop said.

It is said elsewhere[^1].

[^1]: A footnote.
"""
CHANNELS = {
    "reach/chat.md": "name: chat\n  best_for: most problems\n  wait: 2 minutes\n"
    "  hours: Mon-Sun 0:00-24:00 Europe/London\n  url: https://shop.example.com/chat",
    "reach/phone.md": "name: phone\n  best_for: urgent problems\n  wait: varies\n"
    "  hours: Mon-Fri 9:00-17:00 Europe/London\n  phone: +44 20 7946 0000",
    "reach/email.md": "name: email\n  best_for: anything that can wait\n  wait: two days\n"
    "  email: help@shop.example.com",
}
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
    found["short"] = min(articles, key=lambda p: p.stat().st_size).relative_to(site).as_posix()
    if (site / "contact-us").is_dir():
        found["contact"] = "contact-us/index.html"
    return found


def _shots(out: Path, addresses: dict[str, str], options: argparse.Namespace) -> list:
    return [
        {
            "url": addresses[kind],
            "steps": [*steps, ["screenshot", str(out / f"{kind}-{width}-{scheme}.png"), whole]],
            "width": width,
            "height": WIDTHS.get(width, 900) // (2 if kind == "keyboard" else 1),
            "scheme": scheme,
        }
        for width in options.widths
        for scheme in SCHEMES
        for kind, steps, whole in _sights(addresses, options, width)
        if kind in (options.kinds or [kind])
    ]


def _sights(addresses: dict[str, str], options: argparse.Namespace, width: int) -> Iterator[tuple]:
    """What is looked at: its name, the steps there, and whether all of the page shows."""
    turn = [["evaluate", "document.documentElement.dir = 'rtl', 0"]] if options.rtl else []
    done = ["until", "document.querySelector('#KB-results h2')"]
    typed = ["type", "#KB-question", options.query]
    for kind in addresses:
        if kind == "panel":
            yield kind, [*turn, typed, ["until", FOUND], ["wait", 200]], False
        elif kind == "results":
            yield kind, [*turn, done], True
        elif kind == "window":
            yield kind, turn, False
        elif kind not in PHONE:
            yield kind, turn, True
        elif width < 768:
            yield kind, [*turn, *_on_a_phone(kind, options.query)], False


def _on_a_phone(kind: str, query: str) -> list:
    if kind == "menu":
        return [["click", ".menu summary"], ["wait", 200]]
    typed = ["type", "#KB-find", query]
    return [["click", ".to-search"], typed, ["until", FOUND], ["wait", 200]]


def _print(out: Path, addresses: dict[str, str]) -> list:
    """What comes out of a printer, by Chromium's way to PDF."""
    return [
        {"url": addresses[kind], "steps": [["pdf", str(out / f"{kind}-print.pdf")]]}
        for kind in PRINTED
        if kind in addresses
    ]


def _build(content: Path, scratch: Path, config: Path | None = None) -> Path:
    site = scratch / f"site-{content.name}"
    settings = load_config(content=content, config=config)
    build_site(replace(settings, index=scratch / f"index-{content.name}"), out=site)
    return site


def _write_blocks(folder: Path) -> Path:
    """A help center of one article, with everything in it, and of channels that can be pressed."""
    (folder / "reach").mkdir(parents=True)
    (folder / "blocks.md").write_text(BLOCKS)
    for path, channel in CHANNELS.items():
        text = f"---\ntitle: {Path(path).stem.title()}\ntier: contact\nchannel:\n  {channel}\n---\nHere.\n"
        (folder / path).write_text(text)
    return folder


def _addresses(site: Path, options: argparse.Namespace) -> dict[str, str]:
    """Where each kind of page is."""
    base = _serve(site)
    tongue = f"{options.tongue}/" if options.tongue else ""
    pages = _pages(site / tongue, options.article)
    pages["results"] = f"search/index.html?q={quote(options.query)}"
    pages |= {"panel": "index.html", "window": pages["article"]}
    pages |= dict.fromkeys(PHONE, pages["article"])
    return {kind: f"{base}{tongue}{page}" for kind, page in pages.items()}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--content", type=Path, default=ROOT / "content")
    parser.add_argument("--config", type=Path)
    parser.add_argument("--article", default="")
    parser.add_argument("--query", default="package late")
    parser.add_argument("--rtl", action="store_true")
    parser.add_argument("--tongue", default="")
    parser.add_argument("--kinds", default=[], type=lambda text: text.split(","))
    parser.add_argument("--widths", default=list(WIDTHS),
                        type=lambda text: [int(width) for width in text.split(",")])  # fmt: skip
    return parser.parse_args()


def main() -> None:
    """Build, serve, look."""
    options = _options()
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        content = write_tongues(scratch / "tongues") if options.tongue else options.content
        addresses = _addresses(_build(content, scratch, options.config), options)
        if not options.tongue:
            blocks = _serve(_build(_write_blocks(scratch / "blocks"), scratch))
            addresses |= {
                "blocks": f"{blocks}blocks.html",
                "ways": f"{blocks}contact-us/index.html",
            }
        visits = _shots(options.out, addresses, options)
        if not options.kinds or "print" in options.kinds:
            visits += _print(options.out, addresses)
        tools = os.environ["KB_NODE_TOOLS"]
        plan = {
            "script": "search.mjs",
            "tools": tools,
            "chromium": shutil.which("chromium"),
            "visits": visits,
        }
        script = ROOT / "tests" / "browser" / "browser.mjs"
        subprocess.run(["node", script], input=json.dumps(plan), text=True, check=True,
                       stdout=subprocess.DEVNULL)  # fmt: skip
    print(f"{len(visits)} pictures in {options.out}")


if __name__ == "__main__":
    main()
