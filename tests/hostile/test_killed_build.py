"""Line 15 of the reliability demands: a site that is being built, and what goes wrong.

Real processes are killed at points spread over their file operations, or find no space: the old
site or the new one is there, whole. Folders that are not kb's are refused, and a link in the
output leads nowhere.
"""

import errno
import os
import shutil
import sys

import pytest
from filelock import FileLock
from support.disks import PAGE, fill, small_disk
from support.faults import check_killed, spread
from support.sites import ARTICLES, Base, png

from kb.errors import SiteError
from kb.site.output import MANIFEST

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the nursery asks /proc")

is_root = hasattr(os, "geteuid") and os.geteuid() == 0
POINTS = 50
CHANGES = {
    "orders/damaged.md": "# Changed\n\n## What now\n\nAll new.\n",
    "orders/n.md": f"# N\n\n{'All new. ' * 6_000}\n",
}


class Sites:
    """A site that was built, articles that changed since, and what the new site will be."""

    def __init__(self, folder):
        self.folder = folder / "now"
        self.saved = folder / "saved"
        self.folder.mkdir()
        self.base = Base(self.folder)
        self.base.write(ARTICLES)
        self.base.write({"images/map.png": png(40, 30), "files/form.pdf": b"%PDF-1.4\n"})
        self.base.build()
        self.old = self.base.outside()
        shutil.copytree(self.folder, self.saved)
        self.base.write(CHANGES)
        self.base.build()
        self.new = self.base.outside()

    def reset(self):
        """Go back to the old site, with the changes still to be built."""
        shutil.rmtree(self.folder)
        shutil.copytree(self.saved, self.folder)
        self.base.write(CHANGES)

    def now(self):
        """Tell which site is there; a torn one is neither."""
        there = self.base.outside()
        return {True: "old"}.get(there == self.old) or {True: "new"}.get(there == self.new)

    def strangers(self):
        """List what lies in and beside the site and should not."""
        beside = {path.name for path in self.folder.iterdir()}
        known = {"content", "index", "kb.toml", "site"}
        caches = {path.name for path in self.folder.glob("index/sites/*/*")}
        return beside - known | caches - {
            "kept.sqlite3",
            "lock",
            "spare",
        }


@pytest.fixture(scope="module")
def sites(tmp_path_factory):
    """A site in two states."""
    return Sites(tmp_path_factory.mktemp("sites"))


def kill(nursery, sites, point, total, **conditions):
    """Kill a build at a point, tell what is there, and let the next one make it right."""
    sites.reset()
    life = nursery.run("build", cwd=sites.folder, die_at=point, **conditions)
    check_killed(life, point, total)
    left = sites.now() if sites.base.site.exists() else "none"
    after = nursery.run("build", cwd=sites.folder)
    assert (after.code, after.messages) == (0, [])
    assert sites.now() == "new"
    assert sites.strangers() == set()
    return left


def operations_of(nursery, sites, **conditions):
    """List the file operations of a build that may live."""
    sites.reset()
    life = nursery.run("build", cwd=sites.folder, **conditions)
    assert sites.now() == "new"
    return [tuple(operation[:2]) for operation in life.operations]


def test_a_killed_build_leaves_the_old_site_or_the_new(nursery, tally, sites):
    """At every one of many points: first the old one, from some point on the new one."""
    total, seen = len(operations_of(nursery, sites)), []
    for point in spread(POINTS, total):
        with tally("site build killed"):
            seen.append(kill(nursery, sites, point, total))
    assert set(seen) == {"old", "new"}
    assert seen == sorted(seen, reverse=True)


def test_a_build_killed_between_two_renames(nursery, tally, sites):
    """Where folders can't change places in one step there is a moment in which the site is put
    aside: the next build brings it back.
    """
    sites.reset()
    site = str(sites.base.site)
    life = nursery.run("build", cwd=sites.folder, no_exchange=True)
    aside, back = [operation for operation in life.operations if site in operation][-2:]
    for operation, left in ((aside, True), (back, False)):
        sites.reset()
        with tally("site build killed"):
            nursery.run("build", cwd=sites.folder, die_before=operation, no_exchange=True)
            assert sites.base.site.exists() is left
            assert nursery.run("build", cwd=sites.folder).code == 0
            assert sites.now() == "new"
            assert sites.strangers() == set()


