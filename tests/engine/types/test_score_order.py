"""The order of a sorted set against a plain sorted list, in blocks of every size."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from redis_tui.engine.types.score_order import ScoreOrder

if TYPE_CHECKING:
    from redis_tui.engine.types.score_order import Entry

SCORES = st.sampled_from([-inf, -1.5, -0.0, 0.0, 1.0, 2.0, 3.0, inf])
MEMBERS = st.integers(0, 60).map(lambda number: b"%d" % number)
CHANGES = st.lists(st.tuples(MEMBERS, SCORES | st.none()), max_size=150)
"""A member's new score; None takes it away."""
BLOCKS = st.integers(1, 9)
ALL = 10**9


def entries(scores: dict[bytes, float]) -> list[Entry]:
    return sorted((score, member) for member, score in scores.items())


def change(order: ScoreOrder, scores: dict[bytes, float], changes: list[tuple[bytes, float | None]]) -> None:
    for member, score in changes:
        if member in scores:
            order.remove(scores.pop(member), member)
        if score is not None:
            order.add(score, member)
            scores[member] = score


def made(
    scores: dict[bytes, float], changes: list[tuple[bytes, float | None]], block: int
) -> tuple[ScoreOrder, list[Entry]]:
    order = ScoreOrder(scores, block=block)
    change(order, scores, changes)
    return order, entries(scores)


@given(st.dictionaries(MEMBERS, SCORES), CHANGES, BLOCKS)
def test_entries_are_in_order_from_the_beginning_and_after_changes(
    scores: dict[bytes, float], changes: list[tuple[bytes, float | None]], block: int
) -> None:
    order = ScoreOrder(scores, block=block)
    assert order.entries(0, ALL) == entries(scores)
    for at in range(0, len(changes), 5):
        change(order, scores, changes[at : at + 5])
        assert order.entries(0, ALL) == entries(scores)
        assert order.has_one_score() == (len(set(scores.values())) <= 1)


@given(st.dictionaries(MEMBERS, SCORES), CHANGES, BLOCKS, SCORES, MEMBERS)
def test_ranks_are_those_of_a_sorted_list(
    scores: dict[bytes, float],
    changes: list[tuple[bytes, float | None]],
    block: int,
    score: float,
    member: bytes,
) -> None:
    order, model = made(scores, changes, block)
    assert [order.rank(*entry, is_there=True) for entry in model] == list(range(len(model)))
    assert order.rank(score, member) == sum(entry < (score, member) for entry in model)
    assert order.rank_from(score) == sum(entry[0] < score for entry in model)
    assert order.rank_from(score, after=True) == sum(entry[0] <= score for entry in model)


@given(st.dictionaries(MEMBERS, SCORES), CHANGES, BLOCKS, st.integers(0, 70), st.integers(0, 70))
def test_ranges_are_those_of_a_sorted_list(
    scores: dict[bytes, float], changes: list[tuple[bytes, float | None]], block: int, start: int, stop: int
) -> None:
    order, model = made(scores, changes, block)
    assert order.entries(start, stop) == model[start:stop]
    assert order.members(start, stop) == [member for _, member in model[start:stop]]


@given(
    st.dictionaries(MEMBERS, SCORES), BLOCKS, st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), max_size=9)
)
def test_ranges_are_taken_away(scores: dict[bytes, float], block: int, ranges: list[tuple[int, int]]) -> None:
    order, model = ScoreOrder(scores, block=block), entries(scores)
    for number, (start, length) in enumerate(ranges):
        assert order.take(start, start + length) == model[start : start + length]
        del model[start : start + length]
        order.add(float(number), b"added %d" % number)
        model = sorted([*model, (float(number), b"added %d" % number)])
        assert order.entries(0, ALL) == model
        assert [order.rank(*entry, is_there=True) for entry in model] == list(range(len(model)))


def test_many_blocks_are_counted_by_groups() -> None:
    scores = {b"%05d" % number: float(number // 3) for number in range(2000)}
    order = ScoreOrder(scores, block=4)
    assert [order.rank(score, member, is_there=True) for member, score in scores.items()] == list(range(2000))
    assert order.members(1234, 1237) == [b"01234", b"01235", b"01236"]
    assert order.rank_from(500.0) == 1500
    assert order.entries(2000, 2001) == []


def test_one_score_over_many_blocks_orders_by_bytes() -> None:
    order = ScoreOrder({b"%03d" % number: 0.0 for number in range(0, 200, 2)}, block=4)
    order.add(0.0, b"101")
    assert order.rank(0.0, b"101", is_there=True) == 51
    assert order.rank(0.0, b"") == 0
    assert order.rank(0.0, b"~") == 101
    order.remove(0.0, b"101")
    assert order.rank(0.0, b"102", is_there=True) == 51
