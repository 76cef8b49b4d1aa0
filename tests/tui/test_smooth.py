"""What must cost nothing: a workbench at rest, a key that comes while the connection is made."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from textual.screen import Screen
from textual.widgets import Static

from redis_tui.session.base import Running
from redis_tui.tui.screens.connecting import ConnectingScreen
from redis_tui.tui.screens.workbench import WorkbenchScreen
from tests.tui.conftest import ready

if TYPE_CHECKING:
    import pytest

    from redis_tui.tui.app import WorkbenchApp
    from tests.tui.conftest import Until
    from tests.tui.fake_session import FakeSession


async def test_looking_what_runs_lays_nothing_out_anew(
    app: WorkbenchApp, session: FakeSession, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    layouts: list[object] = []
    lay_out: Any = Screen._refresh_layout

    def counted(screen: Screen[object], *args: object, **options: object) -> None:
        layouts.append(screen)
        lay_out(screen, *args, **options)

    elapsed_ms = count(100.0, 100.0)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        screen = app.screen
        assert isinstance(screen, WorkbenchScreen)
        told = screen.query_one("#running-text", Static)
        monkeypatch.setattr(session, "running", lambda: Running("counter", next(elapsed_ms), has_written=False))
        await until(pilot, lambda: "counter" in str(told.content))
        await pilot.pause(0.3)
        monkeypatch.setattr(Screen, "_refresh_layout", counted)
        before = str(told.content)
        for _ in range(3):
            screen._tick()
            await pilot.pause()
        assert str(told.content) != before
        assert not layouts
        monkeypatch.setattr(session, "running", lambda: None)
        await until(pilot, lambda: layouts)  # a line less, and no button


async def test_a_connection_that_stands_at_once_shows_no_waiting_screen(
    app: WorkbenchApp, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[object] = []
    monkeypatch.setattr(ConnectingScreen, "on_mount", shown.append)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
    assert not shown
