"""Before there is a session: how long it takes, giving up, another address."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual.widgets import Button, Input, Static

from redis_tui.errors import ConnectError
from redis_tui.paths import packaged_themes_dir
from redis_tui.theme import read_shelf
from redis_tui.tui.app import WorkbenchApp
from redis_tui.tui.screens.connecting import ConnectingScreen
from redis_tui.tui.screens.workbench import WorkbenchScreen
from tests.tui.fake_session import FakeSession, info

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from redis_tui.session.base import Session
    from tests.tui.conftest import Until


async def at_once() -> FakeSession:
    return FakeSession(info(embedded=False))


def opening(
    first: Callable[[], Awaitable[Session]], asked: list[str], then: Callable[[], Awaitable[Session]] = at_once
) -> WorkbenchApp:
    async def open_at(address: str) -> Session:
        asked.append(address)
        return await then()

    shelf = read_shelf([packaged_themes_dir()])
    return WorkbenchApp(first, open_at=open_at, address="redis://ann:***@h:6379", shelf=shelf, sample_keys=False)


def text(app: WorkbenchApp) -> str:
    return str(app.screen.query_one("#connecting-text", Static).content)


async def never() -> FakeSession:
    await asyncio.Event().wait()
    raise AssertionError


async def refused() -> FakeSession:
    raise ConnectError("Could not connect to h:6379: connection refused.", hint="Start one.")


async def test_the_wait_is_told_and_can_be_given_up(until: Until) -> None:
    app = opening(never, [])
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ConnectingScreen) and app.screen.query("#connecting-text"))
        await until(pilot, lambda: text(app).endswith(" s"))
        await pilot.press("escape")
        await until(pilot, lambda: "Cancelled" in text(app))
        await until(pilot, lambda: isinstance(app.focused, Button))
        assert app.focused is not None
        assert app.focused.id == "retry"


async def test_the_embedded_engine_is_opened_under_its_name(until: Until) -> None:
    app = WorkbenchApp(never, address="memory://", shelf=read_shelf([packaged_themes_dir()]))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ConnectingScreen) and app.screen.query("#connecting-text"))
        await until(pilot, lambda: text(app).startswith("Opening the embedded engine …"))


async def test_another_address_is_opened_after_a_failure(until: Until) -> None:
    asked: list[str] = []
    app = opening(refused, asked)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ConnectingScreen) and "refused" in text(app))
        await pilot.press("e")
        field = app.screen.query_one(Input)
        assert field.value == "redis://ann:***@h:6379"
        field.value = "redis://ann:***@other:6379"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, WorkbenchScreen))
    assert asked == ["redis://ann:***@other:6379"]


async def test_a_password_that_is_typed_there_is_not_shown(until: Until) -> None:
    asked: list[str] = []
    app = opening(refused, asked, then=never)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ConnectingScreen) and "refused" in text(app))
        await pilot.press("e")
        app.screen.query_one(Input).value = "redis://ann:secret@other:6379"
        await pilot.press("enter")
        await until(pilot, lambda: asked == ["redis://ann:secret@other:6379"])
        assert text(app).startswith("Connecting to redis://ann:***@other:6379 …")
        await pilot.press("escape")
        await until(pilot, lambda: "redis://ann:***@other:6379 was not waited for" in text(app))
        assert app.screen.query_one(Input).value == "redis://ann:***@other:6379"
