"""Sorted sets: changing members, asking for them, popping, chance and scanning.

Ranges stand in `sorted_set_range`, unions and their kin in `sorted_set_algebra`, what waits in
`sorted_set_blocking`; the values themselves are `types.sorted_set.SortedSet`.

The decision a reader would question: ZADD parses on its own. It reads options up to the
first word that is none, checks that what follows is paired, and only then looks at which
options exclude each other; the first wrong thing in that order is what it complains about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.engine.pop_request import PopRequest, parse_pop
from redis_tui.engine.random_request import parse_random
from redis_tui.engine.registry import command
from redis_tui.engine.scan_request import scan_collection
from redis_tui.engine.types.sorted_set import SortedSet
from redis_tui.errors import CommandError, SyntaxFault
from redis_tui.record import dataclass
from redis_tui.resp.encoder import format_double
from redis_tui.resp.types import NULL_ARRAY, Pairs, Reply
from redis_tui.spec.bind import binding
from redis_tui.spec.command import DENYOOM, FAST, READ, WRITE, CommandFlag
from redis_tui.spec.decode import decode_float, decode_int

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from redis_tui.engine.context import Ctx
    from redis_tui.engine.types.score_order import Entry
    from redis_tui.spec.decode import Rest

_NOT_POSITIVE = "ERR value is out of range, must be positive"
_NAN = "ERR resulting score is not a number (NaN)"
_POP = "O(log(N)*M) with N being the number of elements in the sorted set, and M being the number of elements popped."


def decode_score(ctx: Ctx, text: bytes, fault: str = "ERR value is not a valid float") -> float:
    """Reads a score or weight; Valkey takes no hexadecimal ones, Redis does."""
    if ctx.dialect.is_valkey and (b"x" in text or b"X" in text):
        raise CommandError(fault)
    return decode_float(text, fault)


# Changing


@dataclass(slots=True)
class _Add:
    """Options of one ZADD."""

    words: frozenset[bytes]
    pairs: list[bytes]

    def allows(self, old: float | None, new: float) -> bool:
        """Whether a member may get this score."""
        if old is None:
            return b"XX" not in self.words
        if b"NX" in self.words:
            return False
        return not ((b"GT" in self.words and new <= old) or (b"LT" in self.words and new >= old))


_ADD_OPTIONS = frozenset((b"NX", b"XX", b"GT", b"LT", b"CH", b"INCR"))


@command(
    "ZADD key [NX | XX] [GT | LT] [CH] [INCR] score member [score member ...]",
    since="1.2.0",
    flags=WRITE | DENYOOM | FAST,
    complexity="O(log(N)) for each item added, where N is the number of elements in the sorted set.",
)
def zadd(ctx: Ctx, key: bytes, rest: Rest) -> Reply:
    """Adds one or more members to a sorted set, or updates their scores. Creates the key if it doesn't exist."""
    if len(rest) == 2:
        text, member = rest
        if text.isdigit():
            score = decode_float(text)
        elif text.upper() in _ADD_OPTIONS:
            raise SyntaxFault
        else:
            score = decode_score(ctx, text)
        found = ctx.edit_or_new(key, SortedSet)  # one pair, which loops do, without the ado of many
        old = found.scores.get(member)
        if old == score:
            return 0
        found.put(member, score, ctx.config)
        ctx.altered(key, "zadd")
        return 1 if old is None else 0
    add = _parse_add(rest)
    texts = add.pairs[::2]
    entries = list(zip((decode_score(ctx, text) for text in texts), add.pairs[1::2], strict=True))
    if b"INCR" in add.words:
        return _add_increment(ctx, key, add, *entries[0])
    return _add_many(ctx, key, add, entries)


def _parse_add(rest: Rest) -> _Add:
    at = 0
    while at < len(rest) and rest[at].upper() in _ADD_OPTIONS:
        at += 1
    words = frozenset(word.upper() for word in rest[:at])
    pairs = rest[at:]
    if not pairs or len(pairs) % 2:
        raise SyntaxFault
    if {b"NX", b"XX"} <= words:
        raise CommandError("ERR XX and NX options at the same time are not compatible")
    if len(words & {b"GT", b"LT", b"NX"}) > 1:
        raise CommandError("ERR GT, LT, and/or NX options at the same time are not compatible")
    if b"INCR" in words and len(pairs) > 2:
        raise CommandError("ERR INCR option supports a single increment-element pair")
    return _Add(words, pairs)


def _add_many(ctx: Ctx, key: bytes, add: _Add, entries: list[Entry]) -> int:
    if b"XX" in add.words and ctx.edit(key, SortedSet) is None:
        return 0
    found = ctx.edit_or_new(key, SortedSet)
    config = ctx.config
    found.expect([member for _, member in entries], config)
    added = changed = 0
    for score, member in entries:
        old = found.scores.get(member)
        if not add.allows(old, score) or old == score:
            continue
        found.put(member, score, config)
        if old is None:
            added += 1
        else:
            changed += 1
    if added or changed:
        ctx.touched(key, "zadd", added + changed)
    return added + changed if b"CH" in add.words else added


