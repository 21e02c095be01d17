"""Packing with shards of before gives what packing from nothing gives, and looks at less."""

from hypothesis import given
from hypothesis import strategies as st

from kb.site.export.encoding import make_shard_of
from kb.site.export.shards import Row, pack

LIMIT = 10


class Shelf:
    """Keeps shards in memory."""

    def __init__(self, old=()):
        self.old = list(old)
        self.new = []

    def keep(self, kind, block):
        self.new.append(block)

    def put(self, kind, block, lines):
        self.new.append(block._replace(rows=list(lines)))


class Numbers:
    """Rows that are numbers, each with a size."""

    kind, limit = "t", LIMIT

    def __init__(self):
        self.unpacked = []

    def shard(self, number, rows):
        return make_shard_of(f"t{number}", {}, "rows", [row.text for row in rows])

    def line(self, row):
        return row

    def unpack(self, block):
        self.unpacked.append(block.number)
        return list(block.rows)


def rows_of(sizes):
    """Rows by name."""
    return [Row(name, f"{name}{chr(97 + size)}", size, "") for name, size in sorted(sizes.items())]


def packed(pieces, shelf, numbers=None):
    """The shards as they come, with all their bytes."""
    return [(first, s.file, s.data) for first, s in pack(pieces, numbers or Numbers(), shelf)]


def pieces_of(shelf, before, after):
    """Whole shards where nothing has changed, and else rows."""
    changed = {n for n in before.keys() | after.keys() if before.get(n) != after.get(n)}
    starts = [block.first for block in shelf.old]
    for at, block in enumerate(shelf.old):
        start = 0 if at == 0 else block.first
        stop = starts[at + 1] if at + 1 < len(starts) else 99
        own = range(start, stop)
        if changed.isdisjoint(own):
            yield block
        else:
            yield from rows_of({n: size for n, size in after.items() if n in own})


sizes = st.dictionaries(st.integers(0, 40), st.integers(1, 14), min_size=1)


@given(sizes, st.dictionaries(st.integers(0, 40), st.none() | st.integers(1, 14), max_size=4))
def test_shards_are_those_of_packing_from_nothing(before, edits):
    """Whatever comes, goes, shrinks and grows; so is what is kept for the next time."""
    after = {n: size for n, size in {**before, **edits}.items() if size}
    first, second, fresh = Shelf(), None, Shelf()
    packed(rows_of(before), first)
    second = Shelf(first.new)
    assert packed(pieces_of(second, before, after), second) == packed(rows_of(after), fresh)
    assert second.new == fresh.new


@given(sizes)
def test_without_a_change_no_rows_are_looked_at(before):
    """Until someone asks for their bytes."""
    first, numbers = Shelf(), Numbers()
    whole = packed(rows_of(before), first)
    shards = [shard for _, shard in pack(first.new, numbers, Shelf())]
    assert numbers.unpacked == []
    assert [shard.data for shard in shards] == [data for *_, data in whole]
    assert len(numbers.unpacked) == len(whole)


def test_a_shard_that_got_another_number_is_made_anew():
    """Its name is in it."""
    shelf = Shelf()
    packed(rows_of({1: 6, 2: 6, 3: 6}), shelf)
    pieces = [*rows_of({0: 6}), *shelf.new]
    assert [name.partition(".")[0] for _, name, _ in packed(pieces, Shelf())] == [
        "t0", "t1", "t2", "t3",
    ]  # fmt: skip
    assert packed(pieces, Shelf()) == packed(rows_of({0: 6, 1: 6, 2: 6, 3: 6}), Shelf())
