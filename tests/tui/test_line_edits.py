"""What a small IDE does to lines, and what belongs together in Lua."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Static
from textual.widgets.text_area import Selection

from redis_tui.tui.widgets import lua_edits
from redis_tui.tui.widgets.find_bar import Flag
from redis_tui.tui.widgets.line_states import LineStates
from redis_tui.tui.widgets.lua_blocks import partner
from redis_tui.tui.widgets.lua_editor import LuaEditor
from redis_tui.tui.widgets.text_search import Search
from tests.tui.conftest import Until, ready
from tests.tui.test_editor import Bare

if TYPE_CHECKING:
    from redis_tui.tui.app import WorkbenchApp

SCRIPT = """\
local function f(a)
  if a then -- the end
    for i = 1, 2 do
      x("end", [[ end ]])
    end
  elseif b then
    repeat y() until z
  else return {1, (2)} end
end
"""


@pytest.mark.parametrize(
    ("place", "other"),
    [
        ((0, 6), (8, 0)),
        ((8, 0), (0, 6)),
        ((1, 2), (7, 23)),
        ((7, 24), (1, 2)),
        ((2, 4), (4, 4)),
        ((4, 4), (2, 4)),
        ((5, 4), (7, 23)),
        ((6, 4), (6, 15)),
        ((6, 17), (6, 4)),
        ((7, 14), (7, 21)),
        ((7, 18), (7, 20)),
        ((3, 8), None),
        ((0, 0), None),
    ],
)
def test_a_block_and_its_end_find_each_other(place: tuple[int, int], other: tuple[int, int] | None) -> None:
    lines = SCRIPT.split("\n")
    if place == (3, 8):
        lines[3] = "      -- if ("
    assert partner(lines, LineStates(), place) == other


async def test_lines_are_duplicated_moved_and_indented_each_as_one_step() -> None:
    app = Bare("a\nb\n\nc")
    async with app.run_test() as pilot:
        editor = app.query_one(LuaEditor)
        editor.focus()
        editor.selection = Selection((0, 0), (1, 1))
        lua_edits.duplicate(editor)
        assert (editor.text, editor.selection) == ("a\nb\na\nb\n\nc", Selection((2, 0), (3, 1)))
        lua_edits.move(editor, -1)
        assert (editor.text, editor.selection) == ("a\na\nb\nb\n\nc", Selection((1, 0), (2, 1)))
        lua_edits.move(editor, 1)
        assert editor.text == "a\nb\na\nb\n\nc"
        editor.selection = Selection((1, 0), (5, 1))
        await pilot.press("tab")
        assert editor.text == "a\n  b\n  a\n  b\n\n  c"
        await pilot.press("shift+tab", "shift+tab")
        assert editor.text == "a\nb\na\nb\n\nc"
        for _ in range(2):
            editor.undo()
        assert editor.text == "a\nb\na\nb\n\nc"
        editor.undo()
        assert editor.text == "a\na\nb\nb\n\nc"
        for _ in range(2):
            editor.undo()
        assert editor.text == "a\nb\n\nc"


async def test_the_first_and_the_last_line_stay_within_the_text() -> None:
    app = Bare("a\nb")
    async with app.run_test():
        editor = app.query_one(LuaEditor)
        lua_edits.move(editor, -1)
        editor.move_cursor((1, 0))
        lua_edits.move(editor, 1)
        assert editor.text == "a\nb"


async def test_the_selection_grows_from_a_word_to_everything() -> None:
    app = Bare("x\n\n  call('get user', f(KEYS))\n  y")
    async with app.run_test():
        editor = app.query_one(LuaEditor)
        editor.move_cursor((2, 10))
        seen = []
        for _ in range(8):
            lua_edits.select_more(editor)
            seen.append(editor.selected_text)
        assert seen == [
            "get",
            "get user",
            "'get user'",
            "'get user', f(KEYS)",
            "('get user', f(KEYS))",
            "call('get user', f(KEYS))",
            "  call('get user', f(KEYS))\n  y",
            editor.text,
        ]


def test_an_expression_is_found_and_its_groups_are_put_in() -> None:
    search = Search(r"k(\d)", regex=True)
    assert search.matches(["k1 K2", "kx"]) == [(0, 0, 2), (0, 3, 5)]
    assert search.replaced(["k1 K2"], r"\1k") == ["1k 2k"]
    assert search.replacement("k1 K2", 3, r"<\1>") == "<2>"
    assert search.replaced(["k1"], r"\7") == [r"\7"]
    assert Search("(", regex=True).problem == "no expression: missing ), unterminated subpattern"
    assert Search("a*", regex=True).matches(["baa"]) == [(0, 1, 3)]


async def test_switches_tell_their_state_by_a_sign_and_a_wrong_expression_is_told(
    app: WorkbenchApp, until: Until
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("ctrl+f", "(")
        flag = app.screen.query_one("#find-regex", Flag)
        assert "[ ]" in flag.render().plain
        flag.value = True
        await until(pilot, lambda: "no expression" in str(app.screen.query_one("#find-count", Static).content))
        assert "[x]" in flag.render().plain


async def test_keys_of_the_table_move_and_duplicate(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        editor = app.screen.query_one(LuaEditor)
        editor.load_text("if a then\nb\nend")
        await pilot.press("alt+i", "alt+down")
        assert editor.text == "if a then\nb\nif a then\nend"
        editor.load_text("if a then\nb\nend")
        await pilot.press("alt+q")
        assert editor.cursor_location == (2, 0)