def _add_increment(ctx: Ctx, key: bytes, add: _Add, increment: float, member: bytes) -> Reply:
    found = ctx.edit(key, SortedSet)
    if found is not None:
        found.expect((member,), ctx.config)
    old = None if found is None else found.scores.get(member)
    if old is None and b"XX" in add.words:
        return None
    if old is not None and b"NX" in add.words:
        return None
    score = _sum(old, increment)
    if not add.allows(old, score):
        return None
    _put_sum(ctx, key, member, old, score)
    return score


def _sum(old: float | None, increment: float) -> float:
    score = increment if old is None else old + increment
    if score != score:  # noqa: PLR0124  # NaN is the one value that differs from itself
        raise CommandError(_NAN)
    return score


def _put_sum(ctx: Ctx, key: bytes, member: bytes, old: float | None, score: float) -> None:
    found = ctx.edit_or_new(key, SortedSet)
    if old != score:
        found.put(member, score, ctx.config)
        ctx.touched(key, "zincr")


@command(
    "ZINCRBY key increment member",
    since="1.2.0",
    flags=WRITE | DENYOOM | FAST,
    complexity="O(log(N)) where N is the number of elements in the sorted set.",
)
def zincrby(ctx: Ctx, key: bytes, increment: bytes, member: bytes) -> Reply:
    """Increments the score of a member in a sorted set."""
    amount = decode_score(ctx, increment)
    found = ctx.edit(key, SortedSet)
    old = None if found is None else found.scores.get(member)
    score = _sum(old, amount)
    _put_sum(ctx, key, member, old, score)
    return score


@command(
    "ZREM key member [member ...]",
    since="1.2.0",
    flags=WRITE | FAST,
    complexity="O(M*log(N)) with N being the number of elements in the sorted set and M the number of elements to be"
    " removed.",
)
def zrem(ctx: Ctx, key: bytes, members: Sequence[bytes]) -> Reply:
    """Removes one or more members from a sorted set. Deletes the sorted set if all members were removed."""
    found = ctx.edit(key, SortedSet)
    if found is None:
        return 0
    removed = 0
    for member in members:
        removed += found.discard(member)
    if removed:
        ctx.touched(key, "zrem", removed)
    return removed


# Asking


@command("ZCARD key", since="1.2.0", flags=READ | FAST, complexity="O(1)")
def zcard(ctx: Ctx, key: bytes) -> Reply:
    """Returns the number of members in a sorted set."""
    found = ctx.read(key, SortedSet)
    return 0 if found is None else len(found.scores)


@command("ZSCORE key member", since="1.2.0", flags=READ | FAST, complexity="O(1)")
def zscore(ctx: Ctx, key: bytes, member: bytes) -> Reply:
    """Returns the score of a member in a sorted set."""
    found = ctx.read(key, SortedSet)
    return None if found is None else found.scores.get(member)


@command(
    "ZMSCORE key member [member ...]",
    since="6.2.0",
    flags=READ | FAST,
    complexity="O(N) where N is the number of members being requested.",
)
def zmscore(ctx: Ctx, key: bytes, members: Sequence[bytes]) -> Reply:
    """Returns the score of one or more members in a sorted set."""
    found = ctx.read(key, SortedSet)
    return [None if found is None else found.scores.get(member) for member in members]


@command("ZRANK key member [WITHSCORE]", since="2.0.0", flags=READ | FAST, complexity="O(log(N))")
@binding(excess="arity")
def zrank(ctx: Ctx, key: bytes, member: bytes, rest: Rest) -> Reply:
    """Returns the index of a member in a sorted set ordered by ascending scores."""
    return _rank(ctx, "zrank", key, member, rest)


@command("ZREVRANK key member [WITHSCORE]", since="2.0.0", flags=READ | FAST, complexity="O(log(N))")
def zrevrank(ctx: Ctx, key: bytes, member: bytes, rest: Rest) -> Reply:
    """Returns the index of a member in a sorted set ordered by descending scores."""
    return _rank(ctx, "zrevrank", key, member, rest)


def _rank(ctx: Ctx, name: str, key: bytes, member: bytes, rest: Rest) -> Reply:
    if len(rest) > 1:
        raise CommandError(f"ERR wrong number of arguments for '{name}' command")
    if rest and rest[0].upper() != b"WITHSCORE":
        raise SyntaxFault
    found = ctx.read(key, SortedSet)
    rank = None if found is None else found.rank(member, reverse=name == "zrevrank")
    if found is None or rank is None:
        return NULL_ARRAY if rest else None
    return [rank, found.scores[member]] if rest else rank


# Popping


