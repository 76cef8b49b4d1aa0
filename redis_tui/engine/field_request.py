"""The arguments of commands about single fields of a hash: ``[options] FIELDS numfields field [field ...]``.

Redis and Valkey brought these commands each on its own, and agree on nothing but the grammar: in
what order they look, what may be repeated and how they refuse. So there are two readers here
for each shape, and the commands choose by dialect. It knows neither keyspace nor types.

The decision a reader would question: options stay words in a set. Which of them exclude each
other is said once, in the tables, and what they mean is up to the commands.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Final

from redis_tui.engine.registry import printable
from redis_tui.errors import CommandError, SyntaxFault
from redis_tui.record import dataclass
from redis_tui.spec.decode import INT64_MAX, decode_int, wrong_arity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.engine.context import Ctx
    from redis_tui.spec.decode import Rest

_NO_FIELDS_WORD: Final = "ERR Mandatory argument FIELDS is missing or not at the right position"
_MISMATCH: Final = "ERR The `numfields` parameter must match the number of arguments"
_NOT_POSITIVE: Final = "ERR Number of fields must be a positive integer"
_NOT_POSITIVE_IN_EXPIRE: Final = "ERR Parameter `numFields` should be greater than 0"
_VALKEY_NUMFIELDS: Final = "ERR numfields should be greater than 0 and match the provided number of fields"
_LAST_MS_OF_REDIS: Final = (1 << 46) - 1

TIMES: Final = {b"EX": (1000, True), b"PX": (1, True), b"EXAT": (1000, False), b"PXAT": (1, False)}
"""Option to (milliseconds a unit, counted from now)."""
CONDITIONS: Final = (b"NX", b"XX", b"GT", b"LT")

Groups = tuple[frozenset[bytes], ...]
_GETEX_GROUPS: Final[Groups] = (frozenset((*TIMES, b"PERSIST")),)
_SETEX_GROUPS: Final[Groups] = (
    frozenset((*TIMES, b"KEEPTTL")),
    frozenset((b"FNX", b"FXX")),
    frozenset((b"NX", b"XX")),
)


@dataclass(slots=True)
class FieldRequest:
    """What one of these commands was given."""

    names: Sequence[bytes] = ()
    """The fields; of HSETEX field, value, field, value."""
    words: set[bytes] = field(default_factory=set)
    """Options in upper case, without their values."""
    time: tuple[bytes, bytes] | None = None
    """The option that sets a time, and its text."""

    def at_ms(self, ctx: Ctx, name: str) -> int | None:
        """The moment that was given in Unix milliseconds, None for none. Raises CommandError."""
        if self.time is None:
            return None
        unit_ms, is_relative = TIMES[self.time[0]]
        return decode_moment(ctx, name, self.time[1], unit_ms=unit_ms, is_relative=is_relative)


def decode_moment(ctx: Ctx, name: str, text: bytes, *, unit_ms: int, is_relative: bool) -> int:
    """Reads when a field's time is to run out.

    Args:
        ctx: whose clock and dialect.
        name: the command's, for the refusal.
        text: an integer.
        unit_ms: 1000 for seconds.
        is_relative: it counts from now.

    Returns:
        Unix milliseconds, perhaps in the past.

    Raises:
        CommandError: it is no integer, below 0 or too far away.
    """
    amount = decode_int(text)
    is_valkey = ctx.dialect.is_valkey
    if amount < 0 and not is_valkey:
        raise CommandError("ERR invalid expire time, must be >= 0")
    at_ms = amount * unit_ms + (ctx.now_ms if is_relative else 0)
    if amount < 0 or at_ms > (INT64_MAX if is_valkey else _LAST_MS_OF_REDIS):
        raise CommandError(f"ERR invalid expire time in '{name}' command")
    return at_ms


def parse_fields(ctx: Ctx, rest: Rest, *, is_question: bool = False) -> Sequence[bytes]:
    """Reads ``FIELDS numfields field [field ...]``.

    Args:
        ctx: whose dialect.
        rest: all behind the key, at least three words.
        is_question: HTTL and its kin, for which Valkey has no words of its own.

    Raises:
        CommandError: they do not fit.
    """
    if not ctx.dialect.is_valkey:
        return _redis_fields(rest, 0)
    if rest[0].upper() != b"FIELDS":
        raise SyntaxFault
    if is_question:
        if decode_int(rest[1]) != len(rest) - 2:
            raise SyntaxFault
        return rest[2:]
    return _valkey_fields(rest[1:])


def _redis_fields(rest: Sequence[bytes], at: int, not_positive: str = _NOT_POSITIVE) -> Sequence[bytes]:
    if rest[at].upper() != b"FIELDS":
        raise CommandError(_NO_FIELDS_WORD)
    if decode_int(rest[at + 1], not_positive) < 1:
        raise CommandError(not_positive)
    names = rest[at + 2 :]
    if int(rest[at + 1]) != len(names):
        raise CommandError(_MISMATCH)
    return names


def _valkey_fields(counted: Sequence[bytes], width: int = 1) -> Sequence[bytes]:
    """What follows the word FIELDS."""
    count, names = decode_int(counted[0]), counted[1:]
    if count < 1 or count * width != len(names):
        raise CommandError(_VALKEY_NUMFIELDS)
    return names


def _valkey_split(rest: Rest) -> tuple[Sequence[bytes], Sequence[bytes]]:
    """What stands before the word FIELDS and what behind, which Valkey looks for first."""
    at = next((index for index, word in enumerate(rest) if word.upper() == b"FIELDS"), len(rest))
    if at + 1 >= len(rest):
        raise CommandError(_VALKEY_NUMFIELDS)
    return rest[:at], rest[at + 1 :]


def parse_expire(ctx: Ctx, rest: Rest) -> FieldRequest:
    """Reads ``[NX | XX | GT | LT] FIELDS …``; Valkey takes several of the options. Raises CommandError."""
    if not ctx.dialect.is_valkey:
        at = 1 if rest[0].upper() in CONDITIONS else 0
        words = {rest[0].upper()} if at else set()
        return FieldRequest(_redis_fields(rest, at, _NOT_POSITIVE_IN_EXPIRE), words)
    options, counted = _valkey_split(rest)
    words = {word.upper() for word in options}
    for text in options:
        if text.upper() not in CONDITIONS:
            raise CommandError(b"ERR Unsupported option %b" % printable(text))
    if b"NX" in words and len(words) > 1:
        raise CommandError("ERR NX and XX, GT or LT options at the same time are not compatible")
    if {b"GT", b"LT"} <= words:
        raise CommandError("ERR GT and LT options at the same time are not compatible")
    return FieldRequest(_valkey_fields(counted), words)


def parse_getex(ctx: Ctx, rest: Rest) -> FieldRequest:
    """Reads ``[EX seconds | … | PERSIST] FIELDS …``. Raises CommandError."""
    if ctx.dialect.is_valkey:
        return _valkey_options(rest, _GETEX_GROUPS)
    request, at = FieldRequest(), 0
    word = rest[0].upper()
    if word in TIMES:
        request.time, at = (word, rest[1]), 2
        request.at_ms(ctx, "hgetex")
    elif word == b"PERSIST":
        request.words, at = {word}, 1
    if at + 1 >= len(rest):
        raise wrong_arity("hgetex")
    request.names = _redis_fields(rest, at)
    return request


def parse_setex(ctx: Ctx, rest: Rest) -> FieldRequest:
    """Reads ``[FNX | FXX] [EX seconds | … | KEEPTTL] FIELDS numfields field value …``; Valkey takes NX and XX too.

    Raises:
        CommandError: they do not fit.
    """
    if ctx.dialect.is_valkey:
        return _valkey_options(rest, _SETEX_GROUPS, width=2)
    request, at = FieldRequest(), 0
    while at < len(rest):
        word = rest[at].upper()
        at += 1
        if word == b"FIELDS":
            request.names = _redis_pairs(rest, at)
            return request
        if word in (b"FNX", b"FXX"):
            if request.words & {b"FNX", b"FXX"}:
                raise CommandError("ERR Only one of FXX or FNX arguments can be specified")
            request.words.add(word)
        elif word in TIMES or word == b"KEEPTTL":
            if request.time is not None or b"KEEPTTL" in request.words:
                raise CommandError("ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified")
            at = _take_time(ctx, request, word, rest, at)
        else:
            raise CommandError(b"ERR unknown argument: %b" % printable(rest[at - 1]))
    raise wrong_arity("hsetex")


def _take_time(ctx: Ctx, request: FieldRequest, word: bytes, rest: Rest, at: int) -> int:
    """One of HSETEX' times; where the next word stands."""
    if word == b"KEEPTTL":
        request.words.add(word)
        return at
    if at >= len(rest):
        raise wrong_arity("hsetex")
    request.time = (word, rest[at])
    request.at_ms(ctx, "hsetex")
    return at + 1


def _redis_pairs(rest: Rest, at: int) -> Sequence[bytes]:
    """From HSETEX' ``numfields`` on."""
    if len(rest) - at < 3:
        raise wrong_arity("hsetex")
    count = decode_int(rest[at], "ERR invalid number of fields")
    if count < 1:
        raise CommandError("ERR invalid number of fields")
    if len(rest) - at - 1 != 2 * count:
        raise wrong_arity("hsetex")
    return rest[at + 1 :]


def _valkey_options(rest: Rest, groups: Groups, width: int = 1) -> FieldRequest:
    """Options of which one a group may stand, the same one more than once."""
    options, counted = _valkey_split(rest)
    request, at = FieldRequest(), 0
    chosen: dict[frozenset[bytes], bytes] = {}
    while at < len(options):
        word = options[at].upper()
        group = next((one for one in groups if word in one), None)
        if group is None or chosen.setdefault(group, word) != word:
            raise SyntaxFault
        at += 1
        if word not in TIMES:
            request.words.add(word)
            continue
        if at >= len(options):
            raise SyntaxFault
        request.time = (word, options[at])
        at += 1
    request.names = _valkey_fields(counted, width)
    return request
