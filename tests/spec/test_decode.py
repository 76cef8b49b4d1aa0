"""Numbers as Redis reads them."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from redis_tui.errors import CommandError, SyntaxFault
from redis_tui.spec.decode import Options, decode_float, decode_int

INTEGER = re.compile(rb"(?:0|-?[1-9][0-9]{0,18})\Z")


def model(text: bytes) -> int | None:
    """string2ll as a regular expression and a range."""
    if not INTEGER.match(text) or not -(2**63) <= int(text) < 2**63:
        return None
    return int(text)


def decoded(text: bytes) -> int | None:
    try:
        return decode_int(text)
    except CommandError:
        return None


number_like = st.text("0123456789-+ _.e", max_size=22).map(str.encode)


@given(st.one_of(number_like, st.binary(max_size=22), st.integers(-(2**66), 2**66).map(lambda value: b"%d" % value)))
@example(b"9223372036854775807")
@example(b"9223372036854775808")
@example(b"-9223372036854775808")
@example(b"-9223372036854775809")
@example(b"-0")
@example(b"00")
@example(b"1_000")
@example(b"")
@example("١".encode())
def test_decode_int_agrees_with_the_model(text: bytes) -> None:
    assert decoded(text) == model(text)


def test_decode_int_refuses_in_the_words_given() -> None:
    with pytest.raises(CommandError) as caught:
        decode_int(b"x", "ERR timeout is not an integer or out of range")
    assert caught.value.line == b"ERR timeout is not an integer or out of range"


# Each of these was sent to Redis 8.2.3 and 7.0.15 as ZADD zz TEXT m.
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", 1.0),
        ("+1", 1.0),
        ("-1", -1.0),
        ("1.", 1.0),
        (".5", 0.5),
        ("1e5", 100000.0),
        ("1E+5", 100000.0),
        ("+.5e-1", 0.05),
        ("00012", 12.0),
        ("0.0", 0.0),
        ("-0", 0.0),
        ("0e5", 0.0),
        ("0e-99999", 0.0),
        ("4e-324", 5e-324),
        ("0x10", 16.0),
        ("0x1p3", 8.0),
        ("inf", float("inf")),
        ("+inf", float("inf")),
        ("-INF", float("-inf")),
        ("Infinity", float("inf")),
    ],
)
def test_decode_float_takes_what_a_server_takes(text: str, expected: float) -> None:
    assert decode_float(text.encode()) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "+",
        "--1",
        "e1",
        "1e",
        "1d",
        "1,5",
        " 1",
        "1 ",
        "1_0",
        "nan",
        "-nan",
        "infinit",
        "1e400",
        "1e309",
        "1e-400",
        "0x",
        "1\x00",
        "١",
    ],
)
def test_decode_float_refuses_what_a_server_refuses(text: str) -> None:
    with pytest.raises(CommandError) as caught:
        decode_float(text.encode())
    assert caught.value.line == b"ERR value is not a valid float"


def test_options_are_taken_one_after_the_other() -> None:
    options = Options([b"2", b"a", b"b", b"weights", b"1.5", b"2", b"rest"])
    assert options.take_many(options.take_int()) == [b"a", b"b"]
    assert options.accept(b"AGGREGATE") is None
    assert options.accept(b"AGGREGATE", b"WEIGHTS") == b"WEIGHTS"
    assert (options.take_float(), options.take()) == (1.5, b"2")
    assert len(options) == 1
    assert options.take_word() == b"REST"
    assert not options
    assert options.take_rest() == []


def test_options_that_are_missing_are_a_syntax_error() -> None:
    for take in (Options([]).take, Options([]).take_int, lambda: Options([b"a"]).take_many(2)):
        with pytest.raises(SyntaxFault):
            take()
