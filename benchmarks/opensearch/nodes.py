"""Starts and stops a cluster of OpenSearch nodes on loopback, for tests and measurements.

    python benchmarks/opensearch/nodes.py start FOLDER [--nodes 3] [--port 19200]
    ... health FOLDER
    ... kill FOLDER NUMBER      as a crash does (SIGKILL)
    ... pause FOLDER NUMBER     as a machine that hangs (SIGSTOP)
    ... resume FOLDER NUMBER
    ... restart FOLDER NUMBER   start a node that is not running
    ... stop FOLDER

Maven fetches the jars, as its own settings say, into FOLDER/jars; a JDK of 21 or newer compiles and
runs them. Everything lies in FOLDER, with a log for each node. `start` prints the addresses, one
with a comma between two, when all nodes are there and nothing is missing. Nodes are stopped by the
ids that FOLDER holds, never by name. Where Maven or a JDK is missing, it says so and exits with 2.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent
LEAST_JAVA = 21
HEAP = "512m"
SECONDS = 180
"""How long a cluster may take to be whole: two cores with other work on them need a minute."""

MISSING = 2
"""The exit code where what is needed is not on this machine."""


def find_jdk() -> Path | None:
    """The folder of the newest JDK: JAVA_HOME, one on the path, or where systems put them."""
    homes = [Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
    if java := shutil.which("java"):
        homes.append(Path(java).resolve().parents[1])
    for folder in ("/usr/lib/jvm", "/opt/java", "/Library/Java/JavaVirtualMachines"):
        homes += sorted(Path(folder).glob("*")) + sorted(Path(folder).glob("*/Contents/Home"))
    found = [(version, str(home)) for home in homes if (version := java_version(home))]
    newest = max(found, default=(0, ""))
    return Path(newest[1]) if newest[0] >= LEAST_JAVA else None


def java_version(home: Path) -> int:
    """The feature release of a JDK; 0 for what is none."""
    if not (home / "bin" / "javac").exists():
        return 0
    with contextlib.suppress(OSError):
        said = subprocess.run(
            [home / "bin" / "javac", "-version"], capture_output=True, text=True, check=False
        )
        if found := re.search(r"javac (\d+)", said.stdout + said.stderr):
            return int(found[1])
    return 0


class Nodes(NamedTuple):
    """The nodes of one folder."""

    folder: Path

    @property
    def plan(self) -> dict[str, Any]:
        """How many nodes there are, at which first port, with which settings, by which Java."""
        plan: dict[str, Any] = json.loads((self.folder / "plan.json").read_text())
        return plan

    @property
    def urls(self) -> list[str]:
        """The addresses of all nodes."""
        return [self.url(number) for number in range(self.plan["nodes"])]

    def url(self, number: int) -> str:
        """The address of a node."""
        return f"http://127.0.0.1:{self.plan['port'] + number}"

    def pid(self, number: int) -> int:
        """The process id of a node."""
        return int((self.folder / f"node{number}" / "pid").read_text())

    def is_running(self, number: int) -> bool:
        """Whether a node's process is there: for a moment, as it starts, it has no command line, as
        one that has ended and that nobody has waited for.
        """
        try:
            process = Path("/proc") / str(self.pid(number))
            line = (process / "cmdline").read_bytes()
            if not line:
                return ") Z " not in (process / "stat").read_text()
        except OSError:
            return False
        return b"SearchNode" in line and f"{self.folder}/node{number}".encode() in line

    def prepare(self, jdk: Path) -> None:
        """Fetch the jars and compile, unless that was done."""
        jars, classes = self.folder / "jars", self.folder / "classes"
        if not (jars / "done").exists():
            shutil.rmtree(jars, ignore_errors=True)
            # An output folder of its own: Maven would make `target` beside the file.
            run(
                ["mvn", "-B", "-q", "-f", HERE / "pom.xml", "dependency:copy-dependencies",
                 f"-DoutputDirectory={jars.resolve()}"],
                "Maven could not fetch the jars",
            )  # fmt: skip
            (jars / "done").touch()
        if not (classes / "SearchNode.class").exists():
            run(
                [jdk / "bin" / "javac", "-nowarn", "-cp", f"{jars}/*", "-d", classes,
                 HERE / "SearchNode.java"],
                "javac could not compile SearchNode.java",
            )  # fmt: skip

    def launch(self, number: int) -> None:
        """Start the process of a node."""
        plan, home = self.plan, self.folder / f"node{number}"
        home.mkdir(exist_ok=True)
        transport = [f"127.0.0.1:{plan['port'] + 100 + n}" for n in range(plan["nodes"])]
        settings = {
            "path.data": str(home.resolve() / "data"),
            "path.logs": str(home.resolve() / "logs"),
            "cluster.name": "kb-test",
            "node.name": f"node{number}",
            "network.host": "127.0.0.1",
            "http.port": plan["port"] + number,
            "transport.port": plan["port"] + 100 + number,
            "discovery.seed_hosts": ",".join(transport),
            "cluster.initial_cluster_manager_nodes": ",".join(
                f"node{n}" for n in range(plan["nodes"])
            ),
            "cluster.routing.allocation.disk.threshold_enabled": "false",
            "node.store.allow_mmap": "false",
            **dict(each.split("=", 1) for each in plan["settings"]),
        }
        command = [
            f"{plan['jdk']}/bin/java", f"-Xms{HEAP}", f"-Xmx{HEAP}",
            "-XX:+UseSerialGC", "-XX:MaxDirectMemorySize=128m",
            *([] if plan["optimized"] else ["-XX:TieredStopAtLevel=1"]),
            "--enable-native-access=ALL-UNNAMED", "-Djava.awt.headless=true",
            "-Dopensearch.set.netty.runtime.available.processors=false",
            f"-Dlog4j2.configurationFile={HERE / 'log4j2.properties'}",
            "-cp", f"{self.folder / 'classes'}:{self.folder / 'jars'}/*", "SearchNode", str(home),
            *(f"{name}={value}" for name, value in settings.items()),
        ]  # fmt: skip
        with (home / "log.txt").open("ab") as log:
            process = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
            )
        (home / "pid").write_text(str(process.pid))

    def health(self, ask: int = 0) -> dict[str, Any]:
        """What a node says of the cluster. Raises OSError where it does not answer."""
        with urllib.request.urlopen(f"{self.url(ask)}/_cluster/health", timeout=5) as answer:
            found: dict[str, Any] = json.load(answer)
            return found

    def wait(self, seconds: float = SECONDS, ask: int = 0) -> None:
        """Wait until all nodes are there and every shard with its copies. Exits where it takes
        longer, or a process has ended.
        """
        end, nodes = time.monotonic() + seconds, self.plan["nodes"]
        while time.monotonic() < end:
            with contextlib.suppress(OSError, ValueError):
                found = self.health(ask)
                if found["number_of_nodes"] == nodes and found["status"] == "green":
                    return
            if gone := [n for n in range(nodes) if not self.is_running(n)]:
                sys.exit(f"node {gone[0]} has ended: see {self.folder}/node{gone[0]}/log.txt")
            time.sleep(0.2)
        sys.exit(f"the cluster is not whole after {seconds:g} s: see {self.folder}/node*/log.txt")

    def signal(self, number: int, which: int) -> None:
        """Send a node's process a signal, if it runs."""
        if self.is_running(number):
            os.kill(self.pid(number), which)

    def stop(self) -> None:
        """Ask all nodes to end, and end those that do not within 20 seconds."""
        numbers = range(self.plan["nodes"])
        for number in numbers:
            self.signal(number, signal.SIGCONT)
            self.signal(number, signal.SIGTERM)
        end = time.monotonic() + 20
        while time.monotonic() < end and any(map(self.is_running, numbers)):
            time.sleep(0.1)
        for number in numbers:
            self.signal(number, signal.SIGKILL)


