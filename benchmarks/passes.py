"""How many of kb's modules a command passes through, and which: a reader has to know those to
follow it.

usage: python benchmarks/passes.py [-v]         (with -v each module is named)

Two counts, of one command each in a process of its own, on the sample knowledge base:

*loaded*   every module below kb that the process has imported. This is the count that issues and
           reviews go by: it can't be made smaller by doing without functions, and what is imported
           has to be found, read and run. Packages whose `__init__` is a docstring and nothing else
           are not counted: there is nothing in them to pass through.
*run*      those of them in which a function was called, at import or later.

The search is one that finds the index as it was left, its answer written for a terminal; the build
follows the edit of one article.
"""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from processes import ROOT

QUERY = "my package never arrived"
_TRACED = """
import json, os, sys
root, report, *words = sys.argv[1:]
root = os.path.join(root, "kb") + os.sep
called = set()
def note(frame, event, arg):
    code = frame.f_code
    # Bodies of modules and classes have no locals of their own.
    if event == "call" and code.co_flags & 2 and code.co_filename.startswith(root):
        called.add(code.co_filename)
import threading
threading.setprofile(note)
sys.setprofile(note)
sys.path.insert(0, os.path.dirname(root.rstrip(os.sep)))
sys.argv = ["kb", *words]
from kb.cli import main
main()
sys.setprofile(None)
loaded = [m.__file__ for n, m in sys.modules.items() if n.partition(".")[0] == "kb"]
with open(report, "w") as file:
    json.dump({"loaded": loaded, "run": sorted(called)}, file)
"""


class Passed(NamedTuple):
    """Modules, as paths within kb: all that were loaded, and those in which a function ran."""

    loaded: list[str]
    run: list[str]


def passes(*words: str, folder: Path) -> Passed:
    """What `kb WORDS` passes through, run in a folder. A command that builds runs on its own."""
    report = folder / "passed.json"
    command = [sys.executable, "-c", _TRACED, str(ROOT), str(report), *words]
    # Modules in other processes of this one, which read large articles, are not counted.
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, "COLUMNS": "80"}, capture_output=True, check=False
    )
    if done.returncode or not report.exists():
        raise SystemExit(f"kb {' '.join(words)}: {done.stderr.decode()[-500:]}")
    found = json.loads(report.read_text())
    loaded = [path for path in found["loaded"] if has_code(Path(path))]
    return Passed(*(sorted(map(_name, paths)) for paths in (loaded, found["run"])))


def has_code(module: Path) -> bool:
    """Whether a module is more than a docstring."""
    body = ast.parse(module.read_text("utf-8")).body
    return any(not isinstance(getattr(node, "value", None), ast.Constant) for node in body)


def _name(path: str) -> str:
    return Path(path).relative_to(ROOT / "kb").as_posix()


def measure(folder: Path) -> dict[str, Passed]:
    """A search with an index that is up to date, and a build after one edit."""
    shutil.copytree(ROOT / "content", folder / "content")
    for words in (["index"], ["search", QUERY]):
        passes(*words, folder=folder)
    search = passes("search", QUERY, folder=folder)
    passes("build", folder=folder)
    article = min((folder / "content").rglob("*.md"))
    article.write_text(f"{article.read_text('utf-8')}\nOne more line.\n", "utf-8")
    return {"search": search, "build after an edit": passes("build", folder=folder)}


def main() -> None:
    """Print both counts, and with -v the modules: in brackets those in which no function ran."""
    with tempfile.TemporaryDirectory() as folder:
        for name, passed in measure(Path(folder)).items():
            print(f"{name}: {len(passed.loaded)} modules loaded, {len(passed.run)} run")
            if "-v" in sys.argv:
                for module in passed.loaded:
                    print(f"    {module}" if module in passed.run else f"    ({module})")


if __name__ == "__main__":
    main()
