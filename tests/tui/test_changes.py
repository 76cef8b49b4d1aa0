"""The Changes tab: going from key to key, and opening one."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.widgets import TabbedContent

from redis_tui.session.base import MISSING, Change, ScriptRun, Snapshot
from redis_tui.tui.panes.result import ResultPane
from redis_tui.tui.screens.value import ValueScreen
from redis_tui.tui.widgets.line_view import LineView
from tests.tui.conftest import Until, ready
from tests.tui.fake_session import counted

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from redis_tui.tui.app import WorkbenchApp
    from tests.tui.fake_session import FakeSession

SIZE = (120, 40)
CHANGES = (
    Change(0, b"counter", Snapshot("string", b"1", 1), Snapshot("string", b"2", 1)),
    Change(0, b"gone", Snapshot("string", b"1", 1), MISSING),
)


async def changed(app: WorkbenchApp, session: FakeSession, pilot: Pilot[int], until: Until) -> LineView:
    """A run with these changes, which are in front."""
    await ready(app, pilot, until)
    session.data[b"counter"] = b"2"
    session.outcomes = [replace(counted(ScriptRun(source=b"")), changes=CHANGES, changes_total=2)]
    await pilot.press("f5")
    view = app.screen.query_one("#changes-view", LineView)
    await until(pilot, lambda: "gone" in view.plain)
    app.screen.query_one(TabbedContent).active = "tab-changes"
    view.focus()
    await until(pilot, lambda: view.has_focus)
    return view


async def test_enter_opens_the_key_of_a_line(app: WorkbenchApp, session: FakeSession, until: Until) -> None:
    async with app.run_test(size=SIZE) as pilot:
        view = await changed(app, session, pilot, until)
        assert view.plain.split("\n") == ["~ counter  string", '    "1" → "2"', "- gone  string  deleted", '    - "1"']
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, ValueScreen))


async def test_a_key_that_was_deleted_is_not_opened(app: WorkbenchApp, session: FakeSession, until: Until) -> None:
    async with app.run_test(size=SIZE) as pilot:
        view = await changed(app, session, pilot, until)
        await pilot.press("n")
        assert view.row == 2
        await pilot.press("enter")
        await until(pilot, lambda: any("deleted this key" in note.message for note in app._notifications))
        await pilot.press("p")
        assert view.row == 0


async def test_a_run_that_goes_on_tells_for_how_long(app: WorkbenchApp, session: FakeSession, until: Until) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await changed(app, session, pilot, until)
        session.hang = asyncio.Event()
        await pilot.press("f5")
        await until(pilot, lambda: str(app.screen.query_one(ResultPane).border_subtitle).endswith(" s"))
        assert app.screen.query_one("#changes-view", LineView).plain == "After the run: each changed key."
        session.hang.set()
        await until(pilot, lambda: "changed" in str(app.screen.query_one(ResultPane).border_subtitle))


async def test_a_read_only_connection_says_how_the_script_was_sent(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    session.info = replace(session.info, read_only=True)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        await pilot.press("f5")
        await until(pilot, lambda: "read-only: EVAL_RO" in str(app.screen.query_one(ResultPane).border_subtitle))
