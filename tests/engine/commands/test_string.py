"""Strings, as one would type them; the wider comparison with servers is tests/conformance/transcripts/string.txt."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from redis_tui.engine.dialect import REDIS_7_2, REDIS_8, VALKEY_9
from redis_tui.engine.engine import Engine
from redis_tui.engine.journal import Journal
from redis_tui.resp.inline import split_inline
from redis_tui.resp.types import NULL_ARRAY, ErrorReply, Map, Reply

if TYPE_CHECKING:
    from redis_tui.engine.clock import ManualClock

Run = Callable[[str], Reply]
SYNTAX = ErrorReply(b"ERR syntax error")
WRONG_TYPE = ErrorReply(b"WRONGTYPE Operation against a key holding the wrong kind of value")
NOT_INTEGER = ErrorReply(b"ERR value is not an integer or out of range")


def test_set_drops_the_time_to_live_unless_told_to_keep_it(run: Run) -> None:
    assert run("SET k v EX 100") == b"OK"
    assert run("SET k w KEEPTTL") == b"OK"
    assert run("TTL k") == 100
    assert run("SET k x") == b"OK"
    assert run("TTL k") == -1


def test_set_nx_and_xx_answer_null_where_they_do_not_apply(run: Run) -> None:
    assert run("SET k v XX") is None
    assert run("SET k v NX") == b"OK"
    assert run("SET k w NX") is None
    assert run("SET k w NX GET") == b"v"
    assert run("GET k") == b"v"


def test_set_get_refuses_another_type_and_leaves_it(run: Run) -> None:
    run("HSET h f v")
    assert run("SET h x GET") == WRONG_TYPE
    assert run("TYPE h") == b"hash"
    assert run("SET h x") == b"OK"
    assert run("GET h") == b"x"


@pytest.mark.parametrize("options", ["NX XX", "EX", "EX 1 PX 1", "EX 1 KEEPTTL", "PERSIST", "IFEQ v", "BOGUS"])
def test_set_refuses_options_that_do_not_go_together(run: Run, options: str) -> None:
    assert run(f"SET k v {options}") == SYNTAX
    assert run("EXISTS k") == 0


def test_set_refuses_a_time_to_live_that_is_no_positive_number(run: Run) -> None:
    assert run("SET k v EX 0") == ErrorReply(b"ERR invalid expire time in 'set' command")
    assert run("SET k v PX -1") == ErrorReply(b"ERR invalid expire time in 'set' command")
    assert run("SET k v EX 9223372036854775807") == ErrorReply(b"ERR invalid expire time in 'set' command")
    assert run("SET k v EX soon") == NOT_INTEGER


def test_a_value_is_gone_when_its_time_has_run_out(run: Run, clock: ManualClock) -> None:
    run("PSETEX k 500 v")
    clock.advance(ms=499)
    assert run("GET k") == b"v"
    clock.advance(ms=1)
    assert run("GET k") is None


def test_a_moment_that_is_past_deletes_at_once(run: Run) -> None:
    assert run("SET k v EXAT 1") == b"OK"
    assert run("EXISTS k") == 0
    run("SET k v")
    assert run("GETEX k PXAT 1") == b"v"
    assert run("EXISTS k") == 0


def test_ifeq_and_delifeq_are_of_valkey() -> None:
    engine = Engine(dialect=VALKEY_9, seed=1)
    client = engine.connect()

    def run(line: str) -> Reply:
        return engine.execute(client, split_inline(line.encode()))

    run("SET k one")
    assert run("SET k two IFEQ three") is None
    assert run("SET k two IFEQ one GET") == b"one"
    assert run("SET missing v IFEQ v") is None
    assert run("DELIFEQ k one") == 0
    assert run("DELIFEQ k two") == 1
    assert run("DELIFEQ k two") == 0


def test_delifeq_is_unknown_to_redis(run: Run) -> None:
    assert run("DELIFEQ k v") == ErrorReply(b"ERR unknown command 'DELIFEQ', with args beginning with: 'k' 'v' ")


def test_incr_counts_within_64_bits(run: Run) -> None:
    assert run("INCR n") == 1
    assert run("INCRBY n 9223372036854775806") == 9223372036854775807
    assert run("INCR n") == ErrorReply(b"ERR increment or decrement would overflow")
    assert run("GET n") == b"9223372036854775807"
    assert run("DECRBY n -9223372036854775808") == ErrorReply(b"ERR decrement would overflow")


@pytest.mark.parametrize("text", ['" 5"', "5.0", "007", "-0", '""', "99999999999999999999"])
def test_incr_takes_only_what_redis_would_write(run: Run, text: str) -> None:
    run(f"SET n {text}")
    assert run("INCR n") == NOT_INTEGER


def test_incr_keeps_the_time_to_live(run: Run) -> None:
    run("SET n 1 EX 50")
    run("INCR n")
    run("INCRBYFLOAT n 0.5")
    run("APPEND n 1")
    run("SETRANGE n 0 9")
    assert run("GET n") == b"9.51"
    assert run("TTL n") == 50


def test_incrbyfloat_shows_the_digits_of_a_long_double(run: Run) -> None:
    run("SET f 10.50")
    assert run("INCRBYFLOAT f 0.1") == b"10.6"
    run("SET f 123456789.123456789")
    assert run("INCRBYFLOAT f 0.000000001") == b"123456789.12345678999554366"
    assert run("INCRBYFLOAT f inf") == ErrorReply(b"ERR increment would produce NaN or Infinity")
    assert run("INCRBYFLOAT f x") == ErrorReply(b"ERR value is not a valid float")


def test_append_and_setrange_make_a_raw_string(run: Run) -> None:
    assert run("APPEND a 12") == 2
    assert run("OBJECT ENCODING a") == b"int"
    assert run("APPEND a 3") == 3
    assert run("OBJECT ENCODING a") == b"raw"
    assert run("INCR a") == 124
    assert run("OBJECT ENCODING a") == b"int"
    assert run("SETRANGE b 2 x") == 3
    assert run("GET b") == b"\x00\x00x"


def test_a_string_that_was_handed_out_does_not_change_later(run: Run) -> None:
    run("APPEND a x")
    run("APPEND a y")
    before = run("GET a")
    run("APPEND a z")
    assert before == b"xy"


def test_setrange_writes_nothing_for_an_empty_patch_and_knows_the_limit(run: Run) -> None:
    assert run('SETRANGE k 5 ""') == 0
    assert run("EXISTS k") == 0
    assert run("SETRANGE k -1 x") == ErrorReply(b"ERR offset is out of range")
    too_long = ErrorReply(b"ERR string exceeds maximum allowed size (proto-max-bulk-len)")
    assert run("SETRANGE k 536870912 x") == too_long


def test_getrange_counts_from_the_end_as_well(run: Run) -> None:
    run('SET k "hello world"')
    assert run("GETRANGE k 0 4") == b"hello"
    assert run("GETRANGE k -5 -1") == b"world"
    assert run("GETRANGE k -100 0") == b"h"
    assert run("GETRANGE k 5 2") == b""
    assert run("SUBSTR k 6 100") == b"world"


def test_mset_and_msetnx_are_all_or_nothing(run: Run) -> None:
    assert run("MSET a 1 b") == ErrorReply(b"ERR wrong number of arguments for 'mset' command")
    assert run("MSET a 1 b 2") == b"OK"
    assert run("MSETNX c 3 a 4") == 0
    run("HSET h f v")
    assert run("MGET a b c h") == [b"1", b"2", None, None]


def test_getdel_and_getset_answer_the_old_value(run: Run) -> None:
    assert run("GETSET k 1") is None
    assert run("GETSET k 2") == b"1"
    assert run("GETDEL k") == b"2"
    assert run("GETDEL k") is None


def test_lcs_finds_text_length_and_ranges(run: Run) -> None:
    run("MSET one ohmytext two mynewtext")
    assert run("LCS one two") == b"mytext"
    assert run("LCS one two LEN") == 6
    assert run("LCS one two IDX MINMATCHLEN 4 WITHMATCHLEN") == Map([(b"matches", [[[4, 7], [5, 8], 4]]), (b"len", 6)])


def test_a_journal_takes_back_what_was_edited_in_place(run: Run, engine: Engine) -> None:
    run("APPEND a x")
    run("APPEND a y")
    journal = Journal()
    engine.space.open_journal(journal)
    run("APPEND a z")
    run("SETRANGE a 0 q")
    run("SET b new EX 5")
    run("INCR n")
    assert len(journal) == 3
    journal.rollback()
    engine.space.close_journal()
    assert run("MGET a b n") == [b"xy", None, None]


@pytest.mark.parametrize("write", ["SET k v", "APPEND k x", "SETRANGE k 0 y", "INCR k", "GETDEL k", "GETEX k EX 5"])
def test_a_write_breaks_a_watch(run: Run, engine: Engine, write: str) -> None:
    run("SET k 1")
    run("APPEND k 2")
    watching = engine.connect()
    engine.execute(watching, [b"WATCH", b"k"])
    run(write)
    engine.execute(watching, [b"MULTI"])
    assert engine.execute(watching, [b"EXEC"]) is NULL_ARRAY


def test_a_read_leaves_a_watch_alone(run: Run, engine: Engine) -> None:
    run("SET k 1")
    watching = engine.connect()
    engine.execute(watching, [b"WATCH", b"k"])
    run("GETEX k")
    run("GETRANGE k 0 1")
    run("SET k 2 NX")
    engine.execute(watching, [b"MULTI"])
    assert engine.execute(watching, [b"EXEC"]) == []


def test_small_numbers_are_shared_until_values_moved_in_with_their_keys() -> None:
    counts = {}
    for dialect in (REDIS_7_2, REDIS_8, VALKEY_9):
        engine = Engine(dialect=dialect, seed=1)
        client = engine.connect()
        for text in (b"0", b"9999", b"10000", b"-1", b"abc"):
            engine.execute(client, [b"SET", b"k", text])
            counts[dialect.name, text] = engine.execute(client, [b"OBJECT", b"REFCOUNT", b"k"])
    assert {key for key, count in counts.items() if count == 2147483647} == {
        ("redis-7.2", b"0"),
        ("redis-7.2", b"9999"),
    }
    assert set(counts.values()) == {1, 2147483647}


def test_a_number_that_is_counted_up_keeps_its_address(run: Run) -> None:
    run("SET k 20000")
    before = run("DEBUG OBJECT k")
    run("INCR k")
    after = run("DEBUG OBJECT k")
    assert isinstance(before, bytes)
    assert isinstance(after, bytes)
    assert before.split()[1] == after.split()[1]
