"""What a cluster costs, and where it overtakes an index on one machine: writes ../opensearch.md.

    python benchmarks/opensearch/scale.py build FOLDER CONTENT --one NODES --three NODES
    ... search FOLDER QUERIES [--seconds 15] [--rounds 3]
    ... table FOLDER

CONTENT is a folder of articles, QUERIES a file of JSON Lines with `text`, and the NODES are folders
of clusters of one and of three nodes that `nodes.py start --optimized` started. FOLDER keeps the
indexes and figures.json. `build --every N` takes each N-th article only: a smaller base, by which
the table tells how costs grow.

Ways: Whoosh in one process, whose threads are the clients; `kb serve --api` with two workers, asked
by HTTP; and one process whose threads ask a cluster of one node, and of three. CPU is that of kb,
and of the nodes, apart; that of the clients which only ask by HTTP is in neither. A round asks
queries at random for so many seconds; rounds of all ways follow each other, so that other work on
the machine meets all of them. A figure is the median of its rounds, which may come from several runs.
"""

from __future__ import annotations

import argparse
import http.client
import json
import math
import multiprocessing
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import threading
import time
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlsplit

from nodes import Nodes

from kb.config import Config, EngineConfig
from kb.knowledge_base import KnowledgeBase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

sys.path.insert(0, str(Path(__file__).parents[1]))

from processes import environment  # of the folder above
from tables import replace_part, table  # as before

PAGE = Path(__file__).parents[1] / "opensearch.md"
CLIENTS = (1, 8, 32)
STORES = {"whoosh": "Whoosh", "one": "one node", "three": "three nodes"}
WAYS = {
    "whoosh": "Whoosh, one process",
    "api": "Whoosh, `kb serve --api`, two workers",
    "one": "one node, asked by one process",
    "three": "three nodes, asked by one process",
}
TICK = os.sysconf("SC_CLK_TCK")
LIMIT = 10
GOAL = 10_000_000
"""Sections of the base that is reckoned on paper."""


class State(NamedTuple):
    """FOLDER, and what was measured in it."""

    folder: Path

    def read(self) -> dict:
        file = self.folder / "figures.json"
        return json.loads(file.read_text()) if file.exists() else {"nodes": {}, "sizes": {}}

    def write(self, figures: dict) -> None:
        (self.folder / "figures.json").write_text(json.dumps(figures, indent=1) + "\n")

    def content(self, size: str) -> Path:
        return self.folder / size / "content"

    def index(self, size: str, store: str) -> Path:
        return self.folder / size / store

    def nodes(self, store: str) -> Nodes:
        return Nodes(Path(self.read()["nodes"][store]))

    def config(self, size: str, store: str) -> Config:
        """The settings of a base of this size, in this store."""
        engine = EngineConfig()
        if store != "whoosh":
            nodes = self.nodes(store)
            three = len(nodes.urls) > 1
            engine = EngineConfig(
                kind="opensearch", urls=tuple(nodes.urls), prefix=f"scale-{size}", timeout=120,
                shards=3 if three else 1, replicas=1 if three else 0,
            )  # fmt: skip
        return Config(content=self.content(size), index=self.index(size, store), engine=engine)


# CPU ---------------------------------------------------------------------------------------


