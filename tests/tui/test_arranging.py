"""Panes are resized and hidden by keys and by the mouse, and are found again so at the next start."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

import pytest

from redis_tui.paths import packaged_themes_dir, state_dir
from redis_tui.theme import read_shelf
from redis_tui.tui.app import WorkbenchApp
from redis_tui.tui.arrangement import ArrangementShelf, moved, row_weights, side_widths, size_class
from redis_tui.tui.panes.keys import KeyTree
from redis_tui.tui.screens.arranging import Arranging
from redis_tui.tui.screens.workbench import WorkbenchScreen
from redis_tui.tui.widgets.bars import PaneTabs
from tests.tui.conftest import Until, ready
from tests.tui.test_settings import configured

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from tests.tui.fake_session import FakeSession

SIZE = (120, 40)


def width(app: WorkbenchApp, name: str) -> int:
    return bench(app).query_one(f"#{name}").region.width


def height(app: WorkbenchApp, name: str) -> int:
    return bench(app).query_one(f"#{name}").region.height


def bench(app: WorkbenchApp) -> WorkbenchScreen:
    return next(screen for screen in app.screen_stack if isinstance(screen, WorkbenchScreen))


def shown(app: WorkbenchApp) -> set[str]:
    return {name for name, pane in bench(app)._panes.by_name.items() if pane.region.area}


def again(session: FakeSession) -> WorkbenchApp:
    async def open_session() -> FakeSession:
        return session

    return WorkbenchApp(open_session, shelf=read_shelf([packaged_themes_dir()]))


async def drag(pilot: Pilot[int], start: tuple[int, int], end: tuple[int, int]) -> None:
    """The mouse goes down at a place of the screen, moves, and comes up."""
    await pilot.mouse_down(offset=start)
    await pilot.hover(offset=end)
    await pilot.mouse_up(offset=end)
    await pilot.pause()


# ── what is pure ───────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("columns", "name"), [(60, "narrow"), (99, "narrow"), (100, "wide"), (159, "wide"), (160, "huge")]
)
def test_each_class_of_widths_has_its_own_arrangement(columns: int, name: str) -> None:
    assert size_class(columns) == name


def test_sides_leave_the_middle_its_columns() -> None:
    every = ("left", "middle", "right")
    assert side_widths(120, {"left": 0.25, "right": 0.3}, every) == {"left": 30, "right": 36}
    assert side_widths(100, {"left": 0.9}, every) == {"left": 54}
    assert side_widths(100, {"left": 0.45, "right": 0.45}, every) == {"left": 25, "right": 45}
    assert side_widths(120, {"left": 0.01}, every) == {"left": 16}
    assert side_widths(120, {"left": 0.25}, ("middle", "right")) == {}


def test_a_border_stops_where_a_pane_would_vanish() -> None:
    sizes, least = {"a": 10, "b": 10}, {"a": 3, "b": 4}
    assert moved(sizes, "a", "b", 5, least) == {"a": 15, "b": 5}
    assert moved(sizes, "a", "b", 50, least) == {"a": 16, "b": 4}
    assert moved(sizes, "a", "b", -50, least) == {"a": 3, "b": 17}


def test_a_pane_that_was_hidden_when_others_were_sized_gets_a_usual_share() -> None:
    assert row_weights({"scripts": 4, "slowlog": 6}, ["scripts", "slowlog", "running"])["running"] == 5
    assert row_weights({}, ["scripts", "slowlog"]) == {}


@pytest.mark.parametrize(
    "text", ["", "not json", "[]", '{"wide": 3}', '{"wide": {"widths": {"left": "x"}, "heights": 1, "hidden": 7}}']
)
def test_a_damaged_file_counts_as_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "layout.json"
    path.write_text(text)
    found = ArrangementShelf(path=path).of(120)
    assert (found.widths, found.heights, found.hidden) == ({}, {}, frozenset())


def test_a_file_that_hides_everything_hides_nothing(tmp_path: Path) -> None:
    path = tmp_path / "layout.json"
    names = ["keys", "editor", "arguments", "result", "scripts", "slowlog", "running"]
    path.write_text(json.dumps({"wide": {"hidden": names}}))
    assert ArrangementShelf(path=path).of(120).hidden == frozenset()


# ── the mouse ──────────────────────────────────────────────────────────────


async def test_the_border_between_columns_is_dragged_and_kept(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        at = width(app, "left")
        await drag(pilot, (at, 10), (at + 12, 10))
        await until(pilot, lambda: width(app, "left") == at + 12)
        right = bench(app).query_one("#right").region
        await drag(pilot, (right.x, 12), (right.x + 6, 12))
        await until(pilot, lambda: width(app, "right") == right.width - 6)
        assert width(app, "left") + width(app, "middle") + width(app, "right") == 120
    other = again(session)
    async with other.run_test(size=SIZE) as pilot:
        await ready(other, pilot, until)
        assert (width(other, "left"), width(other, "right")) == (at + 12, right.width - 6)


async def test_the_border_below_the_editor_is_dragged_past_the_arguments(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        editor, result = bench(app).query_one("#editor").region, height(app, "result")
        await drag(pilot, (editor.x + 5, editor.bottom - 1), (editor.x + 5, editor.bottom - 6))
        await until(pilot, lambda: height(app, "editor") == editor.height - 5)
        assert height(app, "result") == result + 5
        assert height(app, "arguments") == 3


async def test_a_tab_in_a_border_is_still_clicked(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        pane = bench(app)._panes.activity
        corner = pane.region.offset
        before = height(app, "slowlog")
        column = next(
            x for x in range(corner.x, corner.x + 30) if "clients" in str(bench(app).get_style_at(x, corner.y).meta)
        )
        await pilot.click(offset=(column, corner.y))
        await until(pilot, lambda: pane.active == "clients")
        assert height(app, "slowlog") == before


# ── keys ───────────────────────────────────────────────────────────────────


async def test_keys_move_borders_until_escape(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        before = {name: width(app, name) for name in ("left", "middle", "right")}
        editor = height(app, "editor")
        await pilot.press("alt+e")
        await until(pilot, lambda: isinstance(app.screen, Arranging))
        await pilot.press("right")
        await until(pilot, lambda: width(app, "right") == before["right"] - 2)
        await pilot.press("down")
        await until(pilot, lambda: height(app, "editor") == editor + 1)
        await pilot.press("1", "h")
        await until(pilot, lambda: width(app, "left") == before["left"] - 2)
        await pilot.press("0")
        await until(pilot, lambda: width(app, "left") == before["left"] and height(app, "editor") == editor)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, WorkbenchScreen))


async def test_a_pane_is_hidden_named_above_and_comes_back(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        await pilot.press("alt+1")
        await until(pilot, lambda: isinstance(app.focused, KeyTree))
        await pilot.press("alt+x")
        await until(pilot, lambda: "keys" not in shown(app))
        tabs = bench(app).query_one(PaneTabs)
        assert tabs.display
        assert "1 Keys" in str(tabs.content)
        assert width(app, "middle") + width(app, "right") == 120
    other = again(session)
    async with other.run_test(size=SIZE) as pilot:
        await ready(other, pilot, until)
        assert "keys" not in shown(other)
        await pilot.press("alt+1")
        await until(pilot, lambda: "keys" in shown(other))
        assert not bench(other).query_one(PaneTabs).display


async def test_sides_are_hidden_and_the_last_pane_stays(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        await app.screen.run_action("toggle_left")
        await app.screen.run_action("toggle_right")
        await until(pilot, lambda: shown(app) == {"editor", "arguments", "result", "console"})
        assert width(app, "middle") == 120
        for left in ("editor", "arguments", "result"):
            bench(app)._in_use = left
            await app.screen.run_action("hide_pane")
        await until(pilot, lambda: any("last pane" in note.message for note in app._notifications))
        assert shown(app) & {"editor", "arguments", "result"}
        await app.screen.run_action("show_panes")
        await until(pilot, lambda: len(shown(app)) == 8)


async def test_without_the_middle_the_sides_fill_the_screen(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        for name in ("editor", "arguments", "result"):
            bench(app)._in_use = name
            await app.screen.run_action("hide_pane")
        await until(pilot, lambda: width(app, "left") + width(app, "right") == 120)


async def test_a_layout_that_is_not_to_be_remembered_leaves_no_file(session: FakeSession, until: Until) -> None:
    app = configured(session, "remember_layout = false\n")
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        await app.screen.run_action("toggle_left")
        await until(pilot, lambda: "keys" not in shown(app))
    assert not (state_dir() / "layout.json").exists()


async def test_a_screen_that_shrinks_and_grows_again_is_as_before(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        await pilot.press("alt+e", "right", "down", "escape")
        await pilot.pause()
        before = {name: bench(app).query_one(f"#{name}").region for name in bench(app)._panes.by_name}

        def is_wide(columns: int) -> bool:
            return bench(app).size.width == columns

        for size in ((80, 24), (60, 20), (200, 60)):
            await pilot.resize_terminal(*size)
            await until(pilot, partial(is_wide, size[0]))
            assert height(app, "editor") >= 3
            for name in shown(app):
                region = bench(app).query_one(f"#{name}").region
                assert (region.right <= size[0], region.bottom <= size[1], region.height > 0) == (True, True, True)
        await pilot.resize_terminal(*SIZE)
        await until(pilot, lambda: {n: bench(app).query_one(f"#{n}").region for n in before} == before)
