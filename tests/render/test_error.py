from __future__ import annotations

import pytest

from redis_tui.render.error import advise, explain
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


@pytest.mark.parametrize(
    ("code", "message", "begins"),
    [
        ("WRONGTYPE", "Operation against a key holding the wrong kind of value", "The key holds another type"),
        ("BUSY", "Redis is busy running a script.", "Another script has been running"),
        ("UNKILLABLE", "Sorry the script already executed write commands", "The script has already written"),
        ("OOM", "command not allowed when used memory > 'maxmemory'.", "The server has reached maxmemory"),
        ("READONLY", "You can't write against a read only replica.", "This server is a replica"),
        ("NOPERM", "User default has no permissions", "The user of this connection may not"),
        ("CROSSSLOT", "Keys in request don't hash to the same slot", "The keys belong to different slots"),
        ("MISCONF", "Errors writing to the AOF file", "The server cannot save to disk"),
        ("NOAUTH", "Authentication required.", "The server wants a password"),
        ("WRONGPASS", "invalid username-password pair", "The user name or the password is wrong"),
        ("ERR", "Error compiling script (new function): '=' expected near '1'", "The script has a syntax error"),
        ("ERR", "Attempt to modify a readonly table", "Scripts may not create or change global"),
        ("ERR", "attempt to index local 't' (a nil value)", "A value here is not of the type"),
        ("ERR", "Lua redis lib command arguments must be strings or integers", "redis.call takes strings and numbers"),
        ("ERR", "Wrong number of args calling Redis command from script", "The command was called with too few"),
        ("ERR", "Unknown Redis command called from script", "The server has no command of that name"),
        ("ERR", "This Redis command is not allowed from script", "This command may not be called inside"),
        ("ERR", "This Valkey command is not allowed from script", "This command may not be called inside"),
        ("ERR", "Write commands are not allowed from read-only scripts.", "The script was run read-only"),
        ("ERR", "Script killed by user with SCRIPT KILL...", "The script was killed"),
        ("ERR", "stack overflow", "A function calls itself"),
    ],
)
def test_known_errors_are_explained(code: str, message: str, begins: str) -> None:
    advice = advise(code, message)
    assert advice is not None
    assert advice.meaning.startswith(begins)
    assert advice.action


def test_an_unknown_error_gets_no_guess() -> None:
    assert advise("MYERR", "whatever") is None


def test_a_misspelt_function_of_the_api_is_told_with_the_one_that_was_meant() -> None:
    error = ScriptError("ERR", "attempt to call field 'cal' (a nil value)", 1, "redis.cal('get', 'k')")
    lines = plain(explain(error)).splitlines()
    assert lines[-2:] == ["redis has no function of the name cal.", "→ Did you mean redis.call?"]
    own = ScriptError("ERR", "attempt to call field 'cal' (a nil value)", 1, "mine.cal()")
    assert "Did you mean" not in plain(explain(own))


def test_a_library_that_is_run_as_a_script_is_told_how_to_call_it() -> None:
    advice = advise("ERR", "Unknown lua shebang option: name=mylib")
    assert advice is not None
    assert advice.meaning == "This is a library of functions, not a script."
    assert "FCALL" in advice.action
