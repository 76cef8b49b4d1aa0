"""A key press in the Lua editor at 50, 1,000 and 10,000 lines, and what a look for syntax errors takes.

A press is an edit in the middle of the script and all visible rows drawn anew; what is counted is
processor time, since another process' turn is no fault of ours.
"""

# ruff: noqa: T201  # printing is what it is for
from __future__ import annotations

import asyncio
import statistics
import time
from typing import TYPE_CHECKING

from textual.app import App, ComposeResult

from redis_tui.paths import packaged_themes_dir
from redis_tui.session.syntax import check_syntax
from redis_tui.theme import load_theme
from redis_tui.tui.theme import Palette
from redis_tui.tui.widgets.lua_editor import LuaEditor
from tests.benchmarks.measure import Limit, table

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES = (50, 1_000, 10_000)
PRESSES = 60
ROWS = 40


class Bare(App[None]):
    """An editor and nothing else."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.palette = Palette(load_theme("dark", [packaged_themes_dir()]))
        self.text = text

    def compose(self) -> ComposeResult:
        yield LuaEditor(self.text)


def main() -> list[Limit]:
    """Measures, prints a table, answers the limits."""
    rows: list[tuple[int, float, float, float, float]] = [(lines, *asyncio.run(_measure(lines))) for lines in SIZES]
    print(
        table(
            "The Lua editor",
            ["lines", "key press ms", "worst ms", "paste 5,000 lines ms", "syntax ms"],
            [list(row) for row in rows],
        )
    )
    first, last = rows[0], rows[-1]
    return [
        Limit("a key press at 10,000 lines against one at 50", last[1] / first[1], 1.5),
        Limit("a look for syntax errors at 10,000 lines, ms", last[4], 100),
    ]


def _source(lines: int) -> str:
    return "\n".join(f"local v = redis.call('get', KEYS[{at}]) -- {at}" for at in range(1, lines + 1))


async def _measure(lines: int) -> tuple[float, float, float, float]:
    app = Bare(_source(lines))
    async with app.run_test(size=(120, ROWS)) as pilot:
        editor = app.query_one(LuaEditor)
        editor.move_cursor((lines // 2, 5))
        await pilot.pause()
        costs = [_timed_ms(lambda: _press(editor, "x")) for _ in range(PRESSES)]
        pasted = _timed_ms(lambda: _press(editor, _source(5_000)))
    started = time.perf_counter()
    await check_syntax(_source(lines).encode())
    return statistics.median(costs), max(costs), pasted, (time.perf_counter() - started) * 1000


def _press(editor: LuaEditor, text: str) -> None:
    editor.insert(text)
    for y in range(ROWS):
        editor.render_line(y)


def _timed_ms(work: Callable[[], None]) -> float:
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1000
