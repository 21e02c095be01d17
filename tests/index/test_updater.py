"""Facts about keeping an index equal to the articles, with the plainest of all engines."""

import json
import os
import shutil
import tempfile
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.faults import count_operations, killed_after

from kb.config import Config
from kb.content import snapshot as snapshots
from kb.content.snapshot import Snapshot
from kb.errors import ContentError, IndexBusyError, IndexingError
from kb.index import updater
from kb.index.generations import IndexFolder
from kb.index.updater import Changes, Indexer, settings_of

PAST = time.time_ns() - 3600 * 10**9


@pytest.fixture(autouse=True)
def no_sync(monkeypatch):
    """Syncing takes most of the time and is tested elsewhere."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


class PlainEngine:
    """Keeps titles in a JSON file, and remembers what it was asked to do."""

    asked: list = []  # noqa: RUF012  # one list for all, cleared by each run
    refuses = False

    def __init__(self, folder, language=""):
        self.file = folder / "titles.json"

    keeps_vectors = False

    def build(self, articles, _progress=None, _vectors=None):
        """Write all titles."""
        titles = {article.id: article.title for article in articles}
        self.asked.append(("build", list(titles)))
        self._write(titles)

    def update(self, removed, articles, _vectors=None):
        """Replace some titles."""
        removed, articles = sorted(removed), list(articles)
        self.asked.append(("update", removed, [article.id for article in articles]))
        if self.refuses:
            return False
        titles = self.titles()
        for id_ in removed:
            del titles[id_]
        assert not titles.keys() & {article.id for article in articles}
        self._write({**titles, **{article.id: article.title for article in articles}})
        return True

    def titles(self):
        """Read all titles."""
        return json.loads(self.file.read_text())

    def _write(self, titles):
        self.file.unlink(missing_ok=True)  # a finished generation shares it
        self.file.write_text(json.dumps(titles))


class Base:
    """A content folder, its index, and what the last run did."""

    def __init__(self, folder, **options):
        self.content = folder / "content"
        self.content.mkdir(exist_ok=True)
        self.config = Config(content=self.content, index=folder / "index", **options)

    def write(self, name, text, *, mtime=PAST):
        """Write an article, changed a while ago."""
        path = self.content / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        os.utime(path, ns=(mtime, mtime))

    def run(self, **options):
        """Bring the index up to date; gives the titles in it and the changes."""
        PlainEngine.asked.clear()
        progress = options.pop("progress", None)
        indexer = Indexer(self.config, PlainEngine, progress)
        generation, changes = indexer.bring_up_to_date(**options)
        return PlainEngine(generation.folder).titles(), changes

    def generations(self):
        """List the generations that are on disk."""
        return sorted(path.name for path in self.config.index.glob("g*"))


@pytest.fixture
def base(tmp_path):
    """Two articles, indexed."""
    made = Base(tmp_path)
    made.write("a.md", "# Ay\n\n## One\n\ntext\n")
    made.write("topic/b.md", "# Bee\n")
    made.run()
    return made


def ids(changes):
    """The ids that changed, by kind."""
    kinds = ("added", "updated", "moved", "removed")
    return {kind: getattr(changes, kind) for kind in kinds if getattr(changes, kind)}


def test_the_first_index_is_built(tmp_path):
    """From all articles in order of id, with the reason."""
    base = Base(tmp_path)
    base.write("z.md", "# Zed\n")
    base.write("a.md", "# Ay\n\n## One\n\ntext\n")
    titles, changes = base.run()
    assert titles == {"a": "Ay", "z": "Zed"}
    assert PlainEngine.asked == [("build", ["a", "z"])]
    assert (changes.rebuilt, changes.reason) == (True, "there was no index")
    assert (changes.articles, changes.sections, changes.problems) == (2, 3, ())
    assert changes.seconds > 0
    assert ids(changes) == {}


def test_nothing_changed(base):
    """Nothing is written, nothing is said but what there is."""
    before = sorted((path, path.stat()) for path in base.config.index.rglob("*"))
    _, changes = base.run()
    assert changes == Changes(articles=2, sections=3)
    assert PlainEngine.asked == []
    assert sorted((path, path.stat()) for path in base.config.index.rglob("*")) == before


def test_a_folder_without_articles(tmp_path):
    """It has an index, too."""
    assert Base(tmp_path).run()[0] == {}


def test_an_added_article(base):
    """Only the new one is read."""
    base.write("c.md", "# See\n")
    titles, changes = base.run()
    assert titles == {"a": "Ay", "topic/b": "Bee", "c": "See"}
    assert ids(changes) == {"added": ("c",)}
    assert (changes.articles, changes.sections, changes.rebuilt) == (3, 4, False)
    assert PlainEngine.asked == [("update", [], ["c"])]


def test_a_changed_article(base):
    """It takes the place of the old one."""
    base.write("a.md", "# Eh\n")
    titles, changes = base.run()
    assert titles == {"topic/b": "Bee", "a": "Eh"}
    assert ids(changes) == {"updated": ("a",)}
    assert (changes.articles, changes.sections) == (2, 2)
    assert PlainEngine.asked == [("update", ["a"], ["a"])]


def test_a_moved_article(base):
    """It has a new id, and is not told as one that went and one that came."""
    (base.content / "a.md").rename(base.content / "topic" / "c.md")
    titles, changes = base.run()
    assert titles == {"topic/b": "Bee", "topic/c": "Ay"}
    assert ids(changes) == {"moved": ("topic/c",)}


def test_a_deleted_article(base):
    """It is gone at once."""
    (base.content / "a.md").unlink()
    titles, changes = base.run()
    assert titles == {"topic/b": "Bee"}
    assert ids(changes) == {"removed": ("a",)}


def test_all_at_once(base):
    """Each change is told in its place."""
    base.write("new.md", "# New\n")
    base.write("c.md", "# See\n")
    base.run()
    base.write("d.md", "# Dee\n")
    base.write("a.md", "# Eh\n")
    (base.content / "c.md").rename(base.content / "sea.md")
    (base.content / "topic" / "b.md").unlink()
    titles, changes = base.run()
    assert titles == {"a": "Eh", "d": "Dee", "new": "New", "sea": "See"}
    assert ids(changes) == {
        "added": ("d",), "updated": ("a",), "moved": ("sea",), "removed": ("topic/b",),
    }  # fmt: skip


@given(st.lists(st.sampled_from(["a.md", "topic/b.md", "c.md"]), unique=True))
@settings(max_examples=20, deadline=None)
def test_what_changes_after_a_listing_is_noticed_by_the_next_run(gone):
    """Whoever hands over a listing may have made it a moment ago."""
    with tempfile.TemporaryDirectory() as name:
        base = Base(Path(name))
        base.write("a.md", "# Ay\n")
        base.write("topic/b.md", "# Bee\n")
        base.run()
        base.write("c.md", "# See\n")
        snapshot = Snapshot(base.config)
        for number, path in enumerate(("a.md", "topic/b.md", "c.md", "d.md")):
            base.write(path, f"# New {number}\n", mtime=PAST + 10**9)
        for path in gone:
            (base.content / path).unlink()
        Indexer(base.config, PlainEngine, snapshot=snapshot).bring_up_to_date()
        new = {"a": "New 0", "topic/b": "New 1", "c": "New 2", "d": "New 3"}
        left = {id_: title for id_, title in new.items() if f"{id_}.md" not in gone}
        assert base.run()[0] == left


def test_a_snapshot_is_not_taken_again(base, monkeypatch):
    """Whoever hands one over has just looked at every file."""
    base.write("c.md", "# See\n")
    snapshot = Snapshot(base.config)
    monkeypatch.setattr(updater, "Snapshot", None)
    _, changes = Indexer(base.config, PlainEngine, snapshot=snapshot).bring_up_to_date()
    assert ids(changes) == {"added": ("c",)}


def test_a_touched_article_is_not_indexed_again(base):
    """What counts is what is in it."""
    os.utime(base.content / "a.md", ns=(PAST + 10**9, PAST + 10**9))
    _, changes = base.run()
    assert ids(changes) == {}
    assert PlainEngine.asked == []


def test_other_content_of_the_same_size_and_time_is_noticed(base):
    """Who sets the time of change back changes another time."""
    base.write("a.md", "# Ah\n\n## One\n\ntext\n")
    titles, changes = base.run()
    assert titles["a"] == "Ah"
    assert ids(changes) == {"updated": ("a",)}


def test_an_article_that_was_replaced_by_a_rename_is_noticed(base):
    """As editors do it."""
    base.write("a.md.tmp", "# Ah\n\n## One\n\ntext\n")
    (base.content / "a.md.tmp").replace(base.content / "a.md")
    assert base.run()[0]["a"] == "Ah"


def test_two_articles_that_changed_places(base):
    """Each has the other's text now."""
    a, b = base.content / "a.md", base.content / "topic" / "b.md"
    a.rename(base.content / "x")
    b.rename(a)
    (base.content / "x").rename(b)
    titles, changes = base.run()
    assert titles == {"a": "Bee", "topic/b": "Ay"}
    assert ids(changes) == {"updated": ("a", "topic/b")}


