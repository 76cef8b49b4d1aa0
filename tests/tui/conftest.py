"""An app over the fake session, with its files in a folder of its own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from redis_tui.paths import HOME_VARIABLE, packaged_themes_dir
from redis_tui.theme import read_shelf
from redis_tui.tui.app import WorkbenchApp
from redis_tui.tui.panes.editor import EditorPane
from redis_tui.tui.screens.workbench import WorkbenchScreen
from redis_tui.tui.widgets.lua_editor import LuaEditor
from tests.tui.fake_session import FakeSession
from tests.tui.idle import wait_for_idle

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot


class Until(Protocol):
    """``await until(pilot, lambda: …)`` waits for something to become true, a minute at most, and for the app to be at rest."""

    async def __call__(self, pilot: Pilot[Any], true: Callable[[], object]) -> None: ...


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(autouse=True)
def _told_by_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("textual.app", "textual.pilot"):
        monkeypatch.setattr(f"{module}.wait_for_idle", wait_for_idle)


@pytest.fixture
def session() -> FakeSession:
    return FakeSession()


@pytest.fixture
def app(session: FakeSession, home: Path) -> WorkbenchApp:
    async def open_session() -> FakeSession:
        return session

    return WorkbenchApp(open_session, shelf=read_shelf([packaged_themes_dir()]))


@pytest.fixture
def until() -> Until:
    async def wait(pilot: Pilot[Any], true: Callable[[], object]) -> None:
        deadline = asyncio.get_running_loop().time() + 60
        while not true():
            assert asyncio.get_running_loop().time() < deadline, "it did not happen within a minute"
            await asyncio.sleep(0.01)
        await wait_for_idle()  # what is true may not be laid out yet, nor all that follows from it

    return wait


async def ready(app: WorkbenchApp, pilot: Pilot[int], until: Until) -> None:
    """Waits until the workbench stands, a script is in front and its arguments are filled in."""
    await until(pilot, lambda: isinstance(app.screen, WorkbenchScreen) and isinstance(app.focused, LuaEditor))
    await until(pilot, lambda: app.screen.query_one(EditorPane).buffer is not None)
    screen = app.screen
    assert isinstance(screen, WorkbenchScreen)
    await until(pilot, lambda: screen._bench.is_whole)
    await pilot.pause()
