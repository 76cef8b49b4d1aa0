"""Fields of hashes with a time to live: HEXPIRE and its kin, HGETEX, HSETEX, HGETDEL.

The arguments are read by `field_request`, the values are `types.timed_hash.TimedHash`.

The decision a reader would question: a command looks at the key either before or after it has
read its arguments, because Redis complains of a wrong type first and Valkey last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redis_tui.engine.commands.generic import may_expire
from redis_tui.engine.commands.hash import editable
from redis_tui.engine.field_request import (
    FieldRequest,
    decode_moment,
    parse_expire,
    parse_fields,
    parse_getex,
    parse_setex,
)
from redis_tui.engine.registry import command
from redis_tui.engine.types.hash import Hash
from redis_tui.engine.types.timed_hash import TimedHash
from redis_tui.spec.command import CommandFlag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.engine.context import Ctx
    from redis_tui.resp.types import Reply
    from redis_tui.spec.decode import Rest

READ = CommandFlag.READONLY | CommandFlag.FAST
WRITE = CommandFlag.WRITE | CommandFlag.FAST

_GROUP = "hash"
_COST = "O(N) where N is the number of specified fields"
_MISSING: Final = -2
_NO_TIME: Final = -1
_REFUSED: Final = 0
_DONE: Final = 1
_DELETED: Final = 2


def _timed(ctx: Ctx, key: bytes, fields: Hash) -> TimedHash:
    """A hash got from ``edit``, able to hold times."""
    if isinstance(fields, TimedHash):
        return fields
    made = TimedHash.timed(fields, is_redis=not ctx.dialect.is_valkey)
    ctx.db.exchange(key, made)
    return made


# Setting times


@command(
    "HEXPIRE key seconds [NX | XX | GT | LT] FIELDS numfields field [field ...]",
    since="7.4.0",
    valkey_since="9.0.0",
    flags=WRITE,
    complexity=_COST,
    group=_GROUP,
)
def hexpire(ctx: Ctx, key: bytes, seconds: bytes, rest: Rest) -> Reply:
    """Set expiry for hash field using relative time to expire (seconds)"""  # noqa: D415  # the server's own wording
    return _expire(ctx, "hexpire", key, seconds, rest)


@command(
    "HPEXPIRE key milliseconds [NX | XX | GT | LT] FIELDS numfields field [field ...]",
    since="7.4.0",
    valkey_since="9.0.0",
    flags=WRITE,
    complexity=_COST,
    group=_GROUP,
)
def hpexpire(ctx: Ctx, key: bytes, milliseconds: bytes, rest: Rest) -> Reply:
    """Set expiry for hash field using relative time to expire (milliseconds)"""  # noqa: D415  # the server's own wording
    return _expire(ctx, "hpexpire", key, milliseconds, rest)


@command(
    "HEXPIREAT key unix-time-seconds [NX | XX | GT | LT] FIELDS numfields field [field ...]",
    since="7.4.0",
    valkey_since="9.0.0",
    flags=WRITE,
    complexity=_COST,
    group=_GROUP,
)
def hexpireat(ctx: Ctx, key: bytes, seconds: bytes, rest: Rest) -> Reply:
    """Set expiry for hash field using an absolute Unix timestamp (seconds)"""  # noqa: D415  # the server's own wording
    return _expire(ctx, "hexpireat", key, seconds, rest)


@command(
    "HPEXPIREAT key unix-time-milliseconds [NX | XX | GT | LT] FIELDS numfields field [field ...]",
    since="7.4.0",
    valkey_since="9.0.0",
    flags=WRITE,
    complexity=_COST,
    group=_GROUP,
)
def hpexpireat(ctx: Ctx, key: bytes, milliseconds: bytes, rest: Rest) -> Reply:
    """Set expiry for hash field using an absolute Unix timestamp (milliseconds)"""  # noqa: D415  # the server's own wording
    return _expire(ctx, "hpexpireat", key, milliseconds, rest)


def _expire(ctx: Ctx, name: str, key: bytes, amount: bytes, rest: Rest) -> Reply:
    unit_ms, is_relative = 1 if name.startswith("hp") else 1000, not name.endswith("at")
    if ctx.dialect.is_valkey:
        request = parse_expire(ctx, rest)
        at_ms = decode_moment(ctx, name, amount, unit_ms=unit_ms, is_relative=is_relative)
        fields = ctx.edit(key, Hash)
    else:
        fields = ctx.edit(key, Hash)
        at_ms = decode_moment(ctx, name, amount, unit_ms=unit_ms, is_relative=is_relative)
        request = parse_expire(ctx, rest)
    if fields is None:
        return [_MISSING] * len(request.names)
    if not ctx.dialect.is_valkey or any(field in fields for field in request.names):
        fields = _timed(ctx, key, fields)
    outcomes = [_expire_field(ctx, fields, field, at_ms, request.words) for field in request.names]
    _tell(ctx, key, outcomes)
    return outcomes


def _expire_field(ctx: Ctx, fields: Hash, field: bytes, at_ms: int, words: set[bytes]) -> int:
    if not isinstance(fields, TimedHash) or not fields.may_be_timed(field):
        return _MISSING
    if words and not may_expire(words, fields.expires_at(field), at_ms):
        return _REFUSED
    if at_ms <= ctx.now_ms:
        fields.remove(field)
        return _DELETED
    fields.expire_at(field, at_ms)
    return _DONE


def _tell(ctx: Ctx, key: bytes, outcomes: Sequence[int]) -> None:
    """Announces what became of fields that were given a time."""
    if done := outcomes.count(_DONE):
        ctx.touched(key, "hexpire", done)
    if deleted := outcomes.count(_DELETED):
        ctx.touched(key, "hexpired" if ctx.dialect.is_valkey else "hdel", deleted)


@command(
    "HPERSIST key FIELDS numfields field [field ...]",
    since="7.4.0",
    valkey_since="9.0.0",
    flags=WRITE,
    complexity=_COST,
    group=_GROUP,
)
def hpersist(ctx: Ctx, key: bytes, rest: Rest) -> Reply:
    """Removes the expiration time for each specified field"""  # noqa: D415  # the server's own wording
    fields, names = _found(ctx, key, rest)
    if fields is None:
        return [_MISSING] * len(names)
    if not isinstance(fields, TimedHash):
        return [_NO_TIME if field in fields else _MISSING for field in names]
    outcomes = [(_DONE if fields.persist(field) else _NO_TIME) if fields.holds(field) else _MISSING for field in names]
    if done := outcomes.count(_DONE):
        ctx.touched(key, "hpersist", done)
    return outcomes


def _found(ctx: Ctx, key: bytes, rest: Rest) -> tuple[Hash | None, Sequence[bytes]]:
    """The hash to change and the fields of ``FIELDS numfields field [field ...]``."""
    if ctx.dialect.is_valkey:
        names = parse_fields(ctx, rest)
        return ctx.edit(key, Hash), names
    fields = ctx.edit(key, Hash)
    return fields, parse_fields(ctx, rest)


# Asking for times


@command(
    "HTTL key FIELDS numfields field [field ...]",
    since="7.4.0",
    valkey_since="9.0.0",
    flags=READ,
    complexity=_COST,
    group=_GROUP,
)
def httl(ctx: Ctx, key: bytes, rest: Rest) -> Reply:
    """Returns the TTL in seconds of a hash field."""
    return _ask(ctx, key, rest, unit_ms=1000, from_ms=ctx.now_ms)


@command(
    "HPTTL key FIELDS numfields field [field ...]",
    since="7.4.0",
    valkey_since="9.0.0",
    flags=READ,
    complexity=_COST,
    group=_GROUP,
)
def hpttl(ctx: Ctx, key: bytes, rest: Rest) -> Reply:
    """Returns the TTL in milliseconds of a hash field."""
    return _ask(ctx, key, rest, unit_ms=1, from_ms=ctx.now_ms)


@command(
    "HEXPIRETIME key FIELDS numfields field [field ...]",
    since="7.4.0",
    valkey_since="9.0.0",
    flags=READ,
    complexity=_COST,
    group=_GROUP,
)
def hexpiretime(ctx: Ctx, key: bytes, rest: Rest) -> Reply:
    """Returns the expiration time of a hash field as a Unix timestamp, in seconds."""
    return _ask(ctx, key, rest, unit_ms=1000, from_ms=0)


@command(
    "HPEXPIRETIME key FIELDS numfields field [field ...]",
    since="7.4.0",
    valkey_since="9.0.0",
    flags=READ,
    complexity=_COST,
    group=_GROUP,
)
def hpexpiretime(ctx: Ctx, key: bytes, rest: Rest) -> Reply:
    """Returns the expiration time of a hash field as a Unix timestamp, in msec."""
    return _ask(ctx, key, rest, unit_ms=1, from_ms=0)


def _ask(ctx: Ctx, key: bytes, rest: Rest, *, unit_ms: int, from_ms: int) -> Reply:
    if ctx.dialect.is_valkey:
        names = parse_fields(ctx, rest, is_question=True)
        fields = ctx.read(key, Hash)
    else:
        fields = ctx.read(key, Hash)
        names = parse_fields(ctx, rest)
    if fields is None:
        return [_MISSING] * len(names)
    if not isinstance(fields, TimedHash):
        return [_NO_TIME if field in fields else _MISSING for field in names]
    # 100.4 seconds are 101 to Redis, which rounds up, and 100 to Valkey, which rounds to the nearest.
    carry_ms = unit_ms // 2 if ctx.dialect.is_valkey else unit_ms - 1
    answers: list[Reply] = []
    for field in names:
        at_ms = fields.expires_at(field)
        if not fields.holds(field):
            answers.append(_MISSING)
        else:
            answers.append(_NO_TIME if at_ms is None else (at_ms - from_ms + carry_ms) // unit_ms)
    return answers


# Values and times together


@command(
    "HGETEX key [EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT unix-time-milliseconds | PERSIST]"
    " FIELDS numfields field [field ...]",
    since="8.0.0",
    valkey_since="9.0.0",
    flags=WRITE,
    complexity=_COST,
    group=_GROUP,
)
def hgetex(ctx: Ctx, key: bytes, rest: Rest) -> Reply:
    """Get the value of one or more fields of a given hash key, and optionally set their expiration."""
    if ctx.dialect.is_valkey:
        request = parse_getex(ctx, rest)
        fields = ctx.edit(key, Hash)
    else:
        fields = ctx.edit(key, Hash)
        request = parse_getex(ctx, rest)
    at_ms = request.at_ms(ctx, "hgetex")
    if fields is None:
        return [None] * len(request.names)
    is_redis = not ctx.dialect.is_valkey
    if (is_redis and (at_ms is not None or request.words)) or (at_ms is not None and at_ms > ctx.now_ms):
        fields = _timed(ctx, key, fields)
    values: list[Reply] = []
    outcomes: list[int] = []
    persisted = 0
    for field in request.names:
        value = fields.get(field)
        values.append(value)
        if value is None:
            continue
        if at_ms is not None:
            outcomes.append(_give_time(ctx, fields, field, at_ms))
        elif request.words and isinstance(fields, TimedHash):
            persisted += fields.persist(field)
    _tell(ctx, key, outcomes)
    if persisted:
        ctx.touched(key, "hpersist", persisted)
    drop_if_empty(ctx, key, fields)
    return values


def _give_time(ctx: Ctx, fields: Hash, field: bytes, at_ms: int) -> int:
    """Gives a field that is there a time, or removes it at once."""
    if at_ms <= ctx.now_ms or not isinstance(fields, TimedHash):
        fields.remove(field)
        return _DELETED
    fields.expire_at(field, at_ms)
    return _DONE


def drop_if_empty(ctx: Ctx, key: bytes, fields: Hash) -> None:
    """A hash got from ``edit`` whose last fields lapsed in a command that changed nothing else goes."""
    if not len(fields) and ctx.peek(key) is fields:
        ctx.delete(key)


@command(
    "HSETEX key [FNX | FXX] [EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT unix-time-milliseconds"
    " | KEEPTTL] FIELDS numfields field value [field value ...]",
    since="8.0.0",
    valkey_since="9.0.0",
    flags=WRITE | CommandFlag.DENYOOM,
    complexity="O(N) where N is the number of fields being set.",
    group=_GROUP,
    usages={
        "valkey-9": "HSETEX key [NX | XX] [FNX | FXX] [EX seconds | PX milliseconds | EXAT unix-time-seconds"
        " | PXAT unix-time-milliseconds | KEEPTTL] FIELDS numfields field value [field value ...]"
    },
)
def hsetex(ctx: Ctx, key: bytes, rest: Rest) -> Reply:
    """Set the value of one or more fields of a given hash key, and optionally set their expiration."""
    request = parse_setex(ctx, rest)
    fields = ctx.edit(key, Hash)
    at_ms = request.at_ms(ctx, "hsetex")
    if not _may_set(fields, request):
        if fields is not None:
            drop_if_empty(ctx, key, fields)
        return 0
    fields = editable(ctx, key)
    if at_ms is not None and (not ctx.dialect.is_valkey or at_ms > ctx.now_ms):
        fields = _timed(ctx, key, fields)
    if b"KEEPTTL" in request.words:
        for at in range(0, len(request.names), 2):
            fields.revise(request.names[at], request.names[at + 1])
    else:
        was_packed = fields.is_packed
        fields.put_many(request.names)
        if ctx.dialect.is_valkey and at_ms is not None and at_ms <= ctx.now_ms:
            fields.is_packed = was_packed  # Valkey puts nothing there that is overdue
    ctx.touched(key, "hset", len(request.names) // 2)
    if at_ms is not None:
        names = dict.fromkeys(request.names[::2])
        if ctx.dialect.is_valkey and at_ms <= ctx.now_ms:
            ctx.touched(key, "hexpire", 0)  # told of even though the fields go at once
        _tell(ctx, key, [_give_time(ctx, fields, field, at_ms) for field in names])
    return 1


def _may_set(fields: Hash | None, request: FieldRequest) -> bool:
    """Whether the conditions hold: FNX and FXX of all fields, NX and XX of the key."""
    words, there = request.words, fields or ()
    if b"NX" in words and fields is not None:
        return False
    if b"XX" in words and fields is None:
        return False
    if b"FNX" in words:
        return not any(field in there for field in request.names[::2])
    return b"FXX" not in words or all(field in there for field in request.names[::2])


@command(
    "HGETDEL key FIELDS numfields field [field ...]",
    since="8.0.0",
    valkey_since="9.1.0",
    flags=WRITE,
    complexity=_COST,
    group=_GROUP,
)
def hgetdel(ctx: Ctx, key: bytes, rest: Rest) -> Reply:
    """Returns the value of a field and deletes it from the hash."""
    fields, names = _found(ctx, key, rest)
    if fields is None:
        return [None] * len(names)
    values: list[Reply] = []
    removed = 0
    for field in names:
        values.append(fields.get(field))
        removed += fields.remove(field)
    if removed:
        ctx.touched(key, "hdel", removed)
    drop_if_empty(ctx, key, fields)
    return values
