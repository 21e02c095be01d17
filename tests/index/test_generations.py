"""Facts about the index folder: the old generation answers until the new one is whole."""

import errno
import hashlib
import itertools
import json
import os
import shutil
from pathlib import Path

import pytest
from support.faults import count_operations, killed_after

from kb import files
from kb.errors import IndexBusyError, IndexingError
from kb.files import digest_file
from kb.index import generations
from kb.index.generations import DamagedIndexError, IndexFolder

FILES = {"postings.bin": b"postings" * 100, "terms.bin": b"terms", "empty.bin": b""}


def seal(data):
    """Put data under its checksum."""
    return hashlib.sha256(data).hexdigest().encode() + b"\n" + data


@pytest.fixture(autouse=True)
def synced(monkeypatch):
    """The inodes of what was synced, in place of syncing: that would take most of the time."""
    inodes = []
    monkeypatch.setattr(os, "fsync", lambda file: inodes.append(os.fstat(file).st_ino))
    return inodes


@pytest.fixture
def folder(tmp_path):
    """An index folder that is not there yet."""
    return IndexFolder(tmp_path / "index")


def write(folder, number=1, old=None, files=FILES):
    """Write a generation that says which one it is."""
    with folder.writing(), folder.new_generation(old) as new:
        for name, data in files.items():
            (new.folder / name).unlink(missing_ok=True)
            (new.folder / name).write_bytes(data + str(number).encode())
        return new.finish({"number": number})


def number(folder):
    """Tell which generation is current, having looked at all of its files."""
    generation = folder.current()
    if generation is None:
        return None
    found = generation.manifest["number"]
    for name, data in FILES.items():
        assert (generation.folder / name).read_bytes() == data + str(found).encode()
    return found


def names(folder):
    """List what is in the folder, without the lock."""
    return sorted({path.name for path in folder.folder.iterdir()} - {"lock"})


def test_looking_touches_nothing(folder):
    """Where there is no folder there is no index, and none is made."""
    assert folder.current() is None
    assert not folder.folder.exists()


def test_another_generation_is_noticed(folder):
    """Also the first one, and a pointer that can't be read."""
    assert not folder.changed_since(None)
    first = write(folder, 1)
    assert folder.changed_since(None)
    assert not folder.changed_since(first)
    write(folder, 2, first)
    assert folder.changed_since(first)
    (folder.folder / "current.json").write_text("{")
    assert folder.changed_since(first)


def test_a_written_generation_is_current(folder):
    """With its manifest and its files."""
    generation = write(folder)
    assert number(folder) == 1
    assert folder.current() == generation
    assert names(folder) == ["current.json", "g00000001"]


def test_all_is_on_disk_before_a_generation_becomes_current(folder, synced, monkeypatch):
    """Its files, its manifest, its folder and its name, then the pointer, then that one's name."""
    replace, before = Path.replace, []

    def note(path, target):
        before[:] = synced
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", note)
    generation = write(folder)
    inside = [path.stat().st_ino for path in (generation.folder, *generation.folder.iterdir())]
    index = folder.folder.stat().st_ino
    assert {*inside, index, pointer(folder).stat().st_ino} <= set(before)
    assert synced[len(before) :] == [index]


def test_a_generation_replaces_the_one_before(folder):
    """That one stays for those who still read it, until the next one comes."""
    for version in (1, 2, 3, 4):
        write(folder, version)
        assert number(folder) == version
    assert names(folder) == ["current.json", "g00000003", "g00000004"]


def test_an_update_starts_with_the_old_files(folder):
    """And leaves the old generation as it was."""
    old = write(folder, 1)
    with folder.writing(), folder.new_generation(old) as new:
        assert {path.name for path in new.folder.iterdir()} == set(FILES)
        assert (new.folder / "terms.bin").read_bytes() == b"terms1"
        new.finish({"number": 1})
    assert folder.current().folder.name == "g00000002"
    assert number(folder) == 1


def test_files_are_copied_where_they_can_not_be_linked(folder, monkeypatch):
    """Some file systems know no hard links."""
    old = write(folder, 1)

    def refuse(*_):
        raise OSError(errno.EPERM, "not permitted")

    monkeypatch.setattr(os, "link", refuse)
    with folder.writing(), folder.new_generation(old) as new:
        assert (new.folder / "terms.bin").read_bytes() == b"terms1"


