"""Ziplists and zipmaps: what listpacks replaced, for reading old payloads and files.

Nothing writes them any more, so there is no encoder.
"""

from __future__ import annotations

import struct
from typing import Final

_HEADER: Final = struct.Struct("<IIH")
_END: Final = 0xFF
_UNCOUNTED: Final = 0xFFFF
_FAR: Final = 254
_INTEGERS: Final = {0xC0: 2, 0xD0: 4, 0xE0: 8, 0xF0: 3, 0xFE: 1}
"""Encoding byte and bytes of data."""


def decode(blob: bytes) -> list[bytes]:
    """The elements of a ziplist.

    Raises:
        ValueError: it is no sound ziplist.
        IndexError: it ends too early.
    """
    if len(blob) < 11:
        raise ValueError("a ziplist cut short")
    total, tail, count = _HEADER.unpack_from(blob)
    last = len(blob) - 1
    if total != len(blob) or blob[last] != _END:
        raise ValueError("a ziplist of another size than it says")
    items: list[bytes] = []
    at, previous, start = 10, 0, 10
    while at < last:
        start = at
        before = blob[at]
        at += 1
        if before == _FAR:
            before = int.from_bytes(blob[at : at + 4], "little")
            at += 4
        if before != previous:
            raise ValueError("a ziplist's element of another size than it says")
        at, item = _element(blob, at)
        if at > last:
            raise ValueError("a ziplist's element that passes the end")
        items.append(item)
        previous = at - start
    if start != tail or count not in (_UNCOUNTED, len(items)):
        raise ValueError("a ziplist whose end is not where it says")
    return items


def _element(blob: bytes, at: int) -> tuple[int, bytes]:
    """The element whose encoding byte stands there, and where it ends."""
    first = blob[at]
    if first < 64:
        end = at + 1 + first
        return end, blob[at + 1 : end]
    if first < 128:
        end = at + 2 + ((first & 63) << 8 | blob[at + 1])
        return end, blob[at + 2 : end]
    if first == 128:
        end = at + 5 + int.from_bytes(blob[at + 1 : at + 5], "big")
        return end, blob[at + 5 : end]
    if 0xF1 <= first <= 0xFD:
        return at + 1, b"%d" % (first - 0xF1)
    if first not in _INTEGERS:
        raise ValueError("a ziplist's element of unknown encoding")
    end = at + 1 + _INTEGERS[first]
    return end, b"%d" % int.from_bytes(blob[at + 1 : end], "little", signed=True)


def decode_zipmap(blob: bytes) -> list[bytes]:
    """Fields and values, in turn, of a zipmap: hashes before 2012.

    Raises:
        ValueError: it is no sound zipmap.
        IndexError: it ends too early.
    """
    items: list[bytes] = []
    at, last = 1, len(blob) - 1
    while blob[at] != _END:
        at, item = _zipmap_text(blob, at, last, is_value=len(items) % 2 == 1)
        items.append(item)
    if at != last or len(items) % 2:
        raise ValueError("a zipmap that ends too early")
    return items


def _zipmap_text(blob: bytes, at: int, last: int, *, is_value: bool) -> tuple[int, bytes]:
    size = blob[at]
    at += 1
    if size == _FAR:
        size = int.from_bytes(blob[at : at + 4], "little")
        at += 4
    spare = 0
    if is_value:
        spare = blob[at]
        at += 1
    if at + size + spare > last:
        raise ValueError("a zipmap's text that passes the end")
    return at + size + spare, blob[at : at + size]
