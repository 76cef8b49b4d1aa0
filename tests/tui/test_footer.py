"""The footer shows the keys of the pane in use first, and never loses those that matter most."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Tabs

from redis_tui.tui.actions import ACTIONS
from redis_tui.tui.panes.result import ResultPane
from redis_tui.tui.screens.workbench import WorkbenchScreen
from redis_tui.tui.widgets.bars import KeyBar
from tests.tui.conftest import Until, ready

if TYPE_CHECKING:
    from redis_tui.tui.app import WorkbenchApp


def test_every_action_has_a_name_of_its_own_in_the_configuration() -> None:
    names = [action.setting for action in ACTIONS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("width", [60, 80, 120, 200])
async def test_the_keys_of_the_pane_in_use_come_first(app: WorkbenchApp, until: Until, width: int) -> None:
    async with app.run_test(size=(width, 40)) as pilot:
        await ready(app, pilot, until)
        bar = app.screen.query_one(KeyBar)
        assert " new" not in str(bar.content)
        await pilot.press("alt+1")
        await until(pilot, lambda: ("d delete" if width > 60 else "F5 run") in str(bar.content))
        await pilot.pause()
        text = str(bar.content)
        assert len(text) <= width
        assert [word for word in ("F5 run", "F8 kill", "^P palette", "^Q quit") if word not in text] == []
        await pilot.press("alt+2")
        await until(pilot, lambda: str(bar.content).startswith(" F5 run"))


async def test_a_key_of_the_result_is_clicked(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("f5", "alt+4")
        bar, result = app.screen.query_one(KeyBar), app.screen.query_one(ResultPane)
        await until(pilot, lambda: str(bar.content).startswith(" v view"))
        await until(pilot, lambda: "[cli]" in str(result.border_title).replace("\\", ""))
        await pilot.click(KeyBar, offset=(2, 0))
        await until(pilot, lambda: "[json]" in str(result.border_title).replace("\\", ""))


async def test_a_key_of_the_pane_is_clicked(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("alt+1")
        bar = app.screen.query_one(KeyBar)
        await until(pilot, lambda: str(bar.content).startswith(" n new"))
        await pilot.click(KeyBar, offset=(2, 0))
        await until(pilot, lambda: not isinstance(app.screen, WorkbenchScreen))


async def test_the_keys_of_the_reply_are_not_told_of_another_tab(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        bar, result = app.screen.query_one(KeyBar), app.screen.query_one(ResultPane)
        await pilot.press("f5", "alt+4")
        await until(pilot, lambda: str(bar.content).startswith(" v view"))
        await pilot.press("tab")
        await until(pilot, lambda: result.active == "trace" and str(bar.content).startswith(" F5 run"))
        result.show_view("reply")
        await until(pilot, lambda: str(bar.content).startswith(" v view"))


@pytest.mark.parametrize(
    ("size", "titles"),
    [
        ((100, 30), "Reply Trace 2 Chg 1 Keys 2 Log 1 Runs 1"),
        ((120, 40), " Reply  Trace 2  Changes 1  Keys 2  Log 1  Runs 1"),
        ((80, 24), " Reply  Trace 2  Changes 1  Keys 2  Log 1  Runs 1"),
    ],
)
async def test_all_tabs_of_a_result_are_seen(
    app: WorkbenchApp, until: Until, size: tuple[int, int], titles: str
) -> None:
    async with app.run_test(size=size) as pilot:
        await ready(app, pilot, until)
        result = app.screen.query_one(ResultPane)
        await pilot.press("f7", "alt+4")

        def row() -> str:
            region = result.query_one(Tabs).region
            strip = app.screen._compositor.render_strips()[region.y]
            return "".join(segment.text for segment in strip.crop(region.x, region.right)).rstrip()

        await until(pilot, lambda: row() == titles)
        result._label("trace", 123_456)
        await until(pilot, lambda: all(word in row() for word in ("Reply", "Trace", "Ch", "Keys", "Log", "Runs")))
