"""What a start of the workbench loads: the first screen's own modules, and none for what opens later."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_NOT_AT_FIRST = (
    "redis_tui.tui.manual",
    "redis_tui.tui.screens.compare",
    "redis_tui.tui.screens.dialogs",
    "redis_tui.tui.screens.help",
    "redis_tui.tui.screens.theme_picker",
    "redis_tui.tui.screens.tour",
    "redis_tui.tui.screens.value",
    "redis_tui.tui.vi.machine",
)
_AT_MOST = 180
"""Modules of ours behind the workbench, the engine not counted."""
_ROOT = Path(__file__).parents[2]
_ASK = """
import asyncio, sys
from redis_tui.tui.app import WorkbenchApp
from tests.tui.fake_session import FakeSession

async def main():
    async def opened():
        return FakeSession()
    stands = asyncio.Event()
    app = WorkbenchApp(opened, sample_keys=False, on_ready=stands.set)
    async with app.run_test(size=(120, 40)) as pilot:
        await stands.wait()
        await pilot.pause()
        print("\\n".join(name for name in sys.modules if name.startswith("redis_tui.")))

asyncio.run(main())
"""


def test_the_first_screen_loads_nothing_that_opens_later(tmp_path: Path) -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", _ASK],
        check=True,
        capture_output=True,
        text=True,
        cwd=_ROOT,
        env={"HOME": str(tmp_path), "REDIS_TUI_HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "TERM": "xterm-256color"},
    ).stdout.split()
    assert "redis_tui.tui.screens.workbench" in loaded
    assert [name for name in _NOT_AT_FIRST if name in loaded] == []
    assert len(loaded) <= _AT_MOST
