from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from prompt_toolkit import PromptSession
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.key_binding.vi_state import InputMode
from prompt_toolkit.output import DummyOutput

from redis_tui.errors import ConnectError, SessionError, SettingsError
from redis_tui.paths import packaged_themes_dir
from redis_tui.render.spans import plain
from redis_tui.repl import app, style
from redis_tui.repl.app import run_repl
from redis_tui.repl.line import hint
from redis_tui.repl.shell import Shell
from redis_tui.resp.types import ErrorReply, Map
from redis_tui.session.base import Event, EventKind, KillOutcome
from redis_tui.session.late import LateSession
from redis_tui.session.production import ProductionSession

if TYPE_CHECKING:
    from pathlib import Path

Talk: TypeAlias = Callable[..., Awaitable[int]]


@pytest.fixture
def keys() -> Iterator[PipeInput]:
    with create_pipe_input() as pipe:
        yield pipe


@pytest.fixture
def talk(session: Any, paper: Any, keys: PipeInput, tmp_path: Path) -> Talk:
    async def talk(typed: str, **options: Any) -> int:
        keys.send_text(typed)
        repl = run_repl(session, printer=paper, input=keys, output=DummyOutput(), history=tmp_path / "h", **options)
        return await asyncio.wait_for(repl, 60)

    return talk


async def test_replies_are_printed_as_redis_cli_prints_them(session: Any, paper: Any, talk: Talk) -> None:
    session._replies = {b"GET": b"a", b"BAD": ErrorReply(b"ERR no"), b"LIST": [1, [2]], b"INFO": b"# Server\r\nx:1\r\n"}
    assert await talk("GET k\rBAD\rLIST\rINFO\r.quit\r") == 0
    assert paper.text == ['"a"', "(error) ERR no", "1) (integer) 1\n2) 1) (integer) 2", "# Server\r\nx:1\r\n"]
    assert session.closed


async def test_the_end_of_input_leaves(session: Any, talk: Talk) -> None:
    assert await talk("PING\r\x04") == 0
    assert session.sent == [[b"PING"]]


async def test_enter_inside_a_quote_starts_a_new_line(session: Any, talk: Talk) -> None:
    await talk('EVAL "return\r1" 0\r.quit\r')
    assert session.sent == [[b"EVAL", b"return\n1", b"0"]]


async def test_alt_enter_starts_a_new_line(session: Any, talk: Talk) -> None:
    await talk("SET a\x1b\r1\r.quit\r")
    assert session.sent == [[b"SET", b"a", b"1"]]


async def test_ctrl_c_while_typing_drops_the_line(session: Any, talk: Talk) -> None:
    await talk('SET "a\x03PING\r.quit\r')
    assert session.sent == [[b"PING"]]


async def test_a_number_in_front_repeats_the_command(session: Any, talk: Talk) -> None:
    await talk("3 INCR n\rexit\r")
    assert session.sent == [[b"INCR", b"n"]] * 3


async def test_a_script_that_cannot_be_killed_can_be_left(
    session: Any, paper: Any, talk: Talk, keys: PipeInput, tmp_path: Path
) -> None:
    spin = tmp_path / "spin.lua"
    spin.write_text("while true do end")
    session.info = replace(session.info, capabilities=frozenset())
    session.kill_outcomes = [KillOutcome.UNKILLABLE]
    assert await _after_start(session, talk, f".run {spin}\r", "y\ry\rPING\r.quit\r", keys) == 0
    assert paper.text[-2:] == ["No longer waiting for the reply.", "OK"]


async def test_a_script_that_a_server_cannot_be_asked_to_end_can_be_left(
    session: Any, paper: Any, talk: Talk, keys: PipeInput, tmp_path: Path
) -> None:
    async def unheard(*, undo: bool = False) -> KillOutcome:  # as a session has it
        raise SessionError("The server has not answered SCRIPT KILL within 10 s.")

    session.kill = unheard
    spin = tmp_path / "spin.lua"
    spin.write_text("while true do end")
    assert await _after_start(session, talk, f".run {spin}\r", "y\ry\rPING\r.quit\r", keys) == 0
    assert "has not answered SCRIPT KILL" in paper.text[-3]
    assert paper.text[-2:] == ["No longer waiting for the reply.", "OK"]


async def test_ctrl_c_ends_a_series_and_shows_what_it_has(
    session: Any, paper: Any, talk: Talk, keys: PipeInput, tmp_path: Path
) -> None:
    spin = tmp_path / "spin.lua"
    spin.write_text("while true do end")
    assert await _after_start(session, talk, f".repeat 5 {spin}\r", ".quit\r", keys) == 0
    assert paper.text == ["No run has ended."]


