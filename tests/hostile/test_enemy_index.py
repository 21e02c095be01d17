"""Line 9 of the reliability demands: an index that was made to run something.

Every place where Whoosh keeps a pickle is filled with one that calls, its checksums are made to
fit, and a real process searches and updates. Nothing is called; the answer is right all the same.
"""

import hashlib
import importlib
import json
import os
import pickle
import pickletools
import shutil
import subprocess
import sys

import pytest
from states import States
from whoosh import columns
from whoosh.codec.whoosh3 import W3Segment
from whoosh.filedb.compound import CompoundStorage
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from kb.engine.whoosh import NAME, SCHEMA
from kb.engine.whoosh.pickles import ALLOWED
from kb.engine.whoosh.records import RecordColumn

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


def pickles_in(data):
    """Where pickles begin and end in a file."""
    at = 0
    while (at := data.find(b"\x80", at)) >= 0:
        try:
            *_, (_, _, last) = pickletools.genops(data[at:])
        except (ValueError, UnicodeDecodeError, OverflowError):
            at += 1
            continue
        if last > 8:
            yield at, at + last + 1
            at += last
        at += 1


def overwrite(path, payload):
    """Put a pickle in the place of each one in a file, without moving anything."""
    data = bytearray(path.read_bytes())
    bomb = pickle.dumps(payload, 0)
    places = [place for place in pickles_in(data) if place[1] - place[0] >= len(bomb)]
    assert places, path
    for start, _ in places:
        data[start : start + len(bomb)] = bomb
    path.write_bytes(data)


def contents(index):
    """The table of contents of the generation, and the storage that it lies in."""
    storage = FileStorage(str(only(index, "*.toc").parent))
    return TOC.read(storage, NAME, schema=SCHEMA), storage


def rewrite(toc, storage):
    """Write a table of contents in the place of the one that is there."""
    storage.delete_file(TOC._filename(NAME, toc.generation))
    toc.write(storage, NAME)


def in_segments(index, payload):
    """In the place of the list of segments."""
    toc, storage = contents(index)
    toc.segments = payload
    rewrite(toc, storage)


def in_a_segment(index, payload):
    """As what a segment remembers."""
    toc, storage = contents(index)
    toc.segments[0]._deleted = payload
    rewrite(toc, storage)


def in_the_codec(index, payload):
    """As what is to read a segment."""
    toc, storage = contents(index)
    toc.segments[0]._codec = payload
    rewrite(toc, storage)


def in_the_schema(index, payload):
    """In the place of the schema, which kb skips."""
    path = only(index, "*.toc")
    data = path.read_bytes()
    start, end = next(iter(pickles_in(data)))
    bomb = pickle.dumps(payload, 0)
    path.write_bytes(data[:start] + bomb + data[start + len(bomb) : end] + data[end:])


def in_an_old_version(index, payload):
    """In a table of contents of the version that Whoosh reads by an unpickler of its own."""
    in_segments(index, payload)
    path = only(index, "*.toc")
    data = path.read_bytes()
    path.write_bytes(
        data.replace(
            (-111).to_bytes(4, "big", signed=True), (-110).to_bytes(4, "big", signed=True), 1
        )
    )


def in_a_compound(index, payload):
    """In a segment that says that all of its files are in one, whose directory is a pickle."""
    toc, storage = contents(index)
    segment = toc.segments[0]
    names = segment.list_files(storage)
    with_directory = CompoundStorage.assemble
    file = segment.create_file(storage, segment.COMPOUND_EXT)
    with_directory(file, storage, names)
    overwrite(only(index, "*.seg"), payload)
    segment.compound = True
    rewrite(toc, storage)


def in_compounded_files(index, payload):
    """In the files within such a segment, which Whoosh reads by an unpickler of its own."""
    in_terms(index, payload)
    toc, storage = contents(index)
    segment = toc.segments[0]
    names = segment.list_files(storage)
    CompoundStorage.assemble(segment.create_file(storage, segment.COMPOUND_EXT), storage, names)
    segment.compound = True
    rewrite(toc, storage)


def in_terms(index, payload):
    """Beside the table of terms."""
    overwrite(only(index, "*.trm"), payload)


def in_records(index, payload):
    """As what Whoosh itself stores with every document."""
    storage = FileStorage(str(only(index, "*.col").parent))
    toc, _ = contents(index)
    with storage.create_file(only(index, "*.col").name) as file:
        writer = columns.PickleColumn(columns.CompressedBytesColumn()).writer(file)
        for number in range(toc.segments[0].doc_count_all()):
            writer.add(number, {"record": payload})
        writer.finish(toc.segments[0].doc_count_all())


def in_own_records(index, payload):
    """As what kb stores with every document, under a checksum that fits."""
    storage = FileStorage(str(only(index, "*.col").parent))
    toc, _ = contents(index)
    with storage.create_file(only(index, "*.col").name) as file:
        writer = RecordColumn().writer(file)
        for number in range(toc.segments[0].doc_count_all()):
            writer.add(number, {"record": pickle.dumps(payload, 0).decode()})
        writer.finish(toc.segments[0].doc_count_all())


def in_postings(index, payload):
    """Instead of postings, which are none in kb's codec."""
    path = only(index, "*.pst")
    bomb = pickle.dumps(payload, 0)
    size = path.stat().st_size
    path.write_bytes((bomb * (size // len(bomb) + 1))[:size])


PLACES = [
    in_segments, in_a_segment, in_the_codec, in_the_schema, in_an_old_version, in_a_compound,
    in_compounded_files, in_terms, in_records, in_own_records, in_postings,
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
            assert set(life.names) <= {".".join(pair) for pair in ALLOWED}
            assert small.is_right(life, state), life
            # What fits its checksum is copied by an update first, and found out when it is shown.
            assert len(life.messages) <= 1 + (place is in_own_records)


def test_the_attacks_are_attacks(small, tmp_path, monkeypatch):
    """Whoosh itself falls for them: what is tested above could happen."""
    monkeypatch.chdir(tmp_path)
    small.reset()
    in_segments(small.index, PAYLOADS["os.system"])
    with pytest.raises(TypeError):
        list(contents(small.index)[0].segments)
    assert (tmp_path / "stolen").exists()


def names_a_class(module, name):
    """The opcode that puts a class on the stack."""
    return f"c{module}\n{name}\n".encode()


@pytest.mark.parametrize(
    ("module", "name"),
    [("whoosh.codec.whoosh3", "W3Segment"), ("kb.engine.whoosh.codec", "PackedCodec")],
)
def test_no_class_is_changed(small, nursery, tally, module, name):
    """A pickle could give a class that it may name other methods."""
    program = (
        names_a_class(module, name)
        + b"(N}V"
        + b"doc_count_all\n"
        + names_a_class("builtins", "int")
        + b"stb."
    )
    small.reset()
    path = only(small.index, "*.toc")
    data = path.read_bytes()
    *_, (start, _) = pickles_in(data)
    path.write_bytes(data[:start] + program)
    forge(small.index)
    with tally("pickle that changes a class"):
        life = nursery.run(
            *small.command("old", "search", "common", "--json", "--limit", "50"), cwd=small.folder
        )
        assert small.is_right(life, "old")
        assert "changes what is none of its" in life.err
    assert callable(W3Segment.doc_count_all)
