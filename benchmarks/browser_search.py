"""Search in the browser beside the terminal's and beside Pagefind: benchmarks/browser-search.md.

    KB_CORPORA=DIR python benchmarks/browser_search.py [--sample N] [SET ...]

Needs Node, npm (Pagefind and playwright-core are installed by name and version) and Chromium.
Without names of sets: parity on all sets that have queries, and sizes and times on
github_docs and cpp_docs. Figures of a part that can't run are left as they were.
"""

from __future__ import annotations

import argparse
import gzip
import html
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from corpora import available, cache_folder, corpora_folder, misspell, read_records
from peers.npm import install

from kb.config import Config
from kb.knowledge_base import KnowledgeBase
from kb.site.bundle import bundle
from kb.site.search import export_search

HERE = Path(__file__).parent
ASSETS = HERE.parent / "kb/site/assets"
PARITY = ("emanual_tv", "stackfaq", "zoomcamp_faq", "github_docs")
SIZES = ("github_docs", "cpp_docs")
LIMIT = 10
PARTS = 400  # queries that one run of Node gets


class PlainPlaces:
    """A site where every article is at its id."""

    def article(self, id_):
        return f"{id_}.html"

    def section(self, id_, anchor):
        return anchor

    def topic(self, id_):
        return f"{id_}/index.html"

    def action(self, card, action):
        return action.url


@dataclass(frozen=True)
class Site:
    """What a browser is given of one set, and what it took to make it."""

    folder: Path
    seconds: float
    files: int
    size: int


def open_base(name, content=None):
    folder = cache_folder() / "browser" / (content.name if content else name)
    content = content or corpora_folder() / name / "articles"
    return KnowledgeBase(replace(Config(), content=content, index=folder / "index"))


def queries(name):
    rows = (corpora_folder() / name / "queries.jsonl").read_text().splitlines()
    return [(row["qid"], row["text"]) for row in map(json.loads, rows)]


def export_site(base, name):
    """The export as a folder to serve."""
    folder = fresh(cache_folder() / "browser" / name / "kb")
    base.index()
    started = time.perf_counter()
    for shard in export_search(base.config, PlainPlaces()):
        path = folder / "data" / shard.file
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(shard.data)
    seconds = time.perf_counter() - started
    (folder / "search.js").write_text(script())
    (folder / "index.html").write_text('<!doctype html><script src="search.js"></script>')
    data = list((folder / "data").iterdir())
    return Site(folder, seconds, len(data), sum(path.stat().st_size for path in data))


def script():
    """The engine as one script."""

    def read(path):
        if path == "entry.js":
            return 'import { openSearch } from "./search/search.js";\nglobalThis.openSearch = openSearch;\n'
        return (ASSETS / path).read_text()

    return bundle("entry.js", read)


def pagefind_site(base, name):
    """The same articles as plain pages, indexed by Pagefind."""
    folder = fresh(cache_folder() / "browser" / name / "pagefind")
    pages = {}
    for record in read_records(base.config.content.resolve()):
        pages.setdefault((record.article, record.title), []).append(record)
    for (article, title), records in pages.items():
        path = folder / f"{article}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page(title, records))
    (folder / "index.html").write_text("<!doctype html><title>Search</title>")
    modules = install(("pagefind",))
    started = time.perf_counter()
    command = [str(modules / ".bin/pagefind"), "--site", str(folder), "--quiet"]
    subprocess.run(command, check=True, capture_output=True)
    seconds = time.perf_counter() - started
    data = [path for path in (folder / "pagefind").rglob("*") if path.is_file()]
    return Site(folder, seconds, len(data), sum(path.stat().st_size for path in data))


def page(title, records):
    parts = [
        f'<h2 id="{html.escape(r.anchor)}">{html.escape(r.heading or title)}</h2>'
        f"<p>{html.escape(r.body)}</p>"
        for r in records
    ]
    head = f'<!doctype html><html lang="en"><title>{html.escape(title)}</title>'
    return f"{head}<main data-pagefind-body><h1>{html.escape(title)}</h1>{''.join(parts)}</main>"


