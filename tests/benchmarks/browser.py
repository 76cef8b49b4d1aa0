"""The key browser over a million keys, embedded and on a server: first rows, gaps, frames, memory, pages.

The whole workbench runs without a terminal. A heartbeat of the event loop tells the gaps; what is counted is
the processor time of the loop's own thread within each beat, since another process' turn is no fault of ours.
"""

# ruff: noqa: T201  # printing is what it is for
from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
import time
import tracemalloc
from typing import TYPE_CHECKING

from redis_tui.garbage import collect_seldom, settle
from redis_tui.paths import HOME_VARIABLE
from redis_tui.session.open import open_session
from redis_tui.tui.app import WorkbenchApp
from redis_tui.tui.key_model import KeyModel
from redis_tui.tui.panes.keys import KeysPane, KeyTree
from redis_tui.tui.screens.workbench import WorkbenchScreen
from redis_tui.tui.value_pages import ValuePage, value_page
from tests.benchmarks.measure import Limit, heartbeat, table
from tests.conformance.real_server import running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from textual.pilot import Pilot

    from redis_tui.session.base import Session

KEYS = 1_000_000
AT_ONCE = 5_000
MEMBERS = 10_000
FRAMES = 200
_BEAT_S = 0.002


def main() -> list[Limit]:
    """Measures, prints tables, answers the limits."""
    os.environ[HOME_VARIABLE] = tempfile.mkdtemp(prefix="redis-tui-browser-")
    collect_seldom()
    bytes_a_key = _memory()
    print(f"Memory of the model: {bytes_a_key:.0f} bytes a key, the key's own bytes included\n")
    limits = [Limit("bytes a key", bytes_a_key, 150)]
    rows: list[list[object]] = []
    for name, url in _places():
        figures = asyncio.run(_measure(url))
        rows.append([name, *figures.values()])
        limits += [Limit(f"{name}: {what}", value, _LIMITS[what]) for what, value in figures.items() if what in _LIMITS]
    print(table("A million keys, milliseconds", ["", *figures], rows))
    return limits


_LIMITS = {
    "first rows": 300.0,
    "worst gap while scanning": 50.0,
    "a frame of scrolling": 16.7,
    "opening 10,000 members": 200.0,
}


def _places() -> Iterator[tuple[str, str]]:
    yield "embedded", "memory://"
    with running("redis-8") as server:
        yield "redis-8", f"redis://127.0.0.1:{server.port}"


def _name(number: int) -> bytes:
    return b"user:%d:name" % number if number % 3 else b"session:%d" % number


def _memory() -> float:
    model = KeyModel()
    tracemalloc.start()
    for start in range(0, KEYS, AT_ONCE):
        model.add([_name(number * 7919 % KEYS) for number in range(start, start + AT_ONCE)])
    model.rows()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return held / KEYS


@contextlib.asynccontextmanager
async def workbench(session: Session) -> AsyncIterator[tuple[Pilot[int], KeysPane, KeyTree]]:
    """The workbench over a session, its first keys read."""

    async def same() -> Session:
        return session

    app = WorkbenchApp(same, sample_keys=False)
    async with app.run_test(size=(120, 40)) as pilot:
        while not isinstance(app.screen, WorkbenchScreen) or not list(app.screen.query(KeyTree)):
            await asyncio.sleep(_BEAT_S)
        pane, tree = app.screen.query_one(KeysPane), app.screen.query_one(KeyTree)
        while "more" not in str(pane.border_subtitle or ""):
            await asyncio.sleep(_BEAT_S)
        yield pilot, pane, tree


async def _measure(url: str) -> dict[str, float]:
    session = await open_session(url)
    await fill(session)
    settle()  # as the program does; the values lie in this very process
    async with workbench(session) as (pilot, pane, tree):
        tree.model.clear()  # what stands there stays until new keys come, and would pass for them
        tree.rebuild()
        started = time.perf_counter()
        assert isinstance(pane.screen, WorkbenchScreen)
        pane.screen.action_refresh()
        await asyncio.sleep(0)
        while not len(tree.rows):
            await asyncio.sleep(0)
        figures = {"first rows": (time.perf_counter() - started) * 1000}
        while "more" not in str(pane.border_subtitle):
            await asyncio.sleep(_BEAT_S)
        tree.focus()  # lays the screen out, which is no part of scanning
        await pilot.pause()
        gaps: list[float] = []
        beating = asyncio.create_task(heartbeat(gaps))
        started = time.perf_counter()
        pane.action_scan_all()
        while not str(pane.border_subtitle).endswith(f"of {len(tree.model):,}"):
            await asyncio.sleep(0.05)
        figures["whole scan"] = (time.perf_counter() - started) * 1000
        beating.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beating
        figures["worst gap while scanning"] = max(gaps) * 1000
        pane.action_toggle_flat()
        await pilot.pause()
        started = time.perf_counter()
        page = await value_page(session, b"members")
        assert isinstance(page, ValuePage)
        figures["opening 10,000 members"] = (time.perf_counter() - started) * 1000
        figures["a frame of scrolling"] = _scroll(tree)
        await pilot.pause()
    await session.close()
    return figures


def _scroll(tree: KeyTree) -> float:
    """Milliseconds of the processor for drawing all lines of a frame, a page further down each time."""
    started = time.thread_time()
    for frame in range(FRAMES):
        tree.scroll_to(y=frame * tree.size.height, animate=False, force=True, immediate=True)
        for line in range(tree.size.height):
            tree.render_line(line)
    return (time.thread_time() - started) * 1000 / FRAMES


async def fill(session: Session) -> None:
    """Writes a million keys, and one of 10,000 members."""
    await session.execute([b"FLUSHALL"])
    for start in range(0, KEYS, AT_ONCE):
        pairs = [part for number in range(start, start + AT_ONCE) for part in (_name(number), b"x")]
        await session.execute([b"MSET", *pairs])
    for start in range(0, MEMBERS, AT_ONCE):
        scored = [part for at in range(start, start + AT_ONCE) for part in (b"%d" % at, b"member:%d" % at)]
        await session.execute([b"ZADD", b"members", *scored])


if __name__ == "__main__":
    for limit in main():
        print(limit)
