"""Lists. The values themselves are `types.list.List`; forms that wait are in `list_blocking`.

The decision a reader would question: some integers are decoded here and not by the binder.
LINDEX, LSET and their kin look at the key first, so that an index which is no integer
goes unnoticed where there is no list.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Literal

from redis_tui.engine.pop_request import PopRequest, parse_pop
from redis_tui.engine.registry import command
from redis_tui.engine.types.list import List
from redis_tui.errors import CommandError, SyntaxFault
from redis_tui.resp.types import NULL_ARRAY, OK, Reply
from redis_tui.spec.bind import binding
from redis_tui.spec.command import DENYOOM, FAST, READ, WRITE, CommandFlag
from redis_tui.spec.decode import Options, decode_count, decode_int

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from redis_tui.engine.context import Ctx
    from redis_tui.spec.decode import Rest

Side = Literal["left", "right"]

_PUSH = "O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments."
_NOT_POSITIVE = "ERR value is out of range, must be positive"


@command("LPUSH key element [element ...]", since="1.0.0", flags=WRITE | DENYOOM | FAST, complexity=_PUSH)
def lpush(ctx: Ctx, key: bytes, elements: Sequence[bytes]) -> Reply:
    """Prepends one or more elements to a list. Creates the key if it doesn't exist."""
    items = ctx.edit_or_new(key, List)
    items.push_head(elements, ctx.config)
    ctx.altered(key, "lpush", len(elements))
    return len(items.items)


@command("RPUSH key element [element ...]", since="1.0.0", flags=WRITE | DENYOOM | FAST, complexity=_PUSH)
def rpush(ctx: Ctx, key: bytes, elements: Sequence[bytes]) -> Reply:
    """Appends one or more elements to a list. Creates the key if it doesn't exist."""
    items = ctx.edit_or_new(key, List)
    items.push_tail(elements, ctx.config)
    ctx.altered(key, "rpush", len(elements))
    return len(items.items)


@command("LPUSHX key element [element ...]", since="2.2.0", flags=WRITE | DENYOOM | FAST, complexity=_PUSH)
def lpushx(ctx: Ctx, key: bytes, elements: Sequence[bytes]) -> Reply:
    """Prepends one or more elements to a list only when the list exists."""
    return lpush(ctx, key, elements) if ctx.edit(key, List) is not None else 0


@command("RPUSHX key element [element ...]", since="2.2.0", flags=WRITE | DENYOOM | FAST, complexity=_PUSH)
def rpushx(ctx: Ctx, key: bytes, elements: Sequence[bytes]) -> Reply:
    """Appends an element to a list only when the list exists."""
    return rpush(ctx, key, elements) if ctx.edit(key, List) is not None else 0


@command(
    "LPOP key [count]",
    since="1.0.0",
    flags=WRITE | FAST,
    complexity="O(N) where N is the number of elements returned",
)
@binding(excess="arity")
def lpop(ctx: Ctx, key: bytes, count: bytes | None = None) -> Reply:
    """Returns the first elements in a list after removing it. Deletes the list if the last element was popped."""
    if count is not None:
        return _pop_several(ctx, key, "left", count)
    items = ctx.edit(key, List)
    return None if items is None else pop_one(ctx, key, items, "left")


@command(
    "RPOP key [count]",
    since="1.0.0",
    flags=WRITE | FAST,
    complexity="O(N) where N is the number of elements returned",
)
@binding(excess="arity")
def rpop(ctx: Ctx, key: bytes, count: bytes | None = None) -> Reply:
    """Returns and removes the last elements of a list. Deletes the list if the last element was popped."""
    if count is not None:
        return _pop_several(ctx, key, "right", count)
    items = ctx.edit(key, List)
    return None if items is None else pop_one(ctx, key, items, "right")


def pop_one(ctx: Ctx, key: bytes, items: List, side: Side) -> bytes:
    """Pops one element; the key goes with the last."""
    element = items.pop_head() if side == "left" else items.pop_tail()
    if items.is_quicklist:
        items.shrunk(ctx.config)
    tell = ctx.altered if items.items else ctx.touched
    tell(key, "lpop" if side == "left" else "rpop")
    return element


def _pop_several(ctx: Ctx, key: bytes, side: Side, count: bytes) -> Reply:
    wanted = decode_int(count, _NOT_POSITIVE)
    if wanted < 0:
        raise CommandError(_NOT_POSITIVE)
    items = ctx.edit(key, List)
    if items is None:
        return NULL_ARRAY
    return _take(ctx, key, items, side, wanted)


def _take(ctx: Ctx, key: bytes, items: List, side: Side, count: int) -> list[bytes]:
    """Pops at most that many; the key goes with the last."""
    take = items.pop_head if side == "left" else items.pop_tail
    taken = [take() for _ in range(min(count, len(items)))]
    if taken:
        items.shrunk(ctx.config)
        ctx.touched(key, "lpop" if side == "left" else "rpop", len(taken))
    return taken


