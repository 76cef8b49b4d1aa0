"""The source around an error of a script that was typed."""

from __future__ import annotations

from redis_tui.prompt.context import error_context
from redis_tui.render.spans import plain
from redis_tui.resp.types import ErrorReply

SOURCE = b"local x = 1\nreturn y\n"
ERROR = ErrorReply(
    b"ERR user_script:2: Script attempted to access nonexistent global variable 'y' script: x, on @user_script:2."
)


def test_the_line_that_an_error_names_is_shown_with_a_caret() -> None:
    assert plain(error_context([b"eval", SOURCE, b"0"], ERROR)).splitlines() == [
        "  1 │ local x = 1",
        "> 2 │ return y",
        "    │        ^",
    ]


def test_a_library_that_does_not_compile_is_shown_too() -> None:
    error = ErrorReply(b"ERR Error compiling function: user_function:2: unexpected symbol near '='")
    shown = plain(error_context([b"FUNCTION", b"LOAD", b"#!lua name=l\nlocal x = = 3"], error))
    assert "> 2 │ local x = = 3" in shown


def test_one_line_other_commands_and_errors_without_a_line_have_none() -> None:
    assert error_context([b"EVAL", b"return y", b"0"], ERROR) == []
    assert error_context([b"GET", b"a"], ErrorReply(b"ERR no")) == []
    assert error_context([b"EVAL", SOURCE, b"x"], ErrorReply(b"ERR value is not an integer or out of range")) == []
    assert error_context([b"EVAL", SOURCE, b"0"], b"fine") == []
