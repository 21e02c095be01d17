"""The search scripts that sites load."""

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from support.exports import export_files

from kb.assist.as_json import answer_as_json
from kb.config import Config
from kb.knowledge_base import KnowledgeBase
from kb.site.assets import (
    ON_OTHERS,
    ON_SITE,
    search_script,
    search_style,
    shrink_style,
    starter_script,
)
from kb.site.i18n import Wording, read_wording

ROOT = Path(__file__).parents[2]
SEARCH = ROOT / "kb/site/assets"
BUILT = SEARCH / "built"
BUNDLE = (ROOT / ".ci/bundle").read_text(encoding="utf-8")
LIMIT = 30 * 1024
"""Bytes, compressed, of scripts and style together."""


def packed(data):
    """Compress as hosts do."""
    return len(gzip.compress(data, 9))


def tool(name):
    """A program that tests/browser/install puts into KB_NODE_TOOLS; the test is skipped without."""
    path = Path(os.environ.get("KB_NODE_TOOLS", "")).absolute() / "node_modules/.bin" / name
    if not path.is_file():
        pytest.skip(f"{name} is not installed: run tests/browser/install DIR, KB_NODE_TOOLS=DIR")
    return path


def test_scripts_and_style_stay_small():
    """Scripts and style of the search, with stemmer and words, in all."""
    wording = read_wording("en", Path("no theme"))
    style = (files("kb.site") / "assets" / "search.css").read_text(encoding="utf-8")
    own = (shrink_style(style).encode(), starter_script(), search_script(ON_SITE, wording))
    others = (search_style(), search_script(ON_OTHERS, wording))
    assert max(sum(map(packed, files)) for files in (own, others)) <= LIMIT


def test_scripts_are_what_their_modules_make(tmp_path):
    """What is committed is what `.ci/bundle` writes now."""
    tool("esbuild")
    subprocess.run([ROOT / ".ci/bundle", tmp_path], check=True, timeout=300)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    kept = {path.name: path.read_bytes() for path in BUILT.iterdir()}
    wrong = [name for name in sorted(made | kept) if made.get(name) != kept.get(name)]
    assert not wrong, (
        f"{', '.join(wrong)} in {BUILT.relative_to(ROOT)} is not what the modules of search make: "
        "run .ci/bundle and commit what it writes (docs/contributing.md)"
    )


def test_names_that_scripts_shorten_are_their_own(tmp_path):
    """No file of the search data, answer or sentence has one, else the scripts would look for another."""
    own = set(
        re.findall(r"\w+", " ".join(re.findall(r'^own="(?:\$own)?(.+)"$', BUNDLE, re.MULTILINE)))
    )
    assert len(own) > 20
    base = KnowledgeBase(replace(Config(), content=ROOT / "content", index=tmp_path / "index"))
    files = [parse_shard(data) for data in export_files(base).values()]
    answer = json.loads(json.dumps(answer_as_json(base.search("packge never arrived"))))
    assert sorted(own & set().union(*map(keys_of, [*files, answer]))) == []
    shared = (ROOT / "kb/site/assets/search/shared.js").read_text(encoding="utf-8")
    texts = shared + json.dumps(list(read_wording("en", Path("no theme")).texts.values()))
    assert sorted(own & set(re.findall(r"\{(\w+)\}", texts))) == []
    modules = [path.read_text(encoding="utf-8") for path in SEARCH.glob("search*/*.js")]
    # A table of words must not have them as names of properties, nor an attribute of the page.
    words = {word for text in modules for word in re.findall(r'\b(\w+): "', text)}
    assert sorted(own & words) == []
    taken = [re.findall(r"\{([^{}]*)\} = \w+\.dataset", text) for text in modules]
    assert sorted(own & set(re.findall(r"\w+", json.dumps(taken)))) == []


def parse_shard(data):
    """What a file of the search data holds."""
    return json.loads(data[data.index(b"(") + 1 : data.rindex(b")")])


def keys_of(value):
    """All keys of objects in a value."""
    if isinstance(value, dict):
        return set(value).union(*map(keys_of, value.values()))
    return set().union(*map(keys_of, value)) if isinstance(value, list) else set()


def test_scripts_leave_no_name_to_others(tmp_path):
    """Nor do they see the words of another script of kb's on the same page."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    wording = read_wording("en", Path("no theme"))
    scripts = [search_script(ON_SITE, wording), search_script(ON_OTHERS, wording), starter_script()]
    (tmp_path / "scripts.json").write_text(json.dumps([script.decode() for script in scripts]))
    program = (
        "const before = Reflect.ownKeys(globalThis).length;"
        "for (const script of JSON.parse(require('fs').readFileSync(process.argv[1], 'utf8')))"
        "  try { require('vm').runInThisContext(script); } catch (error) { console.log(error.message); }"
        "console.log(Reflect.ownKeys(globalThis).length - before, typeof KB_WORDS);"
    )
    done = subprocess.run(
        ["node", "-e", program, tmp_path / "scripts.json"],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    *errors, left = done.stdout.splitlines()
    assert left == "0 undefined"
    assert set(errors) == {"document is not defined"}  # so they were read, and began to run


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
    done = subprocess.run(
        [tool("tsc"), "-p", ROOT / "tests" / "browser"],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_a_shrunk_style_has_the_same_rules():
    """Comments and needless space go, spaces that mean something stay."""
    style = "/* one */\na b, a > c {\n  margin: 0 1px;\n  color: red;\n}\n@media (width > 1px) { a { b: c } }\n"
    assert shrink_style(style) == (
        "a b,a > c{margin:0 1px;color:red}@media (width > 1px){a{b:c}}\n"
    )


def test_constants_and_sentences_are_those_of_python():
    """The scripts' constants and sentences are what `.ci/shared.py` writes now."""
    script = [sys.executable, ROOT / ".ci/shared.py", "--print"]
    made = subprocess.run(script, check=True, timeout=60, capture_output=True, encoding="utf-8")
    kept = (ROOT / "kb/site/assets/search/shared.js").read_text(encoding="utf-8")
    assert made.stdout == kept, "run .ci/shared.py, then .ci/bundle, and commit what they write"
