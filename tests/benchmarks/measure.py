"""Timing and tables for the benchmarks: the best of several rounds, contestants taking turns.

Absolute figures differ from machine to machine and from minute to minute, so each benchmark
is judged by a ratio of two figures that were taken in turns in one run. The best round is
taken, not the mean: what else the machine does only ever adds.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True)
class Limit:
    """One ratio that must hold."""

    what: str
    ratio: float
    limit: float
    at_least: bool = False
    """The ratio must reach the limit; otherwise it must not pass it."""

    @property
    def holds(self) -> bool:
        return self.ratio >= self.limit if self.at_least else self.ratio <= self.limit

    def __str__(self) -> str:
        sign = ">=" if self.at_least else "<="
        return f"{'ok  ' if self.holds else 'MISS'} {self.what}: {self.ratio:.3g} (wanted {sign} {self.limit:.3g})"


def best_us(
    contestants: Mapping[str, tuple[Callable[[], object], int]],
    rounds: int = 5,
    ahead: Mapping[str, Callable[[], object]] | None = None,
    clocks: Mapping[str, Callable[[], float]] | None = None,
) -> dict[str, float]:
    """Microseconds per operation of each contestant: the best of some rounds, taken in turns.

    Args:
        contestants: by name, something to run and how many operations one run does.
        rounds: how often each takes its turn.
        ahead: what to do before a contestant's turn, not timed.
        clocks: seconds as a contestant's own clock tells them, `cpu_clock` for one; the wall's without.
    """
    best = dict.fromkeys(contestants, float("inf"))
    for _ in range(rounds):
        for name, (run, count) in contestants.items():
            if ahead and name in ahead:
                ahead[name]()
            clock = (clocks or {}).get(name, time.perf_counter)
            started = clock()
            run()
            best[name] = min(best[name], (clock() - started) / count * 1e6)
    return best


def cpu_clock(pid: int | None = None) -> Callable[[], float]:
    """The processor time of a process' first thread, for which a busy machine matters less than for the wall's.

    Args:
        pid: None for this process. Where there is no /proc, the wall's clock has to do for others.
    """
    if pid is None:
        return time.process_time
    told = Path(f"/proc/{pid}/task/{pid}/schedstat")
    if not told.exists():
        return time.perf_counter
    return lambda: int(told.read_text().split()[0]) / 1e9


_BEAT_S = 0.002


async def heartbeat(gaps: list[float]) -> None:
    """Adds this thread's processor time from beat to beat of the event loop: what nothing else could be done in."""
    while True:
        before = time.thread_time()
        await asyncio.sleep(_BEAT_S)
        gaps.append(time.thread_time() - before)


def table(title: str, columns: list[str], rows: list[list[object]]) -> str:
    """A table of plain text, numbers to the right."""
    cells = [columns, *[[f"{cell:.2f}" if isinstance(cell, float) else str(cell) for cell in row] for row in rows]]
    widths = [max(len(row[at]) for row in cells) for at in range(len(columns))]
    lines = [
        "  ".join([row[0].ljust(widths[0]), *[c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True)]])
        for row in cells
    ]
    return "\n".join([title, lines[0], "-" * len(lines[0]), *lines[1:]])
