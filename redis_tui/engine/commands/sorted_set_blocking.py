"""Sorted sets, waited for: BZPOPMIN and its kin.

Each looks once and pops as its sister without the B does; where there is nothing it asks to
be run again. It knows nothing of how a client waits (`blocking`).

The decision a reader would question: BZPOPMIN answers key, member and score in one flat
array at RESP3 too, unlike ZPOPMIN with a count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.engine.commands.sorted_set import take, take_first
from redis_tui.engine.pop_request import parse_pop
from redis_tui.engine.registry import command
from redis_tui.engine.timeout import decode_timeout
from redis_tui.engine.types.sorted_set import SortedSet
from redis_tui.resp.types import NULL_ARRAY, Reply
from redis_tui.spec.command import CommandFlag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.engine.context import Ctx
    from redis_tui.spec.decode import Rest

WAITS = CommandFlag.WRITE | CommandFlag.BLOCKING
_GROUP = "sorted-set"
_POP = "O(log(N)) with N being the number of elements in the sorted set."


@command(
    "BZPOPMIN key [key ...] timeout",
    since="5.0.0",
    flags=WAITS | CommandFlag.FAST,
    complexity=_POP,
    group=_GROUP,
)
def bzpopmin(ctx: Ctx, keys: Sequence[bytes], timeout: bytes) -> Reply:
    """Removes and returns the member with the lowest score from one or more sorted sets. Blocks until a member is available otherwise. Deletes the sorted set if the last element was popped."""  # noqa: E501  # the server's own sentence
    return _pop_any(ctx, keys, timeout, highest=False)


@command(
    "BZPOPMAX key [key ...] timeout",
    since="5.0.0",
    flags=WAITS | CommandFlag.FAST,
    complexity=_POP,
    group=_GROUP,
)
def bzpopmax(ctx: Ctx, keys: Sequence[bytes], timeout: bytes) -> Reply:
    """Removes and returns the member with the highest score from one or more sorted sets. Blocks until a member available otherwise.  Deletes the sorted set if the last element was popped."""  # noqa: E501  # the server's own sentence
    return _pop_any(ctx, keys, timeout, highest=True)


def _pop_any(ctx: Ctx, keys: Sequence[bytes], timeout: bytes, *, highest: bool) -> Reply:
    timeout_ms = decode_timeout(timeout, ctx.now_ms)
    for key in keys:
        found = ctx.edit(key, SortedSet)
        if found is not None:
            [(score, member)] = take(ctx, key, found, 1, highest=highest)
            return [key, member, score]
    return ctx.block(keys, SortedSet, timeout_ms=timeout_ms, on_timeout=NULL_ARRAY)


@command(
    "BZMPOP timeout numkeys key [key ...] <MIN | MAX> [COUNT count]",
    since="7.0.0",
    flags=WAITS | CommandFlag.MOVABLEKEYS,
    complexity="O(K) + O(M*log(N)) where K is the number of provided keys, N being the number of elements in the sorted"
    " set, and M being the number of elements popped.",
    group=_GROUP,
)
def bzmpop(ctx: Ctx, timeout: bytes, rest: Rest) -> Reply:
    """Removes and returns a member by score from one or more sorted sets. Blocks until a member is available otherwise. Deletes the sorted set if the last element was popped."""  # noqa: E501  # the server's own sentence
    request = parse_pop(rest, sides=(b"MIN", b"MAX"))
    timeout_ms = decode_timeout(timeout, ctx.now_ms)
    taken = take_first(ctx, request)
    if taken is not None:
        return taken
    return ctx.block(request.keys, SortedSet, timeout_ms=timeout_ms, on_timeout=NULL_ARRAY)
