"""Two runs compared over the workbench."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from redis_tui.session.base import ScriptRun
from redis_tui.tui.screens.compare import CompareScreen
from redis_tui.tui.screens.workbench import WorkbenchScreen
from redis_tui.tui.widgets.line_view import LineView
from redis_tui.tui.widgets.table_view import TableView
from tests.tui.conftest import Until, ready
from tests.tui.fake_session import counted

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from redis_tui.tui.app import WorkbenchApp
    from tests.tui.fake_session import FakeSession

ANY = ScriptRun(source=b"return 1")


async def run_twice(app: WorkbenchApp, session: FakeSession, pilot: Pilot[int], until: Until) -> TableView:
    """Two runs that answer 11 and 12."""
    table = app.screen.query_one("#history-view", TableView)
    for count, number in ((1, 11), (2, 12)):
        session.outcomes = [replace(counted(ANY), reply=number)]
        await pilot.press("f5")
        await until(pilot, lambda: table.counts[1] == count)  # noqa: B023  # awaited at once
    return table


def shown(app: WorkbenchApp) -> str:
    return app.screen.query_one(LineView).plain


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["wide", "narrow"])
async def test_the_shown_run_is_compared_with_the_one_before(
    app: WorkbenchApp, session: FakeSession, until: Until, size: tuple[int, int]
) -> None:
    async with app.run_test(size=size) as pilot:
        await ready(app, pilot, until)
        await run_twice(app, session, pilot, until)
        await pilot.press("alt+d")
        await until(pilot, lambda: isinstance(app.screen, CompareScreen) and "≠ Differing" in shown(app))
        assert "reply: 1 place" in shown(app)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, WorkbenchScreen))


async def test_a_marked_run_is_compared_with_another(app: WorkbenchApp, session: FakeSession, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        table = await run_twice(app, session, pilot, until)
        await pilot.press("f5")
        await until(pilot, lambda: table.counts[1] == 3)
        await pilot.press("alt+y")
        await until(pilot, lambda: table.has_focus)
        await pilot.press("m", "down", "down")
        assert table.plain.split("\n")[0].startswith("●\t3")
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, CompareScreen) and app.screen.query(LineView))
        title = str(app.screen.query_one("#comparison").border_title)
        assert "A run 1" in title
        assert "B run 3" in title


async def test_sides_turn_and_swap(app: WorkbenchApp, session: FakeSession, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await run_twice(app, session, pilot, until)
        await pilot.press("alt+d")
        await until(pilot, lambda: isinstance(app.screen, CompareScreen) and "Differing" in shown(app))
        await pilot.press("x")
        title = str(app.screen.query_one("#comparison").border_title)
        assert "A run 2" in title


async def test_one_run_alone_has_none_to_compare_with(app: WorkbenchApp, session: FakeSession, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("alt+d")
        await until(pilot, lambda: any("no other run" in note.message for note in app._notifications))
        assert isinstance(app.screen, WorkbenchScreen)
