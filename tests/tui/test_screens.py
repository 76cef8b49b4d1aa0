"""The workbench on small screens, and the screen before there is a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Input, Static

from redis_tui.errors import FileError
from redis_tui.paths import packaged_themes_dir
from redis_tui.theme import read_shelf
from redis_tui.tui.app import WorkbenchApp
from redis_tui.tui.panes.arguments import ArgumentsPane
from redis_tui.tui.panes.keys import KeysPane, KeyTree
from redis_tui.tui.panes.result import ResultPane
from redis_tui.tui.widgets.line_view import LineView
from redis_tui.tui.widgets.lua_editor import LuaEditor
from tests.tui.conftest import Until, ready

if TYPE_CHECKING:
    from tests.tui.fake_session import FakeSession


async def test_a_tiny_screen_shows_script_arguments_and_reply(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(60, 15)) as pilot:
        await ready(app, pilot, until)
        assert app.screen.query_one(LuaEditor).region.height >= 3
        assert app.screen.query_one(ArgumentsPane).region.height == 1
        reply = app.screen.query_one("#reply-view", LineView)
        assert reply.region.height >= 1
        await pilot.press("alt+4")
        await pilot.pause()
        assert app.screen.query_one(ResultPane).region.height >= 5
        assert reply.region.height >= 3


async def test_a_file_that_cannot_be_loaded_is_not_called_a_connection(until: Until) -> None:
    async def refused() -> FakeSession:
        raise FileError("dump.rdb is damaged at byte 9.", hint="Take another snapshot.")

    app = WorkbenchApp(refused, shelf=read_shelf([packaged_themes_dir()]))
    async with app.run_test(size=(80, 24)) as pilot:
        shown = "#connecting-text"
        await until(pilot, lambda: "damaged" in str(app.screen.query_one(shown, Static).content))
        text = str(app.screen.query_one(shown, Static).content)
        assert "Nothing was opened" in text
        assert "onnection" not in text
        assert "Take another snapshot." in text


async def test_a_message_in_the_narrow_key_browser_is_shown_whole(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        pane = app.screen.query_one(KeysPane)
        pane.show_paused("✗ Redis is busy running a script. You can only call SCRIPT KILL.", "F8 ends it.")
        tree = pane.query_one(KeyTree)
        lines = ["".join(span.text for span in tree.line_at(row)) for row in range(tree.row_count)]
        assert " ".join(line.strip() for line in lines).endswith("You can only call SCRIPT KILL. F8 ends it.")
        assert max(map(len, lines)) <= tree.size.width


async def test_a_field_shows_its_text_and_no_scrollbar_over_it_where_it_is_too_narrow(
    app: WorkbenchApp, until: Until
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        field = app.screen.query_one(ArgumentsPane).query(Input).first()
        field.value = "a:key:that:is:far:too:long:for:the:field:of:the:arguments:pane"
        await pilot.pause()
        assert field.virtual_size.width > field.size.width
        assert field.size.height == 1
        assert field.scrollbar_size_horizontal == 0


async def test_the_result_has_room_and_a_notice_leaves_its_cost_line_free(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(app, pilot, until)
        assert app.screen.query_one("#reply-view", LineView).size.width >= 56
        app.notify("Script killed after 1.2 s.")
        await until(pilot, lambda: app.screen.query("Toast"))
        await pilot.pause()
        toast = app.screen.query_one("Toast")
        assert not toast.region.overlaps(app.screen.query_one(ResultPane).region)