def test_a_generation_that_is_not_finished_is_removed(folder):
    """The old one stays current."""
    write(folder, 1)
    with folder.writing(), folder.new_generation() as new:
        (new.folder / "half").write_bytes(b"half")
    assert names(folder) == ["current.json", "g00000001"]
    assert number(folder) == 1


def test_a_failure_leaves_no_trace(folder):
    """Whatever goes wrong while a generation is filled."""
    write(folder, 1)
    with pytest.raises(ZeroDivisionError), folder.writing(), folder.new_generation():
        raise ZeroDivisionError
    assert names(folder) == ["current.json", "g00000001"]


def test_a_full_disk_is_one_clear_error(folder):
    """With what to do about it."""
    write(folder, 1)
    with (
        pytest.raises(IndexingError, match=r"No space left on device.*free some space"),
        folder.writing(),
        folder.new_generation(),
    ):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert number(folder) == 1


def test_an_index_folder_that_is_a_file(tmp_path):
    """Neither reading nor writing ends in a traceback."""
    path = tmp_path / "index"
    path.write_text("not a folder")
    with pytest.raises(IndexingError, match="can't read the index"):
        IndexFolder(path).current()
    with pytest.raises(IndexingError, match="can't write the index"), IndexFolder(path).writing():
        pass


