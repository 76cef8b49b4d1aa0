"""Streams, where a transcript cannot say it: the clock, waiting, events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from redis_tui.engine.blocking import BLOCKED
from redis_tui.engine.journal import Journal
from redis_tui.resp.types import NULL_ARRAY, ErrorReply, Map
from tests.engine.outlet import Outlet

if TYPE_CHECKING:
    from redis_tui.engine.clock import ManualClock
    from redis_tui.engine.engine import Engine
    from tests.engine.conftest import Run


def waiter(engine: Engine, line: str) -> Outlet:
    client = engine.connect()
    outlet = Outlet()
    client.outlet = outlet
    assert engine.execute(client, line.encode().split()) is BLOCKED
    return outlet


def test_ids_come_from_the_engines_clock(run: Run, clock: ManualClock) -> None:
    first = run("XADD s * f v")
    now_ms = clock.now_us() // 1000
    assert first == b"%d-0" % now_ms
    assert run("XADD s * f v") == b"%d-1" % now_ms
    clock.advance(ms=5)
    assert run("XADD s * f v") == b"%d-0" % (now_ms + 5)


def test_what_is_pending_tells_how_long_ago_it_was_given(run: Run, clock: ManualClock) -> None:
    run("XADD s 1-0 f v")
    run("XGROUP CREATE s g 0")
    run("XREADGROUP GROUP g alice STREAMS s >")
    clock.advance(ms=40)
    assert run("XPENDING s g - + 10") == [[b"1-0", b"alice", 40, 1]]
    assert run("XPENDING s g IDLE 41 - + 10") == []
    assert run("XCLAIM s g bob 41 1-0") == []
    assert run("XCLAIM s g bob 40 1-0 IDLE 15 JUSTID") == [b"1-0"]
    assert run("XPENDING s g - + 10") == [[b"1-0", b"bob", 15, 1]]
    consumers = run("XINFO CONSUMERS s g")
    assert consumers == [
        Map([(b"name", b"alice"), (b"pending", 0), (b"idle", 40), (b"inactive", 40)]),
        Map([(b"name", b"bob"), (b"pending", 1), (b"idle", 0), (b"inactive", 0)]),
    ]


def test_a_reader_that_waits_for_what_is_new_gets_the_entry_that_woke_it(engine: Engine, run: Run) -> None:
    run("XADD s 1-0 f v")
    outlet = waiter(engine, "XREAD BLOCK 0 STREAMS s t $ $")
    run("XADD other 2-0 f v")
    assert outlet.answers == []
    run("XADD s 2-0 f v")
    assert outlet.answers == [[[b"s", [[b"2-0", [b"f", b"v"]]]]]]


def test_consumers_that_wait_share_what_comes(engine: Engine, run: Run) -> None:
    run("XGROUP CREATE s g $ MKSTREAM")
    first = waiter(engine, "XREADGROUP GROUP g alice BLOCK 0 STREAMS s >")
    second = waiter(engine, "XREADGROUP GROUP g bob BLOCK 0 STREAMS s >")
    run("XADD s 1-0 f v")
    assert first.answers == [[[b"s", [[b"1-0", [b"f", b"v"]]]]]]
    assert second.answers == []
    run("XADD s 2-0 f v")
    assert second.answers == [[[b"s", [[b"2-0", [b"f", b"v"]]]]]]
    assert run("XPENDING s g") == [2, b"1-0", b"2-0", [[b"alice", b"1"], [b"bob", b"1"]]]


@pytest.mark.parametrize(
    ("line", "code"),
    [("DEL s", "NOGROUP"), ("XGROUP DESTROY s g", "NOGROUP"), ("SET s text", "WRONGTYPE"), ("FLUSHALL", "NOGROUP")],
)
def test_a_consumer_does_not_wait_for_what_is_gone(engine: Engine, run: Run, line: str, code: str) -> None:
    run("XGROUP CREATE s g $ MKSTREAM")
    outlet = waiter(engine, "XREADGROUP GROUP g alice BLOCK 0 STREAMS s >")
    run(line)
    assert len(outlet.answers) == 1
    reply = outlet.answers[0]
    assert isinstance(reply, ErrorReply)
    assert reply.code == code


def test_a_plain_reader_goes_on_waiting_for_a_key_that_is_gone(engine: Engine, run: Run, clock: ManualClock) -> None:
    run("XADD s 1-0 f v")
    outlet = waiter(engine, "XREAD BLOCK 50 STREAMS s $")
    run("DEL s")
    run("SET s text")
    assert outlet.answers == []
    clock.advance(ms=60)
    engine.tick()
    assert outlet.answers == [NULL_ARRAY]


def test_events_are_those_of_a_server(engine: Engine, run: Run) -> None:
    heard: list[str] = []
    engine.space.listen(lambda _db, event, _key: heard.append(event))
    run("XADD s MAXLEN 1 1-0 f v")
    run("XADD s MAXLEN 1 2-0 f v")
    run("XGROUP CREATE s g 0")
    run("XREADGROUP GROUP g alice STREAMS s >")
    run("XACK s g 2-0")
    run("XGROUP DELCONSUMER s g alice")
    run("XGROUP SETID s g 0")
    run("XDEL s 2-0")
    run("XGROUP DESTROY s g")
    assert heard == [
        *("xadd", "xadd", "xtrim", "xgroup-create", "xgroup-createconsumer"),
        *("xgroup-delconsumer", "xgroup-setid", "xdel", "xgroup-destroy"),
    ]


def test_a_journal_puts_a_group_back_as_it_was(engine: Engine, run: Run) -> None:
    run("XADD s 1-0 f v")
    run("XGROUP CREATE s g 0")
    journal = Journal()
    engine.space.open_journal(journal)
    run("XREADGROUP GROUP g alice STREAMS s >")
    run("XADD s 2-0 f v")
    engine.space.close_journal()
    journal.rollback()
    assert run("XLEN s") == 1
    assert run("XPENDING s g") == [0, None, None, NULL_ARRAY]