@command(
    "LMPOP numkeys key [key ...] <LEFT | RIGHT> [COUNT count]",
    since="7.0.0",
    flags=WRITE | CommandFlag.MOVABLEKEYS,
    complexity="O(N+M) where N is the number of provided keys and M is the number of elements returned.",
)
def lmpop(ctx: Ctx, rest: Rest) -> Reply:
    """Returns multiple elements from a list after removing them. Deletes the list if the last element was popped."""
    taken = take_first(ctx, parse_pop(rest, sides=(b"LEFT", b"RIGHT")))
    return NULL_ARRAY if taken is None else taken


def take_first(ctx: Ctx, request: PopRequest) -> Reply:
    """Pops from the first of the keys that holds a list; None where none does."""
    for key in request.keys:
        items = ctx.edit(key, List)
        if items is not None:
            side: Side = "left" if request.side == b"LEFT" else "right"
            return [key, _take(ctx, key, items, side, request.count)]
    return None


@command("LLEN key", since="1.0.0", flags=READ | FAST, complexity="O(1)")
def llen(ctx: Ctx, key: bytes) -> Reply:
    """Returns the length of a list."""
    items = ctx.read(key, List)
    return 0 if items is None else len(items.items)


@command(
    "LINDEX key index",
    since="1.0.0",
    flags=READ,
    complexity="O(N) where N is the number of elements to traverse to get to the element at index. This makes asking"
    " for the first or the last element of the list O(1).",
)
def lindex(ctx: Ctx, key: bytes, index: bytes) -> Reply:
    """Returns an element from a list by its index."""
    items = ctx.read(key, List)
    if items is None:
        return None
    at = decode_int(index)
    return items.items[at] if -len(items) <= at < len(items) else None


@command(
    "LSET key index element",
    since="1.0.0",
    flags=WRITE | DENYOOM,
    complexity="O(N) where N is the length of the list. Setting either the first or the last element of the list is"
    " O(1).",
)
def lset(ctx: Ctx, key: bytes, index: bytes, element: bytes) -> Reply:
    """Sets the value of an element in a list by its index."""
    items = ctx.edit(key, List)
    if items is None:
        raise CommandError("ERR no such key")
    at = decode_int(index)
    if not -len(items) <= at < len(items):
        items.expect(element, ctx.config)
        raise CommandError("ERR index out of range")
    items.replace_at(at, element, ctx.config)
    items.shrunk(ctx.config)
    ctx.touched(key, "lset")
    return OK


@command(
    "LRANGE key start stop",
    since="1.0.0",
    flags=READ,
    complexity="O(S+N) where S is the distance of start offset from HEAD for small lists, from nearest end (HEAD or"
    " TAIL) for large lists; and N is the number of elements in the specified range.",
)
def lrange(ctx: Ctx, key: bytes, start: int, stop: int) -> Reply:
    """Returns a range of elements from a list."""
    items = ctx.read(key, List)
    if items is None:
        return []
    first, last = _bounds(start, stop, len(items))
    return items.slice(first, last) if first < last else []


@command(
    "LTRIM key start stop",
    since="1.0.0",
    flags=WRITE,
    complexity="O(N) where N is the number of elements to be removed by the operation.",
)
def ltrim(ctx: Ctx, key: bytes, start: int, stop: int) -> Reply:
    """Removes elements from both ends a list. Deletes the list if all elements were trimmed."""
    items = ctx.edit(key, List)
    if items is None:
        return OK
    removed = items.trim(*_bounds(start, stop, len(items)))
    items.shrunk(ctx.config)
    # Announced even where nothing went, as a server does: a WATCH on the key breaks.
    ctx.touched(key, "ltrim", removed)
    return OK


def _bounds(start: int, stop: int, size: int) -> tuple[int, int]:
    """Indexes as LRANGE takes them to a half-open range within the list; empty where first >= last."""
    first = max(start + size, 0) if start < 0 else start
    last = stop + size if stop < 0 else min(stop, size - 1)
    return first, last + 1


@command(
    "LREM key count element",
    since="1.0.0",
    flags=WRITE,
    complexity="O(N+M) where N is the length of the list and M is the number of elements removed.",
)
def lrem(ctx: Ctx, key: bytes, count: bytes, element: bytes) -> Reply:
    """Removes elements from a list. Deletes the list if the last element was removed."""
    most = decode_count(count)
    items = ctx.edit(key, List)
    if items is None:
        return 0
    removed = items.remove(element, most)
    if removed:
        items.shrunk(ctx.config)
        ctx.touched(key, "lrem", removed)
    return removed


