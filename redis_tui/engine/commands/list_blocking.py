"""Lists, waited for: BLPOP and its kin.

Each looks once and pops as its sister without the B does; where there is nothing it asks to
be run again. It knows nothing of how a client waits (`blocking`).

The decision a reader would question: BLMOVE answers a null where it may not wait, and a null
array when its time is up, because the servers do.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

from redis_tui.engine.commands.list import Side, move, pop_one, take_first
from redis_tui.engine.pop_request import parse_pop
from redis_tui.engine.registry import command
from redis_tui.engine.timeout import decode_timeout
from redis_tui.engine.types.list import List
from redis_tui.resp.types import NULL_ARRAY, Reply
from redis_tui.spec.command import CommandFlag

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from redis_tui.engine.context import Ctx
    from redis_tui.spec.decode import Rest

WAITS = CommandFlag.WRITE | CommandFlag.BLOCKING
_GROUP = "list"
_POP = "O(N) where N is the number of provided keys."


@command("BLPOP key [key ...] timeout", since="2.0.0", flags=WAITS, complexity=_POP, group=_GROUP)
def blpop(ctx: Ctx, keys: Sequence[bytes], timeout: bytes) -> Reply:
    """Removes and returns the first element in a list. Blocks until an element is available otherwise. Deletes the list if the last element was popped."""  # noqa: E501  # the server's own sentence
    return _pop_any(ctx, keys, "left", timeout)


@command("BRPOP key [key ...] timeout", since="2.0.0", flags=WAITS, complexity=_POP, group=_GROUP)
def brpop(ctx: Ctx, keys: Sequence[bytes], timeout: bytes) -> Reply:
    """Removes and returns the last element in a list. Blocks until an element is available otherwise. Deletes the list if the last element was popped."""  # noqa: E501  # the server's own sentence
    return _pop_any(ctx, keys, "right", timeout)


def _pop_any(ctx: Ctx, keys: Sequence[bytes], side: Side, timeout: bytes) -> Reply:
    timeout_ms = decode_timeout(timeout, ctx.now_ms)
    for key in keys:
        items = ctx.edit(key, List)
        if items is not None:
            return [key, pop_one(ctx, key, items, side)]
    return ctx.block(keys, List, timeout_ms=timeout_ms, on_timeout=NULL_ARRAY)


@command(
    "BLMPOP timeout numkeys key [key ...] <LEFT | RIGHT> [COUNT count]",
    since="7.0.0",
    flags=WAITS | CommandFlag.MOVABLEKEYS,
    complexity="O(N+M) where N is the number of provided keys and M is the number of elements returned.",
    group=_GROUP,
)
def blmpop(ctx: Ctx, timeout: bytes, rest: Rest) -> Reply:
    """Pops the first element from one of multiple lists. Blocks until an element is available otherwise. Deletes the list if the last element was popped."""  # noqa: E501  # the server's own sentence
    request = parse_pop(rest, sides=(b"LEFT", b"RIGHT"))
    timeout_ms = decode_timeout(timeout, ctx.now_ms)
    taken = take_first(ctx, request)
    if taken is not None:
        return taken
    return ctx.block(request.keys, List, timeout_ms=timeout_ms, on_timeout=NULL_ARRAY)


@command(
    "BLMOVE source destination <LEFT | RIGHT> <LEFT | RIGHT> timeout",
    since="6.2.0",
    flags=WAITS | CommandFlag.DENYOOM,
    complexity="O(1)",
    group=_GROUP,
)
def blmove(  # noqa: PLR0917  # one parameter an argument of the command
    ctx: Ctx,
    source: bytes,
    destination: bytes,
    wherefrom: Literal["left", "right"],
    whereto: Literal["left", "right"],
    timeout: bytes,
) -> Reply:
    """Pops an element from a list, pushes it to another list and returns it. Blocks until an element is available otherwise. Deletes the list if the last element was moved."""  # noqa: E501  # the server's own sentence
    return _move(ctx, source, timeout, partial(move, ctx, source, destination, wherefrom, whereto))


@command(
    "BRPOPLPUSH source destination timeout",
    since="2.2.0",
    flags=WAITS | CommandFlag.DENYOOM,
    complexity="O(1)",
    group=_GROUP,
)
def brpoplpush(ctx: Ctx, source: bytes, destination: bytes, timeout: bytes) -> Reply:
    """Pops an element from a list, pushes it to another list and returns it. Block until an element is available otherwise. Deletes the list if the last element was popped."""  # noqa: E501  # the server's own sentence
    return _move(ctx, source, timeout, partial(move, ctx, source, destination, "right", "left"))


def _move(ctx: Ctx, source: bytes, timeout: bytes, moved: Callable[[], Reply]) -> Reply:
    timeout_ms = decode_timeout(timeout, ctx.now_ms)
    if ctx.read(source, List) is not None:
        return moved()
    on_timeout = NULL_ARRAY if ctx.may_block else None
    return ctx.block((source,), List, timeout_ms=timeout_ms, on_timeout=on_timeout)
