"""Which replies are tables, with which columns."""

from __future__ import annotations

import pytest

from redis_tui.render.reply_table import table_of
from redis_tui.resp.types import Map, Pairs, Reply, SetReply

SHAPES: list[tuple[str, Reply, tuple[str, ...], list[tuple[str, ...]]]] = [
    ("a map", Map([(b"maxmemory", b"0"), (b"save", b"")]), ("field", "value"), [("maxmemory", "0"), ("save", "")]),
    ("scores", Pairs([(b"ann", 1.5), (b"bob", 2.0)]), ("member", "score"), [("ann", "1.5"), ("bob", "2")]),
    ("nested scores", [[b"ann", 1.5], [b"bob", 2.0]], ("member", "score"), [("ann", "1.5"), ("bob", "2")]),
    ("flat pairs", [b"name", b"Ann", b"age", b"42"], ("field", "value"), [("name", "Ann"), ("age", "42")]),
    ("maps", [Map([(b"a", 1)]), Map([(b"b", 2), (b"a", 3)])], ("a", "b"), [("1", ""), ("3", "2")]),
    (
        "a map of maps",
        Map([(b"n1", Map([(b"ip", b"10.0.0.1")])), (b"n2", Map([(b"ip", b"10.0.0.2")]))]),
        ("name", "ip"),
        [("n1", "10.0.0.1"), ("n2", "10.0.0.2")],
    ),
    (
        "entries",
        [[b"1-0", [b"t", b"20"]], [b"2-0", [b"h", b"5", b"t", b"21"]]],
        ("id", "t", "h"),
        [("1-0", "20", ""), ("2-0", "21", "5")],
    ),
    (
        "replies of HGETALL",
        [[b"id", b"1", b"name", b"Ann"], [b"id", b"2", b"name", b"Bob"]],
        ("id", "name"),
        [("1", "Ann"), ("2", "Bob")],
    ),
    (
        "rows",
        [[b"a", 1, None], [b"b", 2, [3]]],
        ("[0]", "[1]", "[2]"),
        [("a", "1", "null"), ("b", "2", "(array) 1 element")],
    ),
]


@pytest.mark.parametrize(
    ("reply", "names", "rows"), [shape[1:] for shape in SHAPES], ids=[shape[0] for shape in SHAPES]
)
def test_a_reply_of_that_shape_is_a_table(reply: Reply, names: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    table = table_of(reply)
    assert table is not None
    assert table.names == names
    assert [table.texts(row) for row in range(table.count)] == rows


@pytest.mark.parametrize(
    "reply",
    [1, b"text", None, [], Map(), [1, 2, 3], [b"a", b"b", b"c"], [[1], [1, 2]], SetReply([b"a"])],
    ids=str,
)
def test_other_replies_are_none(reply: Reply) -> None:
    assert table_of(reply) is None


def test_numbers_are_told_from_text_and_sorted_as_numbers() -> None:
    table = table_of(Map([(b"a", b"9"), (b"b", b"10"), (b"c", b"")]))
    assert table is not None
    assert table.right == (False, True)
    assert sorted(range(3), key=lambda row: table.sort_value(row, 1)) == [2, 0, 1]


def test_a_later_row_of_another_shape_is_shown_whole() -> None:
    rows: list[Reply] = [[b"a", 1]] * 400
    table = table_of([*rows, b"lonely", [1, 2, 3]])
    assert table is not None
    assert table.texts(400) == ("lonely",)
    assert table.texts(401) == ("(array) 3 elements",)
