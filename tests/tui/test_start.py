"""What a start of the workbench loads: the first screen's own modules, and none for what opens later."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from textual.events import Key

from redis_tui.tui.app import WorkbenchApp
from redis_tui.tui.widgets.lua_editor import LuaEditor

if TYPE_CHECKING:
    from tests.tui.conftest import Until
    from tests.tui.fake_session import FakeSession

_NOT_AT_FIRST = (
    "redis_tui.tui.manual",
    "redis_tui.tui.screens.compare",
    "redis_tui.tui.screens.dialogs",
    "redis_tui.tui.screens.help",
    "redis_tui.tui.screens.theme_picker",
    "redis_tui.tui.screens.tour",
    "redis_tui.tui.screens.value",
    "redis_tui.tui.vi.machine",
    "redis_tui.tui.widgets.reply_tree",
)
_AT_MOST = 177
"""Modules of ours behind the workbench, the engine not counted."""
_WIDGETS = 68
"""When the workbench is first drawn; each is given its styles. What is behind others is made after that."""
_ROOT = Path(__file__).parents[2]
_ASK = """
import asyncio, sys
from redis_tui.tui.app import WorkbenchApp
from redis_tui.tui.screens.workbench import WorkbenchScreen
from tests.tui.fake_session import FakeSession

made = []
complete = WorkbenchScreen.complete

async def counted(screen):
    made.append(len(screen.query("*")))
    made.extend(name for name in sys.modules if name.startswith("redis_tui."))
    await complete(screen)

WorkbenchScreen.complete = counted

async def main():
    async def opened():
        return FakeSession()
    stands = asyncio.Event()
    app = WorkbenchApp(opened, sample_keys=False, on_ready=stands.set)
    async with app.run_test(size=(120, 40)) as pilot:
        await stands.wait()
        await pilot.pause()
        assert app.screen._bench.is_whole
        print(*made)

asyncio.run(main())
"""
_NOT_BEFORE_IT_IS_SEEN = ("lupa", "redis_tui.engine.commands.geo", "redis_tui.engine.commands.vector_set")
_ASK_THE_ENGINE = """
import asyncio, sys
from redis_tui.session.open import open_session
from redis_tui.tui.app import WorkbenchApp
from redis_tui.tui.screens.workbench import WorkbenchScreen

complete = WorkbenchScreen.complete

async def told(screen):
    print("\\n".join(sys.modules))
    await complete(screen)

WorkbenchScreen.complete = told

async def main():
    async def opened():
        return await open_session("memory://")
    stands = asyncio.Event()
    app = WorkbenchApp(opened, on_ready=stands.set, address="memory://")
    async with app.run_test(size=(120, 40)):
        await stands.wait()

asyncio.run(main())
"""


def _told(program: str, home: Path) -> list[str]:
    return subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        cwd=_ROOT,
        env={"HOME": str(home), "REDIS_TUI_HOME": str(home), "PATH": "/usr/bin:/bin", "TERM": "xterm-256color"},
    ).stdout.split()


def test_the_first_screen_loads_nothing_that_opens_later(tmp_path: Path) -> None:
    widgets, *loaded = _told(_ASK, tmp_path)
    assert int(widgets) <= _WIDGETS
    assert "redis_tui.tui.screens.workbench" in loaded
    assert [name for name in _NOT_AT_FIRST if name in loaded] == []
    assert len(loaded) <= _AT_MOST


def test_the_engine_loads_neither_lua_nor_rare_commands_until_the_workbench_is_seen(tmp_path: Path) -> None:
    loaded = _told(_ASK_THE_ENGINE, tmp_path)
    assert "redis_tui.engine.commands.hash" in loaded
    assert [name for name in _NOT_BEFORE_IT_IS_SEEN if name in loaded] == []


async def test_what_is_typed_before_the_workbench_stands_is_kept(session: FakeSession, until: Until) -> None:
    async def opened() -> FakeSession:
        for sign in "abc":
            app.post_message(Key(sign, sign))
        return session

    app = WorkbenchApp(opened, sample_keys=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, LuaEditor) and app.focused.text.startswith("abc"))
