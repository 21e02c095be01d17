"""Engines that are npm packages: installed by name and version into the cache, run by Node.

Each script beside this file reads a job (JSON on standard input: the folder of packages,
the file of records, the queries, the limit, its options) and prints one JSON array of
arrays of record numbers.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from corpora import cache_folder

from kb.text.stop_words import stop_words_of
from peers import MissingPeerError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpora import Record

VERSIONS = {
    "minisearch": "7.2.0",
    "lunr": "2.3.9",
    "pagefind": "1.6.0",
    "playwright-core": "1.65.1",
    "esbuild": "0.28.2",
    "lighthouse": "12.8.2",
}


@dataclass
class NpmPeer:
    """One package with one way of using it."""

    title: str
    script: str
    packages: tuple[str, ...]
    options: dict[str, object] = field(default_factory=dict)

    def build(self, records: Sequence[Record], folder: Path) -> None:
        """Write the records down; indexing is the script's business, once per run."""
        self.modules = install(self.packages)
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        rows = [record._asdict() for record in records]
        (folder / "records.json").write_text(json.dumps(rows), encoding="utf-8")

    def search(self, queries: Sequence[str], limit: int) -> list[list[int]]:
        job = {
            "modules": str(self.modules),
            "folder": str(self.folder),
            "records": str(self.folder / "records.json"),
            "queries": list(queries),
            "limit": limit,
            "options": self.options,
        }
        script = Path(__file__).with_name(self.script)
        done = subprocess.run(
            ["node", "--max-old-space-size=6144", str(script)],
            input=json.dumps(job),
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        if done.returncode:
            raise MissingPeerError(f"{self.script} failed: {done.stderr.strip().splitlines()[-1:]}")
        return json.loads(done.stdout)

    def settings(self) -> dict[str, object]:
        """What a kept run depends on."""
        return asdict(self)


def install(packages: Sequence[str]) -> Path:
    """The folder of the named packages, installed once. Raises MissingPeerError."""
    wanted = [f"{name}@{VERSIONS[name]}" for name in packages]
    folder = cache_folder() / "npm" / "-".join(wanted)
    if (folder / "done").exists():
        return folder / "node_modules"
    if not shutil.which("node") or not shutil.which("npm"):
        raise MissingPeerError("node and npm are not installed")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text('{"private": true}\n', encoding="utf-8")
    quiet = ("--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts")
    done = subprocess.run(
        ["npm", "install", *quiet, *wanted], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise MissingPeerError(f"npm could not install {', '.join(wanted)}")
    (folder / "done").touch()
    return folder / "node_modules"


def peers() -> list[NpmPeer]:
    """The packages, plainly used and well used."""
    stop = sorted(stop_words_of("en"))
    boosts = {"title": 2, "heading": 2}
    loose = {"prefix": True, "fuzzy": 0.2}
    mini, lunr, pagefind = (("minisearch",), ("lunr",), ("pagefind",))
    return [
        NpmPeer("lunr", "lunr.mjs", lunr),
        NpmPeer("lunr, title and heading boosted by 2", "lunr.mjs", lunr, {"boost": boosts}),
        NpmPeer("MiniSearch, plain", "minisearch.mjs", mini),
        NpmPeer(
            "MiniSearch, boosts, prefixes and fuzzy",
            "minisearch.mjs",
            mini,
            {"search": {"boost": boosts, **loose}},
        ),
        NpmPeer(
            "MiniSearch, best settings found",
            "minisearch.mjs",
            mini,
            {"search": {**loose, "weights": {"prefix": 0.1, "fuzzy": 0.05}}, "stop": stop},
        ),
        NpmPeer("Pagefind as it comes", "pagefind.mjs", pagefind),
        NpmPeer("Pagefind, stop words removed", "pagefind.mjs", pagefind, {"stop": stop}),
    ]
