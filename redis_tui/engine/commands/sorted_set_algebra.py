"""Unions, intersections and differences of sorted sets, read or stored.

Plain sets take part with a score of 1 each. Knows nothing of how an order is kept.

The decision a reader would question: the smallest operand comes first, as on a server,
though addition should not care: sums of doubles differ in their last digit with the order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from redis_tui.engine.commands.sorted_set import decode_score
from redis_tui.engine.registry import command
from redis_tui.engine.types.set import Set
from redis_tui.engine.types.sorted_set import SortedSet
from redis_tui.errors import CommandError, SyntaxFault, WrongType
from redis_tui.record import dataclass
from redis_tui.resp.types import Pairs, Reply
from redis_tui.spec.command import CommandFlag
from redis_tui.spec.decode import Options

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from redis_tui.engine.context import Ctx
    from redis_tui.spec.decode import Rest

READ = CommandFlag.READONLY | CommandFlag.MOVABLEKEYS
STORE = CommandFlag.WRITE | CommandFlag.DENYOOM | CommandFlag.MOVABLEKEYS

_GROUP = "sorted-set"
_INTER = (
    "O(N*K)+O(M*log(M)) worst case with N being the smallest input sorted set, K being the number of input sorted sets"
    " and M being the number of elements in the resulting sorted set."
)
_UNION_TAIL = (
    " with N being the sum of the sizes of the input sorted sets, and M being the number of elements in the resulting"
    " sorted set."
)
_DIFF = (
    "O(L + (N-K)log(N)) worst case where L is the total number of elements in all the sets, N is the size of the first"
    " set, and K is the size of the result set."
)

Scores = dict[bytes, float]
Operation = Literal["union", "inter", "diff"]


@dataclass(slots=True)
class Operand:
    """One key that takes part."""

    scores: Mapping[bytes, float]
    weight: float = 1.0


@dataclass(slots=True)
class Request:
    """What was asked for."""

    operands: list[Operand]
    combine: Callable[[float, float], float]
    with_scores: bool = False
    limit: int = 0


def _add(one: float, other: float) -> float:
    total = one + other
    # inf + -inf -> 0, as the server has it
    return total if total == total else 0.0  # noqa: PLR0124  # NaN is the one value that differs from itself


_AGGREGATES: dict[bytes, Callable[[float, float], float]] = {b"SUM": _add, b"MIN": min, b"MAX": max}


def _parse(ctx: Ctx, name: str, rest: Rest, *, stores: bool = False) -> Request:
    """Reads ``numkeys key [key ...] [WEIGHTS …] [AGGREGATE …] [WITHSCORES] [LIMIT …]``; looks the keys up.

    Args:
        name: the command's, which decides on the options and stands in a refusal.
        stores: there is a destination, so that WITHSCORES is none of the options.
    """
    options = Options(rest)
    numkeys = options.take_int()
    if numkeys < 1:
        raise CommandError(f"ERR at least 1 input key is needed for '{name}' command")
    if numkeys > len(options):
        raise SyntaxFault
    request = Request([_operand(ctx, key) for key in options.take_many(numkeys)], _add)
    weighs = name.startswith(("zunion", "zinter")) and name != "zintercard"
    while options:
        word = options.take_word()
        if word == b"WEIGHTS" and weighs and len(options) >= numkeys:
            for operand in request.operands:
                operand.weight = decode_score(ctx, options.take(), "ERR weight value is not a float")
        elif word == b"AGGREGATE" and weighs and options:
            combine = _AGGREGATES.get(options.take_word())
            if combine is None:
                raise SyntaxFault
            request.combine = combine
        elif word == b"WITHSCORES" and not stores and name != "zintercard":
            request.with_scores = True
        elif word == b"LIMIT" and name == "zintercard" and options:
            request.limit = options.take_int("ERR LIMIT can't be negative")
            if request.limit < 0:
                raise CommandError("ERR LIMIT can't be negative")
        else:
            raise SyntaxFault
    return request


def _operand(ctx: Ctx, key: bytes) -> Operand:
    value = ctx.get(key)
    if value is None:
        return Operand({})
    if isinstance(value, SortedSet):
        return Operand(value.scores)
    if isinstance(value, Set):
        return Operand(dict.fromkeys(value.members, 1.0))
    raise WrongType


def _weighed(operand: Operand) -> Scores:
    """An operand's scores times its weight; infinity times 0 is 0."""
    weight = operand.weight
    if weight == 1:
        return dict(operand.scores)
    products = ((member, score * weight) for member, score in operand.scores.items())
    return {member: score if score == score else 0.0 for member, score in products}  # noqa: PLR0124  # the test for NaN


