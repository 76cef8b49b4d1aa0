"""Counters: errors by code with their limits, and what scripts' calls leave behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from redis_tui.engine.dialect import REDIS_7_2, REDIS_8, VALKEY_9, Dialect
from redis_tui.engine.engine import Engine
from redis_tui.engine.stats import Stats
from redis_tui.resp.types import OK, Verbatim

if TYPE_CHECKING:
    from tests.engine.conftest import Run


@pytest.mark.parametrize(
    ("dialect", "kept", "overflow"),
    [(REDIS_7_2, 200, None), (REDIS_8, 1, "ERRORSTATS_DISABLED"), (VALKEY_9, 129, "ERRORSTATS_OVERFLOW")],
)
def test_each_server_has_its_own_limit_of_error_codes(dialect: Dialect, kept: int, overflow: str | None) -> None:
    stats = Stats(dialect)
    for number in range(200):
        stats.note_error(f"E{number}")
    assert len(stats.errors) == kept
    assert overflow is None or overflow in stats.errors
    assert stats.error_replies == 200
    stats.reset()
    stats.note_error("ERR")
    assert (stats.errors, stats.error_replies) == ({"ERR": 1}, 1)


def test_calls_of_scripts_are_counted_where_they_belong() -> None:
    engine = Engine()
    client = engine.connect()
    engine.execute(client, [b"SET", b"s", b"x"])
    loop = b"for i = 1, 100 do redis.call('GET', 's') end redis.call('CONFIG', 'GET', 'hz')"
    engine.execute(client, [b"EVAL", loop, b"0"])
    assert engine.stats.of("get").calls == 100
    assert engine.stats.commands == 102


def test_an_error_that_a_script_lets_pass_counts_once() -> None:
    engine = Engine()
    client = engine.connect()
    engine.execute(client, [b"SET", b"s", b"x"])
    engine.execute(client, [b"EVAL", b"return redis.call('LPUSH', 's', 'a')", b"0"])
    assert engine.stats.errors == {"WRONGTYPE": 1}
    assert [engine.stats.of(name).failed for name in ("lpush", "eval")] == [1, 1]
    engine.execute(client, [b"EVAL", b"redis.pcall('LPUSH', 's') return redis.error_reply('MY own')", b"0"])
    assert engine.stats.errors == {"WRONGTYPE": 1, "ERR": 1, "MY": 1}
    assert (engine.stats.of("lpush").calls, engine.stats.of("lpush").rejected) == (1, 1)


def test_resetstat_leaves_the_counters_that_lanes_hold() -> None:
    engine = Engine()
    client = engine.connect()
    script = [b"EVAL", b"return redis.call('GET', 's')", b"0"]
    engine.execute(client, script)
    engine.stats.reset()
    engine.execute(client, script)
    assert engine.stats.of("get").calls == 1


def test_the_busiest_turn_is_remembered() -> None:
    stats = Stats(REDIS_8)
    for calls, taken_ns in ((3, 5000), (1, 9000)):
        stats.calls_this_cycle = calls
        stats.note_cycle(taken_ns)
    assert (stats.cycles, stats.cycles_ns) == (2, 14000)
    assert (stats.longest_cycle_ns, stats.most_calls_in_cycle) == (9000, 3)


def test_what_only_scripts_call_has_a_latency_too_also_after_the_counts_began_anew(run: Run) -> None:
    for _ in range(2):
        assert run("CONFIG RESETSTAT") == OK
        for _ in range(20):
            run("""EVAL "redis.call('SET', 'k', 1) return redis.call('GET', 'k')" 0""")
        shown = run("INFO latencystats commandstats")
        assert isinstance(shown, Verbatim)
        text = shown.text.decode()
        assert "latency_percentiles_usec_get:p50=" in text
        assert "latency_percentiles_usec_set:p50=" in text
        assert "cmdstat_get:calls=20," in text
