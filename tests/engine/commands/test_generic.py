"""Keys of any type; the wider comparison with servers is tests/conformance/transcripts/generic.txt."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

import pytest

from redis_tui.engine.dialect import REDIS_8, VALKEY_9
from redis_tui.engine.engine import Engine
from redis_tui.engine.journal import Journal
from redis_tui.resp.types import ErrorReply, Map, Reply, Status

if TYPE_CHECKING:
    from redis_tui.engine.clock import ManualClock

Run = Callable[[str], Reply]


def test_del_counts_the_keys_that_were_there(run: Run) -> None:
    run("MSET a 1 b 2")
    assert run("EXISTS a a b c") == 3
    assert run("DEL a a c") == 1
    assert run("UNLINK b c") == 1
    assert run("EXISTS a b") == 0


def test_type_is_a_status(run: Run) -> None:
    run("SET s x")
    run("HSET h f v")
    replies = [run("TYPE s"), run("TYPE h"), run("TYPE none")]
    assert replies == [b"string", b"hash", b"none"]
    assert all(type(reply) is Status for reply in replies)


def test_ttl_rounds_to_the_nearest_second(run: Run, clock: ManualClock) -> None:
    run("SET k v PX 1500")
    assert run("TTL k") == 2
    clock.advance(ms=1)
    assert run("TTL k") == 1
    assert run("PTTL k") == 1499
    assert run("PERSIST k") == 1
    assert run("TTL k") == -1
    assert run("TTL missing") == -2


def test_expiretime_is_the_moment_itself(run: Run) -> None:
    run("SET k v")
    assert run("EXPIRETIME k") == -1
    assert run("PEXPIREAT k 1700000100500") == 1
    assert run("PEXPIRETIME k") == 1700000100500
    assert run("EXPIRETIME k") == 1700000101


@pytest.mark.parametrize(
    ("options", "without_ttl", "shorter", "longer"),
    [("NX", 1, 0, 0), ("XX", 0, 1, 1), ("GT", 0, 0, 1), ("LT", 1, 1, 0), ("XX GT", 0, 0, 1), ("XX LT", 0, 1, 0)],
)
def test_expire_options_look_at_the_time_that_is_set(
    run: Run, options: str, without_ttl: int, shorter: int, longer: int
) -> None:
    run("SET k v")
    assert run(f"EXPIRE k 100 {options}") == without_ttl
    run("SET k v EX 100")
    assert run(f"EXPIRE k 50 {options}") == shorter
    run("SET k v EX 100")
    assert run(f"EXPIRE k 200 {options}") == longer


def test_expire_refuses_what_does_not_go_together(run: Run) -> None:
    assert run("EXPIRE k 1 NX GT") == ErrorReply(b"ERR NX and XX, GT or LT options at the same time are not compatible")
    assert run("EXPIRE k 1 GT LT") == ErrorReply(b"ERR GT and LT options at the same time are not compatible")
    assert run("EXPIRE k x Bogus") == ErrorReply(b"ERR Unsupported option Bogus")
    assert run("EXPIRE k 9223372036854776") == ErrorReply(b"ERR invalid expire time in 'expire' command")


def test_expire_into_the_past_deletes(run: Run) -> None:
    run("SET k v")
    assert run("EXPIRE k -1") == 1
    assert run("EXISTS k") == 0


def test_rename_takes_the_time_to_live_along(run: Run) -> None:
    run("SET a 1 EX 100")
    run("SET b 2")
    assert run("RENAME a b") == b"OK"
    assert run("GET b") == b"1"
    assert run("TTL b") == 100
    assert run("RENAME a b") == ErrorReply(b"ERR no such key")
    run("SET c 3")
    assert run("RENAMENX b c") == 0
    assert run("RENAMENX b d") == 1


def test_copies_are_independent(run: Run) -> None:
    run("HSET h f v")
    run("APPEND s a")
    run("APPEND s b")
    assert run("COPY h h2") == 1
    assert run("COPY s s2") == 1
    run("HSET h2 f w")
    run("APPEND s2 c")
    assert run("HGETALL h") == Map([(b"f", b"v")])
    assert run("GET s") == b"ab"
    assert run("COPY h s") == 0
    assert run("COPY h s REPLACE") == 1
    assert run("COPY h h") == ErrorReply(b"ERR source and destination objects are the same")


def test_copy_and_move_reach_other_databases(run: Run) -> None:
    run("SET k v EX 100")
    assert run("COPY k k DB 1") == 1
    assert run("MOVE k 1") == 0
    assert run("MOVE k 2") == 1
    assert run("MOVE k 99") == ErrorReply(b"ERR DB index is out of range")
    assert run("EXISTS k") == 0
    run("SELECT 2")
    assert run("TTL k") == 100


def test_keys_are_found_by_pattern(run: Run) -> None:
    run("MSET hello 1 hallo 2 hxllo 3")
    assert run("KEYS h[ae]llo") == [b"hello", b"hallo"]
    assert run("KEYS *x*") == [b"hxllo"]


def test_a_scan_meets_every_key_that_stays(run: Run) -> None:
    for number in range(100):
        run(f"SET key:{number} v")
    run("HSET hash f v")
    seen: set[bytes] = set()
    cursor = b"0"
    while True:
        cursor, keys = cast("tuple[bytes, list[bytes]]", run(f"SCAN {cursor.decode()} COUNT 7 TYPE string"))
        seen.update(keys)
        for key in keys[:3]:
            run(f"DEL {key.decode()}")
        if cursor == b"0":
            break
    assert len(seen) == 100


def test_scan_refuses_strange_arguments(run: Run) -> None:
    assert run("SCAN x") == ErrorReply(b"ERR invalid cursor")
    assert run("SCAN -1") == ErrorReply(b"ERR invalid cursor")
    assert run("SCAN 0 COUNT 0") == ErrorReply(b"ERR syntax error")
    assert run("SCAN 0 NOVALUES") == ErrorReply(b"ERR NOVALUES option can only be used in HSCAN")


def test_randomkey_finds_none_in_an_empty_database(run: Run) -> None:
    assert run("RANDOMKEY") is None
    run("SET only v")
    assert run("RANDOMKEY") == b"only"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("12", b"int"), ("012", b"embstr"), ("a" * 40, b"embstr"), ("a" * 41, b"raw"), ("9223372036854775808", b"embstr")],
)
def test_object_encoding_of_strings(run: Run, text: str, encoding: bytes) -> None:
    run(f"SET k {text}")
    assert run("OBJECT ENCODING k") == encoding
    assert run("OBJECT REFCOUNT k") == 1
    assert run("OBJECT ENCODING missing") is None


def test_a_journal_takes_back_renames_moves_and_times(run: Run, engine: Engine) -> None:
    run("HSET h f v")
    run("SET k v EX 100")
    run("SET m v")
    journal = Journal()
    engine.space.open_journal(journal)
    run("RENAME h g")
    run("HSET g f changed")
    run("PERSIST k")
    run("MOVE m 3")
    journal.rollback()
    engine.space.close_journal()
    assert run("HGETALL h") == Map([(b"f", b"v")])
    assert run("EXISTS g") == 0
    assert run("TTL k") == 100
    assert run("EXISTS m") == 1
    run("SELECT 3")
    assert run("EXISTS m") == 0


@pytest.mark.parametrize(
    ("line", "changes"),
    [("RENAME a b", 1), ("RENAME a a", 0), ("RENAMENX a c", 1), ("MOVE a 1", 1), ("COPY a c", 1), ("COPY a b", 0)],
)
def test_moving_a_key_is_one_change(engine: Engine, run: Run, line: str, changes: int) -> None:
    for key in ("a", "b"):
        run(f"SET {key} x EX 100")
    before = engine.space.dirty
    run(line)
    assert engine.space.dirty - before == changes


def test_a_copy_of_a_hash_leaves_due_fields_behind_in_valkey(clock: ManualClock) -> None:
    left: dict[str, list[Reply]] = {}
    for dialect in (REDIS_8, VALKEY_9):
        engine = Engine(dialect=dialect, clock=clock, seed=1)
        client = engine.connect()
        lines = ["DEBUG SET-ACTIVE-EXPIRE 0", "HSET h a 1 b 2", "HPEXPIRE h 5 FIELDS 1 a", "HSET g a 1"]
        for line in (*lines, "HPEXPIRE g 5 FIELDS 1 a"):
            engine.execute(client, line.encode().split())
        clock.advance(ms=5)
        asked = ("COPY h h2", "HLEN h", "HLEN h2", "COPY g g2", "HLEN g2", "EXISTS g2")
        left[dialect.name] = [engine.execute(client, line.encode().split()) for line in asked]
    assert left == {"redis-8": [1, 2, 2, 1, 1, 1], "valkey-9": [1, 2, 1, 1, 0, 1]}


def test_a_time_to_live_that_comes_along_is_not_told(engine: Engine, run: Run) -> None:
    run("SET a x EX 100")
    run("SET d x EX 100")
    heard: list[tuple[str, bytes]] = []
    engine.space.listen(lambda _db, event, key: heard.append((event, key)))
    for line in ("COPY a b", "RENAME a c", "MOVE d 1"):
        run(line)
    moves = [("rename_from", b"a"), ("rename_to", b"c"), ("move_from", b"d"), ("move_to", b"d")]
    assert heard == [("copy_to", b"b"), *moves]
    assert (run("TTL b"), run("TTL c")) == (100, 100)
