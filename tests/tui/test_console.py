"""The console: help while typing, lines that go on, the history, messages that come on and on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.events import Paste
from textual.widgets import Input, Label, Static

from redis_tui.render.spans import Span
from redis_tui.resp.types import NULL_ARRAY, OK
from redis_tui.tui.panes.console import ConsolePane
from redis_tui.tui.screens.reply import ReplyScreen
from redis_tui.tui.widgets.bars import KeyBar
from redis_tui.tui.widgets.line_view import LineView
from redis_tui.tui.widgets.reply_tree import ReplyTree
from tests.tui.conftest import Until, ready

if TYPE_CHECKING:
    from pathlib import Path

    from redis_tui.resp.types import Reply
    from redis_tui.tui.app import WorkbenchApp
    from tests.tui.fake_session import FakeSession


def transcript(app: WorkbenchApp) -> str:
    return app.screen.query_one("#transcript", LineView).plain


def usage(app: WorkbenchApp) -> str:
    beside, below = (str(app.screen.query_one(name, Static).content) for name in ("#usage", "#usage-below"))
    return beside or below


def field(app: WorkbenchApp) -> Input:
    return app.screen.query_one("#command", Input)


def prompt(app: WorkbenchApp) -> str:
    return str(app.screen.query_one("#prompt", Label).content)


async def test_the_usage_and_what_is_wrong_are_told_while_typing(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await until(pilot, lambda: app.screen.query_one(ConsolePane).assist.catalog)
        await pilot.press("ctrl+t", *"GET ")
        assert usage(app).startswith("GET key")
        field(app).value = "GETT k"
        await until(pilot, lambda: usage(app) == "⚠ GETT is no command of this server; did you mean GET?")
        await pilot.press("enter")
        await until(pilot, lambda: "GETT k" in transcript(app))


async def test_a_usage_that_does_not_fit_beside_the_line_stands_below_it(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app, pilot, until)
        console = app.screen.query_one(ConsolePane)
        await until(pilot, lambda: console.assist.catalog)
        await pilot.press("ctrl+t")
        below = app.screen.query_one("#usage-below", Static)
        field(app).value = "GET " + "k" * 70
        await until(pilot, lambda: below.display)
        assert str(below.content).startswith("GET key")
        field(app).value = ""
        await until(pilot, lambda: not below.display)


async def test_a_long_error_is_read_whole_and_a_long_value_stays_one_line(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app, pilot, until)
        console = app.screen.query_one(ConsolePane)
        console.show_reply([[Span("✗ " + "It was not sent. " * 8, "danger")], [Span("v" * 200, "reply.string")]])
        *said, value = transcript(app).splitlines()
        assert len(said) == 2
        assert max(map(len, said)) <= 78
        assert value.strip() == "v" * 200


async def test_a_long_reply_leaves_room_for_the_script_in_a_small_terminal(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app, pilot, until)
        app.screen.query_one(ConsolePane).show_reply([[Span(f"line {number}")] for number in range(30)])
        transcript = app.screen.query_one("#transcript", LineView)
        await until(pilot, lambda: transcript.display and transcript.size.height > 4)
        assert app.screen.query_one("#editor").size.height >= 3
        assert app.screen.query_one("#result").size.height >= 3
        footer = app.screen.query_one(KeyBar)
        assert app.screen.query_one("#console").region.bottom <= footer.region.y


def begun(app: WorkbenchApp) -> str:
    view = app.screen.query_one("#begun", Static)
    return str(view.content) if view.display else ""


async def test_several_commands_that_are_pasted_go_out_one_after_the_other(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await until(pilot, lambda: app.screen.query_one(ConsolePane).assist.catalog)
        await pilot.press("ctrl+t")
        session.data[b"c"] = b"3"
        app.post_message(Paste("GET a\r\nGET b\nGET c\n"))
        await until(pilot, lambda: field(app).value == "GET c")
        assert begun(app) == "embedded:0> GET a\n....> GET b"
        assert usage(app) == "3 commands, one a line; Enter sends them one after the other"
        await pilot.press("enter")
        await until(pilot, lambda: '"3"' in transcript(app))
        assert transcript(app).splitlines() == [
            "embedded:0> GET a",
            "(nil)",
            "embedded:0> GET b",
            "(nil)",
            "embedded:0> GET c",
            '"3"',
        ]
        assert begun(app) == ""


async def test_alt_enter_starts_a_line_and_backspace_takes_it_back(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("ctrl+t", *"SET k", "alt+enter")
        assert (begun(app), prompt(app), field(app).value) == ("embedded:0> SET k", "....> ", "")
        await pilot.press("backspace")
        assert (begun(app), prompt(app), field(app).value) == ("", "embedded:0> ", "SET k")
        await pilot.press("alt+enter", *"v", "enter")
        await until(pilot, lambda: session.data.get(b"k") == b"v")


async def test_a_long_command_shows_its_last_lines(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("ctrl+t")
        app.post_message(Paste("EVAL '\n" + "".join(f"local a{number} = {number}\n" for number in range(9)) + "' 0"))
        await until(pilot, lambda: field(app).value == "' 0")
        lines = begun(app).splitlines()
        assert lines[0] == "… 5 more lines above"
        assert lines[-1] == "....> local a8 = 8"
        assert len(lines) == 6


async def test_a_quote_that_is_open_goes_on_in_the_next_line(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("ctrl+t")
        field(app).value = 'SET k "one'
        await pilot.press("enter")
        assert prompt(app) == "....> "
        field(app).value = 'two"'
        await pilot.press("enter")
        await until(pilot, lambda: session.data.get(b"k") == b"one\ntwo")
        assert prompt(app) == "embedded:0> "
        await pilot.press("up")
        assert (prompt(app), field(app).value) == ("....> ", 'two"')
        await pilot.press("escape")
        assert prompt(app) == "embedded:0> "


async def test_ctrl_r_goes_back_through_the_lines_that_hold_what_is_typed(
    app: WorkbenchApp, home: Path, until: Until
) -> None:
    file = home / "state" / "repl_history"
    file.parent.mkdir(parents=True)
    file.write_text("\n# x\n+GET user:1\n\n# x\n+PING\n\n# x\n+SET user:2 b\n")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("ctrl+t", *"user", "ctrl+r")
        assert field(app).value == "SET user:2 b"
        await pilot.press("ctrl+r")
        assert field(app).value == "GET user:1"
        await pilot.press("ctrl+r")
        assert field(app).value == "GET user:1"
        await pilot.press("down", "down", "down")
        assert field(app).value == "user"


async def test_messages_come_until_escape(app: WorkbenchApp, session: FakeSession, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("ctrl+t", *"SUBSCRIBE news", "enter")
        await until(pilot, lambda: session.streams)
        session.streams[0].put([[b"message", b"news", b"hello"]])
        await until(pilot, lambda: '"hello"' in transcript(app))
        await until(pilot, lambda: app.screen.query_one("#waiting", Static).display)
        await pilot.press("escape")
        await until(pilot, lambda: "Stopped listening to SUBSCRIBE news." in transcript(app))


async def test_the_key_that_broke_an_exec_is_named(app: WorkbenchApp, session: FakeSession, until: Until) -> None:
    session.data[b"stock"] = b"1"
    answer = session._answer
    ours: dict[bytes, Reply] = {b"WATCH": OK, b"EXEC": NULL_ARRAY}
    session._answer = lambda name, args: ours[name] if name in ours else answer(name, args)  # type: ignore[method-assign]
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("ctrl+t", *"WATCH stock", "enter")
        await until(pilot, lambda: (b"GETRANGE", b"stock", b"0", b"65535") in session.sent)
        session.data[b"stock"] = b"2"
        await pilot.press(*"EXEC", "enter")
        await until(pilot, lambda: "Nothing was executed: stock changed since WATCH." in transcript(app))


async def test_help_is_the_commands_reference_and_a_long_reply_is_cut(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    session.data = {b"long": [b"%d" % at for at in range(3_000)]}
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await until(pilot, lambda: app.screen.query_one(ConsolePane).assist.catalog)
        await pilot.press("ctrl+t", *"help get", "enter")
        await until(pilot, lambda: "GET key" in transcript(app))
        await pilot.press(*".run x", "enter")
        await until(pilot, lambda: "Here F5 runs" in transcript(app))
        await pilot.press(*"LRANGE long 0 2999", "enter")
        await until(pilot, lambda: "cut after 2,000 lines of a reply with 3,000 elements" in transcript(app))


async def test_a_string_of_any_size_is_cut_without_being_quoted_whole(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    session.data = {b"long": b"x" * 1_000_000}
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("ctrl+t", *"GET long", "enter")
        told = "cut after 131,072 characters of a string with 1,000,000 bytes · ^P, Console reply shows more"
        await until(pilot, lambda: told in transcript(app))
        assert len(transcript(app)) < 200_000


async def test_the_last_reply_is_looked_at_in_all_views(app: WorkbenchApp, session: FakeSession, until: Until) -> None:
    session.data = {b"big": [b"%d" % number for number in range(20)]}
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("ctrl+t")
        field(app).value = "LRANGE big 0 9"
        await pilot.press("enter")
        await until(pilot, lambda: '10) "9"' in transcript(app))
        await pilot.press("f10")
        await until(pilot, lambda: isinstance(app.screen, ReplyScreen))
        await until(pilot, lambda: "LRANGE big 0 9  [bold]" in str(app.screen.query_one(".dialog").border_title))
        await pilot.press("v")
        assert app.screen.query_one(ReplyTree).row_count == 11
        await pilot.press("escape")
        await until(pilot, lambda: app.focused is field(app))
