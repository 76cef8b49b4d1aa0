"""`Engine.execute`: gates in their order, counting, time, the active expiry cycle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.engine.dialect import REDIS_7_2, VALKEY_9
from redis_tui.engine.engine import Engine
from redis_tui.resp.types import OK, PONG, QUEUED, ErrorReply

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from redis_tui.engine.client import Client
    from redis_tui.engine.clock import ManualClock
    from redis_tui.resp.types import Reply

    Run = Callable[[str], Reply]


def test_names_are_taken_in_any_case(run: Run) -> None:
    assert run("PiNg") == PONG
    assert run("client GETNAME") is None


def test_an_unknown_command_shows_128_bytes_of_its_arguments(run: Run) -> None:
    assert run("FOO a b") == ErrorReply(b"ERR unknown command 'FOO', with args beginning with: 'a' 'b' ")
    reply = run(f"FOO {'x' * 200} y")
    assert reply == ErrorReply(b"ERR unknown command 'FOO', with args beginning with: '%b' " % (b"x" * 128))


def test_an_unknown_subcommand_points_to_help(run: Run) -> None:
    assert run("CLIENT FOO") == ErrorReply(b"ERR unknown subcommand 'FOO'. Try CLIENT HELP.")
    assert run("CLIENT") == ErrorReply(b"ERR wrong number of arguments for 'client' command")


def test_errors_are_values_and_are_counted(run: Run, engine: Engine) -> None:
    run("SET k v")
    run("INCR k")
    run("FOO")
    assert engine.stats.errors == {"ERR": 2}


def test_each_client_has_its_own_database_and_protocol(engine: Engine) -> None:
    one, two = engine.connect(), engine.connect()
    engine.execute(one, [b"SELECT", b"1"])
    engine.execute(one, [b"HELLO", b"3"])
    engine.execute(one, [b"SET", b"k", b"v"])
    assert engine.execute(two, [b"GET", b"k"]) is None
    assert (one.ctx.resp, two.ctx.resp) == (3, 2)
    assert one.id != two.id


def test_a_command_that_has_no_place_in_its_dialect_is_unknown() -> None:
    for dialect, is_known in ((REDIS_7_2, False), (VALKEY_9, True)):
        engine = Engine(dialect=dialect)
        reply = engine.execute(engine.connect(), [b"HEXPIRE", b"h", b"1", b"FIELDS", b"1", b"f"])
        unknown = isinstance(reply, ErrorReply) and reply.line.startswith(b"ERR unknown command")
        has_it = engine.registry.find(b"HEXPIRE") is not None
        assert unknown != has_it
        assert is_known or not has_it


def test_shutdown_is_not_queued(run: Run) -> None:
    run("MULTI")
    assert run("SHUTDOWN NOSAVE") == ErrorReply(b"ERR Command not allowed inside a transaction")


def test_a_busy_script_lets_few_commands_through(engine: Engine, client: Client) -> None:
    engine.scripts.note_busy()
    refused = engine.execute(client, [b"GET", b"k"])
    assert isinstance(refused, ErrorReply)
    assert refused.line.startswith(b"BUSY Redis is busy running a script.")
    assert engine.execute(client, [b"MULTI"]) == OK
    assert engine.execute(client, [b"GET", b"k"]) == refused
    engine.scripts.busy = False
    engine.refresh()
    assert engine.execute(client, [b"GET", b"k"]) == QUEUED
    aborted = ErrorReply(b"EXECABORT Transaction discarded because of previous errors.")
    assert engine.execute(client, [b"EXEC"]) == aborted


def test_exec_while_busy_discards(engine: Engine, client: Client) -> None:
    engine.execute(client, [b"MULTI"])
    engine.scripts.note_busy()
    reply = engine.execute(client, [b"EXEC"])
    assert isinstance(reply, ErrorReply)
    assert reply.line.startswith(b"EXECABORT Transaction discarded because of: BUSY Redis is busy")
    assert client.transaction is None


def test_time_moves_between_commands(run: Run, clock: ManualClock) -> None:
    run("SET k v PX 100")
    clock.advance(ms=40)
    assert run("PTTL k") == 60
    clock.advance(ms=60)
    assert run("GET k") is None


def test_the_cycle_removes_what_is_due_unread(run: Run, engine: Engine, clock: ManualClock) -> None:
    for number in range(500):
        run(f"SET k{number} v PX 10")
    run("SET stays v EX 100")
    clock.advance(ms=11)
    assert run("DBSIZE") == 501
    while engine.expire_cycle():
        pass
    assert engine.space.databases[0].live_keys() == [b"stays"]


def test_the_cycle_waits_while_time_stands_still(run: Run, engine: Engine, clock: ManualClock) -> None:
    run("SET k v PX 10")
    clock.advance(ms=11)
    engine.time_frozen = True
    assert engine.expire_cycle() == 0


def test_the_cycle_breaks_watches(run: Run, engine: Engine, client: Client, clock: ManualClock) -> None:
    run("SET k v PX 10")
    run("WATCH k")
    clock.advance(ms=11)
    engine.expire_cycle()
    assert client.watch_broken


def test_a_client_that_left_is_forgotten(run: Run, engine: Engine, client: Client) -> None:
    run("EVAL 'return 1' 0")
    engine.disconnect(client)
    assert engine.clients == {}
    assert client.closing


def test_slow_commands_are_told_from_quick_ones(run: Run, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(0, 10**12, 20_000_000))  # each look at the stopwatch is 20 ms later
    monkeypatch.setattr("redis_tui.engine.engine.perf_counter_ns", lambda: next(ticks))
    run("SET k v")
    assert [entry.argv for entry in engine.slowlog.newest(-1)] == [(b"SET", b"k", b"v")]
    run("CONFIG SET slowlog-log-slower-than 20001")
    run("GET k")
    assert len(engine.slowlog) == 1
