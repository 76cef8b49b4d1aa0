"""Keys of whole calls, as COMMAND GETKEYS of Redis 8.2.3 answers them."""

from __future__ import annotations

import pytest

from redis_tui.errors import CommandError
from redis_tui.spec.command import CommandFlag, CommandSpec
from redis_tui.spec.keys import getkeys, key_positions, keys_of
from redis_tui.spec.usage import arity, key_range, parse_usage

USAGES = [
    "GET key",
    "PING [message]",
    "SET key value [NX | XX]",
    "MSET key value [key value ...]",
    "BLPOP key [key ...] timeout",
    "LMOVE source destination <LEFT | RIGHT> <LEFT | RIGHT>",
    "EVAL script numkeys [key [key ...]] [arg [arg ...]]",
    "SINTERCARD numkeys key [key ...] [LIMIT limit]",
    "LMPOP numkeys key [key ...] <LEFT | RIGHT> [COUNT count]",
    "ZUNIONSTORE destination numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE <SUM | MIN | MAX>]",
    "SORT key [BY pattern] [LIMIT offset count] [GET pattern [GET pattern ...]] [ASC | DESC] [STORE destination]",
    "GEORADIUS key longitude latitude radius <M | KM | FT | MI> [WITHCOORD] [STORE key | STOREDIST key]",
    "XREAD [COUNT count] [BLOCK milliseconds] STREAMS key [key ...] id [id ...]",
    "OBJECT ENCODING key",
    "BITOP <AND | OR> destkey key [key ...]",
    "MEMORY USAGE key [SAMPLES count]",
    "CLIENT ID",
]


def _specs() -> dict[str, CommandSpec]:
    specs = {}
    for usage in USAGES:
        name, args = parse_usage(usage)
        is_sub = "|" in name
        keys, numkeys_at = key_range(args, is_sub)
        flags = CommandFlag.NO_MANDATORY_KEYS if name == "eval" else CommandFlag.NONE
        specs[name] = CommandSpec(name, "", "", "", arity(args, is_sub), flags, "", args, keys, numkeys_at)
    return specs


SPECS = _specs()


def spec_of(line: str) -> CommandSpec:
    first, second, *_ = [*line.lower().split(), ""]
    return SPECS.get(f"{first}|{second}") or SPECS[first]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("set k v", "k"),
        ("mset a 1 b 2", "a b"),
        ("blpop a b c 0", "a b c"),
        ("lmove s d left right", "s d"),
        ("eval s 0", ""),
        ("eval s 0 a b", ""),
        ("eval s 1", ""),
        ("eval s abc k", ""),
        ("eval s -1 k", ""),
        ("eval s 2 a b c", "a b"),
        ("lmpop 2 a b left", "a b"),
        ("zunionstore d 2 a b WEIGHTS 1 2", "d a b"),
        ("sort l", "l"),
        ("sort l by x get y store d", "l d"),
        ("sort l limit 1 store x store d", "l d"),
        ("sort l store a store b", "l b"),
        ("georadius k 1 2 3 m store d storedist e", "k d e"),
        ("xread count 1 streams a b 0 0", "a b"),
        ("xread streams a b 0", "a"),
        ("object encoding k", "k"),
        ("bitop and d a b", "d a b"),
        ("memory usage k samples 5", "k"),
    ],
)
def test_keys_are_those_that_a_server_names(line: str, expected: str) -> None:
    argv = [word.encode() for word in line.split()]
    found = [argv[use.position] for use in getkeys(spec_of(line), argv)]
    assert found == [word.encode() for word in expected.split()]


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("get", b"ERR Invalid number of arguments specified for command"),
        ("get a b", b"ERR Invalid number of arguments specified for command"),
        ("ping", b"ERR The command has no key arguments"),
        ("client id", b"ERR The command has no key arguments"),
        ("zunionstore d 5 a b", b"ERR Invalid arguments specified for command"),
        ("zunionstore d 0 a", b"ERR Invalid arguments specified for command"),
        ("sintercard 0 a", b"ERR Invalid arguments specified for command"),
    ],
)
def test_refusals_are_worded_as_a_server_words_them(line: str, refusal: bytes) -> None:
    with pytest.raises(CommandError) as caught:
        getkeys(spec_of(line), [word.encode() for word in line.split()])
    assert caught.value.line == refusal


def test_positions_count_the_name_words() -> None:
    assert key_positions(SPECS["object|encoding"], [b"OBJECT", b"ENCODING", b"k"]) == [2]
    assert key_positions(SPECS["sort"], [b"SORT", b"l", b"STORE", b"d"]) == [1, 3]


def test_a_command_without_keys_has_none() -> None:
    assert keys_of(SPECS["ping"], [b"PING", b"x"]) == []
