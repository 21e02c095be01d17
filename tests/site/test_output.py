"""The output folder: what a build writes, keeps, carries over and refuses to touch."""

import hashlib
import json
import os
import shutil
import zipfile
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from support.sites import Base

from kb import files as kb_files
from kb.errors import SiteError
from kb.files import write_file, write_sealed
from kb.site import output
from kb.site.build import build_site
from kb.site.build_cache import Cache
from kb.site.export import documents, shards, terms
from kb.site.report import KEPT
from kb.store import STORE


def inodes(base):
    """Tell files that were written anew from those that stayed."""
    return {p: (base.site / p).stat().st_ino for p in base.files()}


def test_building_again_writes_nothing(base):
    """Without a change nothing is written, and the report says so."""
    first = base.build()
    before = inodes(base)
    again = base.build()
    assert again.written == again.removed == ()
    assert inodes(base) == before
    assert (again.pages, again.files, again.size) == (first.pages, first.files, first.size)
    assert again.problems == first.problems


def test_a_changed_text_rewrites_its_page_alone(base):
    """A change within an article's text writes its page, its Markdown, the text of all articles and
    search, nothing else.
    """
    base.build()
    before = inodes(base)
    path = base.content / "orders/damaged.md"
    path.write_text(path.read_text() + "\nMore.\n")
    written = [p for p in base.build().written if not p.startswith("search/data/")]
    assert written == ["llms-full.txt", "orders/damaged.html", "orders/damaged.md"]
    after = inodes(base)
    changed = {p for p in after if after[p] != before.get(p) and not p.startswith("search/data/")}
    own = {"orders/damaged.html", "orders/damaged.md", "llms-full.txt"}
    assert changed == {".kb-site.json", *own}


def test_a_changed_title_rewrites_what_shows_it(base):
    """A new title reaches neighbours, topic, home, feeds and the list of problems, and no page that
    does not show it.
    """
    base.build()
    path = base.content / "orders/late.md"
    path.write_text(path.read_text().replace("title: Your parcel is late", "title: So late"))
    written = base.build().written
    assert {"orders/late.html", "orders/damaged.html", "orders/index.html", "index.html"} <= {
        *written
    }
    assert {"llms.txt", "feed.xml", "old/late.html"} <= {*written}
    assert "contact-us/index.html" in written
    assert {"contact/chat.html", "contact/index.html"}.isdisjoint(written)
    assert b"Your parcel is late" not in b"".join(base.outside().values())


def test_every_change_gives_what_a_full_build_gives(base, tmp_path):
    """After each of many changes the output is byte for byte that of a build from nothing."""
    changes = [
        lambda: base.write({"orders/new.md": "# New parcel\n\n[late](late.md#when-is-it-lost)\n"}),
        lambda: base.write({"orders/late.md": "# Parcel late\n\nShort now.\n"}),
        (base.content / "contact/chat.md").unlink,
        lambda: base.write({"orders/topic.yaml": "title: Parcels\norder: 2\n"}),
        lambda: base.write({"orders/draft.md": "# Published walrus\n\nNow.\n"}),
        (base.content / "images/map.png").unlink,
        lambda: base.write(
            {"images/map.png": b"GIF89a\x05\0\x06\0", "orders/a.md": "![m](../images/map.png)"}
        ),
        lambda: (base.content / "orders/new.md").rename(base.content / "orders/moved.md"),
        lambda: (base.folder / "kb.toml").write_text('name = "Other"\n'),
        lambda: base.write({"../theme/footer.html": "<footer>f</footer>"}),
        lambda: base.write(
            {"bad.md": b"\xff\xfe", "orders/b.md": "---\nrelated: [orders/a]\n---\n# B\n"}
        ),
    ]
    base.build()
    for number, change in enumerate(changes):
        change()
        incremental = base.build()
        fresh = tmp_path / f"fresh-{number}"
        full = base.build(out=fresh)
        assert base.files() == {
            p.relative_to(fresh).as_posix(): p.read_bytes() for p in fresh.rglob("*") if p.is_file()
        }
        assert incremental.problems == full.problems