def _union(request: Request) -> Scores:
    result: Scores = {}
    for operand in sorted(request.operands, key=lambda one: len(one.scores)):
        for member, score in _weighed(operand).items():
            result[member] = request.combine(result[member], score) if member in result else score
    return result


def _inter(request: Request) -> Scores:
    first, *others = sorted(request.operands, key=lambda one: len(one.scores))
    result = _weighed(first)
    for operand in others:
        result = {
            member: request.combine(score, _times(operand.scores[member], operand.weight))
            for member, score in result.items()
            if member in operand.scores
        }
    return result


def _times(score: float, weight: float) -> float:
    product = score * weight
    return product if product == product else 0.0  # noqa: PLR0124  # the test for NaN


def _diff(request: Request) -> Scores:
    first, *others = request.operands
    return {
        member: score
        for member, score in first.scores.items()
        if not any(member in operand.scores for operand in others)
    }


_OPERATIONS: dict[Operation, Callable[[Request], Scores]] = {"union": _union, "inter": _inter, "diff": _diff}


def _read(operation: Operation, ctx: Ctx, rest: Rest) -> Reply:
    request = _parse(ctx, f"z{operation}", rest)
    entries = sorted((score, member) for member, score in _OPERATIONS[operation](request).items())
    if request.with_scores:
        return Pairs((member, score) for score, member in entries)
    return [member for _, member in entries]


def _store(operation: Operation, ctx: Ctx, destination: bytes, rest: Rest) -> Reply:
    name = f"z{operation}store"
    scores = _OPERATIONS[operation](_parse(ctx, name, rest, stores=True))
    if not scores:
        ctx.delete(destination)
        return 0
    ctx.set(destination, SortedSet.of(scores, ctx.config), name)
    return len(scores)


@command(
    "ZUNION numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE <SUM | MIN | MAX>] [WITHSCORES]",
    since="6.2.0",
    flags=READ,
    complexity="O(N)+O(M*log(M))" + _UNION_TAIL,
    group=_GROUP,
)
def zunion(ctx: Ctx, rest: Rest) -> Reply:
    """Returns the union of multiple sorted sets."""
    return _read("union", ctx, rest)


@command(
    "ZINTER numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE <SUM | MIN | MAX>] [WITHSCORES]",
    since="6.2.0",
    flags=READ,
    complexity=_INTER,
    group=_GROUP,
)
def zinter(ctx: Ctx, rest: Rest) -> Reply:
    """Returns the intersect of multiple sorted sets."""
    return _read("inter", ctx, rest)


@command(
    "ZDIFF numkeys key [key ...] [WITHSCORES]",
    since="6.2.0",
    flags=READ,
    complexity=_DIFF,
    group=_GROUP,
)
def zdiff(ctx: Ctx, rest: Rest) -> Reply:
    """Returns the difference between multiple sorted sets."""
    return _read("diff", ctx, rest)


@command(
    "ZUNIONSTORE destination numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE <SUM | MIN | MAX>]",
    since="2.0.0",
    flags=STORE,
    complexity="O(N)+O(M log(M))" + _UNION_TAIL,
    group=_GROUP,
)
def zunionstore(ctx: Ctx, destination: bytes, rest: Rest) -> Reply:
    """Stores the union of multiple sorted sets in a key."""
    return _store("union", ctx, destination, rest)


@command(
    "ZINTERSTORE destination numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE <SUM | MIN | MAX>]",
    since="2.0.0",
    flags=STORE,
    complexity=_INTER,
    group=_GROUP,
)
def zinterstore(ctx: Ctx, destination: bytes, rest: Rest) -> Reply:
    """Stores the intersect of multiple sorted sets in a key."""
    return _store("inter", ctx, destination, rest)


@command(
    "ZDIFFSTORE destination numkeys key [key ...]",
    since="6.2.0",
    flags=STORE,
    complexity=_DIFF,
    group=_GROUP,
)
def zdiffstore(ctx: Ctx, destination: bytes, rest: Rest) -> Reply:
    """Stores the difference of multiple sorted sets in a key."""
    return _store("diff", ctx, destination, rest)


@command(
    "ZINTERCARD numkeys key [key ...] [LIMIT limit]",
    since="7.0.0",
    flags=READ,
    complexity="O(N*K) worst case with N being the smallest input sorted set, K being the number of input sorted sets.",
    group=_GROUP,
)
def zintercard(ctx: Ctx, rest: Rest) -> Reply:
    """Returns the number of members of the intersect of multiple sorted sets."""
    request = _parse(ctx, "zintercard", rest)
    count = len(_inter(request))
    return min(count, request.limit) if request.limit else count
