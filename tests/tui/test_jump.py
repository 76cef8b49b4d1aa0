"""Jump mode: every pane and tab has a key over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import TabbedContent

from redis_tui.tui.panes.keys import KeyTree
from redis_tui.tui.screens.jump import Jump
from redis_tui.tui.screens.workbench import WorkbenchScreen
from redis_tui.tui.widgets.tabbed_pane import TabbedPane
from tests.tui.conftest import Until, ready

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from redis_tui.tui.app import WorkbenchApp


async def jump(app: WorkbenchApp, pilot: Pilot[int], until: Until) -> dict[str, str]:
    """Opens jump mode; the keys by what they do."""
    await pilot.press("ctrl+g")
    await until(pilot, lambda: isinstance(app.screen, Jump) and app.screen.query(".jump-label"))
    screen = app.screen
    assert isinstance(screen, Jump)
    return {target.action: key for key, target in screen._labels.items()}


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)])
async def test_every_pane_has_its_number_and_every_tab_a_letter(
    app: WorkbenchApp, until: Until, size: tuple[int, int]
) -> None:
    async with app.run_test(size=size) as pilot:
        await ready(app, pilot, until)
        keys = await jump(app, pilot, until)
        assert keys["focus_pane('editor')"] == "2"
        assert keys["focus_pane('keys')"] == "1"
        assert keys["show_tab(0)"].isalpha()
        assert keys["show_content('tab-trace')"].isalpha()
        assert ("show_view('clients')" in keys) == (size[0] >= 100)  # folded there
        assert len(set(keys.values())) == len(keys)


async def test_a_letter_goes_to_its_tab(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        bench = app.screen
        keys = await jump(app, pilot, until)
        await pilot.press(keys["show_content('tab-trace')"])
        await until(pilot, lambda: app.focused is not None and app.focused.id == "trace-view")
        assert bench.query_one(TabbedContent).active == "tab-trace"
        keys = await jump(app, pilot, until)
        await pilot.press(keys["show_view('functions')"])
        await until(pilot, lambda: bench.query_one("#scripts", TabbedPane).active == "functions")


async def test_escape_and_a_key_without_a_label_stay(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        before = app.focused
        for key in ("escape", "9"):
            await jump(app, pilot, until)
            await pilot.press(key)
            await until(pilot, lambda: isinstance(app.screen, WorkbenchScreen))
            await pilot.pause()
            assert app.focused is before


async def test_a_label_can_be_clicked(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        bench = app.screen
        await jump(app, pilot, until)
        corner = bench.query_one("#keys").region.offset
        await pilot.click(offset=(corner.x + 3, corner.y))
        await until(pilot, lambda: isinstance(app.focused, KeyTree))


async def test_a_zoomed_pane_is_left_by_a_digit(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("f11")
        keys = await jump(app, pilot, until)
        assert "focus_pane('keys')" not in keys
        await pilot.press("1")
        await until(pilot, lambda: isinstance(app.focused, KeyTree))
