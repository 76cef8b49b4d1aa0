"""Trying a script from the workbench: here, on the server, and what it may fetch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.errors import TooMuchToFetch
from redis_tui.tui.screens.dialogs import Ask
from redis_tui.tui.widgets.line_view import LineView
from tests.tui.conftest import Until, ready

if TYPE_CHECKING:
    import pytest

    from redis_tui.session.base import ScriptOutcome, ScriptRun
    from redis_tui.tui.app import WorkbenchApp
    from tests.tui.fake_session import FakeSession

NEEDED = 300 << 20


async def test_both_ways_to_try_a_script_are_told_to_the_session(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("f6")
        await until(pilot, lambda: len(session.runs) == 1)
        await app.screen.run_action("dry_run_on_server")
        await until(pilot, lambda: len(session.runs) == 2)
        assert [(run.dry_run, run.on_server) for run in session.runs] == [(True, False), (True, True)]


async def test_what_would_fetch_much_asks_first(
    app: WorkbenchApp, session: FakeSession, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = session.run

    async def careful(run: ScriptRun) -> ScriptOutcome:
        if run.fetch_limit < NEEDED:
            raise TooMuchToFetch("The script reads 'big' (300.0 MB).", hint="Allow more.", needed=NEEDED)
        return await plain(run)

    monkeypatch.setattr(session, "run", careful)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("f6")
        await until(pilot, lambda: isinstance(app.screen, Ask) and app.focused is not None)
        await pilot.press("enter")  # what costs nothing has the keyboard
        view = app.screen.query_one("#reply-view", LineView)
        await until(pilot, lambda: "The script reads 'big' (300.0 MB)." in view.plain)
        assert session.runs == []
        await pilot.press("f6")
        await until(pilot, lambda: isinstance(app.screen, Ask) and app.focused is not None)
        await pilot.press("right", "enter")
        await until(pilot, lambda: len(session.runs) == 1)
        assert session.runs[0].fetch_limit >= NEEDED
