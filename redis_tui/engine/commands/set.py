"""Sets. The values themselves are `types.set.Set`.

The decision a reader would question: results of SUNION, SDIFF and SINTER are put together
member by member in the server's way (smallest set first, two algorithms for the difference),
because the order and the encoding of a small result follow from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.engine.pop_request import decode_positive
from redis_tui.engine.random_request import parse_random
from redis_tui.engine.registry import command
from redis_tui.engine.scan_request import scan_collection
from redis_tui.engine.types.set import INTSET, LISTPACK, Set
from redis_tui.errors import CommandError, SyntaxFault
from redis_tui.resp.types import Reply, SetReply
from redis_tui.spec.command import DENYOOM, FAST, READ, WRITE, CommandFlag
from redis_tui.spec.decode import Options, decode_int

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from redis_tui.engine.context import Ctx
    from redis_tui.spec.decode import Rest

_ALL_SETS = "O(N) where N is the total number of elements in all given sets."
_SMALLEST = "O(N*M) worst case where N is the cardinality of the smallest set and M is the number of sets."
_NOT_POSITIVE = "ERR value is out of range, must be positive"
_REBUILD_FACTOR = 5


@command(
    "SADD key member [member ...]",
    since="1.0.0",
    flags=WRITE | DENYOOM | FAST,
    complexity="O(1) for each element added, so O(N) to add N elements when the command is called with multiple"
    " arguments.",
)
def sadd(ctx: Ctx, key: bytes, members: Sequence[bytes]) -> Reply:
    """Adds one or more members to a set. Creates the key if it doesn't exist."""
    found = ctx.edit_or_new(key, Set)
    config = ctx.config
    if len(members) == 1 and found.members:  # what loops do
        if not found.add(members[0], config):
            return 0
        ctx.altered(key, "sadd")
        return 1
    found.prepare(members[0], len(members), config)
    added = 0
    for member in members:
        added += found.add(member, config)
    if added:
        ctx.touched(key, "sadd", added)
    return added


@command(
    "SREM key member [member ...]",
    since="1.0.0",
    flags=WRITE | FAST,
    complexity="O(N) where N is the number of members to be removed.",
)
def srem(ctx: Ctx, key: bytes, members: Sequence[bytes]) -> Reply:
    """Removes one or more members from a set. Deletes the set if the last member was removed."""
    found = ctx.edit(key, Set)
    if found is None:
        return 0
    removed = 0
    for member in members:
        removed += found.discard(member)
    if removed:
        ctx.touched(key, "srem", removed)
    return removed


@command("SISMEMBER key member", since="1.0.0", flags=READ | FAST, complexity="O(1)")
def sismember(ctx: Ctx, key: bytes, member: bytes) -> Reply:
    """Determines whether a member belongs to a set."""
    found = ctx.read(key, Set)
    return 1 if found is not None and member in found.members else 0


@command(
    "SMISMEMBER key member [member ...]",
    since="6.2.0",
    flags=READ | FAST,
    complexity="O(N) where N is the number of elements being checked for membership",
)
def smismember(ctx: Ctx, key: bytes, members: Sequence[bytes]) -> Reply:
    """Determines whether multiple members belong to a set."""
    found = ctx.read(key, Set)
    return [1 if found is not None and member in found.members else 0 for member in members]


@command("SCARD key", since="1.0.0", flags=READ | FAST, complexity="O(1)")
def scard(ctx: Ctx, key: bytes) -> Reply:
    """Returns the number of members in a set."""
    found = ctx.read(key, Set)
    return 0 if found is None else len(found.members)


@command("SMEMBERS key", since="1.0.0", flags=READ, complexity="O(N) where N is the set cardinality.")
def smembers(ctx: Ctx, key: bytes) -> Reply:
    """Returns all members of a set."""
    found = ctx.read(key, Set)
    return SetReply(() if found is None else found.ordered())