def test_a_topic_file_changes_no_article(base):
    """The engine has nothing to do; what is wrong in it is told."""
    base.write("topic/topic.yaml", "title: T\nunknown: 1\n")
    _, changes = base.run()
    assert PlainEngine.asked == []
    assert ids(changes) == {}
    assert [problem.path for problem in changes.problems] == ["topic/topic.yaml"]
    assert base.run()[1].problems == changes.problems
    base.write("topic/topic.yaml", "title: T\n")
    assert base.run()[1].problems == ()
    (base.content / "topic" / "topic.yaml").unlink()
    assert base.run()[1] == Changes(articles=2, sections=3, seconds=pytest.approx(0, abs=60))


@pytest.mark.parametrize(
    ("change", "rebuilds"),
    [
        ({"language": "de"}, True),
        ({"ranking": (("title_weight", 7.0),)}, True),
        ({"ranking": (("k1", 2.0),)}, False),
        ({"name": "Another name"}, False),
    ],
)
def test_settings_that_the_index_depends_on(base, change, rebuilds):
    """When one changes, the index is built anew; others cost nothing."""
    base.config = replace(base.config, **change)
    _, changes = base.run()
    assert changes.rebuilt == rebuilds
    assert changes.reason == ("settings or version changed" if rebuilds else "")
    assert base.run()[1].rebuilt is False


