"""Lengths and strings as payloads and files have them, appended to a buffer.

It knows no type of value. Integers of up to 32 bits in their one canonical spelling are
written in binary, long strings compressed, exactly where a server does so.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Final

Compress = Callable[[bytes | bytearray], bytes | None]
"""The shorter form of a text, None where there is none."""

_COMPRESSED_FROM: Final = 21
_LONGEST_INTEGER: Final = 11
_INT8: Final = struct.Struct("<Bb")
_INT16: Final = struct.Struct("<Bh")
_INT32: Final = struct.Struct("<Bi")
DOUBLE: Final = struct.Struct("<d")
INT64: Final = struct.Struct("<q")


def put_length(out: bytearray, number: int) -> None:
    """A length or a small number."""
    if number < 64:
        out.append(number)
    elif number < 1 << 14:
        out.append(64 | number >> 8)
        out.append(number & 255)
    elif number < 1 << 32:
        out.append(0x80)
        out += number.to_bytes(4, "big")
    else:
        out.append(0x81)
        out += number.to_bytes(8, "big")


def put_string(out: bytearray, text: bytes | bytearray, compress: Compress | None) -> None:
    """A string in the form that a server would choose.

    Args:
        compress: for long ones; None where they stay as they are.
    """
    size = len(text)
    if size <= _LONGEST_INTEGER:
        if text and (text.isdigit() or text[0] == 45) and _put_integer(out, text):
            return
    elif compress is not None and size >= _COMPRESSED_FROM and (packed := compress(text)) is not None:
        out.append(0xC3)
        put_length(out, len(packed))
        put_length(out, size)
        out += packed
        return
    put_length(out, size)
    out += text


def _put_integer(out: bytearray, text: bytes | bytearray) -> bool:
    try:
        number = int(text)
    except ValueError:
        return False
    if b"%d" % number != text:
        return False
    if -128 <= number < 128:
        out += _INT8.pack(0xC0, number)
    elif -32768 <= number < 32768:
        out += _INT16.pack(0xC1, number)
    elif -(1 << 31) <= number < 1 << 31:
        out += _INT32.pack(0xC2, number)
    else:
        return False
    return True
