"""The workbench over the real embedded engine: it stays alive whatever the script does."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest
from textual.events import Key
from textual.widgets import Input

from redis_tui.paths import packaged_themes_dir
from redis_tui.session.open import open_session
from redis_tui.theme import read_shelf
from redis_tui.tui.app import WorkbenchApp
from redis_tui.tui.screens.workbench import WorkbenchScreen
from redis_tui.tui.widgets.line_view import LineView
from redis_tui.tui.widgets.lua_editor import LuaEditor
from redis_tui.workspace import load_example
from tests.tui.conftest import Until, ready

if TYPE_CHECKING:
    from pathlib import Path

    from redis_tui.session.base import Session

SPINNING = {
    "plain loop": "while true do end",
    "loop that swallows errors": "while true do pcall(function() while true do end end) end",
    "coroutine": "coroutine.wrap(function() while true do end end)()",
}

GENEROUS_GAP_S = 0.5
"""The aim is 0.1 s; a busy build machine is given more. Of the processor's time, which a script that spins uses up:
what a machine takes for other processes is no fault of ours."""
GENEROUS_DEATH_S = 5.0
"""The aim is a second; likewise."""


async def embedded() -> Session:
    return await open_session("memory://")


def workbench() -> WorkbenchApp:
    return WorkbenchApp(embedded, shelf=read_shelf([packaged_themes_dir()]))


def reply(app: WorkbenchApp) -> str:
    return app.screen.query_one("#reply-view", LineView).plain


def strike(app: WorkbenchApp, key: str, character: str | None = None) -> None:
    """A key press without waiting for an idle processor, which a spinning script denies."""
    app.post_message(Key(key, character))


class Heartbeat:
    """Measures the longest time for which the event loop did not come round."""

    def __init__(self) -> None:
        self.worst_s = 0.0
        self._task = asyncio.create_task(self._beat())

    async def _beat(self) -> None:
        last = time.process_time()
        while True:
            await asyncio.sleep(0.005)
            now = time.process_time()
            self.worst_s = max(self.worst_s, now - last)
            last = now

    def stop(self) -> None:
        self._task.cancel()


@pytest.mark.parametrize("source", SPINNING.values(), ids=SPINNING.keys())
async def test_a_spinning_script_leaves_typing_alive_and_dies_soon(source: str, until: Until) -> None:
    app = workbench()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        editor = app.screen.query_one(LuaEditor)
        counter = editor.text
        editor.text = source
        strike(app, "f5")
        kill = app.screen.query_one("#kill-button")
        await until(pilot, lambda: kill.display)
        heart = Heartbeat()
        for key, character in (("minus", "-"), ("minus", "-"), ("h", "h"), ("enter", "\r")):
            strike(app, key, character)
        await until(pilot, lambda: editor.text == "--h\n" + source)
        assert heart.worst_s < GENEROUS_GAP_S
        asked = time.process_time()
        strike(app, "f8")
        await until(pilot, lambda: "was killed" in reply(app))
        assert time.process_time() - asked < GENEROUS_DEATH_S
        heart.stop()
        editor.text = counter
        await pilot.press("f5")
        await until(pilot, lambda: "(integer) 1" in reply(app))


async def test_a_script_that_fills_the_memory_ends_with_an_error_and_the_next_one_runs(until: Until) -> None:
    app = workbench()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        editor = app.screen.query_one(LuaEditor)
        counter = editor.text
        editor.text = "local t = {} while true do t[#t+1] = string.rep('x', 1e6) .. #t end"
        await pilot.press("f5")
        await until(pilot, lambda: "✗" in reply(app))
        assert "not enough memory" in reply(app)
        editor.text = counter
        await pilot.press("f5")
        await until(pilot, lambda: "(integer) 1" in reply(app))


@pytest.mark.parametrize(
    ("name", "shown", "again"),
    [
        ("counter", "(integer) 1", "(integer) 2"),
        ("push_if_exists", "(integer) 1", "(integer) 1"),
        ("delete_if_equal", "(integer) 1", "(integer) 0"),
    ],
)
async def test_the_first_examples_answer_as_on_a_server(name: str, shown: str, again: str, until: Until) -> None:
    example = load_example(name)
    app = workbench()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        assert isinstance(app.screen, WorkbenchScreen)
        for argv in example.setup:
            await app.screen.session.execute(argv)
        app.screen.open_example(name)
        first = example.keys[0].decode()
        await until(pilot, lambda: app.screen.query_one("#keys-field", Input).value.startswith(first))
        for expected in (shown, again):
            await pilot.press("f5")
            await until(pilot, lambda expected=expected: reply(app).startswith(expected))  # type: ignore[misc]  # binds now


async def test_a_dry_run_leaves_no_mark(until: Until) -> None:
    app = workbench()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        assert isinstance(app.screen, WorkbenchScreen)
        await pilot.press("f6")
        await until(pilot, lambda: "would change" in reply(app))
        assert await app.screen.session.execute([b"EXISTS", b"counter"]) == 0


async def test_a_script_that_has_written_is_killed_and_undone_after_a_question(until: Until) -> None:
    app = workbench()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        bench = app.screen
        assert isinstance(bench, WorkbenchScreen)
        app.screen.query_one(LuaEditor).text = "redis.call('SET', KEYS[1], 'half') while true do end"
        strike(app, "f5")
        await until(pilot, lambda: (now := bench.session.running()) is not None and now.has_written)
        strike(app, "f8")
        await until(pilot, lambda: app.screen is not bench and app.focused is not None)
        strike(app, "left")  # the answer that costs nothing has the keyboard
        strike(app, "enter", "\r")
        await until(pilot, lambda: app.screen is bench and "was killed" in reply(app))
        assert await bench.session.execute([b"GET", b"counter"]) is None


async def test_scripts_of_files_carry_their_names(until: Until, home: Path) -> None:
    path = home / "mine.lua"
    path.write_text("return 7")
    app = WorkbenchApp(embedded, shelf=read_shelf([packaged_themes_dir()]), files=[path])
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("f5")
        await until(pilot, lambda: "mine" in app.screen.query_one("#scripts-view", LineView).plain)


async def test_a_run_over_its_limit_says_so_and_is_rolled_back(until: Until) -> None:
    app = workbench()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        bench = app.screen
        assert isinstance(bench, WorkbenchScreen)
        app.screen.query_one(LuaEditor).text = "redis.call('SET', KEYS[1], 'half') while true do end"
        app.screen.query_one("#limit-field", Input).value = "500ms"
        strike(app, "f5")
        await until(pilot, lambda: "✗ Timed out." in reply(app))
        assert "its writes were rolled back" in reply(app)
        assert "counter  string  new half   rolled back" in reply(app)
        assert await bench.session.execute([b"GET", b"counter"]) is None


async def test_what_was_written_before_an_error_is_said_to_stay(until: Until) -> None:
    app = workbench()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        app.screen.query_one(LuaEditor).text = "redis.call('SET', KEYS[1], 'kept') return nil .. 'x'"
        await pilot.press("f5")
        await until(pilot, lambda: "What it wrote before the error stays:" in reply(app))
        assert "counter  string  new kept" in reply(app)
