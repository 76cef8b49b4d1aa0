"""The digits of doubles, as servers were seen to write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redis_tui.resp.shortest import digits_of


@pytest.mark.parametrize(
    ("value", "digits", "scale"),
    [
        (0.25, "25", -2),
        (0.1, "1", -1),
        # One digit more than it takes to read them back.
        (0.390701711177825927734375, "39070171117782593", -17),
        (22.031642437622182, "22031642437622182", -15),
        (1e23, "9999999999999999", 7),
        # Just between two texts: the greater one.
        (11.8560333251953125, "11856033325195313", -15),
        (5e-324, "5", -324),
        (2.2250738585072014e-308, "22250738585072014", -324),
        (1.7976931348623157e308, "17976931348623157", 292),
    ],
)
def test_digits_are_the_servers(value: float, digits: str, scale: int) -> None:
    assert digits_of(value) == (digits, scale)


@given(st.floats(min_value=0, exclude_min=True, allow_infinity=False))
def test_digits_read_back(value: float) -> None:
    digits, scale = digits_of(value)
    assert float(f"{digits}e{scale}") == value
    assert len(digits) <= 17
