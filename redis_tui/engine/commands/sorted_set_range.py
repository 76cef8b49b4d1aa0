"""Sorted sets by range: of ranks, of scores, of members.

Six commands read, four remove or count, one stores; all ask `Window.bounds` for a half-open
range of ranks and take it from there. Knows nothing of how an order is kept.

The decision a reader would question: a range of members over several scores, which the
documentation leaves open, is looked for from the first member on, as a listpack does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

from redis_tui.engine.registry import command
from redis_tui.engine.types.sorted_set import SortedSet
from redis_tui.errors import CommandError, SyntaxFault
from redis_tui.record import dataclass
from redis_tui.resp.types import Pairs, Reply
from redis_tui.spec.command import DENYOOM, FAST, READ, WRITE
from redis_tui.spec.decode import Options, decode_int

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis_tui.engine.context import Ctx
    from redis_tui.spec.decode import Rest

_GROUP = "sorted-set"
_READ_COST = (
    "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned."
    " If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N))."
)
_RANK_COST = "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements returned."
_REMOVE_COST = (
    "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements removed by the"
    " operation."
)
_COUNT_COST = "O(log(N)) with N being the number of elements in the sorted set."
_NOT_A_FLOAT = "ERR min or max is not a float"
_NOT_A_MEMBER = "ERR min or max not valid string range item"

Kind = Literal["rank", "score", "lex"]


class Window(Protocol):
    """A range that was asked for."""

    def bounds(self, found: SortedSet, *, reverse: bool = False) -> tuple[int, int]:
        """The half-open range of ranks, counted from the lowest, that it covers in a sorted set."""


# The three ranges


@dataclass(frozen=True, slots=True)
class RankWindow:
    """From one rank to another, both included; negative ones count from the end."""

    start: int
    stop: int

    def bounds(self, found: SortedSet, *, reverse: bool = False) -> tuple[int, int]:
        size = len(found)
        first = max(self.start + size, 0) if self.start < 0 else self.start
        last = self.stop + size if self.stop < 0 else min(self.stop, size - 1)
        if first > last:
            return 0, 0
        return (size - 1 - last, size - first) if reverse else (first, last + 1)


@dataclass(frozen=True, slots=True)
class ScoreWindow:
    """Between two scores."""

    low: float
    high: float
    open_low: bool
    open_high: bool

    def bounds(self, found: SortedSet, *, reverse: bool = False) -> tuple[int, int]:  # noqa: ARG002  # part of Window
        first = found.rank_from(self.low, after=self.open_low)
        return first, max(first, found.rank_from(self.high, after=not self.open_high))


@dataclass(frozen=True, slots=True)
class LexWindow:
    """Between two members; None is the end that ``-`` and ``+`` stand for."""

    low: bytes | None
    high: bytes | None
    open_low: bool
    open_high: bool
    never: bool = False
    """``+`` as the low end or ``-`` as the high one: nothing is within."""

    def bounds(self, found: SortedSet, *, reverse: bool = False) -> tuple[int, int]:
        if self.never or self._is_void():
            return 0, 0
        if not found.has_one_score():
            return self._walk(found, reverse=reverse)
        first = 0 if self.low is None else found.rank_from_member(self.low, after=self.open_low)
        last = len(found) if self.high is None else found.rank_from_member(self.high, after=not self.open_high)
        return first, max(first, last)

    def _is_void(self) -> bool:
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and (self.open_low or self.open_high))

    def _walk(self, found: SortedSet, *, reverse: bool) -> tuple[int, int]:
        members = found.slice_members(0, len(found))
        if not self._above(members[-1]) or not self._below(members[0]):
            return 0, 0
        size = len(members)
        if reverse:
            last = next((at for at in range(size - 1, -1, -1) if self._below(members[at])), -1)
            first = next((at + 1 for at in range(last, -1, -1) if not self._above(members[at])), 0)
            return (first, last + 1) if first <= last else (0, 0)
        first = next((at for at in range(size) if self._above(members[at])), size)
        last = next((at for at in range(first, size) if not self._below(members[at])), size)
        return first, last

    def _above(self, member: bytes) -> bool:
        return self.low is None or (member > self.low if self.open_low else member >= self.low)

    def _below(self, member: bytes) -> bool:
        return self.high is None or (member < self.high if self.open_high else member <= self.high)


def score_window(low: bytes, high: bytes) -> ScoreWindow:
    """Reads ``1 (5``, ``-inf +inf``. Raises CommandError."""
    return ScoreWindow(_bound(low), _bound(high), low[:1] == b"(", high[:1] == b"(")


def _bound(text: bytes) -> float:
    # strtod without spaces or hexadecimal digits: ZRANGEBYSCORE z "" +inf counts from 0, 1e400 is infinite.
    digits = (text[1:] if text[:1] == b"(" else text).partition(b"\0")[0]
    if not digits:
        return 0.0
    try:
        number = float(digits)
    except ValueError:
        raise CommandError(_NOT_A_FLOAT) from None
    if digits[0] <= 32 or digits[-1] <= 32 or b"_" in digits or number != number:  # noqa: PLR0124  # NaN differs from itself
        raise CommandError(_NOT_A_FLOAT)
    return number


def lex_window(low: bytes, high: bytes) -> LexWindow:
    """Reads ``[a (c``, ``- +``. Raises CommandError."""
    for text in (low, high):
        if text not in (b"-", b"+") and text[:1] not in (b"(", b"["):
            raise CommandError(_NOT_A_MEMBER)
    return LexWindow(
        None if low == b"-" else low[1:],
        None if high == b"+" else high[1:],
        low[:1] == b"(",
        high[:1] == b"(",
        never=low == b"+" or high == b"-",
    )


def rank_window(start: bytes, stop: bytes) -> RankWindow:
    """Reads ``0 -1``. Raises CommandError."""
    return RankWindow(decode_int(start), decode_int(stop))


_WINDOWS: dict[str, Callable[[bytes, bytes], Window]] = {"rank": rank_window, "score": score_window, "lex": lex_window}


# Reading


@dataclass(slots=True)
class Query:
    """One ZRANGE in any of its spellings."""

    window: Window
    reverse: bool
    with_scores: bool
    offset: int
    count: int

    def ranks(self, found: SortedSet, *, is_valkey: bool) -> tuple[int, int]:
        """The half-open range of ranks, counted from the lowest, of what it asks for."""
        first, last = self.window.bounds(found, reverse=self.reverse)
        offset = self.offset
        if offset < 0 and is_valkey and not found.is_packed:
            offset += max(0, last - first)  # ZRANGEBYSCORE of a skiplist with LIMIT -2 9 -> the last two
        if offset < 0:
            return 0, 0
        if self.reverse:
            last -= offset
            first = first if self.count < 0 else max(first, last - self.count)
        else:
            first += offset
            last = last if self.count < 0 else min(last, first + self.count)
        return (first, last) if first < last else (0, 0)


def parse_query(args: Rest, *, kind: Kind | None = None, reverse: bool | None = None, stores: bool = False) -> Query:
    """Reads ``min max [BYSCORE | BYLEX] [REV] [LIMIT offset count] [WITHSCORES]``.

    Args:
        args: from ``min`` on.
        kind: given by the command's name; None: by an option, ranks without one.
        reverse: likewise.
        stores: there is a destination, so that WITHSCORES is none of the options.

    Raises:
        CommandError: they do not fit.
    """
    is_open_kind, is_open_direction = kind is None, reverse is None
    with_scores, offset, count = False, 0, -1
    options = Options(args, 2)
    while options:
        word = options.take_word()
        if word == b"WITHSCORES" and not stores:
            with_scores = True
        elif word == b"LIMIT" and len(options) >= 2:
            offset, count = options.take_int(), options.take_int()
        elif word == b"REV" and is_open_direction and reverse is None:
            reverse = True
        elif word in (b"BYLEX", b"BYSCORE") and is_open_kind and kind is None:
            kind = "lex" if word == b"BYLEX" else "score"
        else:
            raise SyntaxFault
    if count != -1 and kind in (None, "rank"):
        raise CommandError("ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX")
    if with_scores and kind == "lex":
        raise CommandError("ERR syntax error, WITHSCORES not supported in combination with BYLEX")
    if kind in (None, "rank"):
        offset = 0  # ZRANGE z 0 -1 LIMIT 1 -1 is taken and changes nothing
    low, high = args[:2]
    if reverse and kind in ("score", "lex"):
        low, high = high, low
    return Query(_WINDOWS[kind or "rank"](low, high), bool(reverse), with_scores, offset, count)


def _reply(ctx: Ctx, key: bytes, query: Query) -> Reply:
    found = ctx.read(key, SortedSet)
    first, last = (0, 0) if found is None else query.ranks(found, is_valkey=ctx.dialect.is_valkey)
    if found is None or first == last:
        return Pairs(()) if query.with_scores else []
    if query.with_scores:
        return Pairs([(member, score) for score, member in found.slice(first, last, reverse=query.reverse)])
    return found.slice_members(first, last, reverse=query.reverse)


@command(
    "ZRANGE key start stop [BYSCORE | BYLEX] [REV] [LIMIT offset count] [WITHSCORES]",
    since="1.2.0",
    flags=READ,
    complexity=_RANK_COST,
    group=_GROUP,
)
def zrange(ctx: Ctx, key: bytes, rest: Rest) -> Reply:
    """Returns members in a sorted set within a range of indexes."""
    if len(rest) == 2:
        return _between_ranks(ctx, key, decode_int(rest[0]), decode_int(rest[1]))
    return _reply(ctx, key, parse_query(rest))


def _between_ranks(ctx: Ctx, key: bytes, start: int, stop: int) -> list[bytes]:
    """``ZRANGE key start stop``: what loops do."""
    found = ctx.read(key, SortedSet)
    if found is None:
        return []
    size = len(found.scores)
    first = start if start >= 0 else max(start + size, 0)
    last = stop if stop >= 0 else stop + size
    return found.slice_members(first, last + 1) if first <= last else []


@command("ZREVRANGE key start stop [WITHSCORES]", since="1.2.0", flags=READ, complexity=_RANK_COST, group=_GROUP)
def zrevrange(ctx: Ctx, key: bytes, rest: Rest) -> Reply:
    """Returns members in a sorted set within a range of indexes in reverse order."""
    return _reply(ctx, key, parse_query(rest, kind="rank", reverse=True))


@command(
    "ZRANGEBYSCORE key min max [WITHSCORES] [LIMIT offset count]",
    since="1.0.5",
    flags=READ,
    complexity=_READ_COST,
    group=_GROUP,
)
def zrangebyscore(ctx: Ctx, key: bytes, rest: Rest) -> Reply:
    """Returns members in a sorted set within a range of scores."""
    return _reply(ctx, key, parse_query(rest, kind="score", reverse=False))


@command(
    "ZREVRANGEBYSCORE key max min [WITHSCORES] [LIMIT offset count]",
    since="2.2.0",
    flags=READ,
    complexity=_READ_COST,
    group=_GROUP,
)
def zrevrangebyscore(ctx: Ctx, key: bytes, rest: Rest) -> Reply:
    """Returns members in a sorted set within a range of scores in reverse order."""
    return _reply(ctx, key, parse_query(rest, kind="score", reverse=True))


@command("ZRANGEBYLEX key min max [LIMIT offset count]", since="2.8.9", flags=READ, complexity=_READ_COST, group=_GROUP)
def zrangebylex(ctx: Ctx, key: bytes, rest: Rest) -> Reply:
    """Returns members in a sorted set within a lexicographical range."""
    return _reply(ctx, key, parse_query(rest, kind="lex", reverse=False))


@command(
    "ZREVRANGEBYLEX key max min [LIMIT offset count]", since="2.8.9", flags=READ, complexity=_READ_COST, group=_GROUP
)
def zrevrangebylex(ctx: Ctx, key: bytes, rest: Rest) -> Reply:
    """Returns members in a sorted set within a lexicographical range in reverse order."""
    return _reply(ctx, key, parse_query(rest, kind="lex", reverse=True))


@command(
    "ZRANGESTORE dst src min max [BYSCORE | BYLEX] [REV] [LIMIT offset count]",
    since="6.2.0",
    flags=WRITE | DENYOOM,
    complexity="O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements stored"
    " into the destination key.",
    group=_GROUP,
)
def zrangestore(ctx: Ctx, destination: bytes, source: bytes, rest: Rest) -> Reply:
    """Stores a range of members from sorted set in a key."""
    query = parse_query(rest, stores=True)
    found = ctx.read(source, SortedSet)
    first, last = (0, 0) if found is None else query.ranks(found, is_valkey=ctx.dialect.is_valkey)
    entries = [] if found is None else found.slice(first, last, reverse=query.reverse)
    scores = {member: score for score, member in entries}
    if not scores:
        ctx.delete(destination)
        return 0
    ctx.set(destination, SortedSet.of(scores, ctx.config), "zrangestore")
    return len(scores)


# Counting and removing


def _count(ctx: Ctx, key: bytes, window: Window) -> int:
    found = ctx.read(key, SortedSet)
    if found is None:
        return 0
    first, last = window.bounds(found)
    return last - first


@command("ZCOUNT key min max", since="2.0.0", flags=READ | FAST, complexity=_COUNT_COST, group=_GROUP)
def zcount(ctx: Ctx, key: bytes, low: bytes, high: bytes) -> Reply:
    """Returns the count of members in a sorted set that have scores within a range."""
    if (low, high) == (b"-inf", b"+inf"):
        # A count of all needs no order, and asking for one would make it.
        found = ctx.read(key, SortedSet)
        return 0 if found is None else len(found)
    return _count(ctx, key, score_window(low, high))


@command("ZLEXCOUNT key min max", since="2.8.9", flags=READ | FAST, complexity=_COUNT_COST, group=_GROUP)
def zlexcount(ctx: Ctx, key: bytes, low: bytes, high: bytes) -> Reply:
    """Returns the number of members in a sorted set within a lexicographical range."""
    return _count(ctx, key, lex_window(low, high))


def _remove(ctx: Ctx, key: bytes, window: Window, event: str) -> int:
    found = ctx.edit(key, SortedSet)
    if found is None:
        return 0
    removed = len(found.take(*window.bounds(found)))
    if removed:
        ctx.touched(key, event, removed)
    return removed


@command("ZREMRANGEBYRANK key start stop", since="2.0.0", flags=WRITE, complexity=_REMOVE_COST, group=_GROUP)
def zremrangebyrank(ctx: Ctx, key: bytes, start: bytes, stop: bytes) -> Reply:
    """Removes members in a sorted set within a range of indexes. Deletes the sorted set if all members were removed."""
    return _remove(ctx, key, rank_window(start, stop), "zremrangebyrank")


@command("ZREMRANGEBYSCORE key min max", since="1.2.0", flags=WRITE, complexity=_REMOVE_COST, group=_GROUP)
def zremrangebyscore(ctx: Ctx, key: bytes, low: bytes, high: bytes) -> Reply:
    """Removes members in a sorted set within a range of scores. Deletes the sorted set if all members were removed."""
    return _remove(ctx, key, score_window(low, high), "zremrangebyscore")


@command("ZREMRANGEBYLEX key min max", since="2.8.9", flags=WRITE, complexity=_REMOVE_COST, group=_GROUP)
def zremrangebylex(ctx: Ctx, key: bytes, low: bytes, high: bytes) -> Reply:
    """Removes members in a sorted set within a lexicographical range. Deletes the sorted set if all members were removed."""  # noqa: E501  # the server's own sentence
    return _remove(ctx, key, lex_window(low, high), "zremrangebylex")
