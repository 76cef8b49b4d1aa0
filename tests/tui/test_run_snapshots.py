"""What the runs of a session, a comparison, a trace and changes look like, as text that a review can read."""

from __future__ import annotations

import re
from dataclasses import replace

from textual.widgets import TabbedContent

from redis_tui.session.base import Change, ScriptRun, Snapshot
from redis_tui.tui.screens.compare import CompareScreen
from redis_tui.tui.widgets.line_view import LineView
from redis_tui.tui.widgets.table_view import TableView
from tests.tui.conftest import Until, ready
from tests.tui.fake_session import counted, failed, killed
from tests.tui.test_snapshots import every_size, matches, over, part, server

ANY = ScriptRun(source=b"")


def without_clock(shown: str) -> str:
    """The time of day is not the same twice."""
    return re.sub(r"\d\d:\d\d:\d\d", "hh:mm:ss", shown)


@every_size
async def test_the_runs_of_a_session_and_two_of_them_compared(size: tuple[int, int], until: Until) -> None:
    session = server()
    session.info = replace(session.info, embedded=True)
    app = over(session)
    second = Change(0, b"counter", Snapshot("string", b"1", 1), Snapshot("string", b"2", 1))
    outcomes = [counted(ANY), replace(counted(ANY), reply=2, changes=(second,)), failed(), killed()]
    async with app.run_test(size=size) as pilot:
        await ready(app, pilot, until)
        table = app.screen.query_one("#history-view", TableView)
        for count, outcome in enumerate(outcomes, 1):
            session.outcomes = [outcome]
            await pilot.press("f5")
            await until(pilot, lambda: table.counts[1] == count)  # noqa: B023  # awaited at once
        await pilot.press("alt+y")
        await until(pilot, lambda: table.has_focus)
        await pilot.press("end", "m", "up")
        await pilot.pause()
        await matches("runs", size, lambda: without_clock(part(app, "HistoryView")))
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, CompareScreen))
        await until(pilot, lambda: app.screen.query(LineView) and app.screen.query_one(LineView).plain)
        await pilot.pause()
        await matches("compare", size, lambda: without_clock(part(app, "#comparison")))


@every_size
async def test_the_calls_and_the_changes_of_a_run(size: tuple[int, int], until: Until) -> None:
    session = server()
    app = over(session)
    async with app.run_test(size=size) as pilot:
        await ready(app, pilot, until)
        await pilot.press("f7")
        await until(pilot, lambda: "set counter" in app.screen.query_one("#trace-view", LineView).plain)
        for name, content in (("trace", "TraceView"), ("changes", "ChangesView")):
            app.screen.query_one(TabbedContent).active = f"tab-{name}"
            view = app.screen.query_one(f"#{name}-view", LineView)
            view.focus()
            await until(pilot, lambda: view.has_focus)  # noqa: B023  # awaited at once
            await pilot.pause()
            await matches(name, size, lambda: part(app, content))  # noqa: B023  # awaited at once