def cpu_of(pid: int) -> float:
    """CPU seconds that a process has taken until now."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def family(pid: int) -> Iterator[int]:
    """A process and all that it started."""
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from family(int(child))


def cpu_of_nodes(state: State, store: str) -> float:
    """CPU seconds of all nodes of a store; 0 for an index here."""
    if store == "whoosh":
        return 0.0
    nodes = state.nodes(store)
    return sum(cpu_of(nodes.pid(number)) for number in range(len(nodes.urls)))


def own_cpu() -> float:
    """CPU seconds of this process, and of children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def apart(function: Callable, *given: object) -> dict:
    """What a function returns in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(function, given)


# Building ----------------------------------------------------------------------------------


def build(state: State, size: str, store: str) -> dict:
    """Write an index: seconds, CPU, the most memory that kb held, and how large it is."""
    shutil.rmtree(state.index(size, store), ignore_errors=True)
    base, before, began = KnowledgeBase(state.config(size, store)), own_cpu(), time.perf_counter()
    nodes = cpu_of_nodes(state, store)
    base.index(force=True)
    found = base.describe()
    return {
        "seconds": time.perf_counter() - began,
        "cpu": own_cpu() - before,
        "nodes": cpu_of_nodes(state, store) - nodes,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "bytes": found.size,
        "sections": found.sections,
        "articles": found.articles,
        "terms": found.terms,
    }


def build_all(state: State, options: argparse.Namespace) -> None:
    """Build what is asked for, in each store."""
    figures = state.read()
    for store, folder in (("one", options.one), ("three", options.three)):
        if folder:
            figures["nodes"][store] = str(folder.resolve())
    size = f"every{options.every}"
    figures["sizes"].setdefault(size, {"build": {}, "search": []})
    state.write(figures)
    content = state.content(size)
    if not content.exists():
        files = sorted(options.source.rglob("*.md"))[:: options.every]
        for file in files:
            place = content / file.relative_to(options.source)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, place)
    for store in options.stores:
        row = apart(build, state, size, store)
        figures = state.read()
        figures["sizes"][size]["build"][store] = row
        state.write(figures)
        print(size, store, json.dumps(row), flush=True)


# Searching ---------------------------------------------------------------------------------


def run_clients(load: Load, asker: Callable[[], Callable[[str], None]]) -> list[float]:
    """Let clients ask at once, each with an asker of its own; seconds of each answer."""
    end, taken = time.monotonic() + load.seconds, []

    def client(seed: int) -> None:
        chance, ask = random.Random(seed), asker()
        while time.monotonic() < end:
            began = time.perf_counter()
            ask(chance.choice(load.queries))
            taken.append(time.perf_counter() - began)

    seeds = [random.randrange(1 << 30) for _ in range(load.clients)]
    threads = [threading.Thread(target=client, args=(seed,)) for seed in seeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken


def figures_of(taken: list[float], seconds: float, cpu: float, nodes: float) -> dict:
    """A row: answers, answers a second, median and p95, CPU seconds of an answer."""
    return {
        "answers": len(taken),
        "rate": len(taken) / seconds,
        "median": statistics.median(taken),
        "p95": statistics.quantiles(taken, n=20)[18] if len(taken) > 1 else taken[0],
        "cpu": cpu / len(taken),
        "nodes": nodes / len(taken),
    }


class Load(NamedTuple):
    """How many clients ask at once, for how many seconds, and what."""

    clients: int
    seconds: float
    queries: list[str]


def search_here(state: State, size: str, store: str, load: Load) -> dict:
    """Threads of this process ask one base."""
    base = KnowledgeBase(state.config(size, store))
    for query in load.queries[:20]:
        base.search(query, limit=LIMIT)
    before, nodes, began = own_cpu(), cpu_of_nodes(state, store), time.perf_counter()

    def ask(query):
        base.search(query, limit=LIMIT)

    taken = run_clients(load, lambda: ask)
    return figures_of(
        taken, time.perf_counter() - began, own_cpu() - before,
        cpu_of_nodes(state, store) - nodes,
    )  # fmt: skip


def search_by_http(state: State, size: str, load: Load) -> dict:
    """Threads of this process ask `kb serve --api` with two workers."""
    config = state.config(size, "whoosh")
    command = [
        sys.executable, "-m", "kb", "--content", config.content, "--index", config.index, "serve",
        "--api", "--port", "0", "--rate", "0", "--workers", "2", "--json",
    ]  # fmt: skip
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=environment(), cwd=state.folder
    ) as server:
        try:
            text = ""
            while not text or text.count("{") > text.count("}"):
                text += server.stdout.readline()
            where = urlsplit(json.loads(text)["url"])

            def asker() -> Callable[[str], None]:
                connection = http.client.HTTPConnection(where.hostname, where.port, timeout=120)

                def ask(query: str) -> None:
                    connection.request("GET", f"/search?q={quote(query)}&limit={LIMIT}")
                    answer = connection.getresponse()
                    data = answer.read()
                    if answer.status != 200:
                        raise SystemExit(f"{answer.status} for {query}: {data[:200]!r}")

                return ask

            run_clients(Load(4, 4, load.queries), asker)  # until all workers are up and warm
            before, began = sum(map(cpu_of, family(server.pid))), time.perf_counter()
            taken = run_clients(load, asker)
            used = sum(map(cpu_of, family(server.pid))) - before
            return figures_of(taken, time.perf_counter() - began, used, 0.0)
        finally:
            server.terminate()


def search_all(state: State, options: argparse.Namespace) -> None:
    """Measure each way with so many clients, round by round."""
    lines = options.source.read_text("utf-8").splitlines()
    queries = [json.loads(line)["text"] for line in lines]
    random.Random(7).shuffle(queries)
    size = f"every{options.every}"
    for _, way, clients in product(range(options.rounds), options.ways, options.clients):
        busy, load = os.getloadavg()[0], Load(clients, options.seconds, queries)
        if way == "api":
            row = apart(search_by_http, state, size, load)
        else:
            row = apart(search_here, state, size, way, load)
        figures = state.read()
        row |= {"way": way, "clients": clients, "load": busy}
        figures["sizes"][size]["search"].append(row)
        state.write(figures)
        print(size, json.dumps(row), flush=True)


# The page ----------------------------------------------------------------------------------

BUILD_HEAD = ("sections, store", "seconds", "CPU of kb, s", "CPU of nodes, s", "memory of kb, MB",
              "size, MB", "bytes a section")  # fmt: skip
SEARCH_HEAD = ("sections, way", "clients", "rounds", "answers", "answers a second", "median, ms",
               "p95, ms", "CPU of kb, ms", "CPU of nodes, ms")  # fmt: skip
SHARD_GB = 30
"""What a part of an index holds at most, by the rules of those who run clusters (10 to 50)."""


def middle(rows: list[dict], key: str) -> float:
    return statistics.median(row[key] for row in rows)


def sizes_of(figures: dict) -> dict[str, int]:
    """The sections of each size that has an index here, fewest first."""
    known = {
        size: next(iter(found["build"].values()))["sections"]
        for size, found in figures["sizes"].items()
        if found["build"]
    }
    return dict(sorted(known.items(), key=lambda item: item[1]))


def build_rows(figures: dict) -> Iterator[tuple[str, ...]]:
    for size, sections in sizes_of(figures).items():
        for store, row in figures["sizes"][size]["build"].items():
            yield (
                f"{sections:,}, {STORES[store]}", f"{row['seconds']:,.0f}", f"{row['cpu']:,.0f}",
                f"{row['nodes']:,.0f}", f"{row['memory']:,.0f}", f"{row['bytes'] / 1e6:,.1f}",
                f"{row['bytes'] / sections:,.0f}",
            )  # fmt: skip


def rounds(figures: dict, size: str, way: str, clients: int) -> list[dict]:
    """What was measured of a way with so many clients."""
    return [
        row
        for row in figures["sizes"][size]["search"]
        if (row["way"], row["clients"]) == (way, clients)
    ]


def search_rows(figures: dict) -> Iterator[tuple[str, ...]]:
    for size, sections in sizes_of(figures).items():
        for way, clients in product(WAYS, CLIENTS):
            if rows := rounds(figures, size, way, clients):
                yield (
                    f"{sections:,}, {WAYS[way]}", str(clients), str(len(rows)),
                    f"{sum(row['answers'] for row in rows):,}", f"{middle(rows, 'rate'):.1f}",
                    *(f"{1000 * middle(rows, key):,.0f}" for key in ("median", "p95")),
                    *(f"{1000 * middle(rows, key):.1f}" for key in ("cpu", "nodes")),
                )  # fmt: skip


def cost(figures: dict, way: str, key: str) -> list[tuple[int, float]]:
    """CPU seconds of an answer, by sections: of all answers in all rounds."""
    found = []
    for size, sections in sizes_of(figures).items():
        rows = [row for clients in CLIENTS for row in rounds(figures, size, way, clients)]
        if rows:
            answers = sum(row["answers"] for row in rows)
            found.append((sections, sum(row[key] * row["answers"] for row in rows) / answers))
    return found


class Line(NamedTuple):
    """How a cost grows with the sections: `base` and `slope` for each."""

    base: float
    slope: float

    @classmethod
    def through(cls, points: list[tuple[int, float]]) -> Line:
        """By the least squares; level through one point."""
        if len(points) < 2:
            return cls(points[0][1], 0.0)
        slope, base = statistics.linear_regression(*zip(*points, strict=True))
        return cls(base, slope)

    def at(self, sections: float) -> float:
        return self.base + self.slope * sections

    def meets(self, other: Line) -> float | None:
        """From how many sections on this one is above the other; None where it never is."""
        slope = self.slope - other.slope
        return max(0.0, (other.base - self.base) / slope) if slope > 0 else None


def crossings(figures: dict) -> Iterator[str]:
    """Where a cluster overtakes, as lines of a list."""
    whoosh = Line.through(cost(figures, "whoosh", "cpu"))
    yield f"- Whoosh: {1000 * whoosh.base:.1f} ms of CPU an answer, and {1000 * whoosh.slope * 1000:.3f} ms for each thousand sections."
    for way in ("one", "three"):
        if not cost(figures, way, "cpu"):
            continue
        yield f"- {STORES[way].capitalize()}, clients: {overtaking(figures, way)}"
        if not is_wide(figures, way):
            most = cost(figures, way, "cpu")[-1][0]
            yield f"- {STORES[way].capitalize()}, sections: not given, since no base of more than {most:,} sections was asked there; at so few the candidates of a question still grow with the base, and lines would overstate."
            continue
        kb = Line.through(cost(figures, way, "cpu"))
        nodes = Line.through(cost(figures, way, "nodes"))
        both = Line(kb.base + nodes.base, kb.slope + nodes.slope)
        yield (
            f"- {STORES[way].capitalize()}: kb {1000 * kb.base:.1f} ms and {1000 * kb.slope * 1000:.3f} ms for each thousand, nodes {1000 * nodes.base:.1f} ms and {1000 * nodes.slope * 1000:.3f} ms."
            f" kb's process has less to do than with Whoosh {since(whoosh.meets(kb))}; both together {since(whoosh.meets(both))}."
        )


def is_wide(figures: dict, way: str) -> bool:
    """Whether two sizes were asked, the larger one at least half of the largest there is."""
    points = cost(figures, way, "cpu")
    return len(points) > 1 and 2 * points[-1][0] >= max(sizes_of(figures).values())


def since(sections: float | None) -> str:
    return "at no size" if sections is None else f"from {round(sections, -3):,.0f} sections on"


def overtaking(figures: dict, way: str) -> str:
    """From how many clients on a cluster answers more questions a second than Whoosh's ways."""
    said = []
    for size, sections in sizes_of(figures).items():
        for other in ("whoosh", "api"):
            rate = {
                each: {
                    clients: middle(rows, "rate")
                    for clients in CLIENTS
                    if (rows := rounds(figures, size, each, clients))
                }
                for each in (way, other)
            }
            both = [
                clients for clients in CLIENTS if clients in rate[way] and clients in rate[other]
            ]
            if both:
                more = [str(n) for n in both if rate[way][n] > rate[other][n]]
                said.append(
                    f"{sections:,} sections against {WAYS[other]}: {'with ' + ', '.join(more) if more else 'with none'} of {', '.join(map(str, both))}"
                )
    return "it answers more a second on these two cores " + "; ".join(said) + "."


