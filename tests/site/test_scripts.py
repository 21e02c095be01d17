"""The search scripts that sites load."""

import gzip
import os
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest

from kb.site.scripts import ON_OTHERS, ON_SITE, STARTER, search_script, search_style
from kb.site.shrink import shrink_style
from kb.site.wording import Wording, read_wording

ROOT = Path(__file__).parents[2]
LIMIT = 25_000
"""Bytes, compressed, of scripts and style together."""


def packed(data):
    """Compress as hosts do."""
    return len(gzip.compress(data, 9))


@pytest.mark.parametrize("entries", [(ON_SITE, STARTER), (ON_OTHERS,)])
def test_scripts_and_style_stay_small(entries):
    """Scripts and style of the search, with stemmer and words, in all."""
    wording = read_wording("en", Path("no theme"))
    own = (files("kb.site") / "assets" / "search.css").read_text(encoding="utf-8")
    style = search_style() if ON_OTHERS in entries else shrink_style(own).encode()
    scripts = (search_script(entry, wording) for entry in entries)
    assert sum(map(packed, (style, *scripts))) <= LIMIT


def test_script_speaks_the_words_of_the_site():
    """A translation reaches the script; what only templates say does not."""
    texts = dict(read_wording("en", Path("no theme")).texts)
    texts["find_retry"] = "Noch einmal \u201cversuchen\u201d"
    texts["find_blocked"] = "Never in the script"
    script = search_script(ON_SITE, Wording(texts)).decode()
    assert "Noch einmal \u201cversuchen\u201d" in script
    assert "Never in the script" not in script


def test_types_of_the_scripts_fit():
    """What the comments of every script say of types holds, as TypeScript's compiler sees it."""
    compiler = Path(os.environ.get("KB_NODE_TOOLS", "")) / "node_modules/.bin/tsc"
    if not compiler.is_file():
        pytest.skip("tsc is not installed: run tests/browser/install DIR, KB_NODE_TOOLS=DIR")
    done = subprocess.run(
        [compiler.absolute(), "-p", ROOT], capture_output=True, text=True, check=False, timeout=300
    )
    assert (done.returncode, done.stdout) == (0, "")
