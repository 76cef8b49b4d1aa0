from __future__ import annotations

from redis_tui.render.error import explain
from redis_tui.render.spans import plain
from redis_tui.session.base import ScriptError

SOURCE = b"local a = 1\nlocal b = 2\n\treturn foo + a\nlocal c = 3\nlocal d = 4\nlocal e = 5"


def test_the_line_is_shown_between_its_neighbours_with_a_caret_under_the_name() -> None:
    error = ScriptError("ERR", "Script attempted to access nonexistent global variable 'foo'", 3, "\treturn foo + a")
    assert plain(explain(error, SOURCE)) == (
        "ERR Script attempted to access nonexistent global variable 'foo' (line 3)\n"
        "  1 │ local a = 1\n"
        "  2 │ local b = 2\n"
        "> 3 │     return foo + a\n"
        "    │            ^^^\n"
        "  4 │ local c = 3\n"
        "  5 │ local d = 4\n"
        "The name was never given a value: Redis forbids reading globals that do not exist.\n"
        "→ Check the spelling, or declare it with local before this line."
    )


def test_without_the_source_the_errors_own_line_is_shown() -> None:
    error = ScriptError("ERR", "boom", 12, "error('boom')")
    assert plain(explain(error)) == ("ERR boom (line 12)\n> 12 │ error('boom')\n     │ ^^^^^^^^^^^^^")


def test_an_error_without_a_line_shows_no_source() -> None:
    error = ScriptError("NOSCRIPT", "No matching script. Please use EVAL.", None, None)
    assert plain(explain(error, SOURCE)).split("\n")[0] == "NOSCRIPT No matching script. Please use EVAL."
    assert "│" not in plain(explain(error, SOURCE))


def test_a_misspelt_function_of_the_api_is_told_with_the_one_that_was_meant() -> None:
    error = ScriptError("ERR", "attempt to call field 'cal' (a nil value)", 1, "redis.cal('get', 'k')")
    lines = plain(explain(error)).splitlines()
    assert lines[-2:] == ["redis has no function of the name cal.", "→ Did you mean redis.call?"]
    own = ScriptError("ERR", "attempt to call field 'cal' (a nil value)", 1, "mine.cal()")
    assert "Did you mean" not in plain(explain(own))
