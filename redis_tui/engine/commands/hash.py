"""Hashes. The values themselves are `types.hash.Hash`; fields with a time to live are in `hash_expiry`.

Handlers decode and refuse before they take a hash to change it, since a new one that stays
empty must not be left behind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redis_tui.engine.random_request import parse_random
from redis_tui.engine.registry import command
from redis_tui.engine.scan_request import scan_collection
from redis_tui.engine.types.hash import Hash
from redis_tui.engine.types.string import (
    add_long_doubles,
    format_long_double,
    is_infinite,
    parse_long_double,
    read_counter,
)
from redis_tui.errors import CommandError
from redis_tui.resp.types import OK, Map, Pairs, Reply
from redis_tui.spec.command import DENYOOM, FAST, READ, WRITE
from redis_tui.spec.decode import INT64_MAX, INT64_MIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.engine.context import Ctx
    from redis_tui.spec.bind import Rest

_NO_FIELDS: Final = Hash()


@command(
    "HSET key field value [field value ...]",
    since="2.0.0",
    flags=WRITE | DENYOOM | FAST,
    complexity="O(1) for each field/value pair added, so O(N) to add N field/value pairs when the command is called"
    " with multiple field/value pairs.",
)
def hset(ctx: Ctx, key: bytes, pairs: Sequence[bytes]) -> Reply:
    """Creates or modifies the value of a field in a hash."""
    fields = ctx.edit_or_new(key, Hash)
    if not len(fields):
        fields.adopt(ctx.config)
    if len(pairs) == 2:
        is_new = fields.put(pairs[0], pairs[1])
        ctx.altered(key, "hset")
        return 1 if is_new else 0
    added = fields.put_many(pairs)
    ctx.altered(key, "hset", len(pairs) // 2)
    return added


@command(
    "HMSET key field value [field value ...]",
    since="2.0.0",
    flags=WRITE | DENYOOM | FAST,
    complexity="O(N) where N is the number of fields being set.",
)
def hmset(ctx: Ctx, key: bytes, pairs: Sequence[bytes]) -> Reply:
    """Sets the values of multiple fields."""
    hset(ctx, key, pairs)
    return OK


@command("HSETNX key field value", since="2.0.0", flags=WRITE | DENYOOM | FAST, complexity="O(1)")
def hsetnx(ctx: Ctx, key: bytes, field: bytes, value: bytes) -> Reply:
    """Sets the value of a field in a hash only when the field doesn't exist."""
    fields = ctx.edit(key, Hash)
    if fields is not None and field in fields:
        return 0
    editable(ctx, key).put(field, value)
    ctx.touched(key, "hset")
    return 1


def editable(ctx: Ctx, key: bytes) -> Hash:
    """A hash to change, a new one where there is none. Something must be put in. Raises WrongType."""
    fields = ctx.edit_or_new(key, Hash)
    if not len(fields):
        fields.adopt(ctx.config)
    return fields


@command("HGET key field", since="2.0.0", flags=READ | FAST, complexity="O(1)")
def hget(ctx: Ctx, key: bytes, field: bytes) -> Reply:
    """Returns the value of a field in a hash."""
    fields = ctx.read(key, Hash)
    return None if fields is None else fields.get(field)


@command(
    "HMGET key field [field ...]",
    since="2.0.0",
    flags=READ | FAST,
    complexity="O(N) where N is the number of fields being requested.",
)
def hmget(ctx: Ctx, key: bytes, names: Sequence[bytes]) -> Reply:
    """Returns the values of all fields in a hash."""
    fields = ctx.read(key, Hash) or _NO_FIELDS
    return fields.get_many(names)


@command("HGETALL key", since="2.0.0", flags=READ, complexity="O(N) where N is the size of the hash.")
def hgetall(ctx: Ctx, key: bytes) -> Reply:
    """Returns all fields and values in a hash."""
    return Map((ctx.read(key, Hash) or _NO_FIELDS).pairs())


@command("HKEYS key", since="2.0.0", flags=READ, complexity="O(N) where N is the size of the hash.")
def hkeys(ctx: Ctx, key: bytes) -> Reply:
    """Returns all fields in a hash."""
    return list(ctx.read(key, Hash) or ())


@command("HVALS key", since="2.0.0", flags=READ, complexity="O(N) where N is the size of the hash.")
def hvals(ctx: Ctx, key: bytes) -> Reply:
    """Returns all values in a hash."""
    return list((ctx.read(key, Hash) or _NO_FIELDS).texts())


@command("HLEN key", since="2.0.0", flags=READ | FAST, complexity="O(1)")
def hlen(ctx: Ctx, key: bytes) -> Reply:
    """Returns the number of fields in a hash."""
    return len(ctx.read(key, Hash) or ())


