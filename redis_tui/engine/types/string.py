"""Strings: their encodings, and the long doubles that INCRBYFLOAT counts in.

A string itself is plain ``bytes`` or ``bytearray``; nothing here knows a database or a command.

The decision a reader would question: x87 arithmetic is done over in integers. Redis adds
``long double``s of 64 bits of mantissa and prints 17 decimals, which shows: 3000.1 + 0.1 has
digits that neither `float` nor `Decimal` gives. A number here is a pair ``(mantissa, scale)``,
worth ``mantissa / 2**scale``, rounded to even after each step as the machine does.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Final, TypeAlias

from redis_tui.late_pattern import late_pattern
from redis_tui.spec.decode import INT64_MAX, INT64_MIN, NOT_AN_INTEGER, SMALL_INTS, decode_int

LongDouble: TypeAlias = tuple[int, int]
"""``(mantissa, scale)``: mantissa / 2**scale. A value of 2**16384 stands for infinity."""

EMBSTR_MAX: Final = 44
_INT_TEXT: Final = re.compile(rb"(?:0|-?[1-9][0-9]{0,18})\Z")
_ASCII_ZERO: Final = 48
_LONGEST_SURE: Final = 19
"""Fewer digits than this always fit 64 bits."""

_MANTISSA_BITS: Final = 64
_TOP_EXPONENT: Final = 16384
_LOWEST_SCALE: Final = 16445
_INFINITY: Final[LongDouble] = (1, -_TOP_EXPONENT)
_ZERO: Final[LongDouble] = (0, 0)
_DECIMALS: Final = 17
_TEXT_MAX: Final = 5 * 1024
_EXPONENT_MAX: Final = 10_000
_PARSED_KEPT: Final = 256
_NUMBER: Final = late_pattern(rb"([+-]?)(?:([0-9]+)\.?([0-9]*)|\.([0-9]+))(?:[eE]([+-]?[0-9]+))?\Z")
_HEX: Final = late_pattern(rb"([+-]?)0[xX](?:([0-9a-fA-F]+)\.?([0-9a-fA-F]*)|\.([0-9a-fA-F]+))(?:[pP]([+-]?[0-9]+))?\Z")
_INFINITE: Final = late_pattern(rb"([+-]?)inf(?:inity)?\Z", re.IGNORECASE)


class PlainText(bytes):
    """A string that a server keeps as text though it may read as an integer: what INCRBYFLOAT leaves."""

    __slots__ = ()


def read_counter(text: bytes, fault: str = NOT_AN_INTEGER) -> int:
    """A stored integer, as INCR and HINCRBY want it: `decode_int` with a short way for what they wrote themselves.

    Args:
        fault: the error line where it is none.

    Raises:
        CommandError: it is no 64-bit integer in its one canonical spelling.
    """
    number = SMALL_INTS.get(text)
    if number is not None:
        return number
    if text.isdigit() and text[0] != _ASCII_ZERO and len(text) < _LONGEST_SURE:
        return int(text)
    return decode_int(text, fault)


def encoding(value: bytes | bytearray, embstr_max: int = EMBSTR_MAX) -> str:
    """What OBJECT ENCODING answers for a string.

    Args:
        embstr_max: the longest text that a server would keep in one piece with its object.
    """
    if isinstance(value, bytearray):
        return "raw"  # edited in place, as APPEND and SETRANGE leave it
    if type(value) is not PlainText and _INT_TEXT.match(value) and INT64_MIN <= int(value) <= INT64_MAX:
        return "int"
    return "embstr" if len(value) <= embstr_max else "raw"


@lru_cache(maxsize=_PARSED_KEPT)
def parse_long_double(text: bytes) -> LongDouble | None:
    """Reads a number as Redis' string2ld does; None where it is none, or NaN, or beyond the type's range."""
    if not text or len(text) >= _TEXT_MAX:
        return None
    base, found = 10, _NUMBER.match(text)
    if found is None:
        base, found = 16, _HEX.match(text)
    if found is None:
        found = _INFINITE.match(text)
        return found and (-1 if found[1] == b"-" else 1, -_TOP_EXPONENT)
    sign, whole, fraction, bare, exponent = found.groups()
    digits = (whole or b"") + (fraction or bare or b"")
    number = int(digits, 16) if base == 16 else int(Decimal(digits.decode()))
    if number == 0:
        return _ZERO
    shift = max(-_EXPONENT_MAX * 4, min(_EXPONENT_MAX * 4, int((exponent or b"0")[:20])))
    places = len(fraction or bare or b"")
    value = _rounded_hex(number, shift - 4 * places) if base == 16 else _rounded_decimal(number, shift - places)
    if value in (_ZERO, _INFINITY):
        return None
    return (-value[0], value[1]) if sign == b"-" else value


def is_infinite(value: LongDouble) -> bool:
    """Whether it stands for infinity, of either sign."""
    return value[1] == -_TOP_EXPONENT


def add_long_doubles(one: LongDouble, other: LongDouble) -> LongDouble | None:
    """The sum, rounded; None where it is infinite or no number."""
    if is_infinite(one) or is_infinite(other):
        return None
    scale = max(one[1], other[1])
    mantissa = (one[0] << (scale - one[1])) + (other[0] << (scale - other[1]))
    value = _rounded(abs(mantissa), 1, scale)
    if value == _INFINITY:
        return None
    return (-value[0], value[1]) if mantissa < 0 else value


def format_long_double(value: LongDouble) -> bytes:
    """Writes a number as Redis' ld2string does for people: 17 decimals, less the zeros at the end."""
    mantissa, scale = value
    if scale <= 0:
        return str(Decimal(mantissa << -scale)).encode()
    scaled = _divided(abs(mantissa) * 10**_DECIMALS, 1 << scale)
    whole, decimals = divmod(scaled, 10**_DECIMALS)
    text = str(Decimal(whole))
    if decimals:
        text += f".{decimals:0{_DECIMALS}d}".rstrip("0")
    # `-0.00…` loses all its zeros and then, as the one special case of ld2string, its sign.
    return (f"-{text}" if mantissa < 0 and text != "0" else text).encode()


