"""The Changes tab: going from key to key, and opening one."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.widgets import TabbedContent

from redis_tui.session.base import MISSING, Change, ScriptRun, Snapshot
from redis_tui.tui.panes.keys import KeysPane, KeyTree
from redis_tui.tui.panes.result import ResultPane
from redis_tui.tui.screens.dialogs import Ask
from redis_tui.tui.screens.value import ValueScreen
from redis_tui.tui.widgets.line_view import LineView
from tests.tui.conftest import Until, ready
from tests.tui.fake_session import counted
from tests.tui.test_keys import open_with

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from redis_tui.session.base import Session
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


async def changed_there(pilot: Pilot[int], app: WorkbenchApp, session: Session, until: Until, source: bytes) -> None:
    """What a run changed is in front, and the cursor on its first key."""
    outcome = await session.run(ScriptRun(source=source))
    pane = app.screen.query_one(ResultPane)
    pane.show(ScriptRun(source=source), outcome, session.info, None)
    pane.show_view("changes")
    pane.focus_content()
    await until(pilot, lambda: isinstance(app.focused, LineView) and app.focused.id == "changes-view")


async def test_a_key_is_opened_in_the_database_that_the_run_changed_it_in(until: Until) -> None:
    app, session = await open_with(["SET k here"])
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        await changed_there(pilot, app, session, until, b"redis.call('select', 3) redis.call('set', 'k', 'there')")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ValueScreen))
        view = app.screen.query_one(LineView)
        await until(pilot, lambda: view.plain == "there")
        assert "in db3" in str(app.screen.query_one(".dialog").border_title)
        assert session.db == 0


async def test_a_changed_key_is_shown_in_the_browser_whatever_hides_it_there(until: Until) -> None:
    app, session = await open_with([f"SET some:{number} 1" for number in range(500)])  # groups are closed then
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        tree = app.screen.query_one(KeyTree)
        await until(pilot, lambda: len(tree.model) == 500)
        await pilot.press("alt+1", "T")  # strings alone
        await until(pilot, lambda: "type string" in str(app.screen.query_one(KeysPane).border_title))
        await changed_there(pilot, app, session, until, b"redis.call('rpush', 'some:list:deep', 1)")
        await pilot.press("b")
        await until(pilot, lambda: app.focused is tree and tree.here is not None)
        await until(pilot, lambda: tree.here is not None and tree.here.key == b"some:list:deep")
        await until(pilot, lambda: len(tree.model) == 501)
        assert tree.here is not None
        assert tree.here.key == b"some:list:deep"


async def test_the_browser_goes_to_another_database_only_when_it_is_told_to(until: Until) -> None:
    app, session = await open_with(["SET k here"])
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        tree = app.screen.query_one(KeyTree)
        await changed_there(pilot, app, session, until, b"redis.call('select', 3) redis.call('set', 'a:k', 'there')")
        for answer, db in (("stay", 0), ("select", 3)):
            await pilot.press("b")
            await until(pilot, lambda: app.screen.query(f"#answer-{answer}"))  # noqa: B023  # awaited at once
            await pilot.click(f"#answer-{answer}")
            await until(pilot, lambda: not isinstance(app.screen, Ask) and session.db == db)  # noqa: B023
        await until(pilot, lambda: app.focused is tree and tree.here is not None and tree.here.key == b"a:k")
        assert tree.model.all_keys() == [b"a:k"]
