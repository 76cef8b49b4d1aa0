"""What clients may take: CLIENT LIST's figures, maxmemory-clients and client-output-buffer-limit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conformance.wire import RawClient
    from tests.server.conftest import Served


def figure(asking: RawClient, name: str, field: str) -> int:
    """A field of the client of that name; -1 where there is no such client."""
    found = re.search(rf" name={name} .*? {field}=(\d+)", asking.ask(b"CLIENT", b"LIST").decode())
    return int(found[1]) if found else -1


def named(served: Served, name: bytes, *, receive_buffer: int = 0) -> RawClient:
    client = served.connect(receive_buffer=receive_buffer)
    assert client.ask(b"CLIENT", b"SETNAME", name) == b"+OK\r\n"
    return client


def test_what_a_request_has_sent_so_far_is_shown(served: Served) -> None:
    asking, slow = served.connect(), named(served, b"slow")
    slow.send(b"*2\r\n$3\r\nGET\r\n$1000000\r\n" + b"x" * 5000)
    while figure(asking, "slow", "qbuf") < 5000:
        pass
    assert figure(asking, "slow", "qbuf-free") == 1_000_002 - 5000
    assert figure(asking, "slow", "argv-mem") == 3
    assert figure(asking, "slow", "tot-mem") > 1_000_000


def test_the_largest_client_goes_where_all_take_too_much(served: Served) -> None:
    asking, large, spared = served.connect(), named(served, b"large"), named(served, b"spared")
    assert spared.ask(b"CLIENT", b"NO-EVICT", b"ON") == b"+OK\r\n"
    assert asking.ask(b"CONFIG", b"SET", b"maxmemory-clients", b"1000000") == b"+OK\r\n"
    spared.send(b"*1\r\n$600000\r\n")
    assert asking.ask(b"PING") == b"+PONG\r\n"
    large.send(b"*1\r\n$700000\r\n")
    assert large.read_to_end() == b""
    assert figure(asking, "large", "tot-mem") == -1
    assert figure(asking, "spared", "tot-mem") > 600_000
    assert b"evicted_clients:1\r" in asking.ask(b"INFO", b"stats")


def test_a_reply_above_the_hard_limit_is_not_sent(served: Served) -> None:
    asking, client = served.connect(), named(served, b"greedy")
    asking.ask(b"SET", b"k", b"x" * 200_000)
    assert asking.ask(b"CONFIG", b"SET", b"client-output-buffer-limit", b"normal 100000 0 0") == b"+OK\r\n"
    client.send(b"GET k\r\n")
    assert client.read_to_end() == b""
    assert figure(asking, "greedy", "tot-mem") == -1


def test_whoever_breaks_its_own_limit_costs_nobody_else(served: Served) -> None:
    asking, quiet, greedy = served.connect(), named(served, b"quiet"), named(served, b"greedy")
    asking.ask(b"SET", b"k", b"x" * 400_000)
    asking.ask(b"CONFIG", b"SET", b"client-output-buffer-limit", b"normal 300000 0 0")
    asking.ask(b"CONFIG", b"SET", b"maxmemory-clients", b"1000000")
    quiet.send(b"*1\r\n$700000\r\n")
    assert figure(asking, "quiet", "tot-mem") > 0
    greedy.send(b"GET k\r\n")
    assert greedy.read_to_end() == b""
    assert figure(asking, "quiet", "tot-mem") > 0


def test_replies_that_nobody_takes_count_against_maxmemory(served: Served) -> None:
    asking, slow = served.connect(), named(served, b"slow", receive_buffer=4096)
    asking.ask(b"SET", b"k", b"x" * 1_000_000)
    asking.ask(b"CONFIG", b"SET", b"maxmemory", b"40mb", b"maxmemory-policy", b"allkeys-random")
    slow.send(b"GET k\r\n" * 60)
    while asking.ask(b"EXISTS", b"k") == b":1\r\n":
        pass
    assert b"evicted_keys:1\r" in asking.ask(b"INFO", b"stats")
    assert asking.ask(b"CONFIG", b"RESETSTAT") == b"+OK\r\n"
    assert b"evicted_keys:0\r" in asking.ask(b"INFO", b"stats")


def test_one_pipeline_cannot_take_more_than_all_clients_may(served: Served) -> None:
    asking, greedy = served.connect(), named(served, b"greedy", receive_buffer=4096)
    asking.ask(b"SET", b"k", b"x" * 100_000)
    asking.ask(b"CONFIG", b"SET", b"maxmemory-clients", b"3mb")
    greedy.send(b"GET k\r\n" * 5000)
    while figure(asking, "greedy", "tot-mem") >= 0:
        pass
    assert b"evicted_clients:1\r" in asking.ask(b"INFO", b"stats")
