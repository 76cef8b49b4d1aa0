"""Sorted sets by range: of ranks, scores and members."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from redis_tui.resp.types import ErrorReply, Pairs

if TYPE_CHECKING:
    from redis_tui.resp.types import Reply

Run = Callable[[str], "Reply"]

SYNTAX = ErrorReply(b"ERR syntax error")
NOT_A_FLOAT = ErrorReply(b"ERR min or max is not a float")
NOT_A_MEMBER = ErrorReply(b"ERR min or max not valid string range item")


@pytest.fixture
def numbers(run: Run) -> Run:
    run("ZADD z 1 a 2 b 3 c 3 d 5 e")
    return run


@pytest.fixture
def letters(run: Run) -> Run:
    run("ZADD z 0 a 0 b 0 c 0 d")
    return run


def test_by_rank(numbers: Run) -> None:
    assert numbers("ZRANGE z 1 2") == [b"b", b"c"]
    assert numbers("ZRANGE z -2 -1 WITHSCORES") == Pairs([(b"d", 3.0), (b"e", 5.0)])
    assert numbers("ZRANGE z 0 1 REV") == [b"e", b"d"]
    assert numbers("ZREVRANGE z 0 0 WITHSCORES") == Pairs([(b"e", 5.0)])
    assert numbers("ZRANGE z 3 1") == []
    assert numbers("ZRANGE nope 0 -1") == []


def test_by_score(numbers: Run) -> None:
    assert numbers("ZRANGE z (1 3 BYSCORE") == [b"b", b"c", b"d"]
    assert numbers("ZRANGE z +inf (3 BYSCORE REV") == [b"e"]
    assert numbers("ZRANGEBYSCORE z -inf +inf LIMIT 1 2") == [b"b", b"c"]
    assert numbers("ZREVRANGEBYSCORE z +inf -inf LIMIT 1 2") == [b"d", b"c"]
    assert numbers("ZRANGEBYSCORE z -inf +inf LIMIT -1 2") == []
    assert numbers("ZRANGEBYSCORE z -inf +inf LIMIT 3 -1") == [b"d", b"e"]
    assert numbers("ZCOUNT z (3 (3") == 0
    assert numbers("ZCOUNT z 3 3") == 2
    assert numbers("ZCOUNT z -inf +inf") == 5


@pytest.mark.parametrize("bound", ["x", "((1", "[1", "nan", '" 1"', '"1 "', "0x1", "1_0", "1e", "-", "+"])
def test_bounds_that_are_no_scores(numbers: Run, bound: str) -> None:
    assert numbers(f"ZRANGEBYSCORE z {bound} 5") == NOT_A_FLOAT
    assert numbers(f"ZCOUNT z 0 {bound}") == NOT_A_FLOAT


def test_bounds_that_look_odd_and_are_taken(numbers: Run) -> None:
    assert numbers('ZRANGEBYSCORE z "" 1') == [b"a"]
    assert numbers("ZRANGEBYSCORE z ( +1") == [b"a"]
    assert numbers("ZRANGEBYSCORE z 5 1e400") == [b"e"]


def test_by_member(letters: Run) -> None:
    assert letters("ZRANGEBYLEX z - +") == [b"a", b"b", b"c", b"d"]
    assert letters("ZRANGEBYLEX z (a [c") == [b"b", b"c"]
    assert letters("ZREVRANGEBYLEX z + [c") == [b"d", b"c"]
    assert letters("ZRANGE z [c - BYLEX REV LIMIT 1 1") == [b"b"]
    assert letters("ZRANGEBYLEX z + -") == []
    assert letters("ZRANGEBYLEX z [b (b") == []
    assert letters("ZLEXCOUNT z [b +") == 3
    assert letters("ZLEXCOUNT z b +") == NOT_A_MEMBER
    assert letters("ZRANGEBYLEX nope b +") == NOT_A_MEMBER


def test_by_member_over_several_scores_goes_from_the_first_that_fits(numbers: Run) -> None:
    assert numbers("ZRANGEBYLEX z [b [d") == [b"b", b"c", b"d"]
    assert numbers("ZREVRANGEBYLEX z [d [b") == [b"d", b"c", b"b"]


def test_options_that_do_not_go_together(numbers: Run) -> None:
    assert numbers("ZRANGE z 0 -1 LIMIT 0 1") == ErrorReply(
        b"ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX"
    )
    assert numbers("ZRANGE z - + BYLEX WITHSCORES") == ErrorReply(
        b"ERR syntax error, WITHSCORES not supported in combination with BYLEX"
    )
    assert numbers("ZRANGE z 0 1 BYLEX BYSCORE") == SYNTAX
    assert numbers("ZREVRANGE z 0 1 REV") == SYNTAX
    assert numbers("ZRANGE z 0 -1 LIMIT 1 -1") == [b"a", b"b", b"c", b"d", b"e"]


def test_storing_a_range(numbers: Run) -> None:
    assert numbers("ZRANGESTORE d z (1 +inf BYSCORE LIMIT 1 2") == 2
    assert numbers("ZRANGE d 0 -1 WITHSCORES") == Pairs([(b"c", 3.0), (b"d", 3.0)])
    assert numbers("ZRANGESTORE d z 9 10") == 0
    assert numbers("EXISTS d") == 0
    assert numbers("ZRANGESTORE d z 0 -1 WITHSCORES") == SYNTAX


def test_removing_by_rank_score_and_member(numbers: Run) -> None:
    assert numbers("ZREMRANGEBYRANK z 0 0") == 1
    assert numbers("ZREMRANGEBYSCORE z (3 +inf") == 1
    assert numbers("ZRANGE z 0 -1") == [b"b", b"c", b"d"]
    assert numbers("ZREMRANGEBYLEX nope - +") == 0
    assert numbers("ZREMRANGEBYRANK z 0 -1") == 3
    assert numbers("EXISTS z") == 0
