"""Vectors in the three precisions of a vector set, and the distances between them.

All arithmetic is that of 32-bit floats in a server's own order of additions (Redis 8.2.3: two
running sums of four products each), so that what VEMB and VSIM answer has the same digits. It
knows neither elements nor commands.

The decision a reader would question: no numpy. A sum of products over two arrays takes about
6 microseconds for 128 dimensions in plain Python, 10,000 of them less than a tenth of a second;
`Float32.estimates` takes that way in doubles, and the server's own rounding, four times as
slow, is done again for the few that come near the front.
"""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from array import array
from ctypes import c_float
from functools import lru_cache
from math import floor, inf, isnan, sqrt
from operator import add, mul
from typing import TYPE_CHECKING, ClassVar, Final, Self, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Floats: TypeAlias = "array[float]"
"""Numbers of 32 bits, rounded as they are put in."""

_LARGEST_QUANT: Final = 127
_ROUNDING: Final = 2.0**-23
"""How far a 32-bit float may be from the number it stands for, relative to it; generously."""


def floats(numbers: Iterable[float]) -> Floats:
    """Numbers rounded to 32 bits each; what is too large becomes infinite."""
    return array("f", numbers)


def floats_of_blob(blob: bytes) -> Floats:
    """The numbers of a string of 32-bit floats in little-endian order."""
    found = floats(())
    found.frombytes(blob)
    if sys.byteorder == "big":
        found.byteswap()
    return found


def single(number: float) -> float:
    """A number rounded to 32 bits."""
    return c_float(number).value


def total(numbers: Iterable[float]) -> float:
    """The sum of numbers, rounded after each addition."""
    found = c_float(0.0)
    for number in numbers:
        found.value += number
    return found.value


def normalised(vector: Floats) -> tuple[Floats, float]:
    """A vector of the same direction and of length 1, and the length it had.

    A vector of zeros stays as it is, its length counts as 1.
    """
    squares = floats(map(mul, vector, vector))
    whole = len(vector) // 4 * 4
    length = single(sqrt(total([*_fours(squares[:whole], 0, 4), *squares[whole:]])))
    if length == 0:
        return vector, 1.0
    return floats(number / length for number in vector), length


def _fours(products: Floats, start: int, step: int) -> Floats:
    """Sums of four neighbours each, of every group of ``step`` from ``start`` on."""
    sums = products[start::step]
    for offset in (1, 2, 3):
        sums = floats(map(add, sums, products[start + offset :: step]))
    return sums


def projected(vector: Floats, width: int) -> Floats:
    """A vector brought to fewer dimensions, as REDUCE does.

    The server's matrix is no random one: its signs are those of a Hadamard matrix, the parity
    of the bits that row and column have in common, so each server makes the same.
    """
    scale = single(1.0 / sqrt(len(vector)))
    scaled = floats(scale * number for number in vector)
    return floats(total(map(mul, _signs(row, len(vector)), scaled)) for row in range(width))


@lru_cache(maxsize=1024)
def _signs(row: int, width: int) -> array[int]:
    return array("b", (-1 if (row & column).bit_count() & 1 else 1 for column in range(width)))


class Vector(ABC):
    """A vector of length 1, as exactly as a set keeps it."""

    __slots__ = ()

    quantization: ClassVar[bytes]
    """What VINFO and VEMB RAW call it."""

    @classmethod
    @abstractmethod
    def of(cls, vector: Floats) -> Self:
        """Brings a vector to this precision."""

    @abstractmethod
    def numbers(self) -> Floats:
        """The vector as exactly as it is still known."""

    @abstractmethod
    def raw(self) -> bytes:
        """The bytes that a server keeps."""

    @abstractmethod
    def distance(self, other: Self) -> float:
        """From 0 for the same direction to 2 for the opposite one, to the server's last digit."""

    @abstractmethod
    def estimates(self, others: Sequence[Self]) -> list[float]:
        """Distances to many, each less than `slack` from `distance`."""

    def slack(self) -> float:
        """How far an estimate may be off; 0 where they are exact."""
        return 0.0

    @property
    def range(self) -> float | None:
        """What the largest number stands for, where that is kept."""
        return None