async def test_a_second_ctrl_c_kills_without_an_answer(
    session: Any, paper: Any, talk: Talk, keys: PipeInput, tmp_path: Path
) -> None:
    spin = tmp_path / "spin.lua"
    spin.write_text("while true do end")
    await _after_start(session, talk, f".run {spin}\r", "\x03.quit\r", keys)
    assert session.kills == [False]


@pytest.mark.parametrize(("mode", "text"), [("json", '{"a":1}'), ("csv", '"a",1'), ("raw", "a\n1")])
async def test_other_outputs(session: Any, paper: Any, talk: Talk, mode: str, text: str) -> None:
    session._replies = {b"HGETALL": Map([(b"a", 1)])}
    await talk("HGETALL h\r.quit\r", mode=mode)
    assert paper.text == [text]


async def test_mistakes_are_one_sentence_and_the_prompt_comes_back(session: Any, paper: Any, talk: Talk) -> None:
    assert await talk('.run /nowhere.lua\r.nope\rGET "a"b\rPING\r.quit\r') == 0
    assert paper.text == [
        "/nowhere.lua cannot be read: no such file or directory. Check the name.",
        "There is no command .nope. Type .help for those there are.",
        "Something follows a closing quote directly. Put a space between them.",
        "OK",
    ]


async def test_a_broken_session_is_told_and_ends_with_status_3(session: Any, paper: Any, talk: Talk) -> None:
    async def broken(argv: list[bytes], *, db: int | None = None) -> None:
        raise SessionError("The connection to h:1 was lost.", hint="Connect again.")

    session.execute = broken
    assert await talk("PING\r.quit\r") == 3
    assert paper.text == [
        "The connection to h:1 was lost. Whether PING was carried out is not known. The next command connects again."
    ]


async def test_an_unknown_theme_is_refused_at_the_start(talk: Talk) -> None:
    with pytest.raises(SettingsError, match="no theme named 'nope'"):
        await talk(".quit\r", theme="nope")


async def _after_start(session: Any, talk: Talk, typed: str, then: str, keys: PipeInput) -> int:
    running = asyncio.ensure_future(talk(typed))
    await asyncio.wait_for(session.started.wait(), 10)
    os.kill(os.getpid(), signal.SIGINT)
    keys.send_text(then)
    return await running


async def test_ctrl_c_while_a_script_runs_offers_to_kill_it(
    session: Any, paper: Any, talk: Talk, keys: PipeInput, tmp_path: Path
) -> None:
    spin = tmp_path / "spin.lua"
    spin.write_text("while true do end")
    await _after_start(session, talk, f".run {spin}\r", "y\r.quit\r", keys)
    assert session.kills == [False]
    assert paper.text[0] == "The script is being ended."
    assert "Script killed by user" in paper.text[1]


async def test_a_script_that_has_written_is_killed_only_after_a_second_question(
    session: Any, paper: Any, talk: Talk, keys: PipeInput, tmp_path: Path
) -> None:
    spin = tmp_path / "spin.lua"
    spin.write_text("while true do end")
    session.kill_outcomes = [KillOutcome.UNKILLABLE, KillOutcome.KILLED]
    await _after_start(session, talk, f".run {spin}\r", "y\ry\r.quit\r", keys)
    assert session.kills == [False, True]


async def test_ctrl_c_while_a_command_blocks_stops_waiting(
    session: Any, paper: Any, talk: Talk, keys: PipeInput
) -> None:
    await _after_start(session, talk, "BLOCK\r", "PING\r.quit\r", keys)
    assert paper.text == ["No longer waiting for the reply.", "OK"]
    assert session.kills == []


