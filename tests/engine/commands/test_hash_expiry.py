"""Fields with a time to live: when they go, and who is told. Refusals are in the transcript hash-expiry."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from redis_tui.engine.dialect import VALKEY_9
from redis_tui.engine.engine import Engine
from redis_tui.engine.journal import Journal
from redis_tui.resp.inline import split_inline
from redis_tui.resp.types import ErrorReply, Map, Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis_tui.engine.clock import ManualClock
    from tests.engine.conftest import Run


@pytest.fixture
def told(engine: Engine) -> list[str]:
    return listen(engine)


def listen(engine: Engine) -> list[str]:
    events: list[str] = []
    engine.space.listen(lambda _db, event, _key: events.append(event))
    return events


@pytest.fixture
def valkey(clock: ManualClock) -> Engine:
    return Engine(dialect=VALKEY_9, clock=clock, seed=1)


@pytest.fixture
def run_valkey(valkey: Engine) -> Callable[[str], Reply]:
    client = valkey.connect()
    return lambda line: valkey.execute(client, split_inline(line.encode()))


def test_a_field_whose_time_ran_out_is_missing_to_whoever_reads(run: Run, clock: ManualClock) -> None:
    run("HSET h a 1 b 2 c 3")
    assert run("HPEXPIRE h 50 FIELDS 1 a") == [1]
    clock.advance(ms=49)
    assert run("HMGET h a b") == [b"1", b"2"]
    clock.advance(ms=1)
    assert run("HGETALL h") == Map([(b"b", b"2"), (b"c", b"3")])
    assert run("HKEYS h") == [b"b", b"c"]
    assert run("HVALS h") == [b"2", b"3"]
    assert run("HSCAN h 0") == [b"0", [b"b", b"2", b"c", b"3"]]
    assert run("HTTL h FIELDS 1 a") == [-2]
    assert run("HLEN h") == 3
    assert run("HGET h a") is None
    assert run("HLEN h") == 2


def test_reading_lets_due_fields_lapse_and_the_key_with_the_last(run: Run, clock: ManualClock, told: list[str]) -> None:
    run("HSET h a 1 b 2")
    run("HPEXPIRE h 50 FIELDS 2 a b")
    clock.advance(ms=50)
    told.clear()
    assert run("EXISTS h") == 1
    assert run("HMGET h a b") == [None, None]
    assert told == ["hexpired", "del"]
    assert run("EXISTS h") == 0


def test_the_active_cycle_removes_fields_that_nobody_reads(
    engine: Engine, run: Run, clock: ManualClock, told: list[str]
) -> None:
    run("HSET h a 1 b 2 c 3")
    run("HPEXPIRE h 50 FIELDS 2 a b")
    run("RENAME h other")
    clock.advance(ms=50)
    told.clear()
    engine.expire_cycle()
    assert told == ["hexpired"]
    assert run("HLEN other") == 1
    assert engine.space.expired_fields == 2
    run("HPEXPIRE other 50 FIELDS 1 c")
    clock.advance(ms=50)
    engine.expire_cycle()
    assert run("DBSIZE") == 0


def test_a_write_of_a_due_field_begins_anew(run: Run, clock: ManualClock, told: list[str]) -> None:
    run("HSET h n 41 keep 1")
    run("HPEXPIRE h 50 FIELDS 1 n")
    clock.advance(ms=50)
    told.clear()
    assert run("HINCRBY h n 1") == 1
    assert told == ["hexpired", "hincrby"]
    assert run("HTTL h FIELDS 1 n") == [-1]


def test_redis_overwrites_and_revives_what_is_due(run: Run, clock: ManualClock) -> None:
    run("HSET h a 1 b 2 c 3 keep 1")
    run("HPEXPIRE h 50 FIELDS 3 a b c")
    clock.advance(ms=50)
    assert run("HSET h a 9") == 0
    assert run("HEXPIRE h 100 FIELDS 1 b") == [1]
    assert run("HGET h b") == b"2"
    assert run("HPERSIST h FIELDS 1 c") == [-2]
    assert run("HDEL h c") == 1


def test_valkey_hides_what_is_due_until_the_active_cycle(valkey: Engine, run_valkey: Run, clock: ManualClock) -> None:
    run_valkey("HSET h a 1 b 2 c 3 keep 1")
    run_valkey("HPEXPIRE h 50 FIELDS 3 a b c")
    assert run_valkey("OBJECT ENCODING h") == b"hashtable"
    clock.advance(ms=50)
    told = listen(valkey)
    assert run_valkey("HMGET h a keep") == [None, b"1"]
    assert run_valkey("HDEL h c") == 0
    assert run_valkey("HEXPIRE h 100 FIELDS 1 b") == [-2]
    assert run_valkey("HLEN h") == 4
    assert told == []
    assert run_valkey("HSET h a 1 b 2") == 2
    assert told == ["hexpired", "hset"]
    valkey.expire_cycle()
    assert run_valkey("HLEN h") == 3


def test_events_of_times(run: Run, told: list[str]) -> None:
    run("HSET h a 1 b 2")
    run("HEXPIRE h 100 FIELDS 2 a zz")
    run("HEXPIRE h 100 NX FIELDS 1 a")
    run("HGETEX h PERSIST FIELDS 2 a b")
    run("HGETEX h EX 10 FIELDS 1 a")
    run("HSETEX h EX 10 FIELDS 1 a 1")
    run("HSETEX h EX 0 FIELDS 1 c 1")
    run("HPERSIST h FIELDS 1 a")
    run("HEXPIRE h 0 FIELDS 2 a b")
    assert told == [
        "hset", "hexpire", "hpersist", "hexpire", "hset", "hexpire", "hset", "hdel", "hpersist", "hdel", "del",
    ]  # fmt: skip


def test_a_copy_and_a_rollback_keep_the_times(engine: Engine, run: Run, clock: ManualClock) -> None:
    run("HSET h a 1 b 2")
    run("HPEXPIRE h 50 FIELDS 1 a")
    run("COPY h twin")
    journal = Journal()
    engine.space.open_journal(journal)
    run("HPERSIST h FIELDS 1 a")
    run("HDEL h b")
    journal.rollback()
    engine.space.close_journal()
    assert run("HPTTL h FIELDS 2 a b") == [50, -1]
    assert run("HPTTL twin FIELDS 2 a b") == [50, -1]
    clock.advance(ms=50)
    engine.expire_cycle()
    assert run("HGETALL h") == run("HGETALL twin") == Map([(b"b", b"2")])


def test_a_script_sees_one_moment(run: Run, clock: ManualClock) -> None:
    run("HSET h a 1 b 2")
    run("HPEXPIRE h 50 FIELDS 1 a")
    clock.advance(ms=50)
    assert run("EVAL \"return redis.call('HKEYS', 'h')\" 0") == [b"b"]


def test_info_counts_keys_with_timed_fields(run: Run) -> None:
    run("HSETEX h EX 10 FIELDS 1 a 1")
    run("HSET plain a 1")
    found = run("INFO keyspace")
    assert b"keys=2,expires=0,avg_ttl=0,subexpiry=1" in getattr(found, "text", found)  # type: ignore[operator]  # a text


def test_a_random_field_of_nothing_but_due_ones_is_none(run: Run, clock: ManualClock) -> None:
    run("HSET h a 1 b 2")
    run("HPEXPIRE h 50 FIELDS 2 a b")
    clock.advance(ms=50)
    assert run("HRANDFIELD h -3") == []
    assert run("HRANDFIELD h") is None
    assert run("EXISTS h") == 0


def test_a_wrong_type_is_told_of(run: Run) -> None:
    run("HSETEX h EX 10 FIELDS 1 a 1")
    assert run("LPUSH h x") == ErrorReply(b"WRONGTYPE Operation against a key holding the wrong kind of value")
