from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from unittest.mock import AsyncMock

import pytest

from redis_tui.batch import OutputMode
from redis_tui.errors import FileError, NotSupportedError, RedisTuiError, SessionError, UsageError
from redis_tui.repl.dot_script import split_arguments
from redis_tui.repl.dots import DOT_COMMANDS, find, run_dot
from redis_tui.session.base import Capability, KillOutcome, ScriptInfo

if TYPE_CHECKING:
    from pathlib import Path

    from redis_tui.repl.shell import Shell


@pytest.fixture
def script(tmp_path: Path) -> bytes:
    path = tmp_path / "counter.lua"
    path.write_bytes(b"return 1")
    return str(path).encode()


def test_a_lone_comma_separates_keys_from_arguments() -> None:
    assert split_arguments(["a", "b", ",", "1", "x,y"]) == ((b"a", b"b"), (b"1", b"x,y"))
    assert split_arguments(["a"]) == ((b"a",), ())
    assert split_arguments([",", "1"]) == ((), (b"1",))


def test_a_dot_command_is_found_by_its_beginning_where_only_one_has_it() -> None:
    assert find(".tr") is next(command for command in DOT_COMMANDS if command.name == ".trace")
    assert find(".t") is None
    assert find(".") is None


async def test_run_prints_the_reply_and_passes_keys_and_arguments(
    shell: Shell, session: Any, paper: Any, script: bytes
) -> None:
    await run_dot(shell, [b".run", script, b"k", b",", b"5"])
    [run] = session.runs
    assert (run.source, run.keys, run.args, run.name) == (b"return 1", (b"k",), (b"5",), "counter")
    assert paper.text == ["(integer) 1\n0.50 ms · others waited up to 0.50 ms"]


async def test_dry_and_trace_ask_for_what_they_say(shell: Shell, session: Any, paper: Any, script: bytes) -> None:
    await run_dot(shell, [b".dry", script])
    await run_dot(shell, [b".trace", script])
    assert [(run.dry_run, run.trace) for run in session.runs] == [(True, False), (False, True)]
    assert "Dry run: nothing was kept. It would have changed nothing.\n" in paper.text[0]


async def test_what_a_server_cannot_do_is_one_sentence(shell: Shell, session: Any, script: bytes) -> None:
    from dataclasses import replace

    session.info = replace(session.info, capabilities=frozenset[Capability]())
    with pytest.raises(NotSupportedError, match="cannot try a script"):
        await run_dot(shell, [b".dry", script])


async def test_a_limit_holds_for_the_scripts_that_follow(shell: Shell, session: Any, paper: Any, script: bytes) -> None:
    await run_dot(shell, [b".limit", b"1.5s"])
    await run_dot(shell, [b".run", script])
    await run_dot(shell, [b".limit", b"none"])
    await run_dot(shell, [b".run", script])
    assert [run.timeout_ms for run in session.runs] == [1500, None]
    assert paper.text[0].startswith("A script is killed after 1,500 ms, and its writes undone.")
    assert paper.text[2] == "Scripts run without a time limit."


async def test_repeat_shows_figures_and_a_histogram(shell: Shell, session: Any, paper: Any, script: bytes) -> None:
    await run_dot(shell, [b".repeat", b"7", script, b"k"])
    assert [run.keys for run in session.runs] == [(b"k",)] * 7
    assert paper.text[0].startswith("7 runs · median 0.50 ms · p99 0.50 ms · worst 0.50 ms")
    assert shell.stop is None


async def test_repeat_has_a_dry_form(shell: Shell, session: Any, script: bytes) -> None:
    await run_dot(shell, [b".repeat", b"2", b"--dry", script, b"k"])
    assert [(run.dry_run, run.keys) for run in session.runs] == [(True, (b"k",))] * 3  # the first is not counted
    with pytest.raises(UsageError, match="needs a FILE"):
        await run_dot(shell, [b".repeat", b"2", b"--dry"])


async def test_json_output_applies_to_scripts(shell: Shell, paper: Any, script: bytes) -> None:
    await run_dot(shell, [b".output", b"json"])
    assert shell.mode is OutputMode.JSON
    await run_dot(shell, [b".run", script])
    assert paper.text == ["1"]


async def test_load_sends_the_source(shell: Shell, session: Any, script: bytes) -> None:
    await run_dot(shell, [b".load", script])
    assert session.sent == [[b"SCRIPT", b"LOAD", b"return 1"]]


@pytest.mark.parametrize(
    ("lists", "begin"),
    [
        (True, "No scripts yet. .run"),
        (False, "No scripts from here yet; a server does not tell which others it holds."),
    ],
)
async def test_a_server_is_not_said_to_hold_no_script_where_it_does_not_tell(
    shell: Shell, session: Any, paper: Any, lists: bool, begin: str
) -> None:
    session.scripts = AsyncMock(return_value=[])
    session.info = replace(session.info, capabilities=frozenset({Capability.LIST_SCRIPTS} if lists else ()))
    await run_dot(shell, [b".scripts"])
    assert paper.text[0].startswith(begin)


