"""Arguments for any command, drawn from its declaration.

An argument tree says which words may stand where; a table by the argument's name says what
they may be. A command that is declared tomorrow is covered by its tree, with words for
names that are not in the table: those of its kind.

Pools begin with the plainest word, because that is the one Hypothesis shrinks towards. The
decision a reader would question: no number between 4 and 9,999 digits long enough to be a
moment, and none between a million and 2**32. The first would let a key's time run out in the
middle of a run, the second would have a server fill half a gigabyte with zeros.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from redis_tui.engine.dialect import dialect_named
from redis_tui.engine.engine import Engine
from redis_tui.spec.command import Arg, ArgKind

if TYPE_CHECKING:
    from collections.abc import Sequence


Below = Callable[[int], int]
"""``below(count)``: a choice among so many, from 0."""
Pool = tuple[bytes, ...]

KEYS: Pool = (b"a", b"b", b"c", b"d", b"e")
SCRIPTS: Pool = (
    b"return redis.call(unpack(ARGV))",
    b"return redis.pcall(unpack(ARGV))",
    b"return redis.call('TYPE', KEYS[1])",
    b"redis.setresp(3); return redis.call(unpack(ARGV))",
    b"return {KEYS, ARGV}",
    b"return redis.call(ARGV[1], KEYS[1])['ok']",
    b"local t = redis.pcall(unpack(ARGV)); return {type(t), tostring(t.err or t.ok)}",
)
TEXTS: Pool = (
    *(b"1", b"a", b"b", b"c", b"2", b"-3", b"3.5", b"", b"hello world", b"\xff\x00\r\n", b"x" * 70, b"0", b"10"),
    *(b"inf", b"nan", b"9223372036854775807", b"-9223372036854775808", b"1e3", b" 1", b"01", b"300", b"-0", b"70000"),
    *(b"abcabcabc", b"ohmytext", b"mynewtext", b"9223372036854775808", b"1.5e400", b"y" * 5000, b"A", b"a\x00", b"w_1"),
)
MEMBERS: Pool = (b"a", b"b", b"c", b"1", b"2", b"3", b"", b"f", b"g", b"x" * 70, b"\xff\x00", b"40000", b"-5", b"1.0")
INTS: Pool = (b"0", b"1", b"2", b"-1", b"3", b"-2", b"-3", b"100", b"-100", b"17", b"4")
REALS: Pool = (
    *(b"1", b"0", b"-1", b"2.5", b"3", b"0.1", b"-0", b"1e10", b"inf", b"-inf", b"1e300", b"-1.7976931348623157e308"),
    *(b"3.0e-5", b"nan", b"1e400", b"0x10", b" 1", b"123456789012345678", b"+inf", b"infinity", b"1e-400", b""),
)
ODD: Pool = (
    *(b"", b"abc", b"-1", b"0", b"1e3", b"2.5", b"inf", b"nan", b" 1", b"01", b"+1", b"-0", b"9223372036854775807"),
    *(b"9223372036854775808", b"-9223372036854775808", b"-9223372036854775809", b"1000000000000", b"4294967296"),
    *(b"100000000000000000000", b"\xff\x00", b"\r\n", b"*", b"(1", b"x" * 70, b"0x10", b"1.0"),
)
LIMITS: Pool = (
    *(b"-inf", b"+inf", b"1", b"(1", b"0", b"3", b"(2.5", b"-", b"+", b"[a", b"(b", b"[c", b"[", b"(", b"-1", b"a"),
    *(b"(inf", b"nan", b"(nan", b"[x", b"1 ", b""),
)
IDS: Pool = (
    *(b"1-1", b"1-2", b"2-0", b"3-0", b"5-1", b"0", b"0-0", b"-", b"+", b"$", b">", b"7", b"(1-1", b"(2", b"1-*"),
    *(b"18446744073709551615-18446744073709551615", b"18446744073709551616-0", b"abc", b"-1", b"1-", b"0-1", b""),
    *(b"18446744073709551615", b"9-18446744073709551615", b"01-1", b"(18446744073709551615-18446744073709551615"),
)
SOON: Pool = (b"100000", b"200000", b"100001", b"-1", b"0", b"10000000000", b"9223372036854775807", b"abc")
"""Seconds or milliseconds from now: hours, or never."""
MOMENTS: Pool = (
    *(b"4102444800", b"4102444801", b"4102444800000", b"4102444800001", b"1", b"0", b"-1", b"9000000000"),
    *(b"9223372036854775807", b"9223372036854775", b"abc", b"4102444800.5"),
)
OFFSETS: Pool = (b"0", b"1", b"7", b"8", b"#1", b"#0", b"100", b"-1", b"9", b"23", b"#-1", b"#", b"2000", b"4294967296")
PATTERNS: Pool = (
    b"*",
    b"a*",
    b"?",
    b"[ab]",
    b"[^a]",
    b"\\a",
    b"",
    b"w_*",
    b"a->*",
    b"*->f",
    b"#",
    b"nosort",
    b"[",
    b"b",
)
LONGITUDES: Pool = (b"13.361389", b"15.087269", b"0", b"2.35", b"-122.4", b"180", b"-180", b"181", b"abc", b"nan")
LATITUDES: Pool = (b"38.115556", b"37.502669", b"0", b"48.85", b"37.7", b"85.05112878", b"-85.05", b"90", b"abc")

_WORDS: dict[str, Pool] = {
    "consumer": (b"c1", b"c2", b""),
    "count": (b"1", b"2", b"0", b"3", b"10", b"-1", b"100", b"-2", b"-5"),
    "cursor": (b"0", b"0", b"0", b"1", b"-1", b"abc", b"18446744073709551615"),  # one more, and the next SORT fails
    "db": (b"0", b"1", b"99", b"-1", b"abc"),
    "destination-db": (b"1", b"0", b"99", b"-1", b"abc"),
    "encoding": (b"u8", b"i8", b"u1", b"i16", b"u3", b"i64", b"u63", b"i5", b"u64", b"i0", b"i65", b"x", b"U8", b"u"),
    "group": (b"g", b"h", b""),
    "latitude": LATITUDES,
    "longitude": LONGITUDES,
    "max": LIMITS,
    "milliseconds": SOON,
    "min": LIMITS,
    "min-idle-time": (b"0", b"10000000", b"-1", b"abc"),
    "ms": (b"10000000", b"-1", b"abc", b"9223372036854775807"),
    "offset": OFFSETS,
    "pattern": PATTERNS,
    "radius": (b"200", b"0", b"1000", b"5000.5", b"20000", b"-1", b"abc", b"1e20"),
    "script": SCRIPTS,
    "seconds": SOON,
    "sha1": (*(hashlib.sha1(script).hexdigest().encode() for script in SCRIPTS), b"abc", b"f" * 40),
    "start": (b"0", b"1", b"-1", b"2", b"-", b"1-1", b"-100", b"100", b"[a", b"(1", b"(1-1", b"-inf"),
    "stop": (b"-1", b"0", b"1", b"2", b"+", b"[c", b"(3", b"+inf", b"100", b"-2"),
    "end": (b"-1", b"0", b"1", b"2", b"+", b"2-0", b"100", b"-2", b"(3-0"),
    "subcommand": (b"ENCODING", b"GETREG", b"DECODE", b"TODENSE", b"x"),
    "threshold": (b"2", b"1", b"0", b"3", b"2-0", b"1-2", b"100", b"-1", b"abc"),
    "timeout": (b"0.01", b"0", b"-1", b"abc", b"inf"),
    "ttl": (b"0", b"100000", b"-1", b"4102444800000"),
    "type": (b"string", b"list", b"hash", b"zset", b"STREAM", b"set", b"bogus"),
    "width": (b"400", b"0", b"1000", b"-1", b"abc"),
    "height": (b"400", b"0", b"1000", b"-1", b"abc"),
    "weight": (b"1", b"2", b"-1", b"0", b"inf", b"-inf", b"0.5", b"nan", b"abc"),
    **dict.fromkeys(("id", "last-id", "lastid", "max-deleted-id"), IDS),
    **dict.fromkeys(("unix-time-seconds", "unix-time-milliseconds"), MOMENTS),
    **dict.fromkeys(("member", "member1", "member2", "field"), MEMBERS),
}
_OWN: dict[tuple[str, str], Pool] = {
    ("setbit", "value"): (b"1", b"0", b"2", b"-1", b"a"),
    ("bitfield", "value"): (b"1", b"0", b"255", b"-1", b"-129", b"9223372036854775807", b"a", b"300"),
    ("bitpos", "bit"): (b"1", b"0", b"2", b"abc"),
    ("setrange", "offset"): (b"0", b"1", b"3", b"10", b"-1", b"1000000000000", b"abc"),
    ("xsetid", "entries-added"): (b"5", b"0", b"-1", b"abc"),
    **{(name, "id"): (*IDS[:5], *IDS) for name in ("xadd", "xack", "xdel", "xdelex", "xackdel", "xclaim")},
    **{(name, "id"): (b">", b"0", b">", *IDS) for name in ("xreadgroup",)},
    **{(name, "offset"): INTS for name in ("sort", "sort_ro", *(f"zrange{one}" for one in ("", "bylex", "byscore")))},
}
_KINDS: dict[ArgKind, Pool] = {
    ArgKind.KEY: KEYS,
    ArgKind.INTEGER: INTS,
    ArgKind.DOUBLE: REALS,
    ArgKind.PATTERN: PATTERNS,
    ArgKind.UNIX_TIME: MOMENTS,
}
_COUNTS = frozenset({"numkeys", "numfields", "numids"})
_TWINS = {"id": "key", "weight": "key"}
"""What should stand as often as something before it."""


@cache
def payloads() -> Pool:
    """Payloads of DUMP that every dialect restores, and some that none does."""
    engine = Engine(dialect=dialect_named("redis-7.2"))
    client = engine.connect()
    found = [b"", b"garbage"]
    for line in (b"SET a 12", b"RPUSH b 1 two", b"SADD c 1 2", b"HSET d f 1", b"ZADD e 1 a 2 b"):
        argv = line.split()
        engine.execute(client, argv)
        dumped = engine.execute(client, [b"DUMP", argv[1]])
        assert isinstance(dumped, bytes)
        found += [dumped, dumped[:-1] + b"!"]
    return tuple(found[2:] + found[:2])


class Source:
    """Draws choices; the first of each is the one that Hypothesis shrinks towards.

    Args:
        below: Hypothesis, or a random generator.
    """

    def __init__(self, below: Below) -> None:
        self._below = below

    def below(self, count: int) -> int:
        """A number from 0."""
        return self._below(count) if count > 1 else 0

    def pick(self, pool: Sequence[bytes]) -> bytes:
        """One of a pool; the first quarter comes twice as often as the rest."""
        plain = max(1, len(pool) // 4)
        at = self.below(len(pool) + plain)
        return pool[at % len(pool)]

    def happens(self, percent: int) -> bool:
        """True so often."""
        return self.below(100) >= 100 - percent

    def some(self, most: int = 4) -> int:
        """A small number from 1, mostly 1 or 2."""
        return 1 + min(self.below(most), self.below(most))


class ArgumentWriter:
    """Writes the arguments of one command.

    Args:
        name: as its spec spells it.
        source: where choices come from.
        keys: names of keys, those that are likely to hold the right type more than once.
    """

    def __init__(self, name: str, source: Source, keys: Pool = KEYS) -> None:
        self._name = name
        self._source = source
        self._keys = keys
        self._words: list[bytes] = []
        self._count_at: int | None = None
        self._times: dict[str, int] = {}

    def write(self, args: Sequence[Arg]) -> list[bytes]:
        """The words of an argument tree, counts filled in."""
        order = list(args)
        if order and self._source.happens(8):
            # Options in another order than the documentation's.
            optional = [arg for arg in order if arg.optional]
            for arg in optional:
                order.remove(arg)
            order += reversed(optional)
        for arg in order:
            self._node(arg)
        return self._words

    def _node(self, arg: Arg) -> None:
        if arg.optional and not self._source.happens(35):
            return
        times = self._how_often(arg) if arg.multiple else 1
        if arg.multiple and self._count_at is not None:
            if not self._source.happens(6):
                self._words[self._count_at] = b"%d" % times
            self._count_at = None
        if arg.token and arg.kind is not ArgKind.PURE_TOKEN:
            self._words.append(arg.token.encode())
        for _ in range(times):
            self._once(arg)

    def _how_often(self, arg: Arg) -> int:
        twin = self._times.get(_TWINS.get(arg.name, ""))
        if twin is not None and not self._source.happens(10):
            return twin
        self._times[arg.name] = times = self._source.some()
        return times

    def _once(self, arg: Arg) -> None:
        if arg.kind is ArgKind.PURE_TOKEN:
            token = (arg.token or arg.name).encode()
            self._words.append(token.lower() if self._source.happens(5) else token)
        elif arg.kind is ArgKind.ONEOF:
            self._node(arg.children[self._source.below(len(arg.children))])
        elif arg.kind is ArgKind.BLOCK:
            for child in arg.children:
                self._node(child)
        else:
            if arg.name in _COUNTS:
                self._count_at = len(self._words)
            self._words.append(self._leaf(arg))

    def _leaf(self, arg: Arg) -> bytes:
        if self._source.happens(4):
            return self._source.pick(ODD)
        if arg.name in _COUNTS:
            return b"1"
        if arg.name == "serialized-value":
            return self._source.pick(payloads())
        if arg.kind is ArgKind.KEY:
            return self._keys[self._source.below(len(self._keys))]
        pool = _OWN.get((self._name, arg.name)) or _WORDS.get(arg.name) or _KINDS.get(arg.kind) or TEXTS
        return self._source.pick(pool)


def spoiled(argv: list[bytes], source: Source) -> list[bytes]:
    """The same words with one mistake: one is missing, too many, twice or something else."""
    at = 1 + source.below(max(1, len(argv) - 1))
    what = source.below(5)
    if what == 0:
        return argv[:at] + argv[at + 1 :]
    if what == 1:
        return [*argv, source.pick(ODD)]
    if what == 2:
        return argv[: at + 1] + argv[at:]
    if what == 3:
        return [*argv, *argv[-2:]]
    return [*argv[:at], source.pick(ODD), *argv[at + 1 :]]
