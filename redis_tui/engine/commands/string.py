"""Strings: a value is ``bytes``, or a ``bytearray`` once it was edited in place.

The decision a reader would question: SET, GETEX and LCS take their options raw. SET is the
hottest command of all and a dozen keyword parameters would double its price; all three look
at keys and values between options in an order that a grammar cannot tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redis_tui.engine.lcs import CELL_BYTES, longest_common
from redis_tui.engine.registry import command
from redis_tui.engine.types.base import Collection
from redis_tui.engine.types.string import (
    PlainText,
    add_long_doubles,
    format_long_double,
    parse_long_double,
)
from redis_tui.errors import CommandError, SyntaxFault
from redis_tui.record import dataclass
from redis_tui.resp.types import OK, Map, Reply
from redis_tui.spec.command import CommandFlag
from redis_tui.spec.decode import INT64_MAX, INT64_MIN, Options, decode_int

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from redis_tui.engine.context import Ctx
    from redis_tui.spec.bind import Rest

READ = CommandFlag.READONLY
WRITE = CommandFlag.WRITE
DENYOOM = CommandFlag.DENYOOM
FAST = CommandFlag.FAST

_MULTIPLIERS: Final = {b"EX": 1000, b"PX": 1, b"EXAT": 1000, b"PXAT": 1}
_SET_WORDS: Final = frozenset((b"NX", b"XX", b"GET", b"KEEPTTL"))
_VALKEY_SET_WORDS: Final = _SET_WORDS | {b"IFEQ"}
_MSETEX_WORDS: Final = _SET_WORDS - {b"GET"}
_INVALID_NUMKEYS: Final = "ERR invalid numkeys value or out of range"
_MOST_KEYS: Final = 2**31 - 1
_GETEX_WORDS: Final = frozenset((b"PERSIST",))
_EXISTENCE: Final = (b"NX", b"XX")
_WITHOUT_AMOUNT: Final = (b"KEEPTTL", b"PERSIST")
_RELATIVE: Final = frozenset((b"EX", b"PX"))
_ALWAYS_ALLOWED: Final = 1024 * 1024
"""proto-max-bulk-len cannot be set below this, so that shorter strings need no look at it."""


@command("GET key", since="1.0.0", flags=READ | FAST, complexity="O(1)")
def get(ctx: Ctx, key: bytes) -> Reply:
    """Returns the string value of a key."""
    return ctx.string(key)


@dataclass(slots=True)
class _Manner:
    """How SET and GETEX were asked to do it."""

    condition: bytes = b""
    """``NX``, ``XX``, ``IFEQ`` or nothing."""
    expected: bytes = b""
    """What IFEQ compares with."""
    returns_old: bool = False
    life: bytes = b""
    """``EX PX EXAT PXAT``, ``KEEPTTL``, ``PERSIST`` or nothing."""
    amount: bytes = b""
    """What stands behind EX and its kin."""


@command(
    "SET key value [NX | XX] [GET] [EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT unix-time-milliseconds"
    " | KEEPTTL]",
    since="1.0.0",
    flags=WRITE | DENYOOM,
    complexity="O(1)",
    usages={
        "valkey-9": "SET key value [NX | XX | IFEQ comparison-value] [GET] [EX seconds | PX milliseconds"
        " | EXAT unix-time-seconds | PXAT unix-time-milliseconds | KEEPTTL]"
    },
)
def set_(ctx: Ctx, key: bytes, value: bytes, rest: Rest) -> Reply:
    """Sets the string value of a key, ignoring its type. The key is created if it doesn't exist."""
    if rest:
        return _set_in_manner(
            ctx, key, value, _parse_manner(rest, _VALKEY_SET_WORDS if ctx.dialect.is_valkey else _SET_WORDS)
        )
    ctx.set(key, value)
    return OK


