"""One run on the embedded engine, watched: an ordinary EVAL with a journal and a gauge around it.

So that it passes the same gates and lands in the same cache, counts and slow log as any client's. Everything here
happens on the engine's thread. Knows no event loop; `embedded` brings the run here.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from redis_tui.engine.blocking import BLOCKED
from redis_tui.engine.overlay import Overlay
from redis_tui.engine.scripts import Observation
from redis_tui.engine.touch import TouchLog
from redis_tui.engine.trial import Trial
from redis_tui.resp.shape import as_resp2
from redis_tui.resp.types import ErrorReply
from redis_tui.scripting.trace import TraceLog
from redis_tui.session.base import LogLine, ScriptOutcome, ScriptRun, TouchedKey, TraceRow
from redis_tui.session.failure import script_error
from redis_tui.session.image import changes_of
from redis_tui.session.slots import slot_notes
from redis_tui.spec.slot import hash_slot

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from redis_tui.engine.client import Client
    from redis_tui.engine.engine import Engine
    from redis_tui.engine.overlay import Fetched
    from redis_tui.resp.types import Reply

    Fetch = Callable[[int, Sequence[bytes]], Sequence[Fetched]]

TRACE_LIMIT = 10_000
"""Calls of one run that are kept."""
LOG_LIMIT = 1_000
"""Lines of redis.log of one run that are kept."""
CHANGES_LIMIT = 1_000
"""Changed keys of one run that are shown."""
TOUCHED_LIMIT = 1_000
"""Touched keys of one run that are shown."""
_LEVELS = ("debug", "verbose", "notice", "warning")


def watched_run(
    engine: Engine, client: Client, run: ScriptRun, *, sha: str, read_only: bool, fetch: Fetch | None = None
) -> ScriptOutcome | None:
    """Runs a script and finds out what it did.

    Args:
        engine: on whose thread this is called.
        client: who runs it, in the database that is meant.
        run: what was asked for.
        sha: of its source.
        read_only: a write inside is an error.
        fetch: as `engine.overlay.Overlay` takes it, for a run over keys that are elsewhere; None is a run over the
            engine's own.

    Returns:
        The outcome; None while CLIENT PAUSE holds the run back.

    Raises:
        RedisTuiError: a key could not be fetched.
    """
    engine.registry.complete()  # no call of the script shall wait for a module and be told as slow
    with engine.blocking.held():  # whoever waits gets nothing that is taken back
        return _watched_run(engine, client, run, sha, read_only=read_only, fetch=fetch)


def undoable(engine: Engine, client: Client, argv: Sequence[bytes]) -> Reply:
    """Runs a command that runs a script, so that it may be killed and undone; nothing else is looked at.

    Args:
        engine: on whose thread this is called.
        client: who runs it.
        argv: EVAL, EVALSHA, FCALL or one of their ``_RO`` forms.

    Returns:
        What `Engine.execute` answers.
    """
    if engine.scripts.current is not None:
        return engine.execute(
            client, argv
        )  # within a busy script, and its answer is BUSY: the journal is that script's
    with engine.blocking.held():
        observation = Observation(can_undo=True)
        trial = Trial(engine, client, leaves_no_trace=False)
        engine.scripts.observation = observation
        try:
            return engine.execute(client, argv)
        finally:
            engine.scripts.observation = None
            trial.close()
            if observation.undone:
                trial.undo()
            else:
                trial.keep()


def _watched_run(
    engine: Engine, client: Client, run: ScriptRun, sha: str, *, read_only: bool, fetch: Fetch | None
) -> ScriptOutcome | None:
    lines: list[LogLine] = []
    trace = TraceLog(TRACE_LIMIT) if run.trace else None
    touched = TouchLog(TOUCHED_LIMIT) if run.costs else None
    overlay = None if fetch is None else Overlay(fetch, engine.config, touched=touched)
    observation = Observation(
        trace=trace,
        log=_collector(lines),
        can_undo=True,
        timeout_ms=run.timeout_ms,
        touched=overlay or touched,
        gauged=run.costs,
    )
    trial = Trial(engine, client, leaves_no_trace=run.dry_run)
    observation.journal = trial.journal
    engine.scripts.observation = observation
    started = time.perf_counter_ns()
    try:
        reply = engine.execute(client, _run_argv(run, read_only=read_only))
    finally:
        duration_ms = (time.perf_counter_ns() - started) / 1e6
        engine.scripts.observation = None
        trial.close()
        result, has_written = observation.result, bool(len(trial.journal))
        timed_out = result is not None and result.timed_out
        undone = observation.undone or timed_out
        try:
            changes, total = changes_of(trial.journal, limit=CHANGES_LIMIT) if run.changes else ((), 0)
        finally:
            if run.dry_run or undone:
                trial.undo()
            else:
                trial.keep()
    if reply is BLOCKED:
        engine.blocking.release(client)
        return None
    if overlay is not None and overlay.failure is not None and not (result is not None and result.killed):
        raise overlay.failure
    named = _touched(touched, run.keys)
    own_ns = observation.own_ns()
    return ScriptOutcome(
        reply=as_resp2(reply) if client.resp == 2 else reply,
        sha=sha,
        duration_ms=duration_ms if own_ns is None else own_ns / 1e6,
        error=script_error(reply, run.source) if isinstance(reply, ErrorReply) else None,
        trace=_rows(trace),
        trace_total=0 if trace is None else trace.total,
        changes=changes,
        changes_total=total,
        instructions=None if result is None else result.instructions,
        memory_peak=None if result is None else result.memory_peak,
        touched=named,
        touched_total=0 if touched is None else touched.total,
        log=tuple(lines),
        killed=result is not None and result.killed,
        timed_out=timed_out,
        dry_run=run.dry_run,
        notes=(
            *_notes(
                undone=undone and has_written,
                timeout_ms=run.timeout_ms if timed_out else None,
                log_lines=len(lines),
                partial=() if overlay is None else tuple(overlay.partial),
            ),
        ),
        cluster_notes=slot_notes(run.keys, named),
    )


def _run_argv(run: ScriptRun, *, read_only: bool) -> list[bytes]:
    name, what = (b"EVAL", run.source) if run.function is None else (b"FCALL", run.function)
    return [name + b"_RO" if read_only else name, what, b"%d" % len(run.keys), *run.keys, *run.args]


def _collector(lines: list[LogLine]) -> Callable[[int, bytes], None]:
    def collect(level: int, message: bytes) -> None:
        if len(lines) < LOG_LIMIT:
            lines.append(LogLine(_LEVELS[level], message))

    return collect


def _touched(log: TouchLog | None, keys: Sequence[bytes]) -> tuple[TouchedKey, ...]:
    if log is None:
        return ()
    declared = frozenset(keys)
    return tuple(TouchedKey(key, hash_slot(key), key in declared, written) for key, written in log.keys.items())


def _rows(trace: TraceLog | None) -> tuple[TraceRow, ...]:
    if trace is None:
        return ()
    return tuple(TraceRow(row.line, row.argv, row.reply, row.duration_us) for row in trace.rows)


def _notes(*, undone: bool, timeout_ms: int | None, log_lines: int, partial: Sequence[bytes]) -> tuple[str, ...]:
    notes = []
    if timeout_ms is not None:
        wrote = "its writes were rolled back" if undone else "it had written nothing"
        notes.append(f"Killed after {timeout_ms} ms, its time limit; {wrote}.")
    elif undone:
        notes.append("The script was killed and its writes were undone.")
    if partial:
        calls = ", ".join(name.decode("utf-8", "replace") for name in partial)
        notes.append(f"{calls} saw only the keys that the script had named until then, and not all of the server's.")
    if log_lines >= LOG_LIMIT:
        notes.append(f"Only the first {LOG_LIMIT} lines of redis.log are kept.")
    return tuple(notes)
