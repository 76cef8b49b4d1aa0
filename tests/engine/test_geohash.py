from __future__ import annotations

import pytest

from redis_tui.engine import geohash
from redis_tui.engine.geo_shape import Box, Circle, Polygon
from redis_tui.engine.geohash import Bounds

PALERMO = (13.361389, 38.115556)
CATANIA = (15.087269, 37.502669)


def test_a_position_becomes_a_number_of_52_bits() -> None:
    assert geohash.encode(PALERMO) == 3479099956230698
    assert geohash.encode(CATANIA) == 3479447370796909


def test_a_number_gives_the_middle_of_its_cell() -> None:
    assert geohash.decode(3479099956230698) == (13.361389338970184, 38.1155563954963)


@pytest.mark.parametrize("score", [float("inf"), float("-inf"), -1.0, 1.5, 2.0**60])
def test_any_score_gives_a_position_on_the_map(score: float) -> None:
    longitude, latitude = geohash.decode(score)
    assert abs(longitude) <= 180
    assert abs(latitude) <= 85.05112878


def test_a_geohash_is_the_one_that_other_programs_read() -> None:
    assert geohash.text(geohash.encode(PALERMO)) == "sqc8b49rny0"


def test_a_distance_is_the_same_there_and_back() -> None:
    assert geohash.distance_m(PALERMO, CATANIA) == geohash.distance_m(CATANIA, PALERMO)
    assert geohash.distance_m(PALERMO, PALERMO) == 0


def test_a_small_search_looks_at_few_scores_and_finds_its_center() -> None:
    circle = Circle(100.0)
    ranges = list(geohash.ranges(PALERMO, circle.radius_m(PALERMO), circle.reach(PALERMO)))
    score = geohash.encode(PALERMO)
    assert sum(low <= score < high for low, high in ranges) == 1
    assert sum(high - low for low, high in ranges) < 1 << 30


def test_a_search_of_the_whole_globe_looks_at_every_score() -> None:
    everywhere = Bounds(-180.0, -90.0, 180.0, 90.0)
    ranges = set(geohash.ranges((0.0, 0.0), 3e7, everywhere))
    assert sum(high - low for low, high in ranges) == 1 << 52


def test_a_box_measures_its_sides_apart() -> None:
    assert Box(1.0, 500_000.0).distance_within_m((0.0, 0.0), (0.0, 1.0)) is not None
    assert Box(500_000.0, 1.0).distance_within_m((0.0, 0.0), (0.0, 1.0)) is None


def test_a_polygon_is_told_from_the_area_around_it() -> None:
    triangle = Polygon(((0.0, 0.0), (10.0, 0.0), (0.0, 10.0)))
    middle = triangle.center()
    assert triangle.distance_within_m(middle, (1.0, 1.0)) is not None
    assert triangle.distance_within_m(middle, (9.0, 9.0)) is None
    assert triangle.reach(middle) == Bounds(0.0, 0.0, 10.0, 10.0)
