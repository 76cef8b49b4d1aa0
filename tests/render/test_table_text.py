"""A reply as a table of text."""

from __future__ import annotations

import pytest

from redis_tui.render.spans import plain
from redis_tui.render.table_text import stream_table_lines
from redis_tui.resp.types import ErrorReply, Map, Reply


def shown(reply: Reply, command: str, columns: int = 80) -> list[str]:
    return plain(stream_table_lines(reply, command.encode().split(), columns=columns)).split("\n")


def test_pairs_are_rows_whichever_protocol_they_came_by() -> None:
    expected = ["field  value", "name   Ann", "age    31", "2 rows"]
    assert shown([b"name", b"Ann", b"age", b"31"], "hgetall user:1") == expected
    assert shown(Map([(b"name", b"Ann"), (b"age", b"31")]), "HGETALL user:1") == expected


def test_scores_are_named_by_the_word_that_asked_for_them() -> None:
    assert shown([b"ann", b"1.5", b"bob", b"20"], "ZRANGE board 0 -1 WITHSCORES") == [
        "member  score",
        "ann     1.5",
        "bob     20",
        "2 rows",
    ]


def test_the_elements_of_a_list_are_no_pairs() -> None:
    assert shown([b"a", b"b"], "LRANGE l 0 -1") == ["   element", "1  a", "2  b", "2 rows"]
    assert shown([3, 40], "MGET a b") == ["   element", "1        3", "2       40", "2 rows"]


def test_the_numbers_of_a_long_list_are_not_cut() -> None:
    lines = shown([b"x"] * 20_000, "LRANGE l 0 -1")
    assert lines[-2:] == ["20000  x", "20,000 rows"]


def test_a_stream_has_a_column_for_each_field() -> None:
    entries: Reply = [[b"1-0", [b"a", b"1", b"b", b"2"]], [b"2-0", [b"b", b"3"]]]
    assert shown(entries, "XRANGE s - +") == ["id   a  b", "1-0  1  2", "2-0     3", "2 rows"]


def test_the_widest_column_gives_way_and_what_is_cut_says_so() -> None:
    assert shown([b"k", b"v" * 40], "HGETALL h", columns=20) == [
        "field  value",
        "k      " + "v" * 12 + "…",
        "1 row · values are cut, .output cli (--no-raw) shows them whole",
    ]


@pytest.mark.parametrize(
    ("reply", "expected"),
    [(b"a", '"a"'), (3, "(integer) 3"), ([], "(empty array)"), (ErrorReply(b"ERR no"), "(error) ERR no")],
)
def test_what_is_no_table_is_printed_as_ever(reply: Reply, expected: str) -> None:
    assert shown(reply, "GET k") == [expected]
