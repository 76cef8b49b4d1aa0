"""A string of 512 MB from a real server: how long the loop stands still, and what memory it takes, fetched and shown.

The workbench runs without a terminal. First its session fetches the string, then the Result pane shows it as the reply
of a run, which draws as much as it ever does of a text.
"""

# ruff: noqa: T201  # printing is what it is for
from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from redis_tui.garbage import collect_seldom, settle
from redis_tui.paths import HOME_VARIABLE
from redis_tui.session.base import ScriptOutcome, ScriptRun
from redis_tui.session.open import open_session
from redis_tui.tui.app import WorkbenchApp
from redis_tui.tui.panes.result import ResultPane
from redis_tui.tui.screens.workbench import WorkbenchScreen
from tests.benchmarks.measure import Limit, heartbeat, table
from tests.conformance.real_server import running

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from redis_tui.resp.types import Reply
    from redis_tui.session.base import Session

SIZE = 512 * 1024 * 1024
_BEAT_S = 0.01


def main() -> list[Limit]:
    """Measures, prints a table, answers the limits."""
    os.environ[HOME_VARIABLE] = tempfile.mkdtemp(prefix="redis-tui-huge-")
    collect_seldom()
    with running("redis-8") as server:
        found = asyncio.run(_measure(f"redis://127.0.0.1:{server.port}"))
    rows: list[list[object]] = [[name, *figures] for name, figures in found.items()]
    print(table(f"A string of {SIZE:,} bytes", ["", "seconds", "worst gap ms", "times its size"], rows))
    return [
        limit
        for name, (_, gap, held) in found.items()
        for limit in (
            Limit(f"{name}: worst gap, ms of processor time", gap, 100),
            Limit(f"{name}: memory, times its size", held, 2),
        )
    ]


async def _measure(url: str) -> dict[str, tuple[float, float, float]]:
    session = await open_session(url)
    await session.execute([b"SETRANGE", b"huge", b"%d" % (SIZE - 1), b"x"])

    async def same() -> Session:
        return session

    app = WorkbenchApp(same, sample_keys=False, on_ready=settle)
    async with app.run_test(size=(120, 40)) as pilot:
        while not isinstance(app.screen, WorkbenchScreen):
            await asyncio.sleep(_BEAT_S)
        await pilot.pause(1)
        pane, before = app.screen.query_one(ResultPane), _resident()
        replies: list[Reply] = []

        async def fetch() -> None:
            replies.append(await session.execute([b"GET", b"huge"]))

        async def show() -> None:
            outcome = ScriptOutcome(reply=replies[0], sha="0" * 40, duration_ms=1.0)
            pane.show(ScriptRun(b"return redis.call('GET', 'huge')"), outcome, session.info, None)
            while pane.reply.document is None or not pane.reply.text.is_whole:
                await asyncio.sleep(_BEAT_S)

        found = {"fetched": await _watched(fetch(), before), "shown": await _watched(show(), before)}
    await session.close()
    return found


async def _watched(work: Awaitable[None], before: int) -> tuple[float, float, float]:
    """Seconds, the worst gap in ms, and memory grown, in sizes of the string."""
    gaps = [0.0]
    beating = asyncio.create_task(heartbeat(gaps))
    started = time.perf_counter()
    await work
    took_s = time.perf_counter() - started
    beating.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await beating
    return took_s, max(gaps) * 1000, (_resident() - before) / SIZE


def _resident() -> int:
    """Bytes of this process that are in memory; 0 where there is no /proc to tell."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGESIZE") if statm.exists() else 0


if __name__ == "__main__":
    for limit in main():
        print(limit)