def _parse_manner(rest: Rest, allowed: frozenset[bytes]) -> _Manner:
    """Reads the options of SET or GETEX.

    Args:
        allowed: the words that the command takes, besides those that set a time to live.

    Raises:
        SyntaxFault: an unknown word, or one that does not go with those before it. The same one
            twice passes and the last counts: SET k v EX 1 EX 2 -> OK.
    """
    manner = _Manner()
    texts = iter(rest)
    for text in texts:
        word = text.upper()
        if word in _MULTIPLIERS and manner.life in (b"", word):
            manner.life, manner.amount = word, _value_after(texts)
        elif word not in allowed:
            raise SyntaxFault
        elif word in _WITHOUT_AMOUNT and manner.life in (b"", word):
            manner.life = word
        elif word in _EXISTENCE and manner.condition in (b"", word):
            manner.condition = word
        elif word == b"GET":
            manner.returns_old = True
        elif word == b"IFEQ" and not manner.condition:
            manner.condition, manner.expected = word, _value_after(texts)
        else:
            raise SyntaxFault
    return manner


def _value_after(texts: Iterator[bytes]) -> bytes:
    value = next(texts, None)
    if value is None:
        raise SyntaxFault
    return value


def _set_in_manner(ctx: Ctx, key: bytes, value: bytes, manner: _Manner) -> Reply:
    at_ms = _deadline_ms(ctx, manner.life, manner.amount, "set") if manner.life in _MULTIPLIERS else None
    old = ctx.string(key) if manner.returns_old else None
    if manner.condition and not _holds(ctx, key, manner):
        return old
    if at_ms is not None and at_ms <= ctx.now_ms and ctx.dialect.is_valkey:
        # SET k v EXAT 1: Redis sets the key and lets it expire, Valkey does not set it in the first place.
        ctx.delete(key, "expired")
    else:
        ctx.set(key, value, keep_ttl=manner.life == b"KEEPTTL", expires_at_ms=at_ms)
    return old if manner.returns_old else OK


def _holds(ctx: Ctx, key: bytes, manner: _Manner) -> bool:
    if manner.condition == b"IFEQ":
        return ctx.db.peek_text(key) == manner.expected
    return (ctx.peek(key) is None) == (manner.condition == b"NX")


def _deadline_ms(ctx: Ctx, unit: bytes, amount: bytes, name: str) -> int:
    """When a time to live of ``amount`` ends, in Unix milliseconds."""
    number = decode_int(amount)
    at_ms = number * _MULTIPLIERS[unit]
    if number <= 0 or at_ms > INT64_MAX:
        raise CommandError(f"ERR invalid expire time in '{name}' command")
    if unit in _RELATIVE:
        at_ms += ctx.now_ms
    if at_ms > INT64_MAX:
        raise CommandError(f"ERR invalid expire time in '{name}' command")
    return at_ms


@command("SETNX key value", since="1.0.0", flags=WRITE | DENYOOM | FAST, complexity="O(1)")
def setnx(ctx: Ctx, key: bytes, value: bytes) -> Reply:
    """Set the string value of a key only when the key doesn't exist."""
    if ctx.peek(key) is not None:
        return 0
    ctx.set(key, value)
    return 1


@command("SETEX key seconds value", since="2.0.0", flags=WRITE | DENYOOM, complexity="O(1)")
def setex(ctx: Ctx, key: bytes, seconds: bytes, value: bytes) -> Reply:
    """Sets the string value and expiration time of a key. Creates the key if it doesn't exist."""
    ctx.set(key, value, expires_at_ms=_deadline_ms(ctx, b"EX", seconds, "setex"))
    return OK


@command("PSETEX key milliseconds value", since="2.6.0", flags=WRITE | DENYOOM, complexity="O(1)")
def psetex(ctx: Ctx, key: bytes, milliseconds: bytes, value: bytes) -> Reply:
    """Sets both string value and expiration time in milliseconds of a key. The key is created if it doesn't exist."""
    ctx.set(key, value, expires_at_ms=_deadline_ms(ctx, b"PX", milliseconds, "psetex"))
    return OK


@command("GETSET key value", since="1.0.0", flags=WRITE | DENYOOM | FAST, complexity="O(1)")
def getset(ctx: Ctx, key: bytes, value: bytes) -> Reply:
    """Returns the previous string value of a key after setting it to a new value."""
    old = ctx.string(key)
    ctx.set(key, value)
    return old


