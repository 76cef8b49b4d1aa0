"""One script run again and again: how long it takes, and how long everybody else waits for it.

A function over `Session`, for both kinds. Knows no face: progress goes to a callable, an event ends it early.

The decision a reader would question: these runs are not watched as single ones are. Tracing, counting and
comparing would be most of what is measured. So there are times and errors here, and nothing else.
"""

from __future__ import annotations

import asyncio
import math
import statistics
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from redis_tui.errors import RedisTuiError
from redis_tui.record import dataclass
from redis_tui.resp.types import ErrorReply
from redis_tui.session.threshold import slow_threshold_ms

if TYPE_CHECKING:
    from redis_tui.session.base import KillOutcome, ScriptOutcome, ScriptRun, Session

Progress = Callable[[int, int], None]
"""``progress(done, wanted)`` after each run."""

GRACE_S = 0.2
"""Seconds that the run under way gets to end by itself, once no more are wanted."""


@dataclass(frozen=True, slots=True)
class Repetition:
    """What many runs of one script took. Times are of all runs, failed ones too; None where none ended."""

    wanted: int
    runs: int
    errors: int
    median_ms: float | None
    p99_ms: float | None
    worst_ms: float | None
    total_ms: float
    durations_ms: tuple[float, ...]
    """Of each run, from the shortest to the longest."""
    last: ScriptOutcome | None
    first_failure: ScriptOutcome | None
    slow_log_ms: float | None
    """From when on this server's slow log notes a command; None where it notes none, or does not tell."""
    round_trips: bool
    """The times hold the way to a server and back; how long that was blocked is a little less."""
    stopped: bool
    """It was ended before all runs were done."""
    first_was_worst: bool = False
    """The first of several took longest, as one does that finds nothing compiled; it is told beside the figure."""
    is_local_copy: bool = False
    """Dry runs for a server: they took place on a copy in the embedded engine, and no server waited."""

    @property
    def is_slow(self) -> bool:
        """Whether a run was one for the slow log."""
        return (
            not self.is_local_copy
            and self.slow_log_ms is not None
            and self.worst_ms is not None
            and self.worst_ms >= self.slow_log_ms
        )


async def repeat(
    session: Session,
    run: ScriptRun,
    times: int,
    *,
    progress: Progress | None = None,
    stop: asyncio.Event | None = None,
    told: Callable[[KillOutcome], None] | None = None,
) -> Repetition:
    """Runs a script several times, one after the other.

    Args:
        session: where; nothing is prepared or cleaned up in between. A dry run begins from the same state each time.
        run: what; its trace, changes and costs are not asked for.
        times: at least one.
        progress: told after each run.
        stop: once set, no further run begins, and one that goes on is killed.
        told: hears at once what became of that kill; a server that refuses it lets the script go on.

    Returns:
        What was measured, also where it was stopped early.

    Raises:
        SessionError: the connection broke.
        NotSupportedError: the session cannot run it so.
    """
    plain = replace(run, trace=False, changes=False, costs=False)
    slow_log_ms = await _slow_log_ms(session)
    durations: list[float] = []
    errors = 0
    last: ScriptOutcome | None = None
    first_failure: ScriptOutcome | None = None
    stop = stop or asyncio.Event()
    stopping: asyncio.Future[Any] = asyncio.ensure_future(stop.wait())
    try:
        if run.dry_run and times > 1:
            await _one(session, plain, stopping, told)  # what it finds cold is not measured: it leaves no other mark
        while len(durations) < times and not stop.is_set():
            outcome = await _one(session, plain, stopping, told)
            if outcome is None:
                break
            last = outcome
            durations.append(outcome.duration_ms)
            if isinstance(outcome.reply, ErrorReply):
                errors += 1
                first_failure = first_failure or outcome
            if progress is not None:
                progress(len(durations), times)
    finally:
        stopping.cancel()
    first = durations[0] if len(durations) > 1 else -1.0
    durations.sort()
    return Repetition(
        wanted=times,
        runs=len(durations),
        errors=errors,
        median_ms=statistics.median(durations) if durations else None,
        p99_ms=durations[math.ceil(len(durations) * 0.99) - 1] if durations else None,
        worst_ms=durations[-1] if durations else None,
        total_ms=math.fsum(durations),
        durations_ms=tuple(durations),
        last=last,
        first_failure=first_failure,
        slow_log_ms=slow_log_ms,
        round_trips=not session.info.embedded and not run.dry_run,
        stopped=len(durations) < times,
        first_was_worst=bool(durations) and first == durations[-1],
        is_local_copy=run.dry_run and not session.info.embedded,
    )


async def _one(
    session: Session,
    run: ScriptRun,
    stopping: asyncio.Future[Any],
    told: Callable[[KillOutcome], None] | None,
) -> ScriptOutcome | None:
    """One run; None where it was killed because no more are wanted."""
    running = asyncio.ensure_future(session.run(run))
    either: set[asyncio.Future[Any]] = {running, stopping}
    try:
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not running.done():
            await asyncio.wait({running}, timeout=GRACE_S)
        if running.done():
            return running.result()
        killed = await session.kill(undo=session.info.embedded)
        if told is not None:
            told(killed)
        return None if (await running).killed else running.result()
    finally:
        running.cancel()


async def _slow_log_ms(session: Session) -> float | None:
    try:
        found = await slow_threshold_ms(session)
    except RedisTuiError:
        return None
    return None if found is None or math.isinf(found) else found
