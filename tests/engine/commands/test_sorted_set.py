"""Sorted set commands: changing, asking, popping, chance, scanning."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from redis_tui.engine.journal import Journal
from redis_tui.resp.types import NULL_ARRAY, ErrorReply, Pairs, SetReply

if TYPE_CHECKING:
    from redis_tui.engine.engine import Engine
    from redis_tui.resp.types import Reply

Run = Callable[[str], "Reply"]

WRONGTYPE = ErrorReply(b"WRONGTYPE Operation against a key holding the wrong kind of value")
SYNTAX = ErrorReply(b"ERR syntax error")


def test_zadd_counts_new_members_and_with_ch_changed_ones(run: Run) -> None:
    assert run("ZADD z 1 a 2 b") == 2
    assert run("ZADD z 1 a 3 b 4 c") == 1
    assert run("ZADD z CH 1 a 4 b 5 d") == 2


def test_zadd_nx_xx_gt_lt(run: Run) -> None:
    run("ZADD z 5 a")
    assert run("ZADD z NX 9 a 1 b") == 1
    assert run("ZADD z XX CH 6 a 1 c") == 1
    assert run("ZADD z GT CH 5 a") == 0
    assert run("ZADD z GT CH 7 a 1 new") == 2
    assert run("ZADD z LT CH 9 a") == 0
    assert run("ZMSCORE z a b c new") == [7.0, 1.0, None, 1.0]


def test_zadd_gt_keeps_the_larger_score(run: Run) -> None:
    run("ZADD z 5 a")
    assert run("ZADD z GT 3 a") == 0
    assert run("ZSCORE z a") == 5.0


def test_zadd_incr_answers_the_score_or_nothing(run: Run) -> None:
    assert run("ZADD z INCR 1.5 a") == 1.5
    assert run("ZADD z INCR 1 a") == 2.5
    assert run("ZADD z NX INCR 1 a") is None
    assert run("ZADD z XX INCR 1 nope") is None
    assert run("ZADD z GT INCR -1 a") is None
    assert run("ZADD z INCR 1 a 2 b") == ErrorReply(b"ERR INCR option supports a single increment-element pair")


def test_zadd_refuses_all_or_nothing(run: Run) -> None:
    assert run("ZADD z 1 a x b") == ErrorReply(b"ERR value is not a valid float")
    assert run("ZADD z NX XX 1 a") == ErrorReply(b"ERR XX and NX options at the same time are not compatible")
    assert run("ZADD z GT LT 1 a") == ErrorReply(b"ERR GT, LT, and/or NX options at the same time are not compatible")
    assert run("ZADD z NX 1") == SYNTAX
    assert run("ZADD z 1 a 2") == SYNTAX
    assert run("EXISTS z") == 0


def test_infinities_do_not_add_up_to_nothing(run: Run) -> None:
    run("ZADD z inf a")
    assert run("ZINCRBY z -inf a") == ErrorReply(b"ERR resulting score is not a number (NaN)")
    assert run("ZINCRBY z 1 a") == float("inf")


def test_ranks(run: Run) -> None:
    run("ZADD z 1 a 2 b 2 c")
    assert run("ZRANK z c") == 2
    assert run("ZREVRANK z c") == 0
    assert run("ZRANK z b WITHSCORE") == [1, 2.0]
    assert run("ZRANK z nope") is None
    assert run("ZRANK z nope WITHSCORE") is NULL_ARRAY
    assert run("ZRANK z a WITHSCORE x") == ErrorReply(b"ERR wrong number of arguments for 'zrank' command")


def test_the_order_follows_changes_made_after_it_was_asked_for(run: Run) -> None:
    run("ZADD z 1 a 2 b 3 c")
    assert run("ZRANGE z 0 -1") == [b"a", b"b", b"c"]
    run("ZINCRBY z 9 a")
    run("ZREM z b")
    run("ZADD z 5 d")
    assert run("ZRANGE z 0 -1") == [b"c", b"d", b"a"]


def test_popping(run: Run) -> None:
    run("ZADD z 1 a 2 b 3 c 4 d")
    assert run("ZPOPMIN z") == [b"a", 1.0]
    assert run("ZPOPMAX z 2") == Pairs([(b"d", 4.0), (b"c", 3.0)])
    assert run("ZMPOP 2 nope z MIN COUNT 5") == [b"z", [[b"b", 2.0]]]
    assert run("EXISTS z") == 0
    assert run("ZPOPMIN z") == []
    assert run("ZMPOP 1 z MAX") is NULL_ARRAY
    assert run("ZPOPMIN z 1 2") == SYNTAX


def test_zrandmember(run: Run) -> None:
    run("ZADD z 1 a 2 b")
    assert run("ZRANDMEMBER z") in (b"a", b"b")
    assert run("ZRANDMEMBER z 9") == [b"b", b"a"]
    assert run("ZRANDMEMBER z 9 WITHSCORES") == Pairs([(b"b", 2.0), (b"a", 1.0)])
    assert run("ZRANDMEMBER nope") is None
    assert run("ZRANDMEMBER nope 2 WITHSCORES") == []
    assert run("ZRANDMEMBER z 1 BOGUS") == SYNTAX


def test_zscan_shows_scores_of_a_skiplist_with_seventeen_digits(run: Run) -> None:
    run("ZADD z 0.1 a")
    assert run("ZSCAN z 0") == [b"0", [b"a", b"0.1"]]
    run("CONFIG SET zset-max-listpack-entries 0")
    run("ZADD y 0.1 a")
    assert run("ZSCAN y 0") == [b"0", [b"a", b"0.10000000000000001"]]


def test_wrong_type_leaves_nothing_behind(run: Run, engine: Engine) -> None:
    run("SADD s a")
    for line in ("ZADD s 1 a", "ZADD s XX 1 a", "ZINCRBY s 1 a", "ZRANGE s 0 -1", "ZPOPMIN s", "ZSCAN s 0"):
        assert run(line) == WRONGTYPE
    assert run("SMEMBERS s") == SetReply([b"a"])
    assert set(engine.space.databases[0].entries) == {b"s"}


def test_a_missing_set_stays_missing_where_nothing_is_added(run: Run, engine: Engine) -> None:
    assert run("ZADD z XX 1 a") == 0
    assert run("ZADD z XX INCR 1 a") is None
    assert engine.space.databases[0].entries == {}


def test_a_watch_breaks_only_where_something_changed(run: Run) -> None:
    run("ZADD z 1 a")
    run("WATCH z")
    run("ZADD z 1 a")
    run("MULTI")
    assert run("EXEC") == []
    run("WATCH z")
    run("ZADD z 2 a")
    run("MULTI")
    assert run("EXEC") is NULL_ARRAY


def test_a_journal_puts_sorted_sets_back(run: Run, engine: Engine) -> None:
    run("ZADD z 1 a 2 b")
    run("ZRANGE z 0 -1")
    journal = Journal()
    engine.space.open_journal(journal)
    for line in ("ZADD z 5 a", "ZINCRBY z 1 c", "ZPOPMAX z", "ZREM z b", "ZRANGESTORE d z 0 -1", "ZADD new 1 a"):
        run(line)
    journal.rollback()
    engine.space.close_journal()
    assert run("ZRANGE z 0 -1 WITHSCORES") == Pairs([(b"a", 1.0), (b"b", 2.0)])
    assert run("EXISTS d new") == 0
