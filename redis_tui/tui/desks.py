"""What the workbench does with its session: runs, scans, console commands. One class a task.

A desk knows the session and the setters of the pane it feeds, nothing of layout or keys.
The decision a reader would question: classes beside the screen rather than methods in it,
so that the screen stays a table of who gets which message, and each task reads from top to bottom.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from redis_tui.errors import RedisTuiError, UsageError
from redis_tui.render.reply import cli_lines, prints_raw
from redis_tui.render.spans import Line, Span
from redis_tui.resp.inline import split_inline
from redis_tui.resp.types import ErrorReply, Reply
from redis_tui.session.base import Capability, KillOutcome, ScriptOutcome, ScriptRun, Session
from redis_tui.tui import queries

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from redis_tui.tui.panes.console import ConsolePane
    from redis_tui.tui.panes.keys import KeysPane
    from redis_tui.tui.queries import ScanBatch

SCAN_BUDGET = 10_000
"""Keys that one scan reads before it waits to be told to go on."""
_FACTS_AT_ONCE = 64

SAMPLE_KEYS: tuple[str, ...] = (
    "HSET user:1 name Ada role admin visits 41",
    "HSET user:2 name Grace role editor visits 7",
    "HSET user:3 name Linus role reader visits 12",
    "SET session:ada ok EX 3600",
    "SET session:grace ok EX 540",
    "RPUSH queue send-mail resize-image send-invoice",
    "ZADD board 120 ada 95 grace 60 linus",
    "SADD tags redis lua script",
)
"""What the embedded engine holds at its first start, so that nobody meets an empty browser."""


class RunDesk:
    """Runs scripts, one at a time, and ends them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.is_busy = False

    async def run(self, run: ScriptRun) -> ScriptOutcome:
        """Runs a script, leaving out what this server cannot do, and says so in the notes it gets back.

        Raises:
            UsageError: another run of this workbench has not ended.
            RedisTuiError: as `Session.run`.
        """
        if self.is_busy:
            raise UsageError("A script is still running.", hint="F8 ends it.")
        self.is_busy = True
        try:
            return await self._session.run(run)
        finally:
            self.is_busy = False

    async def kill(self, *, undo: bool = False) -> tuple[KillOutcome, str]:
        """Ends the script.

        Returns:
            What became of it, and a sentence for people.
        """
        running = self._session.running()
        try:
            outcome = await self._session.kill(undo=undo)
        except RedisTuiError as error:
            return KillOutcome.NOTHING_RUNNING, str(error)
        if outcome is KillOutcome.KILLED:
            took = f" after {running.elapsed_ms / 1000:.1f} s" if running else ""
            return outcome, f"Script killed{took}." + (" Its writes were undone." if undo else "")
        if outcome is KillOutcome.NOTHING_RUNNING:
            return outcome, "Nothing is running."
        return outcome, "The script has already written, so the server will not end it half way (UNKILLABLE)."

    @property
    def can_undo(self) -> bool:
        """Whether a script that has written can be killed and undone here."""
        return Capability.ROLLBACK_KILL in self._session.info.capabilities


