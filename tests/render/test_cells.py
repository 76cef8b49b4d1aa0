"""Texts measured, cut and padded in the cells of a terminal."""

from __future__ import annotations

import pytest

from redis_tui.render.cells import cells, cut, fit, fitting
from redis_tui.render.error import explain
from redis_tui.render.side import beside
from redis_tui.render.spans import Span, plain
from redis_tui.render.table_text import stream_table_lines
from redis_tui.session.base import ScriptError


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("", 0),
        ("abc", 3),
        ("日本", 4),
        ("e\u0301", 1),
        ("🙂", 2),
        ("a\x00\n", 3),
        ("é", 1),
        ("👩\u200d🚀", 2),
        ("❤\ufe0f", 2),
    ],
)
def test_a_text_takes_the_cells_that_a_terminal_gives_it(text: str, size: int) -> None:
    assert cells(text) == size


@pytest.mark.parametrize(
    ("text", "room", "shown"),
    [("日本語", 6, "日本語"), ("日本語", 5, "日本…"), ("日本語", 4, "日… "), ("ab", 4, "ab  "), ("abcde", 4, "abc…")],
)
def test_a_text_is_cut_and_padded_to_so_many_cells(text: str, room: int, shown: str) -> None:
    assert fit(text, room) == shown
    assert cut(text, room) == shown.rstrip()
    assert fit(text, room, right=True) == " " * (len(shown) - len(shown.rstrip())) + shown.rstrip()
    assert cells(fit(text, room)) == room


def test_what_fits_is_counted_from_anywhere() -> None:
    assert [fitting("a日本語b", room, 1) for room in range(6)] == [1, 1, 2, 2, 3, 3]
    accents = "e\u0301" * 10
    assert [fitting(accents, room) for room in (1, 9, 10, 99)] == [2, 18, 20, 20]


def test_the_caret_stands_below_the_name_behind_wide_characters() -> None:
    line = 'local t = "日本" .. nam'
    error = ScriptError("ERR", "Script attempted to access nonexistent global variable 'nam'", 1, line)
    rows = plain(explain(error, line)).split("\n")
    at = next(row for row in rows if row.startswith("> 1"))
    caret = next(row for row in rows if "^" in row)
    assert caret.index("^") == cells(at[: at.index("nam")])
    assert caret.count("^") == 3


def test_the_right_side_of_a_comparison_begins_below_the_one_above() -> None:
    rows = [
        plain(beside([Span(text)], "≠", [Span("right")], columns=30, stacked=False))
        for text in ("plain", "日本語", "日本語日本語日本語日本語")
    ]
    assert {cells(row[: row.index("≠")]) for row in rows} == {cells(rows[0][: rows[0].index("≠")])}


def test_columns_of_a_table_stand_below_each_other() -> None:
    reply = [b"field", b"one", "日本".encode(), b"two"]
    rows = plain(stream_table_lines(reply, [b"HGETALL", b"k"], columns=40)).split("\n")
    assert {cells(row[: row.index(word)]) for row, word in zip(rows, ("value", "one", "two"), strict=False)} == {7}