@command("GETDEL key", since="6.2.0", flags=WRITE | FAST, complexity="O(1)")
def getdel(ctx: Ctx, key: bytes) -> Reply:
    """Returns the string value of a key after deleting the key."""
    old = ctx.string(key)
    if old is not None:
        ctx.delete(key)
    return old


@command(
    "GETEX key [EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT unix-time-milliseconds | PERSIST]",
    since="6.2.0",
    flags=WRITE | FAST,
    complexity="O(1)",
)
def getex(ctx: Ctx, key: bytes, rest: Rest) -> Reply:
    """Returns the string value of a key after setting its expiration time."""
    manner = _parse_manner(rest, _GETEX_WORDS)
    # GETEX missing EX 0 -> nil from Redis 8.2, refused by Valkey 9, which reads the time ahead of the key.
    is_early = ctx.dialect.is_valkey and manner.life in _MULTIPLIERS
    early_ms = _deadline_ms(ctx, manner.life, manner.amount, "getex") if is_early else 0
    value = ctx.string(key)
    if value is None:
        return None
    if manner.life == b"PERSIST":
        ctx.persist(key)
    elif manner.life:
        ctx.expire_at(key, early_ms or _deadline_ms(ctx, manner.life, manner.amount, "getex"))
    return value


@command("DELIFEQ key value", since="9.0.0", flags=WRITE | FAST, complexity="O(1)", only="valkey")
def delifeq(ctx: Ctx, key: bytes, value: bytes) -> Reply:
    """Delete key if value matches string."""
    if ctx.db.peek_text(key) != value:
        return 0
    return 1 if ctx.delete(key) else 0


@command(
    "MGET key [key ...]",
    since="1.0.0",
    flags=READ | FAST,
    complexity="O(N) where N is the number of keys to retrieve.",
)
def mget(ctx: Ctx, keys: Sequence[bytes]) -> Reply:
    """Atomically returns the string values of one or more keys."""
    values = map(ctx.get, keys)
    return [None if value is None or isinstance(value, Collection) else bytes(value) for value in values]


@command(
    "MSET key value [key value ...]",
    since="1.0.1",
    flags=WRITE | DENYOOM,
    complexity="O(N) where N is the number of keys to set.",
)
def mset(ctx: Ctx, pairs: Sequence[bytes]) -> Reply:
    """Atomically creates or modifies the string values of one or more keys."""
    for at in range(0, len(pairs), 2):
        ctx.set(pairs[at], pairs[at + 1])
    return OK


@command(
    "MSETNX key value [key value ...]",
    since="1.0.1",
    flags=WRITE | DENYOOM,
    complexity="O(N) where N is the number of keys to set.",
)
def msetnx(ctx: Ctx, pairs: Sequence[bytes]) -> Reply:
    """Atomically modifies the string values of one or more keys only when all keys don't exist."""
    if any(ctx.peek(pairs[at]) is not None for at in range(0, len(pairs), 2)):
        return 0
    mset(ctx, pairs)
    return 1


@command(
    "MSETEX numkeys key value [key value ...] [NX | XX] [EX seconds | PX milliseconds | EXAT unix-time-seconds"
    " | PXAT unix-time-milliseconds | KEEPTTL]",
    since="9.1.0",
    flags=WRITE | DENYOOM,
    complexity="O(N) where N is the number of keys to set.",
    only="valkey",
)
def msetex(ctx: Ctx, numkeys: bytes, rest: Rest) -> Reply:
    """Atomically creates or modifies the string values of one or more keys, and optionally set their expiration."""
    count = decode_int(numkeys, _INVALID_NUMKEYS)
    if not 1 <= count <= _MOST_KEYS:
        raise CommandError(_INVALID_NUMKEYS)
    if 2 * count > len(rest):
        raise SyntaxFault
    manner = _parse_manner(rest[2 * count :], _MSETEX_WORDS)
    at_ms = _deadline_ms(ctx, manner.life, manner.amount, "msetex") if manner.life in _MULTIPLIERS else None
    keys, values = rest[0 : 2 * count : 2], rest[1 : 2 * count : 2]
    if manner.condition and not all(_holds(ctx, key, manner) for key in keys):
        return 0
    for key, value in zip(keys, values, strict=True):
        ctx.set(key, value, keep_ttl=manner.life == b"KEEPTTL", expires_at_ms=at_ms)
    return 1


