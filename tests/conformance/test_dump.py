"""A payload of ours is a server's own, byte for byte, and each restores what the other dumped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conformance.wire import tree

if TYPE_CHECKING:
    from tests.conformance.conftest import Ours
    from tests.conformance.wire import RawClient

MANY = [b"%d" % number for number in range(600)]
PAIRS = [word for number in range(300) for word in (b"field:%d" % number, b"value %d" % (number * 7919))]
SAME = [
    [b"SET", b"k", b""],
    [b"SET", b"k", b"hello"],
    [b"SET", b"k", b"x" * 100],
    [b"SET", b"k", b"-129"],
    [b"SET", b"k", b"2147483648"],
    [b"SET", b"k", b"007"],
    [b"RPUSH", b"k", b"a", b"-1", b"4095", b"70000", b"9223372036854775807", b"", b"y" * 70],
    [b"RPUSH", b"k", b"a" * 9000, b"b"],
    [b"SADD", b"k", b"1", b"2", b"-70000"],
    [b"SADD", b"k", b"a", b"1", b"4096"],
    [b"HSET", b"k", b"field", b"value", b"n", b"12"],
    [b"ZADD", b"k", b"1.5", b"a", b"-2", b"b", b"inf", b"c", b"1e300", b"d", b"0.1", b"e"],
    [b"ZADD", b"k", b"1.5", b"a" * 70, b"2", b"b", b"1.5", b"c"],
]
ALIKE = [
    [b"RPUSH", b"k", *MANY * 20],
    [b"SADD", b"k", *MANY],
    [b"SADD", b"k", *PAIRS],
    [b"HSET", b"k", *PAIRS, b"long", b"v" * 100],
    [b"ZADD", b"k", *(word for number, name in enumerate(MANY) for word in (b"%d" % (number * 3), name))],
    [b"SETRANGE", b"k", b"300000", b"end"],
]
READS = {
    b"SET": (b"GET", b"k"),
    b"SETRANGE": (b"GET", b"k"),
    b"RPUSH": (b"LRANGE", b"k", b"0", b"-1"),
    b"SADD": (b"SMEMBERS", b"k"),
    b"HSET": (b"HGETALL", b"k"),
    b"ZADD": (b"ZRANGE", b"k", b"0", b"-1", b"WITHSCORES"),
}


def named(command: list[bytes]) -> str:
    return f"{command[0].decode()}-{len(command)}"


@pytest.mark.parametrize("command", SAME, ids=named)
def test_the_bytes_are_the_servers(ours: Ours, theirs: RawClient, command: list[bytes]) -> None:
    assert ours.ask(*command) == theirs.ask(*command)
    assert ours.ask(b"DUMP", b"k") == theirs.ask(b"DUMP", b"k")


@pytest.mark.parametrize("command", SAME + ALIKE, ids=named)
def test_each_restores_what_the_other_dumped(ours: Ours, theirs: RawClient, command: list[bytes]) -> None:
    ours.ask(*command)
    theirs.ask(*command)
    read = READS[command[0]]
    expected = tree(theirs.ask(*read))
    our_payload, their_payload = bulk(ours.ask(b"DUMP", b"k")), bulk(theirs.ask(b"DUMP", b"k"))
    assert theirs.ask(b"RESTORE", b"k", b"0", our_payload, b"REPLACE") == b"+OK\r\n"
    assert ours.ask(b"RESTORE", b"k", b"0", their_payload, b"REPLACE") == b"+OK\r\n"
    assert tree(theirs.ask(*read)) == tree(ours.ask(*read)) == expected
    assert ours.ask(b"OBJECT", b"ENCODING", b"k") == theirs.ask(b"OBJECT", b"ENCODING", b"k")


def bulk(raw: bytes) -> bytes:
    """The text of a bulk string's reply."""
    return raw.partition(b"\r\n")[2][:-2]
