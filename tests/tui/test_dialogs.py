"""What opens over the workbench, by keys that come faster than screens open and close."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events

from redis_tui.render.spans import width
from redis_tui.tui.key_files import FORMATS
from redis_tui.tui.panes.result import ResultPane
from redis_tui.tui.screens.dialogs import Answers, AskText
from redis_tui.tui.screens.help import HelpScreen
from redis_tui.tui.screens.jump import Jump
from redis_tui.tui.screens.workbench import WorkbenchScreen
from redis_tui.tui.widgets.line_view import LineView
from redis_tui.tui.widgets.lua_editor import LuaEditor
from tests.tui.conftest import Until, ready

if TYPE_CHECKING:
    from redis_tui.tui.app import WorkbenchApp
    from tests.tui.fake_session import FakeSession

SIZE = (120, 40)


def burst(app: WorkbenchApp, *keys: str) -> None:
    """Keys that have all arrived before the first is looked at, as a terminal sends them that was held up."""
    for key in keys:
        app.post_message(events.Key(key, key if len(key) == 1 else None))


async def test_a_digit_right_behind_the_jump_key_takes_and_writes_nothing(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        before = app.screen.query_one(LuaEditor).text
        burst(app, "ctrl+g", "4")
        await until(pilot, lambda: app.focused is not None and app.focused.id == "reply-view")
        assert isinstance(app.screen, WorkbenchScreen)
        assert app.screen.query_one(LuaEditor).text == before


async def test_a_second_digit_leaves_the_workbench_where_it_is(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        burst(app, "ctrl+g", "4", "4", "ctrl+g", "4", "4")
        await until(pilot, lambda: app.focused is not None and app.focused.id == "reply-view")
        await pilot.pause()
        assert isinstance(app.screen, WorkbenchScreen)
        await pilot.press("f5")
        await until(pilot, lambda: "(integer) 1" in app.screen.query_one("#reply-view", LineView).plain)


async def test_keys_behind_a_jump_reach_the_pane_and_not_the_script(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        before = app.screen.query_one(LuaEditor).text
        await pilot.press("f5")
        await until(pilot, lambda: "(integer) 1" in app.screen.query_one("#reply-view", LineView).plain)
        pane = app.screen.query_one(ResultPane)
        burst(app, "ctrl+g", "4", "v")
        await until(pilot, lambda: "[json]" in str(pane.border_title))
        assert app.screen.query_one(LuaEditor).text == before


async def test_enter_twice_answers_a_question_once(app: WorkbenchApp, session: FakeSession, until: Until) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        await pilot.press("alt+r")
        await until(pilot, lambda: isinstance(app.screen, AskText) and app.focused is not None)
        burst(app, "enter", "enter")
        await until(pilot, lambda: len(session.runs) >= 100)
        assert isinstance(app.screen, WorkbenchScreen)


async def test_the_marked_row_of_a_list_is_what_enter_takes(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        await pilot.press("alt+r")
        await until(pilot, lambda: isinstance(app.screen, AskText) and app.focused is not None)
        await pilot.press("down", "down", "down", "up", "down", "enter")
        await until(pilot, lambda: len(session.runs) >= 100)
        assert session.runs[0].dry_run


async def test_an_answer_from_below_another_screen_waits_until_that_closes(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        below = Jump()
        app.push_screen(below)
        await pilot.press("f1")
        assert isinstance(app.screen, HelpScreen)
        below.dismiss("")
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, WorkbenchScreen))


async def test_each_format_of_an_export_is_seen_with_its_remark(app: WorkbenchApp, until: Until) -> None:
    offers = [(name, name, about) for _, name, about in FORMATS]
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app, pilot, until)
        await app.push_screen(AskText("Export to", "keys.redis", offers))
        await until(pilot, lambda: app.screen.query_one(Answers).row_count == 3)
        await pilot.pause()
        answers = app.screen.query_one(Answers)
        assert answers.scrollable_content_region.height == 3
        assert answers.scrollable_content_region.width >= max(width(answers.line_at(row)) for row in range(3))
