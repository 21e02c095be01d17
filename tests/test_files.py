"""Files are written whole."""

import os

import pytest

from kb.files import read_sealed, write_file, write_sealed


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
