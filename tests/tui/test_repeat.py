"""A script run many times from the workbench."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual.widgets import Input

from redis_tui.tui.panes.result import ResultPane
from redis_tui.tui.screens.dialogs import AskText
from redis_tui.tui.widgets.line_view import LineView
from tests.tui.conftest import Until, ready

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from redis_tui.tui.app import WorkbenchApp
    from tests.tui.fake_session import FakeSession


async def ask(app: WorkbenchApp, pilot: Pilot[int], until: Until, answer: str) -> LineView:
    """Asks for so many runs; answers the view that shows them."""
    view = app.screen.query_one("#reply-view", LineView)
    await pilot.press("alt+r")
    await until(pilot, lambda: isinstance(app.screen, AskText) and app.focused is not None)
    app.screen.query_one(Input).value = answer
    await pilot.press("enter")
    return view


async def test_a_series_shows_its_figures_and_a_histogram(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        view = await ask(app, pilot, until, "20 dry")
        await until(pilot, lambda: "20 runs · median 0.030 ms" in view.plain)
        assert "≤  0.05 ms ██" in view.plain
        assert view.plain.startswith("DRY RUN")
        assert [run.dry_run for run in session.runs] == [True] * 21  # the first is not counted


async def test_f8_stops_a_series_and_keeps_what_it_has(app: WorkbenchApp, session: FakeSession, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        session.hang = asyncio.Event()
        view = await ask(app, pilot, until, "1,000")
        await until(pilot, lambda: "is repeated: 0 of 1,000. F8 stops." in view.plain and session.runs)
        await pilot.press("f8")
        await until(pilot, lambda: app.screen.query_one(ResultPane).border_subtitle == "stopped")
        assert len(session.runs) == 1


async def test_what_is_no_number_of_runs_is_refused(app: WorkbenchApp, session: FakeSession, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await ask(app, pilot, until, "many")
        await until(pilot, lambda: any("'many' is no number" in note.message for note in app._notifications))
        assert session.runs == []
