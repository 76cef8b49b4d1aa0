"""Set commands."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from redis_tui.engine.journal import Journal
from redis_tui.resp.types import NULL_ARRAY, ErrorReply, SetReply

if TYPE_CHECKING:
    from redis_tui.engine.engine import Engine
    from redis_tui.resp.types import Reply

Run = Callable[[str], "Reply"]

WRONGTYPE = ErrorReply(b"WRONGTYPE Operation against a key holding the wrong kind of value")


def test_adding_counts_new_members_once(run: Run) -> None:
    assert run("SADD s a b a") == 2
    assert run("SADD s b c") == 1
    assert run("SCARD s") == 3
    assert run("SMEMBERS s") == SetReply([b"a", b"b", b"c"])


def test_removing_the_last_member_removes_the_key(run: Run, engine: Engine) -> None:
    run("SADD s a b")
    assert run("SREM s a nope") == 1
    assert run("SREM s b") == 1
    assert engine.space.databases[0].entries == {}
    assert run("SREM s b") == 0


def test_membership(run: Run) -> None:
    run("SADD s a")
    assert run("SISMEMBER s a") == 1
    assert run("SISMEMBER s b") == 0
    assert run("SMISMEMBER s a b") == [1, 0]
    assert run("SMISMEMBER nope a b") == [0, 0]


def test_numbers_come_in_order_and_texts_as_they_came(run: Run) -> None:
    run("SADD n 10 9 -1")
    assert run("SMEMBERS n") == SetReply([b"-1", b"9", b"10"])
    run("SADD t z 10 a 9")
    assert run("SMEMBERS t") == SetReply([b"z", b"10", b"a", b"9"])


def test_smove(run: Run) -> None:
    run("SADD a 1 2")
    assert run("SMOVE a b 1") == 1
    assert run("SMOVE a b 1") == 0
    assert run("SMOVE a a 2") == 1
    assert run("SMOVE a b 2") == 1
    assert run("SCARD a") == 0
    assert run("SMEMBERS b") == SetReply([b"1", b"2"])
    run("SET s text")
    assert run("SMOVE b s 1") == WRONGTYPE
    assert run("SMOVE nope s 1") == 0


def test_spop(run: Run) -> None:
    run("SADD s a b c d")
    popped = run("SPOP s")
    assert run(f"SISMEMBER s {popped.decode() if isinstance(popped, bytes) else ''}") == 0
    several = run("SPOP s 2")
    assert isinstance(several, SetReply)
    assert len(several.items) == 2
    assert run("SCARD s") == 1
    assert run("SPOP s 0") == SetReply()
    assert run("SPOP s -1") == ErrorReply(b"ERR value is out of range, must be positive")
    run("SPOP s 9")
    assert run("SPOP s") is None
    assert run("SPOP s 1") == SetReply()


def test_most_of_a_large_set_popped_leaves_a_listpack(run: Run) -> None:
    run("SADD s " + " ".join(f"m{number}" for number in range(200)))
    assert run("OBJECT ENCODING s") == b"hashtable"
    run("SPOP s 190")
    assert run("OBJECT ENCODING s") == b"listpack"


def test_srandmember(run: Run) -> None:
    run("SADD s a b")
    assert run("SRANDMEMBER s") in (b"a", b"b")
    assert run("SRANDMEMBER s 9") == [b"a", b"b"]
    repeated = run("SRANDMEMBER s -20")
    assert isinstance(repeated, list)
    assert len(repeated) == 20
    assert run("SRANDMEMBER nope") is None
    assert run("SRANDMEMBER nope -3") == []
    assert run("SCARD s") == 2


def test_intersection_union_difference(run: Run) -> None:
    run("SADD a 1 2 3 x")
    run("SADD b 2 3 4 x")
    assert run("SINTER a b") == SetReply([b"2", b"3", b"x"])
    assert run("SINTER a nope") == SetReply()
    assert run("SDIFF a b") == SetReply([b"1"])
    assert run("SINTERSTORE d a b") == 3
    assert run("SMEMBERS d") == SetReply([b"2", b"3", b"x"])
    assert run("SUNIONSTORE d a b") == 5
    assert run("SDIFFSTORE d a a") == 0
    assert run("EXISTS d") == 0
    assert run("SINTERCARD 2 a b LIMIT 2") == 2
    assert run("SINTERCARD 3 a b") == ErrorReply(b"ERR Number of keys can't be greater than number of args")


def test_a_stored_intersection_of_numbers_is_an_intset(run: Run) -> None:
    run("SADD a 3 1 x")
    run("SADD b 1 3 y")
    run("SINTERSTORE d a b")
    assert run("OBJECT ENCODING d") == b"intset"
    assert run("SMEMBERS d") == SetReply([b"1", b"3"])


def test_a_store_drops_the_time_to_live_and_any_other_type(run: Run) -> None:
    run("SADD a 1")
    run("SET d text EX 100")
    assert run("SUNIONSTORE d a") == 1
    assert run("TTL d") == -1
    assert run("SMEMBERS d") == SetReply([b"1"])


def test_sscan_of_a_large_set_meets_every_member(run: Run) -> None:
    run("SADD s " + " ".join(f"m{number}" for number in range(300)))
    cursor, seen = "0", set[object]()
    for _ in range(300):
        reply = run(f"SSCAN s {cursor} COUNT 20 MATCH m*")
        assert isinstance(reply, list)
        cursor = reply[0].decode()
        seen.update(reply[1])
        if cursor == "0":
            break
    assert seen == {b"m%d" % number for number in range(300)}


def test_a_small_set_is_scanned_at_once(run: Run) -> None:
    run("SADD s 3 1 2")
    assert run("SSCAN s 0 COUNT 1") == [b"0", [b"1", b"2", b"3"]]
    assert run("SSCAN nope 0 BOGUS") == [b"0", []]
    assert run("SSCAN s x") == ErrorReply(b"ERR invalid cursor")


def test_a_watch_breaks_only_where_something_changed(run: Run) -> None:
    run("SADD s a")
    run("WATCH s")
    run("SADD s a")
    run("SREM s nope")
    run("MULTI")
    run("SCARD s")
    assert run("EXEC") == [1]
    run("WATCH s")
    run("SADD s b")
    run("MULTI")
    assert run("EXEC") is NULL_ARRAY


def test_a_journal_puts_sets_back(run: Run, engine: Engine) -> None:
    run("SADD s 2 1")
    journal = Journal()
    engine.space.open_journal(journal)
    for line in ("SADD s x", "SREM s 1", "SMOVE s t 2", "SPOP s", "SUNIONSTORE u t", "SADD new a"):
        run(line)
    journal.rollback()
    engine.space.close_journal()
    assert run("SMEMBERS s") == SetReply([b"1", b"2"])
    assert run("EXISTS t u new") == 0
    assert run("OBJECT ENCODING s") == b"intset"
