"""Bits of a string: counting, finding, combining, and integers of any width within it.

Knows no command and no database. Bit 0 is the highest bit of the first byte. The decision a
reader would question: nothing walks over bits. Whole strings become one large integer, or
stretches of them do, because Python's arithmetic on those runs at the machine's speed.
"""

from __future__ import annotations

from functools import reduce
from operator import and_, or_, xor
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Text = bytes | bytearray

_STRETCH: Final = 1 << 20
"""Bytes looked at in one go, so that half a gigabyte does not become one integer."""


def count(text: Text, first: int, last: int) -> int:
    """How many bits are set from one position to another.

    Args:
        first: position of a bit.
        last: the last one that counts; within the text.
    """
    if first > last:
        return 0
    view = memoryview(text)
    start, stop = first >> 3, (last >> 3) + 1
    total = sum(int.from_bytes(view[at : min(at + _STRETCH, stop)]).bit_count() for at in range(start, stop, _STRETCH))
    ahead = text[start] >> (8 - (first & 7))
    behind = text[stop - 1] & (0x7F >> (last & 7))
    return total - ahead.bit_count() - behind.bit_count()


def find(text: Text, bit: int, first: int, last: int) -> int | None:
    """The first position of a bit with a value, None where there is none.

    Args:
        bit: 0 or 1.
        first: where to begin.
        last: the last position that counts; within the text.
    """
    if first > last:
        return None
    other = 0 if bit else 0xFF
    at, stop = first >> 3, (last >> 3) + 1
    head = (text[at] ^ other) & (0xFF >> (first & 7))
    skipped = bytes((other,))
    while not head:
        at += 1
        if at >= stop:
            return None
        stretch = text[at : min(at + _STRETCH, stop)]
        at += len(stretch) - len(stretch.lstrip(skipped))
        head = text[at] ^ other if at < stop else 0
    position = (at << 3) + 8 - head.bit_length()
    return position if position <= last else None


def _not(numbers: Sequence[int], size: int) -> int:
    return ((1 << (8 * size)) - 1) ^ numbers[0]


def _one(numbers: Sequence[int], _size: int) -> int:
    seen = repeated = 0
    for number in numbers:
        repeated |= seen & number
        seen |= number
    return seen & ~repeated


OPERATIONS: Final[dict[bytes, Callable[[Sequence[int], int], int]]] = {
    b"AND": lambda numbers, _: reduce(and_, numbers),
    b"OR": lambda numbers, _: reduce(or_, numbers),
    b"XOR": lambda numbers, _: reduce(xor, numbers),
    b"NOT": _not,
    b"DIFF": lambda numbers, _: numbers[0] & ~reduce(or_, numbers[1:]),
    b"DIFF1": lambda numbers, _: reduce(or_, numbers[1:]) & ~numbers[0],
    b"ANDOR": lambda numbers, _: numbers[0] & reduce(or_, numbers[1:]),
    b"ONE": _one,
}
"""What BITOP can do, by name: ``operation(numbers, size in bytes)``."""


def combine(operation: bytes, texts: Sequence[Text]) -> bytearray:
    """The bits of several strings combined; shorter ones count as filled up with zeros.

    Args:
        operation: a name among `OPERATIONS`.
        texts: at least one; two for DIFF, DIFF1 and ANDOR.
    """
    size = max(map(len, texts))
    # Little-endian, so that the bytes that a shorter string lacks are its highest, and zero.
    numbers = [int.from_bytes(text, "little") for text in texts]
    return bytearray(OPERATIONS[operation](numbers, size).to_bytes(size, "little"))


def read_field(text: Text, offset: int, width: int, *, signed: bool) -> int:
    """An integer within a string; what lies behind the string's end is zero.

    Args:
        offset: position of its highest bit.
        width: in bits.
        signed: in two's complement.
    """
    at, stop = offset >> 3, (offset + width + 7) >> 3
    number = int.from_bytes(text[at:stop].ljust(stop - at, b"\0"))
    return _cut(number >> (8 * stop - offset - width), width, signed=signed)


def write_field(text: bytearray, offset: int, width: int, number: int) -> None:
    """Writes an integer into a string that is long enough. Arguments as for `read_field`."""
    at, stop = offset >> 3, (offset + width + 7) >> 3
    shift, mask = 8 * stop - offset - width, (1 << width) - 1
    old = int.from_bytes(text[at:stop])
    text[at:stop] = (old & ~(mask << shift) | (number & mask) << shift).to_bytes(stop - at)


def fit(number: int, width: int, overflow: bytes, *, signed: bool) -> int | None:
    """A number as a field of that width takes it.

    Args:
        overflow: ``WRAP``, ``SAT`` or ``FAIL``.

    Returns:
        None where it does not fit and that is to fail.
    """
    low = -(1 << (width - 1)) if signed else 0
    high = low + (1 << width) - 1
    if low <= number <= high:
        return number
    if overflow == b"FAIL":
        return None
    if overflow == b"SAT":
        return high if number > high else low
    return _cut(number, width, signed=signed)


def _cut(number: int, width: int, *, signed: bool) -> int:
    number &= (1 << width) - 1
    return number - (1 << width) if signed and number >> (width - 1) else number
