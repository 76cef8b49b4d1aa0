"""maxmemory: what is refused, who goes, and what is told of uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from redis_tui.engine.config import Config
from redis_tui.engine.dialect import REDIS_7_2, REDIS_8
from redis_tui.engine.engine import Engine
from redis_tui.engine.memory import STARTUP
from redis_tui.resp.types import OK, ErrorReply

if TYPE_CHECKING:
    from pathlib import Path

    from redis_tui.engine.clock import ManualClock
    from tests.engine.conftest import Run

OOM = ErrorReply(b"OOM command not allowed when used memory > 'maxmemory'.")


def fill(run: Run, count: int) -> None:
    for number in range(count):
        run(f"SET k{number} {'x' * 1000}")


def used(engine: Engine) -> int:
    return engine.eviction.dataset()


def test_without_eviction_what_could_grow_is_refused(run: Run) -> None:
    run("SET k v")
    run("CONFIG SET maxmemory 1")
    assert run("SET k w") == OOM
    assert run("GET k") == b"v"
    assert run("DEL k") == 1
    run("CONFIG SET maxmemory 0")
    assert run("SET k w") == OK


def test_a_script_may_finish_what_it_began_and_begin_nothing_else(run: Run) -> None:
    run("SET k v")
    run("CONFIG SET maxmemory 1")
    refused = run("""EVAL "return redis.call('SET', 'k', 'w')" 0""")
    assert isinstance(refused, ErrorReply)
    assert refused.line.startswith(OOM.line)
    assert run("""EVAL "redis.call('DEL', 'k') return redis.call('SET', 'k', 'w')" 0""") == OK


@pytest.mark.parametrize("policy", ["allkeys-lru", "allkeys-lfu", "allkeys-random"])
def test_keys_go_until_the_limit_holds(engine: Engine, run: Run, policy: str) -> None:
    run(f"CONFIG SET maxmemory-policy {policy} maxmemory {STARTUP + 40000}")
    fill(run, 100)
    engine.eviction.make_room()
    assert used(engine) <= 40000
    assert engine.eviction.evicted > 50
    assert run("DBSIZE") == 100 - engine.eviction.evicted


@pytest.mark.parametrize("policy", ["volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl"])
def test_only_what_has_a_time_to_live_goes(engine: Engine, run: Run, policy: str) -> None:
    run("SET stays for-good")
    for number in range(20):
        run(f"SET k{number} {'x' * 1000} EX {1000 + number}")
    run(f"CONFIG SET maxmemory-policy {policy} maxmemory 1")
    assert run("SET more v") == OOM
    assert run("KEYS *") == [b"stays"]


def test_what_was_not_used_for_longest_goes_first(engine: Engine, clock: ManualClock, run: Run) -> None:
    fill(run, 4)
    clock.advance(ms=5000)
    engine.expire_cycle()
    run("GET k1")
    run("GET k3")
    run("CONFIG SET maxmemory-policy allkeys-lru")
    run(f"CONFIG SET maxmemory {used_for(engine, 2)}")
    run("PING")
    assert sorted(run("KEYS *")) == [b"k1", b"k3"]  # type: ignore[type-var, arg-type]  # a list of names


def used_for(engine: Engine, count: int) -> int:
    """A limit that holds this many of the keys of `fill`."""
    engine.eviction.limit = 1
    engine.eviction.recount()
    each = engine.eviction.dataset() // len(engine.space.databases[0])
    engine.eviction.limit = 0
    return STARTUP + each * count + each // 2


def test_what_was_used_least_goes_first(engine: Engine, run: Run) -> None:
    run("CONFIG SET maxmemory-policy allkeys-lfu lfu-log-factor 0")
    fill(run, 3)
    for _ in range(20):
        run("GET k0")
        run("GET k2")
    assert run("OBJECT FREQ k0") == 25
    assert run("OBJECT FREQ k1") == 5
    run(f"CONFIG SET maxmemory {used_for(engine, 2)}")
    run("PING")
    assert sorted(run("KEYS *")) == [b"k0", b"k2"]  # type: ignore[type-var, arg-type]  # a list of names


def test_idle_time_begins_anew_with_each_use(engine: Engine, clock: ManualClock, run: Run) -> None:
    run("SET k v")
    clock.advance(ms=7000)
    engine.expire_cycle()
    assert run("OBJECT IDLETIME k") == 7
    run("TTL k")
    assert run("OBJECT IDLETIME k") == 7
    run("TOUCH k")
    assert run("OBJECT IDLETIME k") == 0
    clock.advance(ms=3000)
    engine.expire_cycle()
    run("LPUSH k x")  # another type: looked at all the same
    assert run("OBJECT IDLETIME k") == 0
    assert run("OBJECT IDLETIME missing") is None


def test_frequency_fades(engine: Engine, clock: ManualClock, run: Run) -> None:
    run("CONFIG SET maxmemory-policy allkeys-lfu")
    run("SET k v")
    assert run("OBJECT FREQ k") == 5
    clock.advance(ms=180_000)
    engine.expire_cycle()
    assert run("OBJECT FREQ k") == 2


def test_swapped_and_flushed_databases_are_counted_anew(engine: Engine, run: Run) -> None:
    run("CONFIG SET maxmemory 100mb")
    fill(run, 3)
    before = used(engine)
    run("SWAPDB 0 1")
    assert used(engine) == before
    run("FLUSHALL")
    assert used(engine) == 0


def test_what_is_loaded_is_counted(tmp_path: Path) -> None:
    engine = Engine(config=Config(REDIS_8, dir=str(tmp_path), maxmemory="100mb"))
    client = engine.connect()
    engine.execute(client, [b"SET", b"k", b"v" * 1000])
    before = used(engine)
    assert before > 1000
    assert engine.execute(client, [b"DEBUG", b"RELOAD"]) == OK
    assert used(engine) == before


def test_nothing_goes_while_a_pause_hides_what_has_run_out(clock: ManualClock, engine: Engine, run: Run) -> None:
    run(f"SET k {'v' * 10_000} PX 100")
    run("CONFIG SET maxmemory-policy volatile-ttl")
    run("CLIENT PAUSE 1000 WRITE")
    clock.advance(ms=500)
    run("CONFIG SET maxmemory 1")
    assert run("GET k") is None
    assert run("DBSIZE") == 1
    clock.advance(ms=1000)
    engine.tick()
    assert run("GET k") is None
    assert run("DBSIZE") == 0


def test_a_limit_that_is_set_holds_without_another_command(engine: Engine, run: Run) -> None:
    fill(run, 3)
    run("CONFIG SET maxmemory-policy allkeys-random maxmemory 1")
    engine.expire_cycle()
    assert len(engine.space.databases[0]) == 0


def test_numbers_are_not_shared_while_ages_decide_who_goes() -> None:
    engine = Engine(dialect=REDIS_7_2)
    client = engine.connect()
    engine.execute(client, [b"SET", b"k", b"1"])
    assert engine.execute(client, [b"OBJECT", b"REFCOUNT", b"k"]) == 2**31 - 1
    engine.execute(client, [b"CONFIG", b"SET", b"maxmemory", b"1gb", b"maxmemory-policy", b"allkeys-lru"])
    assert engine.execute(client, [b"OBJECT", b"REFCOUNT", b"k"]) == 1