@pytest.mark.parametrize("name", ["__version__", "FORMAT"])
def test_an_index_of_another_version(base, monkeypatch, name):
    """It is built anew."""
    monkeypatch.setattr(updater, name, "other")
    assert base.run()[1].reason == "settings or version changed"
    assert base.run()[1].rebuilt is False


def test_settings_have_a_stable_digest(base):
    """The same settings are the same on every run."""
    assert settings_of(base.config) == settings_of(replace(base.config, name="x"))


@pytest.fixture
def settled(base, monkeypatch):
    """The base as a run found it that came long after the last change."""
    later = time.time_ns() + 10**11
    monkeypatch.setattr(updater.time, "time_ns", lambda: later)
    base.run()
    return base


def refuse(*_):
    """Stand in for what is not to be called."""
    raise AssertionError("called")


def test_a_folder_as_it_was_is_not_gone_through(settled, monkeypatch):
    """Neither its names are checked nor what the index was built from is read."""
    settled.write("bad.md", "---\ntitle: [\n---\n")
    _, before = settled.run()
    assert before.problems
    settled.run()
    monkeypatch.setattr(updater, "Snapshot", refuse)
    monkeypatch.setattr(updater, "read_sources", refuse)
    _, changes = settled.run()
    assert changes == Changes(articles=2, sections=3, problems=before.problems)