@command(
    "APPEND key value",
    since="2.0.0",
    flags=WRITE | DENYOOM | FAST,
    complexity="O(1). The amortized time complexity is O(1) assuming the appended value is small and the already"
    " present value is of any size, since the dynamic string library used by Redis will double the free space"
    " available on every reallocation.",
)
def append(ctx: Ctx, key: bytes, value: bytes) -> Reply:
    """Appends a string to the value of a key. Creates the key if it doesn't exist."""
    old = ctx.db.peek_text(key)
    if old is None:
        ctx.set(key, value, "append")
        return len(value)
    size = len(old) + len(value)
    _check_size(ctx, size)
    text = ctx.db.edit_text(key)
    text += value
    ctx.touched(key, "append")
    return size


@command("STRLEN key", since="2.2.0", flags=READ | FAST, complexity="O(1)")
def strlen(ctx: Ctx, key: bytes) -> Reply:
    """Returns the length of a string value."""
    return len(ctx.string(key) or b"")


@command(
    "GETRANGE key start end",
    since="2.4.0",
    flags=READ,
    complexity="O(N) where N is the length of the returned string. The complexity is ultimately determined by the"
    " returned length, but because creating a substring from an existing string is very cheap, it can be considered"
    " O(1) for small strings.",
)
def getrange(ctx: Ctx, key: bytes, start: int, end: int) -> Reply:
    """Returns a substring of the string stored at a key."""
    value = ctx.string(key) or b""
    size = len(value)
    if start < 0 and end < 0 and start > end:
        return b""
    start = max(start + size, 0) if start < 0 else start
    end = max(end + size, 0) if end < 0 else end
    return value[start : end + 1]


@command(
    "SUBSTR key start end",
    since="1.0.0",
    flags=READ,
    complexity="O(N) where N is the length of the returned string. The complexity is ultimately determined by the"
    " returned length, but because creating a substring from an existing string is very cheap, it can be considered"
    " O(1) for small strings.",
)
def substr(ctx: Ctx, key: bytes, start: int, end: int) -> Reply:
    """Returns a substring from a string value."""
    return getrange(ctx, key, start, end)


@command(
    "SETRANGE key offset value",
    since="2.2.0",
    flags=WRITE | DENYOOM,
    complexity="O(1), not counting the time taken to copy the new string in place. Usually, this string is very small"
    " so the amortized complexity is O(1). Otherwise, complexity is O(M) with M being the length of the value"
    " argument.",
)
def setrange(ctx: Ctx, key: bytes, offset: int, value: bytes) -> Reply:
    """Overwrites a part of a string value with another by an offset. Creates the key if it doesn't exist."""
    if offset < 0:
        raise CommandError("ERR offset is out of range")
    old = ctx.db.peek_text(key)
    if not value:
        return len(old or b"")
    _check_size(ctx, offset + len(value))
    end = offset + len(value)
    text = ctx.db.edit_text(key, offset)
    text[offset:end] = value
    ctx.touched(key, "setrange")
    return len(text)


def _check_size(ctx: Ctx, size: int) -> None:
    if size > _ALWAYS_ALLOWED and size > ctx.config.number("proto-max-bulk-len"):
        raise CommandError("ERR string exceeds maximum allowed size (proto-max-bulk-len)")


@command("INCR key", since="1.0.0", flags=WRITE | DENYOOM | FAST, complexity="O(1)")
def incr(ctx: Ctx, key: bytes) -> Reply:
    """Increments the integer value of a key by one. Uses 0 as initial value if the key doesn't exist."""
    return ctx.add(key, 1)


