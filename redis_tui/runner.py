"""What ``redis-tui run`` does with a session: prepares it, runs a script once or often, prints.

Knows no options and no click: `cli` reads the words and hands over what they mean. Ctrl-C never leaves a server
busy with a script: a single run is killed, a repeated one ends with what was measured.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import time
from typing import TYPE_CHECKING, Final, Self

from redis_tui.errors import UsageError
from redis_tui.exit_status import ExitStatus
from redis_tui.record import dataclass
from redis_tui.render.spans import plain
from redis_tui.report import outcome_json, outcome_remarks, outcome_text, repetition_json, repetition_text
from redis_tui.resp.inline import UnbalancedQuotes, split_inline
from redis_tui.resp.types import ErrorReply
from redis_tui.session.base import KillOutcome
from redis_tui.session.bulk import BATCH, may_go_together
from redis_tui.session.library import loaded, run_loaded
from redis_tui.session.repeat import repeat
from redis_tui.trial import tried_json, tried_lines, try_presets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from redis_tui.presets import Preset
    from redis_tui.session.base import ScriptOutcome, ScriptRun, Session

_AFTER_KILL: Final = {
    KillOutcome.KILLED: "The script was killed.",
    KillOutcome.NOTHING_RUNNING: "The script had already ended.",
    KillOutcome.UNKILLABLE: "The script has written, so the server does not kill it: it goes on there until it ends.",
}
_PROGRESS_EVERY_S: Final = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """What of a run is printed, and how."""

    as_json: bool
    trace: bool
    changes: bool
    costs: bool
    raw: bool
    """Strings as they are, not as redis-cli quotes them."""


class Runner:
    """Runs scripts for the command line.

    Args:
        session: where.
        show: what to print.
        write: receives what belongs on the output.
        complain: told sentences for the person at the terminal.
        replaces: a function's library may take the place of another of its name.
    """

    def __init__(
        self,
        session: Session,
        show: Show,
        *,
        write: Callable[[bytes], None],
        complain: Callable[[str], None],
        replaces: bool = False,
    ) -> None:
        self._session, self._show = session, show
        self._replaces = replaces
        self._write, self._complain = write, complain

    async def prepare(self, lines: Sequence[bytes], *, db: int | None, path: Path | None) -> bool:
        """Runs the commands of a set-up file, one a line; ``#`` begins a comment.

        Args:
            lines: of the file.
            db: where they run.
            path: the file, for what is said of a line that fails.

        Returns:
            False where a line failed, which was said; the rest was not run.
        """
        together: list[tuple[int, bytes, list[bytes]]] = []
        for number, line in enumerate(lines, 1):
            if not line.strip() or line.lstrip().startswith(b"#"):
                continue
            try:
                argv = split_inline(line)
            except UnbalancedQuotes:
                if await self._set_up(together, db, path):
                    self._failed(path, number, line, "a quote is not closed")
                return False
            joins = not self._session.in_transaction and may_go_together(await self._session.catalog(), argv)
            if not joins or len(together) >= BATCH:
                if not await self._set_up(together, db, path):
                    return False
                together = []
            if joins:
                together.append((number, line, argv))
                continue
            reply = await self._session.execute(argv, db=db)
            if isinstance(reply, ErrorReply):
                return self._failed(path, number, line, reply.line.decode("utf-8", "replace"))
        return await self._set_up(together, db, path)

    async def _set_up(
        self, together: Sequence[tuple[int, bytes, list[bytes]]], db: int | None, path: Path | None
    ) -> bool:
        """Runs commands of a set-up file that may go together; False where one failed, which was said."""
        if not together:
            return True
        replies = await self._session.execute_many([argv for _, _, argv in together], db=db, stop_at_error=True)
        last = replies[-1]
        if not isinstance(last, ErrorReply):
            return True
        number, line, _ = together[len(replies) - 1]
        return self._failed(path, number, line, last.line.decode("utf-8", "replace"))

    def _failed(self, path: Path | None, number: int, line: bytes, said: str) -> bool:
        command = line.strip().decode("utf-8", "replace")
        self._complain(f"{path}, line {number}: {said.rstrip('.')}.\n  {command}\nThe script was not run.")
        return False

    async def run(self, wanted: ScriptRun) -> int:
        """Runs a script once; the exit status."""
        outcome = await self._run_or_kill(wanted)
        show = self._show
        if show.as_json:
            self._write(outcome_json(outcome).encode() + b"\n")
            return _status(outcome)
        costs = self._session.info if show.costs else None
        self._write(outcome_text(outcome, trace=show.trace, changes=show.changes, costs=costs, raw=show.raw))
        if remarks := outcome_remarks(outcome, wanted.source):
            sys.stderr.write(remarks + "\n")
        return _status(outcome)

    async def repeat(self, wanted: ScriptRun, times: int) -> int:
        """Runs a script several times and prints what it took; the exit status."""
        stop = asyncio.Event()

        def told(outcome: KillOutcome) -> None:
            if outcome is KillOutcome.UNKILLABLE:
                self._complain(f"{_AFTER_KILL[outcome]} Ctrl-C again leaves it there.")

        async with loaded(self._session, wanted, self._may_replace) as refusal:
            if refusal is not None:
                self._complain(f"The library was not loaded: {refusal.line.decode('utf-8', 'replace')}.")
                return ExitStatus.ERROR_REPLY
            with _on_interrupt(stop.set), _Counter() as counter:
                found = await repeat(self._session, wanted, times, progress=counter.show, stop=stop, told=told)
        if self._show.as_json:
            self._write(repetition_json(found).encode() + b"\n")
        else:
            self._write(repetition_text(found).encode())
        if found.first_failure is not None and not self._show.as_json:
            sys.stderr.write(outcome_remarks(found.first_failure, wanted.source) + "\n")
        if found.stopped:
            return ExitStatus.INTERRUPTED
        return ExitStatus.OK if found.first_failure is None else _status(found.first_failure)

    async def try_all(self, wanted: ScriptRun, presets: Sequence[Preset]) -> int:
        """Tries a script dry with each preset; the exit status is 1 where one is not as expected."""
        tried = [one async for one in try_presets(self._session, wanted, presets)]
        if self._show.as_json:
            self._write(tried_json(tried).encode() + b"\n")
        else:
            self._write(plain(tried_lines(tried)).encode().rstrip(b"\n") + b"\n")
        return ExitStatus.ERROR_REPLY if any(one.passed is False for one in tried) else ExitStatus.OK

    async def _run_or_kill(self, wanted: ScriptRun) -> ScriptOutcome:
        """Runs a script; Ctrl-C kills it, so that a server is not left busy with it."""
        running = asyncio.ensure_future(run_loaded(self._session, wanted, self._may_replace))
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            self._complain("Interrupted: asking for the script to be killed…")
            outcome = await self._session.kill(undo=self._session.info.embedded)
            self._complain(_AFTER_KILL[outcome])
            if outcome is KillOutcome.KILLED:
                await running
            raise

    async def _may_replace(self, name: str) -> bool:
        if not self._replaces:
            raise UsageError(
                f"The server has a library {name} with other code.",
                hint="--replace puts this one in its place; --dry-run tries it on a copy.",
            )
        return True


class _Counter:
    """How many runs are done, on a terminal only; wiped out at the end."""

    def __init__(self) -> None:
        self._next = time.monotonic() + _PROGRESS_EVERY_S
        self._shown = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")

    def show(self, done: int, wanted: int) -> None:
        """Tells how far it is, not too often."""
        now = time.monotonic()
        if now < self._next or not sys.stderr.isatty():
            return
        self._next, self._shown = now + _PROGRESS_EVERY_S, True
        sys.stderr.write(f"\r{done:,} of {wanted:,} runs (Ctrl-C ends)\x1b[K")
        sys.stderr.flush()


@contextlib.contextmanager
def _on_interrupt(act: Callable[[], None]) -> Iterator[None]:
    """Ctrl-C does this instead of ending the program; the second one ends it."""
    loop = asyncio.get_running_loop()

    def heard() -> None:
        loop.remove_signal_handler(signal.SIGINT)
        act()

    try:
        loop.add_signal_handler(signal.SIGINT, heard)
    except (NotImplementedError, RuntimeError, ValueError):  # another thread's loop, or no signals: it ends the program
        yield
        return
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)


def _status(outcome: ScriptOutcome) -> int:
    if outcome.timed_out:
        return ExitStatus.TIMED_OUT
    return ExitStatus.ERROR_REPLY if outcome.error else ExitStatus.OK
