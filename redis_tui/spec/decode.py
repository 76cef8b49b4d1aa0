"""Decoding of arguments, and the refusals that go with it, to the letter of Redis.

It knows nothing of commands. The decision a reader would question: `decode_int` first asks
a table of small numbers. Arguments such as ``0``, ``1``, ``-1`` or ``60`` are most of what is
sent, and a look-up costs a third of parsing and checking.
"""

from __future__ import annotations

import re
from math import inf, isnan
from typing import TYPE_CHECKING, Final, TypeAlias

from redis_tui.errors import CommandError, SyntaxFault
from redis_tui.late_pattern import late_pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

Rest: TypeAlias = list[bytes]
"""Annotation of a handler's last parameter: all remaining arguments, undecoded."""

NOT_AN_INTEGER: Final = "ERR value is not an integer or out of range"
NOT_A_FLOAT: Final = "ERR value is not a valid float"
INT64_MIN: Final = -(1 << 63)
INT64_MAX: Final = (1 << 63) - 1

SMALL_INTS: Final = {b"%d" % value: value for value in range(-128, 1024)}
_MAX_DIGITS: Final = 20
_SAFE_DIGITS: Final = 19
"""Fewer digits than this always fit into 64 bits."""
_MOST_DIGITS_SURE: Final = 300
"""So many digits never overflow a double."""
_ZERO_DIGIT: Final = ord("0")
_SPACE: Final = ord(" ")
_INFINITE: Final = frozenset((b"inf", b"infinity"))
_HEX: Final = late_pattern(rb"[+-]?0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)(?:[pP][+-]?[0-9]+)?\Z")
_ZERO: Final = late_pattern(rb"[+-]?[0.]+(?:[eE].*)?\Z", re.DOTALL)


def wrong_arity(name: str) -> CommandError:
    """The refusal for a wrong number of arguments; ``name`` as specs spell it (``client|setname``)."""
    return CommandError(f"ERR wrong number of arguments for '{name}' command")


def decode_int(text: bytes, fault: str = NOT_AN_INTEGER) -> int:
    """Reads a signed 64-bit integer as Redis' string2ll does: no spaces, plus sign, leading zeros or ``-0``.

    Args:
        text: the argument.
        fault: the error line where it is none.

    Raises:
        CommandError: it is no such integer.
    """
    value = SMALL_INTS.get(text)
    if value is not None:
        return value
    if text.isdigit() and len(text) < _SAFE_DIGITS and text[0] != _ZERO_DIGIT:
        return int(text)
    if len(text) <= _MAX_DIGITS:
        try:
            value = int(text)
        except ValueError:
            raise CommandError(fault) from None
        if b"%d" % value == text and INT64_MIN <= value <= INT64_MAX:
            return value
    raise CommandError(fault)


def decode_count(text: bytes) -> int:
    """Reads an integer whose negative is one, too: the counts of LREM and SRANDMEMBER, the rank of LPOS.

    Args:
        text: the argument.

    Raises:
        CommandError: it is no such integer.
    """
    value = decode_int(text)
    if value < -INT64_MAX:
        raise CommandError(f"ERR value is out of range, value must between {-INT64_MAX} and {INT64_MAX}")
    return value


def decode_float(text: bytes, fault: str = NOT_A_FLOAT) -> float:
    """Reads a double as Redis does: strtod without spaces, NaN, overflow or underflow; hexadecimal and infinities pass.

    Args:
        text: the argument.
        fault: the error line where it is none.

    Raises:
        CommandError: it is no such number.
    """
    if text.isdigit() and len(text) < _MOST_DIGITS_SURE:
        return float(text)
    try:
        number = float(text)
    except ValueError:
        number = _decode_hex(text, fault)
    # float() also takes spaces around and underscores within the digits; strtod does not.
    if text[0] <= _SPACE or text[-1] <= _SPACE or b"_" in text:
        raise CommandError(fault)
    if 0.0 < number < inf or -inf < number < 0.0:
        return number
    if isnan(number):
        raise CommandError(fault)
    if number in (inf, -inf) and text.lstrip(b"+-").lower() not in _INFINITE:
        raise CommandError(fault)
    # ZADD z 1e-400 m -> ERR value is not a valid float: what is too small for a double is no zero.
    if number == 0 and not _ZERO.match(text) and not _HEX.match(text):
        raise CommandError(fault)
    return number


def _decode_hex(text: bytes, fault: str) -> float:
    if not _HEX.match(text):
        raise CommandError(fault)
    try:
        return float.fromhex(text.decode())
    except OverflowError:
        raise CommandError(fault) from None


class Options:
    """A cursor over the arguments of a handler that takes `Rest` and parses on its own."""

    __slots__ = ("_args", "_at")

    def __init__(self, args: Sequence[bytes], at: int = 0) -> None:
        self._args = args
        self._at = at

    def __bool__(self) -> bool:
        """Whether arguments are left."""
        return self._at < len(self._args)

    def __len__(self) -> int:
        """How many arguments are left."""
        return len(self._args) - self._at

    def take(self) -> bytes:
        """The next argument as it is. Raises `SyntaxFault` where none is left."""
        if self._at >= len(self._args):
            raise SyntaxFault
        self._at += 1
        return self._args[self._at - 1]

    def take_word(self) -> bytes:
        """The next argument in upper case, to be compared with tokens."""
        return self.take().upper()

    def take_int(self, fault: str = NOT_AN_INTEGER) -> int:
        """The next argument as an integer."""
        return decode_int(self.take(), fault)

    def take_float(self, fault: str = NOT_A_FLOAT) -> float:
        """The next argument as a double."""
        return decode_float(self.take(), fault)

    def take_many(self, count: int) -> list[bytes]:
        """The next ``count`` arguments. Raises `SyntaxFault` where fewer are left."""
        if count < 0 or count > len(self):
            raise SyntaxFault
        self._at += count
        return list(self._args[self._at - count : self._at])

    def take_rest(self) -> list[bytes]:
        """All that is left."""
        return self.take_many(len(self))

    def accept(self, *tokens: bytes) -> bytes | None:
        """Takes the next argument if it is one of the tokens (upper case, any spelling matches); returns the token."""
        if self._at >= len(self._args):
            return None
        word = self._args[self._at].upper()
        if word not in tokens:
            return None
        self._at += 1
        return word
