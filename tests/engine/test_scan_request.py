"""Cursors and options of the SCAN family."""

from __future__ import annotations

import pytest

from redis_tui.engine.dialect import REDIS_7_2, VALKEY_9
from redis_tui.engine.scan_request import parse_cursor, parse_scan
from redis_tui.errors import CommandError, SyntaxFault


@pytest.mark.parametrize(
    ("text", "cursor"),
    [(b"0", 0), (b"17", 17), (b"007", 7), (b" 5", 5), (b"+5", 5), (b"18446744073709551615", 2**64 - 1), (b"1\0x", 1)],
)
def test_a_cursor_is_read_as_strtoull_does(text: bytes, cursor: int) -> None:
    assert parse_cursor(text) == cursor


@pytest.mark.parametrize("text", [b"", b"x", b"-1", b"5 ", b"1.5", b"18446744073709551616", b"\0"])
def test_what_is_no_cursor_is_refused(text: bytes) -> None:
    with pytest.raises(CommandError, match="invalid cursor"):
        parse_cursor(text)


@pytest.mark.parametrize(("text", "cursor"), [(b"", 0), (b"\0x", 0), (b"-1", 2**64 - 1), (b"+5", 5)])
def test_a_cursor_of_redis_7_2_may_be_empty_or_negative(text: bytes, cursor: int) -> None:
    assert parse_cursor(text, REDIS_7_2) == cursor


@pytest.mark.parametrize("text", [b" 5", b"-", b"x", b"18446744073709551616"])
def test_a_cursor_of_redis_7_2_has_no_space_in_front(text: bytes) -> None:
    with pytest.raises(CommandError, match="invalid cursor"):
        parse_cursor(text, REDIS_7_2)


def test_options_stand_in_any_order_and_case() -> None:
    request = parse_scan([b"count", b"5", b"type", b"HASH", b"Match", b"a*"], of="scan")
    assert (request.count, request.type_name) == (5, "hash")
    assert request.matches is not None
    assert request.matches(b"ab")
    assert not request.matches(b"ba")


def test_options_of_another_command_are_refused() -> None:
    with pytest.raises(SyntaxFault):
        parse_scan([b"TYPE", b"hash"], of="hscan")
    with pytest.raises(CommandError, match="NOVALUES option can only be used in HSCAN"):
        parse_scan([b"NOVALUES"])
    with pytest.raises(SyntaxFault):
        parse_scan([b"NOVALUES"], REDIS_7_2, of="hscan")


def test_valkey_refuses_a_type_that_it_does_not_know() -> None:
    with pytest.raises(CommandError, match="unknown type name 'Bogus'"):
        parse_scan([b"TYPE", b"Bogus"], VALKEY_9, of="scan")
    assert parse_scan([b"TYPE", b"Bogus"], of="scan").type_name == "bogus"
