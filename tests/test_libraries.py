"""What other libraries made is made anew when they are upgraded."""

import importlib.util
import json
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from support.processes import run_kb, write

from kb import KnowledgeBase, libraries
from kb.errors import IndexingError
from kb.index.generations import IndexFolder
from kb.libraries import INDEX, SITE, difference, releases

PYPROJECT = Path(__file__).parent.parent / "pyproject.toml"
SHAPE_NOTHING = {"click", "filelock", "platformdirs", "wcwidth"}
"""Dependencies of which neither an index nor a site holds anything."""

ARTICLES = {
    "content/late.md": "# Late parcels\n\nWhere a parcel may be.\n",
    "content/other.md": "# Returns\n\nSend it back.\n",
}
# A release of PyStemmer with another stem for a word.
OTHER_STEMMER = """
import importlib.machinery, importlib.util, sys
path = [p for p in sys.path if not p.endswith("upgraded")]
spec = importlib.machinery.PathFinder.find_spec("Stemmer", path)
real = importlib.util.module_from_spec(spec)
spec.loader.exec_module(real)
class Stemmer:
    def __init__(self, name):
        self.real = real.Stemmer(name)
    def stemWord(self, word):
        return "x" + self.real.stemWord(word)
"""


@pytest.fixture
def base(tmp_path):
    """A knowledge base with its index."""
    write(tmp_path, ARTICLES)
    assert run_kb(tmp_path, "index").code == 0
    return tmp_path


def upgrade(folder, module, name, version="99.1"):
    """Put a library where Python finds it first: the same one, by another version."""
    spec = importlib.util.find_spec(module)
    origin = Path(spec.origin)
    source = origin.parent if spec.submodule_search_locations else origin
    place = folder / "upgraded"
    place.mkdir(exist_ok=True)
    (place / source.name).symlink_to(source)
    metadata_folder = f"{name.replace('-', '_')}-{version}.dist-info"
    write(place, {f"{metadata_folder}/METADATA": f"Name: {name}\nVersion: {version}\n"})
    return {"PYTHONPATH": str(place)}


def test_every_dependency_is_told_apart():
    """One that is new here is added to those that shape an index or a site, or to the others."""
    wanted = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]["dependencies"]
    names = {re.match(r"[\w.-]+", line)[0].lower() for line in wanted}
    assert names <= SHAPE_NOTHING | {name.lower() for name in SITE.values()}


def test_releases_are_those_of_the_metadata():
    """Of every library that is installed."""
    found = releases(SITE)
    for name in SITE.values():
        assert found[name] == metadata.version(name)
    assert set(found) == {*SITE.values(), "Unicode"}


@pytest.mark.parametrize(
    ("folders", "version"),
    [
        (["kit_a-1.2.dist-info"], "1.2"),
        (["Kit_B-1.2.dist-info", "kit_b_more-7.dist-info", "b-8.dist-info"], "1.2"),
        (["Kit.C-1.2-py3.11.egg-info"], "1.2"),
        (["kit_d-1.2.dist-info", "kit_d-1.10.dist-info"], "1.10 and 1.2"),
        (["e-1.dist-info"], "unknown (e3b0c442)"),
    ],
)
def test_releases_are_read_beside_what_is_loaded(tmp_path, monkeypatch, folders, version):
    """In the folder that Python takes the module from; without metadata its contents count."""
    kit = re.search(r"[a-e](?=-\d)", folders[0].lower())[0]
    write(tmp_path, {f"kit_{kit}/__init__.py": ""})
    for folder in folders:
        (tmp_path / folder).mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    assert releases({f"kit_{kit}": f"Kit-{kit.upper()}"})[f"Kit-{kit.upper()}"] == version


def test_what_is_not_there_has_no_release(monkeypatch):
    """Nor has a module that was made up at run time."""
    monkeypatch.setitem(sys.modules, "made_up_kit", type(sys)("made_up_kit"))
    found = releases({"no_such_kit": "no-such-kit", "made_up_kit": "made-up-kit"})
    assert found == {"no-such-kit": "none", "made-up-kit": "none", "Unicode": found["Unicode"]}


