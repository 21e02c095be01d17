"""Help centers of others, built as they are: how many pages show marks of Markdown, HTML or templates
as text, what is refused, what is left out. Writes wild.md.

usage: KB_WILD=DIR python benchmarks/wild.py [OWNER+NAME ...]

DIR holds checked-out public repositories, each in a folder named OWNER+NAME. Nothing of their text
is kept: only counts, and the names of marks. A page shows a mark if the text inside of its
<article>, without code, matches one of MARKS; some hits are rightly text.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from html import unescape
from pathlib import Path
from typing import NamedTuple

from processes import ROOT
from tables import replace_part, table

CONTENT = {
    "18F+handbook": "pages",
    "GSA+digitalgov.gov": "content",
    "GitbookIO+public-docs": ".",
    "SparkPost+support-docs": "content",
    "arduino+help-center-content": "content",
    "chatwoot+docs": ".",
    "fastapi+fastapi": "docs/en/docs",
    "gohugoio+hugoDocs": "content/en",
    "keymanapp+help.keyman.com": "products",
    "mintlify+docs": ".",
    "openfoodfoundation+ofn-UserGuide": ".",
    "plausible+docs": "docs",
    "reactjs+ru.react.dev": "src/content",
    "spotinst+help": "src/docs",
    "squidfunk+mkdocs-material": "docs",
    "withastro+starlight": "docs/src/content/docs",
}
"""The folder of the articles in each repository."""
UNSEEN = {
    "MicrosoftDocs+terminal": "TerminalDocs",
    "RocketChat+docs": ".",
    "dotnet+docfx": "docs",
    "encode+httpx": "docs",
    "ionic-team+stencil-site": "docs",
    "just-the-docs+just-the-docs": "docs",
    "rust-lang+mdBook": "guide/src",
    "typesense+typesense-website": "docs-site/content/29.0",
    "vuejs+vitepress": "docs/en",
    "vuepress-theme-hope+vuepress-theme-hope": "docs/theme/src",
}
"""Those that came later, to see how kb reads what nobody looked at before."""

MARKS = {
    "HTML": r"<!--|</?(?:a|b|br|code|details|div|em|h[1-6]|hr|i|iframe|img|kbd|li|ol|p|pre|script|span|strong|style"
    r"|sub|summary|sup|table|td|th|tr|u|ul|video)(?:\s[^<>]*)?/?>",
    "component": r"</?[A-Z][A-Za-z.]*(?:\s[^<>]*)?/?>",
    "import, export": r"(?:^|\n)\s*(?:import\s.{1,80}\sfrom\s['\"]|export\s(?:const|default|function)\s)",
    "template": r"\{%.{0,200}?%\}|\{\{.{0,200}?\}\}|\{\{[<%]",
    "callout": r"(?:^|\n)\s*(?::::+\s?\w|(?:!!!|\?\?\?\+?)\s[a-z])|\[!(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION|INFO)\]",
    "tab": r"(?:^|\n)\s*===[!+]?\s?\"",
    "attributes": r"\{:\s?[^}]{1,80}\}|\{#[\w-]+\}|\{(?:width|height|target|class|rel)=[^}]*\}",
    "footnote": r"\[\^[^\]\s]+\]",
    "task": r"(?:^|\n)\s*\[[ xX]\]\s",
    "emoji": r"(?<![\w:/.]):(?:[a-z]+_)*[a-z]{3,}:(?![\w/:])",
    "link": r"\]\((?:[^)\s]|\s(?!\())",
    "docfx, snippet": r"\[!(?:UICONTROL|DNL|INCLUDE|VIDEO)\b|--8<--",
}
_MARKS = {name: re.compile(pattern) for name, pattern in MARKS.items()}
_ARTICLE = re.compile(r"<article.*?</article>", re.DOTALL)
_CODE = re.compile(r"<(pre|code|kbd|math|svg|script|style)\b.*?</\1>", re.DOTALL)


class Built(NamedTuple):
    """One repository: pages with an article, those that show marks by kind, notes by kind."""

    name: str
    articles: int
    refused: int
    pages: int
    marked: int
    kinds: Counter[str]
    notes: Counter[str]


def main(names: list[str]) -> None:
    """Build each, and write the table."""
    wild = Path(os.environ["KB_WILD"])
    page = ROOT / "benchmarks" / "wild.md"
    for part, folders in (("wild", CONTENT), ("unseen", UNSEEN)):
        found = [name for name in folders if (wild / name).is_dir() and name in (names or folders)]
        rows = []
        for name in found:
            rows.append(look_at(name, wild / name / folders[name]))
            print(rows[-1], flush=True)
        if rows and not names:
            replace_part(page, part, as_tables(rows))


def look_at(name: str, content: Path) -> Built:
    """Build a site in a folder of its own, and count."""
    with tempfile.TemporaryDirectory() as scratch:
        command = [sys.executable, "-m", "kb", "--content", str(content), "--json"]
        command += ["--index", f"{scratch}/index", "build", "--out", f"{scratch}/site"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        said = json.loads(done.stdout or "{}")
        problems = said.get("problems", [])
        refused = {p["path"] for p in problems if p.get("severity") == "error"}
        left_out = {
            (p["path"], p["message"].removesuffix(": left out"))
            for p in problems
            if p.get("code") == "markup"
        }
        notes = Counter(what for _, what in left_out)
        pages = marked = 0
        kinds: Counter[str] = Counter()
        for path in Path(scratch, "site").rglob("*.html"):
            if article := _ARTICLE.search(path.read_text("utf-8")):
                pages += 1
                text = unescape(re.sub(r"<[^>]+>", "", _CODE.sub(" ", article.group())))
                hits = [kind for kind, pattern in _MARKS.items() if pattern.search(text)]
                marked += bool(hits)
                kinds.update(hits)
    return Built(name, said.get("articles", 0), len(refused), pages, marked, kinds, notes)


def as_tables(rows: list[Built]) -> str:
    """What was counted, as Markdown."""
    share = [f"{100 * row.marked / max(1, row.pages):.1f}%" for row in rows]
    body = [
        [
            row.name.replace("+", "/"),
            str(row.pages),
            str(row.refused),
            f"{row.marked} ({part})",
            _list(row.kinds),
            _list(row.notes),
        ]
        for row, part in zip(rows, share, strict=True)
    ]
    pages, marked = sum(row.pages for row in rows), sum(row.marked for row in rows)
    kinds, notes = sum((r.kinds for r in rows), Counter()), sum((r.notes for r in rows), Counter())
    total = f"{marked} ({100 * marked / max(1, pages):.2f}%)"
    body.append(
        [
            "all",
            str(pages),
            str(sum(row.refused for row in rows)),
            total,
            _list(kinds),
            _list(notes),
        ]
    )
    head = [
        "repository",
        "pages",
        "refused",
        "pages with marks as text",
        "of these",
        "left out, articles",
    ]
    return table(head, body)


def _list(counts: Counter[str]) -> str:
    return ", ".join(f"`{what}` {count}" for what, count in counts.most_common(6)).replace(
        "|", "\\|"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
