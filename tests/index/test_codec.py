"""Facts about postings on disk."""

import errno
import os
import random
import struct
import sys
import zlib
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.articles import make_article

from kb.config import Ranking
from kb.index.generations import DamagedIndexError
from kb.index.whoosh import storage
from kb.index.whoosh.codec import PostingBuffer
from kb.index.whoosh.engine import WhooshEngine
from kb.index.whoosh.reader import open_reader
from kb.index.whoosh.segment import (
    MAX_POSITION,
    MAX_WEIGHT,
    DamagedPostingsError,
    PackedPostings,
    documents_in,
)
from kb.index.whoosh.storage import open_file, seek_and_read
from kb.index.whoosh.tables import FILE, HEADER, read_tables, write_tables
from kb.index.whoosh.writer import FREQUENCIES, compute_tables, read_frequencies
from kb.model import Audience, Status
from kb.search.protocols import POSITION_BITS, TermPostings
from kb.text.analysis import Analyzer

numbers = st.integers(0, 0xFFFF)
entries = st.dictionaries(
    st.integers(0, 0xFFFFFFFF), st.tuples(numbers, st.lists(numbers, max_size=5)), max_size=20
).map(lambda found: sorted(found.items()))


def packed(found):
    """Make postings of (document, (weight, positions)) pairs."""
    postings = PackedPostings.empty()
    for doc, (weight, positions) in found:
        postings.add(doc, weight, positions)
    return postings


@given(entries)
def test_postings_survive_the_disk(found):
    """Documents, weights and positions, each in its place."""
    record = packed(found).pack()
    read = PackedPostings.unpack(record, positions=True)
    assert read == packed(found)
    assert list(read.docs) == [doc for doc, _ in found]
    assert list(read.weights) == [weight for _, (weight, _) in found]
    positions = iter(read.positions)
    assert [[next(positions) for _ in range(size)] for size in read.sizes] == [
        given_ for _, (_, given_) in found
    ]


@given(entries)
def test_positions_are_read_only_when_they_are_wanted(found):
    """The head alone scores single words."""
    read = PackedPostings.unpack(packed(found).pack(), positions=False)
    assert (read.docs, read.weights) == (packed(found).docs, packed(found).weights)
    assert not read.sizes
    assert not read.positions


def test_a_record_that_counts_more_than_it_holds_is_noticed():
    """Even where its checksum fits, as that of a forged one would."""
    body = struct.pack("<I", 3) + RECORD[8:]
    with pytest.raises(DamagedPostingsError):
        PackedPostings.unpack(struct.pack("<I", zlib.crc32(body)) + body, positions=False)


RECORD = packed([(1, (5, [1, 2])), (70_000, (MAX_WEIGHT, [MAX_POSITION]))]).pack()


