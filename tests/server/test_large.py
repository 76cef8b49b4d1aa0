"""The logs of large requests and replies, which only a connection can fill."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conformance.wire import RawClient
    from tests.server.conftest import Serving


def lengths(client: RawClient) -> tuple[bytes, bytes]:
    """How many entries each log has, requests first."""
    requests, replies = (client.ask(b"COMMANDLOG", b"LEN", kind) for kind in (b"large-request", b"large-reply"))
    return requests[1:-2], replies[1:-2]


@pytest.fixture
def client(serving: Serving) -> RawClient:
    """A client of a Valkey that takes 100 bytes for large."""
    client = serving.start(dialect="valkey-9").connect()
    for what in (b"request", b"reply"):
        client.ask(b"CONFIG", b"SET", b"commandlog-%b-larger-than" % what, b"100")
    return client


def test_a_request_counts_from_the_limit_on_with_all_its_bytes(client: RawClient) -> None:
    client.ask(b"SET", b"k", b"x" * 72)
    assert lengths(client) == (b"0", b"0")
    client.ask(b"SET", b"k", b"x" * 73)
    client.ask(b"GET", b"k")
    assert lengths(client) == (b"1", b"0")
    assert client.ask(b"COMMANDLOG", b"GET", b"1", b"large-request").split(b"\r\n")[4] == b":100"


def test_a_request_that_came_in_pieces_is_weighed_as_a_whole(client: RawClient) -> None:
    client.ask(b"CONFIG", b"SET", b"commandlog-request-larger-than", b"200000")
    client.ask(b"SET", b"k", b"x" * 200000)
    client.ask(b"SET", b"k", b"x")
    assert lengths(client)[0] == b"1"


def test_a_reply_counts_from_the_limit_on(client: RawClient) -> None:
    client.ask(b"CONFIG", b"SET", b"commandlog-request-larger-than", b"-1")
    for size in (92, 93, 94):
        client.ask(b"SET", b"k", b"x" * size)
        client.ask(b"GET", b"k")
    assert lengths(client) == (b"0", b"2")
    told = client.ask(b"COMMANDLOG", b"GET", b"-1", b"large-reply").split(b"\r\n")
    assert [told[4], told[6], told[8]] == [b":101", b"$3", b"$1"]


def test_the_answer_to_a_command_that_waited_is_weighed(serving: Serving) -> None:
    served = serving.start(dialect="valkey-9")
    waits, pushes = served.connect(), served.connect()
    pushes.ask(b"CONFIG", b"SET", b"commandlog-reply-larger-than", b"100")
    waits.send(b"BLPOP l 0\r\n")
    while b"cmd=blpop" not in pushes.ask(b"CLIENT", b"LIST"):
        pass
    pushes.ask(b"LPUSH", b"l", b"v" * 300)
    assert len(waits.read()) == 319
    pushes.ask(b"CONFIG", b"SET", b"commandlog-reply-larger-than", b"-1")
    assert b"\r\n:319\r\n*3\r\n$5\r\nBLPOP\r\n" in pushes.ask(b"COMMANDLOG", b"GET", b"-1", b"large-reply")


def test_what_was_refused_or_queued_is_not_noted(client: RawClient) -> None:
    client.ask(b"NOSUCH", b"n" * 200)
    client.ask(b"GET", b"n" * 200, b"x")
    client.ask(b"MULTI")
    client.ask(b"SET", b"k", b"n" * 200)
    client.ask(b"EXEC")
    client.ask(b"CONFIG", b"SET", b"maxmemory", b"1")
    client.ask(b"SET", b"k2", b"n" * 200)
    assert lengths(client) == (b"0", b"0")


def test_a_password_is_not_noted(client: RawClient) -> None:
    client.ask(b"AUTH", b"secret" * 40)
    told = client.ask(b"COMMANDLOG", b"GET", b"1", b"large-request")
    assert b"secret" not in told
    assert b"$10\r\n(redacted)\r\n" in told


def test_a_server_that_is_no_valkey_weighs_nothing(serving: Serving) -> None:
    client = serving.start(dialect="redis-8").connect()
    assert client.ask(b"COMMANDLOG", b"LEN", b"slow").startswith(b"-ERR unknown command")
    assert client.ask(b"SET", b"k", b"x" * 2_000_000) == b"+OK\r\n"
    assert len(client.ask(b"GET", b"k")) == 2_000_012