async def test_ctrl_c_stops_a_command_that_is_repeated(
    session: Any, paper: Any, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    _press_at(session, 3, monkeypatch)
    await talk("100000 INCR n\rPING\r.quit\r")
    assert session.sent == [[b"INCR", b"n"]] * 3 + [[b"PING"]]
    assert paper.text[-2:] == ["Stopped after 3 of 100,000.", "OK"]


async def test_ctrl_c_stops_the_lines_that_were_pasted(
    session: Any, paper: Any, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    _press_at(session, 2, monkeypatch)
    await talk("\x1b[200~GET a\nGET b\nGET c\x1b[201~\r.quit\r")
    assert session.sent == [[b"GET", b"a"], [b"GET", b"b"]]
    assert paper.text[-1] == "Stopped after 2 of 3 lines."


def _press_at(session: Any, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while the command of that number is answered."""
    execute = session.execute

    async def pressing(argv: list[bytes]) -> Any:
        reply = await execute(argv)
        if len(session.sent) == number:
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.sleep(0)  # a turn for the signal's handler
        return reply

    monkeypatch.setattr(session, "execute", pressing)


async def test_vi_keys(session: Any, talk: Talk) -> None:
    await talk("PINGX\x1bxa\r.quit\r", vi=True)
    assert session.sent == [[b"PING"]]


async def test_a_line_typed_before_the_session_is_open_waits_for_it(
    session: Any, paper: Any, keys: PipeInput, tmp_path: Path
) -> None:
    may_open = asyncio.Event()

    async def opener() -> Any:
        await may_open.wait()
        return session

    late = LateSession("redis://h:1/3", opener)
    assert Shell(late, paper).prompt == "connecting:3> "
    keys.send_text("PING\r.quit\r")
    talking = asyncio.ensure_future(
        run_repl(late, printer=paper, input=keys, output=DummyOutput(), history=tmp_path / "h")
    )
    await asyncio.sleep(0)
    assert session.sent == []
    may_open.set()
    assert await asyncio.wait_for(talking, 60) == 0
    assert session.sent == [[b"PING"]]
    assert session.closed


async def test_a_session_that_cannot_be_opened_ends_the_prompt(paper: Any, keys: PipeInput, tmp_path: Path) -> None:
    async def opener() -> Any:
        raise ConnectError("Could not connect to h:1: connection refused.", hint="Check it.")

    late = LateSession("redis://h:1", opener)
    with pytest.raises(ConnectError):
        await asyncio.wait_for(
            run_repl(late, printer=paper, input=keys, output=DummyOutput(), history=tmp_path / "h"), 20
        )


async def test_a_dangerous_command_wants_the_word_on_production(
    session: Any, paper: Any, keys: PipeInput, tmp_path: Path
) -> None:
    guarded = ProductionSession(session)
    keys.send_text("FLUSHALL\ry\rFLUSHALL\rh\r.quit\r")
    repl = run_repl(guarded, printer=paper, input=keys, output=DummyOutput(), history=tmp_path / "h")
    assert await asyncio.wait_for(repl, 60) == 0
    assert session.sent == [[b"FLUSHALL"]]
    assert paper.text[0] == "! PRODUCTION: FLUSHALL on h.\nIt deletes every key of every database."
    assert paper.text[1].startswith("FLUSHALL was not sent: h is a production server.")


async def test_the_time_that_a_person_takes_to_answer_is_not_the_commands(
    session: Any, paper: Any, keys: PipeInput, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0

    async def slow(*_: Any, **__: Any) -> str:
        nonlocal now
        now += 60
        return "h"

    monkeypatch.setattr(PromptSession, "prompt_async", slow)
    monkeypatch.setattr(time, "perf_counter", lambda: now)
    shell = Shell(ProductionSession(session), paper, timing=True)
    repl = app.Repl(shell, app.TerminalPrinter(None, DummyOutput()), tmp_path / "h", vi=False)
    await repl._run_line("FLUSHALL")
    assert paper.text[1:] == ["OK", "(0.00 ms)"]


def test_dots_are_before_a_line_of_the_text_and_not_where_the_screen_is_narrow() -> None:
    assert app.continuation(10, 1, 0) == "......... "
    assert app.continuation(10, 1, 1) == "          "


async def test_the_prompt_says_production_in_words(session: Any, paper: Any) -> None:
    assert plain([Shell(ProductionSession(session), paper).prompt_line]) == "! PRODUCTION redis:0> "


async def test_several_commands_that_are_pasted_go_out_one_by_one(session: Any, talk: Talk) -> None:
    await talk("\x1b[200~GET a\nGET b\n\x1b[201~\r.quit\r")
    assert session.sent == [[b"GET", b"a"], [b"GET", b"b"]]


async def test_connect_takes_host_and_port_as_redis_cli_does(session: Any, paper: Any, talk: Talk) -> None:
    asked: list[str] = []

    async def open_session(url: str) -> Any:
        asked.append(url)
        raise ConnectError("Could not connect.")

    await talk("CONNECT h 7000\rconnect h\rconnect redis://h:1/3\rPING\r.quit\r", open_session=open_session)
    assert asked == ["redis://h:7000", "redis://h:6379", "redis://h:1/3"]
    assert session.sent == [[b"PING"]]


async def test_an_empty_line_tells_which_server_it_goes_to(paper: Any, session: Any) -> None:
    shell = Shell(session, paper)
    assert plain([hint(shell, "", 0)]).startswith("h:1 · .help")


async def test_a_number_before_a_dot_command_is_refused(session: Any, paper: Any, talk: Talk) -> None:
    await talk("5 .run x.lua\r.quit\r")
    assert session.sent == []
    assert paper.text == ["A number repeats commands of the server. .repeat N FILE runs a script N times."]


async def test_the_line_below_tells_the_mode_of_vi(session: Any, paper: Any, tmp_path: Path) -> None:
    repl = app.Repl(Shell(session, paper), app.TerminalPrinter(None, DummyOutput()), tmp_path / "h", vi=True)
    assert repl._hint()[0] == ("class:tui-strong", "insert ")
    repl._prompt.app.vi_state.input_mode = InputMode.NAVIGATION
    assert repl._hint()[0] == ("class:tui-strong", "normal ")
    repl._use_vi(False)
    assert repl._hint()[0] == ("class:tui-hint", "h:1 ")


async def test_hints_can_be_hidden(paper: Any, session: Any) -> None:
    shell = Shell(session, paper, catalog=await session.catalog())
    assert hint(shell, "GET ", 4)
    shell.hints = False
    assert hint(shell, "GET ", 4) == []


async def test_set_knows_hints_alone(paper: Any, talk: Talk) -> None:
    await talk(":set nohints\r:set colour\r.quit\r")
    assert paper.text == ["This is no setting of the prompt. :set hints and :set nohints show and hide hints."]


async def test_help_lists_a_group_and_the_groups(paper: Any, talk: Talk, session: Any) -> None:
    await talk("help @string\rhelp @nothing\r.quit\r", catalog=await session.catalog())
    assert paper.text == ["GET  Returns a string.", "There is no group @nothing.\n@string"]


async def test_a_prompt_that_waits_takes_the_colours_of_a_theme_that_is_edited(
    session: Any, paper: Any, keys: PipeInput, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr(app, "_LOOKS_EVERY_S", 0.01)
    own = tmp_path / "redis-tui" / "themes" / "own.toml"
    own.parent.mkdir(parents=True)
    theme = (packaged_themes_dir() / "nord.toml").read_text()
    own.write_text(theme)
    styles: list[Any] = []
    changed = asyncio.Event()
    original = style.style_sheet

    def note(name: str | None) -> Any:
        styles.append(original(name))
        if len(styles) > 1:
            changed.set()
        return styles[-1]

    monkeypatch.setattr(style, "style_sheet", note)
    repl = asyncio.ensure_future(
        run_repl(session, printer=paper, input=keys, output=DummyOutput(), history=tmp_path / "h", theme="own")
    )
    while not styles:
        await asyncio.sleep(0)
    own.write_text(theme.replace("#88c0d0", "#99c0d0"))
    await asyncio.wait_for(changed.wait(), 20)
    keys.send_text(".quit\r")
    assert await asyncio.wait_for(repl, 60) == 0


async def test_a_fault_of_our_own_is_one_line_and_the_prompt_goes_on(
    session: Any, paper: Any, talk: Talk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_TUI_HOME", str(tmp_path))
    answers = session.execute

    async def broken(argv: list[bytes], **options: Any) -> Any:
        if argv == [b"BREAK"]:
            raise KeyError("on purpose")
        return await answers(argv, **options)

    monkeypatch.setattr(session, "execute", broken)
    assert await talk("BREAK\rPING\r.quit\r") == 0
    assert paper.text[0].startswith("A fault of redis-tui itself: KeyError in redis_tui/")
    assert str(tmp_path) in paper.text[0]
    assert session.sent == [[b"PING"]]


@pytest.mark.parametrize("kind", [EventKind.RECONNECTED, EventKind.DEMOTED])
async def test_a_server_that_has_moved_or_been_demoted_is_told_below_the_answer(
    kind: EventKind, session: Any, paper: Any, talk: Talk
) -> None:
    moves: asyncio.Queue[Event] = asyncio.Queue()
    execute = session.execute

    async def events() -> AsyncIterator[Event]:
        while True:
            yield await moves.get()
            told.set()

    async def moving(argv: list[bytes], *, db: int | None = None) -> Any:
        moves.put_nowait(Event(kind, "main is at b:2 now, no longer at a:1."))
        moves.put_nowait(Event(EventKind.RECONNECTED))
        await told.wait()
        return await execute(argv, db=db)

    told = asyncio.Event()
    session.events, session.execute = events, moving
    await talk("PING\r.quit\r")
    assert paper.text == ["OK", "main is at b:2 now, no longer at a:1."]
