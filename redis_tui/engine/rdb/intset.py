"""Intsets: small sets of integers, sorted, in the fewest bytes that hold them all."""

from __future__ import annotations

import itertools
import struct
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_HEADER: Final = struct.Struct("<II")
_LETTERS: Final = {2: "h", 4: "i", 8: "q"}


def encode(numbers: Sequence[int]) -> bytes:
    """An intset of these numbers, which ascend."""
    low, high = numbers[0], numbers[-1]
    width = next(width for width in _LETTERS if -(1 << 8 * width - 1) <= low and high < 1 << 8 * width - 1)
    return _HEADER.pack(width, len(numbers)) + struct.pack(f"<{len(numbers)}{_LETTERS[width]}", *numbers)


def decode(blob: bytes) -> list[bytes]:
    """The members, as texts.

    Raises:
        ValueError: it is no sound intset.
    """
    if len(blob) < _HEADER.size:
        raise ValueError("an intset cut short")
    width, count = _HEADER.unpack_from(blob)
    if width not in _LETTERS or len(blob) != _HEADER.size + width * count:
        raise ValueError("an intset of another size than it says")
    numbers = struct.unpack_from(f"<{count}{_LETTERS[width]}", blob, _HEADER.size)
    if any(one >= other for one, other in itertools.pairwise(numbers)):
        raise ValueError("an intset that does not ascend")
    return [b"%d" % number for number in numbers]
