"""Bitmaps: single bits, counting, finding, combining of strings.

The decision a reader would question: BITCOUNT and BITPOS take their range raw. Where the
arguments are looked at in relation to the key, and how many there may be, differs from
server to server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redis_tui.engine.registry import command
from redis_tui.engine.types.bitmap import OPERATIONS, combine, count, find
from redis_tui.errors import CommandError, SyntaxFault
from redis_tui.record import dataclass
from redis_tui.spec.command import CommandFlag
from redis_tui.spec.decode import decode_int

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.engine.context import Ctx
    from redis_tui.resp.types import Reply
    from redis_tui.spec.bind import Rest

READ = CommandFlag.READONLY
WRITE = CommandFlag.WRITE
DENYOOM = CommandFlag.DENYOOM
FAST = CommandFlag.FAST

_NOT_AN_OFFSET: Final = "ERR bit offset is not an integer or out of range"
_NOT_A_BIT: Final = "ERR bit is not an integer or out of range"
_BITS_ALWAYS_ALLOWED: Final = 8 * 1024 * 1024
"""proto-max-bulk-len cannot be set below a megabyte, so that lower offsets need no look at it."""
_SINCE_8_2: Final = frozenset((b"DIFF", b"DIFF1", b"ANDOR", b"ONE"))
_WANT_TWO: Final = frozenset((b"DIFF", b"DIFF1", b"ANDOR"))
_UNITS: Final = {b"BIT": True, b"BYTE": False}


def decode_offset(ctx: Ctx, text: bytes, width: int = 0) -> int:
    """The position of a bit.

    Args:
        text: the argument.
        width: of a field, which ``#3`` counts in; 0 where that form is not taken.

    Raises:
        CommandError: it is no number, or beyond what a string may hold.
    """
    if width and text[:1] == b"#":
        offset = decode_int(text[1:], _NOT_AN_OFFSET) * width
    else:
        offset = decode_int(text, _NOT_AN_OFFSET)
    if 0 <= offset < _BITS_ALWAYS_ALLOWED or 0 <= offset >> 3 < ctx.config.number("proto-max-bulk-len"):
        return offset
    raise CommandError(_NOT_AN_OFFSET)


@command("SETBIT key offset value", since="2.2.0", flags=WRITE | DENYOOM, complexity="O(1)")
def setbit(ctx: Ctx, key: bytes, offset: bytes, value: bytes) -> Reply:
    """Sets or clears the bit at offset of the string value. Creates the key if it doesn't exist."""
    position = decode_offset(ctx, offset)
    bit = decode_int(value, _NOT_A_BIT)
    if bit not in (0, 1):
        raise CommandError(_NOT_A_BIT)
    size = len(ctx.db.peek_text(key) or b"")
    text = ctx.db.edit_text(key, (position >> 3) + 1)
    mask = 0x80 >> (position & 7)
    old = 1 if text[position >> 3] & mask else 0
    if old != bit:
        text[position >> 3] ^= mask
    if old != bit or len(text) != size:
        ctx.touched(key, "setbit")
    return old


@command("GETBIT key offset", since="2.2.0", flags=READ | FAST, complexity="O(1)")
def getbit(ctx: Ctx, key: bytes, offset: bytes) -> Reply:
    """Returns a bit value by offset."""
    position = decode_offset(ctx, offset)
    text = ctx.db.text(key) or b""
    at = position >> 3
    return text[at] >> (7 - (position & 7)) & 1 if at < len(text) else 0


@dataclass(frozen=True, slots=True)
class _Range:
    """A part of a string, as BITCOUNT and BITPOS were asked for."""

    start: int = 0
    end: int | None = None
    """None: up to the string's end."""
    in_bits: bool = False

    @property
    def is_backward(self) -> bool:
        """Whether both ends count from the string's end, the wrong way round."""
        return self.end is not None and self.start < 0 and self.end < 0 and self.start > self.end

    def bits_of(self, size: int) -> tuple[int, int]:
        """First and last position in a string of so many bytes; the last before the first for none at all."""
        total = size * 8 if self.in_bits else size
        end = total - 1 if self.end is None else self.end
        start = max(self.start + total, 0) if self.start < 0 else self.start
        end = min(max(end + total, 0) if end < 0 else end, total - 1)
        if self.in_bits:
            return start, end
        return start * 8, end * 8 + 7