def test_differences_are_named():
    """Also those of what came and went, and of an index that tells of none."""
    assert difference({"a": "1", "b": "2"}, {"a": "1", "b": "2"}) == ""
    assert difference({"a": "1", "b": "2"}, {"a": "1", "b": "3"}) == "b 2 became 3"
    assert difference({"a": "1"}, {"b": "1"}) == "a 1 became none, b none became 1"
    assert difference(None, {"a": "1"}) == "it is not known which libraries made it"


def test_a_stem_that_changes_is_found_after_the_upgrade(base):
    """The index is built anew by itself, and a line says why; once."""
    write(base / "upgraded", {"Stemmer.py": OTHER_STEMMER, "PyStemmer-9.9.dist-info/METADATA": ""})
    environ = {"PYTHONPATH": str(base / "upgraded")}
    done = run_kb(base, "search", "parcels", environ=environ)
    assert "Late parcels" in done.out
    installed = metadata.version("PyStemmer")
    assert f"(libraries changed: PyStemmer {installed} became 9.9)" in done.err
    assert len(done.err.splitlines()) == 1
    assert run_kb(base, "search", "parcels", environ=environ).err == ""
    back = run_kb(base, "search", "parcels")
    assert "Late parcels" in back.out
    assert f"PyStemmer 9.9 became {installed}" in back.err


@pytest.mark.parametrize("module", INDEX)
def test_an_index_is_built_anew_for_each_of_its_libraries(base, module):
    """Whichever it is."""
    environ = upgrade(base, module, INDEX[module])
    found = json.loads(run_kb(base, "index", "--json", environ=environ).out)
    assert found["rebuilt"]
    assert found["reason"].startswith(f"libraries changed: {INDEX[module]} ")
    assert found["reason"].endswith(" became 99.1")


@pytest.mark.parametrize("module", ["jinja2", "markupsafe", "markdown_it"])
def test_a_site_is_made_anew_for_each_of_its_libraries(base, module):
    """And a line says why; the next build has nothing to do."""
    assert "libraries" not in run_kb(base, "build").err
    page = base / "site" / "late.html"
    before = page.stat()
    environ = upgrade(base, module, SITE[module])
    done = run_kb(base, "build", environ=environ)
    assert re.search(rf"site: all pages made again \(libraries changed: {SITE[module]} .* became 99.1\)\n$", done.err)  # fmt: skip
    assert page.stat().st_ino == before.st_ino or page.stat().st_mtime_ns > before.st_mtime_ns
    again = run_kb(base, "build", "--json", environ=environ)
    assert json.loads(again.out)["reason"] == ""
    assert json.loads(again.out)["written"] == []


def test_other_tables_of_unicode_are_an_upgrade(base, monkeypatch):
    """Python brings them, and they say what a letter is."""
    monkeypatch.setattr(libraries.unicodedata, "unidata_version", "99.0.0")
    assert difference({"Unicode": "14.0.0"}, releases({})) == "Unicode 14.0.0 became 99.0.0"


def test_an_index_that_cannot_be_written_answers_with_a_warning(base, monkeypatch):
    """Other libraries made it, so it may answer wrongly."""
    kb = KnowledgeBase.open(base / "content", index=base / "index")
    assert kb.search("parcels").hits
    assert kb.outdated == ""
    monkeypatch.setattr(libraries.unicodedata, "unidata_version", "99.0.0")

    def writing(folder):
        raise IndexingError("this can't be written to", path=str(folder.folder))

    monkeypatch.setattr(IndexFolder, "writing", writing)
    kb.prepare()
    assert kb.search("parcels").hits
    assert "became 99.0.0" in kb.outdated
    assert "can't be written" in kb.outdated
    with pytest.raises(IndexingError, match=r"became 99\.0\.0; this can't be written to"):
        kb.index()
