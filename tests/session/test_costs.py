"""What a run took: instructions, memory, keys, and what a cluster would say to them."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from redis_tui.session.base import Capability, ScriptRun, TouchedKey

if TYPE_CHECKING:
    import pytest

    from redis_tui.session.base import Session


async def test_a_small_script_is_counted_to_the_instruction(embedded: Session) -> None:
    one = await embedded.run(ScriptRun(b"local n = 0 for i = 1, 10 do n = n + i end return n"))
    more = await embedded.run(ScriptRun(b"local n = 0 for i = 1, 30 do n = n + i end return n"))
    assert one.instructions is not None
    assert more.instructions == one.instructions + 20 * 2  # an addition and the loop's own


async def test_what_redis_call_does_is_not_counted(embedded: Session) -> None:
    without = await embedded.run(ScriptRun(b"local f = redis.status_reply for i = 1, 5 do local x = tostring(i) end"))
    source = b"local f = redis.status_reply for i = 1, 5 do local x = redis.call('LRANGE', 'l', 0, -1) end"
    with_call = await embedded.run(ScriptRun(source))
    # Each turn: two more look-ups and constants for the table, the call's name and its four arguments instead of one.
    assert without.instructions is not None
    assert with_call.instructions == without.instructions + 5 * 4


async def test_the_memory_peak_is_what_the_script_held(embedded: Session) -> None:
    small = await embedded.run(ScriptRun(b"return 1"))
    large = await embedded.run(
        ScriptRun(b"local t = {} for i = 1, 1000 do t[i] = ('x'):rep(1000, i) .. i end return #t")
    )
    again = await embedded.run(ScriptRun(b"return 1"))
    assert small.memory_peak is not None
    assert small.memory_peak < 4096
    assert large.memory_peak is not None
    assert 1_000_000 < large.memory_peak < 4_000_000
    assert again.memory_peak is not None
    assert again.memory_peak < 4096


async def test_a_run_that_asks_for_no_costs_has_none(embedded: Session) -> None:
    outcome = await embedded.run(ScriptRun(b"return redis.call('GET', 'k')", costs=False))
    assert (outcome.instructions, outcome.memory_peak, outcome.touched) == (None, None, ())


async def test_keys_are_told_in_the_order_of_their_first_mention(embedded: Session) -> None:
    source = b"""
        redis.call('GET', KEYS[1])
        redis.pcall('COPY', KEYS[1], 'made')
        redis.call('SET', KEYS[1], 1)
        return redis.call('EXISTS', 'one', 'two')
    """
    outcome = await embedded.run(ScriptRun(source, (b"k",)))
    assert outcome.touched == (
        TouchedKey(b"k", 7629, declared=True, written=True),
        TouchedKey(b"made", 14306, declared=False, written=True),
        TouchedKey(b"one", 9084, declared=False, written=False),
        TouchedKey(b"two", 2127, declared=False, written=False),
    )
    assert outcome.touched_total == 4


async def test_a_traced_run_is_counted_alike(embedded: Session) -> None:
    run = ScriptRun(b"local x = redis.call('GET', KEYS[1])\nreturn redis.pcall('LLEN', KEYS[1])", (b"k",))
    plain = await embedded.run(run)
    traced = await embedded.run(ScriptRun(run.source, run.keys, trace=True))
    assert plain.instructions == traced.instructions
    assert plain.touched == traced.touched
    assert [row.line for row in traced.trace] == [1, 2]


async def test_a_server_tells_of_declared_keys_only(remote: Session) -> None:
    source = b"redis.call('SET', KEYS[1], 1) return redis.call('GET', 'other')"
    outcome = await remote.run(ScriptRun(source, (b"{a}1", b"{a}2")))
    assert Capability.COSTS not in remote.info.capabilities
    assert outcome.instructions is None
    assert outcome.touched == (
        TouchedKey(b"{a}1", 15495, declared=True, written=True),
        TouchedKey(b"{a}2", 15495, declared=True, written=None),
    )


async def test_a_server_whose_keys_were_not_compared_is_not_said_to_have_read_them(remote: Session) -> None:
    outcome = await remote.run(ScriptRun(b"return redis.call('INCR', KEYS[1])", (b"k",), changes=False))
    assert outcome.touched == (TouchedKey(b"k", 7629, declared=True, written=None),)


async def test_keys_in_two_slots_are_warned_of(session: Session) -> None:
    outcome = await session.run(ScriptRun(b"return redis.call('MGET', unpack(KEYS))", (b"a", b"b", b"{a}2")))
    assert not any("cluster" in note for note in outcome.notes)
    assert outcome.cluster_notes[0] == (
        "Would fail in a cluster: the keys a and b hash to different slots (15495 and 3300); "
        "a common part in braces, as in {user}:1, puts keys into one slot."
    )
    together = await session.run(ScriptRun(b"return redis.call('MGET', unpack(KEYS))", (b"{a}1", b"{a}2")))
    assert together.cluster_notes == ()


async def test_keys_that_were_not_declared_are_warned_of(embedded: Session) -> None:
    outcome = await embedded.run(ScriptRun(b"return redis.call('GET', 'b')", (b"a",)))
    assert outcome.cluster_notes == ("May fail in a cluster: b was not passed in KEYS and may lie on another node.",)
    same_slot = await embedded.run(ScriptRun(b"return redis.call('GET', '{a}b')", (b"a",)))
    assert same_slot.cluster_notes == ()


async def test_a_run_that_was_killed_within_a_failing_call_leaves_the_next_one_its_calls(embedded: Session) -> None:
    for _ in range(3):
        killed = await embedded.run(ScriptRun(b"while true do pcall(redis.call, 'nope') end", timeout_ms=5))
        assert killed.timed_out
        assert (await embedded.run(ScriptRun(b"return redis.call('ECHO', 'x')"))).reply == b"x"


async def test_killed_and_failing_runs_leave_the_gauge_in_order(embedded: Session) -> None:
    first = await embedded.run(ScriptRun(b"return redis.call('GET', 'k')"))
    failing = await embedded.run(ScriptRun(b"redis.call('SET', 'k', 1) return redis.call('LLEN', 'k')"))
    killed = await embedded.run(ScriptRun(b"while true do redis.pcall('GET', 'k') end", timeout_ms=30))
    again = await embedded.run(ScriptRun(b"return redis.call('GET', 'k')"))
    assert failing.error is not None
    assert failing.error.line == 1
    assert killed.timed_out
    assert killed.instructions is not None
    assert killed.instructions > 1000
    assert again.instructions == first.instructions


async def test_the_time_of_a_run_is_told_without_what_noting_its_keys_took(
    embedded: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = itertools.count(0, 1_000_000_000)
    monkeypatch.setattr("redis_tui.engine.touch.perf_counter_ns", lambda: next(seconds))
    outcome = await embedded.run(ScriptRun(b"return redis.call('GET', 'k')"))
    assert outcome.duration_ms == 0  # all of it, and more, was spent on noting


async def test_coroutines_are_counted(embedded: Session) -> None:
    source = b"""
        local n = 0
        for i = 1, 300 do
          coroutine.wrap(function() for k = 1, 100 do n = n + 1 end redis.call('GET', 'k') end)()
        end
        return n
    """
    outcome = await embedded.run(ScriptRun(source))
    assert outcome.reply == 30_000
    assert outcome.instructions is not None
    assert 0.9 * 4 * 30_000 < outcome.instructions < 1.1 * 4 * 30_000


async def test_a_long_loop_is_counted_within_some_per_cent_though_it_is_interrupted(embedded: Session) -> None:
    turns = 20_000
    outcome = await embedded.run(ScriptRun(b"for i = 1, %d do redis.call('INCR', KEYS[1]) end" % turns, (b"n",)))
    assert outcome.instructions is not None
    assert 0.95 * 7 * turns < outcome.instructions < 1.05 * 7 * turns
