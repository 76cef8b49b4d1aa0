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


STREAM = [
    b"XADD k 1000-5 f v g 1",
    b"XADD k 1001-1 f w g 2",
    b"XADD k 1001-2 other 3",
    b"XGROUP CREATE k late $",
    *(b"XADD k %d-0 f v%d g %d" % (2000 + number, number, number) for number in range(250)),
]
GROUP = [
    b"XGROUP CREATE k group 0",
    b"XREADGROUP GROUP group alice COUNT 3 STREAMS k >",
    b"XREADGROUP GROUP group bob COUNT 1 STREAMS k >",
    b"XACK k group 1000-5",
    b"XDEL k 1001-1",
    b"XGROUP CREATECONSUMER k group idle",
]
TIMED = [
    b"HSET k f v g 2 k 3 z 4",
    b"HPEXPIREAT k 4102444800000 FIELDS 1 g",
    b"HPEXPIREAT k 4102444800500 FIELDS 2 k z",
]
ASKED = {
    "stream": [b"XRANGE k - +", b"XINFO STREAM k", b"XLEN k"],
    "group": [b"XRANGE k - +", b"XINFO GROUPS k", b"XPENDING k group", b"XLEN k"],
    "packed": [b"HGETALL k", b"HPEXPIRETIME k FIELDS 4 f g k z", b"OBJECT ENCODING k"],
    "large": [b"HPEXPIRETIME k FIELDS 4 f g k z", b"HLEN k", b"OBJECT ENCODING k"],
}
SEQUENCES = {
    "stream": STREAM,
    "group": STREAM + GROUP,
    "packed": TIMED,
    "large": [*TIMED, b"HSET k large " + b"x" * 100],
}


def test_a_stream_is_the_servers_to_the_byte(ours: Ours, theirs: RawClient) -> None:
    for line in STREAM:
        assert ours.ask(*line.split()) == theirs.ask(*line.split())
    assert ours.ask(b"DUMP", b"k") == theirs.ask(b"DUMP", b"k")


@pytest.mark.parametrize("kind", SEQUENCES)
def test_streams_and_timed_hashes_go_both_ways(ours: Ours, theirs: RawClient, kind: str) -> None:
    for line in SEQUENCES[kind]:
        ours.ask(*line.split())
        theirs.ask(*line.split())
    our_payload, their_payload = bulk(ours.ask(b"DUMP", b"k")), bulk(theirs.ask(b"DUMP", b"k"))
    assert theirs.ask(b"RESTORE", b"k", b"0", our_payload, b"REPLACE") == b"+OK\r\n"
    assert ours.ask(b"RESTORE", b"k", b"0", their_payload, b"REPLACE") == b"+OK\r\n"
    for line in ASKED[kind]:
        assert tree(ours.ask(*line.split())) == tree(theirs.ask(*line.split())), line


def bulk(raw: bytes) -> bytes:
    """The text of a bulk string's reply."""
    return raw.partition(b"\r\n")[2][:-2]
