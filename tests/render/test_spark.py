"""Charts of one line."""

from __future__ import annotations

from redis_tui.render.spark import sparkline


def test_values_fill_from_the_right() -> None:
    assert sparkline([0, 1, 2], 5, top=2) == "  ▁▅█"


def test_more_values_than_columns_lose_the_oldest() -> None:
    assert sparkline([9, 0, 7], 2) == "▁█"


def test_what_does_not_change_is_flat_at_the_bottom() -> None:
    assert sparkline([5, 5], 2, bottom=None) == "▁▁"
    assert sparkline([0, 0], 2) == "▁▁"


def test_without_room_there_is_no_chart() -> None:
    assert sparkline([1, 2], 0) == ""
