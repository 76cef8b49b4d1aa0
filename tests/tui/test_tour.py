"""The tour: goes on when a thing was done, is left with Esc, and takes no key that a step needs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Static

from redis_tui.paths import packaged_themes_dir
from redis_tui.theme import read_shelf
from redis_tui.tui.app import WorkbenchApp
from redis_tui.tui.screens.tour import STEPS, TourCard, tour_of
from redis_tui.tui.tour_mark import was_taken
from redis_tui.tui.widgets.find_bar import FindBar
from redis_tui.tui.widgets.lua_editor import LuaEditor
from tests.tui.conftest import Until, ready

if TYPE_CHECKING:
    from pathlib import Path

    from textual.geometry import Region

    from tests.tui.fake_session import FakeSession


@pytest.fixture
def newcomer(session: FakeSession, home: Path) -> WorkbenchApp:
    async def open_session() -> FakeSession:
        return session

    return WorkbenchApp(open_session, shelf=read_shelf([packaged_themes_dir()]), tour=True)


def card(app: WorkbenchApp) -> TourCard:
    found = tour_of(app.screen_stack[-1])
    assert found is not None
    return found


def step(app: WorkbenchApp) -> str:
    found = next((tour_of(screen) for screen in app.screen_stack if tour_of(screen)), None)
    return str(found.border_title).partition(" ·")[0] if found is not None else "no tour"


def is_at(app: WorkbenchApp, at: int) -> bool:
    return step(app) == f"Tour {at} of 5"


async def test_each_step_goes_on_when_its_thing_was_done(
    newcomer: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    app = newcomer
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await until(pilot, lambda: step(app) == "Tour 1 of 5")
        assert was_taken()
        assert app.screen.query_one("#editor").has_class("-toured")
        await pilot.press("f5")
        await until(pilot, lambda: step(app) == "Tour 2 of 5")
        assert app.screen.query_one("#result").has_class("-toured")
        assert not app.screen.query_one("#editor").has_class("-toured")
        await pilot.press("f6")
        await until(pilot, lambda: step(app) == "Tour 3 of 5")
        await pilot.press("alt+1")
        await until(pilot, lambda: step(app) == "Tour 4 of 5")
        await pilot.press("ctrl+t", *"GET counter", "enter")
        await until(pilot, lambda: step(app) == "Tour 5 of 5")
        await pilot.press("f1")
        await until(pilot, lambda: step(app) == "no tour")
        assert not app.screen_stack[-2].query(".-toured")


async def test_it_is_left_with_escape_and_taken_again_from_the_palette(newcomer: WorkbenchApp, until: Until) -> None:
    app = newcomer
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app, pilot, until)
        await until(pilot, lambda: step(app) == "Tour 1 of 5")
        await pilot.press("ctrl+f")
        await pilot.press("escape")
        assert not app.screen.query_one(FindBar).is_open
        assert step(app) == "Tour 1 of 5"
        await pilot.press("escape")
        await until(pilot, lambda: step(app) == "no tour")
        await pilot.press("ctrl+p", *"take the tour", "enter")
        await until(pilot, lambda: step(app) == "Tour 1 of 5")


async def test_its_key_and_its_buttons_go_on_and_end_it(newcomer: WorkbenchApp, until: Until) -> None:
    app = newcomer
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await until(pilot, lambda: step(app) == "Tour 1 of 5")
        await pilot.press("f2")
        await until(pilot, lambda: step(app) == "Tour 2 of 5")
        await until(pilot, lambda: app.screen.query_one("#tour-next").region.area)
        await pilot.pause()
        await pilot.click("#tour-next")
        await until(pilot, lambda: step(app) == "Tour 3 of 5")
        await pilot.pause()
        await pilot.click("#tour-end")
        await until(pilot, lambda: step(app) == "no tour")


async def test_the_keyboard_stays_in_the_editor_and_the_words_name_the_keys(
    newcomer: WorkbenchApp, until: Until
) -> None:
    app = newcomer
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await until(pilot, lambda: step(app) == "Tour 1 of 5")
        assert isinstance(app.focused, LuaEditor)
        await pilot.press("a", "enter", "b")
        assert app.focused.text.startswith("a\nb--")
        assert "Press F5" in str(app.screen.query_one("#tour-text", Static).content)
        assert not [widget for widget in card(app).query("*") if widget.focusable]


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_the_card_hides_little_of_what_it_speaks_of(
    newcomer: WorkbenchApp, until: Until, size: tuple[int, int]
) -> None:
    app = newcomer
    async with app.run_test(size=size) as pilot:
        await ready(app, pilot, until)
        await until(pilot, lambda: step(app) == "Tour 1 of 5")
        for at, one in enumerate(STEPS, 1):
            await until(pilot, partial(is_at, app, at))
            await pilot.pause()
            pane: Region = app.screen.query_one(f"#{one.pane}").region
            hidden = pane.intersection(card(app).region).area
            assert hidden <= pane.area * 0.45, (one.pane, pane, card(app).region)
            await pilot.press("f2")


async def test_nobody_else_meets_it(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        assert step(app) == "no tour"
        assert not was_taken()