@pytest.mark.parametrize("bit", range(8 * len(RECORD)))
def test_every_flipped_bit_is_noticed(bit):
    """No damaged record is ever read as another."""
    data = bytearray(RECORD)
    data[bit // 8] ^= 1 << bit % 8
    with pytest.raises(DamagedPostingsError):
        PackedPostings.unpack(bytes(data), positions=False)


@pytest.mark.parametrize(
    "record", [b"", RECORD[:8], RECORD[:-1], RECORD + b"\0", bytes(len(RECORD))]
)
def test_records_of_another_size_are_noticed(record):
    """Cut, too long, or overwritten."""
    with pytest.raises(DamagedPostingsError):
        PackedPostings.unpack(record, positions=True)


def test_a_record_is_little_endian_everywhere(monkeypatch):
    """An index can be read on another machine."""
    columns = struct.unpack_from("<I2I2H2H3H", RECORD, 4)
    assert columns == (2, 1, 70_000, 5, MAX_WEIGHT, 2, 1, 1, 2, MAX_POSITION)
    assert len(RECORD) == 4 + struct.calcsize("<I2I2H2H3H")
    there = PackedPostings.unpack(RECORD, positions=True)
    for values in (there.docs, there.weights, there.sizes, there.positions):
        values.byteswap()
    monkeypatch.setattr(sys, "byteorder", "big" if sys.byteorder == "little" else "little")
    here = PackedPostings.unpack(RECORD, positions=True)
    assert here == there
    assert here.pack() == RECORD


def test_a_buffer_collects_postings_by_field_and_term():
    """In the form in which Whoosh hands them over; emptied when it is done."""
    buffer = PostingBuffer()
    buffer.add(("terms", b"b", 1, 3.0, array("H", [7]).tobytes()))
    buffer.add(("terms", b"b", 4, 2.0, None))
    buffer.add(("title", b"b", 1, 1.0, b""))
    assert buffer.fields["terms"]["b"] == packed([(1, (3, [7])), (4, (2, []))])
    assert list(buffer.fields) == ["terms", "title"]
    buffer.add_presence("words", 1, ("a", "b"))
    buffer.add_presence("words", 2, ("b",))
    buffer.add_weights("heads", 2, {"b": 4})
    whole = TermPostings(array("I", [0]), array("H", [9]), array("H", [1]), array("H", [5]))
    buffer.take({"linked": iter([("c", whole)])})
    buffer.add(("linked", b"a", 4, 2.0, None))
    buffer.add(("linked", b"c", 5, 2.0, None))
    buffer.add(("words", b"b", 7, 1.0, b""))
    assert buffer.field_names() == ["heads", "linked", "terms", "title", "words"]
    assert dict(buffer.release("words")) == {
        "a": packed([(1, (1, []))]),
        "b": packed([(1, (1, [])), (2, (1, [])), (7, (1, []))]),
    }
    assert dict(buffer.release("heads")) == {"b": packed([(2, (4, []))])}
    assert list(buffer.release("linked")) == [
        ("a", packed([(4, (2, []))])),
        ("c", packed([(0, (9, [5])), (5, (2, []))])),
    ]
    buffer.cleanup()
    assert not buffer.field_names()


# Reading an index -----------------------------------------------------------------------


@pytest.fixture
def engine(tmp_path):
    """An index of two articles, one of them hidden later."""
    made = WhooshEngine(tmp_path, Analyzer(), Ranking())
    made.build([
        make_article("a", "Late package", ("Package tracking", "Track the package.")),
        make_article("b", "Refund", lead="A refund for a package."),
    ])  # fmt: skip
    yield made
    made.close()


def test_documents_are_an_article_and_its_sections(engine):
    """Numbered one after the other, in order of id."""
    reader = engine.reader
    assert [len(reader.documents_of(id_)) for id_ in ("a", "b", "unknown")] == [3, 2, 0]
    for id_ in ("a", "b"):
        documents = reader.documents_of(id_)
        assert reader.article_record(documents.start)["id"] == id_
        positions = [reader.section_record(doc)["position"] for doc in documents[1:]]
        assert positions == [*range(len(documents) - 1)]
        assert {reader.article_of[doc] for doc in documents} == {documents.start}
    assert sorted(reader.order) == list(range(5))
    assert (reader.sections, reader.articles) == (3, 2)


def test_a_file_is_read_at_places(tmp_path):
    """Not where it stands: that is shared by threads and forked children."""
    (tmp_path / "f").write_bytes(bytes(range(100)))
    with open_file(tmp_path / "f") as file:
        file.seek(7)
        assert file.get(20, 3) == bytes([20, 21, 22])
        assert (file.get_ushort(1), file.get_byte(99)) == (0x0102, 99)
        assert list(file.get_array(2, "H", 2)) == [0x0203, 0x0405]
        assert (file.tell(), os.lseek(file.fileno(), 0, os.SEEK_CUR)) == (7, 7)
        assert seek_and_read(file.fileno(), 3, 20) == bytes([20, 21, 22])
        assert os.lseek(file.fileno(), 0, os.SEEK_CUR) == 7
        for position, length in ((-1, 2), (99, 2), (100, 1), (0, -1), (1 << 40, 1 << 40)):
            with pytest.raises(DamagedIndexError, match="f is cut short"):
                file.get(position, length)
        os.truncate(tmp_path / "f", 30)
        with pytest.raises(DamagedIndexError, match="f was cut short"):
            file.get(20, 20)


@pytest.mark.parametrize(
    ("error", "raised"), [(errno.EIO, DamagedIndexError), (errno.ENOMEM, OSError)]
)
def test_a_disk_that_fails_is_damage(tmp_path, monkeypatch, error, raised):
    """Want of memory is none."""

    def fail(*_):
        raise OSError(error, os.strerror(error))

    (tmp_path / "f").write_bytes(bytes(9))
    monkeypatch.setattr(storage, "_read_at", fail)
    with open_file(tmp_path / "f") as file, pytest.raises(raised):
        file.get(0, 1)


def test_terms_longer_than_what_is_read_in_one_go(tmp_path):
    """Nobody asks for a tag of 20,000 characters, but an article may have it."""
    engine = WhooshEngine(tmp_path, Analyzer(), Ranking())
    tags = (*(f"t{number}" for number in range(3000)), "x" * 20_000, "y")
    engine.build([make_article("a", "Late package", lead="Wait.", tags=tags)])
    assert set(engine.reader.terms_of("facets", "tag:")) == {f"tag:{tag}" for tag in tags}
    assert list(engine.reader.terms_of("facets", "tag:t299")) == sorted(
        f"tag:{tag}" for tag in tags if tag.startswith("t299")
    )
    engine.close()


@pytest.mark.parametrize("sizes", [(-1, 9), (9, -1), (1 << 30, 9)])
def test_a_table_of_terms_that_makes_no_sense_is_damage(engine, sizes):
    """It ends, and says so."""
    engine.close()
    (path,) = engine.folder.glob("*.trm")
    data = path.read_bytes()
    at = data.index(b"packag") - 2 - 8  # behind the lengths and the number of the field
    path.write_bytes(data[:at] + struct.pack("!ii", *sizes) + data[at + 8 :])
    for read in (engine.reader.terms_of, lambda f: engine.reader.entries(f, positions=True)):
        with pytest.raises(DamagedIndexError):
            list(read("heads"))


def test_segments_have_names_of_their_own(tmp_path):
    """Also in a program that seeds `random` each time: else one takes the files of another."""
    engine = WhooshEngine(tmp_path, Analyzer(), Ranking())
    random.seed(1)
    engine.build([make_article(f"a{n:04}", "Late package", lead="Wait.") for n in range(1500)])
    for number in (3, 5):
        random.seed(1)
        assert engine.update(
            [f"a{number:04}"], [make_article(f"a{number:04}", "Late parcel", lead="Wait.")]
        )
    assert len({segment.name for segment in engine.reader.segments}) == 3
    docs, _ = engine.reader.postings("title", "parcel")
    assert len(docs) == 2
    engine.close()


def test_segments_keep_their_order(tmp_path):
    """By age, not by size as Whoosh has them once it puts small ones together: so documents keep
    their numbers, and an update makes its tables of those of before.
    """
    engine = WhooshEngine(tmp_path, Analyzer(), Ranking())
    texts = [make_article(f"a{n:03}", "Late package", lead="Wait.") for n in range(100)]
    engine.build(texts[:60])
    assert engine.update([], texts[60:90])
    large = [segment.name for segment in engine.reader.segments]
    documents = [engine.reader.documents_of(id_) for id_ in ("a059", "a060", "a089")]
    counts = []
    for text in texts[90:]:
        engine.close()
        assert engine.update([], [text])
        names = [segment.name for segment in engine.reader.segments]
        assert names[:2] == large
        assert [engine.reader.documents_of(id_) for id_ in ("a059", "a060", "a089")] == documents
        counts.append(len(names))
    assert counts != sorted(counts)  # so small ones were put together
    engine.close()


def test_postings_are_ascending_over_all_segments(engine):
    """Weights beside them, and places in order."""
    engine.close()
    assert engine.update(
        ["a"], [make_article("a", "Late parcel", ("Package deal", "Put a package."))]
    )
    reader = engine.reader
    docs, weights = reader.postings("terms", "packag")
    assert list(docs) == sorted(docs)
    assert len(docs) == len(weights) == 2
    places = reader.positions("terms", "packag")
    assert list(places) == sorted(places)
    assert {place >> POSITION_BITS for place in places} == set(docs)
    assert reader.postings("terms", "track") == (array("I"), array("H"))
    assert not reader.positions("terms", "track")


def test_all_terms_are_read_in_one_go(engine):
    """In order, with the postings that each has alone; those of deleted documents are left out."""
    engine.close()
    assert engine.update(["a"], [make_article("a", "Late parcel", ("Deal", "Put a package."))])
    reader = engine.reader
    for name in ("terms", "words", "title", "linked"):
        entries = dict(reader.entries(name, positions=True))
        assert list(entries) == [t for t in reader.terms_of(name) if reader.postings(name, t)[0]]
        for term, found in entries.items():
            assert (found.docs, found.weights) == reader.postings(name, term)
            spread = [doc for doc, n in zip(found.docs, found.sizes, strict=True) for _ in range(n)]
            places = zip(spread, found.positions, strict=True)
            assert [doc << POSITION_BITS | p for doc, p in places] == list(
                reader.positions(name, term)
            )
        for term, found in entries.items():
            assert reader.entry(name, term) == found
        assert reader.counts(name) == {term: len(found.docs) for term, found in entries.items()}
        assert reader.stamps(name).keys() == entries.keys()
    assert reader.entry("terms", "unknown") is None
    heads = dict(reader.entries("terms", positions=False))
    assert {term: found.docs for term, found in heads.items()} == {
        term: found.docs for term, found in reader.entries("terms", positions=True)
    }
    assert not any(found.positions for found in heads.values())


def test_terms_are_listed_by_their_beginning(engine):
    """Each once, in order."""
    assert list(engine.reader.terms_of("words", "pa")) == ["package"]
    words = list(engine.reader.terms_of("words"))
    assert words == sorted(set(words))
    assert list(engine.reader.terms_of("hidden_words")) == []


def test_a_document_that_is_not_there(engine):
    """Is an error of the caller."""
    with pytest.raises(IndexError):
        engine.reader.article_record(99)


@pytest.mark.parametrize("harm", ["cut", "flip", "empty"])
def test_damaged_tables_are_noticed(engine, harm):
    """As every other file with numbers to score by."""
    path = engine.folder / FILE
    data = path.read_bytes()
    path.write_bytes({"cut": data[:-1], "flip": data[:-1] + b"\xff", "empty": b""}[harm])
    with pytest.raises(DamagedPostingsError, match=FILE):
        read_tables(engine.folder)


def test_tables_of_more_documents_than_are_there(engine):
    """How many there are is not what a file says of itself: nothing is read beyond its end."""
    path = engine.folder / FILE
    crc, size, *numbers = HEADER.unpack_from(path.read_bytes())
    path.write_bytes(HEADER.pack(crc, size + 1, *numbers) + path.read_bytes()[HEADER.size :])
    with pytest.raises(DamagedPostingsError, match=FILE):
        read_tables(engine.folder)


def test_tables_survive_the_disk(engine, tmp_path):
    """All numbers come back."""
    tables = read_tables(engine.folder)
    (tmp_path / "copy").mkdir()
    write_tables(tmp_path / "copy", tables)
    assert read_tables(tmp_path / "copy") == tables


@pytest.mark.parametrize("stored", [{"record": "[]"}, {"record": "{}"}, {"record": "["}, {}])
def test_records_of_another_shape_are_damage(engine, monkeypatch, stored):
    """Too few, of another kind, cut short, or none at all."""
    reader = engine.reader
    documents = reader.documents_of("a")
    monkeypatch.setattr(type(reader.segments[0].documents), "stored_fields", lambda *_: stored)
    with pytest.raises(DamagedIndexError):
        reader.section_record(documents[1])


@given(
    st.lists(st.lists(st.integers(0, MAX_POSITION - 1), max_size=3), min_size=1, max_size=20),
    st.data(),
)
def test_postings_are_taken_out(places, data):
    """One by one, with or without positions: as if they had never been there."""
    found = [(doc, (doc + 1, sorted(own))) for doc, own in enumerate(places)]
    gone = data.draw(st.sets(st.integers(0, len(found) - 1)))
    left = packed([one for one in found if one[0] not in gone])
    for positions in (True, False):
        postings = PackedPostings.unpack(packed(found).pack(), positions=positions)
        for doc in gone:
            postings.remove(doc)
        assert postings == PackedPostings.unpack(left.pack(), positions=positions)


def random_article(random, id_):
    """An article of a few words; one of some that the public does not see."""

    def text(most):
        return " ".join(random.choice(VOCABULARY) for _ in range(random.randint(1, most)))

    sections = [(text(3), text(20)) for _ in range(random.randint(0, 4))]
    audience = random.choice([*[Audience.PUBLIC] * 4, Audience.AGENT])
    status = random.choice([*[Status.PUBLISHED] * 5, Status.DRAFT])
    return make_article(id_, text(3), *sections, audience=audience, status=status)


VOCABULARY = ["the", "of", *(f"w{number}" for number in range(60))]


@pytest.mark.parametrize("seed", range(6))
def test_tables_after_updates_are_those_computed_anew(tmp_path, seed):
    """To the last number, though an update goes through what it changes alone."""
    chance = random.Random(seed)
    files = {f"a{number:02}": random_article(chance, f"a{number:02}") for number in range(40)}
    engine = WhooshEngine(tmp_path, Analyzer(), Ranking())
    engine.build([files[id_] for id_ in sorted(files)])
    for _ in range(8):
        gone = chance.sample(sorted(files), chance.choice([0, 1, 1, 2]))
        ids = {
            *gone[: chance.randint(0, 2)],
            *[f"a{chance.randint(0, 60):02}x"][: chance.randint(0, 1)],
        }
        new = {id_: random_article(chance, id_) for id_ in sorted(ids)}
        removed = {*gone, *(files.keys() & new.keys())}
        if not engine.update(sorted(removed), list(new.values())):
            continue
        files = {id_: a for id_, a in files.items() if id_ not in removed} | new
        reader = open_reader(tmp_path)
        tables, frequencies = compute_tables(reader, reader.averages, Ranking())
        assert reader.tables == tables
        known = read_frequencies(tmp_path)
        assert frequencies.heads.items() <= known.heads.items()
        assert frequencies.titles.items() <= known.titles.items()
        reader.close()


def test_damaged_frequencies_are_found(tmp_path):
    """They are under a checksum."""
    engine = WhooshEngine(tmp_path, Analyzer(), Ranking())
    engine.build([make_article("a", "Late package")])
    path = tmp_path / FREQUENCIES
    data = path.read_bytes()
    for damaged in (data[:5], data[:-1], data[:-1] + b"x", b""):
        path.write_bytes(damaged)
        with pytest.raises(DamagedPostingsError):
            read_frequencies(tmp_path)


def test_a_record_may_hold_no_posting():
    """A term of words that are gone is left with none: it has no documents, wherever one looks."""
    record = PackedPostings.empty().pack()
    assert list(documents_in(record, 0, 100)) == []
    assert list(documents_in(PackedPostings.unweighted(array("I", [7])).pack(), 0, 100)) == [7]