def test_a_folder_that_changed_just_now_is_gone_through(base, monkeypatch):
    """Its files may change again within the same tick of the clock."""
    base.run()
    monkeypatch.setattr(updater, "Snapshot", refuse)
    with pytest.raises(AssertionError, match="called"):
        base.run()


@pytest.mark.parametrize(
    "what", ["article", "settings", "generation", "snapshot", "force", "notes"]
)
def test_a_folder_is_gone_through_where_anything_differs(settled, monkeypatch, what):
    """Whatever the answer depends on."""
    options = {}
    if what == "article":
        settled.write("a.md", "# Other\n")
    elif what == "settings":
        settled.config = replace(settled.config, language="de")
    elif what == "generation":
        settled.run(force="asked for")
        shutil.rmtree(settled.config.index / settled.generations()[-1])
    elif what == "notes":
        (settled.config.index / "checked.json").unlink()
    elif what == "force":
        options["force"] = "asked for"
    if what == "snapshot":
        given = Snapshot(settled.config)
        monkeypatch.setattr(updater, "state_of_folder", refuse)
        Indexer(settled.config, PlainEngine, snapshot=given).bring_up_to_date()
        return
    taken = []
    monkeypatch.setattr(updater, "Snapshot", lambda *args: taken.append(args) or Snapshot(*args))
    settled.run(**options)
    assert taken


def test_a_damaged_list_of_sources_is_told(base):
    """The index is built anew, as for any file of it."""
    base.write("c.md", "# See\n")
    path = base.config.index / base.generations()[-1] / "sources.json"
    path.write_bytes(b"[]" + path.read_bytes()[2:])
    _, changes = base.run()
    assert (changes.rebuilt, "sources.json" in changes.reason) == (True, True)


def test_force_builds_anew(base):
    """Whatever there is, for the reason that it was asked for."""
    _, changes = base.run(force="asked for")
    assert (changes.rebuilt, changes.reason) == (True, "asked for")
    assert PlainEngine.asked == [("build", ["a", "topic/b"])]


def test_what_is_not_kbs_stays_in_the_index_folder(tmp_path):
    """As the .gitignore that keeps what is built out of commits: first, updated, built anew."""
    base = Base(tmp_path)
    base.config.index.mkdir()
    kept = base.config.index / ".gitignore"
    kept.write_text("*\n!.gitignore\n")
    for text, force in (("one", ""), ("two", ""), ("two", "asked for"), ("three", "")):
        base.write("a.md", f"# Ay\n\n{text}\n")
        base.run(force=force)
        assert kept.read_text() == "*\n!.gitignore\n"


def test_an_engine_may_refuse_an_update(base, monkeypatch):
    """Then all is built anew, and nothing half done stays."""
    monkeypatch.setattr(PlainEngine, "refuses", True)
    base.write("c.md", "# See\n")
    titles, changes = base.run()
    assert titles == {"a": "Ay", "topic/b": "Bee", "c": "See"}
    assert changes.rebuilt
    assert "lengths" in changes.reason
    assert ids(changes) == {"added": ("c",)}
    assert len(base.generations()) == 2