def test_broken_links_that_are_not_told_are_counted(base, tmp_path):
    """Unless every problem is asked for, the first ones stand for all; the counts are right."""
    links = " ".join(f"[a](no{number}.md)" for number in range(2 * KEPT // 20))
    text = f"---\nsummary: A summary\n---\n# Broken\n\n{links}\n"
    base.write({f"broken/{number:03}.md": text for number in range(20)})
    first = base.build()
    assert first.counts["warning"] == len(first.problems) == 2 * KEPT
    base.write({"broken/015.md": text.replace("[a](no7.md)", "Mended but for the others.")})
    base.build()
    some = base.build()
    full = base.build(out=tmp_path / "fresh")
    assert some.counts == full.counts == {"warning": 2 * KEPT - 1}
    assert len(some.problems) < len(full.problems)
    assert some.problems[:KEPT] == full.problems[:KEPT]
    every = base.build(every_problem=True)
    assert (every.problems, every.counts) == (full.problems, full.counts)


def test_what_others_show_and_lead_to_is_looked_at(base, tmp_path):
    """An article that did not change gets a new page, or a warning, where what it links to or
    relates to changed in that alone.
    """
    head = "---\nsummary: The same\n---\n# New\n\n"
    gif = b"GIF89a\x05\0\x06\0"
    changes = [
        {"orders/new.md": f"{head}## Part\n", "images/new.gif": gif, "z.md": (
            "# Zebra lamps\n\n[a](orders/new.md#part) [b](files/form.pdf) ![c](images/new.gif)\n"
        )},
        {"orders/new.md": head.replace("---\n#", "tags: [zebra, lamps]\n---\n#") + "## Part\n"},
        {"images/new.gif": gif.replace(b"\5", b"\7")},
        {"orders/new.md": f"{head}## Other\n"},
        {"orders/new.md": f"{head}## Part\n"},
        {"files/form.pdf.md": "---\nstatus: archived\n---\n"},
        {"files/form.pdf.md": b"\xff"},
        {"orders/new.md": f"---\nstatus: archived\n---\n{head}"},
    ]  # fmt: skip
    shown = []
    for number, files in enumerate(changes):
        base.write(files)
        report = base.build()
        fresh = Base(tmp_path / f"fresh-{number}")
        shutil.copytree(base.content, fresh.content)
        assert report.problems == fresh.build().problems
        assert base.files() == fresh.files()
        shown.append((base.read("z.html"), *(str(p) for p in report.problems if p.path == "z.md")))
    assert all(one != next_ for one, next_ in pairwise(shown))


def test_what_kb_did_not_write_stays(base):
    """Files, folders and links of others survive every build, and are not followed."""
    base.build()
    away = base.folder / "away"
    away.mkdir()
    (away / "x.html").write_text("not the site's")
    (base.site / "CNAME").write_text("help.example.com")
    (base.site / ".git" / "objects").mkdir(parents=True)
    (base.site / ".git" / "HEAD").write_text("ref")
    (base.site / "empty").mkdir()
    (base.site / "link").symlink_to(away)
    for number in range(3):
        base.write({f"orders/n{number}.md": "# N\n"})
        base.build()
        assert (base.site / "CNAME").read_text() == "help.example.com"
        assert (base.site / ".git" / "HEAD").read_text() == "ref"
        assert (base.site / ".git" / "objects").is_dir()
        assert (base.site / "empty").is_dir()
        assert (base.site / "link").is_symlink()
        assert [p.name for p in away.iterdir()] == ["x.html"]
    (base.site / "CNAME").unlink()
    (base.site / "empty").rmdir()
    base.write({"orders/last.md": "# L\n"})
    base.build()
    assert not (base.site / "CNAME").exists()
    assert not (base.site / "empty").exists()


def test_removed_articles_go(base):
    """Pages of an article that is gone go with it, and so do folders that are empty then."""
    base.build()
    (base.content / "contact/chat.md").unlink()
    report = base.build()
    assert {"contact/chat.html", "contact/chat.md", "contact/index.html"} <= {*report.removed}
    assert not (base.site / "contact").exists()


def test_changed_output_is_mended(base):
    """A page that somebody edited or removed in the output is written again."""
    base.build()
    good = base.files()
    (base.site / "index.html").write_text("defaced")
    (base.site / "orders/late.html").unlink()
    assert base.build().written == ("index.html", "orders/late.html")
    assert base.files() == good


def test_lost_and_changed_files_of_the_search_are_made_again(base, monkeypatch, tmp_path):
    """Those, too, in which an edit changed nothing, and that no one asked for else."""
    for module in (documents, terms):
        monkeypatch.setattr(module, "SHARD_SIZE", 300)
    monkeypatch.setattr(terms, "_FEW", 1.0)
    base.write({f"more/n{n}.md": f"# Number {n}\n\nWalrus {n}.\n" for n in range(20)})
    base.build()
    for number, path in enumerate(sorted((base.site / "search/data").iterdir())):
        path.write_bytes(b"other") if number % 3 else path.unlink()
    late = base.content / "orders/late.md"
    late.write_text(late.read_text().replace("Look at [the", "Peer at [the"))
    kept, keep = [], shards._Packer._same
    monkeypatch.setattr(
        shards._Packer, "_same", lambda self, block: kept.append(keep(self, block)) or kept[-1]
    )
    base.build()
    assert {"d", "t"} <= {shard.name[0] for shard in kept}
    fresh = tmp_path / "fresh"
    build_site(replace(base.config(), index=tmp_path / "other"), out=fresh)
    found = {path.name: path.read_bytes() for path in (fresh / "search/data").iterdir()}
    assert found == {p.name: p.read_bytes() for p in (base.site / "search/data").iterdir()}


def test_lost_cache_costs_only_time(base):
    """Without the cache the next build finds by content that nothing has to be written."""
    base.build()
    store = Cache(base.config().index, base.site).store
    store.path.write_text('{"format": 2, "x": ')
    assert base.build().written == ()
    for kind in ("stamp", "memory", "article", "search notes", "search cards", "search rows"):
        for value in (b"", b"[]", b'{"format": 6}', b'{"format": 6, "odd": 2}', b"\xff\n\n[1]"):
            store.put(kind, [(key, value) for key, _ in store.all(kind)])
            store.save()
            store.close()
            assert base.build().written == ()


def test_a_damaged_cache_is_as_good_as_none(base):
    """One letter of an article in it would be enough for a wrong page."""
    base.build()
    path = Cache(base.config().index, base.site).store.path
    path.write_bytes(path.read_bytes().replace(b"parcel", b"marcel"))
    base.write({"orders/n.md": "# N\n"})
    base.build()
    assert not any(b"marcel" in data for data in base.files().values())


def cut(path):
    """Keep half of a file."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip(path):
    """Change a bit here and there."""
    data = bytearray(path.read_bytes())
    for at in range(len(data) // 7, len(data), max(1, len(data) // 5)):
        data[at] ^= 4
    path.write_bytes(data)


def zeroed(data):
    """Pages of a file without anything in them, every fourth."""
    pages = [data[at : at + 4096] for at in range(0, len(data), 4096)]
    return b"".join(bytes(len(p)) if n % 4 == 3 else p for n, p in enumerate(pages))


def block(path):
    """Put a folder where the file was."""
    path.unlink()
    path.mkdir()


def exchange_with_older(path):
    """Put the file of the build before in its place."""
    path.write_bytes(path.with_name(f"{path.name}.older").read_bytes())


HARMS = {
    "removed": Path.unlink,
    "emptied": lambda path: path.write_bytes(b""),
    "cut": cut,
    "flipped": flip,
    "of another version": lambda path: write_sealed(path, [b'{"format": 99}\n[]']),
    "of zeros within": lambda path: path.write_bytes(zeroed(path.read_bytes())),
    "not to be read": lambda path: path.chmod(0),
    "a folder": block,
    "of an older build": exchange_with_older,
}


@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize(
    "name",
    ["site", "index", "checked.json"],
)
def test_what_is_kept_between_builds_costs_only_time(base, tmp_path, monkeypatch, name, harm):
    """Whatever becomes of a file that kb keeps, the next site is that of a build from nothing."""
    monkeypatch.setattr(kb_files, "RACY_NS", -1)  # states of files are trusted at once
    base.build()
    index = base.config().index
    stores = {"site": Cache(index, base.site).store.path, "index": index / STORE}
    path = stores.get(name, index / name)
    shutil.copy(path, path.with_name(f"{path.name}.older"))
    base.write({"orders/new.md": "# New\n\nWombats. [Late](late.md)\n"})
    base.build()
    HARMS[harm](path)
    base.write({"orders/n.md": "# N\n\nNumbats.\n", "orders/new.md": "# Newer\n\nWombat.\n"})
    base.build()
    fresh = tmp_path / "fresh"
    build_site(replace(base.config(), index=tmp_path / "other"), out=fresh)
    there = (path for path in fresh.rglob("*") if path.is_file())
    found = {path.relative_to(fresh).as_posix(): path.read_bytes() for path in there}
    assert found == base.files()


def test_the_site_of_another_build_is_no_site_of_the_last(base, tmp_path):
    """Put back from a copy, with its manifest: what the last build wrote is written again."""
    base.build()
    shutil.copytree(base.site, tmp_path / "copy")
    base.write({"orders/n.md": "# N\n", "orders/late.md": "# Late\n"})
    base.build()
    new = base.files()
    shutil.rmtree(base.site)
    shutil.copytree(tmp_path / "copy", base.site)
    base.build()
    assert base.files() == new


def test_a_cache_that_is_a_link_is_refused(base):
    """What lies behind it is not kb's to clean."""
    base.build()
    folder = Cache(base.config().index, base.site).folder
    folder.rename(base.folder / "away")
    folder.symlink_to(base.folder / "away")
    assert "symbolic link" in refusal(base, base.site)


def test_a_lock_that_is_a_link_is_refused(base):
    """Who locks a file may empty it first."""
    base.build()
    precious = base.folder / "precious.txt"
    precious.write_text("mine")
    lock = Cache(base.config().index, base.site).folder / "lock"
    lock.unlink(missing_ok=True)
    lock.symlink_to(precious)
    assert "symbolic link" in refusal(base, base.site)
    assert precious.read_text() == "mine"


def refusal(base, out):
    """Build into a folder that is refused, and give the message."""
    with pytest.raises(SiteError) as caught:
        build_site(base.config(), out=out)
    assert caught.value.code == "site-output"
    return caught.value.message


def test_dangerous_folders_are_refused(base, monkeypatch):
    """The root, the home folder, content/, what holds it and what lies in it: none is touched."""
    monkeypatch.setenv("HOME", str(base.folder / "home"))
    (base.folder / "home").mkdir()
    for out in (Path("/"), base.folder / "home", base.content, base.folder, base.content / "site"):
        refusal(base, out)


def test_foreign_folders_are_refused(base):
    """A folder with files but without kb's manifest, a file and a link are left alone."""
    foreign = base.folder / "foreign"
    foreign.mkdir()
    (foreign / "thesis.txt").write_text("x")
    assert "did not write" in refusal(base, foreign)
    assert "is a file" in refusal(base, foreign / "thesis.txt")
    (base.folder / "link").symlink_to(foreign)
    assert "symbolic link" in refusal(base, base.folder / "link")
    assert [p.name for p in foreign.iterdir()] == ["thesis.txt"]


def test_an_empty_folder_is_filled(base):
    """An empty folder is as good as none."""
    base.site.mkdir()
    base.build()
    assert (base.site / "index.html").exists()


@pytest.mark.parametrize(
    "manifest",
    [b"", b"[]", b'{"format": 2, "files": {}}', b'{"format": 1, "files": {"../x": "0"}}'],
)
def test_damaged_manifest_is_refused(base, manifest):
    """A manifest that is none, or names files outside, stops the build."""
    base.build()
    (base.site / ".kb-site.json").write_bytes(manifest)
    base.write({"orders/n.md": "# N\n"})
    assert "manifest" in refusal(base, base.site)


def test_foreign_file_in_the_way_is_refused(base):
    """Where somebody's own file stands at a new page's place, the build stops and names it."""
    base.build()
    (base.site / "orders/new.html").write_text("mine")
    base.write({"orders/new.md": "# N\n"})
    assert "orders/new.html" in refusal(base, base.site)
    assert (base.site / "orders/new.html").read_text() == "mine"


def test_links_in_the_output_are_not_followed(base):
    """A folder of the site that was replaced by a link out of it is never written through."""
    base.build()
    away = base.folder / "away"
    (base.site / "orders").rename(away)
    (base.site / "orders").symlink_to(away)
    before = {p.name: p.read_bytes() for p in away.iterdir()}
    refusal(base, base.site)
    assert {p.name: p.read_bytes() for p in away.iterdir()} == before


def test_no_file_of_the_live_site_is_written_to(base):
    """Who reads a page while it is rebuilt keeps the old one whole."""
    base.build()
    base.write({"orders/n.md": "# N\n"})
    base.build()
    with (base.site / "orders/late.html").open("rb") as reader:
        for text in ("one", "two", "three"):
            path = base.content / "orders/late.md"
            path.write_text(f"# Late\n\n{text}\n")
            base.build()
        assert b"Your parcel is late" in reader.read()


@pytest.mark.parametrize("exchange", [True, False])
def test_a_failed_build_leaves_the_old_site(base, monkeypatch, exchange):
    """A full disk at any write: one error, the old site whole, the next build works."""
    if not exchange:
        monkeypatch.setattr(output, "_exchange", lambda *_: False)
    base.build()
    before = base.files()
    base.write({f"orders/n{n}.md": f"# N{n}\n" for n in range(3)})
    for fails_at in range(0, 12, 2):
        calls = iter(range(1000))

        def write(path, data, fails_at=fails_at, calls=calls):
            if next(calls) == fails_at:
                raise OSError(28, "No space left on device")
            write_file(path, data)

        with monkeypatch.context() as patch:
            patch.setattr("kb.site.output.write_file", write)
            with pytest.raises(SiteError, match="No space left"):
                base.build()
        assert base.files() == before
    base.build()
    assert (base.site / "orders/n2.html").exists()


def test_without_exchange_and_spare_it_works_too(base, monkeypatch):
    """Systems that can't exchange folders, and an index on another disk: the same site."""
    monkeypatch.setattr(output, "_exchange", lambda *_: False)
    monkeypatch.setattr(Cache, "spare", lambda *_: None)
    base.build()
    base.write({"orders/n.md": "# N\n"})
    base.build()
    assert (base.site / "orders/n.html").exists()
    assert sorted(p.name for p in base.folder.iterdir()) == ["content", "index", "kb.toml", "site"]


def test_without_hard_links_files_are_copied(base, monkeypatch):
    """A file system without links gets copies."""
    base.build()

    def refuse(*_, **__):
        raise OSError(1, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    base.write({"orders/n.md": "# N\n"})
    base.build()
    assert "orders/late.html" in base.files()


def test_crash_between_two_renames_is_mended(base):
    """Where the folder was parked when the power went, the next build brings it back."""
    base.build()
    parked = base.folder / ".site.kb-old"
    base.site.rename(parked)
    base.build()
    assert base.build().written == ()
    base.build(out=parked.with_name("other"))
    parked.with_name("other").rename(parked)
    base.build()
    assert not parked.exists()


def test_leftovers_of_a_killed_build_beside_the_site_go(base, monkeypatch):
    """Without a place in the index folder the new site is made beside; what is left is removed."""
    monkeypatch.setattr(Cache, "spare", lambda *_: None)
    left = base.folder / ".site.kb-new"
    left.mkdir()
    base.build()
    assert not left.exists()
    left.mkdir()
    (left / "mine.txt").write_text("x")
    base.write({"orders/n.md": "# N\n"})
    assert "in the way" in refusal(base, base.site)


def test_a_second_build_waits_then_gives_up(base, monkeypatch):
    """Two builds of one site at a time: the second says who is in its way."""
    base.build()
    cache = Cache(base.config().index, base.site)
    with closing(cache.store):
        with cache.held(), pytest.raises(SiteError, match="another build"), cache.held(wait=0.05):
            pass
        with cache.held(wait=0.05):  # nobody has it any more
            pass


def test_a_build_without_a_change_waits_for_nobody(base):
    """It only looks."""
    base.build()
    cache = Cache(base.config().index, base.site)
    with closing(cache.store), cache.held():
        assert base.build().written == ()


def test_unwritable_index_folder_is_no_hindrance(base):
    """Where the cache can't be written the site is built all the same."""
    (base.folder / "index").write_text("in the way")
    base.build()
    base.build()
    assert (base.site / "index.html").exists()


def test_the_manifest_names_every_file_with_its_sha256(base, tmp_path):
    """In order of path; the same articles give the same manifest, wherever they are built."""
    base.build()
    said = json.loads((base.site / ".kb-site.json").read_text("utf-8"))["files"]
    assert said == {path: hashlib.sha256(data).hexdigest() for path, data in base.outside().items()}
    assert list(said) == sorted(said)
    base.build(out=tmp_path / "other")
    same = (base.site / ".kb-site.json").read_bytes()
    assert (tmp_path / "other/.kb-site.json").read_bytes() == same


def test_a_site_is_held_against_its_manifest(base):
    """What is gone, has changed or was put there is told, in order of path."""
    base.build()
    count = len(base.outside())
    assert output.check_output(base.site) == (count, [])
    (base.site / "index.html").write_text("other")
    (base.site / "orders/late.html").unlink()
    (base.site / "CNAME").write_text("help.example.com")
    assert output.check_output(base.site) == (
        count,
        [
            ("CNAME", "is not of this build"),
            ("index.html", "has changed since the build"),
            ("orders/late.html", "is missing"),
        ],
    )
    with pytest.raises(SiteError, match="no site of kb stands here"):
        output.check_output(base.content)


def test_an_archive_holds_what_kb_wrote(base, tmp_path):
    """Below the folder's name, byte for byte the same for the same site, replaced whole."""
    base.build()
    (base.site / "CNAME").write_text("help.example.com")
    archive = tmp_path / "site.zip"
    archive.write_bytes(b"old")
    output.pack(base.site, archive)
    first = archive.read_bytes()
    with zipfile.ZipFile(archive) as packed:
        held = {name: packed.read(name) for name in packed.namelist()}
    own = {f"site/{path}": data for path, data in base.outside().items() if path != "CNAME"}
    assert held == own
    output.pack(base.site, archive)
    assert archive.read_bytes() == first
    with pytest.raises(SiteError, match="the archive can't be written"):
        output.pack(base.site, tmp_path / "no/site.zip")


def test_an_offline_site_is_marked_and_holds_nothing_for_hosts(base, tmp_path):
    """No address of its own, no feed, no sitemap; it says on every page what it is."""
    out = tmp_path / "offline"
    base.build(out=out, offline=True)
    held = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    for name in ("sitemap.xml", "robots.txt", "_headers", "_redirects", "404.html", "feed.xml",
                 "llms.txt", "llms-full.txt", "opensearch.xml"):  # fmt: skip
        assert name not in held
    for path in out.rglob("*.html"):
        html = path.read_text("utf-8")
        assert "https://help.example.com" not in html, path
        if 'http-equiv="refresh"' not in html:
            assert " data-offline>" in html, path
            assert "Offline copy: links that lead outside need a connection." in html, path
            assert "ld+json" not in html, path
    assert base.build(out=out, offline=True).written == ()
    assert base.build(out=out).written != ()