class Float32(Vector):
    """Every number as a 32-bit float: NOQUANT."""

    __slots__ = ("_numbers",)

    quantization: ClassVar[bytes] = b"f32"

    def __init__(self, numbers: Floats) -> None:
        self._numbers = numbers

    @classmethod
    def of(cls, vector: Floats) -> Self:
        return cls(vector)

    def numbers(self) -> Floats:
        return self._numbers

    def raw(self) -> bytes:
        if sys.byteorder == "little":
            return self._numbers.tobytes()
        swapped = self._numbers[:]
        swapped.byteswap()
        return swapped.tobytes()

    def distance(self, other: Self) -> float:
        products = floats(map(mul, self._numbers, other.numbers()))
        whole = len(products) // 8 * 8
        first = total([*_fours(products[:whole], 0, 8), *products[whole:]])
        second = total(_fours(products[:whole], 4, 8))
        return single(1.0 - single(first + second))

    def estimates(self, others: Sequence[Self]) -> list[float]:
        mine = tuple(self._numbers)
        return [1.0 - sum(map(mul, mine, other.numbers())) for other in others]

    def slack(self) -> float:
        return (len(self._numbers) + 4) * _ROUNDING


class Int8(Vector):
    """Every number as one of 255 steps up to the largest: Q8."""

    __slots__ = ("_range", "_steps")

    quantization: ClassVar[bytes] = b"int8"

    def __init__(self, steps: array[int], range_: float) -> None:
        self._steps = steps
        self._range = range_

    @classmethod
    def of(cls, vector: Floats) -> Self:
        largest = max(0.0, *map(abs, vector)) if not any(map(isnan, vector)) else 0.0
        if largest in (0.0, inf):
            return cls(array("b", bytes(len(vector))), 0.0)
        scaled = floats(map(single(_LARGEST_QUANT / largest).__mul__, vector))
        # Halves go away from zero, as roundf has them.
        steps = (floor(number + 0.5) if number >= 0 else -floor(0.5 - number) for number in scaled)
        return cls(array("b", steps), largest)

    def numbers(self) -> Floats:
        wide = floats(map(self._range.__mul__, map(float, self._steps)))
        return floats(number / _LARGEST_QUANT for number in wide)

    def raw(self) -> bytes:
        return self._steps.tobytes()

    @property
    def range(self) -> float:
        return self._range

    def distance(self, other: Self) -> float:
        return self.estimates([other])[0]

    def estimates(self, others: Sequence[Self]) -> list[float]:
        if not self._range:
            return [1.0] * len(others)
        mine = tuple(self._steps)
        own = single(self._range / _LARGEST_QUANT)
        dots = floats(sum(map(mul, mine, other._steps)) for other in others)  # noqa: SLF001  # its own class
        scales = floats(own * each for each in floats(other.range / _LARGEST_QUANT for other in others))
        found = floats(1.0 - each for each in floats(map(mul, dots, scales)))
        return [min(max(each, 0.0), 2.0) if other.range else 1.0 for each, other in zip(found, others, strict=True)]


class Binary(Vector):
    """Of every number only whether it is above zero: BIN."""

    __slots__ = ("_bits", "_dimension")

    quantization: ClassVar[bytes] = b"bin"

    def __init__(self, bits: int, dimension: int) -> None:
        self._bits = bits
        self._dimension = dimension

    @classmethod
    def of(cls, vector: Floats) -> Self:
        text = "".join("1" if number > 0 else "0" for number in reversed(vector))
        return cls(int(text, 2), len(vector))

    def numbers(self) -> Floats:
        bits = self._bits
        return floats(1.0 if bits >> at & 1 else -1.0 for at in range(self._dimension))

    def raw(self) -> bytes:
        return self._bits.to_bytes(-(-self._dimension // 64) * 8, "little")

    def distance(self, other: Self) -> float:
        return self.estimates([other])[0]

    def estimates(self, others: Sequence[Self]) -> list[float]:
        mine, dimension = self._bits, self._dimension
        return list(floats((mine ^ other._bits).bit_count() * 2 / dimension for other in others))  # noqa: SLF001  # its own class
