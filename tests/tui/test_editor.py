"""The Lua editor: as quick at 10,000 lines as at 50, and the small services of writing code."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.widgets import Input, Static

from redis_tui.paths import packaged_themes_dir
from redis_tui.spec.complete import complete
from redis_tui.theme import load_theme
from redis_tui.tui.key_model import KeyModel
from redis_tui.tui.panes.editor import EditorPane
from redis_tui.tui.screens.dialogs import AskText
from redis_tui.tui.theme import Palette
from redis_tui.tui.widgets.line_states import LineStates
from redis_tui.tui.widgets.lua_complete import Offer, lua_offers, word_hint
from redis_tui.tui.widgets.lua_editor import LuaEditor
from redis_tui.tui.widgets.offer_list import OfferList
from redis_tui.tui.widgets.text_search import Search
from tests.spec.test_complete import CATALOG
from tests.tui.conftest import Until, ready

if TYPE_CHECKING:
    from redis_tui.tui.app import WorkbenchApp
    from tests.tui.fake_session import FakeSession


class Bare(App[None]):
    """An editor and nothing else."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.palette = Palette(load_theme("dark", [packaged_themes_dir()]))
        self.text = text

    def compose(self) -> ComposeResult:
        yield LuaEditor(self.text)


def line_styles(editor: LuaEditor, row: int) -> list[str]:
    line = editor.get_line(row)
    return [line.plain[span.start : span.end] for span in line.spans]


