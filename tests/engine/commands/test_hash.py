"""Hashes; the wider comparison with servers is tests/conformance/transcripts/hash.txt."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

import pytest

from redis_tui.engine.journal import Journal
from redis_tui.resp.types import ErrorReply, Map, Pairs, Reply

if TYPE_CHECKING:
    from redis_tui.engine.engine import Engine

Run = Callable[[str], Reply]
WRONG_TYPE = ErrorReply(b"WRONGTYPE Operation against a key holding the wrong kind of value")


def test_hset_counts_new_fields_and_keeps_their_order(run: Run) -> None:
    assert run("HSET h a 1 b 2") == 2
    assert run("HSET h b 3 c 4") == 1
    assert run("HGETALL h") == Map([(b"a", b"1"), (b"b", b"3"), (b"c", b"4")])
    assert run("HMSET h a 9") == b"OK"
    assert run("HKEYS h") == [b"a", b"b", b"c"]
    assert run("HVALS h") == [b"9", b"3", b"4"]


def test_hset_refuses_a_field_without_a_value(run: Run) -> None:
    assert run("HSET h a 1 b") == ErrorReply(b"ERR wrong number of arguments for 'hset' command")
    assert run("EXISTS h") == 0


def test_a_missing_hash_reads_as_an_empty_one(run: Run) -> None:
    assert run("HGET h a") is None
    assert run("HMGET h a b") == [None, None]
    assert run("HGETALL h") == Map()
    assert run("HLEN h") == 0
    assert run("HEXISTS h a") == 0
    assert run("HSTRLEN h a") == 0
    assert run("HDEL h a") == 0
    assert run("HRANDFIELD h") is None
    assert run("HRANDFIELD h 3") == []


def test_hsetnx_leaves_a_field_that_is_there(run: Run) -> None:
    assert run("HSETNX h a 1") == 1
    assert run("HSETNX h a 2") == 0
    assert run("HGET h a") == b"1"


def test_the_last_field_takes_the_hash_with_it(run: Run) -> None:
    run("HSET h a 1 b 2")
    assert run("HDEL h a a c") == 1
    assert run("HDEL h b") == 1
    assert run("EXISTS h") == 0


def test_hincrby_refuses_text_and_overflow(run: Run) -> None:
    assert run("HINCRBY h n 5") == 5
    run("HSET h t x")
    assert run("HINCRBY h t 1") == ErrorReply(b"ERR hash value is not an integer")
    assert run("HINCRBY h n 9223372036854775807") == ErrorReply(b"ERR increment or decrement would overflow")
    assert run("HGET h n") == b"5"


def test_hincrbyfloat_writes_up_to_seventeen_decimals(run: Run) -> None:
    assert run("HINCRBYFLOAT h f 10.5") == b"10.5"
    assert run("HINCRBYFLOAT h f 0.1") == b"10.6"
    assert run("HINCRBYFLOAT h f 2.0e2") == b"210.60000000000000001"
    assert run("HINCRBYFLOAT h f inf") == ErrorReply(b"ERR value is NaN or Infinity")


@pytest.mark.parametrize("line", ["HINCRBY h f x", "HINCRBYFLOAT h f x", "HINCRBYFLOAT h f inf"])
def test_a_refused_number_leaves_no_empty_hash(run: Run, line: str) -> None:
    assert isinstance(run(line), ErrorReply)
    assert run("EXISTS h") == 0


@pytest.mark.parametrize("line", ["HSET s f v", "HGET s f", "HDEL s f", "HINCRBY s f 1", "HSCAN s 0", "HRANDFIELD s 1"])
def test_another_type_is_refused(run: Run, line: str) -> None:
    run("SET s x")
    assert run(line) == WRONG_TYPE


def test_hrandfield_answers_pairs_and_repeats_for_negative_counts(run: Run) -> None:
    run("HSET h a 1 b 2 c 3")
    assert run("HRANDFIELD h 10 WITHVALUES") == Pairs([(b"a", b"1"), (b"b", b"2"), (b"c", b"3")])
    assert len(cast("list[bytes]", run("HRANDFIELD h 2"))) == 2
    assert len(cast("list[bytes]", run("HRANDFIELD h -20"))) == 20
    assert run("HRANDFIELD h") in (b"a", b"b", b"c")


def test_a_hash_that_grew_stays_a_hashtable(run: Run) -> None:
    for number in range(513):
        run(f"HSET h f{number} v")
    assert run("OBJECT ENCODING h") == b"hashtable"
    run("HDEL h f0 f1 f2")
    assert run("OBJECT ENCODING h") == b"hashtable"
    run(f"HSET long f {'x' * 65}")
    assert run("OBJECT ENCODING long") == b"hashtable"


def test_hscan_of_a_small_hash_answers_everything_at_once(run: Run) -> None:
    run("HSET h a 1 b 2 c 3")
    assert run("HSCAN h 0 COUNT 1") == [b"0", [b"a", b"1", b"b", b"2", b"c", b"3"]]
    assert run("HSCAN h 0 MATCH [ab] NOVALUES") == [b"0", [b"a", b"b"]]


def test_hscan_of_a_large_hash_meets_every_field_that_stays(run: Run) -> None:
    for number in range(600):
        run(f"HSET h f{number} v")
    seen: set[bytes] = set()
    cursor = b"0"
    while True:
        cursor, fields = cast("tuple[bytes, list[bytes]]", run(f"HSCAN h {cursor.decode()} NOVALUES"))
        seen.update(fields)
        for field in fields[:4]:
            run(f"HDEL h {field.decode()}")
        run("HSET h new v")
        if cursor == b"0":
            break
    assert len(seen - {b"new"}) == 600


def test_a_journal_takes_back_changes_of_fields(run: Run, engine: Engine) -> None:
    run("HSET h a 1 b 2")
    journal = Journal()
    engine.space.open_journal(journal)
    run("HSET h a 9 c 3")
    run("HDEL h b")
    run("HINCRBY fresh n 1")
    journal.rollback()
    engine.space.close_journal()
    assert run("HGETALL h") == Map([(b"a", b"1"), (b"b", b"2")])
    assert run("EXISTS fresh") == 0
