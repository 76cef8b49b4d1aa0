"""What SCAN, HSCAN, SSCAN and ZSCAN share: their arguments, and the walk over one collection.

It knows no type by name. The decision a reader would question: cursor and options
are read by two functions, because a server looks at the key between them
(``HSCAN missing 0 BOGUS`` is an empty answer, ``HSCAN missing x`` an error).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeVar

from redis_tui.engine.dialect import REDIS_8, Dialect
from redis_tui.engine.glob import compile_glob
from redis_tui.engine.registry import printable
from redis_tui.engine.types.base import Collection
from redis_tui.errors import CommandError, SyntaxFault
from redis_tui.record import dataclass
from redis_tui.spec.decode import INT64_MAX, Options, Rest

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis_tui.engine.context import Ctx
    from redis_tui.resp.types import Reply

C = TypeVar("C", bound=Collection)
_CURSOR: Final = re.compile(rb"[ \t-\r]*([+-]?)([0-9]+)\Z")
_UINT64: Final = 1 << 64
_DIGITS: Final = 20
"""No number of 64 bits has more."""
_TYPES: Final = frozenset((b"string", b"list", b"set", b"zset", b"hash", b"stream"))


@dataclass(slots=True)
class ScanRequest:
    """What to return of what is walked over."""

    count: int = 10
    """About how many elements to look at."""
    matches: Callable[[bytes], object] | None = None
    """True for an element that was asked for; None where all were."""
    type_name: str | None = None
    """The type asked for, in lower case; it may be none that there is."""
    novalues: bool = False


def parse_cursor(text: bytes, dialect: Dialect = REDIS_8) -> int:
    """Reads a cursor as strtoull does: a plus sign, zeros and spaces may stand in front, and a NUL ends it.

    Args:
        text: as it was given.
        dialect: whom to speak as.

    Raises:
        CommandError: it is none.
    """
    text = text.partition(b"\0")[0]
    is_lenient = not dialect.at_least("7.4.0", valkey="8.0.0")
    if is_lenient and not text:
        return 0  # SCAN "" starts anew up to Redis 7.2
    found = _CURSOR.match(text)
    if found is None or len(found[2].lstrip(b"0")) > _DIGITS or int(found[2]) >= _UINT64:
        raise CommandError("ERR invalid cursor")
    number = int(found[2])
    if is_lenient and text[:1].isspace():
        raise CommandError("ERR invalid cursor")
    if found[1] != b"-":
        return number
    if not is_lenient and text[0] == 0x2D and text[1] != 0x30 and number <= INT64_MAX + 1:
        raise CommandError("ERR invalid cursor")  # a well-formed negative number; -01 wraps round
    return -number % _UINT64


def parse_scan(rest: Rest, dialect: Dialect = REDIS_8, *, of: str = "") -> ScanRequest:
    """Reads ``[MATCH pattern] [COUNT count]`` and what one of the commands has besides.

    Args:
        rest: the arguments behind the cursor.
        dialect: whom to speak as.
        of: ``scan`` takes ``[TYPE type]`` as well, ``hscan`` takes ``[NOVALUES]``,
            and ``zscan`` of Valkey ``[NOSCORES]``.

    Raises:
        CommandError: they are none of these, or the count is no positive integer.
    """
    request = ScanRequest()
    options = Options(rest)
    while options:
        word = options.take_word()
        if word == b"COUNT" and options:
            request.count = options.take_int()
            if request.count < 1:
                raise SyntaxFault
        elif word == b"MATCH" and options:
            pattern = options.take()
            request.matches = None if pattern == b"*" else compile_glob(pattern).match
        elif word == b"TYPE" and of == "scan" and options:
            request.type_name = _take_type(options, dialect)
        elif word == b"NOVALUES" and dialect.at_least("7.4.0", valkey="8.0.0"):
            if of != "hscan":
                raise CommandError("ERR NOVALUES option can only be used in HSCAN")
            request.novalues = True
        elif word == b"NOSCORES" and dialect.at_least("99.0.0", valkey="8.0.0"):
            if of != "zscan":
                raise CommandError("ERR NOSCORES option can only be used in ZSCAN")
            request.novalues = True
        else:
            raise SyntaxFault
    return request


def scan_collection(
    ctx: Ctx,
    key: bytes,
    cursor: bytes,
    rest: Rest,
    kind: type[C],
    *,
    of: str,
    show: Callable[[C, list[bytes]], list[bytes]],
) -> Reply:
    """Answers HSCAN, SSCAN or ZSCAN.

    Args:
        ctx: whose database and dialect.
        key: the collection's.
        cursor: as it was given.
        rest: what follows the cursor.
        kind: the type that the key must hold.
        of: as for `parse_scan`.
        show: elements with what goes with each, in one flat list.

    Raises:
        CommandError: a wrong argument or type.
    """
    at = parse_cursor(cursor, ctx.dialect)
    found = ctx.read(key, kind)
    if found is None:
        return [b"0", []]
    request = parse_scan(rest, ctx.dialect, of=of)
    at, names = found.walk(at, request.count)
    if request.matches is not None:
        names = [name for name in names if request.matches(name)]
    return [b"%d" % at, names if request.novalues else show(found, names)]


def _take_type(options: Options, dialect: Dialect) -> str:
    name = options.take()
    # SCAN 0 TYPE bogus -> an empty answer from Redis 8.2, this from Valkey 9.
    if dialect.is_valkey and name.lower() not in _TYPES:
        raise CommandError(b"ERR unknown type name '%b'" % printable(name))
    return name.lower().decode("latin-1")