def on_paper(figures: dict) -> Iterator[str]:
    """Ten million sections, with the arithmetic."""
    for store, label in STORES.items():
        built = [
            (sections, figures["sizes"][size]["build"][store])
            for size, sections in sizes_of(figures).items()
            if store in figures["sizes"][size]["build"]
        ]
        if len(built) > 1:  # a small base alone says what starting costs
            yield f"- {label.capitalize()}, {on_disk(store, built)}{answering(figures, store)}."


def on_disk(store: str, built: list[tuple[int, dict]]) -> str:
    """What the index of GOAL sections takes, by those that were built."""
    sections, row = built[-1]
    per, cpu = row["bytes"] / sections, (row["cpu"] + row["nodes"]) / sections
    memory = Line.through([(count, each["memory"]) for count, each in built])
    disk = per * GOAL / 1e9
    parts = (
        ""
        if store == "whoosh"
        else f"; {disk:,.0f} GB / {SHARD_GB} GB = {math.ceil(disk / SHARD_GB)} parts, copies counted"
    )
    return (
        f"by {sections:,} sections: {per:,.0f} bytes x {GOAL:,} = {disk:,.0f} GB{parts}; building {1000 * cpu:.2f} ms of CPU x {GOAL:,} = {cpu * GOAL / 3600:.1f} hours;"
        f" kb's memory {memory.base:.0f} MB + {1000 * memory.slope:.2f} KB x {GOAL:,} = {memory.at(GOAL) / 1000:.1f} GB"
    )


