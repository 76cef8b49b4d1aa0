"""Lists and sorted sets that are waited for: who is served when, with what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.engine.blocking import BLOCKED
from redis_tui.resp.inline import split_inline
from redis_tui.resp.types import NULL_ARRAY, ErrorReply
from tests.engine.outlet import Outlet

if TYPE_CHECKING:
    from redis_tui.engine.clock import ManualClock
    from redis_tui.engine.engine import Engine
    from tests.engine.conftest import Run


def waits(engine: Engine, line: str) -> Outlet:
    client = engine.connect()
    outlet = Outlet()
    client.outlet = outlet
    assert engine.execute(client, split_inline(line.encode())) is BLOCKED
    return outlet


def test_a_push_serves_those_who_wait_in_their_order(engine: Engine, run: Run) -> None:
    first, second = waits(engine, "BLPOP l 0"), waits(engine, "BRPOP other l 0")
    assert run("RPUSH l a b c") == 3
    assert first.answers == [[b"l", b"a"]]
    assert second.answers == [[b"l", b"c"]]
    assert run("LRANGE l 0 -1") == [b"b"]


def test_a_key_of_the_wrong_type_leaves_a_waiter_waiting(engine: Engine, run: Run) -> None:
    outlet = waits(engine, "BLPOP l 0")
    run("ZADD l 1 a")
    run("DEL l")
    assert outlet.answers == []
    run("RPUSH l a")
    assert outlet.answers == [[b"l", b"a"]]


def test_blmove_onto_a_wrong_type_fails_once_it_is_served(engine: Engine, run: Run) -> None:
    run("SET target text")
    outlet = waits(engine, "BLMOVE l target LEFT RIGHT 0")
    run("RPUSH l a")
    assert outlet.answers == [ErrorReply(b"WRONGTYPE Operation against a key holding the wrong kind of value")]
    assert run("LRANGE l 0 -1") == [b"a"]


def test_moves_that_wait_for_each_other_pass_an_element_on(engine: Engine, run: Run) -> None:
    last = waits(engine, "BLMOVE two three LEFT RIGHT 0")
    first = waits(engine, "BRPOPLPUSH one two 0")
    run("RPUSH one a")
    assert (first.answers, last.answers) == ([b"a"], [b"a"])
    assert run("LRANGE three 0 -1") == [b"a"]


def test_a_timeout_answers_a_null_array(engine: Engine, clock: ManualClock) -> None:
    lines = (
        "BLPOP l 0.05",
        "BLMOVE l m LEFT LEFT 0.05",
        "BLMPOP 0.05 1 l LEFT",
        "BZPOPMIN z 0.05",
        "BZMPOP 0.05 1 z MAX",
    )
    outlets = [waits(engine, line) for line in lines]
    clock.advance(ms=50)
    engine.tick()
    assert [outlet.answers for outlet in outlets] == [[NULL_ARRAY]] * 5


def test_sorted_sets_are_waited_for_like_lists(engine: Engine, run: Run) -> None:
    lowest, highest = waits(engine, "BZPOPMIN z 0"), waits(engine, "BZPOPMAX z 0")
    several = waits(engine, "BZMPOP 0 2 y z MIN COUNT 10")
    run("ZADD z 1 a 2 b 3 c 4 d")
    assert lowest.answers == [[b"z", b"a", 1.0]]
    assert highest.answers == [[b"z", b"d", 4.0]]
    assert several.answers == [[b"z", [[b"b", 2.0], [b"c", 3.0]]]]
    assert run("EXISTS z") == 0
