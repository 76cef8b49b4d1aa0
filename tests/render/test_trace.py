"""A call of a run on one line."""

from __future__ import annotations

import pytest

from redis_tui.render.spans import plain
from redis_tui.render.trace import By, bar, brief, sum_line, summed, timed_line, trace_lines
from redis_tui.resp.types import OK, ErrorReply, Reply
from redis_tui.session.base import TraceRow


def test_a_row_tells_line_time_command_and_reply() -> None:
    rows = [TraceRow(3, (b"get", b"a b"), None, 1.54), TraceRow(12, (b"set", b"a", b"1"), OK, 1234.0)]
    assert plain(trace_lines(rows, 2)).splitlines() == [
        '   3      1.5 µs  get "a b"  →  (nil)',
        "  12   1234.0 µs  set a 1  →  OK",
    ]


def test_what_is_not_known_is_left_open() -> None:
    [line] = plain(trace_lines([TraceRow(0, (b"ping",), OK, None)], 1)).splitlines()
    assert line == "   ?              ping  →  OK"


def test_calls_that_were_not_kept_are_counted() -> None:
    lines = trace_lines([TraceRow(1, (b"ping",), OK, None)], 12_000)
    assert plain(lines[1:]) == "first 1 of 12,000 calls"


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        ([b"a", [1, None]], '1) "a" 2) 1) (integer) 1 2) (nil)'),
        (ErrorReply(b"WRONGTYPE no"), "(error) WRONGTYPE no"),
        (b"x" * 100, '"' + "x" * 58 + "…"),
        ([b"12345678901234567890"] * 1_000_000, '1) "12345678901234567890" 2) "12345678901234567890" 3) "123…'),
    ],
)
def test_a_reply_of_many_lines_is_run_together_and_cut(reply: Reply, text: str) -> None:
    assert plain([brief(reply)]) == text


ROWS = [
    TraceRow(3, (b"get", b"a"), None, 10.0),
    TraceRow(5, (b"SET", b"a", b"1"), None, 20.0),
    TraceRow(3, (b"get", b"b"), None, 50.0),
    TraceRow(3, (b"SET", b"b", b"1"), None, None),
]


@pytest.mark.parametrize(
    ("by", "sums"),
    [
        ("line and command", [(3, "GET", 2, 60.0), (5, "SET", 1, 20.0), (3, "SET", 1, 0.0)]),
        ("command", [(0, "GET", 2, 60.0), (0, "SET", 2, 20.0)]),
        ("line", [(3, "", 3, 60.0), (5, "", 1, 20.0)]),
    ],
)
def test_calls_are_summed_up_the_dearest_first(by: By, sums: list[tuple[int, str, int, float]]) -> None:
    assert [tuple(one) for one in summed(ROWS, by)] == sums


def test_a_sum_tells_its_share_and_its_mean() -> None:
    assert plain([sum_line(summed(ROWS, "command")[0], 80.0)]) == (
        "          60.0 µs   75.0% ███▊   GET 2 calls · 30.0 µs each"
    )


def test_the_slowest_call_is_marked_by_a_sign_and_the_longest_bar() -> None:
    assert plain([timed_line(row, 50.0) for row in ROWS[1:3]]).splitlines() == [
        "    5      20.0 µs ██    SET a 1  →  (nil)",
        "▲   3      50.0 µs █████ get b  →  (nil)",
    ]


def test_what_took_any_time_has_a_sliver_of_a_bar() -> None:
    assert (bar(0.0), bar(0.0001), bar(1.0)) == ("", "▏", "█████")
