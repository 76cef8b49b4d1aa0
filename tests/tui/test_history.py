"""The runs of this session: going back to one, running it again, taking its arguments back."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.widgets import Input

from redis_tui.session.base import ScriptRun
from redis_tui.tui.panes.history import HistoryView
from redis_tui.tui.panes.result import ResultPane
from redis_tui.tui.widgets.line_view import LineView
from redis_tui.tui.widgets.table_view import TableView
from tests.tui.conftest import Until, ready
from tests.tui.fake_session import counted, failed

if TYPE_CHECKING:
    from redis_tui.tui.app import WorkbenchApp
    from tests.tui.fake_session import FakeSession

SIZE = (120, 40)
ANY = ScriptRun(source=b"return 1")


def reply(app: WorkbenchApp) -> str:
    return app.screen.query_one("#reply-view", LineView).plain


def table(app: WorkbenchApp) -> TableView:
    return app.screen.query_one("#history-view", TableView)


def title(app: WorkbenchApp) -> str:
    return str(app.screen.query_one(ResultPane).border_title)


async def test_each_run_is_listed_with_how_it_ended(app: WorkbenchApp, session: FakeSession, until: Until) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        session.outcomes = [failed()]
        await pilot.press("f5")
        await until(pilot, lambda: table(app).counts[1] == 1)
        await pilot.press("f6")
        await until(pilot, lambda: table(app).counts[1] == 2)
        newest, oldest = table(app).plain.split("\n")
        assert [newest.split("\t")[at] for at in (1, 3, 4, 5, 7)] == ["2", "counter", "dry", "✓ ok", "counter"]
        assert [oldest.split("\t")[at] for at in (1, 4, 5)] == ["1", "run", "✗ WRONGTYPE"]


async def test_enter_shows_a_run_as_it_was_and_escape_goes_back(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        for number in (11, 12, 13):
            session.outcomes = [replace(counted(ANY), reply=number)]
            await pilot.press("f5")
            await until(pilot, lambda: f"(integer) {number}" in reply(app))  # noqa: B023  # awaited at once
        assert "of 3" not in title(app)
        await pilot.press("alt+y")
        await until(pilot, lambda: table(app).has_focus)
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: "(integer) 11" in reply(app))
        assert "run 1 of 3" in title(app)
        await until(pilot, lambda: app.screen.query_one("#reply-view", LineView).has_focus)
        await pilot.press("escape")
        await until(pilot, lambda: "(integer) 13" in reply(app))
        assert "of 3" not in title(app)


async def test_a_new_run_takes_the_place_of_an_old_one_that_is_shown(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        for _ in range(2):
            await pilot.press("f5")
            count = len(session.runs)
            await until(pilot, lambda: table(app).counts[1] == count)  # noqa: B023  # awaited at once
        await pilot.press("alt+j")
        await until(pilot, lambda: "run 1 of 2" in title(app))
        await pilot.press("f5")
        await until(pilot, lambda: table(app).counts[1] == 3)
        assert "run 1" not in title(app)


async def test_a_run_is_made_again_with_its_script_and_its_arguments(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        await pilot.press("f5")
        await until(pilot, lambda: table(app).counts[1] == 1)
        app.screen.query_one("#keys-field", Input).value = "another"
        await pilot.press("alt+y")
        await until(pilot, lambda: table(app).has_focus)
        await pilot.press("r")
        await until(pilot, lambda: table(app).counts[1] == 2)
        assert [run.keys for run in session.runs] == [(b"counter",), (b"counter",)]


async def test_the_arguments_of_a_run_are_given_back_to_the_fields(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        await pilot.press("f5")
        await until(pilot, lambda: table(app).counts[1] == 1)
        field = app.screen.query_one("#keys-field", Input)
        field.value = "another"
        await pilot.press("alt+y")
        await until(pilot, lambda: table(app).has_focus)
        await pilot.press("a")
        await until(pilot, lambda: field.value == "counter")


async def test_the_list_is_narrowed_by_a_text(app: WorkbenchApp, session: FakeSession, until: Until) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        session.outcomes = [failed()]
        for count in (1, 2):
            await pilot.press("f5")
            await until(pilot, lambda: table(app).counts[1] == count)  # noqa: B023  # awaited at once
        await pilot.press("alt+y")
        await until(pilot, lambda: table(app).has_focus)
        await pilot.press("slash", *"wrong")
        await until(pilot, lambda: table(app).counts == (1, 2))


async def test_while_a_run_goes_on_an_older_one_can_be_looked_at(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        await pilot.press("f5")
        await until(pilot, lambda: table(app).counts[1] == 1)
        session.hang = asyncio.Event()
        await pilot.press("f5")
        await until(pilot, lambda: "is running" in reply(app))
        app.screen.post_message(HistoryView.Asked("show", 1))
        await until(pilot, lambda: "run 1 of 1" in title(app))
        app.screen.post_message(HistoryView.Asked("newest"))
        await until(pilot, lambda: "is running" in reply(app))
        session.hang.set()
        await until(pilot, lambda: table(app).counts[1] == 2)


async def test_escape_leaves_the_whole_screen(app: WorkbenchApp, session: FakeSession, until: Until) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        await pilot.press("alt+y")
        await until(pilot, lambda: app.screen.has_class("-zoomed") and table(app).has_focus)
        await pilot.press("escape")
        await until(pilot, lambda: not app.screen.has_class("-zoomed"))
