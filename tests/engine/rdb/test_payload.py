"""Every type through DUMP and RESTORE, and damaged payloads through RESTORE."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redis_tui.engine.clock import ManualClock
from redis_tui.engine.dialect import REDIS_8
from redis_tui.engine.engine import Engine
from redis_tui.engine.rdb.crc64 import crc64
from redis_tui.resp.encoder import encode
from redis_tui.resp.types import OK, ErrorReply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.engine.client import Client
    from redis_tui.resp.types import Reply
    from tests.engine.conftest import Run

BAD_DATA = ErrorReply(b"ERR Bad data format")
BAD_CHECKSUM = ErrorReply(b"ERR DUMP payload version or checksum are wrong")
ELEMENTS = st.one_of(
    st.binary(max_size=20),
    st.integers(-(2**64), 2**64).map(lambda number: b"%d" % number),
    st.sampled_from([b"w" * 65, b"ab" * 40, b"q" * 5000, b"r" * 9000]),
)
SCORES = st.floats(allow_nan=False).map(lambda score: repr(score + 0.0).encode())
TEXTS = st.lists(ELEMENTS, min_size=1, max_size=30)
PAIRS = st.lists(st.tuples(ELEMENTS, ELEMENTS), min_size=1, max_size=30)
SCORED = st.lists(st.tuples(SCORES, ELEMENTS), min_size=1, max_size=30)
COMMANDS = st.one_of(
    ELEMENTS.map(lambda text: [b"SET", b"k", text]),
    TEXTS.map(lambda texts: [b"RPUSH", b"k", *texts]),
    TEXTS.map(lambda texts: [b"SADD", b"k", *texts]),
    st.sets(st.integers(-(2**63), 2**63 - 1), min_size=1).map(lambda all_: [b"SADD", b"k", *(b"%d" % n for n in all_)]),
    PAIRS.map(lambda pairs: [b"HSET", b"k", *(text for pair in pairs for text in pair)]),
    SCORED.map(lambda pairs: [b"ZADD", b"k", *(text for pair in pairs for text in pair)]),
)
MORE = [
    ["XADD k 1-1 f v", "XADD k 2-0 g w", "XGROUP CREATE k one 0", "XREADGROUP GROUP one me STREAMS k >", "XDEL k 2-0"],
    ["XADD k 1-1 f v", "XDEL k 1-1", "XGROUP CREATE k one $"],
    ["HSET k f v g 2", "HPEXPIREAT k 1700000001000 FIELDS 1 g"],
    ["HSET k f v g " + "w" * 70, "HPEXPIREAT k 1700000001000 FIELDS 1 g"],
]
READS = {
    b"SET": (b"GET", b"k"),
    b"RPUSH": (b"LRANGE", b"k", b"0", b"-1"),
    b"SADD": (b"SMEMBERS", b"k"),
    b"HSET": (b"HGETALL", b"k"),
    b"ZADD": (b"ZRANGE", b"k", b"0", b"-1", b"WITHSCORES"),
}


def signed(payload: bytes) -> bytes:
    """The payload with a checksum that is right."""
    return payload[:-8] + crc64(payload[:-8]).to_bytes(8, "little")


def made(*body: int | bytes) -> bytes:
    """A payload of these bytes, with version and checksum."""
    data = b"".join(bytes((part,)) if isinstance(part, int) else part for part in body)
    return signed(data + b"\x0b\0" + bytes(8))


class Place:
    """An engine of its own, for one example."""

    def __init__(self) -> None:
        self.engine = Engine(dialect=REDIS_8, clock=ManualClock(), seed=1)
        self.client = self.engine.connect()

    def ask(self, *argv: bytes) -> Reply:
        return self.engine.execute(self.client, argv)


@given(COMMANDS)
def test_a_value_comes_back_as_it_was(command: Sequence[bytes]) -> None:
    place = Place()
    place.ask(*command)
    read = READS[command[0]]
    before, payload = encode(place.ask(*read), 3), place.ask(b"DUMP", b"k")
    assert isinstance(payload, bytes)
    assert place.ask(b"RESTORE", b"k", b"0", payload, b"REPLACE") is OK
    assert encode(place.ask(*read), 3) == before
    assert place.ask(b"OBJECT", b"ENCODING", b"k") is not None


@given(COMMANDS, st.data())
def test_a_damaged_payload_is_refused_or_read(command: Sequence[bytes], data: st.DataObject) -> None:
    place = Place()
    place.ask(*command)
    payload = place.ask(b"DUMP", b"k")
    assert isinstance(payload, bytes)
    if data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(payload) * 8 - 81))
        damaged = bytearray(payload)
        damaged[at // 8] ^= 1 << at % 8
    else:
        damaged = bytearray(payload[: data.draw(st.integers(1, len(payload) - 10))] + payload[-10:])
    assert place.ask(b"RESTORE", b"k", b"0", signed(bytes(damaged)), b"REPLACE") in (OK, BAD_DATA)


@given(st.integers(0, 30), st.binary(max_size=60))
def test_noise_with_a_right_checksum_is_refused_or_read(kind: int, noise: bytes) -> None:
    assert Place().ask(b"RESTORE", b"k", b"0", made(kind, noise)) in (OK, BAD_DATA)


@pytest.mark.parametrize(
    "payload",
    [
        made(1, b"\x81\x7f\xff\xff\xff\xff\xff\xff\xff"),
        made(0, b"\xc3\x05\x81\x7f\xff\xff\xff\xff\xff\xff\xff", bytes(5)),
        made(18, b"\x80\xff\xff\xff\xff"),
        made(4, b"\x81\xff\xff\xff\xff\xff\xff\xff\xff"),
        made(5, b"\x80\xff\xff\xff\xff\x01a"),
    ],
)
def test_an_enormous_length_costs_nothing(engine: Engine, client: Client, payload: bytes) -> None:
    assert engine.execute(client, [b"RESTORE", b"k", b"0", payload]) == BAD_DATA


@pytest.mark.parametrize(
    ("payload", "read", "expected"),
    [
        (made(1, 2, b"\x01a\x01b"), "LRANGE k 0 -1", [b"a", b"b"]),
        (made(3, 2, b"\x01a\x031.5\x01b\xfe"), "ZRANGEBYLEX k - +", [b"a", b"b"]),
        (made(3, 1, b"\x01a\x0432.5"), "ZSCORE k a", 32.5),
        (made(9, b"\x08\x01\x01f\x02\x00v1\xff"), "HGET k f", b"v1"),
        (made(10, 14, b"\x0e\0\0\0\x0a\0\0\0\x01\0\0\x01a\xff"), "LRANGE k 0 -1", [b"a"]),
        (made(12, 16, b"\x10\0\0\0\x0d\0\0\0\x02\0\0\x01a\x03\xf3\xff"), "ZSCORE k a", 2.0),
        (made(13, 16, b"\x10\0\0\0\x0d\0\0\0\x02\0\0\x01a\x03\xf3\xff"), "HGET k a", b"2"),
        (made(14, 1, 14, b"\x0e\0\0\0\x0a\0\0\0\x01\0\0\x01a\xff"), "LRANGE k 0 -1", [b"a"]),
    ],
)
def test_what_old_servers_wrote_is_read(payload: bytes, read: str, expected: object) -> None:
    place = Place()
    assert place.ask(b"RESTORE", b"k", b"0", payload) is OK
    assert place.ask(*read.encode().split()) == expected


@pytest.mark.parametrize(
    "payload",
    [
        made(1, 0),
        made(2, 2, b"\x01a\x01a"),
        made(4, 2, b"\x01a\x01a\x01a\x01b"),
        made(5, 1, b"\x01a", bytes.fromhex("000000000000f87f")),
        made(7, b"\x81\x54\xb4\x69\x3c\xa8\xb4\x60\x01", 0),
        made(18, 1, 3, b"\x01a"),
        made(99, b"\x01a"),
    ],
)
def test_what_is_no_value_is_refused(engine: Engine, client: Client, payload: bytes) -> None:
    assert engine.execute(client, [b"RESTORE", b"k", b"0", payload]) == BAD_DATA


def test_a_payload_of_a_newer_version_is_refused(engine: Engine, client: Client) -> None:
    payload = signed(b"\0\x01a\x0d\0" + bytes(8))
    assert engine.execute(client, [b"RESTORE", b"k", b"0", payload]) == BAD_CHECKSUM


def test_restore_announces_one_change(engine: Engine, client: Client, run: Run) -> None:
    run("SET k v")
    payload = run("DUMP k")
    assert isinstance(payload, bytes)
    dirty = engine.space.dirty
    assert engine.execute(client, [b"RESTORE", b"other", b"5000", payload]) is OK
    assert engine.space.dirty == dirty + 1
    assert run("PTTL other") == 5000


@pytest.mark.parametrize("lines", MORE)
@given(data=st.data())
def test_streams_and_timed_hashes_survive_damage_too(lines: list[str], data: st.DataObject) -> None:
    place = Place()
    for line in lines:
        place.ask(*line.encode().split())
    payload = place.ask(b"DUMP", b"k")
    assert isinstance(payload, bytes)
    assert place.ask(b"RESTORE", b"k", b"0", payload, b"REPLACE") is OK
    assert place.ask(b"DUMP", b"k") == payload
    at = data.draw(st.integers(0, len(payload) * 8 - 81))
    damaged = bytearray(payload)
    damaged[at // 8] ^= 1 << at % 8
    assert place.ask(b"RESTORE", b"k", b"0", signed(bytes(damaged)), b"REPLACE") in (OK, BAD_DATA)


def test_the_unreleased_forms_of_timed_hashes_are_read() -> None:
    place = Place()
    later = (1_700_000_001_000).to_bytes(8, "big")
    assert place.ask(b"RESTORE", b"k", b"0", made(22, 1, b"\x81", later, b"\1f\1v")) is OK
    assert place.ask(b"HPEXPIRETIME", b"k", b"FIELDS", b"1", b"f") == [1_700_000_001_000]
