from __future__ import annotations

import json

import pytest

from redis_tui.render.export import csv_text, hex_lines, json_text, raw_text
from redis_tui.render.spans import plain
from redis_tui.resp.types import OK, BigNumber, ErrorReply, Map, Pairs, Reply, SetReply, Verbatim

# What redis-cli 7.0.15 prints with -3 into a pipe, and with --csv.
PRINTED: list[tuple[Reply, bytes, str]] = [
    (b'a"\\\n\x01\xff', b'a"\\\n\x01\xff', r'"a\"\\\n\x01\xff"'),
    (None, b"", "NULL"),
    (OK, b"OK", '"OK"'),
    (ErrorReply(b"ERR no"), b"ERR no\n", 'ERROR,"ERR no"'),
    (True, b"(true)", "true"),
    (3.5, b"3.5", "3.5"),
    (1e19, b"1e+19", "1e+19"),
    ([1, [2], [], b"x"], b"1\n2\n\nx", '1,2,,"x"'),
    (Map([(b"a", Map([(b"x", 1)]))]), b"a x 1", '"a","x",1'),
    (SetReply([b"q"]), b"q", '"q"'),
    (Verbatim(b"a b"), b"a b", '"a b"'),
    ([], b"", ""),
]


@pytest.mark.parametrize(("reply", "raw", "csv"), PRINTED)
def test_raw_and_csv_are_redis_clis(reply: Reply, raw: bytes, csv: str) -> None:
    assert raw_text(reply) == raw
    assert csv_text(reply) == csv


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        ([1, [], {"a": 1}["a"]], "[1,[],1]"),
        (Map([(b"a", Map([(b"x", 1)])), (b"b", SetReply([b"q"]))]), '{"a":{"x":1},"b":["q"]}'),
        (b'a"\\\n\t\x01/<', r'"a\"\\\n\t\u0001/<"'),
        ("é".encode(), '"é"'),
        (b"\xff", '"ÿ"'),
        (None, "null"),
        ([True, False, 3.5, 3.0, 1e19], "[true,false,3.5,3,1e+19]"),
        (float("inf"), '"inf"'),
        (float("nan"), '"nan"'),
        (BigNumber(b"12345678901234567890"), "12345678901234567890"),
        (Pairs([(b"a", 1.5)]), '[["a",1.5]]'),
        (ErrorReply(b"ERR no"), '{"error":"ERR no"}'),
        (Map([(1, b"x")]), '{"1":"x"}'),
    ],
)
def test_json_is_json(reply: Reply, text: str) -> None:
    assert json_text(reply) == text
    json.loads(json_text(reply))


def test_a_hex_dump_shows_offsets_bytes_and_text() -> None:
    assert plain(hex_lines(b"hello\x00world, \xff12")) == (
        "00000000  68 65 6c 6c 6f 00 77 6f  72 6c 64 2c 20 ff 31 32  |hello.world, .12|"
    )
    assert plain(hex_lines(b"a", start=16)) == f"00000010  61{' ' * 48}|a|"