@pytest.mark.parametrize("size", [0, 100, 2000, 20_000, 40_000])
def test_a_full_disk_leaves_the_old_site(nursery, tally, sites, size):
    """One line says so; the old site stays, and so does nothing of the new one."""
    sites.reset()
    with tally("site build without space"):
        life = nursery.run("build", cwd=sites.folder, file_size=size)
        assert life.code == 3
        assert len(life.messages) == 1
        assert life.messages[0].startswith("kb: error: ")
        assert "File too large" in life.messages[0]
        assert sites.now() == "old"
        assert sites.strangers() == set()
        assert nursery.run("build", cwd=sites.folder).code == 0
        assert sites.now() == "new"


@pytest.mark.skipif(not is_root, reason="only root may mount a disk")
def test_a_small_disk_leaves_the_old_site(nursery, tally, sites, tmp_path):
    """A real one, that holds the old site and not all of the new one beside it."""
    sites.reset()
    codes = []
    with small_disk(tmp_path / "disk", "4m") as disk:
        site = disk / "site"
        for left in range(0, 120 * PAGE, 12 * PAGE):
            shutil.copytree(sites.saved / "site", site)
            fill(disk, left)
            with tally("site build without space"):
                life = nursery.run("build", "--out", site, cwd=sites.folder)
                codes.append(life.code)
                there = {
                    path.relative_to(site).as_posix(): path.read_bytes()
                    for path in site.rglob("*")
                    if path.is_file() and path.name != MANIFEST
                }
                assert there == (sites.old if life.code else sites.new)
                if life.code:
                    assert "No space left on device" in life.messages[0]
                    assert len(life.messages) == 1
                assert {path.name for path in disk.iterdir()} == {"site", "ballast"}
            shutil.rmtree(site)
            (disk / "ballast").unlink()
    assert codes[0] == 3
    assert codes[-1] == 0


def held_by(folder, *, but=()):
    """List what lies in a folder with sizes, but for locks and what is named."""
    return {
        path.relative_to(folder).as_posix(): path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file() and path.name != "lock" and not {*path.parts} & {*but}
    }


@pytest.mark.skipif(not is_root, reason="only root may mount a disk")
@pytest.mark.parametrize("built", [False, True])
def test_a_build_on_a_full_disk_gives_back_what_it_took(nursery, tally, sites, tmp_path, built):
    """Index and site on one disk: then there is room for the index, as if no build had been."""
    codes = []
    with small_disk(tmp_path / "disk", "8m") as disk:
        folder = disk / "now"
        for left in range(4 * PAGE, 400 * PAGE, 28 * PAGE):
            shutil.copytree(sites.saved, folder)
            if not built:
                shutil.rmtree(folder / "site")
                shutil.rmtree(folder / "index" / "sites")
            Base(folder).write(CHANGES)
            assert nursery.run("index", cwd=folder).code == 0
            fill(disk, left)
            free, before = os.statvfs(disk).f_bavail, held_by(folder)
            with tally("failed site build gives back"):
                life = nursery.run("build", cwd=folder)
                codes.append(life.code)
                if life.code:
                    assert "No space left on device" in life.messages[0]
                    assert {*held_by(folder)} <= {*before}
                    assert os.statvfs(disk).f_bavail >= free - 4  # folders, a lock
                    assert nursery.run("index", "--force", cwd=folder).code in {0, 3}
                    (disk / "ballast").unlink()
                    assert nursery.run("build", cwd=folder).code == 0
                assert Base(folder).outside() == sites.new
            shutil.rmtree(folder)
            (disk / "ballast").unlink(missing_ok=True)
    assert codes[0] == 3
    assert codes[-1] == 0


ENDS = [OSError(errno.ENOSPC, "full"), OSError(errno.EDQUOT, "quota"), OSError(errno.EIO, "broken")]


