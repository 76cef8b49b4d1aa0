"""The workbench as a person uses it, over the fake session."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from textual.command import CommandPalette
from textual.widgets import Input, OptionList, Static

from redis_tui.errors import ConnectError, NotSupportedError
from redis_tui.paths import packaged_themes_dir
from redis_tui.session.base import Capability, KillOutcome, ScriptOutcome, ScriptRun
from redis_tui.theme import read_shelf
from redis_tui.tui.app import WorkbenchApp
from redis_tui.tui.panes.editor import EditorPane
from redis_tui.tui.panes.keys import KeysPane, KeyTree
from redis_tui.tui.panes.result import ResultPane
from redis_tui.tui.screens.connecting import ConnectingScreen
from redis_tui.tui.screens.dialogs import Ask, AskText
from redis_tui.tui.screens.help import HelpScreen
from redis_tui.tui.screens.value import ValueScreen
from redis_tui.tui.screens.workbench import WorkbenchScreen
from redis_tui.tui.widgets.bars import KeyBar, PaneTabs
from redis_tui.tui.widgets.line_view import LineView
from redis_tui.tui.widgets.lua_editor import LuaEditor
from tests.tui.conftest import Until, ready
from tests.tui.fake_session import ALL, FakeSession, failed, info
from tests.tui.test_settings import toasts

if TYPE_CHECKING:
    from pathlib import Path


def plain(app: WorkbenchApp, name: str) -> str:
    return app.screen.query_one(f"#{name}", LineView).plain


async def test_it_opens_on_the_counter_with_its_keys_filled_in(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        assert "redis.call('get', KEYS[1])" in app.screen.query_one(LuaEditor).text
        assert app.screen.query_one("#keys-field", Input).value == "counter"
        assert isinstance(app.focused, LuaEditor)


async def test_f5_runs_the_script_and_shows_reply_trace_changes_and_log(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("f5")
        await until(pilot, lambda: "(integer) 1" in plain(app, "reply-view"))
        assert session.runs[0].keys == (b"counter",)
        assert "counter  string  new 1" in plain(app, "reply-view")
        assert "get counter" in plain(app, "trace-view")
        assert "counter" in plain(app, "changes-view")
        assert "notice   hello" in plain(app, "log-view")
        assert app.screen.query_one(ResultPane).border_subtitle == "1 key changed · ok"
        assert plain(app, "summary").splitlines() == [
            "0.030 ms · 5 instructions · 1.2 KB memory · 2 calls",
            "2 keys ⚠ 1 undeclared · others waited 0.030 ms",
        ]
        assert "slot  5061  read     ⚠ undeclared  other" in plain(app, "keys-view")


async def test_f6_is_a_dry_run_and_says_so(app: WorkbenchApp, session: FakeSession, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("f6")
        await until(pilot, lambda: "would change" in plain(app, "reply-view"))
        assert session.runs[0].dry_run
        assert plain(app, "reply-view").startswith("DRY RUN  nothing of this was kept")
        assert "DRY RUN" in str(app.screen.query_one(ResultPane).border_title)
        assert str(app.screen.query_one(ResultPane).border_subtitle).startswith("dry run · ")


async def test_an_error_is_explained_and_its_line_marked(app: WorkbenchApp, session: FakeSession, until: Until) -> None:
    session.outcomes.append(failed())
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("f5")
        await until(pilot, lambda: "WRONGTYPE" in plain(app, "reply-view"))
        assert "another type than this command works on" in plain(app, "reply-view")
        editor = app.screen.query_one(LuaEditor)
        assert editor.error_row == 2
        await pilot.press("x")
        assert editor.error_row is None


async def test_an_open_quote_in_the_arguments_is_told_before_anything_is_sent(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        app.screen.query_one("#args-field", Input).value = '"open'
        await pilot.press("f5")
        await until(pilot, lambda: "ARGV: A quote is left open." in plain(app, "reply-view"))
        assert session.runs == []


async def test_a_time_limit_goes_with_the_run_and_is_kept_with_its_preset(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        field = app.screen.query_one("#limit-field", Input)
        field.value = "1.5s"
        await pilot.press("f5")
        await until(pilot, lambda: session.runs)
        assert session.runs[0].timeout_ms == 1500
        await app.screen.run_action("keep_preset")
        await until(pilot, lambda: isinstance(app.screen, AskText) and app.focused is not None)
        app.screen.query_one(Input).value = "limited"
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(app.screen, AskText))
        await pilot.press("f4")
        await until(pilot, lambda: field.value == "")
        await pilot.press("f4")
        await until(pilot, lambda: field.value == "1.5s")


async def test_a_limit_that_is_no_time_is_told_before_anything_is_sent(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        app.screen.query_one("#limit-field", Input).value = "soon"
        await pilot.press("f5")
        await until(pilot, lambda: "limit: 'soon' is no time." in plain(app, "reply-view"))
        assert session.runs == []


async def test_too_few_keys_are_told_in_the_border(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        app.screen.query_one("#keys-field", Input).value = ""
        await pilot.pause()
        assert "KEYS[1] is read, none given" in str(app.screen.query_one("#arguments").border_subtitle)


async def test_f8_kills_what_runs_and_the_next_run_works(app: WorkbenchApp, session: FakeSession, until: Until) -> None:
    session.hang = asyncio.Event()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("f5")
        await until(pilot, lambda: app.screen.query_one("#kill-button").display)
        await pilot.press("f8")
        await until(pilot, lambda: "was killed" in plain(app, "reply-view"))
        session.hang = None
        await pilot.press("f5")
        await until(pilot, lambda: "(integer) 1" in plain(app, "reply-view"))
        await until(pilot, lambda: not app.screen.query_one("#kill-button").display)


async def test_the_time_of_a_killed_script_is_until_it_died_not_until_that_was_wished(
    app: WorkbenchApp, session: FakeSession, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.hang = asyncio.Event()
    kill = session.kill

    async def late(*, undo: bool = False) -> KillOutcome:
        clock = asyncio.get_running_loop().time
        heard = clock() + 0.2
        while clock() < heard:
            await asyncio.sleep(0.01)
        return await kill(undo=undo)

    monkeypatch.setattr(session, "kill", late)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("f5")
        await until(pilot, lambda: app.screen.query_one("#kill-button").display)
        await pilot.press("f8")
        await until(pilot, lambda: "Script killed" in toasts(app))
        assert not {"Script killed after 4.2 s.", "Script killed."} & set(toasts(app).splitlines())


async def test_a_run_without_an_outcome_is_the_newest_one(
    app: WorkbenchApp, session: FakeSession, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(_run: ScriptRun) -> ScriptOutcome:
        raise NotSupportedError("It has no EVAL_RO.", hint="Try it here.")

    monkeypatch.setattr(session, "run", refuse)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("f5")
        await until(pilot, lambda: "It has no EVAL_RO." in plain(app, "reply-view"))
        assert "newest" not in str(app.screen.query_one(ResultPane).border_title)


async def test_a_second_run_waits_until_the_first_has_ended(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    session.hang = asyncio.Event()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("f5", "f5")
        await until(pilot, lambda: len(session.runs) == 1)
        session.hang.set()
        await until(pilot, lambda: "(integer) 1" in plain(app, "reply-view"))
        assert len(session.runs) == 1


async def test_unkillable_offers_to_kill_and_undo_where_the_session_can(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    session.kill_answers = [KillOutcome.UNKILLABLE, KillOutcome.KILLED]
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("f8")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await pilot.click("#answer-undo")
        await until(pilot, lambda: session.kills == [False, True])


async def test_unkillable_is_explained_where_the_session_cannot_undo(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    session.info = info(ALL - {Capability.ROLLBACK_KILL})
    session.kill_answers = [KillOutcome.UNKILLABLE]
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("f8")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        assert "without saving" in str(app.screen.query_one(Static).content)
        assert not app.screen.query("#answer-undo")


async def test_typing_and_menus_stay_alive_while_a_script_runs(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    session.hang = asyncio.Event()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("f5")
        await until(pilot, lambda: session.runs)
        await pilot.press("a", "b")
        assert app.screen.query_one(LuaEditor).text.startswith("ab--")
        await pilot.press("f1")
        assert isinstance(app.screen, HelpScreen)
        session.hang.set()


async def test_the_browser_shows_types_and_how_far_it_scanned(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        pane = app.screen.query_one(KeysPane)
        await until(pilot, lambda: pane.border_subtitle == "scanned 8 of 8")
        tree = pane.query_one(KeyTree)
        await until(pilot, lambda: len(tree.facts) == 8)
        assert (b"KEYS", b"*") not in session.sent
        text = ["".join(span.text for span in tree.line_at(row)) for row in range(tree.row_count)]
        assert any("user:" in line and "3" in line for line in text)
        assert any("queue" in line and "list" in line for line in text)


async def test_a_scan_stops_after_its_budget_and_goes_on_when_told(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    session.data = {b"key:%06d" % at: b"x" for at in range(12_000)}
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        pane = app.screen.query_one(KeysPane)
        await until(pilot, lambda: "scanned 10,000 of 12,000 · m more" in str(pane.border_subtitle))
        await pilot.press("alt+1", "m")
        await until(pilot, lambda: pane.border_subtitle == "scanned 12,000 of 12,000")


async def test_a_filter_scans_with_a_pattern(app: WorkbenchApp, session: FakeSession, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        pane = app.screen.query_one(KeysPane)
        await until(pilot, lambda: "scanned" in str(pane.border_subtitle))
        await pilot.press("alt+1", "slash", *"queue", "enter")
        await until(pilot, lambda: any(argv[:1] == (b"SCAN",) and b"*queue*" in argv for argv in session.sent))
        assert "filter *queue*" in str(pane.border_title)


async def test_enter_on_a_key_shows_its_value(app: WorkbenchApp, session: FakeSession, until: Until) -> None:
    session.data = {b"greeting": b"hello"}
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        tree = app.screen.query_one(KeyTree)
        await until(pilot, lambda: tree.rows)
        await pilot.press("alt+1", "enter")
        await until(pilot, lambda: isinstance(app.screen, ValueScreen))
        await until(pilot, lambda: "hello" in app.screen.query_one(LineView).plain)
        assert "5 bytes" in str(app.screen.query_one(".dialog").border_subtitle)
        await pilot.press("escape")
        assert isinstance(app.screen, WorkbenchScreen)


async def test_a_long_list_is_paged_and_says_so(app: WorkbenchApp, session: FakeSession, until: Until) -> None:
    session.data = {b"long": [b"%d" % at for at in range(10_482)]}
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await until(pilot, lambda: app.screen.query_one(KeyTree).rows)
        await pilot.press("alt+1", "enter")
        await until(pilot, lambda: isinstance(app.screen, ValueScreen))
        box = app.screen.query_one(".dialog")
        await until(pilot, lambda: "first 200 of 10,482 elements" in str(box.border_subtitle))
        await pilot.press("n")
        await until(pilot, lambda: "201–400 of 10,482 elements" in str(box.border_subtitle))


async def test_the_console_runs_a_command_and_completes(app: WorkbenchApp, session: FakeSession, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.pause()
        await pilot.press("ctrl+t", *"hg", "tab")
        field = app.screen.query_one("#command", Input)
        assert field.value == "hgetall "
        field.value = "SET answer 42"
        await pilot.press("enter")
        await until(pilot, lambda: "OK" in plain(app, "transcript"))
        assert session.data[b"answer"] == b"42"
        await pilot.press("up")
        assert field.value == "SET answer 42"


async def test_a_secret_stays_out_of_history_and_transcript(
    app: WorkbenchApp, session: FakeSession, home: Path, until: Until
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("ctrl+t")
        app.screen.query_one("#command", Input).value = "AUTH hunter2"
        await pilot.press("enter")
        await until(pilot, lambda: "AUTH" in plain(app, "transcript"))
        assert "hunter2" not in plain(app, "transcript")
        await pilot.press("up")
        assert app.screen.query_one("#command", Input).value == "AUTH ***"
    assert "hunter2" not in (home / "state" / "repl_history").read_text()


async def test_the_log_shows_every_command_that_was_sent(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await until(pilot, lambda: "scanned" in str(app.screen.query_one(KeysPane).border_subtitle))
        await pilot.press("f12")
        text = app.screen.query_one(LineView).plain
        assert "HSET user:1 name Ada" in text
        assert "SCAN 0 COUNT 500" in text


async def test_a_theme_with_a_mistake_is_told_and_the_default_used(
    session: FakeSession, home: Path, until: Until
) -> None:
    folder = home / "config" / "themes"
    folder.mkdir(parents=True)
    (folder / "mine.toml").write_text("[colors]\n")

    async def open_session() -> FakeSession:
        return session

    app = WorkbenchApp(open_session, theme="mine", shelf=read_shelf([packaged_themes_dir(), folder]))
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        assert app.palette.theme.name == "dark"
        texts = [note.message for note in app._notifications]
        assert any("mine.toml" in text and "colors.background is missing" in text for text in texts)


async def test_side_panes_fold_into_tabs_on_a_small_screen(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app, pilot, until)
        screen = app.screen
        assert screen.query_one(PaneTabs).display
        assert not screen.query_one("#left").display
        assert screen.query_one(EditorPane).size.height >= 5
        await pilot.press("alt+1")
        await pilot.pause()
        assert screen.query_one(KeysPane).size.width > 70
        tree = screen.query_one(KeyTree)
        await until(pilot, lambda: len(tree.facts) == 8)
        assert not screen.query_one("#middle").display
        await pilot.press("alt+6")
        await pilot.pause()
        assert screen.query_one("#slowlog").display
        assert not screen.query_one("#scripts").display
        await pilot.resize_terminal(120, 40)
        await pilot.pause()
        assert not screen.query_one(PaneTabs).display
        assert all(screen.query_one(f"#{name}").display for name in ("left", "middle", "right"))


async def test_zoom_gives_a_pane_the_screen_and_takes_it_back(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("alt+4", "f11")
        await pilot.pause()
        assert app.screen.query_one(ResultPane).size.width > 110
        await pilot.press("f11")
        await pilot.pause()
        assert app.screen.query_one(KeysPane).display


async def test_jump_takes_the_next_digit(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        bench = app.screen
        await pilot.press("ctrl+g")
        await until(pilot, lambda: app.screen is not bench)
        await pilot.press("1")
        await until(pilot, lambda: app.screen is bench and app.focused is bench.query_one(KeyTree))
        assert app.screen.query_one(LuaEditor).text.startswith("--")


async def test_the_palette_reaches_an_example(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        bench = app.screen
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette) and isinstance(app.focused, Input))
        await pilot.press(*"example: delete_if")
        await until(pilot, lambda: app.screen.query_one(OptionList).option_count == 1)
        await pilot.press("enter")
        await until(pilot, lambda: "delete_if_equal" in str(bench.query_one(EditorPane).border_title))
        assert bench.query_one("#args-field", Input).value == "some_value"


async def test_saving_asks_for_a_place_and_writes_the_file(app: WorkbenchApp, home: Path, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        bench = app.screen
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.screen is not bench)
        app.screen.query_one(Input).value = str(home / "mine.lua")
        await pilot.press("enter")
        await until(pilot, (home / "mine.lua").exists)
        await until(pilot, lambda: "mine.lua" in str(bench.query_one(EditorPane).border_title))


async def test_unsaved_text_is_back_at_the_next_start(app: WorkbenchApp, session: FakeSession, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("x")
        await pilot.press("ctrl+q")
    assert session.closed

    async def open_session() -> FakeSession:
        return session

    again = WorkbenchApp(open_session, shelf=read_shelf([packaged_themes_dir()]))
    async with again.run_test(size=(120, 40)) as pilot:
        await ready(again, pilot, until)
        pane = again.screen.query_one(EditorPane)
        assert [buffer.recovered for buffer in pane.buffers] == [False, True]
        assert pane.buffer == pane.buffers[0]
        assert pane.buffers[1].text.startswith("x--")
        assert "(recovered)" in str(pane.border_title)


async def test_a_refused_connection_says_what_to_do_and_can_be_tried_again(session: FakeSession, until: Until) -> None:
    attempts: list[int] = []

    async def open_session() -> FakeSession:
        attempts.append(1)
        if len(attempts) == 1:
            raise ConnectError("Cannot connect to 127.0.0.1:1: refused.", hint="Start a server there.")
        return session

    app = WorkbenchApp(open_session, address="127.0.0.1:1", shelf=read_shelf([packaged_themes_dir()]))
    async with app.run_test(size=(80, 24)) as pilot:
        text = "#connecting-text"
        await until(pilot, lambda: "No connection" in str(app.screen.query_one(text, Static).content))
        assert isinstance(app.screen, ConnectingScreen)
        assert "Start a server there." in str(app.screen.query_one(text, Static).content)
        await pilot.press("r")
        await ready(app, pilot, until)
        assert len(attempts) == 2


@pytest.mark.parametrize("width", [60, 80, 120, 200])
async def test_the_footer_fits_and_keeps_the_important_keys(app: WorkbenchApp, until: Until, width: int) -> None:
    async with app.run_test(size=(width, 24)) as pilot:
        await ready(app, pilot, until)
        text = str(app.screen.query_one(KeyBar).content)
        assert len(text) <= width
        for word in ("F5 run", "F8 kill", "^Q quit"):
            assert word in text


async def test_escape_stays_in_the_editor(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("escape", "x")
        assert app.screen.query_one(LuaEditor).text.startswith("x--")


async def test_an_idle_workbench_sends_nothing(app: WorkbenchApp, session: FakeSession, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await until(pilot, lambda: "scanned" in str(app.screen.query_one(KeysPane).border_subtitle))
        await pilot.pause(0.6)
        sent, listings = len(session.sent), session.listings
        await pilot.pause(0.6)
        assert (len(session.sent), session.listings) == (sent, listings)


async def test_panes_ask_nothing_while_multi_is_open(app: WorkbenchApp, session: FakeSession, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await until(pilot, lambda: "scanned" in str(app.screen.query_one(KeysPane).border_subtitle))
        await pilot.pause(0.3)
        session.sent.clear()
        await pilot.press("ctrl+t", *"multi", "enter")
        await until(pilot, lambda: "(TX)" in str(app.screen.query_one("#prompt", Static).content))
        await pilot.press(*"ping", "enter", "f9", "f5")
        await until(pilot, lambda: "MULTI is open in the console." in plain(app, "reply-view"))
        assert session.sent == [(b"multi",), (b"ping",)]
        assert "Paused" in app.screen.query_one(KeyTree).message[0][0].text
        await pilot.press(*"exec", "enter")
        await until(pilot, lambda: "scanned" in str(app.screen.query_one(KeysPane).border_subtitle))


async def test_alt_and_a_digit_types_nothing(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        before = app.screen.query_one(LuaEditor).text
        await pilot.press("alt+9", "alt+2", "alt+1")
        await until(pilot, lambda: isinstance(app.focused, KeyTree))
        assert app.screen.query_one(LuaEditor).text == before


async def test_a_huge_reply_is_seen_at_once_and_drawn_while_keys_are_taken(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    session.outcomes = [ScriptOutcome(reply=[b"x"] * 30_000, sha="0" * 40, duration_ms=1.0)]
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        pane, view = app.screen.query_one(ResultPane), app.screen.query_one("#reply-view", LineView)
        await app.run_action("screen.run")
        await until(pilot, lambda: "drawing" in str(pane.border_subtitle))
        assert 1_000 <= view.row_count < 30_000
        await until(pilot, lambda: pane.border_subtitle == "ok")
        assert view.row_count == 30_000


async def test_enter_on_a_call_of_the_trace_goes_to_its_line_in_the_editor(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("f5")
        await until(pilot, lambda: "set counter" in plain(app, "trace-view"))
        await pilot.press("alt+4", "tab")
        await until(pilot, lambda: app.focused is app.screen.query_one("#trace-view"))
        await pilot.press("down", "enter")
        editor = app.screen.query_one(LuaEditor)
        await until(pilot, lambda: app.focused is editor)
        assert editor.cursor_location == (4, 0)


async def test_the_reply_is_copied_as_json(app: WorkbenchApp, session: FakeSession, until: Until) -> None:
    session.outcomes = [ScriptOutcome(reply=[b"a", 1, None], sha="0" * 40, duration_ms=1.0)]
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("f5")
        await until(pilot, lambda: "(nil)" in plain(app, "reply-view"))
        await pilot.press("alt+4")
        await until(pilot, lambda: app.focused is app.screen.query_one("#reply-view"))
        await pilot.press("c")
        await until(pilot, lambda: app.clipboard)
        assert app.clipboard == '[\n  "a",\n  1,\n  null\n]'
