"""Search in the browser beside the terminal's and beside Pagefind: benchmarks/browser-search.md.

    KB_CORPORA=DIR KB_CASES=DIR python benchmarks/browser_search.py [--sample N] [PART ...]
    KB_CORPORA=DIR python benchmarks/browser_search.py parity [--mode words] [--sets SET ...]

Needs Node, npm (Pagefind, esbuild and playwright-core are installed by name and version) and
Chromium; KB_CASES for what hostile strings take. Parts are `own`, `stems`, `parity`, `waves`,
`sizes` (or a set's name), `typing`, `growth`, `meaning` and `meaning-times` (which need the extra
`semantic`); without any all are measured. Figures of other parts, and of other sets, stay as they were. A query
that is answered otherwise than in the terminal is named on stderr.
"""

from __future__ import annotations

import argparse
import gzip
import html
import json
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
sys.path.insert(0, str(Path(__file__).parent))

from corpora import available, cache_folder, corpora_folder, misspell, read_records
from peers.npm import install
from support.exports import PlainPlaces

from kb.config import Config, SemanticConfig
from kb.knowledge_base import KnowledgeBase
from kb.site.assets import (
    ON_OTHERS,
    ON_SITE,
    search_script,
    search_style,
    shrink_style,
    starter_script,
)
from kb.site.build import build_site
from kb.site.export.manifest import export_search
from kb.site.i18n import read_wording
from kb.text.analysis import Analyzer

HERE = Path(__file__).parent
PAGE = HERE / "browser-search.md"
ASSETS = HERE.parent / "kb/site/assets"
MODES = ("off", "words")
SIZES = ("github_docs", "cpp_docs")
LIMIT = 10
SHOWN = 5  # hits while typing, and the letters between two answers: those of browser/measure.mjs
STEP = 3
BATCH = 400  # queries that one run of Node gets
PARTS = ("own", "stems", "parity", "waves", "sizes", "typing", "growth", "meaning", "meaning-times")
MEANING = ("stackfaq", "wixqa", "emanual_tv", "techqa", "zoomcamp_faq")
PARITY = {
    "off": ("emanual_tv", "stackfaq", "zoomcamp_faq", "github_docs"),
    "words": (*MEANING, "github_docs"),
}
"""Sets for parity, by mode."""


NETWORKS = {
    "not throttled": None,
    "150 ms, 1.6 Mbit/s": {
        "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 94_000,
    },
    "the same, CPU/4": {
        "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 94_000, "cpu": 4,
    },
}  # fmt: skip
"""Chromium's throttling: latency of a request in ms, bytes a second, how much slower to compute."""


@dataclass(frozen=True)
class Site:
    """What a browser is given of one set, and what it took to make it."""

    folder: Path
    seconds: float
    files: int
    size: int


def open_base(name, content=None, mode="off"):
    own = "" if mode == "off" else f"-{mode}"
    folder = cache_folder() / "browser" / f"{content.name if content else name}{own}"
    content = content or corpora_folder() / name / "articles"
    config = replace(Config(), content=content, index=folder / "index")
    return KnowledgeBase(replace(config, semantic=SemanticConfig(mode=mode)))


def queries(name):
    rows = (corpora_folder() / name / "queries.jsonl").read_text().splitlines()
    return [(row["qid"], row["text"]) for row in map(json.loads, rows)]


def export_site(base, name):
    """The export as a folder to serve."""
    folder = fresh(cache_folder() / "browser" / name / "kb")
    base.index()
    started = time.perf_counter()
    for shard in export_search(base, PlainPlaces()):
        path = folder / "data" / shard.file
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(shard.data)
    seconds = time.perf_counter() - started
    (folder / "search.js").write_text(script())
    (folder / "index.html").write_text("<!doctype html><title>Search</title>")
    data = list((folder / "data").iterdir())
    return Site(folder, seconds, len(data), sum(path.stat().st_size for path in data))


def script():
    """The engine alone as one script."""
    return bundle(
        'import { openSearch } from "./search/search.js";\n'
        'import { loadShard } from "./search/shards.js";\n'
        "Object.assign(globalThis, { openSearch, loadShard });\n"
    )


def bundle(entry):
    """Modules as one script, made as `.ci/bundle` makes those of the sites; no name is shortened."""
    command = [install(("esbuild",)) / ".bin/esbuild", "--bundle", "--minify", "--target=es2022"]
    done = subprocess.run(
        command, input=entry, cwd=ASSETS, capture_output=True, encoding="utf-8", check=True
    )
    return done.stdout


def read_asset(path):
    return (ASSETS / path).read_text()


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


