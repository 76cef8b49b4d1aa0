"""Whoever types faster than the screen follows gets the text they typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from textual import events
from textual.keys import _character_to_key
from textual.widgets import Input

from redis_tui.tui.panes.editor import EditorPane
from redis_tui.tui.widgets.lua_editor import LuaEditor
from tests.tui.conftest import Until, ready

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from redis_tui.tui.app import WorkbenchApp
    from tests.tui.fake_session import FakeSession

_NAMES = {"\b": "backspace", "\n": "enter", "<": "left", "\t": "tab"}


def type_at_once(app: WorkbenchApp, text: str) -> None:
    """All keys arrive before the first is looked at."""
    for character in text:
        name = _NAMES.get(character)
        key = events.Key(name or _character_to_key(character), None if name else character)
        app.post_message(key)


async def settled(pilot: Pilot[Any], until: Until, text: str, value: Any) -> None:
    """Waits for the text to be there, and for what might come after it."""
    await until(pilot, lambda: text in value())
    await pilot.pause()
    await pilot.pause()


async def test_backspaces_take_away_what_stands_before_them(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: app.screen.query_one(EditorPane).buffers[-1].text == "")
        editor = app.focused
        assert isinstance(editor, LuaEditor)
        type_at_once(app, "lcoa\b\b\bocal n = 12\b1<\b2\nreturn n -- end")
        await settled(pilot, until, "-- end", lambda: editor.text)
        assert editor.text == "local n = 2\nreturn n -- end1"


async def test_enter_behind_a_bracket_breaks_the_line(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: app.screen.query_one(EditorPane).buffers[-1].text == "")
        editor = app.focused
        assert isinstance(editor, LuaEditor)
        await pilot.press("K", "E", "Y", "S", "left_square_bracket")
        await until(pilot, lambda: editor.is_offering)
        type_at_once(app, "1]\nreturn 1 -- end")
        await settled(pilot, until, "-- end", lambda: editor.text)
        assert editor.text == "KEYS[1]\nreturn 1 -- end"


@pytest.mark.parametrize("pane", ["keys-field", "key-filter"])
async def test_a_field_takes_its_keys_in_order(app: WorkbenchApp, until: Until, pane: str) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        field = app.screen.query_one(f"#{pane}", Input)
        field.display = True
        field.value = ""
        field.focus()
        await until(pilot, lambda: app.focused is field)
        type_at_once(app, "usr\b\bser:1<2")
        await settled(pilot, until, "2", lambda: field.value)
        assert field.value == "user:21"


async def test_the_console_sends_two_lines_typed_at_once(app: WorkbenchApp, session: FakeSession, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("ctrl+t")
        await until(pilot, lambda: isinstance(app.focused, Input))
        type_at_once(app, "PINK\bG\nECHO a\nECHO later")
        field = app.focused
        assert isinstance(field, Input)
        await settled(pilot, until, "later", lambda: field.value)
        assert field.value == "ECHO later"
