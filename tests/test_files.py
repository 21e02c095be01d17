"""Files are written whole."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kb.errors import ContentError
from kb.files import (
    open_regular,
    open_within,
    read_sealed,
    replace_file,
    write_file,
    write_sealed,
)


def test_a_file_is_written_in_as_many_goes_as_it_takes(tmp_path, monkeypatch):
    """A system may write less than it was given, and fail at the next try."""
    write = os.write
    monkeypatch.setattr(os, "write", lambda to, data: write(to, data[:3]))
    path = tmp_path / "file"
    for data in (b"0123456789", b"", b"short"):  # the last is written over what is there
        write_file(path, data)
        assert path.read_bytes() == data


def test_a_full_disk_is_an_error(tmp_path, monkeypatch):
    """And the file is closed."""
    closed = []
    close = os.close
    monkeypatch.setattr(
        os, "close", lambda descriptor: (closed.append(descriptor), close(descriptor))
    )

    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", refuse)
    with pytest.raises(OSError, match="No space"):
        write_file(tmp_path / "file", b"data")
    assert len(closed) == 1


def test_a_sealed_file_is_read_whole_or_not_at_all(tmp_path):
    """Whatever pieces it was written in."""
    path = tmp_path / "file"
    write_sealed(path, [b"one ", b"two\n", b"three"])
    assert read_sealed(path) == b"one two\nthree"
    whole = path.read_bytes()
    for cut in (0, 10, len(whole) - 1):
        path.write_bytes(whole[:cut])
        assert read_sealed(path) is None
    assert read_sealed(tmp_path / "none") is None


def put_in(tmp_path, path="folder/within/file.md", text="inside"):
    """Write a file under a folder, and one outside of it; give the folder."""
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_text(text)
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "file.md").write_text("outside")
    return tmp_path / "folder"


def read(descriptor):
    """Read what is open, to the end."""
    with os.fdopen(descriptor) as file:
        return file.read()


def test_a_file_within_a_folder_is_opened_through_links_that_stay_in_it(tmp_path):
    """By whatever way they lead."""
    folder = put_in(tmp_path)
    (folder / "link.md").symlink_to("within/file.md")
    (folder / "far.md").symlink_to(folder / "within" / "file.md")
    (folder / "side").symlink_to("within", target_is_directory=True)
    (tmp_path / "other").symlink_to("folder", target_is_directory=True)
    for path in ("within/file.md", "link.md", "far.md", "side/file.md", "within/../link.md"):
        assert read(open_within(folder, path)) == "inside"
        assert read(open_within(tmp_path / "other", path)) == "inside"


@pytest.mark.parametrize("path", ["link.md", "side/file.md", "../secret/file.md", "within/../.."])
def test_a_way_out_of_a_folder_is_refused(tmp_path, path):
    """As a link, as a folder that is one, or by its name."""
    folder = put_in(tmp_path)
    (folder / "link.md").symlink_to("../secret/file.md")
    (folder / "side").symlink_to("../secret", target_is_directory=True)
    with pytest.raises(ContentError, match="leads outside"):
        open_within(folder, path)


@pytest.mark.parametrize("victim", ["within/file.md", "within"])
def test_a_link_that_comes_after_the_look_is_not_followed(tmp_path, monkeypatch, victim):
    """Between finding where a link leads and opening that, its target becomes a way out."""
    folder = put_in(tmp_path)
    (folder / "link.md").symlink_to("within/file.md")
    realpath = os.path.realpath

    def exchange(path, **options):
        found = realpath(path, **options)
        if str(path).endswith("link.md"):
            (folder / victim).rename(tmp_path / "gone")
            (folder / victim).symlink_to(tmp_path / "secret" / victim.removeprefix("within/"))
        return found

    (tmp_path / "secret" / "within").mkdir()
    (tmp_path / "secret" / "within" / "file.md").write_text("outside")
    monkeypatch.setattr(os.path, "realpath", exchange)
    with pytest.raises((OSError, ContentError)):
        open_within(folder, "link.md")


def test_what_is_no_regular_file_is_refused_without_waiting(tmp_path):
    """A pipe that nobody writes to, a device, a folder; and nothing stays open."""
    folder = put_in(tmp_path)
    os.mkfifo(folder / "pipe.md")
    before = len([*Path("/dev/fd").iterdir()])
    for path in ("pipe.md", "within"):
        with pytest.raises(ContentError, match="not a regular file"):
            open_within(folder, path)
        with pytest.raises(ContentError, match="not a regular file"):
            open_regular(folder / path)
    with pytest.raises(ContentError, match="not a regular file"):
        open_regular("/dev/null")
    with pytest.raises(FileNotFoundError):
        open_within(folder, "within/nothing.md")
    with pytest.raises(NotADirectoryError):
        open_within(folder, "within/file.md/more.md")
    assert len([*Path("/dev/fd").iterdir()]) == before


def test_threads_may_replace_a_file_at_once(tmp_path):
    """Each of them whole; nothing is left beside it."""
    path = tmp_path / "a"

    def work(number):
        for _ in range(50):
            replace_file(path, [bytes([number]) * 9, bytes([number]) * 99_000])
            data = path.read_bytes()
            assert len(data) == 99_009
            assert len(set(data)) == 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert [file.name for file in tmp_path.iterdir()] == ["a"]
