"""cjson as Redis 8.2.3 answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.scripting.conftest import Bench

ENCODED = [
    ("{1, 2, 3}", b"[1,2,3]"),
    ("{}", b"{}"),
    ("{a = {}}", b'{"a":{}}'),
    ("'a/b\"\\\\\\n\\r\\t\\b\\f\\1\\127'", b'"a\\/b\\"\\\\\\n\\r\\t\\b\\f\\u0001\\u007f"'),
    ("'a\\0b'", b'"a\\u0000b"'),
    ("{1.5, 1e20, 12345678901234567, 100, 1e14, 1/3}", b"[1.5,1e+20,1.2345678901235e+16,100,1e+14,0.33333333333333]"),
    ("{[1] = 1, [5] = 2}", b"[1,null,null,null,2]"),
    ("{[1.5] = 2}", b'{"1.5":2}'),
    ("cjson.null", b"null"),
    ("nil", b"null"),
    ("true", b"true"),
    ('cjson.decode(\'{"a":[1,2,{"b":null}]}\')', b'{"a":[1,2,{"b":null}]}'),
]


@pytest.mark.parametrize(("lua", "text"), ENCODED)
def test_encode(bench: Bench, lua: str, text: bytes) -> None:
    assert bench(f"return cjson.encode({lua})") == text


@pytest.mark.parametrize(
    ("lua", "text"),
    [
        ("1/0", "Cannot serialise number: must not be NaN or Inf"),
        ("{[1] = 1, [20] = 2}", "Cannot serialise table: excessively sparse array"),
        ("{[true] = 2}", "Cannot serialise boolean: table key must be a number or string"),
        ("function() end", "Cannot serialise function: type not supported"),
        ("", "bad argument #1 to 'encode' (expected 1 argument)"),
    ],
)
def test_encode_refuses(bench: Bench, lua: str, text: str) -> None:
    assert bench.error(f"return cjson.encode({lua})") == f"ERR user_script:1: {text} script: @user_script:1."


def test_encode_ends_at_its_depth(bench: Bench) -> None:
    assert bench.error("local t = {} t[1] = t return cjson.encode(t)") == (
        "ERR user_script:1: Cannot serialise, excessive nesting (1001) script: @user_script:1."
    )


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("5", b"5"),
        ("  5  ", b"5"),
        ("-1.5e2", b"-150"),
        ("01", b"1"),
        ("0x10", b"16"),
        ("+5", b"5"),
        ("Infinity", b"inf"),
        ("NaN", b"nan"),
        ("true", b"true"),
        ("null", b"userdata: (nil)"),
        (r'"\\u00e9\\u20ac\\ud83d\\ude00"', "é€😀".encode()),
    ],
)
def test_decode(bench: Bench, text: str, reply: bytes) -> None:
    assert bench(f"return tostring(cjson.decode('{text}'))") == reply


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Expected value but found T_END at character 1"),
        ("[1,2", "Expected comma or array end but found T_END at character 5"),
        ("[1,2}", "Expected comma or array end but found T_OBJ_END at character 5"),
        ('{"a" 1}', "Expected colon but found T_NUMBER at character 6"),
        ("{a:1}", "Expected object key string but found invalid token at character 2"),
        ("[1,]", "Expected value but found T_ARR_END at character 4"),
        ("1 2", "Expected the end but found T_NUMBER at character 3"),
        ("tru", "Expected value but found invalid token at character 1"),
        ('"abc', "Expected value but found unexpected end of string at character 5"),
        (r'"a\\qb"', "Expected value but found invalid escape code at character 3"),
        ("-", "Expected value but found invalid number at character 1"),
    ],
)
def test_decode_says_what_it_expected_and_where(bench: Bench, text: str, message: str) -> None:
    assert bench.error(f"return cjson.decode('{text}')") == f"ERR user_script:1: {message} script: @user_script:1."


def test_decode_ends_at_its_depth(bench: Bench) -> None:
    assert bench.error("cjson.decode(string.rep('[', 1001))") == (
        "ERR user_script:1: Found too many nested data structures (1001) at character 1001 script: @user_script:1."
    )


def test_a_new_library_has_options_of_its_own(bench: Bench) -> None:
    source = "local c = cjson.new() c.encode_number_precision(3) return c.encode(1/3) .. ' ' .. cjson.encode(1/3)"
    assert bench(source) == b"0.333 0.33333333333333"


@pytest.mark.parametrize(
    ("call", "text"),
    [
        ("c.decode, ('['):rep(1e5)", b"Found too many nested data structures (7999) at character 7999"),
        ("c.decode, ('{\"a\":'):rep(1e5)", b"Found too many nested data structures (4000) at character 19996"),
        ("c.encode, array", b"Cannot serialise, excessive nesting (7998)"),
        ("c.encode, object", b"Cannot serialise, excessive nesting (4000)"),
    ],
)
def test_without_a_bound_of_its_own_the_nesting_ends_with_the_stack_of_c(bench: Bench, call: str, text: bytes) -> None:
    source = """
        local c, array, object = cjson.new(), {}, {}
        array[1], object.a = array, object
        c.decode_max_depth(2147483647) c.encode_max_depth(2147483647)
        return select(2, pcall(CALL))"""
    assert bench(source.replace("CALL", call)) == text


def test_a_long_text_is_escaped_wherever_it_is_cut(bench: Bench) -> None:
    texts = [b"x" * at + b'"\\/\n\0' + b"x" * 70_000 for at in (0, 65_533, 65_535, 65_536, 131_071)]
    for text in texts:
        reply = bench("return cjson.encode(ARGV[1])", [], [text])
        assert isinstance(reply, bytes)
        assert json.loads(reply) == text.decode()


def test_a_megabyte_goes_there_and_back(bench: Bench) -> None:
    rows = [{"id": n, "name": f"user {n}", "tags": ["a", "b"], "ok": True} for n in range(15_000)]
    text = json.dumps(rows).encode()
    reply = bench("return cjson.encode(cjson.decode(ARGV[1]))", [], [text])
    assert isinstance(reply, bytes)
    assert len(text) > 800_000
    assert json.loads(reply) == rows