@pytest.mark.parametrize("end", [*ENDS, KeyboardInterrupt()], ids=lambda end: str(end) or "ctrl-c")
def test_a_build_that_fails_leaves_nothing(nursery, tally, sites, monkeypatch, end):
    """Whatever ended it, at whichever write: a page's, or the search's."""
    usual, left = os.write, 0

    def write(to, data):
        nonlocal left
        left -= 1
        if left < 0:
            raise end
        return usual(to, data)

    monkeypatch.setattr(os, "write", write)
    for allowed in (0, 1, 5, 17, 0, 1, 5, 17):
        left = sys.maxsize
        sites.reset()
        assert nursery.run("index", cwd=sites.folder).code == 0
        before, out = held_by(sites.folder), sites.folder / "deep" / "down" / "site"
        left = allowed
        with tally("failed site build gives back"):
            for place in (None, out):
                with pytest.raises((SiteError, KeyboardInterrupt)):
                    sites.base.build(place)
                assert {*held_by(sites.folder)} <= {*before}
                assert not (sites.folder / "deep").exists()
                assert sites.now() == "old"
        if allowed == 17:  # and all over again, made beside the site
            monkeypatch.setattr(os, "access", lambda *_: False)
    left = sys.maxsize
    sites.base.build()
    assert sites.now() == "new"


