from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from redis_tui.render.command import command_line, highlight_command
from redis_tui.render.spans import Span, plain


def test_words_are_styled_by_what_they_look_like() -> None:
    [line] = highlight_command('SET k "a b" EX 10')
    assert [span for span in line if span.text.strip()] == [
        Span("SET", "command.name"),
        Span("k", "command.argument"),
        Span('"a b"', "command.string"),
        Span("EX", "command.token"),
        Span("10", "command.number"),
    ]


def test_a_subcommand_is_part_of_the_name() -> None:
    [line] = highlight_command("config get maxmemory")
    assert [span.style for span in line[::2]] == ["command.name", "command.name", "command.argument"]


def test_lua_inside_eval_is_styled_as_lua_over_lines() -> None:
    first, second = highlight_command("EVAL \"local v = 1\nreturn redis.call('get', KEYS[1])\" 1 k")
    assert Span("local", "lua.keyword") in first
    assert Span("redis.call", "lua.redis") in second
    assert Span("1", "command.number") in second


def test_a_command_that_was_sent_shows_no_secret_and_fits() -> None:
    assert plain([command_line([b"AUTH", b"pw"])]) == "AUTH ***"
    assert plain([command_line([b"SET", b"k", b"x" * 50], limit=12)]) == "SET k xxxxx…"


@given(st.text(max_size=40))
def test_spans_together_are_the_text(text: str) -> None:
    assert plain(highlight_command(text)) == text