class KeyDesk:
    """Feeds the key browser: SCAN in small budgets, facts of visible rows."""

    def __init__(self, session: Session, pane: KeysPane) -> None:
        self._session = session
        self._pane = pane
        self._cursor = b"0"
        self._seen = 0
        self._total = 0
        self._pattern = ""
        self._complete = False
        self._scanning = False
        self._generation = 0
        self._asked: set[bytes] = set()

    async def restart(self, pattern: str | None = None) -> None:
        """Scans from the beginning, with another pattern if one is given."""
        if pattern is not None:
            self._pattern = pattern
        self._generation += 1
        self._cursor, self._seen, self._complete, self._scanning = b"0", 0, False, False
        self._asked.clear()
        self._pane.start()
        await self._scan()

    async def go_on_or_stop(self) -> None:
        """Stops a scan that is under way, or goes on where it stopped."""
        if self._scanning:
            self._generation += 1
            self._scanning = False
            self._progress()
        elif not self._complete:
            await self._scan()

    async def _scan(self) -> None:
        generation, budget = self._generation, SCAN_BUDGET
        self._scanning = True
        while budget > 0 and generation == self._generation:
            batch = await queries.scan(self._session, self._cursor, self._pattern)
            if generation != self._generation:
                return
            if isinstance(batch, ErrorReply):
                self._scanning = False
                self._pane.show_message(f"✗ {batch.message or batch.code}", _advice(batch))
                return
            self._take(batch)
            budget -= queries.SCAN_COUNT
            if self._complete:
                break
        self._scanning = False
        self._progress()

    def _take(self, batch: ScanBatch) -> None:
        self._cursor, self._total = batch.cursor, batch.total
        self._complete = batch.cursor == b"0"
        self._seen = min(self._seen + max(queries.SCAN_COUNT, len(batch.keys)), batch.total)
        self._pane.add(batch.keys)
        self._progress()

    async def recount(self) -> None:
        """Asks for the number of keys again: a run may have added or taken some."""
        if self._scanning:
            return
        total = await self._session.execute([b"DBSIZE"])
        if isinstance(total, int) and not self._scanning:
            self._total = total
            self._seen = min(self._seen, total)
            self._progress()

    def _progress(self) -> None:
        self._pane.show_progress(self._seen, self._total, scanning=self._scanning, complete=self._complete)

    async def facts(self, keys: Sequence[bytes]) -> None:
        """Types and TTLs of keys that came into view."""
        wanted = [key for key in keys if key not in self._asked][:_FACTS_AT_ONCE]
        if not wanted:
            return
        self._asked.update(wanted)
        try:
            found = await queries.facts(self._session, wanted)
        finally:
            self._asked.difference_update(wanted)
        self._pane.set_facts(found, wanted)


class ConsoleDesk:
    """Runs what is typed at the prompt."""

    def __init__(self, session: Session, pane: ConsolePane) -> None:
        self._session = session
        self._pane = pane

    async def enter(self, line: str) -> None:
        """Runs one line and shows the answer."""
        try:
            argv = split_inline(line.encode("utf-8", "surrogateescape"))
            reply = await self._session.execute(argv)
        except RedisTuiError as error:
            self._pane.show_reply([[Span(f"✗ {error}", "danger")]])
        else:
            self._pane.show_reply(_reply_lines(argv, reply))
        self.show_prompt()

    def show_prompt(self) -> None:
        """The prompt names the database, and an open transaction."""
        self._pane.set_prompt(f"redis:{self._session.db}{'(TX)' if self._session.in_transaction else ''}> ")


def _reply_lines(argv: Sequence[bytes], reply: Reply) -> list[Line]:
    if isinstance(reply, bytes) and prints_raw(argv):
        return [[Span(line, "text")] for line in reply.decode("utf-8", "replace").splitlines()]
    return cli_lines(reply)


def _advice(error: ErrorReply) -> str:
    advice = {
        "BUSY": "A script is running; F8 ends it, F9 reads again.",
        "NOAUTH": "Type AUTH at the prompt, then F9.",
        "NOPERM": "This user may not SCAN.",
    }
    return advice.get(error.code, "F9 tries again.")


async def put_samples(session: Session) -> None:
    """Puts sample keys into an empty embedded engine, as ordinary commands that the log shows."""
    if not session.info.embedded or session.info.read_only or await session.execute([b"DBSIZE"]) != 0:
        return
    for line in SAMPLE_KEYS:
        await session.execute(split_inline(line.encode()))


class Coalescer:
    """Calls an action once, a moment after the last of a burst of wishes."""

    def __init__(self, action: Callable[[], object], *, delay_s: float = 0.15) -> None:
        self._action = action
        self._delay_s = delay_s
        self._handle: asyncio.TimerHandle | None = None

    def wish(self) -> None:
        """Once more, soon; a stream of wishes is served at least each delay."""
        if self._handle is None:
            self._handle = asyncio.get_running_loop().call_later(self._delay_s, self._fire)

    def stop(self) -> None:
        """Forgets a pending wish."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _fire(self) -> None:
        self._handle = None
        self._action()
