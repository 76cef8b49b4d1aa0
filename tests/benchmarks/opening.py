"""How soon the workbench shows what is large or often wanted: a million elements, a long trace, palette, help, a key.

Without a terminal, on the embedded engine. What is counted is the processor time of the event loop's thread: in all
until the thing stands on the screen, and in the longest stretch without a turn for anything else, until two seconds
later, since lines may be drawn in slices after the first are shown.
"""

# ruff: noqa: T201  # printing is what it is for
from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from redis_tui.garbage import collect_seldom, settle
from redis_tui.paths import HOME_VARIABLE
from redis_tui.session.base import ScriptRun
from redis_tui.session.open import open_session
from redis_tui.tui.app import WorkbenchApp
from redis_tui.tui.panes.result import ResultPane
from redis_tui.tui.screens.value import ValueScreen
from redis_tui.tui.screens.workbench import WorkbenchScreen
from tests.benchmarks.measure import Limit, heartbeat, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis_tui.session.base import Session

ELEMENTS = 1_000_000
CALLS = 100_000
_AFTER_S = 2.0
_LARGE = b"local t = {} for i = 1, %d do t[i] = i end return t" % ELEMENTS
_LONG = b"for i = 1, %d do redis.call('SET', 'k', i) end return 1" % CALLS
_LIMITS = {"palette": 100.0, "help": 100.0, "a key's value": 100.0}
"""Milliseconds until the thing stands; a reply and a trace may take 300."""
_MORE = 300.0
_GAP = 50.0


def main() -> list[Limit]:
    """Measures, prints a table, answers the limits."""
    os.environ[HOME_VARIABLE] = tempfile.mkdtemp(prefix="redis-tui-opening-")
    collect_seldom()
    found = asyncio.run(_measure())
    rows: list[list[object]] = [[name, shown, gap] for name, (shown, gap) in found.items()]
    print(table("Until it is shown, milliseconds of processor time", ["", "shown", "worst gap"], rows))
    limits = []
    for name, (shown, gap) in found.items():
        limits.append(Limit(f"{name}: until it is shown, ms", shown, _LIMITS.get(name, _MORE)))
        limits += [Limit(f"{name}: worst gap, ms", gap, _GAP)] if name not in _LIMITS else []
    return limits


async def _measure() -> dict[str, tuple[float, float]]:
    session = await open_session("memory://")

    async def same() -> Session:
        return session

    app = WorkbenchApp(same, on_ready=settle)
    found: dict[str, tuple[float, float]] = {}
    async with app.run_test(size=(120, 40)) as pilot:
        while not isinstance(app.screen, WorkbenchScreen):
            await asyncio.sleep(0.01)
        workbench = app.screen
        await pilot.pause(1)
        for name, opens in (
            ("palette", app.action_command_palette),
            ("help", app.action_help),
            ("a key's value", lambda: app.push_screen(ValueScreen(session, b"user:1"))),
        ):
            for _ in range(2):  # the second time: what it needs is loaded by then, as on most days
                found[name] = await _shown(app, opens)
                app.screen.dismiss()
                await pilot.pause(0.2)
        pane = workbench.query_one(ResultPane)
        for name, source, tab in (
            (f"a reply of {ELEMENTS:,} elements", _LARGE, "tab-reply"),
            (f"a trace of {CALLS:,} calls", _LONG, "tab-trace"),
        ):
            run = ScriptRun(source, trace=True)
            outcome = await session.run(run)
            pane._tabs.active = tab
            await pilot.pause(0.2)
            found[name] = await _shown(app, partial(pane.show, run, outcome, session.info, None))
    await session.close()
    return found


async def _shown(app: WorkbenchApp, opens: Callable[[], Any]) -> tuple[float, float]:
    """Milliseconds until it is painted, and those of the worst gap."""
    gaps = [0.0]
    beating = asyncio.create_task(heartbeat(gaps))
    await asyncio.sleep(0.01)
    painted, started = asyncio.Event(), time.thread_time()
    opens()
    await asyncio.sleep(0)
    app.screen.call_after_refresh(painted.set)
    await painted.wait()
    shown = time.thread_time() - started
    await asyncio.sleep(_AFTER_S)
    beating.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await beating
    return shown * 1000, max(gaps) * 1000


if __name__ == "__main__":
    for limit in main():
        print(limit)
