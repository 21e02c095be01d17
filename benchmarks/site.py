"""What a site costs to build, and what its pages weigh: kb beside others, writes site.md.

usage: KB_CORPORA=DIR python benchmarks/site.py [--runs N]

Every figure is the processor time (user and system, all processes) of one command from its
start to its end, and the peak memory of its largest process. The commands of a round are
run one after the other, so that whatever else the machine does slows all of them alike: what is
set against something else was set against it in its own round, and the middle of all rounds counts,
beside it the lowest and the highest. Every full build has a folder of its own, in memory where
there is room (/dev/shm): ext4 takes over a second of processor time more to make 4,500 files where as many
were deleted minutes ago, by whomever. Python may keep its bytecode, as it does of what is
installed, and kb what its templates compile to.
Material for MkDocs (`mkdocs` on the path, or KB_MKDOCS) and Hugo
are left out where they are not installed; paint and layout shift where there is no browser
(see tests/browser/install and KB_NODE_TOOLS).
"""

from __future__ import annotations

import argparse
import functools
import gzip
import http.server
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

from processes import ROOT, environment

PAGE = Path(__file__).with_name("site.md")
BASELINE = """
import sys
from pathlib import Path
from markdown_it import MarkdownIt
markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"])
for path in Path(sys.argv[1]).rglob("*.md"):
    markdown.render(path.read_text(encoding="utf-8"))
"""

PLUGGED = """
import sys
from pathlib import Path
from markdown_it import MarkdownIt
from mdit_py_plugins.admon import admon_plugin
from mdit_py_plugins.attrs import attrs_plugin
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.gfm_autolink import gfm_autolink_plugin
from mdit_py_plugins.subscript import sub_plugin
from mdit_py_plugins.superscript import superscript_plugin
from mdit_py_plugins.tasklists import tasklists_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

def coloured(code, language, attrs):
    try:
        return highlight(code, get_lexer_by_name(language), HtmlFormatter())
    except ClassNotFound:
        return ""

markdown = MarkdownIt("commonmark", {"highlight": coloured}).enable(["table", "strikethrough"])
for plugin in (admon_plugin, attrs_plugin, deflist_plugin, dollarmath_plugin, footnote_plugin,
               gfm_autolink_plugin, sub_plugin, superscript_plugin, tasklists_plugin):
    markdown.use(plugin)
markdown.use(container_plugin, "note")
for path in Path(sys.argv[1]).rglob("*.md"):
    markdown.render(path.read_text(encoding="utf-8"))
"""

ROOM = 4 << 30
"""Bytes that all folders together take at most."""

BARE, FULL = "markdown-it-py alone", "kb, full build"
SAME = "markdown-it-py with plugins and Pygments"


class Cost(NamedTuple):
    """Seconds of processor time, seconds on the clock, and megabytes of memory."""

    cpu: float
    wall: float
    memory: float


def run(command: list[str], folder: Path | None = None) -> Cost:
    """Run a command and say what it took."""
    started = time.perf_counter()
    child = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment()
    )
    errors = child.stderr.read() if child.stderr else b""
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{command}: {errors[-500:].decode()}")
    wall = time.perf_counter() - started
    return Cost(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024)


def memory() -> str | None:
    """Where files are held in memory, if there is room for all that is made here."""
    folder = "/dev/shm"
    has_room = Path(folder).is_dir() and shutil.disk_usage(folder).free > ROOM
    return folder if has_room and os.access(folder, os.W_OK) else None


