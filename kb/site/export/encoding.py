"""Numbers as text, and shards: JSON that is a script, too, under a name that holds its hash.

A number is one or more of 64 characters: the last is one of the first 32 (`0` to `V`), those
before it are of the others, each a digit to the base of 32, the highest first. So numbers
follow each other without separators, small ones take one character, and `gzip` finds what
they have in common.
"""

from __future__ import annotations

import hashlib
import json
import re
from itertools import accumulate, chain
from operator import sub
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"
BASE = 32
NAME_LENGTH = 6
"""Characters of a hash in a name: 30 bits, for one shard in one place."""

SUFFIX = ".js"
MANIFEST = "m.js"
"""The one name without a hash: pages stay as they are when what is searched changes."""


def _encode(number: int) -> str:
    assert number >= 0, "numbers that should ascend do not"
    text = DIGITS[number % BASE]
    while number := number // BASE:
        text = DIGITS[number % BASE + BASE] + text
    return text


class _Numbers(dict[int, str]):
    """Numbers of 0 or more as text: each is worked out once."""

    def __missing__(self, number: int) -> str:
        written = _encode(number)
        if number < _KEPT:
            self[number] = written
        return written


_KEPT = 1 << 16
NUMBERS = _Numbers()


def encode(numbers: Iterable[int]) -> str:
    """Numbers of 0 or more as text."""
    return "".join(map(NUMBERS.__getitem__, numbers))


class _Steps(dict[int, str]):
    """How far it is from one number to a greater one -> the numbers between them as text."""

    def __missing__(self, step: int) -> str:
        written = NUMBERS[step - 1]
        if step < _KEPT:
            self[step] = written
        return written


_STEPS = _Steps()


def encode_gaps(numbers: Sequence[int]) -> str:
    """Ascending numbers as text, each as what lies between it and the one before."""
    return "".join(map(_STEPS.__getitem__, map(sub, numbers, chain((-1,), numbers))))


class _StepsWritten(dict[str, int]):
    """The numbers between two as text -> how far it is from one to the other."""

    def __missing__(self, written: str) -> int:
        number = 0
        for digit in written:
            number = BASE * number + DIGITS.index(digit) % BASE
        if number < _KEPT:
            self[written] = number + 1
        return number + 1


_STEPS_WRITTEN = _StepsWritten()
_NUMBER = re.compile("[^0-9A-V]*[0-9A-V]")


def decode_gaps(text: str) -> list[int]:
    """The numbers of which `encode_gaps` gave the text."""
    steps = map(_STEPS_WRITTEN.__getitem__, _NUMBER.findall(text))
    return [*accumulate(steps, initial=-1)][1:]


def count_shared(before: str, word: str) -> int:
    """How many characters at their beginnings two words share."""
    most = min(len(word), len(before))
    shared = most if word.startswith(before) else 0
    while shared < most and word[shared] == before[shared]:
        shared += 1
    return shared


def shortest_after(before: str, word: str) -> str:
    """The shortest beginning of a word that is after another one, be it in the order of code points
    or of UTF-16 code units.
    """
    return word[: count_shared(before, word) + 1]


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def plain(value: Any) -> str:
    """A value as compact JSON, the same bytes every time."""
    return _ENCODER.encode(value)


class Shard(NamedTuple):
    """A file of the export: `name` is what other files call it by, `hash` part of its name;
    `digest` is the SHA-256 of its data, in hexadecimal. `make` makes the data: who has the file
    already does not need them.
    """

    name: str
    hash: str
    digest: str
    make: Callable[[], bytes]

    @property
    def data(self) -> bytes:
        """What is in the file. It may have to be made first."""
        return self.make()

    @property
    def file(self) -> str:
        """The name of the file."""
        own = f"{self.name}.{self.hash}{SUFFIX}"
        return MANIFEST if own.startswith("m.") else own


def make_shard(name: str, fields: dict[str, Any]) -> Shard:
    """A shard of fields that JSON can hold.

    The text between the first `(` and the last `)` is JSON; the whole is a script that
    hands it to the function `kbShard`. Lone surrogates become question marks.
    """
    return _make_shard(name, plain({"name": name, **fields}))


def make_shard_of(name: str, fields: dict[str, Any], last: str, rows: Iterable[str]) -> Shard:
    """A shard with one field more, a list whose members are JSON already."""
    head = plain({"name": name, **fields})
    return _make_shard(name, f'{head[:-1]},"{last}":[{",".join(rows)}]}}')


def _make_shard(name: str, body: str) -> Shard:
    return shard_of(name, f"kbShard({body})\n".encode(errors="replace"))


def shard_of(name: str, data: bytes) -> Shard:
    """A file of these bytes, under a name that holds their hash."""
    digest = hashlib.sha256(data).hexdigest()
    return Shard(name, _short(digest), digest, lambda: data)


def hash_of(data: bytes) -> str:
    """The hash of some bytes as names hold it."""
    return _short(hashlib.sha256(data).hexdigest())


def _short(digest: str) -> str:
    number = int(digest[:16], 16)
    return "".join([DIGITS[number >> shift & 31] for shift in _SHIFTS]).lower()


_SHIFTS = range(0, 5 * NAME_LENGTH, 5)
