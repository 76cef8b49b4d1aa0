from __future__ import annotations

from itertools import islice

import pytest

from redis_tui.render.reply import cli_lines, plain, prints_raw, stream_cli_lines
from redis_tui.render.spans import Span
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
    Status,
    Verbatim,
)

# Each text was printed by redis-cli 7.0.15 on a terminal, but for the big number, which it does not know.
PRINTED: list[tuple[Reply, str]] = [
    (1, "(integer) 1"),
    (b'a"\\\n\x00\xff', r'"a\"\\\n\x00\xff"'),
    (None, "(nil)"),
    (NULL_ARRAY, "(nil)"),
    ([], "(empty array)"),
    (Map(), "(empty hash)"),
    (SetReply(), "(empty set)"),
    (Push(), "(empty push)"),
    (OK, "OK"),
    (Status(b"PONG"), "PONG"),
    (True, "(true)"),
    (False, "(false)"),
    (3.5, "(double) 3.5"),
    (1e19, "(double) 1e+19"),
    (BigNumber(b"123"), "(big number) 123"),
    (Verbatim(b"a b"), "a b"),
    (
        ErrorReply(b"ERR wrong number of arguments for 'get' command"),
        "(error) ERR wrong number of arguments for 'get' command",
    ),
    (
        [1, [2, [3, b'a"b'], []], None, Status(b"FINE"), ErrorReply(b"MY ERR")],
        (
            "1) (integer) 1\n"
            "2) 1) (integer) 2\n"
            "   2) 1) (integer) 3\n"
            '      2) "a\\"b"\n'
            "   3) (empty array)\n"
            "3) (nil)\n"
            "4) FINE\n"
            "5) (error) MY ERR"
        ),
    ),
    (
        Map([(b"a", 1), (b"c", Map([(b"y", Map()), (b"x", [])])), (b"b", [1, 2])]),
        (
            '1# "a" => (integer) 1\n'
            '2# "c" => \n'
            '   1# "y" => (empty hash)\n'
            '   2# "x" => (empty array)\n'
            '3# "b" => \n'
            "   1) (integer) 1\n"
            "   2) (integer) 2"
        ),
    ),
    (Map([(b"a", Map([(b"x", 1)]))]), '1# "a" => 1# "x" => (integer) 1'),
    (Map([(b"d", [[1, 2]])]), '1# "d" => \n   1) 1) (integer) 1\n      2) (integer) 2'),
    (SetReply([b"a", b"b"]), '1~ "a"\n2~ "b"'),
    (Pairs([(b"a", 1.5), (b"b", 2.0)]), '1) 1) "a"\n   2) (double) 1.5\n2) 1) "b"\n   2) (double) 2'),
]


@pytest.mark.parametrize(("reply", "text"), PRINTED)
def test_replies_look_as_redis_cli_prints_them(reply: Reply, text: str) -> None:
    assert plain(cli_lines(reply)) == text


def test_indices_are_aligned_to_the_widest() -> None:
    lines = plain(cli_lines([[number, b"x"] for number in range(1, 12)])).split("\n")
    assert lines[:2] == [" 1) 1) (integer) 1", '    2) "x"']
    assert lines[-2:] == ["11) 1) (integer) 11", '    2) "x"']


def test_resp2_shows_what_a_resp2_client_receives() -> None:
    assert plain(cli_lines(Map([(b"a", 1.5)]), resp=2)) == '1) "a"\n2) "1.5"'
    assert plain(cli_lines(True, resp=2)) == "(integer) 1"
    assert plain(cli_lines(Pairs([(b"m", 2.0)]), resp=2)) == '1) "m"\n2) "2"'


def test_spans_are_named_for_what_they_are() -> None:
    assert cli_lines([1, None]) == [
        [Span("1) ", "reply.index"), Span("(integer) ", "reply.type"), Span("1", "reply.integer")],
        [Span("2) ", "reply.index"), Span("(nil)", "reply.null")],
    ]


def test_a_large_reply_is_rendered_no_further_than_asked() -> None:
    lines = list(islice(stream_cli_lines([b"x"] * 1_000_000), 2))
    assert plain(lines) == '      1) "x"\n      2) "x"'


@pytest.mark.parametrize(
    ("argv", "raw"),
    [
        ([b"INFO"], True),
        ([b"client", b"LIST"], True),
        ([b"client", b"id"], False),
        ([b"get", b"k"], False),
        ([], False),
    ],
)
def test_some_commands_are_never_quoted(argv: list[bytes], raw: bool) -> None:
    assert prints_raw(argv) is raw
