"""Vectors of four bits a number: two in a byte, the first half of them in the lower bits.

A number is the place of its absolute value among VALUES, from -7 to 7 in two's complement.
"""

from __future__ import annotations

from array import array

VALUES = (0, 1, 2, 3, 4, 6, 8, 11)
"""What a number may be, of either sign. The numbers of vectors that were projected are about normal
with a largest one of three to four deviations: 15 values that lie so give cosines of .994 with what
was rounded, where seven bits give 1.000 and evenly spaced ones .991 (benchmarks/semantic.md).
"""

SIGNED = [*VALUES, 0, *(-value for value in VALUES[:0:-1])]
"""What each four bits stand for."""

_LOWER = bytes(SIGNED[byte & 15] & 0xFF for byte in range(256))
_UPPER = bytes(SIGNED[byte >> 4] & 0xFF for byte in range(256))


def unpack(packed: bytes) -> array[int]:
    """The numbers of a vector."""
    return array("b", packed.translate(_LOWER) + packed.translate(_UPPER))
