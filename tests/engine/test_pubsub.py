"""Messages to subscribers, events of keys, invalidations and MONITOR: what a client hears unasked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from redis_tui.engine.blocking import BLOCKED
from redis_tui.resp.inline import split_inline
from redis_tui.resp.types import OK, ErrorReply, Push, Several, Status
from tests.engine.outlet import Outlet

if TYPE_CHECKING:
    from redis_tui.engine.client import Client
    from redis_tui.engine.clock import ManualClock
    from redis_tui.engine.engine import Engine
    from redis_tui.resp.types import Reply
    from tests.engine.conftest import Run


class Other:
    """A second client, with all that it hears."""

    def __init__(self, engine: Engine, resp: int = 2) -> None:
        self.engine = engine
        self.client: Client = engine.connect()
        self.client.resp = resp
        self.heard = Outlet()
        self.client.outlet = self.heard

    def run(self, line: str) -> Reply:
        return self.engine.execute(self.client, split_inline(line.encode()))


@pytest.fixture
def other(engine: Engine) -> Other:
    return Other(engine)


@pytest.fixture
def modern(engine: Engine) -> Other:
    return Other(engine, resp=3)


def test_each_channel_is_confirmed_and_hears_its_messages(run: Run, other: Other) -> None:
    assert other.run("SUBSCRIBE a b") == Several([Push([b"subscribe", b"a", 1]), Push([b"subscribe", b"b", 2])])
    assert run("PUBLISH a hello") == 1
    assert run("PUBLISH c hello") == 0
    assert other.heard.pushed == [Push([b"message", b"a", b"hello"])]
    assert other.run("UNSUBSCRIBE") == Several([Push([b"unsubscribe", b"a", 1]), Push([b"unsubscribe", b"b", 0])])
    assert other.run("UNSUBSCRIBE") == Several([Push([b"unsubscribe", None, 0])])


def test_a_pattern_and_a_channel_both_hear(run: Run, other: Other) -> None:
    other.run("SUBSCRIBE news")
    assert other.run("PSUBSCRIBE n*") == Several([Push([b"psubscribe", b"n*", 2])])
    assert run("PUBLISH news x") == 2
    assert other.heard.pushed == [Push([b"message", b"news", b"x"]), Push([b"pmessage", b"n*", b"news", b"x"])]


def test_shard_channels_are_counted_by_themselves(run: Run, other: Other) -> None:
    other.run("SUBSCRIBE a")
    assert other.run("SSUBSCRIBE s") == Several([Push([b"ssubscribe", b"s", 1])])
    assert run("PUBLISH s x") == 0
    assert run("SPUBLISH s x") == 1
    assert other.heard.pushed == [Push([b"smessage", b"s", b"x"])]


def test_a_resp2_subscriber_may_do_little_else(other: Other, modern: Other) -> None:
    other.run("SUBSCRIBE a")
    refused = other.run("GET k")
    assert isinstance(refused, ErrorReply)
    assert refused.line.startswith(b"ERR Can't execute 'get': only (P|S)SUBSCRIBE")
    assert other.run("PING hi") == [b"pong", b"hi"]
    other.run("UNSUBSCRIBE a")
    assert other.run("GET k") is None
    modern.run("SUBSCRIBE a")
    assert modern.run("GET k") is None


def test_reset_and_leaving_end_subscriptions(engine: Engine, run: Run, other: Other) -> None:
    other.run("SUBSCRIBE a")
    other.run("RESET")
    assert run("PUBLISH a x") == 0
    other.run("PSUBSCRIBE a*")
    engine.disconnect(other.client)
    assert run("PUBSUB NUMPAT") == 0


def test_events_of_keys_are_published_as_configured(run: Run, other: Other) -> None:
    run("CONFIG SET notify-keyspace-events KEA")
    other.run("PSUBSCRIBE __key*")
    run("SET k v")
    assert [message.items[2:] for message in other.heard.pushed if isinstance(message, Push)] == [
        [b"__keyspace@0__:k", b"set"],
        [b"__keyevent@0__:set", b"k"],
    ]
    run("CONFIG SET notify-keyspace-events Kg$mn")
    other.heard.pushed.clear()
    run("GET missing")
    run("SET fresh v")
    run("RPUSH list a")
    run("DEL fresh")
    assert [message.items[2:] for message in other.heard.pushed if isinstance(message, Push)] == [
        [b"__keyspace@0__:missing", b"keymiss"],
        [b"__keyspace@0__:fresh", b"new"],
        [b"__keyspace@0__:fresh", b"set"],
        [b"__keyspace@0__:list", b"new"],
        [b"__keyspace@0__:fresh", b"del"],
    ]


def test_a_key_that_was_read_is_invalidated_once(run: Run, modern: Other) -> None:
    assert modern.run("CLIENT TRACKING ON") == OK
    modern.run("MGET a b")
    run("SET a 1")
    run("SET a 2")
    assert modern.heard.pushed == [Push([b"invalidate", [b"a"]])]
    run("FLUSHALL")
    assert modern.heard.pushed[-1] == Push([b"invalidate", None])


def test_broadcasting_gathers_what_one_command_changes(run: Run, modern: Other) -> None:
    modern.run("CLIENT TRACKING ON BCAST PREFIX user:")
    run("MSET user:1 a user:2 b other c")
    assert modern.heard.pushed == [Push([b"invalidate", [b"user:1", b"user:2"]])]


def test_a_key_that_a_waiter_empties_is_told_once_and_not_to_the_waiter(
    engine: Engine, run: Run, modern: Other
) -> None:
    waiter = engine.connect()
    waiter.resp, waiter.outlet = 3, Outlet()
    engine.execute(waiter, [b"CLIENT", b"TRACKING", b"ON", b"BCAST", b"NOLOOP"])
    modern.run("CLIENT TRACKING ON BCAST")
    engine.execute(waiter, [b"BLPOP", b"l", b"0"])
    run("RPUSH l a")
    assert modern.heard.pushed == [Push([b"invalidate", [b"l"]])]
    assert waiter.outlet.pushed == []


def test_what_a_script_reads_is_tracked(run: Run, modern: Other) -> None:
    modern.run("CLIENT TRACKING ON")
    modern.run("""EVAL "return redis.call('GET', KEYS[1])" 1 k""")
    run("SET k v")
    assert modern.heard.pushed == [Push([b"invalidate", [b"k"]])]


def test_opting_in_tracks_the_next_command_only(run: Run, modern: Other) -> None:
    modern.run("CLIENT TRACKING ON OPTIN")
    modern.run("GET a")
    modern.run("CLIENT CACHING YES")
    modern.run("GET b")
    modern.run("GET c")
    run("MSET a 1 b 1 c 1")
    assert modern.heard.pushed == [Push([b"invalidate", [b"b"]])]


def test_invalidations_are_redirected_to_a_resp2_subscriber(engine: Engine, run: Run, other: Other) -> None:
    reader = Other(engine)
    other.run("SUBSCRIBE __redis__:invalidate")
    reader.run(f"CLIENT TRACKING ON REDIRECT {other.client.id}")
    reader.run("GET k")
    run("SET k v")
    assert other.heard.pushed == [Push([b"message", b"__redis__:invalidate", [b"k"]])]


def test_monitor_shows_commands_scripts_calls_and_no_secrets(clock: ManualClock, run: Run, other: Other) -> None:
    assert other.run("MONITOR") == OK
    run("SET k 'a b'")
    run("""EVAL "return redis.call('GET', KEYS[1])" 1 k""")
    run("CONFIG GET port")  # an administrator's business is not shown
    lines = [bytes(line).split(b"] ", 1)[1] for line in other.heard.pushed if isinstance(line, Status)]
    assert lines == [
        b'"SET" "k" "a b"',
        b'"EVAL" "return redis.call(\'GET\', KEYS[1])" "1" "k"',
        b'"GET" "k"',
    ]
    assert b"lua] " in bytes(other.heard.pushed[2]) if isinstance(other.heard.pushed[2], Status) else False


def test_a_pause_holds_writes_back_and_lets_them_go(clock: ManualClock, engine: Engine, run: Run, other: Other) -> None:
    run("CLIENT PAUSE 100 WRITE")
    assert other.run("GET k") is None
    assert other.run("SET k v") is BLOCKED
    clock.advance(ms=100)
    engine.tick()
    assert other.heard.answers == [OK]
    assert run("GET k") == b"v"


def test_keys_whose_time_runs_out_in_a_pause_are_hidden_and_stay(clock: ManualClock, run: Run) -> None:
    run("SET k v PX 10")
    run("CLIENT PAUSE 1000 WRITE")
    clock.advance(ms=20)
    assert run("GET k") is None
    assert run("DBSIZE") == 1
    assert run("CLIENT UNPAUSE") == OK
    assert run("GET k") is None
    assert run("DBSIZE") == 0


def test_unpausing_needs_no_waiting(engine: Engine, run: Run, other: Other) -> None:
    run("CLIENT PAUSE 100000 WRITE")
    assert other.run("INCR k") is BLOCKED
    assert run("CLIENT UNPAUSE") == OK
    assert other.heard.answers == [1]


def test_monitor_shows_a_command_that_waits_once(engine: Engine, run: Run, other: Other) -> None:
    other.run("MONITOR")
    waiting = Other(engine)
    assert waiting.run("BLPOP l 0") is BLOCKED
    run("RPUSH l a")
    lines = [bytes(line).split(b"] ", 1)[1] for line in other.heard.pushed if isinstance(line, Status)]
    assert lines == [b'"BLPOP" "l" "0"', b'"RPUSH" "l" "a"']


def test_monitor_shows_a_script_that_a_transaction_runs_ahead_of_its_calls(run: Run, other: Other) -> None:
    other.run("MONITOR")
    run("MULTI")
    run("""EVAL "return redis.call('INCR', 'n')" 0""")
    run("EXEC")
    lines = [bytes(line).split(b"] ", 1)[1] for line in other.heard.pushed if isinstance(line, Status)]
    assert lines == [b'"MULTI"', b'"EVAL" "return redis.call(\'INCR\', \'n\')" "0"', b'"INCR" "n"', b'"EXEC"']
