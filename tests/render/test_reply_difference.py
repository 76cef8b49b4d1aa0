from __future__ import annotations

import pytest

from redis_tui.render.reply_difference import reply_differences, two_sides
from redis_tui.render.spans import plain
from redis_tui.resp.types import ErrorReply, Map, Reply, SetReply, Status


def told(before: Reply, after: Reply) -> list[str]:
    found, _ = reply_differences(before, after)
    return [f"{one.path}: {plain([two_sides(one)[0]])} | {plain([two_sides(one)[1]])}" for one in found]


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (1, 1, []),
        ([1, [b"a"]], [1, [b"a"]], []),
        (1, 2, ["reply: (integer) 1 | (integer) 2"]),
        (b"OK", Status(b"OK"), ['reply: "OK" | OK']),
        (None, b"", ['reply: (nil) | ""']),
        (1, ErrorReply(b"ERR no"), ["reply: (integer) 1 | (error) ERR no"]),
        ([1, 2, [3, b"x"]], [1, 2, [3, b"y"]], ['reply[3][2]: "x" | "y"']),
        ([b"a", b"b", b"c"], [b"b", b"c"], ['reply[1]: "a" | not there']),
        ([b"a", b"c"], [b"a", b"b", b"c"], ['reply[2]: not there | "b"']),
        (
            Map([(b"name", b"ada"), (b"age", 3)]),
            Map([(b"age", 4), (b"town", b"x")]),
            [
                'reply["name"]: "ada" | not there',
                'reply["age"]: (integer) 3 | (integer) 4',
                'reply["town"]: not there | "x"',
            ],
        ),
        (SetReply([b"a", b"b"]), SetReply([b"b", b"a"]), []),
        (SetReply([b"a"]), SetReply([b"c"]), ['reply{}: "a" | not there', 'reply{}: not there | "c"']),
        (
            b'{"a": [1, 2], "b": 1}',
            b'{"b": 1, "a": [1, 3]}',
            ['reply as JSON ["a"][2]: (integer) 2 | (integer) 3'],
        ),
        (b"{broken", b"{other", ['reply: "{broken" | "{other"']),
    ],
)
def test_each_place_that_differs_is_told(before: Reply, after: Reply, shown: list[str]) -> None:
    assert told(before, after) == shown


def test_text_of_many_lines_is_compared_by_lines() -> None:
    (found,), _ = reply_differences(b"a\nb\nc\nd\n", b"a\nB\nc\nd\n")
    assert found.text == ("@@ -1,3 +1,3 @@", " a", "-b", "+B", " c")


def test_a_long_text_is_shown_from_where_it_differs() -> None:
    (found,), _ = reply_differences(b"x" * 500 + b"a", b"x" * 500 + b"b")
    assert plain([two_sides(found)[0]]) == '…"xxxxxxxxxxxxa"  from byte 500 of 501'


def test_no_more_places_are_told_than_are_wanted() -> None:
    found, more = reply_differences([1] * 500, [2] * 500, most=200)
    assert (len(found), more) == (200, True)