@command("HEXISTS key field", since="2.0.0", flags=READ | FAST, complexity="O(1)")
def hexists(ctx: Ctx, key: bytes, field: bytes) -> Reply:
    """Determines whether a field exists in a hash."""
    return 1 if field in (ctx.read(key, Hash) or ()) else 0


@command("HSTRLEN key field", since="3.2.0", flags=READ | FAST, complexity="O(1)")
def hstrlen(ctx: Ctx, key: bytes, field: bytes) -> Reply:
    """Returns the length of the value of a field."""
    return len((ctx.read(key, Hash) or _NO_FIELDS).get(field, b""))


@command(
    "HDEL key field [field ...]",
    since="2.0.0",
    flags=WRITE | FAST,
    complexity="O(N) where N is the number of fields to be removed.",
)
def hdel(ctx: Ctx, key: bytes, names: Sequence[bytes]) -> Reply:
    """Deletes one or more fields and their values from a hash. Deletes the hash if no fields remain."""
    fields = ctx.edit(key, Hash)
    if fields is None:
        return 0
    removed = sum(map(fields.remove, names))
    if removed:
        ctx.touched(key, "hdel", removed)
    return removed


@command("HINCRBY key field increment", since="2.0.0", flags=WRITE | DENYOOM | FAST, complexity="O(1)")
def hincrby(ctx: Ctx, key: bytes, field: bytes, increment: int) -> Reply:
    """Increments the integer value of a field in a hash by a number. Uses 0 as initial value if the field doesn't exist."""  # noqa: E501  # one line, the server's own words
    fields = ctx.edit(key, Hash)
    text = None if fields is None else fields.get(field)
    total = increment
    if text is not None:
        total += read_counter(text, "ERR hash value is not an integer")
        if not INT64_MIN <= total <= INT64_MAX:
            raise CommandError("ERR increment or decrement would overflow")
    if fields is None:
        fields = editable(ctx, key)
    fields.revise(field, b"%d" % total)
    ctx.touched(key, "hincrby")
    return total


@command("HINCRBYFLOAT key field increment", since="2.6.0", flags=WRITE | DENYOOM | FAST, complexity="O(1)")
def hincrbyfloat(ctx: Ctx, key: bytes, field: bytes, increment: bytes) -> Reply:
    """Increments the floating point value of a field by a number. Uses 0 as initial value if the field doesn't exist."""  # noqa: E501  # one line, the server's own words
    step = parse_long_double(increment)
    if step is None:
        raise CommandError("ERR value is not a valid float")
    if is_infinite(step):
        raise CommandError("ERR value is NaN or Infinity")
    fields = ctx.edit(key, Hash)
    number = parse_long_double(b"0" if fields is None else fields.get(field, b"0"))
    if number is None:
        raise CommandError("ERR hash value is not a float")
    total = add_long_doubles(number, step)
    if total is None:
        raise CommandError("ERR increment would produce NaN or Infinity")
    text = format_long_double(total)
    editable(ctx, key).revise(field, text)
    ctx.touched(key, "hincrbyfloat")
    return text


@command(
    "HRANDFIELD key [count [WITHVALUES]]",
    since="6.2.0",
    flags=READ,
    complexity="O(N) where N is the number of fields returned",
)
def hrandfield(ctx: Ctx, key: bytes, rest: Rest) -> Reply:
    """Returns one or more random fields from a hash."""
    request = parse_random(rest, pairs=b"WITHVALUES")
    fields = ctx.read(key, Hash)
    if request.count is None:
        return None if fields is None else fields.pick(ctx.space.rng)
    chosen = [] if fields is None else _choose(ctx, fields, request.count)
    if fields is None or not request.is_paired:
        return chosen
    return Pairs((field, fields[field]) for field in chosen)


def _choose(ctx: Ctx, fields: Hash, count: int) -> list[bytes]:
    """``count`` different fields in their order; of a negative count that many, the same one more than once perhaps."""
    names = list(fields)
    if not names or not count:
        return []
    rng = ctx.space.rng
    if count < 0:
        return rng.choices(names, k=-count)
    if count >= len(names):
        return names
    return [names[at] for at in sorted(rng.sample(range(len(names)), count))]


@command(
    "HSCAN key cursor [MATCH pattern] [COUNT count] [NOVALUES]",
    since="2.8.0",
    flags=READ,
    complexity="O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to"
    " return back to 0. N is the number of elements inside the collection.",
    usages={"redis-7.2": "HSCAN key cursor [MATCH pattern] [COUNT count]"},
)
def hscan(ctx: Ctx, key: bytes, cursor: bytes, rest: Rest) -> Reply:
    """Iterates over fields and values of a hash."""
    return scan_collection(ctx, key, cursor, rest, Hash, of="hscan", show=_with_values)


def _with_values(fields: Hash, names: list[bytes]) -> list[bytes]:
    return [text for name in names for text in (name, fields[name])]
