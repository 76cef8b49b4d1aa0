"""The footer shows the keys of the pane in use first, and never loses those that matter most."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

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
