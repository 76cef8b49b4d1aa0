"""Vector sets: what a transcript cannot say of them."""

from __future__ import annotations

import random
from array import array

import pytest

from redis_tui.engine.types.vector import Binary, Float32, Int8, Vector, floats, normalised, projected, single
from redis_tui.engine.types.vector_set import Layout, VectorSet
from redis_tui.engine.vector_attributes import MISSING, field_of
from redis_tui.engine.vector_filter import Filter
from redis_tui.errors import CommandError


def made(dimension: int, count: int, kind: type[Vector] = Float32, seed: int = 1) -> VectorSet:
    rng = random.Random(seed)
    found = VectorSet(Layout(dimension, kind))
    for number in range(count):
        found.put(b"%d" % number, floats(rng.gauss(0, 1) for _ in range(dimension)))
    return found


@pytest.mark.parametrize("dimension", [1, 7, 8, 17, 128])
def test_the_quick_way_finds_what_exact_distances_to_all_find(dimension: int) -> None:
    held = made(dimension, 300)
    query = held.entries[b"7"].vector
    exact = sorted(query.distance(entry.vector) for entry in held.entries.values())
    assert [distance for _, distance in held.nearest(query, 25)] == exact[:25]


@pytest.mark.parametrize("dimension", [3, 64, 500])
def test_an_estimate_is_within_its_slack(dimension: int) -> None:
    held = made(dimension, 50)
    vectors = [entry.vector for entry in held.entries.values()]
    rough = vectors[0].estimates(vectors)
    assert all(
        abs(vectors[0].distance(one) - near) < vectors[0].slack() for one, near in zip(vectors, rough, strict=True)
    )


def test_equal_vectors_come_oldest_first_until_the_queue_is_full() -> None:
    held = VectorSet(Layout(2, Binary))
    for name in (b"a", b"b", b"c", b"d"):
        held.put(name, floats((1, 1)))
    query = held.query(floats((1, 1)))
    assert [name for name, _ in held.nearest(query, 4)] == [b"a", b"b", b"c", b"d"]
    assert [name for name, _ in held.nearest(query, 2, effort=2)] == [b"c", b"d"]


def test_a_replaced_vector_counts_as_new_and_keeps_its_attributes() -> None:
    held = made(2, 2)
    held.describe(b"0", b"{}")
    assert not held.put(b"0", floats((1, 0)))
    assert list(held.entries) == [b"1", b"0"]
    assert held.last_id == 3
    assert held.entries[b"0"].attributes == b"{}"


def test_a_copy_is_independent() -> None:
    held = made(2, 2)
    twin = held.copy()
    held.put(b"0", floats((1, 0)))
    held.remove(b"1")
    assert list(twin.entries) == [b"0", b"1"]
    assert twin.last_id == 2


def test_halves_are_rounded_away_from_zero() -> None:
    assert array("b", Int8.of(floats((127, 0.5, -0.5, 1.5, -127))).raw()).tolist() == [127, 1, -1, 2, -127]


@pytest.mark.parametrize("numbers", [(float("inf"), 1.0), (float("nan"), 1.0), (0.0, 0.0), (1e38, 1e38)])
@pytest.mark.parametrize("kind", [Float32, Int8, Binary])
def test_numbers_out_of_the_ordinary_can_be_searched(kind: type[Vector], numbers: tuple[float, ...]) -> None:
    held = made(2, 3, kind)
    held.put(b"odd", floats(numbers))
    assert len(held.nearest(held.query(floats(numbers)), 10)) == 4


def test_single_precision_is_kept_in_every_sum() -> None:
    unit, length = normalised(floats((0.1, 0.2, 0.3, 0.4, 0.5)))
    assert length == 0.741619884967804
    assert unit[0] == single(single(0.1) / length)


def test_the_projection_is_the_servers() -> None:
    assert list(projected(floats((1, 2, 3, 4)), 2)) == [5.0, -1.0]


@pytest.mark.parametrize(
    ("attributes", "value"),
    [
        (b'{"a":1,"a":2}', 1.0),
        (b'{"b":{"a":["}"]},"a":[1,[2,"x"],true]}', [1.0, [2.0, b"x"], 1.0]),
        (b'{"b":"\\"a","a":"\\u0041\\n"}', b"u0041\n"),
        (b'{"a":1 and the rest does not matter', 1.0),
        (b'{"a":truely}', MISSING),
        (b'{"a":{"b":1}}', MISSING),
        (b'{"a":[1,{}]}', MISSING),
        (b'{"b":1 "a":1}', MISSING),
        (b'{"b":x,"a":1}', MISSING),
        (b'{"b":"open', MISSING),
        (b"[1]", MISSING),
        (b'{"a":', MISSING),
        (b'{"a":1.2.3}', MISSING),
    ],
)
def test_a_field_is_found_in_what_may_be_no_json(attributes: bytes, value: object) -> None:
    assert field_of(attributes, b"a") == value


def test_a_filter_ends_at_a_nul() -> None:
    assert Filter(b"1\0)").passes(b"")
    with pytest.raises(CommandError, match=r"near: '$"):
        Filter(b'"a\0"')


def test_a_number_has_an_end() -> None:
    assert Filter(b"1" * 255).passes(b"")
    with pytest.raises(CommandError):
        Filter(b"1" * 256)


def test_an_element_without_attributes_passes_nothing() -> None:
    assert not Filter(b"1").passes(None)