def run(command: list[Any], failure: str) -> None:
    """Run a command; exit with the end of what it said where it fails."""
    done = subprocess.run(
        list(map(str, command)),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode:
        sys.exit(f"{failure}:\n" + "\n".join((done.stdout + done.stderr).splitlines()[-5:]))


def start(nodes: Nodes, options: argparse.Namespace) -> None:
    """Start all nodes, and print their addresses when the cluster is whole."""
    jdk = find_jdk()
    lacks = [
        *([] if shutil.which("mvn") else ["Maven (mvn)"]),
        *([] if jdk else [f"a JDK of {LEAST_JAVA} or newer"]),
    ]
    if lacks or jdk is None:
        print(f"no cluster here: there is no {' and no '.join(lacks)}", file=sys.stderr)
        sys.exit(MISSING)
    nodes.folder.mkdir(parents=True, exist_ok=True)
    nodes.prepare(jdk)
    plan = {
        "nodes": options.nodes, "port": options.port, "settings": options.setting,
        "optimized": options.optimized, "jdk": str(jdk),
    }  # fmt: skip
    (nodes.folder / "plan.json").write_text(json.dumps(plan))
    for number in range(options.nodes):
        if not nodes.is_running(number):
            nodes.launch(number)
    nodes.wait()
    print(",".join(nodes.urls))


def main() -> None:
    """Do what the arguments say."""
    parser = argparse.ArgumentParser(description="OpenSearch nodes on loopback")
    actions = ("start", "health", "kill", "pause", "resume", "restart", "stop")
    parser.add_argument("action", choices=actions)
    parser.add_argument("folder", type=Path)
    parser.add_argument("number", type=int, nargs="?", default=0)
    parser.add_argument("--nodes", type=int, default=1)
    parser.add_argument("--port", type=int, default=19200)
    parser.add_argument("--setting", action="append", default=[])
    parser.add_argument("--optimized", action="store_true", help="slower start, faster answers")
    options = parser.parse_args()
    nodes = Nodes(options.folder.resolve())
    signals = {"kill": signal.SIGKILL, "pause": signal.SIGSTOP, "resume": signal.SIGCONT}
    if options.action == "start":
        start(nodes, options)
    elif options.action == "health":
        print(json.dumps(nodes.health(options.number), indent=1))
    elif options.action == "restart":
        nodes.launch(options.number)
        nodes.wait(ask=options.number)
    elif options.action == "stop":
        nodes.stop()
    else:
        nodes.signal(options.number, signals[options.action])


if __name__ == "__main__":
    main()
