"""A dry run in a server's own debugger: it forks, runs the script in the fork, and throws the fork away.

The server's data, all of it, as it is; no key is fetched. `SCRIPT DEBUG YES` turns the next EVAL of a connection into a
session of words; all that is said here is ``continue``, so that the script runs through. It goes out wrapped
(`instrument`), which is what tells of its calls and of the declared keys before and after.

The decision a reader would question: a kill, or the end of the time that was given, closes the connection and leaves
the fork to find that out. Redis looks once the script has run for ``busy-reply-threshold`` (5 s by default); nobody
waits for the fork meanwhile. Valkey does not look: ``while true do end`` in the debugger of 9.1.2 takes a whole core
until the server ends, connected or not, where Redis 8.2.3, 7.2.6 and 6.2.14 end it. So there it is not offered.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from redis_tui.errors import NotSupportedError
from redis_tui.resp.types import OK, ErrorReply, Reply
from redis_tui.session.base import LogLine, Running, ScriptError, ScriptOutcome
from redis_tui.session.failure import script_error
from redis_tui.session.inspect import compare
from redis_tui.session.instrument import Reported, instrument, read_report
from redis_tui.session.remote_notes import refuse_unknown_form
from redis_tui.session.slots import declared_only, slot_notes
from redis_tui.session.syntax import check_syntax

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from redis_tui.session.base import ScriptRun
    from redis_tui.session.wire import Wire

_AGAIN_S = 0.05
_LINES = 1_000
"""Lines of redis.debug that are kept."""


class DebugRun:
    """One run in the debugger of a server.

    Args:
        wire: an open connection of its own, in the database that is meant; the server closes it in the end.
        note: told of each command that goes out.
    """

    def __init__(self, wire: Wire, note: Callable[[Sequence[bytes]], None]) -> None:
        self._wire = wire
        self._note = note
        self._log: list[LogLine] = []
        self._gone = asyncio.Event()
        self._name = ""
        self._started_s = time.perf_counter()

    def running(self) -> Running:
        """What runs, for people."""
        return Running(self._name, (time.perf_counter() - self._started_s) * 1000, has_written=None, dry_run=True)

    def let_go(self) -> None:
        """Waits for it no more."""
        self._gone.set()

    async def run(self, run: ScriptRun, sha: str, *, db: int) -> ScriptOutcome:
        """Runs a script to its end.

        Args:
            run: what was asked for.
            sha: of its source.
            db: in which database the connection is.

        Raises:
            NotSupportedError: the server has no debugger for this user, or none for a function.
            SessionError: the connection broke.
        """
        if run.function is not None:
            raise NotSupportedError(
                "The debugger of a server runs scripts, not functions.", hint="Try it here, on copies of the keys."
            )
        self._name = run.name
        task, gone = asyncio.create_task(self._evaluate(run)), asyncio.create_task(self._gone.wait())
        limit_s = None if run.timeout_ms is None else run.timeout_ms / 1000
        try:
            await asyncio.wait({task, gone}, timeout=limit_s, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            task.cancel()
            raise
        finally:
            late = not (task.done() or gone.done())
            gone.cancel()
        while not task.done():
            task.cancel()  # and again: `wait_for` of Python 3.11 loses one that comes just as it returns
            await asyncio.wait({task}, timeout=_AGAIN_S)
        return self._left(sha, late=late) if task.cancelled() else self._outcome(run, sha, task.result(), db)

    async def _evaluate(self, run: ScriptRun) -> Reply:
        await self._begin()
        # What is no Lua goes out as it is: around it, the server would name a line of the wrapper.
        sound = await check_syntax(run.source) is None
        source = instrument(run.source, valkey=False, looks=True) if sound else run.source
        self._started_s = time.perf_counter()
        name = b"EVAL_RO" if run.read_only else b"EVAL"
        await self._send([name, source, b"%d" % len(run.keys), *run.keys, *run.args])
        return await self._through()

    async def _begin(self) -> None:
        self._note([b"SCRIPT", b"DEBUG", b"YES"])
        # Waited for: Redis 8.2.3 sends five zero bytes in place of this OK where the EVAL comes in the same write.
        answer = await self._wire.execute([b"SCRIPT", b"DEBUG", b"YES"])
        if answer != OK:
            said = answer.line.decode("utf-8", "replace") if isinstance(answer, ErrorReply) else repr(answer)
            raise NotSupportedError(
                f"{self._wire.target} lets this user run no script in its debugger: {said.rstrip('.')}.",
                hint="Try it here, on copies of the keys.",
            )

    async def _send(self, argv: Sequence[bytes]) -> None:
        self._note(argv)
        await self._wire.send(argv)

    async def _through(self) -> Reply:
        """Says ``continue`` wherever the server stops, until it hands over the script's reply."""
        while True:
            said = await self._wire.next_reply()
            if not isinstance(said, list):
                return said  # it did not come to a session: the server could not fork
            lines = [line for line in said if isinstance(line, bytes)]
            self._keep(lines)
            if b"<endsession>" in lines:
                return await self._wire.next_reply()
            if any(line.startswith(b"* Stopped at") for line in lines):
                await self._send([b"continue"])  # at the first line, at a breakpoint, each time it has run for long

    def _keep(self, lines: Sequence[bytes]) -> None:
        told = [line for line in lines if line.startswith(b"<debug>")]
        self._log += [LogLine("debug", line.removeprefix(b"<debug> ")) for line in told[: _LINES - len(self._log)]]

    def _outcome(self, run: ScriptRun, sha: str, reply: Reply, db: int) -> ScriptOutcome:
        duration_ms = (time.perf_counter() - self._started_s) * 1000
        refuse_unknown_form(reply, self._wire.target)
        report = read_report(reply) or Reported(reply, (), 0)
        changes = compare(
            db, dict(zip(run.keys, report.before, strict=False)), dict(zip(run.keys, report.after, strict=False))
        )
        error = script_error(report.reply, run.source) if isinstance(report.reply, ErrorReply) else None
        touched = declared_only(run.keys, {change.key for change in changes})
        return ScriptOutcome(
            reply=report.reply,
            sha=sha,
            duration_ms=duration_ms,
            error=error,
            trace=report.trace,
            trace_total=report.total,
            changes=changes,
            changes_total=len(changes),
            touched=touched,
            touched_total=len(touched),
            log=tuple(self._log),
            dry_run=True,
            notes=(
                "Ran in the server's own debugger, in a fork that it has thrown away; its data is as it was.",
                "Only the keys passed in KEYS were compared. The time is with the fork and the trace.",
            ),
            cluster_notes=slot_notes(run.keys, touched),
        )

    def _left(self, sha: str, *, late: bool) -> ScriptOutcome:
        duration_ms = (time.perf_counter() - self._started_s) * 1000
        text = "Its time was up" if late else "You ended it"
        return ScriptOutcome(
            reply=ErrorReply(f"ERR {text}".encode()),
            sha=sha,
            duration_ms=duration_ms,
            error=ScriptError("ERR", text, None, None),
            killed=True,
            timed_out=late,
            dry_run=True,
            notes=(
                "The server's fork ends once the script has run for its busy-reply-threshold; its data is as it was.",
            ),
        )
