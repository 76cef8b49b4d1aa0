"""DUMP and RESTORE: one value as bytes that another server takes.

The bytes are made in `engine.rdb`. The decision a reader would question: RESTORE takes its
words raw, since a server reads the options first, then looks at the key, and only then at the time to live.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redis_tui.engine.access import FrequencyLog
from redis_tui.engine.rdb import payload
from redis_tui.engine.registry import command
from redis_tui.errors import CommandError, DamagedData, SyntaxFault
from redis_tui.record import dataclass
from redis_tui.resp.types import OK, Reply
from redis_tui.spec.command import CommandFlag
from redis_tui.spec.decode import Options, decode_int

if TYPE_CHECKING:
    from redis_tui.engine.context import Ctx
    from redis_tui.spec.bind import Rest

_COST: Final = (
    "O(1) to create the new key and additional O(N*M) to reconstruct the serialized value, where N is the number of"
    " Redis objects composing the value and M their average size. For small string values the time complexity is thus"
    " O(1)+O(1*M) where M is small, so simply O(1). However for sorted set values the complexity is O(N*M*log(N))"
    " because inserting values into sorted sets is O(log(N))."
)
_WRAP: Final = 1 << 64


@command(
    "DUMP key",
    since="2.6.0",
    flags=CommandFlag.READONLY,
    complexity="O(1) to access the key and additional O(N*M) to serialize it, where N is the number of Redis objects"
    " composing the value and M their average size. For small string values the time complexity is thus O(1)+O(1*M)"
    " where M is small, so simply O(1).",
    group="generic",
)
def dump(ctx: Ctx, key: bytes) -> Reply:
    """Returns a serialized representation of the value stored at a key."""
    value = ctx.get(key)
    return None if value is None else payload.dump(value, ctx.dialect, ctx.config)


@command(
    "RESTORE key ttl serialized-value [REPLACE] [ABSTTL] [IDLETIME seconds] [FREQ frequency]",
    since="2.6.0",
    flags=CommandFlag.WRITE | CommandFlag.DENYOOM,
    complexity=_COST,
    group="generic",
)
def restore(ctx: Ctx, key: bytes, ttl: bytes, serialized_value: bytes, rest: Rest) -> Reply:
    """Creates a key from the serialized representation of a value."""
    return _restore(ctx, key, ttl, serialized_value, rest)


@command(
    "RESTORE-ASKING key ttl serialized-value [REPLACE] [ABSTTL] [IDLETIME seconds] [FREQ frequency]",
    since="3.0.0",
    flags=CommandFlag.WRITE | CommandFlag.DENYOOM | CommandFlag.ASKING,
    complexity=_COST,
    group="server",
)
def restore_asking(ctx: Ctx, key: bytes, ttl: bytes, serialized_value: bytes, rest: Rest) -> Reply:
    """An internal command for migrating keys in a cluster."""
    return _restore(ctx, key, ttl, serialized_value, rest)


@dataclass(slots=True)
class _Request:
    """The options of RESTORE."""

    replace: bool = False
    absolute: bool = False
    idle_s: int | None = None
    """Seconds since the key was used last."""
    frequency: int | None = None
    """Its LFU counter."""


def _restore(ctx: Ctx, key: bytes, ttl: bytes, data: bytes, rest: Rest) -> Reply:
    request = _parse(rest)
    if not request.replace and ctx.peek(key) is not None:
        raise CommandError("BUSYKEY Target key name already exists.")
    left_ms = decode_int(ttl)
    if left_ms < 0:
        raise CommandError("ERR Invalid TTL value, must be >= 0")
    if not payload.is_sound(data, ctx.dialect):
        raise CommandError("ERR DUMP payload version or checksum are wrong")
    try:
        value = payload.restore(data, ctx.config)
    except DamagedData:
        raise CommandError("ERR Bad data format") from None
    expires_at_ms = left_ms or None
    if left_ms and not request.absolute:
        # A server adds in 64 bits: RESTORE k 9223372036854775807 … is in the past.
        expires_at_ms = (left_ms + ctx.now_ms + _WRAP // 2) % _WRAP - _WRAP // 2
    if expires_at_ms is not None and expires_at_ms <= ctx.now_ms:
        ctx.delete(key)
        return OK
    ctx.db.before(key)
    ctx.db.restore(key, value, expires_at_ms)
    ctx.touched(key, "restore")
    _note_use(ctx, key, request)
    return OK


def _note_use(ctx: Ctx, key: bytes, request: _Request) -> None:
    """Takes over when or how often the key was used, where the policy of the moment keeps that."""
    log, clock = ctx.db.accessed, ctx.space.lru_clock
    log[key] = clock
    if isinstance(log, FrequencyLog):
        if request.frequency is not None:
            log.give(key, clock, request.frequency)
    elif request.idle_s is not None:
        log[key] = clock - request.idle_s


def _parse(rest: Rest) -> _Request:
    request = _Request()
    options = Options(rest)
    usage: bytes | None = None
    while options:
        word = options.accept(b"REPLACE", b"ABSTTL", b"IDLETIME", b"FREQ")
        if word == b"REPLACE":
            request.replace = True
        elif word == b"ABSTTL":
            request.absolute = True
        elif word is None or not options or usage not in (None, word):
            raise SyntaxFault
        else:
            usage = word
            number = options.take_int()
            _check_usage(word, number)
            if word == b"IDLETIME":
                request.idle_s = number
            else:
                request.frequency = number
    return request


def _check_usage(word: bytes, number: int) -> None:
    if word == b"IDLETIME" and number < 0:
        raise CommandError("ERR Invalid IDLETIME value, must be >= 0")
    if word == b"FREQ" and not 0 <= number <= 255:
        raise CommandError("ERR Invalid FREQ value, must be >= 0 and <= 255")
