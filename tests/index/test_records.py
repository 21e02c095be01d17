"""What is stored with documents comes back as it was, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh.filedb.filestore import RamStorage

from kb.index.generations import DamagedIndexError
from kb.index.whoosh.segment import RecordColumn

records = st.lists(st.none() | st.text() | st.text(st.characters(categories=["Cs"]), max_size=2))


def written(texts):
    """A column of these records, and their number; None stores nothing."""
    storage = RamStorage()
    with storage.create_file("column") as file:
        writer = RecordColumn().writer(file)
        for number, text in enumerate(texts):
            if text is not None:
                writer.add(number, {"record": text})
        writer.finish(len(texts))
    return storage.open_file("column")


@given(records)
def test_records_come_back(texts):
    """Empty ones, half characters, and none at all."""
    file = written(texts)
    reader = RecordColumn().reader(file, 0, size_of(file), len(texts))
    found = [reader[number] for number in range(len(texts))]
    assert found == [{} if text is None else {"record": text} for text in texts]


@given(st.text(min_size=1), st.data())
def test_damage_is_noticed(text, data):
    """Wherever in a record it is."""
    whole = content(written([text]))
    end = len(text.encode("utf-8", "surrogatepass")) + 4
    at = data.draw(st.integers(0, end - 1))
    bit = 1 << data.draw(st.integers(0, 7))
    damaged = whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :]
    storage = RamStorage()
    with storage.create_file("column") as file:
        file.write(damaged)
    file = storage.open_file("column")
    reader = RecordColumn().reader(file, 0, len(damaged), 1)
    with pytest.raises(DamagedIndexError, match="does not fit its checksum"):
        reader[0]


def size_of(file):
    """Bytes in a file."""
    return len(content(file))


def content(file):
    """What is in a file."""
    file.seek(0)
    return file.read()
