"""LZF, the compression of long strings in payloads and files.

It knows bytes only. A compressed text is a row of literal runs (a byte below 32, then that many
bytes and one more) and of references back (three bits of length, thirteen of distance).

The decision a reader would question: Python, not a wheel of liblzf. The one that is built for
many systems is a fork that a single person keeps; reading is quick here since copies are
slices. Writing is not (1.6 megabytes a second), so it is kept bounded: texts over a quarter
of a megabyte stay as they are, a short one is not walked where hardly any four bytes come
twice, and whoever writes many texts takes `compress_if_worthwhile`.
"""

from __future__ import annotations

from typing import Final

_LEAST_SAVED: Final = 4
_LONGEST_LITERAL: Final = 32
_LONGEST_MATCH: Final = 264
_FARTHEST: Final = 8192
_LARGEST: Final = 1 << 18
"""Bytes beyond which nothing is compressed: a tenth of a second of walking."""
_SHORT: Final = 128
_SAMPLE: Final = 1024
_WORTHWHILE: Final = 1 / 3
"""Part of a text that must have been there before."""


def compress_if_worthwhile(data: bytes | bytearray) -> bytes | None:
    """As `compress`, for texts of a kilobyte and more that shrink by about a quarter.

    What is not worth it is found out in 0.04 milliseconds, so that a file of a million keys takes seconds.
    """
    if len(data) < _SAMPLE or _repeats(bytes(data[:_SAMPLE])) < _WORTHWHILE * _SAMPLE:
        return None
    return compress(data)


def _repeats(text: bytes) -> int:
    """How many runs of four bytes came before."""
    seen: set[int] = set()
    for offset in range(4):
        stop = len(text) - (len(text) - offset) % 4
        seen.update(memoryview(text)[offset:stop].cast("I"))
    return len(text) - 3 - len(seen)


def compress(data: bytes | bytearray) -> bytes | None:
    """The shorter form, None where it would not save at least four bytes."""
    size = len(data)
    if size <= _LEAST_SAVED or size > _LARGEST or (size <= _SHORT and _repeats(bytes(data)) < 2):
        return None
    text = bytes(data)
    most = size - _LEAST_SAVED
    seen: dict[bytes, int] = {}
    out = bytearray()
    at = literal_from = 0
    last = size - 2
    while at < last:
        three = text[at : at + 3]
        found = seen.get(three, -1)
        seen[three] = at
        # A server never refers to the very first byte: zero marks an empty place of its table.
        if found <= 0 or at - found > _FARTHEST:
            at += 1
            continue
        length = _match(text, found, at, max(3, min(size - at - 2, _LONGEST_MATCH)))
        _put_literals(out, text, literal_from, at)
        distance = at - found - 1
        if length < 9:
            out.append(length - 2 << 5 | distance >> 8)
        else:
            out.append(7 << 5 | distance >> 8)
            out.append(length - 9)
        out.append(distance & 255)
        if len(out) > most:
            return None
        at += length
        literal_from = at
        for place in (at - 2, at - 1):
            seen[text[place : place + 3]] = place
    _put_literals(out, text, literal_from, size)
    return bytes(out) if len(out) <= most else None


def _match(text: bytes, earlier: int, at: int, most: int) -> int:
    """How many bytes are alike from two places on; three are known to be."""
    if text[earlier : earlier + most] == text[at : at + most]:
        return most
    low, high = 3, most
    while high - low > 1:
        middle = (low + high) // 2
        if text[earlier : earlier + middle] == text[at : at + middle]:
            low = middle
        else:
            high = middle
    return low


def _put_literals(out: bytearray, text: bytes, start: int, stop: int) -> None:
    for place in range(start, stop, _LONGEST_LITERAL):
        run = text[place : min(place + _LONGEST_LITERAL, stop)]
        out.append(len(run) - 1)
        out += run


def decompress(data: bytes, size: int) -> bytes:
    """The text itself.

    Args:
        data: compressed.
        size: how long the text must be.

    Raises:
        ValueError: the data are damaged, or give another length.
    """
    out = bytearray()
    at, end = 0, len(data)
    try:
        while at < end:
            control = data[at]
            at += 1
            if control < _LONGEST_LITERAL:
                out += data[at : at + control + 1]
                at += control + 1
                continue
            length = control >> 5
            if length == 7:
                length += data[at]
                at += 1
            start = len(out) - ((control & 31) << 8 | data[at]) - 1
            at += 1
            if start < 0 or len(out) > size:
                raise ValueError("a reference that points outside")
            _copy(out, start, length + 2)
    except IndexError:
        raise ValueError("a reference that is cut off") from None
    if at != end or len(out) != size:
        raise ValueError("another length than announced")
    return bytes(out)


def _copy(out: bytearray, start: int, length: int) -> None:
    """Appends bytes that came before; they may overlap with what is being appended."""
    period = len(out) - start
    if period >= length:
        out += out[start : start + length]
        return
    pattern = out[start:]
    out += (pattern * (length // period + 1))[:length]
