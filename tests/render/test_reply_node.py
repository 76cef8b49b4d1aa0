"""What a node of a reply is called, where it is, and what its row says."""

from __future__ import annotations

import pytest

from redis_tui.render.reply_node import child_of, count_of, node_at, node_line, nodes_of, path_text, type_of
from redis_tui.render.spans import plain
from redis_tui.resp.types import (
    NULL_ARRAY,
    OK,
    BigNumber,
    ErrorReply,
    Map,
    Pairs,
    Push,
    Reply,
    SetReply,
    Verbatim,
)

PEOPLE: Reply = [1, Map([(b"name", b"Ann"), (b"two words", [b"x"]), (7, None)])]


@pytest.mark.parametrize(
    ("reply", "row"),
    [
        (None, "(null)"),
        (NULL_ARRAY, "(null)"),
        (5, "(integer) 5"),
        (True, "(boolean) true"),
        (1.5, "(double) 1.5"),
        (OK, "(status) OK"),
        (b"a\n", '"a\\n"'),
        (BigNumber(b"12345678901234567890"), "(big number) 12345678901234567890"),
        (Verbatim(b"# hi", b"mkd"), '(verbatim mkd) "# hi"'),
        (ErrorReply(b"ERR no"), "(error) ERR no"),
        ([], "(array) 0 elements"),
        ([b"a", [1]], '(array) 2 elements  "a", …'),
        (Map([(b"a", 1)]), "(map) 1 pair  a: 1"),
        (SetReply([b"x", b"y"]), '(set) 2 members  "x", "y"'),
        (Push([b"message"]), '(push) 1 element  "message"'),
        (Pairs([(b"ann", 1.5)]), "(pairs) 1 pair  ann: 1.5"),
        (b"x" * 300, '"' + "x" * 240 + "…  300 bytes"),
        ([b"a" * 30, b"b" * 30, b"c" * 30], '(array) 3 elements  "' + "a" * 30 + '", "bbbbbbbbbb…'),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
def test_a_row_tells_the_type_and_what_a_folded_node_holds(reply: Reply, row: str) -> None:
    assert plain([node_line(reply)]) == row


def test_an_open_node_tells_no_more_than_how_much_it_holds() -> None:
    assert plain([node_line(PEOPLE, is_open=True)]) == "(array) 2 elements"


@pytest.mark.parametrize(
    ("path", "text", "value"),
    [
        ((), ".", PEOPLE),
        ((0,), "[0]", 1),
        ((1, 0), "[1].name", b"Ann"),
        ((1, 1, 0), '[1]["two words"][0]', b"x"),
        ((1, 2), "[1][7]", None),
    ],
)
def test_a_path_is_written_as_jq_takes_it(path: tuple[int, ...], text: str, value: Reply) -> None:
    assert path_text(PEOPLE, path) == text
    assert node_at(PEOPLE, path) == value


def test_the_score_of_a_pair_is_its_second_element() -> None:
    assert path_text(Pairs([(b"ann", 1.5)]), (0,)) == "[0][1]"


def test_nodes_come_in_the_order_of_the_tree() -> None:
    rows = [(path, plain([line])) for path, line in nodes_of([[b"a", []], 2])]
    assert rows == [
        ((), "(array) 2 elements"),
        ((0,), "[0]  (array) 2 elements"),
        ((0, 0), '[0]  "a"'),
        ((0, 1), "[1]  (array) 0 elements"),
        ((1,), "[1]  (integer) 2"),
    ]


def test_a_string_is_a_leaf_and_no_sequence_of_numbers() -> None:
    assert count_of(b"abc") is None
    assert type_of(b"abc") == "string"
    assert child_of([b"abc"], 0) == b"abc"