class Bench:
    """One set of articles, and the commands that are timed on it."""

    def __init__(self, articles: Path, folder: Path) -> None:
        self.content, self.folder = folder / "content", folder
        shutil.copytree(articles, self.content)
        self.edits = self.builds = 0

    def kb(self, *, fresh: bool = False) -> list[str]:
        """The command that builds; `fresh` from nothing."""
        self.builds += fresh
        where = ["--content", str(self.content), "--index", str(self.folder / f"i{self.builds}")]
        return [sys.executable, "-m", "kb", *where, "-q", "build", "--out", str(self.site)]

    @property
    def site(self) -> Path:
        """Where the site of the last full build is."""
        return self.folder / f"s{self.builds}"

    def edit(self) -> None:
        """Add a sentence to one article."""
        paths = sorted(self.content.rglob("*.md"))
        self.edits += 1
        with paths[len(paths) // 2].open("a", encoding="utf-8") as file:
            file.write(f"\nSentence {self.edits} was added.\n")

    def round(self) -> dict[str, Cost]:
        """Every command once."""
        costs = {BARE: run([sys.executable, "-c", BASELINE, str(self.content)])}
        costs[SAME] = run([sys.executable, "-c", PLUGGED, str(self.content)])
        costs[FULL] = run(self.kb(fresh=True))
        self.edit()
        costs["kb, one article edited"] = run(self.kb())
        costs["kb, nothing changed"] = run(self.kb())
        return costs

    def peers(self) -> dict[str, Cost]:
        """Other generators on the same articles, with the settings of their introductions."""
        costs = {}
        mkdocs = os.environ.get("KB_MKDOCS") or shutil.which("mkdocs")
        if mkdocs:
            settings = {
                "site_name": "bench",
                "docs_dir": str(self.content),
                "site_dir": str(self.folder / "mkdocs"),
                "theme": {"name": "material", "font": False},
            }
            file = self.folder / "mkdocs.yml"
            file.write_text(json.dumps(settings))
            costs["Material for MkDocs"] = run([mkdocs, "build", "-q", "--clean", "-f", str(file)])
        if hugo := shutil.which("hugo"):
            self.prepare_hugo()
            costs["Hugo, two bare templates"] = run([hugo, "--quiet"], self.folder / "hugo")
        return costs

    def prepare_hugo(self) -> None:
        """A Hugo site of these articles; it has no theme of its own."""
        site = self.folder / "hugo"
        shutil.rmtree(site, ignore_errors=True)
        (site / "layouts" / "_default").mkdir(parents=True)
        (site / "config.toml").write_text(
            'baseURL="/"\ntitle="bench"\ndisableKinds=["taxonomy", "term"]\n'
        )
        for name in ("single", "list"):
            text = "<!doctype html><title>{{ .Title }}</title>{{ .Content }}"
            (site / "layouts" / "_default" / f"{name}.html").write_text(text)
        shutil.copytree(self.content, site / "content")


def weights(site: Path) -> dict[str, int]:
    """Bytes after gzip of what a first visit loads, and of what is loaded to search."""
    zipped = functools.partial(gzip.compress, compresslevel=9, mtime=0)
    assets = {path: len(zipped(path.read_bytes())) for path in (site / "assets").glob("*.[cj]s*")}
    search = sum(size for path, size in assets.items() if path.match("search.*.js"))
    return {
        "home page, its HTML": len(zipped((site / "index.html").read_bytes())),
        "style and scripts of every page": sum(assets.values()) - search,
        "an article without text, its HTML": len(zipped((site / "bare.html").read_bytes())),
        "the script of search, when it is wanted": search,
    }


def paints(site: Path) -> list[dict[str, float | str]]:
    """Largest contentful paint and layout shift of some pages, on a phone's screen."""
    tools = os.environ.get("KB_NODE_TOOLS")
    chromium = shutil.which("chromium")
    if not (tools and chromium and shutil.which("node")):
        return []
    handler = functools.partial(QuietHandler, directory=str(site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_address[1]}/"
    pages = ("index.html", "orders/late-or-lost-package.html", "search/index.html")
    plan = {"script": "check.mjs", "tools": tools, "chromium": chromium,
            "measure": [base + page for page in pages]}  # fmt: skip
    done = subprocess.run(
        ["node", ROOT / "tests" / "browser" / "browser.mjs"],
        input=json.dumps(plan), capture_output=True, text=True, check=True,
    )  # fmt: skip
    server.shutdown()
    found = json.loads(done.stdout)["answer"]["measures"]
    return [{**one, "url": one["url"].removeprefix(base)} for one in found]


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves without a log."""

    def log_message(self, *args: object) -> None:
        """Write nothing."""


def against(name: str, other: str, rounds: list[dict[str, Cost]], form: str) -> str:
    """What a command costs to another: the middle of all rounds, the lowest and the highest."""
    shares = sorted(costs[name].cpu / costs[other].cpu for costs in rounds if name in costs)
    if name == other:
        return format(1, form)
    middle = format(median(shares), form)
    return middle if len(shares) == 1 else f"{middle} ({shares[0]:{form}} to {shares[-1]:{form}})"


def row(name: str, rounds: list[dict[str, Cost]]) -> str:
    cost = middle([costs[name] for costs in rounds if name in costs])
    share = against(name, FULL, rounds, ".1%") if name.startswith("kb") else ""
    return (
        f"| {name} | {cost.cpu:.2f} | {against(name, BARE, rounds, '.2f')} | {share} "
        f"| {cost.wall:.2f} | {cost.memory:.0f} |"
    )


def middle(costs: list[Cost]) -> Cost:
    return Cost(*(median(values) for values in zip(*costs, strict=True)))


def machine(rounds: int) -> str:
    """What this ran on."""
    return (
        f"Python {platform.python_version()}, {os.cpu_count()} processors, {platform.system()}; "
        f"the middle of {rounds} rounds. github_docs: 1,408 articles."
    )


def report(rounds: list[dict[str, Cost]], large: Cost | None, sample: Path) -> str:
    """The page."""
    lines = [
        "# The site",
        "",
        *(line.strip() for line in (__doc__ or "").split("\n\n")[2].splitlines()),
        "",
        machine(len(rounds)),
        "",
        "| github_docs | CPU s | to Markdown alone | to kb's full build | clock s | peak MB |",
        "|---|---|---|---|---|---|",
        *(row(name, rounds) for name in rounds[0]),
        "",
        f"A full build to Markdown with its plugins and colours: {against(FULL, SAME, rounds, '.2f')}.",
        "Other generators ran once, MkDocs with search data, Hugo with bare templates.",
    ]  # fmt: skip
    if large:
        lines += [
            "",
            f"cpp_docs, 9,740 articles, full build: {large.cpu:.1f} s of CPU, {large.wall:.1f} s "  # noqa: ISC004
            f"on the clock, peak memory {large.memory:.0f} MB.",
        ]
    lines += ["", "## The sample site's pages", "", "| after gzip | bytes |", "|---|---|"]
    lines += [f"| {name} | {size:,} |" for name, size in weights(sample).items()]
    if figures := paints(sample):
        lines += ["", "Chromium, 360 px wide, from the same machine:", ""]
        lines += ["| page | largest contentful paint, ms | layout shift |", "|---|---|---|"]
        lines += [f"| {f['url']} | {f['paint']:.0f} | {f['shift']:.3f} |" for f in figures]
    return "\n".join([*lines, ""])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--no-large", action="store_true")
    given = parser.parse_args()
    corpora = Path(os.environ["KB_CORPORA"])
    with tempfile.TemporaryDirectory(dir=memory()) as name:
        (Path(name) / "sample").mkdir()
        sample = Bench(ROOT / "content", Path(name) / "sample")
        (sample.content / "bare.md").write_text("# Bare\n")
        run(sample.kb(fresh=True))
        bench = Bench(corpora / "github_docs" / "articles", Path(name))
        rounds = []
        for _ in range(given.runs):
            rounds.append(bench.round())
            if len(rounds) == 1:
                rounds[0] |= bench.peers()
            print({k: f"{c.cpu:.2f}" for k, c in rounds[-1].items()}, flush=True)
        large = None
        if not given.no_large:
            (Path(name) / "large").mkdir()
            many = Bench(corpora / "cpp_docs" / "articles", Path(name) / "large")
            large = run(many.kb(fresh=True))
        PAGE.write_text(report(rounds, large, sample.site), encoding="utf-8")


if __name__ == "__main__":
    main()
