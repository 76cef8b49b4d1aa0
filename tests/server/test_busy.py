"""A script that does not end: what the others see, and how it ends."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.conformance.wire import request

if TYPE_CHECKING:
    from tests.conformance.wire import RawClient
    from tests.server.conftest import Served, Serving

SPIN = request([b"EVAL", b"while true do end", b"0"])
BUSY = b"-BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.\r\n"


def spinning(served: Served, script: bytes = SPIN) -> tuple[RawClient, RawClient]:
    """A client whose script spins, and another that has just been told BUSY."""
    caller, other = served.connect(), served.connect()
    assert other.ask(b"CONFIG", b"SET", b"busy-reply-threshold", b"20") == b"+OK\r\n"
    caller.send(script)
    wait_for_busy(other)
    return caller, other


def wait_for_busy(other: RawClient) -> None:
    deadline = time.monotonic() + 10
    while other.ask(b"PING") != BUSY:
        assert time.monotonic() < deadline


def test_others_are_told_busy_and_can_kill_the_script(served: Served) -> None:
    caller, other = spinning(served)
    assert other.ask(b"GET", b"k") == BUSY
    assert other.ask(b"SCRIPT", b"KILL") == b"+OK\r\n"
    assert b"Script killed by user with SCRIPT KILL" in caller.read()
    assert other.ask(b"PING") == b"+PONG\r\n"
    assert caller.ask(b"EVAL", b"return 7", b"0") == b":7\r\n"


def test_a_new_connection_can_kill_the_script(served: Served) -> None:
    caller, _ = spinning(served)
    assert served.connect().ask(b"SCRIPT", b"KILL") == b"+OK\r\n"
    assert b"Script killed by user with SCRIPT KILL" in caller.read()


def test_a_script_in_a_transaction_can_be_killed(served: Served) -> None:
    caller, other = spinning(served, b"MULTI\r\n" + SPIN + b"EXEC\r\n")
    assert other.ask(b"SCRIPT", b"KILL") == b"+OK\r\n"
    assert caller.read() == b"+OK\r\n"
    assert caller.read() == b"+QUEUED\r\n"
    assert caller.read().startswith(b"*1\r\n-ERR Script killed by user with SCRIPT KILL")


def test_replies_ahead_of_the_script_are_not_held_back(served: Served) -> None:
    caller, other = spinning(served, request([b"ECHO", b"first"]) + SPIN)
    assert caller.read() == b"$5\r\nfirst\r\n"
    assert other.ask(b"SCRIPT", b"KILL") == b"+OK\r\n"


def test_what_the_caller_sends_meanwhile_waits_its_turn(served: Served) -> None:
    caller, other = spinning(served)
    caller.send(request([b"ECHO", b"after"]) + request([b"ECHO", b"last"]))
    assert other.ask(b"PING") == BUSY
    assert other.ask(b"SCRIPT", b"KILL") == b"+OK\r\n"
    assert b"Script killed by user" in caller.read()
    assert caller.read() == b"$5\r\nafter\r\n"
    assert caller.read() == b"$4\r\nlast\r\n"


def test_a_script_that_has_written_cannot_be_killed_but_the_server_still_ends(serving: Serving) -> None:
    served = serving.start()
    writer = request([b"EVAL", b"redis.call('SET', 'k', 1) while true do end", b"0"])
    _, other = spinning(served, writer)
    assert other.ask(b"SCRIPT", b"KILL").startswith(b"-UNKILLABLE ")


def test_a_caller_that_vanishes_leaves_a_script_that_can_be_killed(served: Served) -> None:
    caller, other = spinning(served)
    caller.close()
    assert other.ask(b"PING") == BUSY
    assert other.ask(b"SCRIPT", b"KILL") == b"+OK\r\n"
    deadline = time.monotonic() + 5
    while other.ask(b"CLIENT", b"LIST").count(b"id=") != 1:
        assert time.monotonic() < deadline


def test_a_caller_that_vanishes_in_a_transaction_waits_for_nothing_afterwards(served: Served) -> None:
    big = b"x" * 4_000_000  # more than is taken unread, so that the loop meets the broken connection while it writes
    other = served.connect()
    other.ask(b"SET", b"big", big)
    queue = request([b"MULTI"]) + SPIN + request([b"BLPOP", b"l", b"0"]) + request([b"EXEC"])
    caller, other = spinning(served, request([b"GET", b"big"]) * 4 + queue)
    caller.close()
    assert other.ask(b"PING") == BUSY
    assert other.ask(b"PING") == BUSY
    assert other.ask(b"SCRIPT", b"KILL") == b"+OK\r\n"
    deadline = time.monotonic() + 5
    while b"cmd=exec" in other.ask(b"CLIENT", b"LIST"):
        assert time.monotonic() < deadline
    assert b"blocked_clients:0\r\n" in other.ask(b"INFO", b"clients")


def test_two_scripts_in_one_pipeline_are_killed_one_by_one(served: Served) -> None:
    caller, other = spinning(served, SPIN * 2)
    assert other.ask(b"SCRIPT", b"KILL") == b"+OK\r\n"
    assert b"Script killed by user" in caller.read()
    wait_for_busy(other)
    assert other.ask(b"SCRIPT", b"KILL") == b"+OK\r\n"
    assert b"Script killed by user" in caller.read()


def test_nothing_to_kill_says_so(raw: RawClient) -> None:
    assert raw.ask(b"SCRIPT", b"KILL") == b"-NOTBUSY No scripts in execution right now.\r\n"
