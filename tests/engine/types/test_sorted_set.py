"""What a sorted set knows of itself: order, ranks, encoding."""

from __future__ import annotations

import random
from math import inf

from redis_tui.engine.config import Config
from redis_tui.engine.types.sorted_set import SortedSet


def test_the_order_is_by_score_and_then_by_bytes_and_is_kept_up() -> None:
    config = Config()
    found = SortedSet()
    found.put(b"b", 1.0, config)
    found.put(b"a", 1.0, config)
    assert list(found.slice(0, 2)) == [(1.0, b"a"), (1.0, b"b")]
    found.put(b"a", 2.0, config)
    found.put(b"c", 0.0, config)
    assert list(found.slice(0, 3)) == [(0.0, b"c"), (1.0, b"b"), (2.0, b"a")]
    assert list(found.slice(0, 2, reverse=True)) == [(1.0, b"b"), (0.0, b"c")]
    found.discard(b"b")
    assert found.rank(b"a") == 1
    assert found.rank(b"a", reverse=True) == 0
    assert found.rank(b"b") is None


def test_the_order_agrees_with_sorting_after_many_changes() -> None:
    config, rng = Config(), random.Random(7)
    found, model = SortedSet(), dict[bytes, float]()
    for step in range(3000):
        member = b"m%d" % rng.randrange(200)
        if rng.random() < 0.3:
            assert found.discard(member) == (model.pop(member, None) is not None)
        else:
            model[member] = float(rng.randrange(20))
            found.put(member, model[member], config)
        if step % 100 == 0:
            assert list(found.slice(0, len(found))) == sorted((score, name) for name, score in model.items())
    assert found.scores == model


def test_ranks_around_scores() -> None:
    config = Config()
    found = SortedSet.of({b"a": -inf, b"b": 1.0, b"c": 1.0, b"d": inf}, config)
    assert found.rank_from(-inf) == 0
    assert found.rank_from(-inf, after=True) == 1
    assert found.rank_from(1.0) == 1
    assert found.rank_from(1.0, after=True) == 3
    assert found.rank_from(inf) == 3
    assert found.rank_from(inf, after=True) == 4


def test_taking_a_range_of_ranks() -> None:
    found = SortedSet.of({b"a": 1.0, b"b": 2.0, b"c": 3.0}, Config())
    assert found.take(1, 3) == [(2.0, b"b"), (3.0, b"c")]
    assert found.scores == {b"a": 1.0}
    assert list(found.slice(0, 1)) == [(1.0, b"a")]


def test_the_129th_member_or_a_long_one_makes_a_skiplist() -> None:
    config = Config()
    found = SortedSet()
    for number in range(128):
        found.put(b"%d" % number, 0.0, config)
    assert found.encoding(config) == "listpack"
    found.put(b"5", 9.0, config)
    assert found.encoding(config) == "listpack"
    found.put(b"128", 0.0, config)
    assert found.encoding(config) == "skiplist"
    found.discard(b"128")
    assert found.encoding(config) == "skiplist"
    assert SortedSet.of({b"x" * 65: 1.0}, config).encoding(config) == "skiplist"


def test_a_copy_goes_its_own_way() -> None:
    config = Config()
    found = SortedSet.of({b"a": 1.0}, config)
    found.order()
    twin = found.copy()
    found.put(b"b", 0.0, config)
    assert list(twin.slice(0, 9)) == [(1.0, b"a")]
