"""One connection at the level of bytes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from redis_tui.resp.request import RequestParser
from tests.conformance.wire import RawClient, request

if TYPE_CHECKING:
    from tests.server.conftest import Served, Serving


def test_a_command_is_answered(raw: RawClient) -> None:
    assert raw.ask(b"SET", b"k", b"v") == b"+OK\r\n"
    assert raw.ask(b"GET", b"k") == b"$1\r\nv\r\n"


def test_an_inline_command_is_answered(raw: RawClient) -> None:
    raw.send(b'SET k "a b"\r\nGET k\n')
    assert raw.read() == b"+OK\r\n"
    assert raw.read() == b"$3\r\na b\r\n"


def test_a_command_may_come_a_byte_at_a_time(raw: RawClient) -> None:
    for byte in request([b"ECHO", b"split\r\nhere"]):
        raw.send(bytes([byte]))
    assert raw.read() == b"$11\r\nsplit\r\nhere\r\n"


def test_a_pipeline_is_answered_in_order(raw: RawClient) -> None:
    raw.send(b"".join(request([b"ECHO", b"%d" % number]) for number in range(5000)))
    for number in range(5000):
        text = b"%d" % number
        assert raw.read() == b"$%d\r\n%b\r\n" % (len(text), text)


def test_an_empty_line_is_no_command(raw: RawClient) -> None:
    raw.send(b"\r\n\r\n*0\r\nPING\r\n")
    assert raw.read() == b"+PONG\r\n"


@pytest.mark.parametrize(
    ("garbage", "answer"),
    [
        (b"*x\r\n", b"-ERR Protocol error: invalid multibulk length\r\n"),
        (b"*1\r\n+PING\r\n", b"-ERR Protocol error: expected '$', got '+'\r\n"),
        (b"*1\r\n$-5\r\n", b"-ERR Protocol error: invalid bulk length\r\n"),
        (b'SET "open\r\n', b"-ERR Protocol error: unbalanced quotes in request\r\n"),
    ],
)
def test_garbage_is_answered_then_the_connection_closed(raw: RawClient, garbage: bytes, answer: bytes) -> None:
    raw.send(request([b"PING"]) + garbage + request([b"PING"]))
    assert raw.read_to_end() == b"+PONG\r\n" + answer


def test_quit_is_answered_and_nothing_after_it(raw: RawClient) -> None:
    raw.send(b"PING\r\nQUIT\r\nPING\r\n")
    assert raw.read_to_end() == b"+PONG\r\n+OK\r\n"


def test_a_browser_is_hung_up_on(raw: RawClient) -> None:
    raw.send(b"POST / HTTP/1.1\r\nHost: localhost\r\n\r\nFLUSHALL\r\n")
    assert raw.read_to_end() == b""


def test_who_sends_no_more_is_still_answered(raw: RawClient) -> None:
    raw.send(b"SET k v\r\nGET k\r\n")
    raw.shutdown()
    assert raw.read_to_end() == b"+OK\r\n$1\r\nv\r\n"


def test_hello_switches_the_protocol_in_the_middle_of_a_pipeline(raw: RawClient) -> None:
    raw.send(b"GET nothing\r\nHELLO 3\r\nGET nothing\r\nHELLO 2\r\nGET nothing\r\n")
    assert raw.read() == b"$-1\r\n"
    assert raw.read()[:1] == b"%"
    assert raw.read() == b"_\r\n"
    assert raw.read()[:1] == b"*"
    assert raw.read() == b"$-1\r\n"


def test_each_connection_has_its_own_protocol_and_database(served: Served) -> None:
    one, other = served.connect(), served.connect()
    one.ask(b"HELLO", b"3")
    one.ask(b"SELECT", b"1")
    one.ask(b"SET", b"k", b"v")
    assert one.ask(b"GET", b"nothing") == b"_\r\n"
    assert other.ask(b"GET", b"k") == b"$-1\r\n"


def test_without_the_password_nothing_is_done(serving: Serving) -> None:
    client = serving.start(password="secret").connect()
    client.send(b"GET k\r\nAUTH wrong\r\nAUTH secret\r\nSET k v\r\nGET k\r\n")
    assert client.read() == b"-NOAUTH Authentication required.\r\n"
    assert client.read().startswith(b"-WRONGPASS ")
    assert client.read() == b"+OK\r\n"
    assert client.read() == b"+OK\r\n"
    assert client.read() == b"$1\r\nv\r\n"


def test_without_the_password_a_large_request_is_refused(serving: Serving) -> None:
    client = serving.start(password="secret").connect()
    client.send(b"*1000\r\n")
    assert client.read_to_end() == b"-ERR Protocol error: unauthenticated multibulk length\r\n"


def test_after_the_password_a_large_request_in_the_same_read_is_taken(serving: Serving) -> None:
    client = serving.start(password="secret").connect()
    client.send(request([b"AUTH", b"secret"]) + request([b"DEL", *[b"%d" % number for number in range(100)]]))
    assert client.read() == b"+OK\r\n"
    assert client.read() == b":0\r\n"


def test_a_client_that_does_not_read_holds_bounded_memory_and_loses_nothing(served: Served) -> None:
    served.connect().ask(b"SET", b"big", b"x" * 1_000_000)
    slow = served.connect(receive_buffer=4096)
    slow.send(request([b"GET", b"big"]) * 60 + request([b"ECHO", b"last"]))
    other = served.connect()
    assert other.ask(b"PING") == b"+PONG\r\n"
    for _ in range(60):
        assert len(slow.read()) == 1_000_012
    assert slow.read() == b"$4\r\nlast\r\n"


def test_a_client_may_vanish_with_commands_under_way(served: Served) -> None:
    gone = served.connect()
    gone.send(request([b"SET", b"left", b"behind"]) * 100)
    gone.close()
    other = served.connect()
    deadline = time.monotonic() + 60
    while other.ask(b"GET", b"left") == b"$-1\r\n":
        assert time.monotonic() < deadline
    while other.ask(b"CLIENT", b"LIST").count(b"id=") != 1:
        assert time.monotonic() < deadline


def test_a_killed_client_is_closed(served: Served) -> None:
    victim, killer = served.connect(), served.connect()
    number = victim.ask(b"CLIENT", b"ID")[1:-2]
    assert killer.ask(b"CLIENT", b"KILL", b"ID", number) == b":1\r\n"
    assert victim.read_to_end() == b""
    assert killer.ask(b"PING") == b"+PONG\r\n"


def test_a_client_that_kills_itself_is_answered_first(raw: RawClient) -> None:
    number = raw.ask(b"CLIENT", b"ID")[1:-2]
    raw.send(request([b"CLIENT", b"KILL", b"ID", number, b"SKIPME", b"no"]))
    assert raw.read_to_end() == b":1\r\n"


def test_an_invalidation_follows_the_answer_of_a_command_that_waited(served: Served) -> None:
    waiting, other = served.connect(), served.connect()
    waiting.ask(b"HELLO", b"3")
    waiting.ask(b"CLIENT", b"TRACKING", b"ON")
    waiting.ask(b"LRANGE", b"to", b"0", b"-1")
    waiting.send(request([b"BLMOVE", b"from", b"to", b"LEFT", b"RIGHT", b"0"]))
    while b"blocked_clients:1" not in other.ask(b"INFO", b"clients"):
        pass
    other.ask(b"RPUSH", b"from", b"x")
    assert waiting.read() == b"$1\r\nx\r\n"
    assert waiting.read() == b">2\r\n$10\r\ninvalidate\r\n*1\r\n$2\r\nto\r\n"


def test_a_fault_of_ours_costs_its_connection_and_nobody_else(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    feed = RequestParser.feed

    def faulty(parser: RequestParser, data: bytes) -> list[list[bytes]]:
        if b"BOOM" in data:
            raise RuntimeError
        return feed(parser, data)

    monkeypatch.setattr(RequestParser, "feed", faulty)
    unlucky, other = served.connect(), served.connect()
    unlucky.send(b"BOOM\r\n")
    assert unlucky.read_to_end() == b""
    assert other.ask(b"PING") == b"+PONG\r\n"