@command(
    "SMOVE source destination member",
    since="1.0.0",
    flags=WRITE | FAST,
    complexity="O(1)",
)
def smove(ctx: Ctx, source: bytes, destination: bytes, member: bytes) -> Reply:
    """Moves a member from one set to another."""
    origin = ctx.edit(source, Set)
    if origin is None:
        return 0
    target = ctx.edit(destination, Set)
    if member not in origin.members:
        return 0
    if origin is target:
        return 1
    origin.discard(member)
    ctx.touched(source, "srem")
    if target is None:
        target = ctx.edit_or_new(destination, Set)
        target.prepare(member, 1, ctx.config)
    if target.add(member, ctx.config):
        ctx.touched(destination, "sadd")
    return 1


@command(
    "SPOP key [count]",
    since="1.0.0",
    flags=WRITE | FAST,
    complexity="Without the count argument O(1), otherwise O(N) where N is the value of the passed count.",
)
def spop(ctx: Ctx, key: bytes, count: bytes | None = None) -> Reply:
    """Returns one or more random members from a set after removing them. Deletes the set if the last member was popped."""  # noqa: E501  # the server's own sentence
    if count is not None:
        return _pop_several(ctx, key, count)
    found = ctx.edit(key, Set)
    if found is None:
        return None
    member = found.pick(ctx.space.rng)
    if member is not None:
        found.discard(member)
    ctx.touched(key, "spop")
    return member


def _pop_several(ctx: Ctx, key: bytes, count: bytes) -> Reply:
    wanted = decode_int(count, _NOT_POSITIVE)
    if wanted < 0:
        raise CommandError(_NOT_POSITIVE)
    found = ctx.edit(key, Set)
    if found is None or wanted == 0:
        return SetReply()
    chosen = found.sample(wanted, ctx.space.rng)
    for member in chosen:
        found.discard(member)
    if len(found) * _REBUILD_FACTOR <= len(chosen):
        found.rebuild(ctx.config)
    ctx.touched(key, "spop", len(chosen))
    return SetReply(chosen)


@command(
    "SRANDMEMBER key [count]",
    since="1.0.0",
    flags=READ,
    complexity="Without the count argument O(1), otherwise O(N) where N is the absolute value of the passed count.",
)
def srandmember(ctx: Ctx, key: bytes, rest: Rest) -> Reply:
    """Get one or multiple random members from a set"""  # noqa: D415  # the server's own wording
    count = parse_random(rest).count
    found = ctx.read(key, Set)
    if count is None:
        return None if found is None else found.pick(ctx.space.rng)
    if found is None:
        return []
    if count < 0:
        return found.repeated(-count, ctx.space.rng)
    return found.sample(count, ctx.space.rng)


# Several sets


def _operands(ctx: Ctx, keys: Sequence[bytes]) -> list[Set | None]:
    """The sets of these keys, None for a missing one. Raises WrongType."""
    return [ctx.read(key, Set) for key in keys]


def _store(ctx: Ctx, destination: bytes, result: Set, event: str) -> int:
    """Puts a result in place of what is there; an empty one leaves no key."""
    if not result.members:
        ctx.delete(destination)
        return 0
    ctx.set(destination, result, event)
    return len(result)


def _common(sets: list[Set | None]) -> Iterator[bytes]:
    """Members of all sets, in the order of the smallest."""
    there = [one for one in sets if one is not None]
    if len(there) < len(sets):
        return
    smallest, *others = sorted(there, key=len)
    for member in smallest.ordered():
        if all(member in other.members for other in others):
            yield member


@command("SINTER key [key ...]", since="1.0.0", flags=READ, complexity=_SMALLEST)
def sinter(ctx: Ctx, keys: Sequence[bytes]) -> Reply:
    """Returns the intersect of multiple sets."""
    return SetReply(_common(_operands(ctx, keys)))


@command("SINTERSTORE destination key [key ...]", since="1.0.0", flags=WRITE | DENYOOM, complexity=_SMALLEST)
def sinterstore(ctx: Ctx, destination: bytes, keys: Sequence[bytes]) -> Reply:
    """Stores the intersect of multiple sets in a key."""
    sets = _operands(ctx, keys)
    result = Set()
    smallest = min((one for one in sets if one is not None), key=len, default=result)
    result.kind = INTSET if smallest.kind == INTSET else LISTPACK
    for member in _common(sets):
        result.add(member, ctx.config)
    result.shrink_to_integers(ctx.config)
    return _store(ctx, destination, result, "sinterstore")