async def cost_of_a_key_ms(lines: int) -> float:
    app = Bare("\n".join(f"local v{at} = redis.call('get', KEYS[{at}]) -- {at}" for at in range(lines)))
    async with app.run_test(size=(120, 40)) as pilot:
        editor = app.query_one(LuaEditor)
        editor.move_cursor((lines // 2, 5))
        await pilot.pause()
        costs = []
        for _ in range(7):
            started = time.process_time()
            editor.insert("x")
            for y in range(40):
                editor.render_line(y)
            costs.append((time.process_time() - started) * 1000)
        return sorted(costs)[len(costs) // 2]


async def test_a_key_press_in_ten_thousand_lines_costs_about_what_it_does_in_fifty() -> None:
    small, large = await cost_of_a_key_ms(50), await cost_of_a_key_ms(10_000)
    assert large < small + 25, f"{small:.1f} ms at 50 lines, {large:.1f} ms at 10,000"


async def test_a_long_comment_colours_the_lines_below_until_it_is_closed() -> None:
    app = Bare("local a = 1\nlocal b = 2\n]] return b")
    async with app.run_test() as pilot:
        editor = app.query_one(LuaEditor)
        assert line_styles(editor, 1)[0] == "local"
        editor.insert("--[[", (0, 0))
        await pilot.pause()
        assert line_styles(editor, 1) == ["local b = 2"]
        editor.undo()
        assert line_styles(editor, 1)[0] == "local"


def test_states_are_found_out_only_as_far_as_somebody_looks() -> None:
    lines = ["--[==[ a", "b", "]==] c", "x = [[", "y", "]]", "'a\\", "b'"]
    states = LineStates()
    seen = [states.at(row, lines) for row in range(len(lines))]
    assert [bool(state) for state in seen] == [False, True, True, False, True, True, False, True]


async def test_enter_indents_a_block_and_end_moves_back() -> None:
    app = Bare("")
    async with app.run_test() as pilot:
        editor = app.query_one(LuaEditor)
        editor.focus()
        await pilot.press(*"if x then", "enter", *"y", "enter")
        assert editor.text == "if x then\n  y\n  "
        await pilot.press(*"end")
        assert editor.text == "if x then\n  y\nend"


async def test_comments_go_out_and_in_over_a_selection() -> None:
    app = Bare("local a\n  local b\n\nlocal c")
    async with app.run_test():
        editor = app.query_one(LuaEditor)
        editor.select_all()
        editor.toggle_comment()
        assert editor.text == "-- local a\n--   local b\n\n-- local c"
        editor.select_all()
        editor.toggle_comment()
        assert editor.text == "local a\n  local b\n\nlocal c"


async def test_find_goes_round_the_end() -> None:
    app = Bare("one\ntwo ONE\nthree")
    async with app.run_test():
        editor = app.query_one(LuaEditor)
        assert editor.find(Search("one"), again=True)
        assert editor.selection.start in ((1, 4), (0, 0))
        assert editor.find(Search("one"), again=True)
        assert not editor.find(Search("nowhere"), again=False)


@pytest.mark.parametrize(
    ("search", "count", "after"),
    [
        (Search("key"), 5, r"local \1 = \1S; \1s(\1) -- mon\1"),
        (Search("key", case=True), 3, r"local \1 = KEYS; \1s(KEY) -- mon\1"),
        (Search("key", word=True), 2, r"local \1 = KEYS; keys(\1) -- monkey"),
        (Search("key", case=True, word=True), 1, r"local \1 = KEYS; keys(KEY) -- monkey"),
        (Search("("), 1, r"local key = KEYS; keys\1KEY) -- monkey"),
    ],
)
async def test_all_are_replaced_at_once_counted_and_one_undo_takes_it_back(
    search: Search, count: int, after: str
) -> None:
    before = "local key = KEYS; keys(KEY) -- monkey"
    app = Bare(f"first\n{before}\nlast")
    async with app.run_test():
        editor = app.query_one(LuaEditor)
        assert editor.replace_all(search, r"\1") == count
        assert editor.text == f"first\n{after}\nlast"
        editor.undo()
        assert editor.text == f"first\n{before}\nlast"


async def test_found_places_are_counted_walked_and_replaced_one_by_one(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        editor = app.screen.query_one(LuaEditor)
        editor.load_text("one\ntwo one\none")
        await pilot.press("alt+h", *"one")

        def told() -> str:
            return str(app.screen.query_one("#find-count", Static).content)

        await until(pilot, lambda: told() == "1 of 3")
        await pilot.press("up")
        await until(pilot, lambda: told() == "3 of 3")
        await pilot.press("enter")
        await until(pilot, lambda: told() == "1 of 3")
        await pilot.press("tab", *"new", "enter")
        await until(pilot, lambda: told() == "1 of 2")
        assert editor.text == "new\ntwo one\none"
        await pilot.click("#replace-all")
        await until(pilot, lambda: told() == "2 replaced")
        assert editor.text == "new\ntwo new\nnew"
        await pilot.press("escape")
        await until(pilot, lambda: app.focused is editor)


async def test_the_cursor_goes_to_a_line_by_its_number(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        editor = app.screen.query_one(LuaEditor)
        editor.load_text("\n" * 500)
        await pilot.press("alt+g")
        await until(pilot, lambda: isinstance(app.screen, AskText) and app.focused is not None)
        await pilot.press(*"250", "enter")
        await until(pilot, lambda: editor.cursor_location == (249, 0))


def commands(line: str) -> tuple[list[Offer], str]:
    names = [name for name in ("GET", "GETDEL", "SET") if name.startswith(line.strip().upper())]
    return [Offer(name) for name in names], "key"


@pytest.mark.parametrize(
    ("before", "texts", "start"),
    [
        ("local x = redis.ca", ["call"], 16),
        ("redis.call('ge", ["get", "getdel"], 12),
        ('redis.pcall("GE', ["GET", "GETDEL"], 13),
        ("string.fo", ["format"], 7),
        ("local y = z", [], 0),
    ],
)
def test_completion_knows_where_it_is_wanted(before: str, texts: list[str], start: int) -> None:
    offers = lua_offers(before, commands)
    assert [item.text for item in offers.items] == texts
    assert offers.start == start


def test_a_command_in_a_call_shows_its_usage() -> None:
    assert lua_offers("redis.call('get', ", commands).hint == "key"


def catalog_offers(line: str) -> tuple[list[Offer], str]:
    found = complete(CATALOG, line, len(line))
    return [Offer(item.text) for item in found.candidates], found.hint


@pytest.mark.parametrize(
    ("before", "texts"),
    [
        ("redis.call('set', KEYS[1], f(a, 'b'), 'e", ["ex"]),
        ("redis.call('SET', KEYS[1], ARGV[1], 'K", ["KEEPTTL"]),
        ("redis.call('set', KEYS[1], e", []),
        ("redis.call('get', KEYS[", ["1", "2", "3"]),
        ("return ARGV[", ["1"]),
    ],
)
def test_tokens_and_indices_are_offered_where_they_stand(before: str, texts: list[str]) -> None:
    offers = lua_offers(before, catalog_offers, "return KEYS[1] .. KEYS[2]")
    assert [item.text for item in offers.items] == texts


HELD = {"KEYS": ["counter", '"a b"'], "ARGV": ["10"]}


@pytest.mark.parametrize(
    ("before", "offered"),
    [
        ("redis.call('get', KEYS[", [("1", "counter"), ("2", '"a b"'), ("3", "used already"), ("4", "the next one")]),
        ("return ARGV[", [("1", "10")]),
    ],
)
def test_an_index_is_offered_with_what_the_fields_hold(before: str, offered: list[tuple[str, str]]) -> None:
    offers = lua_offers(before, catalog_offers, "return KEYS[3]", held=HELD)
    assert [(item.text, item.meta) for item in offers.items] == offered


@pytest.mark.parametrize(
    ("marked", "hint"),
    [
        ("return KEYS[|1]", "KEYS[1] is counter"),
        ("return K|EYS[ 2 ]", 'KEYS[2] is "a b"'),
        ("return ARGV[2]|", "ARGV[2] is not given: nil"),
        ("x = string.s|ub", "string.sub: s, first [, last] → s"),
        ("x = server.call|", "redis.call: command, argument… → reply"),
        ("x = redis.LOG_DEBUG|", "redis.LOG_DEBUG: level 0"),
        ("x = redis.nothing|", ""),
        ("|x = KEYS[1]", ""),
    ],
)
def test_the_word_under_the_cursor_is_told(marked: str, hint: str) -> None:
    assert word_hint(marked.replace("|", ""), marked.index("|"), HELD) == hint


async def test_the_border_tells_what_an_index_holds_now(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        pane, editor = app.screen.query_one(EditorPane), app.screen.query_one(LuaEditor)
        editor.load_text("return KEYS[1]")
        app.screen.query_one("#keys-field", Input).value = "another"
        await pilot.pause()
        editor.move_cursor((0, 9))
        await until(pilot, lambda: "KEYS[1] is another" in str(pane.border_subtitle))


def test_names_are_offered_when_somebody_asks_and_never_unasked() -> None:
    text = "local counter = 1\nlocal count = 2\n"
    assert lua_offers("return cou", commands, text).items == ()
    assert [item.text for item in lua_offers("return cou", commands, text, asked=True).items] == ["count", "counter"]


@pytest.mark.parametrize(
    ("before", "hint"),
    [
        ("local s = string.sub(", "string.sub: s, first [, last] → s"),
        ("local s = string.sub(f(x), 2", "string.sub: s, first [, last] → s"),
        ("return tonumber(string.sub(s, 1), ", "tonumber: value [, base] → number or nil"),
        ("string.sub(s, 1) ", ""),
        ("-- string.sub(", ""),
        ("string.rep('a, (b', ", "string.rep: s, times → s"),
    ],
)
def test_a_call_under_way_shows_what_its_function_takes(before: str, hint: str) -> None:
    assert lua_offers(before, commands).hint == hint


async def test_a_dot_offers_the_members_and_tab_takes_one(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        pane = app.screen.query_one(EditorPane)
        await pilot.press(*"redis", "full_stop")
        assert pane.query_one(OfferList).display
        await pilot.press("p", "tab")
        assert app.screen.query_one(LuaEditor).text.startswith("redis.pcall--")
        assert not pane.query_one(OfferList).display


async def test_a_syntax_error_is_marked_on_its_line_while_typing_and_goes_when_mended(
    app: WorkbenchApp, until: Until
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        pane, editor = app.screen.query_one(EditorPane), app.screen.query_one(LuaEditor)
        editor.load_text("local a = 1\nif a the\n  return a\nend\n")
        editor.move_cursor((0, 3))
        await until(pilot, lambda: editor.fault_row == 1)
        assert "line 2: 'then' expected near 'the'" in str(pane.border_subtitle)
        assert editor.cursor_location == (0, 3)
        editor.insert("n", (1, 8))
        await until(pilot, lambda: editor.fault_row is None)
        assert "no problems" in str(pane.border_subtitle)


async def test_a_running_script_does_not_hold_up_the_look_for_syntax_errors(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    session.hang = asyncio.Event()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("f5")
        await until(pilot, lambda: session.running() is not None)
        editor = app.screen.query_one(LuaEditor)
        editor.load_text("return return")
        await until(pilot, lambda: editor.fault_row == 0)
        session.hang.set()


def test_keys_are_grouped_by_their_separator_and_a_group_of_one_is_a_key() -> None:
    model = KeyModel()
    assert model.add([b"user:2", b"user:1", b"alone:x", b"plain", b"user:1"]) == 4
    rows = [(row.depth, row.label, row.count) for row in model.rows()]
    assert rows == [(0, b"user:", 2), (1, b"1", 0), (1, b"2", 0), (0, b"alone:x", 0), (0, b"plain", 0)]
    model.toggle(b"user:")
    assert [row.label for row in model.rows()] == [b"user:", b"alone:x", b"plain"]


def test_a_huge_group_says_what_it_leaves_out() -> None:
    model = KeyModel()
    model.add(b"%d" % at for at in range(5_000))
    rows = model.rows()
    assert len(rows) == 2_001
    assert rows[-1].note == "… 3,000 more; Enter shows on"


async def test_a_text_that_the_style_sheet_has_not_reached_is_drawn_empty(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        editor = LuaEditor("return 1")
        await app.screen.query_one(EditorPane).mount(editor)
        editor._component_styles.clear()
        drawn = editor.render_lines(Region(0, 0, 20, 3))
        assert [strip.text for strip in drawn] == [" " * 20] * 3