@command("DECR key", since="1.0.0", flags=WRITE | DENYOOM | FAST, complexity="O(1)")
def decr(ctx: Ctx, key: bytes) -> Reply:
    """Decrements the integer value of a key by one. Uses 0 as initial value if the key doesn't exist."""
    return ctx.add(key, -1)


@command("INCRBY key increment", since="1.0.0", flags=WRITE | DENYOOM | FAST, complexity="O(1)")
def incrby(ctx: Ctx, key: bytes, increment: int) -> Reply:
    """Increments the integer value of a key by a number. Uses 0 as initial value if the key doesn't exist."""
    return ctx.add(key, increment)


@command("DECRBY key decrement", since="1.0.0", flags=WRITE | DENYOOM | FAST, complexity="O(1)")
def decrby(ctx: Ctx, key: bytes, decrement: int) -> Reply:
    """Decrements a number from the integer value of a key. Uses 0 as initial value if the key doesn't exist."""
    if decrement == INT64_MIN:
        raise CommandError("ERR decrement would overflow")
    return ctx.add(key, -decrement)


@command("INCRBYFLOAT key increment", since="2.6.0", flags=WRITE | DENYOOM | FAST, complexity="O(1)")
def incrbyfloat(ctx: Ctx, key: bytes, increment: bytes) -> Reply:
    """Increment the floating point value of a key by a number. Uses 0 as initial value if the key doesn't exist."""
    value = ctx.db.peek_text(key)
    number = parse_long_double(b"0" if value is None else bytes(value))
    step = parse_long_double(increment)
    if number is None or step is None:
        raise CommandError("ERR value is not a valid float")
    total = add_long_doubles(number, step)
    if total is None:
        raise CommandError("ERR increment would produce NaN or Infinity")
    text = format_long_double(total)
    # OBJECT ENCODING after INCRBYFLOAT n 1 -> embstr, also where the sum is whole
    ctx.set(key, PlainText(text), "incrbyfloat", keep_ttl=True)
    return text


@command(
    "LCS key1 key2 [LEN] [IDX] [MINMATCHLEN min-match-len] [WITHMATCHLEN]",
    since="7.0.0",
    flags=READ,
    complexity="O(N*M) where N and M are the lengths of s1 and s2, respectively",
)
def lcs(ctx: Ctx, key1: bytes, key2: bytes, rest: Rest) -> Reply:
    """Finds the longest common substring."""
    values = [ctx.get(key) for key in (key1, key2)]
    if any(isinstance(value, Collection) for value in values):
        raise CommandError("ERR The specified keys must contain string values")
    one, other = (b"" if value is None or isinstance(value, Collection) else bytes(value) for value in values)
    given, least = _parse_lcs(rest)
    if {b"LEN", b"IDX"} <= given:
        raise CommandError("ERR If you want both the length and indexes, please just use IDX.")
    if (len(one) + 1) * (len(other) + 1) * CELL_BYTES > ctx.config.number("proto-max-bulk-len"):
        raise CommandError("ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len")
    length, runs = longest_common(one, other)
    if b"LEN" in given:
        return length
    if b"IDX" not in given:
        return b"".join(one[run.start : run.start + run.size] for run in reversed(runs))
    matches: list[Reply] = []
    for run in runs:
        if run.size >= least:
            ranges: list[Reply] = [
                [run.start, run.start + run.size - 1],
                [run.other_start, run.other_start + run.size - 1],
            ]
            matches.append([*ranges, run.size] if b"WITHMATCHLEN" in given else ranges)
    return Map([(b"matches", matches), (b"len", length)])


def _parse_lcs(rest: Rest) -> tuple[set[bytes], int]:
    """The options given, and the least length of a match to be shown."""
    given: set[bytes] = set()
    least = 0
    options = Options(rest)
    while options:
        word = options.take_word()
        if word == b"MINMATCHLEN" and options:
            least = options.take_int()
        elif word in (b"LEN", b"IDX", b"WITHMATCHLEN"):
            given.add(word)
        else:
            raise SyntaxFault
    return given, least
