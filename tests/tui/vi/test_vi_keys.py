"""The keys of vi in the editor of the workbench: mode, undo, files, selection, completion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from redis_tui.settings import ReadSettings, Settings
from redis_tui.tui.app import WorkbenchApp
from redis_tui.tui.panes.editor import EditorPane
from redis_tui.tui.vi.step import Mode
from redis_tui.tui.widgets.lua_editor import LuaEditor
from redis_tui.tui.widgets.offer_list import OfferList
from tests.tui.conftest import Until, ready

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tui.fake_session import FakeSession


@pytest.fixture
def script(home: Path) -> Path:
    path = home / "one.lua"
    path.write_text("if a then\n  return 1\nend\n")
    return path


@pytest.fixture
def vi(session: FakeSession, home: Path, script: Path) -> WorkbenchApp:
    async def open_session() -> FakeSession:
        return session

    settings = ReadSettings(Settings(editor_keys="vi"), home / "config.toml")
    return WorkbenchApp(open_session, settings=settings, files=[script])


async def test_modes_are_named_and_an_insertion_is_one_step_for_undo(vi: WorkbenchApp, until: Until) -> None:
    async with vi.run_test(size=(120, 40)) as pilot:
        await ready(vi, pilot, until)
        pane, editor = vi.screen.query_one(EditorPane), vi.screen.query_one(LuaEditor)
        assert editor.vi is not None
        before = editor.text
        await until(pilot, lambda: "NORMAL" in str(pane.border_subtitle))
        await pilot.press("o", *"local b", "enter", *"x")
        await until(pilot, lambda: "INSERT" in str(pane.border_subtitle))
        assert editor.has_class("-inserting")
        assert editor.text == "if a then\n  local b\n  x\n  return 1\nend\n"
        await pilot.press("escape", "u")
        assert editor.text == before
        assert editor.vi.mode is Mode.NORMAL
        await pilot.press("ctrl+r")
        assert editor.text == "if a then\n  local b\n  x\n  return 1\nend\n"
        assert editor.virtual_size.height == editor.document.line_count


async def test_lines_are_selected_whole_and_moved(vi: WorkbenchApp, until: Until) -> None:
    async with vi.run_test(size=(120, 40)) as pilot:
        await ready(vi, pilot, until)
        editor = vi.screen.query_one(LuaEditor)
        await pilot.press("V", "j")
        assert editor.vi is not None
        assert list(editor.vi.rows) == [0, 1]
        await pilot.press("d", "p")
        assert editor.text == "end\nif a then\n  return 1\n"


async def test_a_colon_command_is_typed_in_the_border_and_writes_the_file(
    vi: WorkbenchApp, script: Path, until: Until
) -> None:
    async with vi.run_test(size=(120, 40)) as pilot:
        await ready(vi, pilot, until)
        pane = vi.screen.query_one(EditorPane)
        await pilot.press("d", "d", ":", "w")
        await until(pilot, lambda: ":w▏" in str(pane.border_subtitle))
        await pilot.press("enter")
        await until(pilot, lambda: script.read_text() == "  return 1\nend\n")
        await pilot.press(*":w other.lua", "enter")
        await until(pilot, (script.parent / "other.lua").exists)


async def test_quitting_asks_for_unsaved_text_and_with_a_mark_drops_it(
    vi: WorkbenchApp, script: Path, until: Until
) -> None:
    async with vi.run_test(size=(120, 40)) as pilot:
        await ready(vi, pilot, until)
        pane = vi.screen.query_one(EditorPane)
        await pilot.press("x", *":q", "enter")
        await until(pilot, lambda: len(vi.screen_stack) > 2)
        await pilot.press("escape")
        await until(pilot, lambda: len(vi.screen_stack) == 2)
        await pilot.press(*":q!", "enter")
        await until(pilot, lambda: pane.buffer is None)
        await until(pilot, lambda: script.read_text().startswith("if"))


async def test_escape_leaves_insert_mode_and_its_list_of_offers_at_once(vi: WorkbenchApp, until: Until) -> None:
    async with vi.run_test(size=(120, 40)) as pilot:
        await ready(vi, pilot, until)
        editor, listing = vi.screen.query_one(LuaEditor), vi.screen.query_one("#editor-offers", OfferList)
        await pilot.press("O", *"redis", "full_stop")
        await until(pilot, lambda: listing.display)
        await pilot.press("escape")
        await until(pilot, lambda: not listing.display)
        assert editor.vi is not None
        assert editor.vi.mode is Mode.NORMAL


async def test_the_palette_turns_the_keys_of_vi_on_and_off(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        editor = app.screen.query_one(LuaEditor)
        await app.screen.run_action("toggle_vi")
        first = editor.document.get_line(0)
        await pilot.press("x")
        assert editor.document.get_line(0) == first[1:]
        await app.screen.run_action("toggle_vi")
        await pilot.press("x")
        assert editor.document.get_line(0) == "x" + first[1:]
