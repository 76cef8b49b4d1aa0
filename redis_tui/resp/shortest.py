"""The digits that a server writes for a double: those of the Grisu2 method.

Redis and Valkey print doubles with a small library that follows Florian Loitsch, "Printing
floating-point numbers quickly and accurately with integers" (2010), its second method. In one
number of a thousand it has a digit more than needed (``0.39070171117782593`` where
``0.3907017111778259`` reads back), and of two texts equally near it takes the greater;
Python's own `repr` does neither. It knows no reply.

The decision a reader would question: all this for a last digit. Scores and coordinates are
compared as text, by people and by tests; and one number in three hundred of 32 bits differs.
"""

from __future__ import annotations

from functools import lru_cache
from math import frexp
from typing import Final

_WORD: Final = 64
_HALF_WORD: Final = 1 << 63
_FRACTION: Final = 53
_WHOLE: Final = 2.0**_FRACTION
_LEAST_EXPONENT: Final = -1074
"""Of the last place of a double, and of every number too small for a whole fraction."""
_LOWEST, _HIGHEST = -60, -32
"""Binary exponents between which the scaled number is put; the whole part then fits 32 bits."""
_FIRST_POWER, _POWERS, _STEP = -348, 87, 8
"""The library has every eighth power of ten; which one it takes decides on the rounding."""
_KEPT: Final = 4096
"""Texts remembered: scores are often the same few, and a new one takes eight microseconds."""
_LOG_OF_TWO: Final = 0.30102999566398114


@lru_cache(maxsize=_POWERS)
def _power(index: int) -> tuple[int, int]:
    """A power of ten as 64 bits and a binary exponent, rounded to nearest."""
    decimal = _FIRST_POWER + index * _STEP
    if decimal >= 0:
        exact = 10**decimal
        shift = exact.bit_length() - _WORD
        fraction = exact << -shift if shift <= 0 else (exact + (1 << shift - 1)) >> shift
    else:
        divisor = 10**-decimal
        shift = -(divisor.bit_length() + _WORD - 1)
        fraction = ((1 << -shift) + divisor // 2) // divisor
    if fraction.bit_length() > _WORD:
        return fraction >> 1, shift + 1
    return fraction, shift


def _cached_power(exponent: int) -> int:
    """Which power brings a number of that binary exponent between the two bounds."""
    index = (int(-(exponent + _POWERS) * _LOG_OF_TWO) - _FIRST_POWER) // _STEP
    while True:
        reached = exponent + _power(index)[1] + _WORD
        if reached < _LOWEST:
            index += 1
        elif reached > _HIGHEST:
            index -= 1
        else:
            return index


@lru_cache(maxsize=_KEPT)
def digits_of(value: float) -> tuple[str, int]:
    """The digits of a number and the power of ten that the last one stands for.

    Args:
        value: above zero and finite.

    Returns:
        Digits without zeros at the front: ``0.25`` gives ``("25", -2)``.
    """
    mantissa, exponent = frexp(value)
    exponent -= _FRACTION
    fraction = int(mantissa * _WHOLE)
    if exponent < _LEAST_EXPONENT:
        fraction >>= _LEAST_EXPONENT - exponent
        exponent = _LEAST_EXPONENT
    # The number and the middles between it and its neighbours, all to the upper one's exponent.
    shift = _WORD - (2 * fraction + 1).bit_length()
    top = exponent - 1 - shift
    upper = (2 * fraction + 1) << shift
    centre = fraction << shift + 1
    nearer = fraction == 1 << _FRACTION - 1
    lower = (4 * fraction - 1) << shift - 1 if nearer else (2 * fraction - 1) << shift
    index = _cached_power(top)
    power, binary = _power(index)
    centre, upper, lower = ((each * power + _HALF_WORD) >> _WORD for each in (centre, upper, lower))
    # The products may be off by one, so the bounds are taken in.
    upper, lower = upper - 1, lower + 1
    return _generate(upper - centre, upper, upper - lower, -(top + binary + _WORD), -(_FIRST_POWER + index * _STEP))


def _generate(behind: int, upper: int, delta: int, point: int, scale: int) -> tuple[str, int]:
    """Takes digits from the upper bound until what is left is within the bounds.

    Args:
        behind: how far the number itself is below the upper bound.
        upper: fixed-point number.
        delta: distance of the two bounds.
        point: binary places of all three.
        scale: power of ten by which they were divided.
    """
    whole, rest = upper >> point, upper & (1 << point) - 1
    text = str(whole)
    for place in range(len(text) - 1, -1, -1):
        unit = 10**place
        left = (whole % unit << point) + rest
        if left <= delta:
            digits = whole // unit
            return str(digits - _steps_down(left, behind, delta, unit << point)), scale + place
    digits, unit, place = whole, 1 << point, 0
    while True:
        rest *= 10
        delta *= 10
        behind *= 10
        place -= 1
        digits = digits * 10 + (rest >> point)
        rest &= unit - 1
        if rest < delta:
            return str(digits - _steps_down(rest, behind, delta, unit)), scale + place


def _steps_down(left: int, behind: int, delta: int, unit: int) -> int:
    """How often the last digit is lowered to come nearer to the number; not for an equal distance."""
    steps = 0
    while left < behind and delta - left >= unit and (left + unit < behind or behind - left > left + unit - behind):
        left += unit
        steps += 1
    return steps
