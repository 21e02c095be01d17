r"""Help centers of others, built as they are: how many pages show marks of Markdown, HTML or templates
as text, what is refused, what is left out. Writes wild.md.

usage: KB_WILD=DIR python benchmarks/wild.py [wild | unseen | last | OWNER+NAME ...]

DIR holds checked-out public repositories, each in a folder named OWNER+NAME. Nothing of their text
is kept: only counts, and the names of marks. A page shows a mark if the text inside of its
<article>, without code, matches one of MARKS. Pages are counted apart whose every mark is rightly
text: a tag that the source escapes (`\<T>`, `&lt;T&gt;`), or words in angle brackets that are to be
filled in (`<your name>`), which have no value, no end, and are no element.
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
LAST = {
    "Budibase+docs": ".",
    "Flexget+wiki": ".",
    "MonoGame+docs.monogame.github.io": "articles",
    "azerothcore+wiki": "docs",
    "biomejs+website": "src/content/docs",
    "bitwarden+help": "_articles",
    "catenda+help-center": "markdown/en",
    "cypress-io+cypress-documentation": "docs",
    "discourse+discourse-developer-docs": "docs",
    "dubinc+docs": ".",
    "getsolus+help-center-docs": "docs",
    "helix-editor+helix": "book/src",
    "letsencrypt+website": "content/en",
    "linuxserver+docker-documentation": "docs",
    "paperless-ngx+paperless-ngx": "docs",
    "replicatedhq+help-center": "content",
    "rive-app+help-center": ".",
    "rust-lang+book": "src",
    "vercel+swr-site": "content/docs",
    "vitest-dev+vitest": "docs",
}
"""Those that came last, for the same purpose."""

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
    """One repository: pages with an article, those that show marks, those that show only what is
    rightly text, marks by kind, notes by kind.
    """

    name: str
    articles: int
    refused: int
    pages: int
    marked: int
    right: int
    kinds: Counter[str]
    notes: Counter[str]


def main(names: list[str]) -> None:
    """Build each, or those that are named, and write the tables of whole parts."""
    wild = Path(os.environ["KB_WILD"])
    page = ROOT / "benchmarks" / "wild.md"
    for part, folders in (("wild", CONTENT), ("unseen", UNSEEN), ("last", LAST)):
        is_whole = not names or part in names
        found = [name for name in folders if (wild / name).is_dir() and (is_whole or name in names)]
        rows = []
        for name in found:
            rows.append(look_at(name, wild / name / folders[name]))
            print(rows[-1], flush=True)
        if rows and is_whole:
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
        pages = marked = right = 0
        kinds: Counter[str] = Counter()
        site = Path(scratch, "site")
        for path in site.rglob("*.html"):
            if article := _ARTICLE.search(path.read_text("utf-8")):
                pages += 1
                text = unescape(re.sub(r"<[^>]+>", "", _CODE.sub(" ", article.group())))
                source = source_of(content, path.relative_to(site))
                shown = {
                    kind: [hit for hit in found if not is_rightly_text(kind, hit, source)]
                    for kind, pattern in _MARKS.items()
                    if (found := [hit.group() for hit in pattern.finditer(text)])
                }
                hits = [kind for kind, wrong in shown.items() if wrong]
                marked += bool(hits)
                right += bool(shown) and not hits
                kinds.update(hits)
    articles = said.get("articles", 0)
    return Built(name, articles, len(refused), pages, marked, right, kinds, notes)


def source_of(content: Path, page: Path) -> str:
    """The text of the article that a page shows; empty where its place does not tell."""
    bare = page.with_suffix("")
    names = [bare]
    if bare.name == "index":
        names += [bare.with_name(name) for name in ("README", "_index", "readme")]
    for name in names:
        for ending in (".md", ".mdx", ".markdown"):
            if (path := content / f"{name}{ending}").is_file():
                return path.read_text("utf-8", errors="replace")
    return ""


def is_rightly_text(kind: str, hit: str, source: str) -> bool:
    """Whether a tag is escaped in the source, or stands for words to be filled in."""
    name = re.match(r"</?([\w.:-]+)", hit)
    if kind not in {"HTML", "component"} or name is None:
        return False
    tag = re.escape(name[1])
    if re.search(rf"(?:\\|\{{['\"])<\\?/?{tag}|&(?:lt|#60);/?{tag}", source, re.IGNORECASE):
        return True
    is_void = hit.endswith("/>") or "=" in hit or hit.startswith("</")
    return kind == "component" and not is_void and f"</{name[1]}" not in source


def as_tables(rows: list[Built]) -> str:
    """What was counted, as Markdown."""
    share = [f"{100 * row.marked / max(1, row.pages):.1f}%" for row in rows]
    body = [
        [
            row.name.replace("+", "/"),
            str(row.pages),
            str(row.refused),
            f"{row.marked} ({part})",
            str(row.right or ""),
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
            str(sum(row.right for row in rows)),
            _list(kinds),
            _list(notes),
        ]
    )
    head = [
        "repository",
        "pages",
        "refused",
        "pages with marks as text",
        "rightly text",
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
