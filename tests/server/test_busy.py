"""A script that does not end: what the others see, and how it ends."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest

from tests.conformance.wire import request

if TYPE_CHECKING:
    from tests.conformance.wire import RawClient
    from tests.server.conftest import Served, Serving

SPIN = request([b"EVAL", b"while true do end", b"0"])
BUSY = b"-BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.\r\n"

ANSWERED = {
    "AUTH x": b"-ERR AUTH <password> called without any password configured",
    "MULTI": b"+OK",
    "DISCARD": b"-ERR DISCARD without MULTI",
    "WATCH k": b"+OK",
    "UNWATCH": b"+OK",
    "RESET": b"+RESET",
    "QUIT": b"+OK",
    "HELLO 9": b"-NOPROTO ",
    "SHUTDOWN x": b"-ERR syntax error",
    "SCRIPT NOSUCH": b"-ERR unknown subcommand 'NOSUCH'. Try SCRIPT HELP.",
    "NOSUCH": b"-ERR unknown command 'NOSUCH'",
    "GET": b"-ERR wrong number of arguments for 'get' command",
    "FUNCTION KILL": b"-BUSY ",
    "FUNCTION STATS": b"-BUSY ",
}
"""What is answered while a script runs; all else is told BUSY. As Redis 8.2.3 and Valkey 9.1.2 do."""
ANSWERED_BY_VALKEY = {
    "CLIENT ID": b":",
    "CLIENT SETNAME x": b"+OK",
    "CLIENT GETNAME": b"$-1",
    "CLIENT NO-EVICT ON": b"+OK",
    "SELECT 1": b"+OK",
}
REFUSED = [
    "PING",
    "GET k",
    "EXEC",
    "INFO",
    "CONFIG GET x",
    "CLIENT LIST",
    "CLIENT KILL ID 9",
    "SCRIPT EXISTS x",
    "SCRIPT FLUSH",
    "FUNCTION LIST",
    "EVAL x 0",
    "SUBSCRIBE c",
    "PUBLISH c x",
    "MONITOR",
    "SLOWLOG GET",
    "ACL WHOAMI",
    "WAIT 0 0",
    "TIME",
]
SPINNING_FUNCTION = b"""#!lua name=lib
redis.register_function('spin', function() while true do end end)"""


@pytest.mark.parametrize("dialect", ["redis-8", "redis-7.2", "valkey-9"])
def test_what_is_answered_while_a_script_runs(serving: Serving, dialect: str) -> None:
    served = serving.start(dialect=dialect)
    valkey = dialect == "valkey-9"
    caller, other = served.connect(), served.connect()
    other.ask(b"CONFIG", b"SET", b"lua-time-limit", b"20")
    caller.send(SPIN)
    busy = b"-BUSY Valkey is busy running a script." if valkey else b"-BUSY Redis is busy running a script."
    while not other.ask(b"PING").startswith(busy):
        pass
    told = {line: served.connect().ask(*line.encode().split()) for line in (*ANSWERED, *ANSWERED_BY_VALKEY, *REFUSED)}
    wanted = {
        **ANSWERED,
        **dict.fromkeys((*ANSWERED_BY_VALKEY, *REFUSED), busy),
        **(ANSWERED_BY_VALKEY if valkey else {}),
    }
    wanted["EXEC"] = b"-EXECABORT Transaction discarded because of: BUSY "
    assert {line: reply for line, reply in told.items() if not reply.startswith(wanted[line])} == {}
    assert other.ask(b"SCRIPT", b"KILL") == b"+OK\r\n"
    assert b"Script killed by user" in caller.read()


def test_a_transaction_that_meets_a_busy_script_is_broken(served: Served) -> None:
    late, watching = served.connect(), served.connect()
    watching.ask(b"MONITOR")
    late.ask(b"MULTI")
    assert late.ask(b"SET", b"k", b"v") == b"+QUEUED\r\n"
    _, other = spinning(served)
    assert late.ask(b"GET", b"k") == BUSY
    assert late.ask(b"EXEC") == b"-EXECABORT Transaction discarded because of: " + BUSY[1:]
    assert late.ask(b"EXEC") == b"-EXECABORT Transaction discarded because of: " + BUSY[1:]
    assert other.ask(b"SCRIPT", b"KILL") == b"+OK\r\n"
    assert late.ask(b"EXISTS", b"k") == b":0\r\n"
    seen: list[bytes] = []
    while b"EXISTS" not in b"".join(seen[-1:]):
        seen.append(watching.read().split(b"] ", 1)[1])
    assert seen[-4:] == [b'"EXEC"\r\n', b'"EXEC"\r\n', b'"SCRIPT" "KILL"\r\n', b'"EXISTS" "k"\r\n']


def test_a_function_is_killed_as_a_function_and_told_as_it_was_called(served: Served) -> None:
    other = served.connect()
    assert other.ask(b"FUNCTION", b"LOAD", SPINNING_FUNCTION) == b"$3\r\nlib\r\n"
    other.ask(b"CONFIG", b"SET", b"busy-reply-threshold", b"20")
    caller = served.connect()
    caller.send(request([b"fCall", b"spin", b"1", b"k", b"a"]))
    busy = BUSY.replace(b"SCRIPT KILL", b"FUNCTION KILL")
    while other.ask(b"PING") != busy:
        pass
    assert other.ask(b"SCRIPT", b"KILL") == busy
    stats = other.ask(b"FUNCTION", b"STATS")
    assert stats.startswith(
        b"*4\r\n$14\r\nrunning_script\r\n*6\r\n$4\r\nname\r\n$4\r\nspin\r\n$7\r\ncommand\r\n"
        b"*5\r\n$5\r\nfCall\r\n$4\r\nspin\r\n$1\r\n1\r\n$1\r\nk\r\n$1\r\na\r\n$11\r\nduration_ms\r\n:"
    )
    assert other.ask(b"FUNCTION", b"KILL") == b"+OK\r\n"
    assert caller.read().startswith(
        b"-ERR Script killed by user with SCRIPT KILL... script: spin, on @user_function:2."
    )
    assert b"running_script\r\n$-1\r\n" in other.ask(b"FUNCTION", b"STATS")


def test_who_waits_or_listens_goes_on_after_a_busy_script(served: Served) -> None:
    waiting, listening = served.connect(), served.connect()
    waiting.send(request([b"BLPOP", b"l", b"0.05"]))
    listening.ask(b"SUBSCRIBE", b"c")
    caller, other = spinning(served)
    assert listening.ask(b"PING") == BUSY
    assert other.ask(b"SCRIPT", b"KILL") == b"+OK\r\n"
    assert b"Script killed by user" in caller.read()
    assert waiting.read() == b"*-1\r\n"
    assert other.ask(b"PUBLISH", b"c", b"x") == b":1\r\n"
    assert listening.read() == b"*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nx\r\n"


def test_with_a_threshold_of_0_nobody_is_told_busy(served: Served) -> None:
    caller, other = served.connect(), served.connect()
    assert other.ask(b"CONFIG", b"SET", b"busy-reply-threshold", b"0") == b"+OK\r\n"
    caller.send(request([b"EVAL", b"for i = 1, 2e7 do end return 1", b"0"]))
    assert other.ask(b"PING") == b"+PONG\r\n"
    assert caller.read() == b":1\r\n"


def test_a_script_whose_instructions_take_long_becomes_busy_as_well(served: Served) -> None:
    copies = b"local s = ('x'):rep(1e7) while true do s:reverse() end"
    caller, other = spinning(served, request([b"EVAL", copies, b"0"]))
    assert other.ask(b"SCRIPT", b"KILL") == b"+OK\r\n"
    assert b"Script killed by user" in caller.read()


def test_a_slow_script_is_logged_once(serving: Serving) -> None:
    served = serving.start()
    lines: list[str] = []
    served.engine.scripts.on_slow = lines.append
    _, other = spinning(served)
    assert other.ask(b"SCRIPT", b"KILL") == b"+OK\r\n"
    assert len(lines) == 1
    assert re.fullmatch(
        r"Slow script detected: still in execution after \d+ milliseconds\. You can try killing the script using the "
        r"SCRIPT KILL command\. Script name is: 694a5fe1ddb97a4c6a1bf299d9537c7d3d0f84e7\.",
        lines[0],
    )


def spinning(served: Served, script: bytes = SPIN) -> tuple[RawClient, RawClient]:
    """A client whose script spins, and another that has just been told BUSY."""
    caller, other = served.connect(), served.connect()
    assert other.ask(b"CONFIG", b"SET", b"busy-reply-threshold", b"20") == b"+OK\r\n"
    caller.send(script)
    wait_for_busy(other)
    return caller, other


def wait_for_busy(other: RawClient) -> None:
    deadline = time.monotonic() + 60
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
    deadline = time.monotonic() + 60
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
    deadline = time.monotonic() + 60
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
