"""What an index costs: time, size, one cold search, and an update; writes indexing.md.

usage: KB_CORPORA=DIR python benchmarks/indexing.py [SET ...]

Times are CPU seconds of a whole process, medians of RUNS runs, and stand beside something
done in the same run: markdown-it-py rendering the same articles, and `python -c pass`.
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from processes import environment
from tables import replace_part, table

RUNS = 5
SETS = ("emanual_tv", "stackfaq", "zoomcamp_faq", "cranfield", "github_docs", "cpp_docs")
RENDER = """
import sys, pathlib, markdown_it
md = markdown_it.MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.md")):
    md.render(path.read_text("utf-8"))
"""


def seconds(*command: str) -> float:
    """CPU seconds that a command and its children take."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        command,
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment(),
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def median(runs: int, *command: str) -> float:
    return statistics.median(seconds(*command) for _ in range(runs))


def measure(name: str, articles: Path, scratch: Path) -> list[str]:
    """One row: a set's name, sections, times and ratios."""
    content, index = scratch / "content", scratch / "index"
    shutil.copytree(articles, content)
    runs = 1 if name == "cpp_docs" else RUNS
    kb = [sys.executable, "-m", "kb", "--content", str(content), "--index", str(index), "-q"]
    render = median(runs, sys.executable, "-c", RENDER, str(content))
    build = median(runs, *kb, "index", "--force")
    size = sum(path.stat().st_size for path in index.rglob("*") if path.is_file())
    generations = len([path for path in index.iterdir() if path.is_dir()])
    text = sum(path.stat().st_size for path in content.rglob("*.md"))
    nothing = median(RUNS, sys.executable, "-c", "pass")
    cold = median(RUNS, *kb, "search", "how", "do", "I", "change", "the", "settings")
    first = min(content.rglob("*.md"))
    updates = []
    for number in range(runs):
        first.write_text(f"{first.read_text('utf-8')}\n\nOne more line, {number}.\n", "utf-8")
        updates.append(seconds(*kb, "index"))
    update = statistics.median(updates)
    return [
        name,
        f"{len(list(content.rglob('*.md'))):,}",
        f"{build:.1f} s",
        f"{build / render:.1f}",
        f"{size / generations / 1e6:.1f} MB",
        f"{size / generations / text:.2f}",
        f"{cold:.2f} s",
        f"{cold / nothing:.0f}",
        f"{update / build:.0%}",
    ]


def main(sets: list[str]) -> None:
    corpora = Path(os.environ["KB_CORPORA"])
    rows = []
    for name in sets or SETS:
        with tempfile.TemporaryDirectory() as scratch:
            rows.append(measure(name, corpora / name / "articles", Path(scratch)))
        print(" | ".join(rows[-1]), flush=True)
    head = [
        "set", "articles", "build", "to rendering", "size", "to the text",
        "cold search", "to `python -c pass`", "one article changed, to a build",
    ]  # fmt: skip
    page = Path(__file__).with_suffix(".md")
    replace_part(page, "indexing", table(head, rows))


if __name__ == "__main__":
    main(sys.argv[1:])
