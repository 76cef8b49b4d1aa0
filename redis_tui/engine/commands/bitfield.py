"""BITFIELD: integers of any width within a string, read, written and counted up.

The decision a reader would question: all subcommands are read ahead of the first that runs,
because one that is wrong stops all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redis_tui.engine.commands.bitmap import decode_offset
from redis_tui.engine.registry import command
from redis_tui.engine.types.bitmap import fit, read_field, write_field
from redis_tui.errors import CommandError, SyntaxFault
from redis_tui.record import dataclass
from redis_tui.spec.command import CommandFlag
from redis_tui.spec.decode import Options, decode_int

if TYPE_CHECKING:
    from redis_tui.engine.context import Ctx
    from redis_tui.resp.types import Reply
    from redis_tui.spec.bind import Rest

_NOT_A_TYPE: Final = "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is."
_WORDS_AFTER: Final = {b"GET": 2, b"SET": 3, b"INCRBY": 3, b"OVERFLOW": 1}
_OVERFLOWS: Final = (b"WRAP", b"SAT", b"FAIL")
_WIDEST: Final = {b"i": 64, b"u": 63}


@dataclass(frozen=True, slots=True)
class _Step:
    """One subcommand."""

    word: bytes
    """``GET``, ``SET`` or ``INCRBY``."""
    signed: bool
    width: int
    """In bits."""
    offset: int
    """Position of the highest bit."""
    amount: int
    """What SET writes or INCRBY adds."""
    overflow: bytes


@command(
    "BITFIELD key [GET encoding offset | [OVERFLOW <WRAP | SAT | FAIL>] <SET encoding offset value |"
    " INCRBY encoding offset increment> [GET encoding offset | [OVERFLOW <WRAP | SAT | FAIL>]"
    " <SET encoding offset value | INCRBY encoding offset increment> ...]]",
    since="3.2.0",
    flags=CommandFlag.WRITE | CommandFlag.DENYOOM,
    complexity="O(1) for each subcommand specified",
    group="bitmap",
)
def bitfield(ctx: Ctx, key: bytes, rest: Rest) -> Reply:
    """Performs arbitrary bitfield integer operations on strings."""
    steps = _parse(ctx, rest)
    if all(step.word == b"GET" for step in steps):
        return _read(ctx, key, steps)
    size = max(step.offset + step.width + 7 for step in steps if step.word != b"GET") >> 3
    is_grown = len(ctx.db.peek_text(key) or b"") < size
    text = ctx.db.edit_text(key, size)
    replies: list[Reply] = []
    changes = 0
    for step in steps:
        old = read_field(text, step.offset, step.width, signed=step.signed)
        if step.word == b"GET":
            replies.append(old)
            continue
        new = _changed(step, old)
        if new is None:
            replies.append(None)
            continue
        write_field(text, step.offset, step.width, new)
        changes += is_grown or new != old
        replies.append(old if step.word == b"SET" else new)
    if changes:
        ctx.touched(key, "setbit", changes)
    return replies


@command(
    "BITFIELD_RO key [GET encoding offset [GET encoding offset ...]]",
    since="6.0.0",
    flags=CommandFlag.READONLY | CommandFlag.FAST,
    complexity="O(1) for each subcommand specified",
    group="bitmap",
)
def bitfield_ro(ctx: Ctx, key: bytes, rest: Rest) -> Reply:
    """Performs arbitrary read-only bitfield integer operations on strings."""
    steps = _parse(ctx, rest)
    if any(step.word != b"GET" for step in steps):
        raise CommandError("ERR BITFIELD_RO only supports the GET subcommand")
    return _read(ctx, key, steps)


def _read(ctx: Ctx, key: bytes, steps: list[_Step]) -> list[Reply]:
    text = ctx.db.text(key) or b""
    return [read_field(text, step.offset, step.width, signed=step.signed) for step in steps]


def _changed(step: _Step, old: int) -> int | None:
    """What a field becomes; None where it overflows and that is to fail."""
    if step.word == b"INCRBY":
        return fit(old + step.amount, step.width, step.overflow, signed=step.signed)
    # SET u8 0 -1 with OVERFLOW SAT -> 255: an unsigned field takes a negative value for a huge one.
    amount = step.amount if step.signed else step.amount % (1 << 64)
    return fit(amount, step.width, step.overflow, signed=step.signed)


def _parse(ctx: Ctx, rest: Rest) -> list[_Step]:
    steps: list[_Step] = []
    overflow = b"WRAP"
    options = Options(rest)
    while options:
        word = options.take_word()
        if len(options) < _WORDS_AFTER.get(word, len(rest)):
            raise SyntaxFault
        if word == b"OVERFLOW":
            overflow = options.take_word()
            if overflow not in _OVERFLOWS:
                raise CommandError("ERR Invalid OVERFLOW type specified")
            continue
        signed, width = _parse_type(options.take())
        offset = decode_offset(ctx, options.take(), width)
        amount = options.take_int() if word != b"GET" else 0
        steps.append(_Step(word, signed, width, offset, amount, overflow))
    return steps


def _parse_type(text: bytes) -> tuple[bool, int]:
    """Whether signed, and how many bits: ``i16``, ``u8``."""
    widest = _WIDEST.get(text[:1], 0)
    width = decode_int(text[1:], _NOT_A_TYPE) if widest else 0
    if not 1 <= width <= widest:
        raise CommandError(_NOT_A_TYPE)
    return text[:1] == b"i", width