def _rounded_decimal(number: int, exponent: int) -> LongDouble:
    """``number * 10**exponent``."""
    if exponent > _EXPONENT_MAX:
        return _INFINITY
    if exponent < -2 * _EXPONENT_MAX:
        return _ZERO
    return _rounded(number * 10**exponent, 1, 0) if exponent >= 0 else _rounded(number, 10**-exponent, 0)


def _rounded_hex(number: int, exponent: int) -> LongDouble:
    """``number * 2**exponent``."""
    return _rounded(number, 1, -exponent)


def _rounded(number: int, divisor: int, scale: int) -> LongDouble:
    """``number / divisor / 2**scale`` with 64 bits of mantissa, fewer below the least normal number."""
    shift = _MANTISSA_BITS - (number.bit_length() - divisor.bit_length())
    if (number << shift if shift >= 0 else number >> -shift) >= divisor << _MANTISSA_BITS:
        shift -= 1
    shift = min(shift, _LOWEST_SCALE - scale)
    mantissa = _divided(number << max(shift, 0), divisor << max(-shift, 0))
    scale += shift
    if mantissa.bit_length() - scale > _TOP_EXPONENT:
        return _INFINITY
    if not mantissa:
        return _ZERO
    spare = (mantissa & -mantissa).bit_length() - 1
    return mantissa >> spare, scale - spare


def _divided(number: int, divisor: int) -> int:
    """The quotient, rounded to the nearest, a tie to the even one."""
    quotient, rest = divmod(number, divisor)
    return quotient + (rest * 2 > divisor or (rest * 2 == divisor and quotient & 1))
