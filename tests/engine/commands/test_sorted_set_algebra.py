"""Unions, intersections and differences of sorted sets."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from redis_tui.engine.dialect import VALKEY_9
from redis_tui.engine.engine import Engine
from redis_tui.resp.types import ErrorReply, Pairs

if TYPE_CHECKING:
    from redis_tui.resp.types import Reply

Run = Callable[[str], "Reply"]

SYNTAX = ErrorReply(b"ERR syntax error")


@pytest.fixture
def two(run: Run) -> Run:
    run("ZADD a 1 x 2 y 3 z")
    run("ZADD b 10 y 20 z 30 w")
    return run


def test_union(two: Run) -> None:
    assert two("ZUNION 2 a b") == [b"x", b"y", b"z", b"w"]
    assert two("ZUNION 2 a b WEIGHTS 2 -1 WITHSCORES") == Pairs(
        [(b"w", -30.0), (b"z", -14.0), (b"y", -6.0), (b"x", 2.0)]
    )
    assert two("ZUNION 2 a b AGGREGATE MAX WITHSCORES") == Pairs(
        [(b"x", 1.0), (b"y", 10.0), (b"z", 20.0), (b"w", 30.0)]
    )


def test_intersection(two: Run) -> None:
    assert two("ZINTER 2 a b WITHSCORES") == Pairs([(b"y", 12.0), (b"z", 23.0)])
    assert two("ZINTER 2 a b AGGREGATE MIN WITHSCORES") == Pairs([(b"y", 2.0), (b"z", 3.0)])
    assert two("ZINTER 2 a nope") == []
    assert two("ZINTERCARD 2 a b") == 2
    assert two("ZINTERCARD 2 a b LIMIT 1") == 1
    assert two("ZINTERCARD 2 a b LIMIT -1") == ErrorReply(b"ERR LIMIT can't be negative")


def test_difference(two: Run) -> None:
    assert two("ZDIFF 2 a b WITHSCORES") == Pairs([(b"x", 1.0)])
    assert two("ZDIFF 2 a nope") == [b"x", b"y", b"z"]
    assert two("ZDIFF 2 a b WEIGHTS 1 2") == SYNTAX


def test_plain_sets_take_part_with_a_score_of_one(two: Run) -> None:
    two("SADD s x q")
    assert two("ZUNION 2 a s WITHSCORES") == Pairs([(b"q", 1.0), (b"x", 2.0), (b"y", 2.0), (b"z", 3.0)])
    assert two("ZDIFF 2 a s") == [b"y", b"z"]


def test_storing(two: Run) -> None:
    assert two("ZUNIONSTORE d 2 a b WEIGHTS 1 0.5") == 4
    assert two("ZRANGE d 0 -1 WITHSCORES") == Pairs([(b"x", 1.0), (b"y", 7.0), (b"z", 13.0), (b"w", 15.0)])
    assert two("ZINTERSTORE a 2 a b") == 2
    assert two("ZRANGE a 0 -1") == [b"y", b"z"]
    assert two("ZDIFFSTORE d 1 nope") == 0
    assert two("EXISTS d") == 0


def test_infinities_meet_at_zero(run: Run) -> None:
    run("ZADD i inf x")
    run("ZADD j -inf x")
    assert run("ZUNION 2 i j WITHSCORES") == Pairs([(b"x", 0.0)])
    assert run("ZUNION 1 i WEIGHTS 0 WITHSCORES") == Pairs([(b"x", 0.0)])


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("ZUNION 0 a", "ERR at least 1 input key is needed for 'zunion' command"),
        ("ZINTERCARD 0 a", "ERR at least 1 input key is needed for 'zintercard' command"),
        ("ZUNIONSTORE d 0 a", "ERR at least 1 input key is needed for 'zunionstore' command"),
        ("ZUNION x a", "ERR value is not an integer or out of range"),
        ("ZUNION 3 a b", "ERR syntax error"),
        ("ZUNION 2 a b WEIGHTS 1", "ERR syntax error"),
        ("ZUNION 2 a b WEIGHTS 1 x", "ERR weight value is not a float"),
        ("ZUNION 2 a b AGGREGATE AVG", "ERR syntax error"),
        ("ZUNIONSTORE d 2 a b WITHSCORES", "ERR syntax error"),
    ],
)
def test_refusals(two: Run, line: str, error: str) -> None:
    assert two(line) == ErrorReply(error.encode())


def test_valkey_takes_no_hexadecimal_scores(run: Run) -> None:
    assert run("ZADD z 0x10 m") == 1
    assert run("ZSCORE z m") == 16.0
    valkey = Engine(dialect=VALKEY_9)
    refused = valkey.execute(valkey.connect(), [b"ZADD", b"z", b"0x10", b"m"])
    assert refused == ErrorReply(b"ERR value is not a valid float")
