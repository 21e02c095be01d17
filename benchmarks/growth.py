"""How costs grow with the number of articles: what a command does not touch should cost it
nothing. Writes its part of indexing.md.

usage: KB_CORPORA=DIR python benchmarks/growth.py [ARTICLES ...]     (3000 10000 by default)

Sets are made of cpp_docs' articles, again and again under other names where there are not enough.
Every figure is the processor time of whole commands, medians of RUNS, in a plain install: a virtual
environment that holds kb and its dependencies and nothing else, so that no `.pth` file of a
development tool is read before each command. Ratios are to `python -c pass` there.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from importlib import metadata
from pathlib import Path
from statistics import median
from typing import NamedTuple

from processes import ROOT
from tables import replace_part, table

RUNS = 5
SIZES = (3_000, 10_000)
SOURCE = "cpp_docs"
QUERY = "how do I change the warning level"
QUERIES = 60
WARM = """
import json, sys, time
from kb import KnowledgeBase
base = KnowledgeBase.open(sys.argv[1], index=sys.argv[2])
queries = json.loads(sys.argv[3])
for query in queries[:10]:
    base.search(query)
def timed(call):
    start = time.process_time()
    call()
    return 1000 * (time.process_time() - start)
warm = sorted(timed(lambda: base.search(query)) for query in queries)
def after():
    base.index()
    base.search(queries[0])
again = sorted(timed(after) for _ in range(5))
print(json.dumps([warm[len(warm) // 2], warm[int(len(warm) * 0.95)], again[2]]))
"""


class Cost(NamedTuple):
    """Seconds of processor time, and megabytes that the largest process held."""

    cpu: float
    memory: float


def plain_install(folder: Path) -> Path:
    """Make a virtual environment with copies of kb and what it depends on; gives its Python."""
    venv.create(folder, with_pip=False, symlinks=True)
    library = next(folder.glob("lib/python*/site-packages"))
    shutil.copytree(ROOT / "kb", library / "kb")
    for name in _requirements("helpkb"):
        for file in metadata.distribution(name).files or ():
            source = Path(file.locate())
            if ".." not in file.parts and source.is_file():
                (library / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, library / file)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "compileall", "-q", library], check=False, capture_output=True)
    return python


def _requirements(name: str, found: set[str] | None = None) -> set[str]:
    """The distributions that one needs without extras, and those that these need."""
    found = set() if found is None else found
    for line in metadata.requires(name) or ():
        required = line.split(";")[0].split("[")[0].strip()
        required = "".join(itertools.takewhile(lambda c: c.isalnum() or c in "-_.", required))
        if ";" not in line and required not in found:
            found.add(required)
            _requirements(required, found)
    return found


def make_set(articles: Path, count: int, folder: Path) -> None:
    """So many articles, in folders of 1,000."""
    texts = sorted(articles.rglob("*.md"))
    for number in range(count):
        target = (
            folder / f"part-{number // 1000:03}" / f"{number:06}-{texts[number % len(texts)].name}"
        )
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(texts[number % len(texts)], target)


def run(*command: str | Path) -> Cost:
    """What a command costs, with all its children."""
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = child.stderr.read() if child.stderr else b""
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in {0, 1}:
        raise SystemExit(f"{command}: {errors[-500:].decode()}")
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def middle(*command: str | Path, runs: int = RUNS) -> float:
    """The median processor time of some runs."""
    return median(run(*command).cpu for _ in range(runs))


def measure(python: Path, count: int, corpus: Path, scratch: Path) -> list[str]:
    """One row of the table."""
    content, index, site = scratch / "content", scratch / "index", scratch / "site"
    make_set(corpus / "articles", count, content)
    kb = [python, "-P", "-m", "kb", "--content", content, "--index", index]
    build = run(*kb, "index")
    nothing = middle(python, "-c", "pass", runs=2 * RUNS)
    some = min(content.rglob("*.md"))
    some_id = some.relative_to(content).with_suffix("").as_posix()
    search = [middle(*kb, "search", QUERY), run(*kb, "search", QUERY).memory]
    others = [middle(*kb, *command) for command in (["show", some_id], ["topics"], ["contact"])]
    queries = _queries(corpus)
    warm = subprocess.run(
        [python, "-P", "-c", WARM, content, index, queries],
        capture_output=True,
        text=True,
        check=True,
    )
    p50, p95, again = (float(part) for part in warm.stdout.strip("[]\n").split(","))
    full = run(*kb, "build", "--out", site)
    edits = []
    for number in range(3):
        some.write_text(f"{some.read_text('utf-8')}\n\nOne more line, {number}.\n", "utf-8")
        edits.append(run(*kb, "build", "--out", site))
    edit, memory = median(e.cpu for e in edits), max(e.memory for e in edits)
    seconds = [f"{value:.2f} ({value / nothing:.0f})" for value in (search[0], *others)]
    return [
        f"{count:,}", f"{build.cpu:.0f}", *seconds, f"{search[1]:.0f}", f"{p50:.0f} / {p95:.0f}",
        f"{again:.0f}", f"{full.cpu:.0f}", f"{edit:.2f}", f"{memory:.0f}",
    ]  # fmt: skip


def _queries(corpus: Path) -> str:
    lines = (corpus / "queries.jsonl").read_text("utf-8").splitlines()
    return f"[{','.join(_text_of(line) for line in lines[:: max(1, len(lines) // QUERIES)])}]"


def _text_of(line: str) -> str:
    return json.dumps(json.loads(line)["text"])


def main(sizes: list[int]) -> None:
    """Measure each size, and write the table after each: a run that is stopped leaves the others."""
    corpus = Path(os.environ["KB_CORPORA"]) / SOURCE
    rows: list[list[str]] = []
    with tempfile.TemporaryDirectory() as folder:
        python = plain_install(Path(folder) / "plain")
        for count in sizes or SIZES:
            with tempfile.TemporaryDirectory(dir=folder) as scratch:
                rows.append(measure(python, count, corpus, Path(scratch)))
            print(" | ".join(rows[-1]), flush=True)
            write(rows)


def write(rows: list[list[str]]) -> None:
    """Put the table into indexing.md."""
    head = [
        "articles", "index", "cold search", "show", "topics", "contact", "search, MB",
        "warm search, ms: median / p95", "after `index()`, ms", "site", "after one edit", "its MB",
    ]  # fmt: skip
    sizes = " ".join(row[0].replace(",", "") for row in rows)
    text = f"""## How costs grow

Seconds of processor time of whole commands in a plain install, medians of {RUNS} runs, and in
brackets the ratio to `python -c pass`. `python benchmarks/growth.py {sizes}` made this table.

{table(head, rows)}"""
    replace_part(Path(__file__).with_name("indexing.md"), "growth", text)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]])
