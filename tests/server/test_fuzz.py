"""Nothing that comes over the wire stops the server, fills its memory or keeps the others waiting."""

from __future__ import annotations

import contextlib
import itertools
import random
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redis_tui.resp.request import RequestParser
from tests.conformance.wire import RawClient, request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.server.conftest import Served

PIECES = [
    *(b"*1\r\n", b"*2\r\n", b"*0\r\n", b"*-1\r\n", b"*2147483647\r\n", b"*2147483648\r\n", b"*1048577\r\n", b"*99999999999\r\n"),
    *(b"$4\r\nPING\r\n", b"$0\r\n\r\n", b"$-1\r\n", b"$536870912\r\n", b"$536870913\r\n", b"$99999999999999999999\r\n", b"$03\r\nabc\r\n"),
    *(b"*1\r\n$4\r\nPING\r\n", b"*2\r\n$4\r\nECHO\r\n$3\r\na\r\n\r\n", b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n"),
    *(b"*1\r\n*1\r\n", b"*1\r\n:5\r\n", b"*1\r\n+OK\r\n", b"*1\r\n%1\r\n", b"_\r\n", b"#t\r\n", b">1\r\n"),
    *(b"PING\r\n", b"\r\n", b"\n", b"\r", b"  ECHO  x \n", b'ECHO "a\\x00b"\r\n', b"ECHO 'open\r\n", b'"a"b\r\n', b"\x00\r\n"),
    *(b"*", b"$", b"*1", b"$5\r\nab", b"\r\n\r\n", b"\xff\xfe\x00", b"GET k\r\n", b"*1\r\nPING\r\n", b"x" * 300),
]  # fmt: skip
MIB = 1024 * 1024


def noise(chance: random.Random) -> bytes:
    """Bytes of one hostile connection."""
    kind = chance.randrange(4)
    if kind == 0:
        return chance.randbytes(chance.randrange(1, 400))
    data = b"".join(chance.choice(PIECES) for _ in range(chance.randrange(1, 12)))
    if kind == 1:
        return data[: chance.randrange(1, len(data) + 1)]
    if kind == 2:
        at = chance.randrange(len(data))
        return data[:at] + chance.randbytes(1) + data[at + 1 :]
    return data


@contextlib.contextmanager
def hostile(served: Served) -> Iterator[socket.socket]:
    """A connection on which a protocol error may hang up at any time."""
    with (
        contextlib.suppress(ConnectionError),
        socket.create_connection(("127.0.0.1", served.port), timeout=60) as sock,
    ):
        yield sock


def is_answered(raw: RawClient) -> bool:
    return raw.ask(b"ECHO", b"still there") == b"$11\r\nstill there\r\n"


def rss_bytes() -> int:
    """Resident memory of this process, which is also the server's."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no VmRSS")


@pytest.mark.parametrize("seed", range(4))
def test_noise_neither_stops_the_server_nor_bothers_the_others(served: Served, raw: RawClient, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(60):
        data = noise(chance)
        with hostile(served) as sock:
            while data:
                size = chance.choice((1, 2, 7, len(data)))
                sock.sendall(data[:size])
                data = data[size:]
        assert is_answered(raw)


@pytest.mark.parametrize("seed", range(4))
def test_a_frame_after_noise_is_answered_or_the_connection_ends(served: Served, seed: int) -> None:
    chance = random.Random(1000 + seed)
    for _ in range(40):
        data = noise(chance)
        with hostile(served) as sock:
            sock.sendall(data)
            sock.shutdown(socket.SHUT_WR)
            while sock.recv(65536):
                pass  # it comes to an end: a connection left open would run into the timeout


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
@pytest.mark.parametrize(
    "frame",
    [
        b"*2147483647\r\n",
        b"*1048576\r\n$536870912\r\n",
        b"*1\r\n$536870912\r\n",
        b"*2147483647\r\n$1\r\na\r\n",
        b"*1\r\n" * 5000,
        b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$536870912\r\nonly this much",
    ],
    ids=["elements", "elements-and-bulk", "bulk", "one-of-many", "nested", "value"],
)
def test_an_announced_length_takes_no_memory(served: Served, raw: RawClient, frame: bytes) -> None:
    assert is_answered(raw)
    before = rss_bytes()
    others = [served.connect() for _ in range(50)]
    for other in others:
        with contextlib.suppress(ConnectionError):
            other.send(frame)
    assert is_answered(raw)
    assert rss_bytes() - before < 40 * MIB


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_a_line_without_end_is_refused_before_it_fills_the_memory(served: Served, raw: RawClient) -> None:
    before = rss_bytes()
    for start in (b"", b"*", b"*1\r\n$"):
        other = served.connect()
        with contextlib.suppress(ConnectionError):
            other.send(start)
            for _ in range(64):
                other.send(b"1" * (256 * 1024))
        with contextlib.suppress(ConnectionError):
            assert b"Protocol error" in other.read_to_end()
        assert is_answered(raw)
    assert rss_bytes() - before < 40 * MIB


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_who_takes_no_replies_is_read_no_further(served: Served, raw: RawClient) -> None:
    raw.ask(b"SET", b"big", b"x" * MIB)
    before = rss_bytes()
    deaf = served.connect(receive_buffer=4096)
    deaf.send(request([b"GET", b"big"]) * 500)
    assert is_answered(raw)
    assert rss_bytes() - before < 60 * MIB


@pytest.mark.parametrize("frame", [piece for piece in PIECES if piece.startswith(b"*") and len(piece) > 8])
def test_a_frame_may_come_a_byte_at_a_time_between_commands_of_others(
    served: Served, raw: RawClient, frame: bytes
) -> None:
    slow = served.connect()
    for at in range(len(frame)):
        with contextlib.suppress(ConnectionError):
            slow.send(frame[at : at + 1])
        assert is_answered(raw)


def answered(data: bytes, cuts: list[int]) -> tuple[list[list[bytes]], bytes | None]:
    """What a parser makes of bytes that come in pieces."""
    parser = RequestParser()
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    found = [argv for one, two in itertools.pairwise(edges) for argv in parser.feed(data[one:two])]
    return found, parser.failure


def streams() -> Iterator[st.SearchStrategy[bytes]]:
    words = st.lists(st.binary(max_size=20), min_size=1, max_size=4)
    yield words.map(request)
    yield st.sampled_from(PIECES)
    yield st.binary(max_size=12)


@settings(max_examples=400, derandomize=True, database=None, deadline=None)
@given(
    st.lists(st.one_of(*streams()), max_size=8).map(b"".join),
    st.lists(st.integers(0, 10_000), max_size=8),
)
def test_where_reads_are_cut_makes_no_difference(data: bytes, cuts: list[int]) -> None:
    whole = answered(data, [])
    assert answered(data, cuts) == whole
    assert answered(data, list(range(len(data)))) == whole
