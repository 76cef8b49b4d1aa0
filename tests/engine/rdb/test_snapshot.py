"""A file reads back, an old one is read, and of a damaged one nothing is taken."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redis_tui.engine.clock import ManualClock
from redis_tui.engine.config import Config
from redis_tui.engine.dialect import DIALECTS, REDIS_8
from redis_tui.engine.engine import Engine
from redis_tui.engine.rdb import lzf, payload, snapshot
from redis_tui.engine.rdb.crc64 import crc64
from redis_tui.engine.rdb.moment import Moment
from redis_tui.errors import DamagedData

if TYPE_CHECKING:
    from redis_tui.engine.rdb.snapshot import Loaded

NOW_MS = 1_700_000_000_000
LINES = (
    "SET text hello",
    "SET number -70000",
    "SET long " + "abcdefgh" * 300,
    "APPEND edited x",
    "RPUSH list a 1 b",
    "SADD ints 1 2 3",
    "SADD set a b",
    "HSET hash f v g 2",
    "ZADD zset 1.5 a 2 b",
    "SET later x PXAT 1700000001000",
)


def saved(dialect: str = "redis-8", *lines: str) -> bytes:
    """A file with these commands' results."""
    engine = Engine(dialect=DIALECTS[dialect], clock=ManualClock())
    client = engine.connect()
    for line in lines or LINES:
        engine.execute(client, line.encode().split())
    file = io.BytesIO()
    style = payload.style(engine.dialect, engine.config, lzf.compress)
    facts = snapshot.Facts(engine.dialect, 1_700_000_000, 1000, (b"#!lua name=lib\nreturn 1",))
    snapshot.write(file, Moment(engine.space, shared=False), facts, style)
    return file.getvalue()


def read(data: bytes) -> Loaded:
    return snapshot.read(data, Config(REDIS_8), now_ms=NOW_MS)


def of(*parts: bytes, version: bytes = b"REDIS0011") -> bytes:
    """A file of these parts, with end mark and checksum."""
    data = b"".join((version, *parts, b"\xff"))
    return data + crc64(data).to_bytes(8, "little")


@pytest.mark.parametrize(
    ("dialect", "head"), [("redis-8", b"REDIS0012"), ("redis-7.2", b"REDIS0011"), ("valkey-9", b"VALKEY080")]
)
def test_a_file_begins_as_its_servers_does_and_reads_back(dialect: str, head: bytes) -> None:
    data = saved(dialect, "SET k v", "RPUSH l a")
    assert data.startswith(head)
    loaded = read(data)
    assert loaded.databases[0].entries.keys() == {b"k", b"l"}
    assert loaded.functions == [b"#!lua name=lib\nreturn 1"]
    assert loaded.aux[b"ctime"] == b"1700000000"


def test_every_database_and_time_to_live_comes_back() -> None:
    loaded = read(saved("redis-8", "SET a 1", "SELECT 9", "SET b 2 PXAT 1700000001000"))
    assert {index: part.entries for index, part in loaded.databases.items()} == {0: {b"a": b"1"}, 9: {b"b": b"2"}}
    assert loaded.databases[9].expires == {b"b": NOW_MS + 1000}


def test_a_key_whose_time_has_run_out_is_left_out() -> None:
    loaded = read(of(b"\xfc", (NOW_MS - 1).to_bytes(8, "little"), b"\0\1a\1x", b"\0\1b\1y"))
    assert loaded.databases[0].entries == {b"b": b"y"}
    assert loaded.expired == 1


def test_what_servers_note_beside_the_data_is_walked_over() -> None:
    loaded = read(
        of(
            b"\xfa\3foo\3bar",
            b"\xf7\x81\x54\xb4\x69\x3c\xa8\xb4\x60\x01\2\1\2\2\3\0\0\0\0\4\0\0\0\0\0\0\0\0\5\3abc\0",
            b"\xfe\3\xfb\1\1\xf4\7\1\0",
            b"\xf8\x0a\xf9\x05\xfd\0\0\0\x70\0\1k\1v",
        )
    )
    assert loaded.databases[3].entries == {b"k": b"v"}
    assert loaded.databases[3].expires == {b"k": 0x70000000 * 1000}


def test_the_file_of_a_server_without_checksums_is_read() -> None:
    assert read(b"REDIS0011\0\1k\1v\xff" + bytes(8)).databases[0].entries == {b"k": b"v"}
    assert read(b"REDIS0003\0\1k\1v\xff").databases[0].entries == {b"k": b"v"}


@pytest.mark.parametrize(
    ("data", "at", "expected"),
    [
        (b"", 0, "REDIS or VALKEY"),
        (b"#!lua", 0, "REDIS or VALKEY"),
        (b"REDIS0099\xff", 0, "this is REDIS0099"),
        (b"VALKEY081\xff", 0, "this is VALKEY081"),
        (b"REDIS0011", 9, "the type of a key or the end mark"),
        (b"REDIS0011\0\1k\5v", 13, "5 bytes of a string's value, and only 1 are left"),
        (b"REDIS0011\x1f\1k\1v", 9, "a known type of value, and this is 31"),
        (b"REDIS0011\xf0", 9, "a known opcode"),
        (of(b"\xfe\x10"), 10, "this is number 16"),
        (of(b"\0\1k\1v\0\1k\1w"), 20, "came twice"),
        (of(b"\x07\1k\x81\xbd\xe7\x2d\xa2\xbb\x1e\xb4\x00"), 12, "module type vectorset"),
        (of(b"\0\1k\1v")[:-1] + b"x", 15, "the checksum"),
        (of(b"\0\1k\1v")[:-1], 15, "8 bytes of the checksum"),
    ],
)
def test_a_damaged_file_names_the_byte(data: bytes, at: int, expected: str) -> None:
    with pytest.raises(DamagedData) as fault:
        read(data)
    assert expected in fault.value.expected
    assert fault.value.at == at


def test_a_file_cut_off_anywhere_is_refused() -> None:
    whole = saved()
    for size in range(len(whole)):
        with pytest.raises(DamagedData):
            read(whole[:size])


@given(st.data())
def test_a_flipped_bit_is_noticed(data: st.DataObject) -> None:
    whole = bytearray(WHOLE)
    at = data.draw(st.integers(0, len(whole) * 8 - 1))
    whole[at // 8] ^= 1 << at % 8
    with pytest.raises(DamagedData):
        read(bytes(whole))


def test_a_version_too_old_for_the_checksum_that_follows_is_noticed() -> None:
    with pytest.raises(DamagedData, match="has no checksum"):
        read(WHOLE.replace(WHOLE[5:9], b"0002", 1))


@given(st.binary(max_size=100))
def test_noise_is_refused_or_read(noise: bytes) -> None:
    with contextlib.suppress(DamagedData):
        read(of(noise))


WHOLE = saved()
