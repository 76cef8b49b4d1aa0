"""Classes of times, percentiles and levels, as a real server showed them."""

from __future__ import annotations

from redis_tui.engine.histogram import Histogram


def of(*times_us: int) -> Histogram:
    histogram = Histogram()
    for time_us in times_us:
        histogram.add(time_us * 1000)
    return histogram


def test_percentiles_are_the_upper_ends_of_their_classes() -> None:
    histogram = of(3, 22)
    assert [histogram.percentile_us(percent) for percent in (50, 99.95)] == [3.007, 22.015]
    assert of(195).percentile_us(50) == 195.583
    assert of(230).percentile_us(100) == 230.399


def test_nothing_has_no_percentile_and_no_levels() -> None:
    assert Histogram().percentile_us(50) == 0.0
    assert Histogram().levels() == []


def test_levels_double_and_count_what_is_below() -> None:
    assert of(24).levels() == [(33, 1)]
    assert of(8).levels() == [(8, 1)]
    assert of(230).levels() == [(264, 1)]
    assert of(1, 3, 3, 500).levels() == [(1, 1), (4, 3), (528, 4)]


def test_a_time_beyond_a_second_counts_as_one() -> None:
    assert of(5_000_000).percentile_us(50) == 1_002_438.655
