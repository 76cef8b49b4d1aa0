"""Everything is reached from the keyboard: each action by its key or the palette, each field and button by Tab."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from redis_tui.tui.actions import ACTIONS, PANES
from redis_tui.tui.app import WorkbenchApp
from redis_tui.tui.commands import ActionProvider
from redis_tui.tui.pane_actions import PANE_OF
from redis_tui.tui.screens.tour import TourCard
from redis_tui.tui.screens.workbench import WorkbenchScreen
from redis_tui.tui.widgets.find_bar import FindBar
from redis_tui.tui.widgets.tabbed_pane import TabbedPane
from tests.tui.conftest import Until, ready

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.dom import DOMNode
    from textual.pilot import Pilot
    from textual.widget import Widget

    from redis_tui.tui.action import Action

GROUPS = tuple(dict.fromkeys(action.group for action in ACTIONS))
SIZE = (120, 40)
AS = {"mark_row": "mark", "end_find": "leave_view", "copy_menu": "copy"}
"""What takes the key first: the list inside, which asks for the same; the pane, while nothing is looked for."""

BESIDE = {"Answers"}
"""Moved in with the arrows while the field above has the keyboard, where Tab completes a path."""


def told(widgets: Iterable[Widget]) -> set[str]:
    return {widget.id or type(widget).__name__ for widget in widgets}


def focusable(parent: Any) -> set[Widget]:
    """What on the screen takes the keyboard."""
    return {widget for widget in parent.query("*") if widget.focusable and widget.is_on_screen}


async def walked(app: WorkbenchApp, pilot: Pilot[int], key: str, steps: int) -> set[Widget]:
    """What has the keyboard in turn."""
    met = {app.focused} if app.focused is not None else set()
    for _ in range(steps):
        await pilot.press(key)
        if app.focused is not None:
            met.add(app.focused)
    return met


async def take(app: WorkbenchApp, pilot: Pilot[int], action: Action) -> None:
    """Does it as a person would: by its key, by the palette where it has none."""
    if action.scope in PANE_OF:
        app.screen.query_one(PANE_OF[action.scope]).focus_content()  # type: ignore[attr-defined]  # every pane has it
        await pilot.pause()
    if action.keys:
        await pilot.press(action.keys.partition(",")[0])
        return
    entries = {entry.title: entry.do for entry in ActionProvider(app.screen)._entries()}
    found = entries[action.title]()
    if hasattr(found, "__await__"):
        await found


async def left(app: WorkbenchApp, pilot: Pilot[int]) -> None:
    """Back at the workbench by Esc alone."""
    for _ in range(6):
        if isinstance(app.screen, WorkbenchScreen):
            return
        await pilot.press("escape")
        await pilot.pause()
    msg = f"Esc does not leave {type(app.screen).__name__}"
    raise AssertionError(msg)


@pytest.mark.parametrize("group", GROUPS)
async def test_each_action_is_done_and_what_it_opens_is_walked_and_left(
    app: WorkbenchApp, until: Until, group: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    dispatch = WorkbenchApp._dispatch_action

    async def noting(self: WorkbenchApp, namespace: DOMNode, name: str, params: Any) -> bool:
        done.append(name)
        return True if name == "quit" else await dispatch(self, namespace, name, params)

    monkeypatch.setattr(WorkbenchApp, "_dispatch_action", noting)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        await until(pilot, lambda: "scanned 8 of 8" in str(app.screen.query_one("#keys").border_subtitle))
        for action in ACTIONS:
            if action.group != group:
                continue
            done.clear()
            await take(app, pilot, action)
            await pilot.pause()
            name = action.name.partition("(")[0]
            assert {name, AS.get(name)} & set(done), f"{action.title}: {done}"
            if not isinstance(app.screen, WorkbenchScreen):
                wanted = focusable(app.screen)
                met = await walked(app, pilot, "tab", len(wanted)) if len(wanted) > 1 else {app.focused}
                assert told(wanted) - BESIDE <= told(one for one in met if one is not None), action.title
            await left(app, pilot)
            for card in app.screen.query(TourCard):
                card.end()


async def test_pane_keys_and_tab_reach_all_of_the_workbench(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        for number, (name, _) in enumerate(PANES, 1):
            await pilot.press(f"alt+{number}")
            pane = app.screen.query_one(f"#{name}")
            await pilot.pause()
            wanted = focusable(pane)
            met = await walked(app, pilot, "tab", len(wanted)) if name in ("arguments", "keys") else {app.focused}
            met |= await walked(app, pilot, "shift+tab", len(wanted)) if name == "result" else set()
            assert told(wanted) <= told(one for one in met if one is not None), name
            if isinstance(pane, TabbedPane):
                for _ in pane.views:
                    await pilot.press("right_square_bracket")
                    assert pane.view.has_focus_within


async def test_the_find_line_is_walked_with_tab(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        await pilot.press("alt+h")
        bar = app.screen.query_one(FindBar)
        await until(pilot, lambda: bar.has_focus_within)
        wanted = focusable(bar)
        assert {"find", "replace", "find-case", "find-word", "replace-all"} <= told(wanted)
        assert wanted <= await walked(app, pilot, "tab", len(wanted) - 1)
        await pilot.press("escape")
        assert not bar.is_open


def test_no_key_is_given_to_two_actions() -> None:
    owners: dict[tuple[str, str], list[str]] = {}
    for action in ACTIONS:
        place = PANE_OF.get(action.scope, "everywhere")
        for key in filter(None, action.keys.split(",")):
            owners.setdefault((place, key), []).append(action.name)
    assert {key: names for key, names in owners.items() if len(names) > 1} == {}