@command(
    "SINTERCARD numkeys key [key ...] [LIMIT limit]",
    since="7.0.0",
    flags=READ | CommandFlag.MOVABLEKEYS,
    complexity=_SMALLEST,
)
def sintercard(ctx: Ctx, rest: Rest) -> Reply:
    """Returns the number of members of the intersect of multiple sets."""
    numkeys = decode_positive(rest[0], "numkeys")
    if numkeys > len(rest) - 1:
        raise CommandError("ERR Number of keys can't be greater than number of args")
    options = Options(rest, 1 + numkeys)
    limit = 0
    while options:
        if options.accept(b"LIMIT") is None or not options:
            raise SyntaxFault
        limit = options.take_int("ERR LIMIT can't be negative")
        if limit < 0:
            raise CommandError("ERR LIMIT can't be negative")
    count = 0
    for _ in _common(_operands(ctx, rest[1 : 1 + numkeys])):
        count += 1
        if count == limit:
            break
    return count


@command("SUNION key [key ...]", since="1.0.0", flags=READ, complexity=_ALL_SETS)
def sunion(ctx: Ctx, keys: Sequence[bytes]) -> Reply:
    """Returns the union of multiple sets."""
    return SetReply(_union(ctx, _operands(ctx, keys)).ordered())


@command("SUNIONSTORE destination key [key ...]", since="1.0.0", flags=WRITE | DENYOOM, complexity=_ALL_SETS)
def sunionstore(ctx: Ctx, destination: bytes, keys: Sequence[bytes]) -> Reply:
    """Stores the union of multiple sets in a key."""
    return _store(ctx, destination, _union(ctx, _operands(ctx, keys)), "sunionstore")


def _union(ctx: Ctx, sets: list[Set | None]) -> Set:
    result = Set()
    config = ctx.config
    for one in sets:
        for member in () if one is None else one.ordered():
            result.add(member, config)
    return result


@command("SDIFF key [key ...]", since="1.0.0", flags=READ, complexity=_ALL_SETS)
def sdiff(ctx: Ctx, keys: Sequence[bytes]) -> Reply:
    """Returns the difference of multiple sets."""
    return SetReply(_difference(ctx, _operands(ctx, keys)).ordered())


@command("SDIFFSTORE destination key [key ...]", since="1.0.0", flags=WRITE | DENYOOM, complexity=_ALL_SETS)
def sdiffstore(ctx: Ctx, destination: bytes, keys: Sequence[bytes]) -> Reply:
    """Stores the difference of multiple sets in a key."""
    return _store(ctx, destination, _difference(ctx, _operands(ctx, keys)), "sdiffstore")


def _difference(ctx: Ctx, sets: list[Set | None]) -> Set:
    result = Set()
    first, *others = sets
    there = [one for one in others if one is not None]
    if first is None or first in there:
        return result
    # As in sunionDiffGenericCommand: looking each member up, or taking the others' members away.
    looks_up = len(first) * (1 + len(there)) // 2 <= len(first) + sum(map(len, there))
    for member in first.ordered():
        if not looks_up or not any(member in other.members for other in there):
            result.add(member, ctx.config)
    for other in () if looks_up else there:
        for member in other.members:
            result.discard(member)
    return result


@command(
    "SSCAN key cursor [MATCH pattern] [COUNT count]",
    since="2.8.0",
    flags=READ,
    complexity="O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to"
    " return back to 0. N is the number of elements inside the collection.",
)
def sscan(ctx: Ctx, key: bytes, cursor: bytes, rest: Rest) -> Reply:
    """Iterates over members of a set."""
    return scan_collection(ctx, key, cursor, rest, Set, of="sscan", show=lambda _found, members: members)