def answering(figures: dict, store: str) -> str:
    """What an answer costs among GOAL sections, where that can be told."""
    if not is_wide(figures, store):
        return ""
    kinds = {"cpu": "in kb"} if store == "whoosh" else {"cpu": "in kb", "nodes": "on the nodes"}
    said = ""
    for key, where in kinds.items():
        line = Line.through(cost(figures, store, key))
        said += f"; an answer {1000 * line.base:.1f} ms + {1e6 * line.slope:.3f} ms x {GOAL // 1000:,} thousands = {line.at(GOAL):.2f} s of CPU {where}"
    return said


def as_text(figures: dict) -> str:
    """The part of the page."""
    loads = [row["load"] for found in figures["sizes"].values() for row in found["search"]]
    intro = (
        "`python benchmarks/opensearch/scale.py` builds cpp_docs and some of its articles, and asks its queries at random. All of it, clients and nodes, ran on one machine of two cores"
        f" that did other work, too: its load was {min(loads):.0f} to {max(loads):.0f} before the rounds. Take latencies for what they are; CPU seconds and ratios say more."
        " Nodes have 512 MB of heap and one core's garbage collector; three nodes keep three parts with a copy each, one node keeps one."
    )
    parts = [
        "## What it costs",
        intro,
        table(BUILD_HEAD, build_rows(figures)),
        "CPU is that of one answer.",
        table(SEARCH_HEAD, search_rows(figures)),
        "### Where a cluster overtakes",
        "Lines through the sizes above (sections against CPU seconds of an answer, of all answers together):",
        "\n".join(crossings(figures)),
        f"### {GOAL:,} sections, on paper",
        "By the largest base that was built in each, and by the lines above; the nodes work at a question together, kb's process alone:",
        "\n".join(on_paper(figures)),
    ]  # fmt: skip
    return "\n\n".join(part.strip() for part in parts)


def main() -> None:
    """Do what the arguments say."""
    parser = argparse.ArgumentParser()
    actions = parser.add_subparsers(dest="action", required=True)
    building = actions.add_parser("build")
    searching = actions.add_parser("search")
    writing = actions.add_parser("table")
    for action in (building, searching, writing):
        action.add_argument("folder", type=Path)
    for action in (building, searching):
        action.add_argument("source", type=Path)
        action.add_argument("--every", type=int, default=1, help="each N-th article")
    building.add_argument("--one", type=Path)
    building.add_argument("--three", type=Path)
    building.add_argument("--stores", nargs="+", choices=STORES, default=list(STORES))
    searching.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    searching.add_argument("--clients", nargs="+", type=int, default=list(CLIENTS))
    searching.add_argument("--seconds", type=float, default=15)
    searching.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    state = State(options.folder.resolve())
    if options.action == "build":
        build_all(state, options)
    elif options.action == "search":
        search_all(state, options)
    else:
        replace_part(PAGE, "scale", as_text(state.read()))


if __name__ == "__main__":
    main()