def test_a_folder_that_can_not_be_written(folder, monkeypatch):
    """The error names the folder."""

    def refuse(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(IndexingError, match="index: can't write the index: Permission denied"):
        write(folder)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root writes anywhere")
def test_a_read_only_index_is_read(folder):
    """Searching needs no right to write."""
    write(folder, 1)
    folder.folder.chmod(0o500)
    try:
        assert number(folder) == 1
        with pytest.raises(IndexingError, match="can't write"):
            write(folder, 2)
    finally:
        folder.folder.chmod(0o700)


def test_leftovers_are_removed(folder):
    """What a killed process left behind goes with the next writer."""
    write(folder, 1)
    for name in ("g00000002", "g00000007"):
        (folder.folder / name).mkdir()
        (folder.folder / name / "half").write_bytes(b"half")
    left = ["current.json.12.new", "checked.json.12.new", "lock.json.12.new"]
    for name in left:
        (folder.folder / name).write_bytes(b"half")
    write(folder, 2)
    assert number(folder) == 2
    assert names(folder) == ["current.json", "g00000001", "g00000002"]


def test_what_is_not_ours_stays(folder):
    """Files of somebody else in the folder are left alone."""
    folder.folder.mkdir()
    (folder.folder / "guide.md").write_text("mine")
    (folder.folder / "g1").mkdir()
    assert folder.current() is None
    write(folder, 1)
    write(folder, 2)
    assert {"guide.md", "g1"} <= set(names(folder))


def pointer(folder):
    """The file that names the current generation."""
    return folder.folder / "current.json"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\xff",
        b"null",
        b"[]",
        b"{}",
        b'{"generation": "g00000001"}',
        b'{"generation": 1, "manifest": "x"}',
        b'{"generation": "g00000001", "manifest": null}',
        b'{"generation": "../../secret", "manifest": "x"}',
        b'{"generation": "g0000000\xc2\xb2", "manifest": "x"}',
        b'{"generation": "g00000009", "manifest": "x"}',
        b'{"generation": "g00000001", "manifest": "x"}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_pointer(folder, data):
    """It is damage with a reason; the next writer repairs it."""
    write(folder, 1)
    pointer(folder).write_bytes(data)
    with pytest.raises(DamagedIndexError, match=r"current\.json|manifest"):
        folder.current()
    write(folder, 2)
    assert number(folder) == 2


def test_a_missing_pointer(folder):
    """Generations without a pointer are damage, not a missing index."""
    write(folder, 1)
    pointer(folder).unlink()
    with pytest.raises(DamagedIndexError, match=r"current\.json is missing"):
        folder.current()
    write(folder, 2)
    assert number(folder) == 2


@pytest.mark.parametrize("name", [*FILES, "manifest.json"])
@pytest.mark.parametrize("harm", ["remove", "cut", "extend", "flip", "empty", "replace"])
def test_a_damaged_file(folder, name, harm):
    """Every file of a generation is watched."""
    generation = write(folder, 1)
    path = generation.folder / name
    data = path.read_bytes()
    path.unlink()
    if harm != "remove":
        harmed = {
            "cut": data[:-1],
            "extend": data + b"x",
            "flip": bytes([data[0] ^ 1]) + data[1:],
            "empty": b"",
            "replace": bytes(len(data)),
        }
        path.write_bytes(harmed[harm])
        os.utime(path, ns=(1, 1))
    with pytest.raises(DamagedIndexError, match=f"g00000001/{name}"):
        folder.current()


def test_swapped_files(folder):
    """Two files that changed places are damage."""
    generation = write(folder, 1)
    one, other = generation.folder / "terms.bin", generation.folder / "empty.bin"
    one.rename(generation.folder / "x")
    other.rename(one)
    (generation.folder / "x").rename(other)
    with pytest.raises(DamagedIndexError):
        folder.current()


def test_damage_that_keeps_size_and_time(folder):
    """A disk that loses a bit leaves no trace but the checksum: a thorough look finds it."""
    generation = write(folder, 1)
    path = generation.folder / "postings.bin"
    state, data = path.stat(), bytearray(path.read_bytes())
    data[100] ^= 4
    path.write_bytes(data)
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    for thorough in (True, False):
        with pytest.raises(DamagedIndexError, match=r"postings\.bin does not fit its checksum"):
            folder.current(thorough=thorough)


def test_whole_files_are_not_read_again(folder, monkeypatch):
    """Once they have been what they are for a while; a thorough look reads them all the same."""
    write(folder, 1)
    read = []
    monkeypatch.setattr(
        generations, "digest_file", lambda path: read.append(path) or digest_file(path)
    )
    folder.current()
    folder.current()
    assert len(read) == 2 * len(FILES)
    monkeypatch.setattr(files, "RACY_NS", -1)
    folder.current()
    read.clear()
    folder.current()
    assert read == []
    folder.current(thorough=True)
    assert len(read) == len(FILES)


def test_files_that_a_generation_shares_are_not_read_again(folder, monkeypatch):
    """A link changes a file's time of change, and so does that one is removed with an older
    generation: those found whole before are so still, but not one that is changed behind that.
    """
    old = write(folder, 1)
    monkeypatch.setattr(files, "RACY_NS", -1)
    folder.current()
    read = []
    monkeypatch.setattr(
        generations, "digest_file", lambda path: read.append(path.name) or digest_file(path)
    )
    with folder.writing(), folder.new_generation(old) as new:
        (new.folder / "more.bin").write_bytes(b"more")
        new.finish({"number": 2})
    assert read == ["more.bin"]
    current = folder.current()
    assert read == ["more.bin", "more.bin"]
    with folder.writing(), folder.new_generation(current) as new:
        new.finish({"number": 3})
    assert not old.folder.exists()
    current = folder.current()
    assert read == ["more.bin", "more.bin"]
    path = current.folder / "postings.bin"
    state, data = path.stat(), bytearray(path.read_bytes())
    data[100] ^= 4
    path.write_bytes(data)
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    with pytest.raises(DamagedIndexError, match=r"postings\.bin does not fit its checksum"):
        folder.current()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x",
        b"[]",
        seal(b"[1]"),
        seal(b'{"files": 1}'),
        seal(b'{"files": [[1]]}'),
        seal(b"\xff"),
    ],
)
def test_a_memory_of_checks_that_is_none(folder, data):
    """It is as good as forgotten."""
    write(folder, 1)
    (folder.folder / "checked.json").write_bytes(data)
    assert number(folder) == 1


def test_a_file_that_the_manifest_does_not_name(folder):
    """Nobody knows what it does there."""
    generation = write(folder, 1)
    (generation.folder / ".nfs0001").write_bytes(b"x")
    assert number(folder) == 1
    (generation.folder / "_kb_9.toc").write_bytes(b"x")
    with pytest.raises(DamagedIndexError, match=r"g00000001/_kb_9\.toc is not the index's"):
        folder.current()


