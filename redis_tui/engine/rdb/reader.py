"""The bytes of a payload or file, read in order: numbers, lengths, strings.

It knows no type of value. Every read that would pass the end raises `DamagedData`, and nothing
is set aside for a length that is only announced, so that a damaged length costs nothing.
The decision a reader would question: it works on the whole data at once and not on a
stream. A file must be in memory as values anyhow, and slices of bytes are what is quick.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from redis_tui.engine.rdb import lzf
from redis_tui.errors import DamagedData

if TYPE_CHECKING:
    from collections.abc import Callable

ENCODED: Final = 0xC0
"""The two highest bits of a string's first byte where the string is written in a special way."""
LZF: Final = 0xC3
_INTEGERS: Final = {0xC0: struct.Struct("<b"), 0xC1: struct.Struct("<h"), 0xC2: struct.Struct("<i")}
_LENGTH_32: Final = 0x80
_LENGTH_64: Final = 0x81
_SHORT_LENGTH: Final = 64
_MOST_FROM_LZF: Final = 90
"""A reference of three bytes gives 264 at most."""
_DOUBLE: Final = struct.Struct("<d")
_FLOAT: Final = struct.Struct("<f")
_INT64: Final = struct.Struct("<q")
_OLD_DOUBLES: Final = {253: float("nan"), 254: float("inf"), 255: float("-inf")}


class Reader:
    """A place in the data.

    Args:
        data: all of it.
        at: where to begin.
        end: where to stop; the end of the data where None.
    """

    __slots__ = ("at", "data", "end", "of_valkey")

    def __init__(self, data: bytes, at: int = 0, end: int | None = None) -> None:
        self.data = data
        self.at = at
        self.end = len(data) if end is None else end
        self.of_valkey = False
        """A Valkey of its own version wrote the data, not one that still wrote as Redis 7.2."""

    def fault(self, expected: str, at: int | None = None) -> DamagedData:
        """The exception for data that are not what they must be.

        Args:
            expected: what should stand there, to follow "expected".
            at: where; here, if None.
        """
        return DamagedData(self.at if at is None else at, expected)

    def byte(self, what: str) -> int:
        """One byte; ``what`` says in a fault what it should have been."""
        if self.at >= self.end:
            raise self.fault(what)
        self.at += 1
        return self.data[self.at - 1]

    def take(self, size: int, what: str) -> bytes:
        """That many bytes."""
        start = self.at
        if size > self.end - start:
            raise self.fault(f"{size} bytes of {what}, and only {self.end - start} are left")
        self.at = start + size
        return self.data[start : self.at]

    def length(self, what: str) -> int:
        """A length or a small number."""
        start = self.at
        first = self.byte(what)
        if first < 64:
            return first
        if first < 128:
            return (first & 63) << 8 | self.byte(what)
        if first == _LENGTH_32:
            return int.from_bytes(self.take(4, what), "big")
        if first == _LENGTH_64:
            return int.from_bytes(self.take(8, what), "big")
        raise self.fault(f"{what}, a length", start)

    def string(self, what: str) -> bytes:
        """A string, however it is written."""
        start = self.at
        if start >= self.end:
            raise self.fault(what)
        first = self.data[start]
        if first < _SHORT_LENGTH and (stop := start + 1 + first) <= self.end:
            self.at = stop
            return self.data[start + 1 : stop]
        if first >= ENCODED:
            self.at += 1
            if (form := _INTEGERS.get(first)) is not None:
                number: int = form.unpack(self.take(form.size, what))[0]
                return b"%d" % number
            if first == LZF:
                return self._compressed(what)
            raise self.fault(f"{what}, a string", start)
        return self.take(self.length(what), what)

    def double(self, what: str) -> float:
        """Eight bytes of a binary double."""
        number: float = _DOUBLE.unpack(self.take(8, what))[0]
        return number

    def single(self, what: str) -> float:
        """Four bytes of a binary float."""
        number: float = _FLOAT.unpack(self.take(4, what))[0]
        return number

    def int64(self, what: str) -> int:
        """Eight bytes of a signed integer."""
        number: int = _INT64.unpack(self.take(8, what))[0]
        return number

    def old_double(self, what: str) -> float:
        """A double as text, the way files had it before 2016."""
        start = self.at
        size = self.byte(what)
        if size in _OLD_DOUBLES:
            return _OLD_DOUBLES[size]
        try:
            return float(self.take(size, what))
        except ValueError:
            raise self.fault(f"{what}, a number", start) from None

    def _compressed(self, what: str) -> bytes:
        packed = self.length(what)
        size = self.length(what)
        start = self.at
        data = self.take(packed, what)
        if size > packed * _MOST_FROM_LZF:
            raise self.fault(f"{what}, a compressed string of {size} bytes", start)
        try:
            return lzf.decompress(data, size)
        except ValueError:
            raise self.fault(f"{what}, a compressed string of {size} bytes", start) from None


def within(blob: bytes, at: int, read: Callable[[bytes], list[bytes]]) -> list[bytes]:
    """The elements of a blob that stands in the data as one string.

    Args:
        blob: the string.
        at: where it began, for the fault.
        read: listpack, ziplist or the like; raises ValueError.

    Raises:
        DamagedData: the blob is not what it should be.
    """
    try:
        return read(blob)
    except (ValueError, IndexError, struct.error) as fault:
        raise DamagedData(at, f"a sound blob, which this is not ({fault})") from None