def fresh(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def measure(site, kind, texts, cold, warm):
    """Figures of one engine in Chromium."""
    plan = {
        "modules": str(install(("playwright-core",))),
        "chromium": shutil.which("chromium") or shutil.which("chromium-browser"),
        "folder": f"{site.folder}/",
        "kind": kind,
        "queries": texts,
        "limit": LIMIT,
        "cold": cold,
        "warm": warm,
    }
    return run_node(HERE / "browser/measure.mjs", plan)


def run_node(path, plan):
    done = subprocess.run(
        ["node", "--max-old-space-size=4096", str(path)],
        input=json.dumps(plan),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{path.name} failed: {done.stderr[-1500:]}")
    return json.loads(done.stdout)


def parity(name, sample):
    """How many of a set's queries, and of their misspelt copies, are answered alike."""
    base = open_base(name)
    site = export_site(base, name)
    asked = queries(name)
    texts = [text for _, text in asked]
    texts += [slip for qid, text in asked if (slip := misspell(qid, text)) is not None]
    texts = texts[:: max(1, len(texts) // sample)] if sample else texts
    alike = close = 0
    for start in range(0, len(texts), PARTS):
        part = texts[start : start + PARTS]
        questions = [(text, {"limit": LIMIT}) for text in part]
        driver = HERE.parent / "tests/search/engine.mjs"
        theirs = run_node(driver, {"data": f"{site.folder}/data/", "questions": questions})
        for text, their in zip(part, theirs, strict=True):
            our = base.search(text, limit=LIMIT).hits
            same = [(h.article, h.anchor) for h in our] == [
                (h["article"], h["anchor"]) for h in their["hits"]
            ]
            alike += same
            close += same and all(
                abs(one.score - other["score"]) <= 1e-6 * abs(one.score)
                for one, other in zip(our, their["hits"], strict=True)
            )
    base.close()
    return [name, f"{len(texts):,}", f"{alike / len(texts):.2%}", f"{close / len(texts):.2%}"]


def sizes(name, cold, warm):
    """Two rows: kb and Pagefind on the same articles and queries in the same run."""
    base = open_base(name)
    texts = [text for _, text in queries(name)]
    texts = texts[:: max(1, len(texts) // max(cold, warm))]
    rows = []
    for title, kind, site in (
        ("kb", "kb", export_site(base, name)),
        ("Pagefind", "pagefind", pagefind_site(base, name)),
    ):
        figures = measure(site, kind, texts, cold, warm)
        rows.append([f"{name}, {title}", *row(site, figures)])
    base.close()
    return rows


def row(site, figures):
    cold, warm = figures["cold"], figures["warm"]

    def of(rows, key, share=0.5):
        values = sorted(entry[key] for entry in rows)
        return values[min(len(values) - 1, int(len(values) * share))]

    return [
        f"{site.seconds:.1f}",
        f"{site.files:,}",
        f"{site.size / 1e6:.1f}",
        f"{of(cold, 'bytes') / 1e3:.0f}",
        f"{of(cold, 'bytes', 0.95) / 1e3:.0f}",
        f"{of(cold, 'requests')}",
        f"{of(cold, 'ms'):.0f}",
        f"{of(warm, 'bytes') / 1e3:.0f}",
        f"{of(warm, 'bytes', 0.95) / 1e3:.0f}",
        f"{of(warm, 'ms'):.0f}",
        f"{of(warm, 'again'):.1f}",
        f"{of(warm, 'repeated'):.1f}",
        f"{figures['heap'] / 1e6:.1f}",
        f"{sum(entry['hits'] == 0 for entry in warm) / len(warm):.0%}",
    ]


SIZE_HEAD = (
    "set, engine", "s to make", "files", "MB", "first answer: KB", "p95", "requests", "ms",
    "new query: KB", "p95", "ms", "again: ms", "repeated: ms", "heap MB", "nothing found",
)  # fmt: skip
PARITY_HEAD = ("set", "queries", "same ten in order", "and scores within 1e-6")


def growth(counts, cold):
    """Bytes of kb by the number of sections: the first articles of cpp_docs."""
    rows = []
    content = corpora_folder() / "cpp_docs" / "articles"
    paths = sorted(content.rglob("*.md"))
    texts = [text for _, text in queries("cpp_docs")]
    for articles in counts:
        part = fresh(cache_folder() / "browser" / f"cpp-{articles}")
        for path in paths[:: max(1, len(paths) // articles)][:articles]:
            target = part / path.relative_to(content)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        base = open_base("cpp_docs", part)
        site = export_site(base, f"cpp-{articles}-site")
        sections = base.describe().sections
        figures = measure(site, "kb", texts[:: len(texts) // cold], cold, cold)
        found = row(site, figures)
        rows.append([f"{sections:,}", *found[1:6], found[7], found[8], found[12]])
        base.close()
    return rows


GROWTH_HEAD = (
    "sections", "files", "MB", "first answer: KB", "p95", "requests", "new query: KB", "p95", "heap MB",
)  # fmt: skip


def own_size():
    """Gzipped bytes of the script of a site's pages, and of the style of search."""
    from kb.site.scripts import ON_SITE, search_script
    from kb.site.wording import read_wording

    whole = search_script(ON_SITE, read_wording("en", Path("no-theme")))
    style = (ASSETS / "search.css").read_bytes()
    return [
        ["engine alone", f"{len(gzip.compress(script().encode(), 9)):,}"],
        ["script of the pages: engine, panel, page, words", f"{len(gzip.compress(whole, 9)):,}"],
        ["style", f"{len(gzip.compress(style, 9)):,}"],
    ]


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def write(parts):
    """Put sections into the page; others stay."""
    path = HERE / "browser-search.md"
    known = {}
    if path.exists():
        for block in path.read_text().split("\n## ")[1:]:
            title, _, body = block.partition("\n")
            known[title] = body.strip()
    known |= parts
    text = "".join(f"\n## {title}\n\n{body}\n" for title, body in known.items())
    path.write_text(f"# Search in the browser\n\nMade by browser_search.py.\n{text}")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("parts", nargs="*", default=["own", "parity", "sizes", "growth"])
    options.add_argument("--sample", type=int, default=0, help="queries of each set for parity")
    options.add_argument("--cold", type=int, default=20)
    options.add_argument("--warm", type=int, default=60)
    asked = options.parse_args()
    if "own" in asked.parts:
        write({"Own code, gzipped": table(("part", "bytes"), own_size())})
    if "parity" in asked.parts:
        rows = [parity(name, asked.sample) for name in available(PARITY)]
        write({"The terminal's answers": table(PARITY_HEAD, rows)})
    for name in SIZES if "sizes" in asked.parts else [p for p in asked.parts if p in SIZES]:
        rows = sizes(name, asked.cold, asked.warm)
        write({f"{name} in Chromium": table(SIZE_HEAD, rows)})
    if "growth" in asked.parts:
        write({"How bytes grow": table(GROWTH_HEAD, growth((100, 1000, 9740), asked.cold))})


if __name__ == "__main__":
    assert os.environ.get("KB_CORPORA"), "set KB_CORPORA to a folder of unpacked sets"
    main()