@pytest.mark.parametrize("kind", ["link", "folder"])
def test_a_file_that_is_none(folder, tmp_path, kind):
    """A writer might write through a link."""
    generation = write(folder, 1)
    path = generation.folder / "terms.bin"
    path.rename(tmp_path / "terms.bin")
    path.symlink_to(tmp_path / "terms.bin") if kind == "link" else path.mkdir()
    with pytest.raises(DamagedIndexError, match=r"terms\.bin is not a file"):
        folder.current()


@pytest.mark.parametrize(
    "manifest",
    [
        b"[]",
        b"{}",
        b'{"files": []}',
        b'{"files": {"../x": {"size": 0, "mtime_ns": 0, "sha256": ""}}}',
        b'{"files": {"a": {}}}',
        b'{"files": {"a": 1}}',
        b"[" * 100_000,
    ],
)
def test_a_manifest_that_is_none_of_kb(folder, manifest):
    """Whoever made it fit its checksum."""
    generation = write(folder, 1)
    (generation.folder / "manifest.json").write_bytes(manifest)
    folder.point_at("g00000001", hashlib.sha256(manifest).hexdigest())
    with pytest.raises(DamagedIndexError, match="manifest"):
        folder.current()


@pytest.mark.parametrize(
    "name", ["current.json", "lock", "lock.json", "kept.sqlite3", "checked.json"]
)
@pytest.mark.parametrize("kind", ["file", "link"])
def test_files_of_somebody_else_are_not_written_over(folder, tmp_path, name, kind):
    """Nor written through, where they are links."""
    folder.folder.mkdir()
    path = folder.folder / name
    if kind == "link":
        (tmp_path / "away").write_bytes(b"mine")
        path.symlink_to(tmp_path / "away")
    else:
        path.write_bytes(b"mine")
    with pytest.raises(IndexingError, match=f"index/{name}: this is in the way"):
        write(folder)
    assert path.read_bytes() == b"mine"
    assert names(folder) == sorted({name} - {"lock"})


def test_a_lock_that_is_a_link(folder, tmp_path):
    """Nothing is written through it, in an index that has generations either."""
    write(folder, 1)
    (tmp_path / "precious").write_text("mine")
    (folder.folder / "lock").unlink(missing_ok=True)
    (folder.folder / "lock").symlink_to(tmp_path / "precious")
    with pytest.raises(IndexingError, match="index/lock: this is in the way"):
        write(folder, 2)
    assert (tmp_path / "precious").read_text() == "mine"
    assert number(folder) == 1


def test_a_generation_that_is_a_link(folder, tmp_path):
    """It leads to files that are not the index's."""
    generation = write(folder, 1)
    generation.folder.rename(tmp_path / "elsewhere")
    generation.folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DamagedIndexError, match="g00000001 is a link"):
        folder.current()
    write(folder, 2)
    assert number(folder) == 2
    assert len(list((tmp_path / "elsewhere").iterdir())) == len(FILES) + 1


def test_files_that_are_written_aside_follow_no_links(folder, tmp_path, monkeypatch):
    """Even if somebody could guess their names."""
    monkeypatch.setattr(os, "urandom", bytes)
    (tmp_path / "precious").write_text("mine")
    write(folder, 1)
    for name in ("current.json", "lock.json", "checked.json"):
        link = folder.folder / f"{name}.{bytes(8).hex()}.new"
        link.symlink_to(tmp_path / "precious")
    write(folder, 2)
    assert (tmp_path / "precious").read_text() == "mine"
    assert number(folder) == 2


def test_names_of_an_index_without_its_generations(folder):
    """Who removed those by hand finds a new index."""
    write(folder, 1)
    shutil.rmtree(folder.folder / "g00000001")
    (folder.folder / "lock").unlink(missing_ok=True)
    write(folder, 2)
    assert number(folder) == 2


