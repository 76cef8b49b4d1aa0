from __future__ import annotations

import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redis_tui.errors import ProtocolError
from redis_tui.resp.parser import ReplyParser, parse
from redis_tui.resp.types import NULL_ARRAY, OK, BigNumber, ErrorReply, Map, Push, Reply, SetReply, Status, Verbatim

WIRE = (
    b"+OK\r\n+PONG\r\n-ERR no\r\n:-5\r\n$3\r\na\r\n\r\n$-1\r\n*-1\r\n*2\r\n:1\r\n*0\r\n_\r\n#t\r\n#f\r\n,3.5\r\n,inf\r\n"
    b"%1\r\n+a\r\n:1\r\n~1\r\n$1\r\nx\r\n>1\r\n+m\r\n(123\r\n=6\r\ntxt:hi\r\n!6\r\nERR no\r\n|1\r\n+ttl\r\n:9\r\n:7\r\n"
)
REPLIES: list[Reply] = [
    OK,
    Status(b"PONG"),
    ErrorReply(b"ERR no"),
    -5,
    b"a\r\n",
    None,
    NULL_ARRAY,
    [1, []],
    None,
    True,
    False,
    3.5,
    float("inf"),
    Map([(Status(b"a"), 1)]),
    SetReply([b"x"]),
    Push([Status(b"m")]),
    BigNumber(b"123"),
    Verbatim(b"hi"),
    ErrorReply(b"ERR no"),
    7,
]


def test_every_type_is_parsed() -> None:
    assert parse(WIRE) == REPLIES


def every_type_comes_a_byte_at_a_time() -> None:
    parser = ReplyParser()
    replies: list[Reply] = []
    for at in range(len(WIRE)):
        parser.feed(WIRE[at : at + 1])
        replies += parser
    assert replies == REPLIES
    assert not parser.is_within_a_reply


def test_replies_are_the_same_a_byte_at_a_time() -> None:
    every_type_comes_a_byte_at_a_time()


def test_an_incomplete_reply_stays_pending() -> None:
    parser = ReplyParser()
    parser.feed(b"*2\r\n:1\r\n$3\r\nab")
    assert list(parser) == []
    assert parser.is_within_a_reply


@pytest.mark.parametrize(
    "data",
    [
        b"hello\r\n",
        b":x\r\n",
        b"$-2\r\n",
        b"$x\r\n",
        b"$1\r\nabc\r\n",
        b"#x\r\n",
        b",x\r\n",
        b"_x\r\n",
        b"|0\r\n+",
        b"=3\r\nabc\r\n",
        b"$5\r\nab",
    ],
)
def test_bytes_that_are_no_reply_are_refused(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        parse(data)


def test_nesting_has_a_limit() -> None:
    nested: Reply = 1
    for _ in range(250):
        nested = [nested]
    assert parse(b"*1\r\n" * 250 + b":1\r\n") == [nested]
    with pytest.raises(ProtocolError, match="nested deeper than 250"):
        parse(b"*1\r\n" * 260 + b":1\r\n")


def test_a_long_reply_in_small_reads_is_parsed_once() -> None:
    wire = b"*20000\r\n" + b"$3\r\nabc\r\n" * 20000
    parser = ReplyParser()
    for at in range(0, len(wire), 64):
        parser.feed(wire[at : at + 64])
        replies = list(parser)
    assert replies == [[b"abc"] * 20000]


@given(st.binary(max_size=60))
def test_any_bytes_are_parsed_or_refused(data: bytes) -> None:
    with suppress(ProtocolError):
        parse(data)


def test_long_strings_are_the_same_a_byte_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("redis_tui.resp.parser._LONG_SIZE", 1)
    every_type_comes_a_byte_at_a_time()


def test_a_long_string_comes_in_many_reads() -> None:
    text = bytes(range(256)) * 8192
    wire = b"*2\r\n$%d\r\n%b\r\n+OK\r\n" % (len(text), text)
    parser = ReplyParser()
    replies: list[Reply] = []
    for at in range(0, len(wire), 65_536):
        assert replies == []
        parser.feed(wire[at : at + 65_536])
        replies += parser
    assert replies == [[text, OK]]
    assert not parser.is_within_a_reply


def test_a_long_string_is_held_once_while_it_comes() -> None:
    parser = ReplyParser()
    part = b"x" * 65_536
    tracemalloc.start()
    try:
        parser.feed(b"$%d\r\n" % (512 * len(part)))
        for _ in range(512):
            parser.feed(part)
            assert list(parser) == []
        parser.feed(b"\r\n")
        (reply,) = parser
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert reply == part * 512
    assert peak < 1.25 * 512 * len(part)


def test_a_long_string_that_goes_on_past_its_end_is_refused() -> None:
    parser = ReplyParser()
    parser.feed(b"$2000000\r\n" + b"x" * 1_000_000)
    assert list(parser) == []
    parser.feed(b"x" * 1_000_002)
    with pytest.raises(ProtocolError, match="does not end with a line break"):
        list(parser)
