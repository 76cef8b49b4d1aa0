"""Long doubles: results as INCRBYFLOAT of Redis 8.2.3 on x86-64 answers them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redis_tui.engine.types.string import add_long_doubles, encoding, format_long_double, parse_long_double


def total(one: bytes, other: bytes) -> bytes | None:
    first, second = parse_long_double(one), parse_long_double(other)
    if first is None or second is None:
        return None
    value = add_long_doubles(first, second)
    return None if value is None else format_long_double(value)


@pytest.mark.parametrize(
    ("one", "other", "text"),
    [
        (b"10.50", b"0.1", b"10.6"),
        (b"5.0e3", b"2.0e2", b"5200"),
        (b"1e18", b"0.5", b"1000000000000000000.5"),
        (b"1e20", b"1", b"100000000000000000000"),
        (b"0x1p3", b"0xA.8", b"18.5"),
        (b".5", b"5.", b"5.5"),
        (b"0", b"-0", b"0"),
        (b"0", b"-1e-30", b"0"),
        (b"0", b"1e-17", b"0.00000000000000001"),
        (b"9223372036854775807", b"1", b"9223372036854775808"),
        (b"18446744073709551615", b"2", b"18446744073709551616"),
    ],
)
def test_sums_are_those_of_a_server(one: bytes, other: bytes, text: bytes) -> None:
    assert total(one, other) == text


@pytest.mark.parametrize("text", [b"", b" 1", b"1 ", b"1_0", b".", b"-", b"1e", b"0x", b"nan", b"1e5000", b"1e-5000"])
def test_what_is_no_long_double_is_none(text: bytes) -> None:
    assert parse_long_double(text) is None


def test_infinity_can_be_read_but_not_added() -> None:
    assert parse_long_double(b"-Infinity") is not None
    assert total(b"inf", b"-inf") is None
    assert total(b"1.1e4932", b"1.1e4932") is None


@given(st.integers(-(2**62), 2**62), st.integers(-(2**62), 2**62))
def test_integers_of_63_bits_add_exactly(one: int, other: int) -> None:
    assert total(b"%d" % one, b"%d" % other) == b"%d" % (one + other)


def test_the_largest_number_is_written_out_in_full() -> None:
    written = total(b"1e4931", b"0")
    assert written is not None
    assert len(written) == 4932


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (b"0", "int"),
        (b"-9223372036854775808", "int"),
        (b"9223372036854775808", "embstr"),
        (b"-0", "embstr"),
        (b"01", "embstr"),
        (b"1\n", "embstr"),
        (b"", "embstr"),
        (b"x" * 44, "embstr"),
        (b"x" * 45, "raw"),
        (bytearray(b"1"), "raw"),
    ],
)
def test_encodings(value: bytes | bytearray, name: str) -> None:
    assert encoding(value) == name
