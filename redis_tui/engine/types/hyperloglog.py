"""A HyperLogLog: 16384 registers of six bits within a string, byte for byte as a server keeps them.

Knows no command and no database. The string has a header of 16 bytes (``HYLL``, the encoding,
the cardinality that was worked out last, its highest bit set once that is out of date), then
either all registers (dense) or runs of equal ones (sparse), one byte a run, two for a long
run of zeros::

    00nnnnnn           n+1 registers are zero          (short run)
    01nnnnnn nnnnnnnn  n+1 registers are zero          (long run)
    1vvvvvnn           n+1 registers have the value v+1

The decision a reader would question: `Sketch` is a ``bytearray`` that also remembers at which
register each run begins. To find a register's run is then a bisection instead of a walk
over up to three thousand bytes, and the bytes themselves are right at any moment, so that GET,
APPEND or DUMP need not know that such a thing exists. Whoever else edits a string in place is
given a plain copy (`Database.edit_text`), so what is remembered cannot go stale. A sparse one whose
runs are more than all registers is refused everywhere; releases up to 7.2.6 let some pass and
read past their memory (CVE-2025-32023), which is not imitated.

It is longer than other files: the two encodings, the way from one to the other and the
estimate share the layout of the bytes, and would have to import it from each other.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from functools import lru_cache
from math import floor, sqrt
from typing import TYPE_CHECKING, Final

from redis_tui.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

REGISTERS: Final = 1 << 14
HEADER_SIZE: Final = 16
DENSE: Final = 0
SPARSE: Final = 1
DENSE_SIZE: Final = HEADER_SIZE + REGISTERS * 6 // 8
NOT_VALID: Final = "WRONGTYPE Key is not a valid HyperLogLog string value."
CORRUPT: Final = "INVALIDOBJ Corrupted HLL object detected"

_MAGIC: Final = b"HYLL"
_ENCODING_AT: Final = 4
_CARDINALITY: Final = slice(8, 16)
_STALE_AT: Final = 15
_STALE: Final = 0x80
_EMPTY: Final = _MAGIC + bytes((SPARSE,)) + bytes(11) + b"\x7f\xff"
_RANKS: Final = 50
"""Bits of the hash that are looked at for zeros; a rank is one more than the zeros before the first one."""
_VALUE: Final = 0x80
_LONG: Final = 0x40
_KIND: Final = 0xC0
_LENGTH: Final = 0x3FFF
_LONG_OR_SHORT: Final = re.compile(rb"([\x40-\x7f].?)|([^\x40-\x7f]+)", re.DOTALL)
_SHORT_MAX: Final = 64
_VALUE_MAX: Final = 32
_RUN_MAX: Final = 4
_RUNS_LOOKED_AT: Final = 5
"""Runs from the one before a change on that are tried for a merger."""
_ALPHA: Final = 0.721347520444481703680
"""1 / (2 ln 2)."""
_HASH_SEED: Final = 0xADC83B19
_HASH_FACTOR: Final = 0xC6A4A7935BD1E995
_WORD: Final = (1 << 64) - 1
_MANY: Final = 16
"""Elements from which on they are hashed together."""
_LONGEST_TOGETHER: Final = 256
_TOPS: Final = int.from_bytes(b"\x80" * REGISTERS)
_QUARTER: Final = REGISTERS // 4
_OVERFLOWN: Final = -(1 << 63)


def hash64(data: bytes) -> int:
    """MurmurHash2 for 64 bits, variant A, with the seed that HyperLogLogs use."""
    size = len(data)
    result = _HASH_SEED ^ (size * _HASH_FACTOR & _WORD)
    at = 0
    while size - at >= 8:
        mixed = int.from_bytes(data[at : at + 8], "little") * _HASH_FACTOR & _WORD
        result = (result ^ (mixed ^ mixed >> 47) * _HASH_FACTOR & _WORD) * _HASH_FACTOR & _WORD
        at += 8
    if at < size:
        result = (result ^ int.from_bytes(data[at:], "little")) * _HASH_FACTOR & _WORD
    result = (result ^ result >> 47) * _HASH_FACTOR & _WORD
    return result ^ result >> 47


def place(element: bytes) -> tuple[int, int]:
    """The register an element belongs to, and the rank it has there."""
    return _place(hash64(element))


def places(elements: Sequence[bytes]) -> Iterator[tuple[int, int]]:
    """As `place`, for each of them; many at once cost a quarter."""
    if len(elements) < _MANY:
        return map(place, elements)
    by_size: dict[int, list[int]] = {}
    for at, element in enumerate(elements):
        by_size.setdefault(len(element), []).append(at)
    hashes = array("Q", bytes(8 * len(elements)))
    for size, positions in by_size.items():
        if size > _LONGEST_TOGETHER:
            for at in positions:
                hashes[at] = hash64(elements[at])
            continue
        for at, hashed in zip(positions, _hash_together([elements[at] for at in positions], size), strict=True):
            hashes[at] = hashed
    return map(_place, hashes)


def _place(hashed: int) -> tuple[int, int]:
    rest = hashed >> 14 | 1 << _RANKS
    return hashed & (REGISTERS - 1), (rest & -rest).bit_length()


def _hash_together(elements: list[bytes], size: int) -> array[int]:
    """`hash64` of elements of one size.

    The hashes are worked out side by side in one integer, 128 bits each, so that no product
    of two words reaches its neighbour.
    """
    count = len(elements)
    lane = int.from_bytes((b"\1" + bytes(15)) * count, "little")
    words = lane * _WORD
    width = -(-size // 8)
    text = array("Q", b"".join(element.ljust(width * 8, b"\0") for element in elements))
    result = lane * (_HASH_SEED ^ (size * _HASH_FACTOR & _WORD))
    spread = array("Q", bytes(16 * count))
    for at in range(width):
        spread[0::2] = text[at::width]
        word = int.from_bytes(spread.tobytes(), "little")
        if at < size >> 3:
            word = word * _HASH_FACTOR & words
            word = (word ^ word >> 47 & words) * _HASH_FACTOR & words
        result = (result ^ word) * _HASH_FACTOR & words
    result = (result ^ result >> 47 & words) * _HASH_FACTOR & words
    result ^= result >> 47 & words
    return array("Q", result.to_bytes(16 * count, "little"))[0::2]


def check(text: bytes | bytearray) -> None:
    """Makes sure that a string may be taken for a HyperLogLog; whether its runs are whole shows later.

    Raises:
        CommandError: it is none.
    """
    if len(text) < HEADER_SIZE or text[:4] != _MAGIC or text[_ENCODING_AT] > SPARSE:
        raise CommandError(NOT_VALID)
    if text[_ENCODING_AT] == DENSE and len(text) != DENSE_SIZE:
        raise CommandError(NOT_VALID)


def is_dense(text: bytes | bytearray) -> bool:
    """Which of the two encodings it has."""
    return text[_ENCODING_AT] == DENSE


def cached_cardinality(text: bytes | bytearray) -> int | None:
    """What was worked out last; None where something was added since."""
    return None if text[_STALE_AT] & _STALE else int.from_bytes(text[_CARDINALITY], "little")


def runs(text: bytes | bytearray) -> Iterator[tuple[bytes, int, int]]:
    """The runs of a sparse one, however many registers they make.

    Yields:
        Kind (``z`` short, ``Z`` long, ``v`` not zero), value and length.
    """
    codes = iter(memoryview(text)[HEADER_SIZE:])
    for code in codes:
        if code & _VALUE:
            yield b"v", (code >> 2 & 31) + 1, (code & 3) + 1
        elif code & _LONG:
            yield b"Z", 0, ((code & 63) << 8 | next(codes, 0)) + 1
        else:
            yield b"z", 0, code + 1


def describe(text: bytes | bytearray) -> bytes:
    """The runs of a sparse one as PFDEBUG DECODE writes them: ``Z:100 v:1,2 z:3``."""
    return b" ".join(
        b"v:%d,%d" % (value, length) if value else b"%b:%d" % (kind, length) for kind, value, length in runs(text)
    )


def registers(text: bytes | bytearray) -> bytes:
    """All registers, one byte each.

    Raises:
        CommandError: the runs of a sparse one do not make as many as there are.
    """
    if is_dense(text):
        return _unpack(text)
    parts = []
    for long, short in _LONG_OR_SHORT.findall(text, HEADER_SIZE):
        if long:
            parts.append(bytes((int.from_bytes(long.ljust(2, b"\0")) & _LENGTH) + 1))
        else:
            parts += map(_EXPANDED.__getitem__, short)
    content = b"".join(parts)
    if len(content) != REGISTERS:
        raise CommandError(CORRUPT)
    return content


def union(texts: Iterable[bytes | bytearray]) -> tuple[bytes, bool]:
    """Several of them together.

    Returns:
        The greatest of each register, and whether any of them is dense.

    Raises:
        CommandError: one is no HyperLogLog, or not whole; the first such decides.
    """
    content, has_dense = bytes(REGISTERS), False
    for text in texts:
        check(text)
        has_dense = has_dense or is_dense(text)
        content = _greater(content, registers(text))
    return content, has_dense


def count(text: bytes | bytearray) -> int:
    """The estimated number of different elements. Errors as for `registers`."""
    return count_registers(registers(text))


def count_registers(content: bytes) -> int:
    """As `count`, from one byte a register."""
    tally = [0] * 64
    left = REGISTERS
    for value in range(64):
        tally[value] = content.count(value)
        left -= tally[value]
        if not left:
            break
    return _estimate(tally)


def _estimate(tally: list[int]) -> int:
    """Otmar Ertl's estimator ("New cardinality estimation algorithms for HyperLogLog sketches", 2017).

    Args:
        tally: how many registers have each value.
    """
    total = REGISTERS * _tau((REGISTERS - tally[_RANKS + 1]) / REGISTERS)
    for rank in range(_RANKS, 0, -1):
        total = (total + tally[rank]) * 0.5
    total += REGISTERS * _sigma(tally[0] / REGISTERS)
    # All registers beyond the highest rank, which no element can bring about: a server overflows.
    return floor(_ALPHA * REGISTERS * REGISTERS / total + 0.5) if total else _OVERFLOWN


def _sigma(share: float) -> float:
    if share == 1.0:
        return float("inf")
    weight, total, before = 1.0, share, -1.0
    while before != total:
        share *= share
        before = total
        total += share * weight
        weight += weight
    return total


def _tau(share: float) -> float:
    if share in (0.0, 1.0):
        return 0.0
    weight, total, before = 1.0, 1 - share, -1.0
    while before != total:
        share = sqrt(share)
        before = total
        weight *= 0.5
        total -= (1 - share) ** 2 * weight
    return total / 3


class Sketch(bytearray):
    """A HyperLogLog that is being added to; a new one is sparse and empty.

    Args:
        content: a string that passed `check`.
    """

    __slots__ = ("_covered", "_is_tidy", "_long", "_starts")

    def __init__(self, content: bytes | bytearray = b"") -> None:
        super().__init__(content or _EMPTY)
        self._starts: list[int] = []
        """The first register of each run, once a sparse one was surveyed."""
        self._long: list[int] = []
        """Those of them whose runs take two bytes."""
        self._covered = 0
        """Registers that the runs make up."""
        self._is_tidy = True
        """No two neighbouring runs could be one, but where a register was just lifted; so we leave it,
        but a string may have come from elsewhere."""

    def add(self, elements: Sequence[bytes], limit: int) -> int:
        """Counts elements; how many of them have changed a register.

        Args:
            limit: most bytes of a sparse one.

        Raises:
            CommandError: the runs do not reach a register; what was counted before it stays.
        """
        lift = self.lift
        changes = 0
        try:
            for index, rank in places(elements):
                changes += lift(index, rank, limit)
        finally:
            if changes:
                self.make_stale()
        return changes

    def lift(self, index: int, rank: int, limit: int) -> bool:
        """Makes a register at least that great; whether it was less.

        The cached cardinality is left as it is. Limit and errors as for `add`.
        """
        if self[_ENCODING_AT] == DENSE:
            return self._lift_dense(index, rank)
        if rank > _VALUE_MAX:
            self.make_dense()
            return self._lift_dense(index, rank)
        return self._lift_sparse(index, rank, limit)

    def make_dense(self) -> None:
        """Gives it the dense encoding; the header stays.

        Raises:
            CommandError: the runs do not make as many registers as there are.
        """
        if self[_ENCODING_AT] == DENSE:
            return
        self[HEADER_SIZE:] = _pack(registers(self))
        self[_ENCODING_AT] = DENSE
        self._starts, self._long = [], []

    def absorb(self, content: bytes, limit: int) -> None:
        """Takes over registers that are nowhere less than its own.

        Args:
            content: one byte a register.
            limit: most bytes of a sparse one.
        """
        for index in range(REGISTERS):
            if self[_ENCODING_AT] == DENSE:
                self[HEADER_SIZE:] = _pack(content)
                break
            if content[index]:
                self.lift(index, content[index], limit)
        self.make_stale()

    def make_stale(self) -> None:
        """The cached cardinality holds no more."""
        self[_STALE_AT] |= _STALE

    def keep_cardinality(self, number: int) -> None:
        """Writes the cardinality into the header."""
        self[_CARDINALITY] = (number & _WORD).to_bytes(8, "little")

    def _lift_dense(self, index: int, rank: int) -> bool:
        at, shift = HEADER_SIZE + (index * 6 >> 3), index * 6 & 7
        word = int.from_bytes(self[at : at + 2], "little")
        if word >> shift & 63 >= rank:
            return False
        word = word & ~(63 << shift) | rank << shift
        self[at] = word & 0xFF
        if shift > 2:
            self[at + 1] = word >> 8
        return True

    def _lift_sparse(self, index: int, rank: int, limit: int) -> bool:
        starts = self._starts or self._survey()
        at = bisect_right(starts, index) - 1
        if index >= self._covered:
            raise CommandError(CORRUPT)
        first = starts[at]
        long_at = bisect_left(self._long, first)
        where = HEADER_SIZE + at + long_at
        code = self[where]
        if code & _VALUE and (code >> 2 & 31) + 1 >= rank:
            return False
        ahead = index - first
        behind = (starts[at + 1] if at + 1 < len(starts) else self._covered) - index - 1
        alike = code if code & _VALUE else 0
        fresh = _run(alike, ahead) + _ONE_WITH[rank] + _run(alike, behind)
        size = 2 if code & _KIND == _LONG else 1
        if len(fresh) > size and len(self) + len(fresh) - size > limit:
            self.make_dense()
            return self._lift_dense(index, rank)
        self[where : where + size] = fresh
        if ahead:
            starts[at + 1 : at + 1] = (index, index + 1) if behind else (index,)
        elif behind:
            starts.insert(at + 1, index + 1)
        if size == 2:
            kept = [first] if ahead > _SHORT_MAX else []
            self._long[long_at : long_at + 1] = [*kept, index + 1] if behind > _SHORT_MAX else kept
        if code & _VALUE or not (ahead and behind) or not self._is_tidy:
            self._merge(max(at - 1, 0))
        return True

    def _survey(self) -> list[int]:
        """Notes where runs begin. A long run whose second byte is missing counts as none."""
        starts, long, first, at, end = self._starts, self._long, 0, HEADER_SIZE, len(self)
        previous = 0
        while at < end:
            code = self[at]
            if code & _KIND == _LONG:
                if at + 1 == end:
                    break
                long.append(first)
                length = ((code & 63) << 8 | self[at + 1]) + 1
                at += 1
            elif code & _VALUE:
                length = (code & 3) + 1
                if code ^ previous <= 3 and length + (previous & 3) < _RUN_MAX:
                    self._is_tidy = False
            else:
                length = code + 1
            starts.append(first)
            previous = code
            first += length
            at += 1
        self._covered = first
        return starts

    def _merge(self, at: int) -> None:
        """Joins neighbouring runs of one value, from a run on and as far as a server would look."""
        starts = self._starts
        where = HEADER_SIZE + at + bisect_left(self._long, starts[at])
        for _ in range(_RUNS_LOOKED_AT):
            if at >= len(starts):
                break
            code = self[where]
            if code & _VALUE and at + 1 < len(starts):
                following = self[where + 1]
                length = (code & 3) + (following & 3) + 2
                if (code ^ following) & ~3 == 0 and length <= _RUN_MAX:
                    self[where : where + 2] = bytes((code & ~3 | length - 1,))
                    del starts[at + 1]
                    continue
            where += 2 if code & _KIND == _LONG else 1
            at += 1


@lru_cache(maxsize=4096)
def _run(code: int, length: int) -> bytes:
    """A run like another one, of another length; none for no length.

    Args:
        code: of a run with a value, 0 for one of zeros.
        length: in registers.
    """
    if not length:
        return b""
    if code & _VALUE:
        return bytes((code & ~3 | length - 1,))
    if length <= _SHORT_MAX:
        return bytes((length - 1,))
    return (_LONG << 8 | length - 1).to_bytes(2)


_ONE_WITH: Final = tuple(bytes((_VALUE | max(rank - 1, 0) << 2,)) for rank in range(_VALUE_MAX + 1))
"""A run of one register, by its value."""


def _table(change: Callable[[int], int]) -> bytes:
    return bytes(change(value) & 0xFF for value in range(256))


_EXPANDED: Final = tuple(
    bytes(((code >> 2 & 31) + 1,)) * ((code & 3) + 1) if code & _VALUE else bytes(code + 1) for code in range(256)
)
"""The registers of each run that takes one byte."""

_LOW_6: Final = _table(lambda value: value & 63)
_RIGHT_2: Final = _table(lambda value: value >> 2)
_RIGHT_4: Final = _table(lambda value: value >> 4)
_RIGHT_6: Final = _table(lambda value: value >> 6)
_LEFT_2: Final = _table(lambda value: value << 2)
_LEFT_4: Final = _table(lambda value: value << 4)
_LEFT_6: Final = _table(lambda value: value << 6)


def _joined(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one) | int.from_bytes(other)).to_bytes(_QUARTER)


def _unpack(text: bytes | bytearray) -> bytes:
    """The registers of a dense one, a byte each: three bytes hold four, lowest bits first."""
    one, two, three = (bytes(text[at::3]) for at in range(HEADER_SIZE, HEADER_SIZE + 3))
    content = bytearray(REGISTERS)
    content[0::4] = one.translate(_LOW_6)
    content[1::4] = _joined(one.translate(_RIGHT_6), two.translate(_LEFT_2)).translate(_LOW_6)
    content[2::4] = _joined(two.translate(_RIGHT_4), three.translate(_LEFT_4)).translate(_LOW_6)
    content[3::4] = three.translate(_RIGHT_2)
    return bytes(content)


def _pack(content: bytes) -> bytes:
    """As a dense one holds them; the reverse of `_unpack`."""
    a, b, c, d = (content[at::4] for at in range(4))
    packed = bytearray(DENSE_SIZE - HEADER_SIZE)
    packed[0::3] = _joined(a, b.translate(_LEFT_6))
    packed[1::3] = _joined(b.translate(_RIGHT_2), c.translate(_LEFT_4))
    packed[2::3] = _joined(c.translate(_RIGHT_4), d.translate(_LEFT_2))
    return bytes(packed)


def _greater(one: bytes, other: bytes) -> bytes:
    """The greater of each two bytes; all of them below 128."""
    first, second = int.from_bytes(one), int.from_bytes(other)
    # With its top bit set, no byte borrows from its neighbour; the bit is left where first >= second.
    tops = ((first | _TOPS) - second) & _TOPS
    wins = tops - (tops >> 7)
    return (second ^ (first ^ second) & wins).to_bytes(REGISTERS)