async def test_scripts_are_listed_with_runs_and_times(shell: Shell, session: Any, paper: Any) -> None:
    await run_dot(shell, [b".scripts"])
    head, row = paper.text[0].splitlines()
    assert head.split() == ["sha", "name", "runs", "mean", "worst"]
    assert row.split() == ["a" * 40, "counter", "3", "0.50", "ms", "1.00", "ms"]
    assert len(head) == len(row) < 80
    session.scripts = AsyncMock(return_value=[ScriptInfo("a" * 40, "c", None, 3, 0.5, 1.0, on_server=True)])
    await run_dot(shell, [b".scripts"])
    head, row = paper.text[1].splitlines()
    assert len(head) == len(row)


@pytest.mark.parametrize(
    ("words", "error", "says"),
    [
        ([b".run", b"/nowhere/x.lua"], FileError, r"/nowhere/x.lua cannot be read: no such file or directory\."),
        ([b".run"], UsageError, r"\.run needs more\. Usage: "),
        ([b".every", b"1s", b".peek", b"k"], UsageError, r"\.every sends commands of the server\."),
        ([b".foo"], UsageError, r"There is no command \.foo\."),
        ([b".repeat", b"0", b"x.lua"], UsageError, "'0' is no number of runs"),
        ([b".limit", b"soon"], UsageError, r"'soon' is no time\."),
        ([b".output", b"xml"], UsageError, "There is no output 'xml'"),
        ([b".connect", b"redis://x"], NotSupportedError, "cannot open another session"),
        ([b".help", b"nonsense"], UsageError, "There is no command nonsense"),
    ],
)
async def test_mistakes_are_one_sentence(
    shell: Shell, words: list[bytes], error: type[RedisTuiError], says: str
) -> None:
    with pytest.raises(error, match=says) as caught:
        await run_dot(shell, words)
    assert caught.value.hint or error is NotSupportedError


@pytest.mark.parametrize("columns", [64, 80])
async def test_the_help_fits_a_narrow_screen(
    shell: Shell, paper: Any, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    await run_dot(shell, [b".help"])
    listed = paper.text[0].partition("Anything else")[0]
    assert max(map(len, listed.splitlines())) <= columns
    assert "$EDITOR\n" in listed


async def test_what_can_be_chosen_tells_what_holds_where_nothing_is_chosen(shell: Shell, paper: Any) -> None:
    await run_dot(shell, [b".output"])
    await run_dot(shell, [b".connect"])
    await run_dot(shell, [b".theme"])
    assert paper.text[0].splitlines()[0] == "Replies are written as cli, and come as RESP2."
    assert paper.text[1] == "Connected to h:1: redis 8.2.3."
    assert " nord, " in paper.text[2]


async def test_connect_replaces_the_session_and_closes_the_old_one(shell: Shell, session: Any, paper: Any) -> None:
    other = type(session)()

    async def open_session(url: str) -> Any:
        assert url == "redis://other"
        return other

    shell.open_session = open_session
    session.in_transaction = True
    await run_dot(shell, [b".connect", b"redis://other"])
    assert shell.session is other
    assert session.closed
    assert "TX" not in shell.prompt
    assert paper.text == ["Connected to h:1: redis 8.2.3."]


async def test_a_connect_that_fails_leaves_the_session_as_it_was(shell: Shell, session: Any) -> None:
    other = type(session)()

    async def broken() -> Any:
        raise SessionError("The connection broke.")

    async def open_session(url: str) -> Any:
        return other

    other.catalog, shell.open_session = broken, open_session
    with pytest.raises(SessionError):
        await run_dot(shell, [b".connect", b"redis://other"])
    assert (shell.session, session.closed, other.closed) == (session, False, True)
    assert shell.catalog is not None


async def test_kill_offers_to_undo_what_was_written(shell: Shell, session: Any, paper: Any) -> None:
    asked: list[str] = []

    async def agree(question: str) -> bool:
        asked.append(question)
        return True

    shell.ask = agree
    session.kill_outcomes = [KillOutcome.UNKILLABLE, KillOutcome.KILLED]
    await run_dot(shell, [b".kill"])
    assert asked == ["The script has already written. Kill it and undo its writes?"]
    assert session.kills == [False, True]
    assert paper.text == ["The script is being ended, its writes undone."]


async def test_help_lists_the_whole_table_and_explains_commands(shell: Shell, paper: Any) -> None:
    await run_dot(shell, [b".help"])
    assert all(command.name in paper.text[0] for command in DOT_COMMANDS)
    await run_dot(shell, [b".help", b"get"])
    assert paper.text[1] == "GET key\nReturns a string.\nsince 1.0.0 · string\nACL @slow @string"
    await run_dot(shell, [b".help", b"run"])
    assert paper.text[2] == ".run [--fcall NAME] FILE [key ...] [, arg ...]  run a Lua file, or a function of a library"


async def test_edit_takes_the_text_that_the_editor_left(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.last_input = "GET a"
    code = "import sys; p = sys.argv[1]; t = open(p).read(); open(p, 'w').write(t.replace('a', 'b') + chr(10))"
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", f'{sys.executable} -c "{code}"')
    await run_dot(shell, [b".edit"])
    assert shell.next_input == "GET b"


async def test_an_editor_that_is_not_there_is_named(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", "no-such-editor")
    with pytest.raises(UsageError, match="'no-such-editor' cannot be started") as caught:
        await run_dot(shell, [b".edit"])
    assert caught.value.hint == "Set EDITOR to one that is installed."


async def test_theme_and_quit(shell: Shell, paper: Any) -> None:
    await run_dot(shell, [b".theme", b"light"])
    assert paper.themes == ["light"]
    await run_dot(shell, [b".quit"])
    assert shell.ended