@pytest.mark.parametrize("command", [("search", "parcel"), ("index",), ("build",), ("topics",)])
def test_the_next_command_removes_what_a_killed_build_left(nursery, tally, sites, command):
    """At every point: nothing unfinished stays in the index folder, whatever runs next."""
    total = len(operations_of(nursery, sites))
    for point in spread(POINTS // 4, total):
        sites.reset()
        nursery.run("build", cwd=sites.folder, die_at=point)
        with tally("killed site build tidied by the next command"):
            assert nursery.run(*command, cwd=sites.folder).code == 0
            assert not [*sites.folder.glob("index/**/*.new*")]


def test_what_another_build_is_making_stays(nursery, sites):
    """Its lock says that it goes on; without it the same is what a killed one left."""
    sites.reset()
    (cache,) = sites.folder.glob("index/sites/*")
    (cache / "spare.new").mkdir()
    (cache / "spare.new" / "page.html").write_text("half")
    (cache / "kept.new").symlink_to(sites.base.content / "orders" / "late.md")
    with FileLock(cache / "lock"):
        assert nursery.run("search", "parcel", cwd=sites.folder).code == 0
        assert (cache / "spare.new" / "page.html").exists()
    assert nursery.run("search", "parcel", cwd=sites.folder).code == 0
    assert {path.name for path in cache.iterdir()} & {"spare.new", "kept.new"} == set()
    assert (sites.base.content / "orders" / "late.md").is_file()


def test_a_pipe_for_a_lock_is_not_waited_for(nursery, sites):
    """Nor by the command that would tidy."""
    sites.reset()
    (cache,) = sites.folder.glob("index/sites/*")
    (cache / "lock").unlink(missing_ok=True)
    os.mkfifo(cache / "lock")
    (cache / "spare.new").mkdir()
    assert nursery.run("search", "parcel", cwd=sites.folder).code == 0
    assert nursery.run("build", cwd=sites.folder).code == 0
    assert sites.now() == "new"


def test_an_export_that_fails_leaves_nothing(nursery, tally, sites):
    """Neither a folder, nor in a folder that was there anything that was not."""
    sites.reset()
    out, args = sites.folder / "deep" / "out", ("--content", "content", "--url", "/{id}/")
    export = ("export", "search", *args, "--out", out)
    codes = []
    for size in (0, 100, 5000, 20_000, 10**7):
        with tally("failed export gives back"):
            codes.append(nursery.run(*export, cwd=sites.folder, file_size=size).code)
            assert out.parent.exists() == (codes[-1] == 0)
    assert codes[0] == 3
    assert codes[-1] == 0
    before = everything(out)
    sites.base.write({"orders/more.md": "# More\n\nOf zebras.\n"})
    for size in (0, 100):
        with tally("failed export gives back"):
            assert nursery.run(*export, cwd=sites.folder, file_size=size).code == 3
            assert everything(out) == before
    total = len(nursery.run(*export, cwd=sites.folder, folder=out).operations)
    after = everything(out)
    for point in spread(POINTS // 4, total):
        shutil.rmtree(out)
        with tally("killed export mended by the next"):
            nursery.run(*export, cwd=sites.folder, folder=out, die_at=point)
            assert nursery.run(*export, cwd=sites.folder).code == 0
            assert everything(out) == after


def test_a_new_knowledge_base_that_finds_no_space_leaves_nothing(nursery, tally, sites):
    """Not a part of the sample, nor of a theme."""
    sites.reset()
    before = everything(sites.folder)
    for size in (0, 100, 1000):
        for command in (("init", "deep/new"), ("init", "--theme", "site.css")):
            with tally("failed kb init gives back"):
                assert nursery.run(*command, cwd=sites.folder, file_size=size).code == 3
                assert everything(sites.folder) == before


def foreign(folder):
    """A folder with files of somebody."""
    (folder / "foreign").mkdir()
    (folder / "foreign" / "thesis.txt").write_text("x")
    return folder / "foreign"


def hidden(folder):
    """A folder with nothing but a hidden file."""
    (folder / "hidden").mkdir()
    (folder / "hidden" / ".git").write_text("x")
    return folder / "hidden"


def linked(folder):
    """A link to a folder that could be filled."""
    (folder / "real").mkdir()
    (folder / "linked").symlink_to(folder / "real")
    return folder / "linked"


def through_a_link(folder):
    """The content folder by another name."""
    (folder / "alias").symlink_to(folder)
    return folder / "alias" / "content" / "site"


REFUSED = {
    "the root": lambda _: "/",
    "the root, written otherwise": lambda _: "//..//",
    "home": lambda folder: folder / "home",
    "what holds home": lambda folder: folder,
    "content": lambda folder: folder / "content",
    "within content": lambda folder: folder / "content" / "site",
    "what holds content": lambda folder: folder,
    "the index": lambda folder: folder / "index",
    "within the index": lambda folder: folder / "index" / "site",
    "by way of dots": lambda folder: folder / "site" / ".." / "content",
    "by way of a link": through_a_link,
    "a link": linked,
    "a file": lambda folder: folder / "kb.toml",
    "a folder of somebody": foreign,
    "a folder with a hidden file": hidden,
}


@pytest.mark.parametrize("place", REFUSED)
def test_a_place_that_is_refused(nursery, tally, sites, place):
    """In one line, before anything is written."""
    sites.reset()
    (sites.folder / "home").mkdir()
    out = REFUSED[place](sites.folder)
    before = everything(sites.folder)
    with tally("output folder refused"):
        env = {"HOME": str(sites.folder / "home")}
        life = nursery.run("build", "--out", out, cwd=sites.folder, env=env)
        assert life.code == 3
        assert len(life.messages) == 1
        assert "the site can't be written here" in life.messages[0]
        assert everything(sites.folder) == before


def everything(folder):
    """Read a folder, links as what they are."""
    return {
        path: path.readlink() if path.is_symlink() else path.is_file() and path.read_bytes()
        for path in folder.rglob("*")
    }


LINKED = ["index.html", "orders", "orders/late.html", "assets", MANIFEST]
TARGETS = {
    "a file": lambda sites: sites.folder / "precious" / "file.html",
    "a folder": lambda sites: sites.folder / "precious",
    "nothing": lambda sites: sites.folder / "precious" / "missing",
    "content": lambda sites: sites.base.content,
    "an article": lambda sites: sites.base.content / "orders" / "late.md",
    "itself": lambda sites: sites.base.site,
}


@pytest.mark.parametrize("path", LINKED)
@pytest.mark.parametrize("target", TARGETS)
def test_links_in_the_output_are_not_followed(nursery, tally, sites, path, target):
    """Nothing behind one is written, removed or taken for the site's."""
    sites.reset()
    precious = sites.folder / "precious"
    precious.mkdir()
    for name in ("file.html", "index.html", "late.html"):
        (precious / name).write_text("mine")
    content = everything(sites.base.content)
    place = sites.base.site / path
    place.rename(precious / "moved")
    place.symlink_to(TARGETS[target](sites))
    before = everything(precious)
    with tally("link in the output"):
        life = nursery.run("build", cwd=sites.folder)
        assert everything(precious) == before
        assert everything(sites.base.content) == content
        if life.code:
            assert life.code == 3
            assert len(life.messages) == 1
            assert place.is_symlink()
        else:
            assert not place.is_symlink()
            assert sites.now() == "new"


@pytest.mark.parametrize("name", [".site.kb-new", ".site.kb-old"])
def test_links_beside_the_output_are_not_followed(nursery, tally, sites, name):
    """Where kb puts a site aside, a link is somebody's."""
    sites.reset()
    precious = sites.folder / "precious"
    shutil.copytree(sites.base.site, precious)
    (sites.folder / name).symlink_to(precious)
    before = everything(precious)
    with tally("link in the output"):
        nursery.run("build", cwd=sites.folder)
        assert everything(precious) == before
        assert (sites.folder / name).is_symlink()
