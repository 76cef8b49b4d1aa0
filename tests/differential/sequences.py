"""Sequences of commands: what a client sends in one example.

Most steps are one command drawn from its declaration; others put a value of some type under
a key, wrap commands in MULTI and EXEC or in a script, or ask for a command's keys. An
example leans towards one or two groups of commands, or most of them would only be told
that their key holds another type.

What is left out stands in `LEFT_OUT` with its reason; a test holds everything else to be
drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from redis_tui.engine.dialect import dialect_named
from redis_tui.engine.registry import Registry
from redis_tui.resp.inline import split_inline
from redis_tui.spec.command import CommandFlag, CommandSpec
from tests.differential.arguments import KEYS, SCRIPTS, ArgumentWriter, Source, spoiled

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy
Argv = tuple[bytes, ...]

GROUPS = (
    *("string", "bitmap", "hyperloglog", "list", "set", "hash", "sorted-set", "geo", "stream", "generic"),
    *("transactions", "scripting"),
)
ALSO = frozenset({"dbsize", "flushdb", "flushall", "swapdb", "memory|usage"})
"""Commands of other groups that work on data."""
LEFT_OUT = {
    "migrate": "needs a second server",
    "wait": "waits for the clock",
    "waitaof": "waits for the clock",
    "pfselftest": "takes a second",
    "object|freq": "tells of an approximate counter",
    **dict.fromkeys(("script|kill", "script|flush", "script|debug", "script|load", "script|show"), "not about data"),
    **dict.fromkeys(("fcall", "fcall_ro"), "needs a library; functions have a transcript"),
}
_DATA_FOCUS = GROUPS[:9]

_SETUP = """
SET KEY 10
SET KEY hello
SET KEY "\\x00\\xff\\x0f"
SETBIT KEY 17 1
APPEND KEY "12"
PFADD KEY a b c d e f
RPUSH KEY a b c
RPUSH KEY 3 1 2 10 1
LPUSH KEY "" 7 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
SADD KEY 1 2 3
SADD KEY a b c 1
SADD KEY 1 2 3 4 5 6 7 8 9
HSET KEY f 1 g two
HSET KEY a 1 b 2 c 3.5 f x 1 1
HSET KEY f 3 g 5
HEXPIRE KEY 100000 FIELDS 1 f
HPEXPIREAT KEY 4102444800000 FIELDS 2 f a
ZADD KEY 1 a 2 b 3 c
ZADD KEY 0 a 0 b 0 c 0 d
ZADD KEY -inf a inf b 2.5 c 1 1 2 2 3 3
GEOADD KEY 13.361389 38.115556 a 15.087269 37.502669 b 2.35 48.85 c
XADD KEY 1-1 f v
XADD KEY 2-0 f v g w
XADD KEY 5-* f v
XGROUP CREATE KEY g 0 MKSTREAM
XGROUP CREATE KEY h $ MKSTREAM
XREADGROUP GROUP g c1 STREAMS KEY >
XREADGROUP GROUP g c2 COUNT 1 STREAMS KEY >
EXPIRE KEY 100000
DEL KEY
SET w_1 3
SET w_2 2
SET w_a 1
"""
_LEANING = {"SET": 0, "SETBIT": 1, "APPEND": 0, "PFADD": 2, "RPUSH": 3, "LPUSH": 3, "SADD": 4, "HSET": 5}
_LEANING |= {"HEXPIRE": 5, "HPEXPIREAT": 5, "ZADD": 6, "GEOADD": 7, "XADD": 8, "XGROUP": 8, "XREADGROUP": 8}

_MOVE_BY_DUMP = (
    b"local p = redis.call('DUMP', KEYS[1]) if not p then return false end"
    b" return redis.call('RESTORE', KEYS[2], ARGV[1], p, unpack(ARGV, 2))"
)
TIGHT: tuple[Argv, ...] = tuple(
    (b"CONFIG", b"SET", *line.split())
    for line in (
        b"hash-max-listpack-entries 3",
        b"hash-max-listpack-value 16",
        b"zset-max-listpack-entries 3",
        b"zset-max-listpack-value 16",
        b"set-max-intset-entries 3",
        b"set-max-listpack-entries 3",
        b"list-max-listpack-size 3",
        b"stream-node-max-entries 2",
        b"hll-sparse-max-bytes 16",
    )
)
LOOSE: tuple[Argv, ...] = tuple(
    (*command[:3], value) for command, value in zip(TIGHT, b"128 64 128 64 512 128 -2 100 3000".split(), strict=True)
)


@dataclass(frozen=True)
class Example:
    """What one client sends."""

    commands: tuple[Argv, ...]
    protocol: int = 2
    tight: bool = False
    """Encodings for small values end early."""


@cache
def specs_of(dialect: str) -> dict[str, tuple[CommandSpec, ...]]:
    """The commands that are drawn, by group."""
    by_group: dict[str, list[CommandSpec]] = {group: [] for group in GROUPS}
    for top in Registry(dialect_named(dialect)).specs():
        for spec in top.subcommands or (top,):
            group = "generic" if spec.name in ALSO else spec.group
            if group in by_group and is_drawn(spec):
                by_group[group].append(spec)
    return {group: tuple(sorted(specs, key=lambda one: one.name)) for group, specs in by_group.items()}


def is_drawn(spec: CommandSpec) -> bool:
    """Whether a command of a group of data is drawn, too."""
    return not (spec.name in LEFT_OUT or spec.name.endswith("|help") or spec.name.startswith("function"))


@cache
def _setups() -> tuple[tuple[tuple[Argv, ...], ...], tuple[Argv, ...]]:
    """Setting commands by group in the order of `GROUPS`, and all of them."""
    lines = [tuple(split_inline(line.encode())) for line in _SETUP.strip().splitlines()]
    leaning = tuple(tuple(line for line in lines if _LEANING.get(line[0].decode()) == at) for at in range(9))
    return leaning, tuple(lines)


class _Writer:
    """Writes the steps of one example."""

    def __init__(self, source: Source, dialect: str, focus: tuple[int, ...]) -> None:
        self._source = source
        self._specs = specs_of(dialect)
        self._is_valkey = dialect_named(dialect).is_valkey
        self._focus = focus

    def step(self) -> tuple[Argv, ...]:
        """One or a few commands that belong together."""
        kind = self._source.below(20)
        if kind < 5:
            return (self._setup(),)
        if kind < 17:
            return self._alone(self._command())
        return _KINDS_OF_STEP[kind - 17](self)

    def _setup(self) -> Argv:
        leaning, every = _setups()
        group = self._focus[self._source.below(3)]
        pool, keys = (every, KEYS) if self._source.happens(15) else (leaning[group], self._keys(GROUPS[group]))
        line = pool[self._source.below(len(pool))]
        key = keys[self._source.below(len(keys))]
        return tuple(key if word == b"KEY" else word for word in line)

    def _keys(self, group: str) -> tuple[bytes, ...]:
        """Names of keys for a command: a and b are at home in the first group, c and d in the second."""
        first, _, second = self._focus
        if first == second or group not in (GROUPS[first], GROUPS[second]):
            return KEYS
        return (*(KEYS[:2] if group == GROUPS[first] else KEYS[2:4]) * 4, *KEYS)

    def _spec(self) -> CommandSpec:
        if self._source.happens(25):
            others = tuple(spec for group in GROUPS for spec in self._specs[group])
            return others[self._source.below(len(others))]
        if self._source.happens(25):
            specs = self._specs["generic"]
        else:
            specs = self._specs[GROUPS[self._focus[self._source.below(3)]]]
        return specs[self._source.below(len(specs))]

    def _command(self) -> tuple[CommandSpec, Argv]:
        spec = self._spec()
        argv = spec.display.encode().split() + ArgumentWriter(spec.name, self._source, self._keys(spec.group)).write(
            spec.args
        )
        if self._source.happens(4):
            argv = spoiled(argv, self._source)
        if spec.name == "sort" and b"BY" in argv and {b"LIMIT", b"ALPHA"} & {word.upper() for word in argv}:
            argv = argv[:2]  # what stands first among equals is left to chance, and may be stored
        # An identifier that the clock makes is another one on each server.
        return spec, tuple(b"5-*" if spec.name == "xadd" and word == b"*" else word for word in argv)

    def _alone(self, made: tuple[CommandSpec, Argv]) -> tuple[Argv, ...]:
        spec, argv = made
        after = ((b"DEL", argv[1]),) if spec.name == "spop" and len(argv) > 1 else ()  # what is left was chance
        if CommandFlag.BLOCKING in spec.flags:
            return ((b"MULTI",), argv, (b"EXEC",))  # where nothing waits
        return (argv, *after)

    def _transaction(self) -> tuple[Argv, ...]:
        inside: list[Argv] = []
        for _ in range(self._source.some()):
            inside += self._alone(self._command())
        inside = [argv for argv in inside if argv[0] not in (b"MULTI", b"EXEC", b"DISCARD")]
        return ((b"MULTI",), *inside, (b"DISCARD",) if self._source.happens(5) else (b"EXEC",))

    def _script(self) -> tuple[Argv, ...]:
        spec, argv = self._command()
        if self._source.happens(20):
            keys = (self._source.pick(KEYS), self._source.pick(KEYS))
            return ((b"EVAL", _MOVE_BY_DUMP, b"2", *keys, b"0", *((b"REPLACE",) if self._source.happens(50) else ())),)
        if spec.name.startswith("eval"):
            return (argv,)
        if self._is_valkey and spec.group == "string" and CommandFlag.WRITE in spec.flags:
            return self._alone((spec, argv))  # Valkey alone keeps a number that a script stores as text
        script = SCRIPTS[(0, 0, 1, 3)[self._source.below(4)]]
        after = ((b"DEL", argv[1]),) if spec.name == "spop" and len(argv) > 1 else ()
        return ((b"EVAL", script, b"0", *argv), *after)

    def _keys_of(self) -> tuple[Argv, ...]:
        word = (b"GETKEYS", b"GETKEYSANDFLAGS")[self._source.below(2)]
        return ((b"COMMAND", word, *self._command()[1]),)


_KINDS_OF_STEP: tuple[Callable[[_Writer], tuple[Argv, ...]], ...] = (
    _Writer._transaction,
    _Writer._script,
    _Writer._keys_of,
)


@cache
def _numbers(count: int) -> SearchStrategy[int]:
    return st.integers(0, count - 1)


def _source(draw: st.DrawFn) -> Source:
    return Source(lambda count: draw(_numbers(count)))


@st.composite
def _step(draw: st.DrawFn, dialect: str, focus: tuple[int, ...]) -> tuple[Argv, ...]:
    return _Writer(_source(draw), dialect, focus).step()


@st.composite
def examples(draw: st.DrawFn, dialect: str) -> Example:
    """Examples for one dialect, as Hypothesis draws and shrinks them.

    Args:
        draw: Hypothesis' own.
        dialect: whose commands.
    """
    protocol, tight, focus = _frame(_source(draw))
    chunks = draw(st.lists(st.lists(_step(dialect, focus), max_size=12), min_size=1, max_size=12))
    return Example(tuple(argv for chunk in chunks for made in chunk for argv in made), protocol, tight)


def random_example(chance: random.Random, dialect: str) -> Example:
    """One example for one dialect, of pure chance: Hypothesis likes to repeat itself, which thousands should not."""
    source = Source(chance.randrange)
    protocol, tight, focus = _frame(source)
    writer = _Writer(source, dialect, focus)
    commands = tuple(argv for _ in range(chance.randrange(10, 60)) for argv in writer.step())
    return Example(commands, protocol, tight)


def _frame(source: Source) -> tuple[int, bool, tuple[int, int, int]]:
    """Protocol, whether limits are tight, and the groups that an example leans towards."""
    protocol, tight = 2 + source.below(2), source.happens(40)
    first, second = source.below(len(_DATA_FOCUS)), source.below(len(_DATA_FOCUS))
    return protocol, tight, (first, first, second)
