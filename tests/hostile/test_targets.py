"""The fuzz targets of every parser, on their seeds and on bytes that hypothesis chooses.

`fuzz/run.py` does the same for as long as one likes, guided by what the bytes reach.
"""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from targets import TARGETS

FUZZ = Path(__file__).parent.parent.parent / "fuzz"
SEEDS = {target: sorted((FUZZ / "seeds" / target).iterdir()) for target in TARGETS}


def test_every_target_has_seeds():
    """A folder of its own, and none is left over."""
    assert {path.name for path in (FUZZ / "seeds").iterdir()} == set(TARGETS)
    assert all(SEEDS.values())


@pytest.mark.parametrize(
    ("target", "seed"),
    [(target, seed) for target, seeds in SEEDS.items() for seed in seeds],
    ids=lambda value: getattr(value, "name", value),
)
def test_seeds_keep_the_promises(target, seed, tally):
    """As they stand, cut in half, doubled, and with a hole."""
    data = seed.read_bytes()
    half = len(data) // 2
    for each in (data, data[:half], data[half:], data * 2, data[: half // 2] + data[half:]):
        with tally("bytes for a parser"):
            TARGETS[target](each)


def pieces_of(target):
    """Bytes of the seeds and bytes of no meaning, one after the other."""
    seeds = [seed.read_bytes() for seed in SEEDS[target]]
    words = sorted(
        {word + end for seed in seeds for word in seed.split() for end in (b" ", b"\n", b"")}
    )
    piece = st.sampled_from([*words, *seeds, b"\n", b"\n\n", b"    "]) | st.binary(max_size=8)
    return st.lists(piece, max_size=30).map(b"".join)


@pytest.mark.parametrize("target", TARGETS)
def test_any_bytes_keep_the_promises(target):
    """Whatever is made of the seeds' own words."""

    @settings(max_examples=150, deadline=None)
    @given(pieces_of(target))
    def check(data):
        TARGETS[target](data)

    check()