def _unit(text: bytes) -> bool:
    """Whether positions are those of bits."""
    in_bits = _UNITS.get(text.upper())
    if in_bits is None:
        raise SyntaxFault
    return in_bits


@command(
    "BITCOUNT key [start end [BYTE | BIT]]",
    since="2.6.0",
    flags=READ,
    complexity="O(N)",
    usages={"valkey-9": "BITCOUNT key [start [end [BYTE | BIT]]]"},
)
def bitcount(ctx: Ctx, key: bytes, rest: Rest) -> Reply:
    """Counts the number of set bits (population counting) in a string."""
    # BITCOUNT missing x y -> 0 from Redis 7.2, an error from the newer ones, which read the range first.
    reads_key_first = not ctx.dialect.at_least("7.4.0", valkey="8.0.0")
    if reads_key_first and ctx.db.text(key) is None:
        return 0
    if len(rest) > 3 or (len(rest) == 1 and not ctx.dialect.is_valkey):
        raise SyntaxFault
    part = _count_range(ctx, rest, reads_key_first=reads_key_first)
    text = ctx.db.text(key) or b""
    return 0 if part.is_backward else count(text, *part.bits_of(len(text)))


def _count_range(ctx: Ctx, rest: Rest, *, reads_key_first: bool) -> _Range:
    """Reads BITCOUNT's range; Valkey looks at the unit ahead of the end."""
    if not rest:
        return _Range()
    start = decode_int(rest[0])
    if len(rest) == 1:
        return _Range(start)
    if len(rest) == 2 or not ctx.dialect.is_valkey:
        part = _Range(start, decode_int(rest[1]))
        if len(rest) == 2 or (reads_key_first and part.is_backward):
            return part
        return _Range(start, part.end, _unit(rest[2]))
    in_bits = _unit(rest[2])
    return _Range(start, decode_int(rest[1]), in_bits)


@command("BITPOS key bit [start [end [BYTE | BIT]]]", since="2.8.7", flags=READ, complexity="O(N)")
def bitpos(ctx: Ctx, key: bytes, bit: int, rest: Rest) -> Reply:
    """Finds the first set (1) or clear (0) bit in a string."""
    if bit not in (0, 1):
        raise CommandError("ERR The bit argument must be 1 or 0.")
    part = None
    # As with BITCOUNT: BITPOS missing 1 x -> -1 from Redis 7.2, an error from the newer ones.
    if ctx.dialect.at_least("7.4.0", valkey="8.0.0"):
        part = _find_range(rest)
    text = ctx.db.text(key)
    if text is None:
        return -bit
    part = part or _find_range(rest)
    first, last = part.bits_of(len(text))
    found = find(text, bit, first, last)
    if found is None and bit == 0 and part.end is None and first <= last:
        return len(text) * 8  # behind its end a string goes on with zeros, unless the range has an end
    return -1 if found is None else found


def _find_range(rest: Rest) -> _Range:
    if len(rest) > 3:
        raise SyntaxFault
    start = decode_int(rest[0]) if rest else 0
    in_bits = _unit(rest[2]) if len(rest) > 2 else False
    return _Range(start, decode_int(rest[1]) if len(rest) > 1 else None, in_bits)


@command(
    "BITOP <AND | OR | XOR | NOT | DIFF | DIFF1 | ANDOR | ONE> destkey key [key ...]",
    since="2.6.0",
    flags=WRITE | DENYOOM,
    complexity="O(N)",
    usages=dict.fromkeys(("redis-7.2", "valkey-9"), "BITOP <AND | OR | XOR | NOT> destkey key [key ...]"),
)
def bitop(ctx: Ctx, operation: bytes, destkey: bytes, keys: Sequence[bytes]) -> Reply:
    """Performs bitwise operations on multiple strings, and stores the result."""
    name = operation.upper()
    if name not in OPERATIONS or (name in _SINCE_8_2 and not ctx.dialect.at_least("8.2.0")):
        raise SyntaxFault
    if name == b"NOT" and len(keys) > 1:
        raise CommandError("ERR BITOP NOT must be called with a single source key.")
    if name in _WANT_TWO and len(keys) < 2:
        raise CommandError(b"ERR BITOP %b must be called with at least two source keys." % name)
    texts = [ctx.db.text(key) or b"" for key in keys]
    if not any(texts):
        ctx.delete(destkey)
        return 0
    result = combine(name, texts)
    ctx.set(destkey, result)
    return len(result)
