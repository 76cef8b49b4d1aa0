"""Bits of a string, against the same done bit by bit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redis_tui.engine.types import bitmap

TEXTS = st.binary(min_size=1, max_size=6) | st.lists(st.sampled_from([b"\0", b"\xff"]), min_size=1, max_size=6).map(
    b"".join
)


def bits(text: bytes | bytearray) -> str:
    return "".join(f"{byte:08b}" for byte in text)


@given(TEXTS, st.integers(0, 50), st.integers(0, 50))
def test_counting_and_finding_agree_with_a_walk_over_bits(text: bytes, first: int, last: int) -> None:
    last = min(last, len(text) * 8 - 1)
    part = bits(text)[first : last + 1]
    assert bitmap.count(text, first, last) == part.count("1")
    for bit in (0, 1):
        at = part.find(str(bit))
        assert bitmap.find(text, bit, first, last) == (None if at < 0 else first + at)


def test_long_strings_are_searched_by_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bitmap, "_STRETCH", 4)
    for at in range(80):
        text = bytearray(10)
        text[at >> 3] |= 0x80 >> (at & 7)
        assert bitmap.find(text, 1, 0, 79) == at
        assert bitmap.find(bytes(byte ^ 0xFF for byte in text), 0, 0, 79) == at
        assert bitmap.count(text, 0, 79) == 1
    assert bitmap.find(bytes(10), 1, 3, 79) is None


@given(st.binary(max_size=12), st.integers(0, 60), st.integers(1, 64), st.booleans(), st.integers(-(1 << 63), 1 << 63))
def test_a_field_reads_back_as_it_was_written_and_leaves_its_neighbours(
    text: bytes, offset: int, width: int, signed: bool, number: int
) -> None:
    buffer = bytearray(text.ljust(16, b"\0"))
    before = bits(buffer)
    value = bitmap.fit(number, width, b"WRAP", signed=signed)
    assert value is not None
    bitmap.write_field(buffer, offset, width, value)
    assert bitmap.read_field(buffer, offset, width, signed=signed) == value
    after = bits(buffer)
    assert after[:offset] + after[offset + width :] == before[:offset] + before[offset + width :]


@pytest.mark.parametrize(
    ("number", "signed", "overflow", "fitted"),
    [
        (255, False, b"SAT", 255),
        (256, False, b"WRAP", 0),
        (256, False, b"SAT", 255),
        (256, False, b"FAIL", None),
        (-1, False, b"WRAP", 255),
        (-1, False, b"SAT", 0),
        (128, True, b"WRAP", -128),
        (128, True, b"SAT", 127),
        (-129, True, b"WRAP", 127),
        (-129, True, b"SAT", -128),
        (-129, True, b"FAIL", None),
    ],
)
def test_what_overflows_wraps_saturates_or_fails(
    number: int, signed: bool, overflow: bytes, fitted: int | None
) -> None:
    assert bitmap.fit(number, 8, overflow, signed=signed) == fitted


@pytest.mark.parametrize(
    ("operation", "combined"),
    [
        (b"AND", "10000000"),
        (b"OR", "11111000"),
        (b"XOR", "10010000"),
        (b"DIFF", "00000000"),
        (b"DIFF1", "00011000"),
        (b"ANDOR", "11100000"),
        (b"ONE", "00010000"),
    ],
)
def test_strings_combine_bit_by_bit(operation: bytes, combined: str) -> None:
    texts = [bytes([0b11100000]), bytes([0b11001000]), bytes([0b10111000])]
    assert bits(bitmap.combine(operation, texts)) == combined


def test_a_shorter_string_counts_as_filled_up_with_zeros() -> None:
    assert bitmap.combine(b"OR", [b"a", b"\0bc"]) == b"abc"
    assert bitmap.combine(b"AND", [b"abc", b"ab"]) == b"ab\0"
    assert bitmap.combine(b"NOT", [b"\x0f\0"]) == b"\xf0\xff"
