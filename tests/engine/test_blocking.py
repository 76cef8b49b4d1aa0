"""Waiting, with a command of the test's own: whoever waits is served in order, by the same handler."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

from redis_tui.engine.blocking import BLOCKED, Blocked
from redis_tui.engine.registry import Command
from redis_tui.engine.types.list import List
from redis_tui.resp.types import NULL_ARRAY, ErrorReply
from redis_tui.spec.command import CommandSpec
from tests.engine.outlet import Outlet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.engine.client import Client
    from redis_tui.engine.clock import ManualClock
    from redis_tui.engine.context import Ctx
    from redis_tui.engine.engine import Engine
    from redis_tui.resp.types import Reply
    from tests.engine.conftest import Run


def take(ctx: Ctx, args: Sequence[bytes]) -> Reply:
    """``TAKE key timeout-ms``: the first element, waited for."""
    key, timeout_ms = args
    items = ctx.edit(key, List)
    if items is None:
        return ctx.block([key], List, timeout_ms=int(timeout_ms), on_timeout=NULL_ARRAY, memo=b"first")
    element = items.pop_head()
    ctx.touched(key, "lpop")
    memo = ctx.client.blocked.memo if ctx.client.blocked else None
    return [key, element, memo if isinstance(memo, bytes) else None]


@pytest.fixture
def engine(engine: Engine) -> Engine:
    spec = CommandSpec(name="take", summary="", group="list", since="1.0.0", arity=3)
    engine.registry.commands["take"] = Command("take", take, lambda: spec)
    return engine


def waiter(engine: Engine, key: bytes = b"l", timeout_ms: int = 0) -> tuple[Client, Outlet]:
    client = engine.connect()
    outlet = Outlet()
    client.outlet = outlet
    assert engine.execute(client, [b"TAKE", key, b"%d" % timeout_ms]) is BLOCKED
    return client, outlet


def test_those_who_wait_longest_are_served_first(engine: Engine, run: Run) -> None:
    _, first = waiter(engine)
    _, second = waiter(engine)
    _, third = waiter(engine)
    assert run("RPUSH l a b") == 2
    assert first.answers == [[b"l", b"a", b"first"]]
    assert second.answers == [[b"l", b"b", b"first"]]
    assert third.answers == []
    assert run("EXISTS l") == 0


def test_waits_that_ended_leave_no_limits_behind(engine: Engine, run: Run) -> None:
    client, outlet = waiter(engine, timeout_ms=3_600_000)
    run("RPUSH l a")
    other, _ = waiter(engine, b"other", 5_000)
    for _ in range(500):
        engine.execute(client, [b"TAKE", b"l", b"3600000"])
        run("RPUSH l a")
    assert len(outlet.answers) == 501
    gc.collect()
    assert sum(isinstance(kept, Blocked) for kept in gc.get_objects()) < 100
    assert engine.blocking.next_deadline_ms() == engine.clock.now_us() // 1000 + 5_000
    assert other.blocked is not None


def test_a_fault_of_ours_is_told_to_the_one_who_waited_and_the_next_is_served(engine: Engine, run: Run) -> None:
    def fail(ctx: Ctx, args: Sequence[bytes]) -> Reply:
        if ctx.edit(args[0], List) is not None:
            raise ZeroDivisionError("no")
        return ctx.block([args[0]], List, timeout_ms=0, on_timeout=NULL_ARRAY)

    spec = CommandSpec(name="fail", summary="", group="list", since="1.0.0", arity=2)
    engine.registry.commands["fail"] = Command("fail", fail, lambda: spec)
    client = engine.connect()
    client.outlet = first = Outlet()
    assert engine.execute(client, [b"FAIL", b"l"]) is BLOCKED
    _, second = waiter(engine)
    assert run("RPUSH l a") == 1
    assert first.answers == [ErrorReply(b"ERR internal error, ZeroDivisionError: no")]
    assert client.blocked is None
    assert second.answers == [[b"l", b"a", b"first"]]


def test_nobody_waits_where_there_is_something(engine: Engine, run: Run) -> None:
    run("RPUSH l a")
    assert run("TAKE l 0") == [b"l", b"a", None]


def test_a_key_of_another_type_wakes_nobody(engine: Engine, run: Run) -> None:
    _, outlet = waiter(engine)
    run("SET l text")
    assert outlet.answers == []
    run("DEL l")
    run("RPUSH l a")
    assert outlet.answers == [[b"l", b"a", b"first"]]


def test_a_transaction_is_over_before_anybody_is_served(engine: Engine, run: Run) -> None:
    _, outlet = waiter(engine)
    run("MULTI")
    run("RPUSH l a")
    run("DEL l")
    assert run("EXEC") == [1, 1]
    assert outlet.answers == []


def test_a_key_that_ran_out_within_a_transaction_wakes_nobody(engine: Engine, clock: ManualClock, run: Run) -> None:
    def dawdle(_ctx: Ctx, _args: Sequence[bytes]) -> Reply:
        clock.advance(ms=200)
        return 1

    spec = CommandSpec("dawdle", "", "list", "1.0.0", arity=1)
    engine.registry.commands["dawdle"] = Command("dawdle", dawdle, lambda: spec)
    _, outlet = waiter(engine)
    for line in ("MULTI", "RPUSH l a", "PEXPIRE l 100", "DAWDLE"):
        run(line)
    assert run("EXEC") == [1, 1, 1]
    assert outlet.answers == []


def test_time_runs_out(engine: Engine, clock: ManualClock) -> None:
    _, outlet = waiter(engine, timeout_ms=50)
    assert engine.tick() == pytest.approx(0.05)
    clock.advance(ms=50)
    engine.tick()
    assert outlet.answers == [NULL_ARRAY]
    assert engine.stats.of("take").calls == 1
    assert not engine.blocking.clients


def test_inside_a_transaction_nobody_waits(engine: Engine, run: Run) -> None:
    run("MULTI")
    run("TAKE l 0")
    assert run("EXEC") == [NULL_ARRAY]


def test_whoever_leaves_waits_no_more(engine: Engine, run: Run) -> None:
    client, outlet = waiter(engine)
    engine.disconnect(client)
    assert run("RPUSH l a") == 1
    assert outlet.answers == []
    assert run("LLEN l") == 1


def test_unblocking_answers_as_a_timeout_or_with_an_error(engine: Engine) -> None:
    client, outlet = waiter(engine)
    assert engine.blocking.unblock(client, error=True)
    assert outlet.answers == [ErrorReply(b"UNBLOCKED client unblocked via CLIENT UNBLOCK")]
    assert not engine.blocking.unblock(client, error=False)


def test_what_is_served_can_serve_others(engine: Engine, run: Run) -> None:
    def give(ctx: Ctx, args: Sequence[bytes]) -> Reply:
        taken = take(ctx, args)
        if isinstance(taken, list):
            ctx.edit_or_new(b"other", List).push_tail([b"passed on"], ctx.config)
            ctx.touched(b"other", "rpush")
        return taken

    _, behind = waiter(engine, key=b"other")
    engine.registry.commands["take"].invoke = give
    waiter(engine)
    run("RPUSH l a")
    assert behind.answers == [[b"other", b"passed on", b"first"]]


def test_a_swap_of_databases_wakes(engine: Engine, run: Run) -> None:
    _, outlet = waiter(engine)
    run("SELECT 1")
    run("RPUSH l a")
    run("SWAPDB 0 1")
    assert outlet.answers == [[b"l", b"a", b"first"]]


def test_a_command_whose_time_was_up_is_in_the_slow_log_without_the_time_that_it_waited(
    engine: Engine, clock: ManualClock, run: Run
) -> None:
    run("CONFIG SET slowlog-log-slower-than 0")
    waiting = engine.connect()
    waiting.outlet = Outlet()
    engine.execute(waiting, [b"BLPOP", b"l", b"5"])
    clock.advance(ms=5001)
    engine.tick()
    (entry,) = engine.slowlog.newest(1)
    assert entry.argv == (b"BLPOP", b"l", b"5")
    assert entry.measure < 5_000_000
