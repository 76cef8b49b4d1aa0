from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redis_tui.render.lua import START, highlight, highlight_line, is_open
from redis_tui.render.lua_lexer import RedisLuaLexer
from redis_tui.render.spans import plain


def styles(source: str) -> list[tuple[str, str]]:
    return [
        (span.text, span.style.removeprefix("lua.")) for line in highlight(source) for span in line if span.text.strip()
    ]


def test_redis_and_its_inputs_are_told_from_names() -> None:
    assert styles("local v = redis.call('get', KEYS[1]) or cjson.null") == [
        ("local", "keyword"),
        ("v", "name"),
        ("=", "operator"),
        ("redis.call", "redis"),
        ("(", "operator"),
        ("'get'", "string"),
        (",", "operator"),
        ("KEYS", "keys"),
        ("[", "operator"),
        ("1", "number"),
        ("]", "operator"),
        (")", "operator"),
        ("or", "keyword"),
        ("cjson.null", "builtin"),
    ]


@pytest.mark.parametrize("number", ["0", "3.5", ".5", "1e10", "0xFF", "2E-3"])
def test_numbers(number: str) -> None:
    assert styles(number) == [(number, "number")]


def test_a_field_is_no_keyword() -> None:
    assert styles("t.type") == [("t", "name"), (".type", "name")]


def test_long_strings_and_comments_go_on_over_lines() -> None:
    lines = highlight("x = [==[ a ]]\nb ]==] --[[ c\nd ]] return")
    assert [(line[-1].text, line[-1].style) for line in lines] == [
        ("[==[ a ]]", "lua.string"),
        ("--[[ c", "lua.comment"),
        ("return", "lua.keyword"),
    ]


def test_a_quoted_string_goes_on_after_a_backslash_only() -> None:
    first, state = highlight_line('x = "abc\\')
    second, after = highlight_line('def" y', state)
    assert first[-1].style == second[0].style == "lua.string"
    assert (second[0].text, after) == ('def"', START)
    assert highlight_line('x = "abc')[0][-1].style == "lua.error"
    assert highlight_line('x = "abc')[1] == START


def test_a_shebang_is_a_comment() -> None:
    assert styles("#!lua name=x\nreturn 1")[0] == ("#!lua name=x", "comment")


@pytest.mark.parametrize(
    "source", ["if x then", "f(", "t = {", "function f()", "x = [[a", "repeat", "--[[ a", "for i = 1, 2 do"]
)
def test_what_is_open_wants_more_lines(source: str) -> None:
    assert is_open(source)


@pytest.mark.parametrize(
    "source",
    ["return 1", "if x then y() end", "for i = 1, 2 do end", "while a do b() end", "repeat x() until y", "x = 'if'"],
)
def test_what_is_closed_wants_none(source: str) -> None:
    assert not is_open(source)


_pieces = st.sampled_from(
    ["--", "[[", "]]", "[=[", "]=]", '"', "'", "\\", "\n", " ", "redis.call", "end", "1.5", "é", "..", "#!"]
)


@given(st.lists(_pieces, max_size=14).map("".join))
def test_spans_together_are_the_text(source: str) -> None:
    assert plain(highlight(source)) == source
    assert "".join(text for _, _, text in RedisLuaLexer().get_tokens_unprocessed(source)) == source