def damage(index, kind):
    """Harm an index."""
    generation = next(index.glob("g*"))
    titles = generation / "titles.json"
    data = titles.read_bytes()
    titles.unlink() if kind == "file missing" else None
    actions = {
        "file missing": lambda: None,
        "file cut": lambda: titles.write_bytes(data[:-3]),
        "file empty": lambda: titles.write_bytes(b""),
        "file flipped": lambda: titles.write_bytes(data.replace(b"Ay", b"Oy")),
        "manifest missing": (generation / "manifest.json").unlink,
        "manifest cut": lambda: (generation / "manifest.json").write_bytes(b"{}"),
        "pointer missing": (index / "current.json").unlink,
        "pointer foreign": lambda: (index / "current.json").write_text('{"a": 1}'),
        "pointer binary": lambda: (index / "current.json").write_bytes(b"\x80\x04."),
        "generation missing": lambda: shutil.rmtree(generation),
        "generation a file": lambda: (shutil.rmtree(generation), generation.write_text("x")),
    }
    actions[kind]()


KINDS = [
    "file missing", "file cut", "file empty", "file flipped", "manifest missing", "manifest cut",
    "pointer missing", "pointer foreign", "pointer binary", "generation missing",
    "generation a file",
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_index_is_built_anew(base, kind):
    """With what was wrong; the run after that has nothing to do."""
    damage(base.config.index, kind)
    titles, changes = base.run()
    assert titles == {"a": "Ay", "topic/b": "Bee"}
    assert changes.rebuilt
    assert changes.reason.startswith("the index was damaged: ")
    assert base.run()[1] == Changes(articles=2, sections=3)


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_index_without_content_is_one_error(base, kind):
    """Where there are no articles nothing can be built."""
    damage(base.config.index, kind)
    shutil.rmtree(base.content)
    with pytest.raises(ContentError, match="no such content folder"):
        base.run()


def test_a_foreign_folder_can_hold_the_index(tmp_path):
    """Its files stay, and are not taken for an index."""
    base = Base(tmp_path)
    base.write("a.md", "# Ay\n")
    base.config.index.mkdir()
    for name in ("guide.txt", "MAIN_abc.seg", "_MAIN_1.toc"):
        (base.config.index / name).write_text("foreign")
    titles, changes = base.run()
    assert titles == {"a": "Ay"}
    assert changes.reason == "there was no index"
    assert (base.config.index / "guide.txt").read_text() == "foreign"


def test_an_index_that_can_not_be_written(tmp_path):
    """One error that names it."""
    base = Base(tmp_path)
    base.write("a.md", "# Ay\n")
    base.config.index.write_text("a file")
    with pytest.raises(IndexingError, match="the index"):
        base.run()


def test_an_article_that_breaks_goes_and_comes_back(base):
    """It is told each time until it is mended; the others stay found."""
    base.write("a.md", "---\ntitle: [\n---\n")
    titles, changes = base.run()
    assert titles == {"topic/b": "Bee"}
    assert ids(changes) == {"removed": ("a",)}
    assert (changes.articles, changes.sections) == (1, 1)
    (problem,) = changes.problems
    assert problem.path == "a.md"
    for _ in range(2):
        assert base.run()[1] == Changes(articles=1, sections=1, problems=(problem,))
    assert base.run(force="asked for")[1].problems == (problem,)
    base.write("a.md", "# Again\n")
    titles, changes = base.run()
    assert titles == {"topic/b": "Bee", "a": "Again"}
    assert ids(changes) == {"added": ("a",)}
    assert changes.problems == ()


def test_a_broken_article_that_moves_or_goes(base):
    """No article came or went."""
    base.write("bad.md", "\0")
    base.run()
    (base.content / "bad.md").rename(base.content / "worse.md")
    _, changes = base.run()
    assert ids(changes) == {}
    assert [problem.path for problem in changes.problems] == ["worse.md"]
    (base.content / "worse.md").unlink()
    assert base.run()[1].problems == ()


def test_refused_names_are_told_each_time(base):
    """Also where the file is not even read."""
    base.write("A.md", "# Twin\n")
    base.write("con.md", "# Device\n")
    changes = base.run()[1]
    assert [problem.path for problem in changes.problems] == ["a.md", "con.md"]
    assert base.run()[1].problems == changes.problems


def test_warnings_are_told_each_time(base):
    """Until the article is changed."""
    base.write("a.md", "---\nunknown: 1\n---\n# Ay\n")
    (problem,) = base.run()[1].problems
    assert (problem.path, problem.line) == ("a.md", 2)
    base.write("c.md", "# See\n")
    assert base.run()[1].problems == (problem,)


def test_clashing_aliases_are_told_each_time(base):
    """Whichever of the articles changed."""
    base.write("c.md", "---\naliases: [old, A]\n---\n# See\n")
    changes = base.run()[1]
    assert [problem.path for problem in changes.problems] == ["c.md"]
    base.write("b.md", "---\naliases: [old]\n---\n# Bee\n")
    changes = base.run()[1]
    assert sorted(problem.path for problem in changes.problems) == ["c.md", "c.md"]
    assert base.run()[1].problems == changes.problems
    (base.content / "b.md").unlink()
    (base.content / "a.md").unlink()
    assert base.run()[1].problems == ()


@pytest.mark.parametrize("name", ["a.md", "c.md"])
def test_an_article_that_goes_while_it_is_read(base, monkeypatch, name):
    """It is gone, and nothing is wrong with that."""
    base.write("c.md", "# See\n")
    base.write("a.md", "# Ah\n")
    read = snapshots.read_article

    def vanish(content, file, **options):
        (content / name).unlink(missing_ok=True)
        return read(content, file, **options)

    monkeypatch.setattr(snapshots, "read_article", vanish)
    titles, changes = base.run()
    left = {"a.md": {"c": "See"}, "c.md": {"a": "Ah"}}[name]
    assert titles == {"topic/b": "Bee", **left}
    assert changes.problems == ()
    assert ids(changes) == {
        "a.md": {"removed": ("a",), "added": ("c",)}, "c.md": {"updated": ("a",)},
    }[name]  # fmt: skip
    assert base.run()[1] == Changes(articles=2, sections=changes.sections)


def test_an_article_that_changes_while_it_is_read(base, monkeypatch):
    """What was read is what the index says that it holds: the next run sees the difference."""
    base.write("c.md", "# One\n")
    read = snapshots.read_article

    def change(content, file, **how):
        base.write("c.md", "# Two\n")
        result = read(content, file, **how)
        base.write("c.md", "# Three\n")
        return result

    monkeypatch.setattr(snapshots, "read_article", change)
    assert base.run()[0]["c"] == "Two"
    monkeypatch.setattr(snapshots, "read_article", read)
    assert base.run()[0]["c"] == "Three"


def test_an_engine_that_fails_on_a_whole_index(base, monkeypatch):
    """Its error is raised, not hidden behind a build, and the old index stays."""

    def fail(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(PlainEngine, "update", fail)
    base.write("c.md", "# See\n")
    with pytest.raises(ZeroDivisionError):
        base.run()
    assert base.generations() == ["g00000001"]


def test_an_engine_that_fails_on_a_damaged_index(base, monkeypatch):
    """The index is built anew."""
    update = PlainEngine.update

    def fail(engine, *args):
        state = engine.file.stat()
        engine.file.write_text("x" * state.st_size)
        os.utime(engine.file, ns=(state.st_atime_ns, state.st_mtime_ns))
        return update(engine, *args)

    monkeypatch.setattr(PlainEngine, "update", fail)
    base.write("c.md", "# See\n")
    titles, changes = base.run()
    assert titles == {"a": "Ay", "topic/b": "Bee", "c": "See"}
    assert changes.reason.startswith("the index was damaged: ")


def test_progress_is_told(base):
    """After each article that is read, with how many there are."""
    told = []
    base.run(force="asked for", progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]
    told.clear()
    base.write("c.md", "# See\n")
    base.run(progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 1)]


def test_work_that_another_process_did_meanwhile_is_not_done_again(base, monkeypatch):
    """Who waited for the lock looks once more."""
    base.write("c.md", "# See\n")
    writing = IndexFolder.writing

    @contextmanager
    def busy(folder, *args):
        monkeypatch.setattr(IndexFolder, "writing", writing)
        Indexer(base.config, PlainEngine).bring_up_to_date()
        PlainEngine.asked.clear()
        with writing(folder, *args):
            yield

    monkeypatch.setattr(IndexFolder, "writing", busy)
    titles, changes = base.run()
    assert titles["c"] == "See"
    assert PlainEngine.asked == []
    assert ids(changes) == {}


def test_a_writer_that_does_not_finish(base, monkeypatch):
    """The error says who it is."""
    monkeypatch.setattr(IndexFolder.writing.__wrapped__, "__defaults__", (0.0,))
    base.write("c.md", "# See\n")
    with (
        IndexFolder(base.config.index).writing(),
        pytest.raises(IndexBusyError, match=f"process {os.getpid()}"),
    ):
        base.run()


def test_a_search_waits_for_no_writer(base):
    """Who has nothing to write takes no lock."""
    with IndexFolder(base.config.index).writing():
        assert base.run()[1] == Changes(articles=2, sections=3)


@pytest.mark.parametrize("force", ["", "asked for"], ids=["update", "build"])
def test_indexing_may_die_at_any_file_operation(tmp_path, force):
    """The index before or the index after, whole; and the next run ends what was begun."""

    def fresh():
        shutil.rmtree(tmp_path)
        tmp_path.mkdir()
        base = Base(tmp_path)
        base.write("a.md", "# Ay\n")
        base.run()
        base.write("b.md", "# Bee\n")
        return base

    base = fresh()
    before, after = {"a": "Ay"}, {"a": "Ay", "b": "Bee"}
    total = count_operations(lambda: base.run(force=force), base.config.index)
    for operations in range(total + 1):
        base = fresh()
        with killed_after(operations, base.config.index):
            base.run(force=force)
        generation = IndexFolder(base.config.index).current(thorough=True)
        assert PlainEngine(generation.folder).titles() in (before, after)
        assert base.run()[0] == after
        assert len(base.generations()) <= 2
        assert not list(base.config.index.glob("*.new"))


names = st.sampled_from(["a", "b", "t/c", "t/d"])
texts = st.sampled_from(["# One\n", "# Two\n", "# Three\n", "broken \0"])
edits = st.one_of(
    st.tuples(st.just("write"), names, texts),
    st.tuples(st.just("delete"), names),
    st.tuples(st.just("move"), names, names),
    st.tuples(st.just("index")),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(edits, max_size=12))
def test_any_edits_lead_to_the_index_of_the_files(steps):
    """However an index came about, it holds what the files hold, and says what changed."""
    with tempfile.TemporaryDirectory() as folder:
        base = Base(Path(folder))
        indexed = base.run()[0]
        files = {}
        for kind, *args in [*steps, ("index",)]:
            if kind == "write":
                files[args[0]] = args[1]
                base.write(args[0] + ".md", args[1])
            elif kind == "delete" and args[0] in files:
                del files[args[0]]
                (base.content / f"{args[0]}.md").unlink()
            elif kind == "move" and args[0] in files:
                files[args[1]] = files.pop(args[0])
                (base.content / args[1]).parent.mkdir(exist_ok=True)
                (base.content / f"{args[0]}.md").replace(base.content / f"{args[1]}.md")
            elif kind == "index":
                titles, changes = base.run()
                whole = {name: text for name, text in files.items() if "\0" not in text}
                assert titles == {name: text[2:-1] for name, text in whole.items()}
                assert len(changes.problems) == len(files) - len(whole)
                came = set(changes.added) | set(changes.moved)
                assert came == titles.keys() - indexed.keys()
                assert set(changes.removed) <= indexed.keys() - titles.keys()
                assert all(indexed[i] != titles[i] for i in changes.updated)
                indexed = titles
