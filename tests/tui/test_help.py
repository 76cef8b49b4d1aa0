"""The help: everything can be found, and F1 opens it at the word under the cursor."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from redis_tui.engine.dialect import REDIS_8
from redis_tui.engine.registry import Registry
from redis_tui.spec.catalog import Catalog
from redis_tui.tui.actions import ACTIONS
from redis_tui.tui.manual import make_manual
from redis_tui.tui.panes.view_help import VIEWS
from redis_tui.tui.screens.help import EntryList, HelpScreen
from redis_tui.tui.screens.workbench import WorkbenchScreen
from redis_tui.tui.topic import topic_of_command, topic_of_error, topic_of_script
from redis_tui.tui.widgets.line_view import LineView
from redis_tui.tui.widgets.lua_complete import MEMBERS
from redis_tui.tui.widgets.lua_editor import LuaEditor
from redis_tui.tui.widgets.lua_signature import SIGNATURES
from tests.tui.conftest import Until, ready
from tests.tui.fake_session import CATALOG

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from redis_tui.tui.app import WorkbenchApp


CATALOG_OF_8 = Catalog.from_specs(Registry(REDIS_8).specs())


def page(app: WorkbenchApp) -> str:
    return app.screen.query_one("#help-page", LineView).plain


async def opened(app: WorkbenchApp, pilot: Pilot[int], until: Until) -> EntryList:
    await pilot.press("f1")
    await until(pilot, lambda: isinstance(app.screen, HelpScreen) and app.focused is not None)
    await pilot.pause()
    return app.screen.query_one(EntryList)


# ── the manual ─────────────────────────────────────────────────────────────


def test_each_action_each_view_and_each_command_has_an_entry() -> None:
    catalog = CATALOG_OF_8
    manual = make_manual(catalog)
    names = {(entry.section, entry.name) for entry in manual.entries}
    assert {action.title for action in ACTIONS} <= {name for section, name in names if section == "Keys"}
    assert {spec.display for spec in catalog.by_name.values()} <= {n for section, n in names if section == "Commands"}
    assert {f"redis.{name}" for name in MEMBERS["redis"]} <= {name for section, name in names if section == "Lua"}
    headings = {entry.name for entry in manual.entries if entry.is_heading}
    assert {f"In {view.TITLE}" for view in VIEWS.values()} <= headings
    assert all(entry.page() for entry in manual.entries)


def test_each_function_of_a_library_tells_what_it_takes() -> None:
    constants = {"cjson.null", "math.huge", "math.pi"}
    functions = {f"{library}.{name}" for library, members in MEMBERS.items() for name in members if not name.isupper()}
    functions = {name for name in functions if "_VERSION" not in name and "REPL_" not in name and "LOG_" not in name}
    assert functions - constants <= set(SIGNATURES)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("hset", "HSET"),
        ("redis.pc", "redis.pcall"),
        ("WRONGTYPE", "WRONGTYPE"),
        ("f5", "Run"),
        ("config rew", "CONFIG REWRITE"),
        ("dry", "Dry run"),
        ("number of fields in a hash", "HLEN"),
        ("tonumber", "tonumber"),
    ],
)
def test_what_is_meant_comes_first(query: str, first: str) -> None:
    assert make_manual(CATALOG_OF_8).found(query)[0].name == first


def test_nothing_is_found_for_what_is_nowhere() -> None:
    assert make_manual(CATALOG).found("xyzzy") == []


def test_the_keys_of_the_pane_in_use_come_first() -> None:
    assert make_manual(CATALOG, "console").entries[1].name == "In Console (here)"
    assert make_manual(CATALOG, "clients").entries[1].name == "In Clients (here)"


def test_a_command_tells_its_arguments_and_what_scripts_may_do_with_it() -> None:
    entry = make_manual(CATALOG_OF_8).look_up("blpop")
    assert entry is not None
    text = "\n".join("".join(span.text for span in line) for line in entry.page())
    assert "BLPOP key [key ...] timeout" in text
    assert "may be repeated" in text
    assert "in a script and in MULTI it answers at once" in text
    assert "@blocking" in text


@pytest.mark.parametrize(
    ("line", "at", "topic"),
    [
        ("local n = redis.call('get', KEYS[1])", "'get", "GET"),
        ("local n = redis.call('get', KEYS[1])", "redis", "redis.call"),
        ("local n = redis.call('get', KEYS[1])", "KEYS", "KEYS"),
        ("local n = server.pcall('get', key)", "pcall", "redis.pcall"),
        ("local n = redis.call('get', key)", "key", "GET"),
        ("redis.call('config', 'rewrite')", "rewrite", "CONFIG REWRITE"),
        ("local t = cjson.decode(text)", "text", "cjson.decode"),
        ("return tonumber(x)", "tonumber", "tonumber"),
        ("local mine = 1", "mine", None),
        ("", "", None),
    ],
)
def test_a_place_in_a_script_has_a_topic(line: str, at: str, topic: str | None) -> None:
    assert topic_of_script(line, line.index(at) + 1 if at else 0, CATALOG_OF_8) == topic


def test_a_line_of_the_console_and_an_error_have_a_topic() -> None:
    assert topic_of_command("config rewrite", CATALOG_OF_8) == "CONFIG REWRITE"
    assert topic_of_command("GET key", CATALOG_OF_8) == "GET"
    assert topic_of_command("nosuch key", CATALOG_OF_8) is None
    assert topic_of_command("", CATALOG_OF_8) is None
    assert topic_of_error("✗ WRONGTYPE Operation against a key") == "WRONGTYPE"
    assert topic_of_error("(integer) 1") is None


# ── the screen ─────────────────────────────────────────────────────────────


async def test_f1_searches_as_one_types_and_enter_opens_the_page(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        app.screen.query_one(LuaEditor).move_cursor((0, 0))
        entries = await opened(app, pilot, until)
        assert "Write Lua" in page(app)
        await pilot.press(*"getdel")
        await until(pilot, lambda: entries.entry is not None and entries.entry.name == "GETDEL")
        assert "since 6.2.0" in page(app)
        await pilot.press("enter")
        assert app.focused is app.screen.query_one("#help-page")
        await pilot.press("escape")
        assert isinstance(app.focused, Input)
        await pilot.press("escape")
        assert isinstance(app.screen, WorkbenchScreen)


async def test_f1_opens_the_word_under_the_cursor(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        editor = app.screen.query_one(LuaEditor)
        row = next(at for at, line in enumerate(editor.document.lines) if "redis.call('get'" in line)
        editor.move_cursor((row, editor.document.lines[row].index("get") + 1))
        entries = await opened(app, pilot, until)
        assert entries.entry is not None
        assert entries.entry.name == "GET"
        assert "Returns the value of a key." in page(app)
        await pilot.press("f1")
        assert isinstance(app.screen, WorkbenchScreen)


async def test_f1_in_the_console_opens_the_command_that_is_typed(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("ctrl+t", *"hgetall us")
        entries = await opened(app, pilot, until)
        assert entries.entry is not None
        assert entries.entry.name == "HGETALL"


async def test_sections_are_turned_by_key_and_chosen_by_mouse(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        entries = await opened(app, pilot, until)
        await pilot.press("alt+right", "alt+right")
        assert {entry.section for entry in entries._entries} == {"Commands"}
        await pilot.click("#help-sections", offset=(3, 0))
        assert {entry.section for entry in entries._entries} == {"Keys", "Commands", "Lua", "Errors"}


async def test_a_narrow_terminal_shows_list_and_page_in_turns(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(60, 20)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("ctrl+t")
        entries = await opened(app, pilot, until)
        await pilot.press(*"hgetall", "enter")
        await pilot.pause()
        assert not entries.display
        assert app.screen.query_one("#help-page").size.width > 40
        await pilot.press("escape")
        await pilot.pause()
        assert entries.display


def test_the_whole_manual_is_made_and_searched_in_an_instant() -> None:
    catalog = CATALOG_OF_8
    make_manual(catalog)
    started = time.process_time()
    make_manual(catalog).found("set")
    assert time.process_time() - started < 0.1