@command("ZPOPMIN key [count]", since="5.0.0", flags=WRITE | FAST, complexity=_POP)
def zpopmin(ctx: Ctx, key: bytes, count: bytes | None = None) -> Reply:
    """Returns the lowest-scoring members from a sorted set after removing them. Deletes the sorted set if the last member was popped."""  # noqa: E501  # the server's own sentence
    return _pop(ctx, key, count, highest=False)


@command("ZPOPMAX key [count]", since="5.0.0", flags=WRITE | FAST, complexity=_POP)
def zpopmax(ctx: Ctx, key: bytes, count: bytes | None = None) -> Reply:
    """Returns the highest-scoring members from a sorted set after removing them. Deletes the sorted set if the last member was popped."""  # noqa: E501  # the server's own sentence
    return _pop(ctx, key, count, highest=True)


def _pop(ctx: Ctx, key: bytes, count: bytes | None, *, highest: bool) -> Reply:
    wanted = 1 if count is None else decode_int(count, _NOT_POSITIVE)
    if wanted < 0:
        raise CommandError(_NOT_POSITIVE)
    found = ctx.edit(key, SortedSet)
    taken = [] if found is None else take(ctx, key, found, wanted, highest=highest)
    if count is None:
        return [item for score, member in taken for item in (member, score)]
    return Pairs((member, score) for score, member in taken)


def take(ctx: Ctx, key: bytes, found: SortedSet, count: int, *, highest: bool) -> list[Entry]:
    """Pops at most that many from one end; the key goes with the last."""
    size = len(found)
    taken = found.take(max(size - count, 0), size) if highest else found.take(0, min(count, size))
    if highest:
        taken.reverse()
    if taken:
        ctx.touched(key, "zpopmax" if highest else "zpopmin", len(taken))
    return taken


@command(
    "ZMPOP numkeys key [key ...] <MIN | MAX> [COUNT count]",
    since="7.0.0",
    flags=WRITE | CommandFlag.MOVABLEKEYS,
    complexity="O(K) + O(M*log(N)) where K is the number of provided keys, N being the number of elements in the sorted"
    " set, and M being the number of elements popped.",
)
def zmpop(ctx: Ctx, rest: Rest) -> Reply:
    """Returns the highest- or lowest-scoring members from one or more sorted sets after removing them. Deletes the sorted set if the last member was popped."""  # noqa: E501  # the server's own sentence
    taken = take_first(ctx, parse_pop(rest, sides=(b"MIN", b"MAX")))
    return NULL_ARRAY if taken is None else taken


def take_first(ctx: Ctx, request: PopRequest) -> Reply:
    """Pops from the first of the keys that holds a sorted set; None where none does."""
    for key in request.keys:
        found = ctx.edit(key, SortedSet)
        if found is not None:
            taken = take(ctx, key, found, request.count, highest=request.side == b"MAX")
            return [key, [[member, score] for score, member in taken]]
    return None


# Chance and scanning


@command(
    "ZRANDMEMBER key [count [WITHSCORES]]",
    since="6.2.0",
    flags=READ,
    complexity="O(N) where N is the number of members returned",
)
def zrandmember(ctx: Ctx, key: bytes, rest: Rest) -> Reply:
    """Returns one or more random members from a sorted set."""
    request = parse_random(rest, pairs=b"WITHSCORES")
    found = ctx.read(key, SortedSet)
    if request.count is None:
        return None if found is None else found.pick(ctx.space.rng)
    members = [] if found is None else _draw(ctx, found, request.count)
    if found is None or not request.is_paired:
        return members
    return Pairs((member, found.scores[member]) for member in members)


def _draw(ctx: Ctx, found: SortedSet, count: int) -> list[bytes]:
    if count < 0:
        return found.repeated(-count, ctx.space.rng)
    if count >= len(found):
        # From the highest down, as a server walks a whole sorted set here.
        return _members(found.slice(0, len(found), reverse=True))
    return found.sample(count, ctx.space.rng)


def _members(entries: Iterable[Entry]) -> list[bytes]:
    return [member for _, member in entries]


@command(
    "ZSCAN key cursor [MATCH pattern] [COUNT count]",
    since="2.8.0",
    flags=READ,
    complexity="O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to"
    " return back to 0. N is the number of elements inside the collection.",
    usages={"valkey-9": "ZSCAN key cursor [MATCH pattern] [COUNT count] [NOSCORES]"},
)
def zscan(ctx: Ctx, key: bytes, cursor: bytes, rest: Rest) -> Reply:
    """Iterates over members and scores of a sorted set."""
    return scan_collection(ctx, key, cursor, rest, SortedSet, of="zscan", show=_with_scores)


def _with_scores(found: SortedSet, members: list[bytes]) -> list[bytes]:
    # Scores out of a skiplist have seventeen digits, those out of a listpack the fewest that do:
    # ZSCAN of a score 0.1 gives 0.10000000000000001 there and 0.1 here.
    show = format_double if found.is_packed else _seventeen_digits
    return [text for member in members for text in (member, show(found.scores[member]))]


def _seventeen_digits(score: float) -> bytes:
    return b"%.17g" % score
