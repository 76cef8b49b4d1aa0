"""List commands."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from redis_tui.engine.journal import Journal
from redis_tui.resp.types import NULL_ARRAY, OK, ErrorReply

if TYPE_CHECKING:
    from redis_tui.engine.engine import Engine
    from redis_tui.resp.types import Reply

Run = Callable[[str], "Reply"]

WRONGTYPE = ErrorReply(b"WRONGTYPE Operation against a key holding the wrong kind of value")
SYNTAX = ErrorReply(b"ERR syntax error")


def test_pushing_at_both_ends(run: Run) -> None:
    assert run("RPUSH l b c") == 2
    assert run("LPUSH l a z") == 4
    assert run("LRANGE l 0 -1") == [b"z", b"a", b"b", b"c"]
    assert run("LLEN l") == 4


def test_pushx_leaves_a_missing_list_missing(run: Run) -> None:
    assert run("LPUSHX l a") == 0
    assert run("RPUSHX l a") == 0
    assert run("LLEN l") == 0
    run("RPUSH l a")
    assert run("RPUSHX l b") == 2
    assert run("LPUSHX l z") == 3


def test_popping_the_last_element_removes_the_key(run: Run, engine: Engine) -> None:
    run("RPUSH l a b c")
    assert run("LPOP l") == b"a"
    assert run("RPOP l") == b"c"
    assert run("RPOP l 5") == [b"b"]
    assert engine.space.databases[0].entries == {}
    assert run("LPOP l") is None
    assert run("LPOP l 1") is NULL_ARRAY


def test_popping_none_is_an_empty_array(run: Run) -> None:
    run("RPUSH l a")
    assert run("LPOP l 0") == []
    assert run("LPOP l -1") == ErrorReply(b"ERR value is out of range, must be positive")
    assert run("LPOP l 1 2") == ErrorReply(b"ERR wrong number of arguments for 'lpop' command")


def test_the_key_is_looked_at_before_the_index(run: Run) -> None:
    assert run("LINDEX nope abc") is None
    assert run("LSET nope abc x") == ErrorReply(b"ERR no such key")
    run("RPUSH l a b")
    assert run("LINDEX l abc") == ErrorReply(b"ERR value is not an integer or out of range")
    assert run("LINDEX l -1") == b"b"
    assert run("LINDEX l 2") is None
    assert run("LSET l 2 x") == ErrorReply(b"ERR index out of range")
    assert run("LSET l -2 x") == OK
    assert run("LRANGE l 0 -1") == [b"x", b"b"]


def test_ranges_are_clipped(run: Run) -> None:
    run("RPUSH l a b c d")
    assert run("LRANGE l -100 1") == [b"a", b"b"]
    assert run("LRANGE l 2 100") == [b"c", b"d"]
    assert run("LRANGE l 3 1") == []
    assert run("LTRIM l 1 -2") == OK
    assert run("LRANGE l 0 -1") == [b"b", b"c"]
    assert run("LTRIM l 5 9") == OK
    assert run("LLEN l") == 0


def test_lrem_counts_from_the_side_that_its_sign_says(run: Run) -> None:
    run("RPUSH l a b a c a")
    assert run("LREM l -1 a") == 1
    assert run("LRANGE l 0 -1") == [b"a", b"b", b"a", b"c"]
    assert run("LREM l 1 a") == 1
    assert run("LRANGE l 0 -1") == [b"b", b"a", b"c"]
    assert run("LREM l 0 nope") == 0


def test_linsert(run: Run) -> None:
    run("RPUSH l a b")
    assert run("LINSERT l BEFORE b x") == 3
    assert run("LINSERT l AFTER b y") == 4
    assert run("LINSERT l AFTER nope y") == -1
    assert run("LINSERT nope BEFORE a b") == 0
    assert run("LINSERT l BESIDE a b") == SYNTAX
    assert run("LRANGE l 0 -1") == [b"a", b"x", b"b", b"y"]


def test_lpos(run: Run) -> None:
    run("RPUSH l a b c 1 2 3 c c")
    assert run("LPOS l c") == 2
    assert run("LPOS l c RANK -1") == 7
    assert run("LPOS l c RANK 2 COUNT 0") == [6, 7]
    assert run("LPOS l c RANK -1 COUNT 2") == [7, 6]
    assert run("LPOS l c COUNT 0 MAXLEN 3") == [2]
    assert run("LPOS l nope") is None
    assert run("LPOS nope c COUNT 1") == []
    assert run("LPOS l c COUNT -1") == ErrorReply(b"ERR COUNT can't be negative")


def test_lmove_rotates_a_list_onto_itself(run: Run) -> None:
    run("RPUSH l a")
    assert run("LMOVE l l LEFT RIGHT") == b"a"
    run("RPUSH l b c")
    assert run("RPOPLPUSH l l") == b"c"
    assert run("LRANGE l 0 -1") == [b"c", b"a", b"b"]


def test_lmove_from_and_to(run: Run, engine: Engine) -> None:
    run("RPUSH l a")
    run("SET s text")
    assert run("LMOVE l s LEFT LEFT") == WRONGTYPE
    assert run("LMOVE nope s LEFT LEFT") is None
    assert run("LMOVE l m LEFT LEFT") == b"a"
    assert set(engine.space.databases[0].entries) == {b"s", b"m"}


def test_lmpop_takes_from_the_first_list_that_is_there(run: Run) -> None:
    run("RPUSH b 1 2 3")
    assert run("LMPOP 2 a b RIGHT COUNT 2") == [b"b", [b"3", b"2"]]
    assert run("LMPOP 2 a b LEFT") == [b"b", [b"1"]]
    assert run("LMPOP 2 a b LEFT") is NULL_ARRAY
    assert run("LMPOP 0 a LEFT") == ErrorReply(b"ERR numkeys should be greater than 0")
    assert run("LMPOP 2 a LEFT") == SYNTAX


def test_wrong_type_leaves_nothing_behind(run: Run, engine: Engine) -> None:
    run("SET s text")
    for line in ("LPUSH s a", "RPOP s", "LRANGE s 0 -1", "LINSERT s BEFORE a b", "LMPOP 1 s LEFT"):
        assert run(line) == WRONGTYPE
    assert set(engine.space.databases[0].entries) == {b"s"}


def test_a_journal_puts_lists_back(run: Run, engine: Engine) -> None:
    run("RPUSH l a b c")
    journal = Journal()
    engine.space.open_journal(journal)
    for line in ("LPUSH l x", "LSET l 0 y", "LREM l 1 b", "LMOVE l m LEFT RIGHT", "LTRIM l 9 9", "RPUSH new 1"):
        run(line)
    journal.rollback()
    engine.space.close_journal()
    assert run("LRANGE l 0 -1") == [b"a", b"b", b"c"]
    assert run("LLEN m") == 0
    assert run("LLEN new") == 0


def test_dirty_counts_elements(run: Run, engine: Engine) -> None:
    run("RPUSH l a b c")
    assert engine.space.dirty == 3
    run("LPOP l 2")
    assert engine.space.dirty == 5
    run("LREM l 0 nope")
    run("LPUSHX nope a")
    assert engine.space.dirty == 5