@command(
    "LINSERT key <BEFORE | AFTER> pivot element",
    since="2.2.0",
    flags=WRITE | DENYOOM,
    complexity="O(N) where N is the number of elements to traverse before seeing the value pivot. This means that"
    " inserting somewhere on the left end on the list (head) can be considered O(1) and inserting somewhere on the"
    " right end (tail) is O(N).",
)
def linsert(ctx: Ctx, key: bytes, where: Literal["before", "after"], pivot: bytes, element: bytes) -> Reply:
    """Inserts an element before or after another element in a list."""
    items = ctx.edit(key, List)
    if items is None:
        return 0
    at = items.find(pivot)
    if at < 0:
        items.expect(element, ctx.config)
        return -1
    items.insert(at if where == "before" else at + 1, element, ctx.config)
    ctx.touched(key, "linsert")
    return len(items)


@command(
    "LPOS key element [RANK rank] [COUNT num-matches] [MAXLEN len]",
    since="6.0.6",
    flags=READ,
    complexity="O(N) where N is the number of elements in the list, for the average case. When searching for elements"
    " near the head or the tail of the list, or when the MAXLEN option is provided, the command may run in constant"
    " time.",
)
def lpos(ctx: Ctx, key: bytes, element: bytes, rest: Rest) -> Reply:
    """Returns the index of matching elements in a list."""
    rank, count, maxlen = _parse_lpos(Options(rest))
    items = ctx.read(key, List)
    found = [] if items is None else list(_matches(items, element, rank, count, maxlen))
    if count is None:
        return found[0] if found else None
    return found


def _parse_lpos(options: Options) -> tuple[int, int | None, int]:
    rank, count, maxlen = 1, None, 0
    while options:
        word = options.accept(b"RANK", b"COUNT", b"MAXLEN")
        if word is None or not options:
            raise SyntaxFault
        if word == b"RANK":
            rank = decode_count(options.take())
            if rank == 0:
                raise CommandError(
                    "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ..."
                    " or use negative to start from the end of the list"
                )
        elif word == b"COUNT":
            count = _natural(options, "COUNT")
        else:
            maxlen = _natural(options, "MAXLEN")
    return rank, count, maxlen


def _natural(options: Options, name: str) -> int:
    fault = f"ERR {name} can't be negative"
    number = options.take_int(fault)
    if number < 0:
        raise CommandError(fault)
    return number


def _matches(items: List, element: bytes, rank: int, count: int | None, maxlen: int) -> Iterator[int]:
    """Indexes of equal elements; a negative rank searches from the tail.

    Args:
        count: None for one, 0 for all.
        maxlen: how many elements to compare, 0 for all.
    """
    size = len(items)
    walk = iter(items.items) if rank > 0 else reversed(items.items)
    hits = (at for at, item in enumerate(islice(walk, maxlen or size)) if item == element)
    wanted = islice(hits, abs(rank) - 1, None if count == 0 else min(abs(rank) - 1 + (count or 1), size))
    return wanted if rank > 0 else (size - 1 - at for at in wanted)


@command(
    "LMOVE source destination <LEFT | RIGHT> <LEFT | RIGHT>",
    since="6.2.0",
    flags=WRITE | DENYOOM,
    complexity="O(1)",
)
def lmove(
    ctx: Ctx,
    source: bytes,
    destination: bytes,
    wherefrom: Literal["left", "right"],
    whereto: Literal["left", "right"],
) -> Reply:
    """Returns an element after popping it from one list and pushing it to another. Deletes the list if the last element was moved."""  # noqa: E501  # the server's own sentence
    return move(ctx, source, destination, wherefrom, whereto)


@command("RPOPLPUSH source destination", since="1.2.0", flags=WRITE | DENYOOM, complexity="O(1)")
def rpoplpush(ctx: Ctx, source: bytes, destination: bytes) -> Reply:
    """Returns the last element of a list after removing and pushing it to another list. Deletes the list if the last element was popped."""  # noqa: E501  # the server's own sentence
    return move(ctx, source, destination, "right", "left")


def move(ctx: Ctx, source: bytes, destination: bytes, wherefrom: Side, whereto: Side) -> Reply:
    """Moves one element from an end of one list to an end of another; None where there is no source."""
    origin = ctx.edit(source, List)
    if origin is None:
        return None
    target = ctx.edit_or_new(destination, List)
    element = origin.pop_head() if wherefrom == "left" else origin.pop_tail()
    push = target.push_head if whereto == "left" else target.push_tail
    push((element,), ctx.config)
    # Both are told after both are changed: one list rotated onto itself must not be dropped in between.
    ctx.touched(destination, "lpush" if whereto == "left" else "rpush")
    origin.shrunk(ctx.config)
    ctx.touched(source, "lpop" if wherefrom == "left" else "rpop", 0)  # a move counts as one change
    return element