def measure(sites, texts, cold, warm, networks=NETWORKS, *, typed=True):
    """Figures of engines in Chromium; `sites` by kind, kb's also by mode."""
    kinds = dict.fromkeys(MODES, "kb")
    plan = {
        **browser(),
        "sites": [
            {"kind": kinds.get(kind, kind), "folder": f"{site.folder}/"}
            for kind, site in sites.items()
        ],
        "typing": typed,
        "queries": texts,
        "limit": LIMIT,
        "cold": cold,
        "warm": warm,
        "networks": networks,
    }
    return dict(zip(sites, run_node(HERE / "browser/measure.mjs", plan), strict=True))


def browser():
    """What a script needs to drive Chromium."""
    return {
        "modules": str(install(("playwright-core",))),
        "chromium": shutil.which("chromium") or shutil.which("chromium-browser"),
    }


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


def parity(name, sample, mode="off"):
    """How many of a set's queries, and of their misspelt copies, are answered alike."""
    base = open_base(name, mode=mode)
    site = export_site(base, f"{name}-{mode}")
    asked = queries(name)
    texts = [text for _, text in asked]
    texts += [slip for qid, text in asked if (slip := misspell(qid, text)) is not None]
    texts = texts[:: max(1, len(texts) // sample)] if sample else texts
    alike = close = 0
    for start in range(0, len(texts), BATCH):
        part = texts[start : start + BATCH]
        questions = [(text, {"limit": LIMIT}) for text in part]
        driver = HERE.parent / "tests/export/engine.mjs"
        theirs = run_node(driver, {"data": f"{site.folder}/data/", "questions": questions})
        for text, their in zip(part, theirs, strict=True):
            our = base.search(text, limit=LIMIT).hits
            same = [(h.article, h.anchor) for h in our] == [
                (h["article"], h["anchor"]) for h in their["hits"]
            ]
            if not same:
                print(f"{name}: otherwise in the browser: {text}", file=sys.stderr)
            alike += same
            close += same and all(
                abs(one.score - other["score"]) <= 1e-6 * abs(one.score)
                for one, other in zip(our, their["hits"], strict=True)
            )
    base.close()
    return [name, f"{len(texts):,}", f"{alike / len(texts):.2%}", f"{close / len(texts):.2%}"]


def write_parity(sets, sample, mode):
    """Into the page set by set, so that a run that was stopped goes on with the next `--sets`."""
    title = "The terminal's answers" + (f" in mode `{mode}`" if mode != "off" else "")
    for name in sets:
        write_rows(title, PARITY_HEAD, [parity(name, sample, mode)])


def waves(name, count):
    """In how many waves a first answer asks for how many files, and their bytes: the same in every
    run. The script comes with the first wave. Then the same of all answers to a query that is typed
    as in Chromium: see browser/measure.mjs.
    """
    yield [name, *figures_of(asked_for(name, count))]
    yield [f"{name}, typed", *figures_of(asked_for(name, count, letters=STEP))]


def figures_of(rows):
    """How many they are, and the middle, p95 and most of each figure."""
    return [
        f"{len(rows)}",
        *(
            f"{middle(rows, key, share) / unit:.0f}"
            for key, unit in (("waves", 1), ("files", 1), ("bytes", 1e3))
            for share in (0.5, 0.95, 1)
        ),
    ]


def asked_for(name, count, mode="off", letters=None):
    """The same of each query; what counts meaning is among the files where it is asked for. With
    `letters` it is typed, so many each time that the last answer is there.
    """
    base = open_base(name, mode=mode)
    site = export_site(base, f"{name}-{mode}")
    base.close()
    options = {"limit": SHOWN, "prefix": True} if letters else {"limit": LIMIT}
    questions = [(text, options) for text in sample_of(queries(name), count)]
    driver = HERE.parent / "tests/export/engine.mjs"
    plan = {"data": f"{site.folder}/data/", "questions": questions, "waves": True}
    plan |= {"letters": letters} if letters else {}
    own = len(gzip.compress(search_script(ON_SITE, read_wording("en", Path("no-theme")))))
    meant = [*(site.folder / "data").glob("n.*.js")]
    own += sum(len(gzip.compress(path.read_bytes())) for path in meant)
    return [
        {
            "waves": len(one["waves"]),
            "files": 1 + len(meant) + sum(map(len, one["waves"])),
            "bytes": own + one["bytes"],
        }
        for one in run_node(driver, plan)
    ]


def meaning_waves(name, count):
    """The same by words alone and by meaning, too; how much more a query asks for; the files and
    bytes that a site has of meaning.
    """
    data = cache_folder() / "browser" / f"{name}-words" / "kb" / "data"
    rows = {mode: asked_for(name, count, mode) for mode in MODES}
    for mode in MODES:
        yield [f"{name}, {mode}", *figures_of(rows[mode])]
    pairs = zip(*rows.values(), strict=True)
    more = [{"bytes": words["bytes"] - off["bytes"]} for off, words in pairs]
    middle_, high = (f"{middle(more, 'bytes', share) / 1e3:.0f}" for share in (0.5, 0.95))
    sections = sum(path.stat().st_size for path in data.glob("[vcq]*.js"))
    words = sum(path.stat().st_size for path in data.glob("[yz]*.js"))
    count = open_base(name, mode="words").describe().sections
    files = len([*data.glob("[vcqyz]*.js")])
    sizes_ = f"{files:,} files, {sections / count:.0f} bytes a section, {words:,} of words"
    yield [f"{name}: {middle_} KB more a query, {high} at p95, with the script; {sizes_}"]


def meaning_times(name, cold):
    """How much later a first answer comes in mode `words`: the first one that is drawn, and the
    whole one. Each query is asked in both modes, one after the other; medians of their differences.
    """
    sites = {}
    for mode in MODES:
        base = open_base(name, mode=mode)
        sites[mode] = export_site(base, f"{name}-{mode}")
        base.close()
    for path in (sites["words"].folder / "data").glob("n.*.js"):
        path.write_text(bundle('import "./search-ui/meaning.js";\n'))
    texts = sample_of(queries(name), cold)
    figures = measure(sites, texts, cold, 0, typed=False)
    for network in NETWORKS:
        rows = [
            {
                "off": off["ms"],
                "drawn": words["told"] - off["ms"],
                "whole": words["ms"] - off["ms"],
                "early": words["told"] < words["ms"],
                "cpu": words["cpu"] - off["cpu"],
            }
            for off, words in zip(*(figures[mode]["cold"][network] for mode in MODES), strict=True)
        ]
        shares = [(key, share) for key in ("drawn", "whole") for share in (0.5, 0.95)]
        yield [
            name,
            network,
            f"{middle(rows, 'off'):.0f}",
            *(f"{middle(rows, key, share):+.0f}" for key, share in shares),
            f"{sum(row['early'] for row in rows) / len(rows):.0%}",
            f"{middle(rows, 'cpu'):+.0f}",
        ]


def sizes(name, cold, warm):
    """Two tables: kb and Pagefind on the same articles and queries in the same run."""
    base = open_base(name)
    texts = sample_of(queries(name), max(cold, warm))
    sites = {"kb": export_site(base, name), "pagefind": pagefind_site(base, name)}
    base.close()
    figures = measure(sites, texts, cold, warm)
    rows = [[name, kind, *row(site, figures[kind])] for kind, site in sites.items()]
    return table(SIZE_HEAD, rows) + "\n\n" + table(TIME_HEAD, list(times(figures)))


def sample_of(asked, count):
    texts = [text for _, text in asked]
    return texts[:: max(1, len(texts) // count)][:count]


def middle(rows, key, share=0.5):
    values = sorted(entry[key] for entry in rows)
    return values[min(len(values) - 1, int(len(values) * share))]


def times(figures):
    """Rows of the time to the first answer."""
    for network in NETWORKS:
        kb, other = (figures[kind]["cold"][network] for kind in ("kb", "pagefind"))
        both = [(middle(kb, key), middle(other, key)) for key in ("ms", "typed")]
        yield [
            network,
            *(
                text
                for one, two in both
                for text in (f"{one:.0f}", f"{two:.0f}", f"{one / two:.2f}")
            ),
            *(f"{middle(kb, 'key', share):.0f}" for share in (0.5, 0.95)),
            *(f"{middle(rows, 'cpu'):.0f}" for rows in (kb, other)),
            *(
                f"{middle(rows, key) / unit:.0f}"
                for key, unit in (("typedCpu", 1), ("typedRequests", 1), ("typedBytes", 1e3))
                for rows in (kb, other)
            ),
        ]


def row(site, figures):
    [cold, *_], warm = figures["cold"].values(), figures["warm"]
    return [
        f"{site.seconds:.1f}",
        f"{site.files:,}",
        f"{site.size / 1e6:.1f}",
        f"{middle(cold, 'bytes') / 1e3:.0f}",
        f"{middle(cold, 'bytes', 0.95) / 1e3:.0f}",
        f"{middle(cold, 'requests')}",
        f"{middle(warm, 'bytes') / 1e3:.0f}",
        f"{middle(warm, 'bytes', 0.95) / 1e3:.0f}",
        f"{middle(warm, 'ms'):.0f}",
        f"{middle(warm, 'again'):.1f}",
        f"{middle(warm, 'repeated'):.1f}",
        f"{figures['heap'] / 1e6:.1f}",
        f"{sum(entry['hits'] == 0 for entry in warm) / len(warm):.0%}",
    ]


SIZE_HEAD = (
    "set", "engine", "s to make", "files", "MB", "first answer: KB", "p95", "requests",
    "new query: KB", "p95", "ms", "again: ms", "repeated: ms", "heap MB", "nothing found",
)  # fmt: skip
TIME_HEAD = (
    "network", "first answer, kb: ms", "Pagefind: ms", "ratio", "typing, kb: ms", "Pagefind: ms",
    "ratio", "from the last key, kb: ms", "p95", "kb: ms of CPU, main thread", "Pagefind's",
    "typing, kb: ms of CPU, process", "Pagefind's", "kb: requests", "Pagefind's", "kb: KB", "Pagefind's",
)  # fmt: skip
WAVES_HEAD = (
    "set", "queries", "waves", "p95", "most", "files with the script", "p95", "most",
    "KB with the script", "p95", "most",
)  # fmt: skip
MEANING_HEAD = (
    "set", "network", "by words: ms", "first one drawn, later by: ms", "p95", "whole one, later by: ms",
    "p95", "words drawn first", "ms of CPU more, main thread",
)  # fmt: skip
PARITY_HEAD = ("set", "queries", "same ten in order", "and scores within 1e-6")


def growth(counts, cold):
    """Bytes of kb by the number of sections: the first articles of cpp_docs."""
    rows = []
    content = corpora_folder() / "cpp_docs" / "articles"
    paths = sorted(content.rglob("*.md"))
    texts = sample_of(queries("cpp_docs"), cold)
    for articles in counts:
        part = fresh(cache_folder() / "browser" / f"cpp-{articles}")
        for path in paths[:: max(1, len(paths) // articles)][:articles]:
            target = part / path.relative_to(content)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        base = open_base("cpp_docs", part)
        site = export_site(base, f"cpp-{articles}-site")
        sections = base.describe().sections
        figures = measure({"kb": site}, texts, cold, cold, {"": None})
        found = row(site, figures["kb"])
        rows.append([f"{sections:,}", *found[1:8], found[11]])
        base.close()
    return rows


GROWTH_HEAD = (
    "sections", "files", "MB", "first answer: KB", "p95", "requests", "new query: KB", "p95", "heap MB",
)  # fmt: skip


def typing(name, cases):
    """What strings that were made to break a search take on a site of a judged set, in ms of the
    page's main thread, and the longest tasks.
    """
    folder = cache_folder() / "browser" / "typing"
    content = corpora_folder() / name / "articles"
    config = replace(Config(), content=content, index=folder / "index")
    build_site(config, out=folder / "site")
    rows = [json.loads((cases / file).read_text()) for file in ("queries.json", "blns.json")]
    strings = [one if isinstance(one, str) else one["query"] for part in rows for one in part]
    strings += worst_of(name)
    plan = {**browser(), "folder": f"{folder}/site/", "page": "search/index.html"}
    found = run_node(HERE / "browser/typing.mjs", {**plan, "strings": strings})
    assert not found["errors"]
    (folder / "found.json").write_text(json.dumps(found["rows"]))
    return [
        [
            f"{len(strings):,}",
            *(f"{middle(found['rows'], key, share):.0f}" for key, share in TYPING),
            ascii(max(found["rows"], key=lambda one: one["cpu"])["text"])[:40].replace("|", " "),
        ]
    ]


TYPING = (("cpu", 0.5), ("cpu", 0.95), ("cpu", 1), ("longest", 1))
TYPING_HEAD = ("strings", "CPU ms, median", "p95", "most", "longest task, clock ms", "most for")


def worst_of(name):
    """Queries that make the engine work: the words of most sections, all at once, quoted, run
    together and misspelt.
    """
    reader = open_base(name).engine.reader
    often = sorted(reader.terms_of("words"), key=lambda w: -len(reader.postings("words", w)[0]))
    words = [word for word in often if len(word) > 3][:32]
    pairs = [f"{one} {other}" for one, other in pairwise(words)]
    return [
        " ".join(words),
        " ".join(f'"{pair}"' for pair in pairs),
        " ".join(f'-"{pair}"' for pair in pairs) + " a",
        " ".join(pair.replace(" ", "") for pair in pairs),
        " ".join(f"{word[:-1]}zz" for word in words),
        *"abcdefghijklmnopqrstuvwxyz",
    ]


def stems():
    """Words of all sets, and how many of them have another stem than Snowball's."""
    analyzer = Analyzer()
    words = set()
    for folder in sorted(corpora_folder().glob("*/articles")):
        for path in folder.rglob("*.md"):
            words.update(analyzer.surfaces(path.read_text("utf-8", "replace")))
    asked = sorted(words)
    theirs = run_node(HERE.parent / "tests/export/engine.mjs", {"stem": asked})
    wrong = sum(analyzer.stem(word) != stem for word, stem in zip(asked, theirs, strict=True))
    return [[f"{len(asked):,}", wrong]]


def own_size():
    """Gzipped bytes of what a site's pages load to search, and of <kb-search>."""
    wording = read_wording("en", Path("no-theme"))
    style = shrink_style(read_asset("search.css")).encode()
    parts = {
        "engine alone": script().encode(),
        "script of the pages: engine, panel, page, words": search_script(ON_SITE, wording),
        "what brings it": starter_script(),
        "style": style,
        "script of <kb-search>": search_script(ON_OTHERS, wording),
        "style of <kb-search>": search_style(),
    }
    return [[title, f"{len(gzip.compress(data, 9)):,}"] for title, data in parts.items()]


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def read_page():
    """The page's sections by their headings."""
    blocks = PAGE.read_text().split("\n## ")[1:] if PAGE.exists() else []
    parts = (block.partition("\n") for block in blocks)
    return {title: body.strip() for title, _, body in parts}


def write(parts):
    """Put sections into the page; others stay."""
    known = read_page() | parts
    text = "".join(f"\n## {title}\n\n{body}\n" for title, body in known.items())
    PAGE.write_text(f"# Search in the browser\n\nMade by browser_search.py.\n{text}")


def write_rows(title, head, rows):
    """Put rows of sets into a table of the page, in place of those of the same sets; what is said
    below it stays.
    """
    lines = read_page().get(title, "").splitlines()
    known = [line.strip("| ").split(" | ") for line in lines if line.startswith("|")][2:]
    said = "\n".join(line for line in lines if not line.startswith("|")).strip()
    new = {_set_of(row) for row in rows}
    made = table(head, [*(row for row in known if _set_of(row) not in new), *rows])
    write({title: f"{made}\n{said}\n" if said else made})


def _set_of(row):
    return re.split("[,:]", row[0])[0]


def write_meaning(asked):
    """What mode `words` takes in a browser, set by set."""
    for name in available(asked.sets or MEANING):
        if "meaning" in asked.parts:
            title = "What a first answer asks for in mode `words`"
            write_rows(title, WAVES_HEAD, list(meaning_waves(name, asked.waves)))
        if "meaning-times" in asked.parts:
            title = "How much later an answer comes in mode `words`"
            write_rows(title, MEANING_HEAD, list(meaning_times(name, asked.cold)))


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("parts", nargs="*", default=PARTS)
    options.add_argument("--sample", type=int, default=0, help="queries of each set for parity")
    options.add_argument("--cold", type=int, default=20)
    options.add_argument("--warm", type=int, default=60)
    options.add_argument("--waves", type=int, default=200, help="queries of each set for waves")
    options.add_argument("--mode", nargs="*", choices=MODES, help="of [semantic], for parity")
    options.add_argument("--sets", nargs="*", help="sets for parity and meaning, in place of all")
    asked = options.parse_args()
    if "own" in asked.parts:
        write({"Own code, gzipped": table(("part", "bytes"), own_size())})
    if "stems" in asked.parts:
        write({"Stems": table(("words of all sets", "with another stem than Snowball's"), stems())})
    for mode in (asked.mode or MODES) if "parity" in asked.parts else ():
        write_parity(available(asked.sets or PARITY[mode]), asked.sample, mode)
    if "waves" in asked.parts:
        rows = [row for name in available(SIZES) for row in waves(name, asked.waves)]
        write({"What a first answer asks for": table(WAVES_HEAD, rows)})
    for name in SIZES if "sizes" in asked.parts else [p for p in asked.parts if p in SIZES]:
        write({f"{name} in Chromium": sizes(name, asked.cold, asked.warm)})
    if "typing" in asked.parts and "KB_CASES" in os.environ:
        rows = typing("github_docs", Path(os.environ["KB_CASES"]))
        write({"Any string typed, on github_docs": table(TYPING_HEAD, rows)})
    write_meaning(asked)
    if "growth" in asked.parts:
        write({"How bytes grow": table(GROWTH_HEAD, growth((100, 1000, 9740), asked.cold))})


if __name__ == "__main__":
    assert os.environ.get("KB_CORPORA"), "set KB_CORPORA to a folder of unpacked sets"
    main()
