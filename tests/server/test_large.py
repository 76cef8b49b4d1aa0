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


def _told(client: RawClient, kind: bytes) -> list[bytes]:
    """What one of the logs holds, oldest first: the words and the bytes of each entry."""
    script = b"""
        local out = {}
        for i, e in ipairs(redis.call('commandlog', 'get', -1, ARGV[1])) do
          table.insert(out, 1, table.concat(e[4], ' ') .. ' ' .. e[3])
        end
        return table.concat(out, ',')"""
    return client.ask(b"EVAL", script, b"0", kind).split(b"\r\n")[1].split(b",")


def test_what_exec_runs_is_weighed_with_the_request_that_was_exec_and_the_reply_up_to_there(
    serving: Serving,
) -> None:
    client = serving.start(dialect="valkey-9").connect()
    client.ask(b"SET", b"k", b"x" * 63)
    client.ask(b"CONFIG", b"SET", b"commandlog-request-larger-than", b"14", b"commandlog-reply-larger-than", b"9")
    client.ask(b"MULTI")
    client.ask(b"SET", b"a", b"12345678")
    client.ask(b"GET", b"k")
    client.ask(b"EXEC")
    client.ask(b"CONFIG", b"SET", b"commandlog-request-larger-than", b"-1", b"commandlog-reply-larger-than", b"-1")
    assert _told(client, b"large-request")[-2:] == [b"SET a 12345678 14", b"GET k 14"]
    assert _told(client, b"large-reply") == [b"SET a 12345678 9", b"GET k 79"]


def test_what_a_script_calls_is_weighed_as_a_request_of_no_bytes(serving: Serving) -> None:
    client = serving.start(dialect="valkey-9").connect()
    client.ask(b"SET", b"k", b"x" * 63)
    client.ask(b"CONFIG", b"SET", b"commandlog-request-larger-than", b"0", b"commandlog-reply-larger-than", b"6")
    client.ask(b"EVAL", b"redis.call('set', 'a', '1') return #redis.call('get', 'k')", b"0")
    client.ask(b"CONFIG", b"SET", b"commandlog-request-larger-than", b"-1", b"commandlog-reply-larger-than", b"-1")
    assert _told(client, b"large-request")[:2] == [b"set a 1 0", b"get k 0"]
    assert _told(client, b"large-reply") == [b"get k 70"]
