"""Line 9 of the reliability demands: an index that was made to run something.

Every place where Whoosh keeps a pickle, and every one where kb keeps something else instead, is
filled with one that calls, its checksums are made to fit, and a real process searches and updates.
Nothing is called, nor even named; the answer is right all the same.
"""

import hashlib
import importlib
import json
import os
import pickle
import shutil
import struct
import subprocess
import sys

import pytest
from support.states import States
from whoosh import columns
from whoosh.codec.whoosh3 import W3Segment
from whoosh.filedb.compound import CompoundStorage
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from kb.index.whoosh.segment import NAME, RecordColumn
from kb.index.whoosh.writer import SCHEMA

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the nursery asks /proc")


class Call:
    """Calls something when it is unpickled."""

    def __init__(self, call, *arguments):
        self.call, self.arguments = call, arguments

    def __reduce__(self):
        return self.call, self.arguments


PAYLOADS = {
    "os.system": Call(os.system, "touch stolen"),
    "subprocess": Call(subprocess.getoutput, "touch stolen"),
    "open": Call(open, "stolen", "w"),
    "eval": Call(eval, "open('stolen', 'w')"),
    "__import__": Call(__import__, "stealing"),
    "import_module": Call(importlib.import_module, "stealing"),
    "rmtree": Call(shutil.rmtree, "precious"),
}


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A small knowledge base, some of whose articles go, so that an update merges all."""
    made = States(tmp_path_factory.mktemp("enemy"), articles=5)
    (made.folder / "stealing.py").write_text("open('stolen', 'w')")
    (made.folder / "precious").mkdir()
    return made


def only(index, pattern):
    """The one file of the generation with this name."""
    (found,) = index.glob(f"g*/{pattern}")
    return found


def segment_of(index):
    """The one segment, as Whoosh knows it, and the storage that it lies in."""
    path = only(index, "contents.json")
    [[segid, count, _]] = json.loads(path.read_bytes())["segments"]
    return W3Segment(None, NAME, count, segid), FileStorage(str(path.parent))


def in_the_contents(index, payload):
    """In the place of the table of contents."""
    only(index, "contents.json").write_bytes(pickle.dumps(payload, 0))


def in_a_segment(index, payload):
    """As the name of a segment, and as the numbers of what is deleted from it."""
    bomb = pickle.dumps(payload, 0).decode()
    rows = [[bomb, 1, []], ["0123456789abcdef", 1, [bomb]]]
    only(index, "contents.json").write_text(json.dumps({"segments": rows}))


def in_whooshs_contents(index, payload):
    """In a table of contents of Whoosh's own, beside kb's."""
    _, storage = segment_of(index)
    TOC(SCHEMA, payload, 1).write(storage, NAME)


def in_whooshs_contents_alone(index, payload):
    """In one that is there in the place of kb's."""
    in_whooshs_contents(index, payload)
    only(index, "contents.json").unlink()


def in_a_compound(index, payload):
    """In a file that stands for all of a segment's, whose directory is a pickle."""
    segment, storage = segment_of(index)
    names = segment.list_files(storage)
    file = segment.create_file(storage, segment.COMPOUND_EXT)
    file.write_pickle = lambda _: file.write(pickle.dumps(payload, 0))
    CompoundStorage.assemble(file, storage, names)


def in_terms(index, payload):
    """In the place of what is noted at the end of the table of terms."""
    path = only(index, "*.trm")
    data, bomb = path.read_bytes(), pickle.dumps(payload, 0)
    (length,) = struct.unpack(">i", data[-4:])
    path.write_bytes(data[: -4 - length] + bomb + struct.pack(">i", len(bomb)))


def in_records(index, payload):
    """As what Whoosh itself stores with every document."""
    segment, storage = segment_of(index)
    with storage.create_file(only(index, "*.col").name) as file:
        writer = columns.PickleColumn(columns.CompressedBytesColumn()).writer(file)
        for number in range(segment.doc_count_all()):
            writer.add(number, {"record": payload})
        writer.finish(segment.doc_count_all())


def in_own_records(index, payload):
    """As what kb stores with every document, under a checksum that fits."""
    segment, storage = segment_of(index)
    with storage.create_file(only(index, "*.col").name) as file:
        writer = RecordColumn().writer(file)
        for number in range(segment.doc_count_all()):
            writer.add(number, {"record": pickle.dumps(payload, 0).decode()})
        writer.finish(segment.doc_count_all())


def in_postings(index, payload):
    """Instead of postings, which are none in kb's codec."""
    path = only(index, "*.pst")
    bomb = pickle.dumps(payload, 0)
    size = path.stat().st_size
    path.write_bytes((bomb * (size // len(bomb) + 1))[:size])


PLACES = [
    in_the_contents, in_a_segment, in_whooshs_contents, in_whooshs_contents_alone, in_a_compound,
    in_terms, in_records, in_own_records, in_postings,
]  # fmt: skip


def forge(index):
    """Make all checksums fit what is there."""
    folder = only(index, "manifest.json").parent
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["files"] = {
        path.name: {
            "size": path.stat().st_size,
            "mtime_ns": path.stat().st_mtime_ns,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
        for path in folder.iterdir()
        if path.name != "manifest.json"
    }
    data = json.dumps(manifest).encode()
    (folder / "manifest.json").write_bytes(data)
    pointer = {"generation": folder.name, "manifest": hashlib.sha256(data).hexdigest()}
    (index / "current.json").write_text(json.dumps(pointer))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_runs(small, nursery, tally, place, payload):
    """Neither in a search nor in an update, which copies all there is."""
    for state in ("old", "new"):
        small.reset()
        place(small.index, PAYLOADS[payload])
        forge(small.index)
        with tally("pickle that calls"):
            life = nursery.run(
                *small.command(state, "search", "common", "--json", "--limit", "50"),
                cwd=small.folder,
            )
            assert not (small.folder / "stolen").exists()
            assert (small.folder / "precious").exists()
            assert not life.names
            assert small.is_right(life, state), life
            # What fits its checksum is copied by an update first, and found out when it is shown.
            assert len(life.messages) <= 1 + (place is in_own_records)


def test_the_attacks_are_attacks(small, tmp_path, monkeypatch):
    """Whoosh itself falls for them: what is tested above could happen."""
    monkeypatch.chdir(tmp_path)
    small.reset()
    in_whooshs_contents(small.index, PAYLOADS["os.system"])
    TOC.read(segment_of(small.index)[1], NAME, schema=SCHEMA)
    assert (tmp_path / "stolen").exists()