@pytest.mark.parametrize("code", [errno.EMFILE, errno.EACCES])
def test_a_file_that_can_not_be_read_is_not_damaged(folder, monkeypatch, code):
    """Nothing is known of it."""
    write(folder, 1)

    def refuse(*_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(generations, "digest_file", refuse)
    with pytest.raises(IndexingError, match=f"can't read the index: {os.strerror(code)}"):
        folder.current()


def test_a_disk_that_can_not_read(folder, monkeypatch):
    """That is damage."""
    write(folder, 1)

    def refuse(*_):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(generations, "digest_file", refuse)
    with pytest.raises(DamagedIndexError, match="can't be read: Input/output error"):
        folder.current()


def test_tidying_removes_what_killed_processes_left(folder):
    """Unless another process writes; then it is that one's."""
    write(folder, 1)
    left = [folder.folder / "g00000002", folder.folder / "checked.json.1.new"]
    left[0].mkdir()
    left[1].touch()
    (folder.folder / "lock.json").write_text("{}")
    other = IndexFolder(folder.folder)
    with folder.writing():
        other.tidy()
        assert all(path.exists() for path in left)
    other.tidy()
    assert names(folder) == ["current.json", "g00000001"]


def test_a_copied_index_is_whole(folder, tmp_path):
    """Other times of change don't matter where the bytes are the same."""
    write(folder, 1)
    copy = tmp_path / "copy"
    shutil.copytree(folder.folder, copy, copy_function=shutil.copyfile)
    for path in copy.rglob("*.bin"):
        os.utime(path, ns=(10**18, 10**18))
    assert number(IndexFolder(copy)) == 1
    assert IndexFolder(copy).current(thorough=True).manifest["number"] == 1


def test_a_generation_that_is_replaced_while_it_is_read(folder, monkeypatch):
    """Who read the pointer just before a writer moved it reads it again."""
    write(folder, 1)
    stale = {"generation": "g00000000", "manifest": "gone"}
    read = folder._read_pointer
    pointers = itertools.chain([stale], iter(read, None))
    monkeypatch.setattr(folder, "_read_pointer", lambda: next(pointers))
    assert number(folder) == 1


def test_a_second_writer_is_told_who_writes(folder):
    """After a stated time, with the process and what to do."""
    with folder.writing():
        message = rf"process {os.getpid()} on .* over 0 seconds.*try again"
        other = IndexFolder(folder.folder)
        with pytest.raises(IndexBusyError, match=message), other.writing(wait=0):
            pass
    with other.writing(wait=0):
        assert (folder.folder / "lock.json").exists()
    assert not (folder.folder / "lock.json").exists()


@pytest.mark.parametrize("data", [None, b"", b"\xff", b"[]", b"{}", b'{"pid": 1}'])
def test_a_writer_that_did_not_say_who_it_is(folder, data):
    """It is another process, then."""
    with folder.writing():
        holder = folder.folder / "lock.json"
        holder.unlink() if data is None else holder.write_bytes(data)
        other = IndexFolder(folder.folder)
        with pytest.raises(IndexBusyError, match="another process has"), other.writing(wait=0):
            pass


def test_a_build_may_die_at_any_file_operation(folder):
    """Afterwards the old generation answers, or the new one, whole; the next writer succeeds."""
    write(folder, 1)
    total = count_operations(lambda: write(folder, 2), folder.folder)
    assert total > 10
    seen = set()
    for operations in range(total + 1):
        shutil.rmtree(folder.folder)
        write(folder, 1)
        write(folder, 2)
        with killed_after(operations, folder.folder):
            write(folder, 3)
        seen.add(number(folder))
        write(folder, 4)
        assert number(folder) == 4
        assert names(folder)[0] == "current.json"
        assert len(names(folder)) == 3
    assert seen == {2, 3}


def test_an_update_may_die_at_any_file_operation(folder):
    """Also when it shares the files of the old generation."""
    old = write(folder, 1)
    total = count_operations(lambda: write(folder, 2, old), folder.folder)
    for operations in range(total + 1):
        shutil.rmtree(folder.folder)
        old = write(folder, 1)
        with killed_after(operations, folder.folder):
            write(folder, 2, old)
        assert number(folder) in {1, 2}


def test_the_manifest_says_what_the_files_are(folder):
    """Names, sizes and checksums, beside what the caller gave."""
    manifest = json.loads((write(folder, 1).folder / "manifest.json").read_bytes())
    assert manifest["number"] == 1
    assert set(manifest["files"]) == set(FILES)
    assert manifest["files"]["empty.bin"]["size"] == 1


def test_folders_are_not_synced_where_they_can_not_be(folder, monkeypatch):
    """Windows opens no folder; everything else works as elsewhere."""
    monkeypatch.setattr(files, "_CAN_SYNC_FOLDERS", False)
    write(folder, 1)
    assert number(folder) == 1
