from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redis_tui.resp.inline import UnbalancedQuotes, join_inline, quote, split_inline


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"", []),
        (b"  \t ", []),
        (b" SET  k\tv \r\n", [b"SET", b"k", b"v"]),
        (b'"a b" c', [b"a b", b"c"]),
        (rb'"\x41\xfF\xg1"', [b"A\xffxg1"]),
        (rb'"\n\r\t\b\a\"\\\q"', [b'\n\r\t\b\a"\\q']),
        (rb"'a\'b\n'", [rb"a'b\n"]),
        (rb"'\x41'", [rb"\x41"]),
        (b'pre"fix ed"', [b"prefix ed"]),
        (b"it''", [b"it"]),
        (b"''", [b""]),
        (rb"a\nb", [rb"a\nb"]),
        (b"PING\0 x", [b"PING"]),
        (b'"a\0b" c', [b"a\0b", b"c"]),
    ],
)
def test_a_line_is_split_as_redis_cli_splits_it(line: bytes, words: list[bytes]) -> None:
    assert split_inline(line) == words


@pytest.mark.parametrize(
    ("line", "open_quote"),
    [
        (b'"a', '"'),
        (b"'a", "'"),
        (rb'"a\"', '"'),
        (b'"a\\', '"'),
        (rb"'a\'", "'"),
        (b'"a"b', None),
        (b"'a'\"b\"", None),
    ],
)
def test_unbalanced_quotes_are_refused_and_say_which_is_open(line: bytes, open_quote: str | None) -> None:
    with pytest.raises(UnbalancedQuotes) as caught:
        split_inline(line)
    assert caught.value.open_quote == open_quote


def test_quote_prints_as_redis_cli_does() -> None:
    assert quote(b'a"\\\n\r\t\a\b\x00\x7f\xc3\xa9 ~') == r'"a\"\\\n\r\t\a\b\x00\x7f\xc3\xa9 ~"'


def test_join_quotes_only_what_needs_it() -> None:
    assert join_inline([b"SET", b"user:1", b"a b", b"", b"\xff", b'"']) == r'SET user:1 "a b" "" "\xff" "\""'


@given(st.lists(st.binary(max_size=20), max_size=5))
def test_quoted_and_joined_words_split_back_to_themselves(argv: list[bytes]) -> None:
    assert split_inline(" ".join(map(quote, argv)).encode()) == argv
    assert split_inline(join_inline(argv).encode()) == argv
