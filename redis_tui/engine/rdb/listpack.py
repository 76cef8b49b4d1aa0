"""Listpacks: the servers' blob for small collections and for streams.

Six bytes of header (total size, number of elements), the elements, 0xFF. An element is its
encoding, its data and its own size once more, to be walked from the end. It knows no type of
value; integers come out as their text unless asked for as numbers.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_HEADER: Final = struct.Struct("<IH")
_END: Final = 0xFF
_UNCOUNTED: Final = 0xFFFF
_LONGEST_INTEGER: Final = 20
_INTEGERS: Final = {0xF1: 2, 0xF2: 3, 0xF3: 4, 0xF4: 8}
"""Encoding byte and bytes of data."""
_MINUS: Final = 45


def _back(size: int) -> bytes:
    """An element's size as it stands behind it: seven bits a byte, highest first, marked in all but the first."""
    if size < 128:
        return bytes((size,))
    parts = [size >> shift & 127 | 128 for shift in range(28, -1, -7)]
    while parts[0] == 128:
        parts.pop(0)
    parts[0] &= 127
    return bytes(parts)


_BACK: Final = tuple(_back(size) for size in range(128))


def _integer(number: int) -> bytes:
    if 0 <= number < 128:
        return bytes((number, 1))
    if -4096 <= number < 4096:
        number &= 8191
        return bytes((0xC0 | number >> 8, number & 255, 2))
    for mark, size in _INTEGERS.items():
        if -(1 << 8 * size - 1) <= number < 1 << 8 * size - 1:
            return bytes((mark,)) + number.to_bytes(size, "little", signed=True) + bytes((size + 1,))
    raise OverflowError(number)


_SMALL: Final = {b"%d" % number: _integer(number) for number in range(-128, 1024)}


def element(item: bytes) -> bytes:
    """One element; a canonical 64-bit integer becomes a number."""
    small = _SMALL.get(item)
    if small is not None:
        return small
    size = len(item)
    if 0 < size <= _LONGEST_INTEGER and (item.isdigit() or item[0] == _MINUS) and (done := _as_integer(item)):
        return done
    if size < 64:
        return b"%c%b%b" % (0x80 | size, item, _BACK[size + 1])
    if size < 4096:
        return b"%c%c%b%b" % (0xE0 | size >> 8, size & 255, item, _back(size + 2))
    return b"\xf0%b%b%b" % (size.to_bytes(4, "little"), item, _back(size + 5))


def _as_integer(item: bytes) -> bytes | None:
    try:
        number = int(item)
        return _integer(number) if b"%d" % number == item else None
    except (ValueError, OverflowError):
        return None


def encode(items: Iterable[bytes]) -> bytes:
    """A listpack of these elements."""
    return join([element(item) for item in items])


def join(elements: list[bytes]) -> bytes:
    """A listpack of elements that are encoded already."""
    body = b"".join(elements)
    return _HEADER.pack(len(body) + 7, min(len(elements), _UNCOUNTED)) + body + b"\xff"


def decode(blob: bytes) -> list[bytes]:
    """The elements.

    Raises:
        ValueError: it is no sound listpack.
    """
    if len(blob) < 7:
        raise ValueError("a listpack cut short")
    total, count = _HEADER.unpack_from(blob)
    last = len(blob) - 1
    if total != len(blob) or blob[last] != _END:
        raise ValueError("a listpack of another size than it says")
    items: list[bytes] = []
    at = 6
    while at < last:
        start = at
        first = blob[at]
        if first < 128:
            items.append(b"%d" % first)
            at += 1
        elif first < 0xC0:
            at += 1 + (first & 63)
            items.append(blob[start + 1 : at])
        else:
            at, item = _long(blob, at, first)
            items.append(item)
        size = at - start
        back = _BACK[size] if size < 128 else _back(size)
        if blob[at : at + len(back)] != back or at + len(back) > last:
            raise ValueError("a listpack's element of another size than it says")
        at += len(back)
    if count not in (_UNCOUNTED, len(items)):
        raise ValueError("a listpack of another number of elements than it says")
    return items


def _long(blob: bytes, at: int, first: int) -> tuple[int, bytes]:
    """The element at that place, and where its data end."""
    if first < 0xE0:
        number = (first & 31) << 8 | blob[at + 1]
        return at + 2, b"%d" % (number if number < 4096 else number - 8192)
    if first < 0xF0:
        start = at + 2
        end = start + ((first & 15) << 8 | blob[at + 1])
        return end, blob[start:end]
    if first == 0xF0:
        start = at + 5
        end = start + int.from_bytes(blob[at + 1 : start], "little")
        return end, blob[start:end]
    if first not in _INTEGERS:
        raise ValueError("a listpack's element of unknown encoding")
    end = at + 1 + _INTEGERS[first]
    return end, b"%d" % int.from_bytes(blob[at + 1 : end], "little", signed=True)
