"""Runs the script in front, one run at a time, shows what came of it, and ends it when told.

Knows the session, the editor, the arguments and the Result pane. The decision a reader would
question: a run that was killed after it had written is asked about a second time, because
only the embedded engine can undo, and a server would go on half way.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from redis_tui.errors import RedisTuiError, TooMuchToFetch
from redis_tui.late_pattern import late_pattern
from redis_tui.session.aside import aside
from redis_tui.session.base import Capability, KillOutcome, ScriptOutcome, ScriptRun
from redis_tui.session.threshold import slow_threshold_ms
from redis_tui.tui.desks.letting_go import KILL, offer, unanswered
from redis_tui.tui.run_log import RunLog
from redis_tui.tui.widgets.view import Wish

if TYPE_CHECKING:
    from textual.notifications import SeverityLevel

    from redis_tui.tui.desks.bench import Bench
    from redis_tui.tui.desks.feed import FeedDesk
    from redis_tui.tui.run_log import Kind, RunRecord

_SERIES = tuple(
    (f"{times}{dry}", f"{times:,} {'dry ' if dry else ''}runs", about)
    for dry, about in (("", "each finds what the last has left"), (" dry", "all begin alike; nothing is kept"))
    for times in (100, 1_000, 10_000)
)
"""How often, to choose from: answer, text, remark."""
_TIMES = late_pattern(r"\s*(\d{1,7})\s*(dry)?\s*")
_MOST = 1_000_000
_TELL_EVERY_S = 0.1
_LIBRARY = late_pattern(rb"#![^\n]*\bname=")
"""How a function library begins; a script may say flags there, and no name."""
_ASKED = "Kill requested…"
_THRESHOLD = "The server answers once busy-reply-threshold (5 s by default) has passed."


class RunDesk:
    """F5 to F8."""

    def __init__(self, bench: Bench, feed: FeedDesk) -> None:
        self._bench, self._feed = bench, feed
        self._session, self._panes = bench.session, bench.panes
        self._under_way: ScriptRun | None = None
        self.log = RunLog()
        """The runs of this session."""
        self.shown = 0
        """The number of the run that the Result pane is about; 0 before the first."""
        self._places: dict[int, str] = {}
        """Where runs were made on another server than this one, by their numbers."""
        self.marked = 0
        """The number of the run that is to be compared with another; 0 for none."""
        self._stop: asyncio.Event | None = None
        """Ends the series of runs that is under way."""
        self._told_at = self._began = 0.0

    # ── running ────────────────────────────────────────────────────────────

    def start(self, *, dry_run: bool = False, on_server: bool = False, trace: bool = False) -> None:
        """Runs the script in front with its arguments, or says why it cannot."""
        run = self._wanted(dry_run=dry_run, trace=trace)
        if run is not None:
            run = replace(run, on_server=on_server)
            self._bench.work(self._run(run, "dry" if dry_run else "trace" if trace else "run"), "run")

    def leave(self, label: str) -> None:
        """Another server comes: the run that is shown was of the one before."""
        self._under_way = None
        for record in self.log.records:
            self._places.setdefault(record.number, label)
        if self.shown:
            self._panes.result.mark_old(f"run {self.shown}, on {self._places.get(self.shown, label)}")

    def launch(self, run: ScriptRun, kind: Kind) -> None:
        """Runs what was run before."""
        if self._may_run():
            self._bench.work(self._run(run, kind), "run")

    def _may_run(self) -> bool:
        """Whether a run can start now; says why where it cannot."""
        if self._session.in_transaction:
            self._panes.result.show_problem("MULTI is open in the console.", "Enter EXEC or DISCARD there, then run.")
        elif self._under_way is not None:
            self._bench.app.notify("A script is still running. F8 ends it.", severity="warning")
        else:
            return True
        return False

    def _wanted(self, *, dry_run: bool, trace: bool) -> ScriptRun | None:
        buffer, result = self._panes.editor.buffer, self._panes.result
        if buffer is None or not self._may_run():
            return None
        if _LIBRARY.match(buffer.source):
            self._bench.screen.post_message(Wish("functions.offer"))
            return None
        try:
            keys, args, timeout_ms = self._panes.arguments.parsed()
        except RedisTuiError as error:
            result.show_problem(error.message, error.hint)
            return None
        if dry_run and Capability.DRY_RUN not in self._session.info.capabilities:
            result.show_problem("This server cannot run a script without effect.", "Open the embedded engine.")
            return None
        trace = trace or self._session.info.embedded
        return ScriptRun(
            source=buffer.source,
            keys=keys,
            args=args,
            name=buffer.name,
            trace=trace,
            dry_run=dry_run,
            timeout_ms=timeout_ms,
        )

    async def _run(self, run: ScriptRun, kind: Kind) -> None:
        self._under_way, self._began = run, time.monotonic()
        self._panes.editor.mark_error(None, "")
        self._panes.result.show_running(run.name, dry_run=run.dry_run)
        try:
            outcome = await self._made(run)
            slow_ms = await self._slow_ms()
        except RedisTuiError as error:
            self._under_way = None
            self.show_record(self.log.add(kind, run, problem=(error.message, error.hint)))
            return
        finally:
            self._under_way = None
        self.show_record(self.log.add(kind, run, outcome=outcome, slow_ms=slow_ms))
        self._tell_others(run, outcome)

    async def _slow_ms(self) -> float | None:
        """The server's bound for what is slow; None where the link broke after the run, which is told all the same."""
        try:
            with aside():
                return await slow_threshold_ms(self._session)
        except RedisTuiError:
            return None

    async def _made(self, run: ScriptRun) -> ScriptOutcome:
        """A run; one that would fetch much of a server asks whether it may."""
        from redis_tui.tui.screens.dialogs import Choice

        try:
            return await self._session.run(run)
        except TooMuchToFetch as error:
            choices = Choice("cancel", "Leave it"), Choice("fetch", "Fetch it", danger=True)
            if await self._bench.ask("Fetch more from the server?", error.message, *choices) != "fetch":
                raise
            # Twice as much as it asked for: it may go on from there.
            return await self._made(replace(run, fetch_limit=2 * error.needed))

    def _tell_others(self, run: ScriptRun, outcome: ScriptOutcome) -> None:
        if outcome.error is not None:
            self._panes.editor.mark_error(outcome.error.line, outcome.error.message)
        if not (run.dry_run or outcome.killed):  # nothing of it was kept
            here = [change.key for change in outcome.changes if change.db == self._session.db]
            self._panes.keys.add(change.key for change in outcome.changes if change.after.type != "none")
            self._panes.keys.mark_changed(here)
        self._feed.run_ended()

    def tick(self) -> None:
        """Tells how long the run that is under way has lasted; a series tells how many it has done."""
        if self._under_way is not None and self._stop is None:
            self._panes.result.show_elapsed(time.monotonic() - self._began)

    # ── what was run ───────────────────────────────────────────────────────

    def show_record(self, record: RunRecord) -> None:
        """Shows a run as it was; of one that is not the newest the frame says so."""
        result = self._panes.result
        if record.series is not None:
            result.show_series(record.run, record.series)
        elif record.outcome is None:
            result.show_problem(*record.problem)
        else:
            info = self._session.info
            result.show(record.run, record.outcome, info, record.slow_ms, ended_s=record.at_s)
        self.shown = record.number
        place = self._places.get(record.number)
        if place is not None or record.number != self.log.total or self._under_way is not None:
            on = "" if place is None else f", on {place}"
            result.mark_old(f"run {record.number} of {self.log.total}, {record.clock}{on}")
        self.show_log()

    def show_newest(self) -> None:
        """Goes back to the newest run, which may be one that goes on."""
        newest = self.log.newest
        if self._under_way is not None:
            self._panes.result.show_running(self._under_way.name, dry_run=self._under_way.dry_run)
        elif newest is not None:
            self.show_record(newest)

    def show_log(self) -> None:
        """Shows the list of runs."""
        self._panes.result.show_runs(self.log.records, dropped=self.log.dropped, shown=self.shown, marked=self.marked)

    # ── many runs ──────────────────────────────────────────────────────────

    async def ask_repeat(self) -> None:
        """Asks how often, and runs the script in front so many times."""
        from redis_tui.tui.screens.dialogs import AskText

        wanted = "how often; with the word dry nothing is kept"
        answer = await self._bench.app.push_screen_wait(AskText("Repeat the run", "", _SERIES, wanted=wanted))
        if not answer:
            return
        found = _TIMES.fullmatch(answer.replace(",", ""))
        if found is None or not 1 <= int(found[1]) <= _MOST:
            text = f"{answer!r} is no number of runs. Write 1 to {_MOST:,}, and dry behind it for dry runs."
            self._bench.app.notify(text, severity="error", timeout=6)
            return
        run = self._wanted(dry_run=bool(found[2]), trace=False)
        if run is not None:
            self._bench.work(self._repeat(run, int(found[1])), "run")

    async def _repeat(self, run: ScriptRun, times: int) -> None:
        from redis_tui.session.repeat import repeat

        self._under_way = run
        self._stop = asyncio.Event()
        self._told_at = 0.0
        self._panes.editor.mark_error(None, "")
        self._tell_progress(run, 0, times)
        try:
            with self._feed.quiet():
                series = await repeat(
                    self._session,
                    run,
                    times,
                    progress=lambda done, wanted: self._tell_progress(run, done, wanted),
                    stop=self._stop,
                )
        except RedisTuiError as error:
            self.show_record(self.log.add("repeat", run, problem=(error.message, error.hint)))
            return
        finally:
            self._under_way = None
            self._stop = None
        self.show_record(self.log.add("repeat", run, series=series))

    def _tell_progress(self, run: ScriptRun, done: int, wanted: int) -> None:
        now = time.monotonic()
        if now - self._told_at >= _TELL_EVERY_S:
            self._told_at = now
            self._panes.result.show_progress(run, done, wanted)

    # ── killing ────────────────────────────────────────────────────────────

    def kill(self) -> None:
        """Ends the script, or the series of runs; where it has written, explains and offers what there is."""
        if self._stop is not None and not self._stop.is_set():
            self._stop.set()
            return
        self._bench.work(self._kill_and_tell(), "kill")

    async def _kill_and_tell(self) -> None:
        pane = self._panes.running
        if self._session.running() is not None:
            pane.say(_ASKED if self._session.info.embedded else f"{_ASKED} {_THRESHOLD}")
            self._feed.tick()
        elif (waiting := unanswered(self._session)) is not None and await offer(self._bench, waiting) != KILL:
            return
        outcome, sentence = await self._kill()
        pane.say("")
        if outcome is None:
            await self._not_killed(sentence)
            return
        if outcome is KillOutcome.UNKILLABLE:
            pane.say("" if self._can_undo else "has written: cannot be killed")
            outcome, sentence = await self._kill_written(sentence)
        if sentence:
            severity: SeverityLevel = "information" if outcome is KillOutcome.KILLED else "warning"
            self._bench.app.notify(sentence, severity=severity, timeout=4)

    async def _not_killed(self, sentence: str) -> None:
        """The server could not be asked to kill: says why, and offers to wait no longer for what it does not answer."""
        if (waiting := self._session.waiting()) is None:
            self._bench.app.notify(sentence, severity="error", timeout=8)
        else:
            await offer(self._bench, waiting, before=sentence)

    async def _kill(self, *, undo: bool = False) -> tuple[KillOutcome | None, str]:
        """Ends the script.

        Returns:
            What became of it, None where the server could not be asked, and a sentence for people.
        """
        running, asked = self._session.running(), time.monotonic()
        try:
            outcome = await self._session.kill(undo=undo)
        except RedisTuiError as error:
            return None, str(error)
        if outcome is KillOutcome.KILLED:
            # Until it died: a server hears the wish only when its threshold has passed.
            took = f" after {running.elapsed_ms / 1000 + time.monotonic() - asked:.1f} s" if running else ""
            return outcome, f"Script killed{took}." + (" Its writes were undone." if undo else "")
        if outcome is KillOutcome.NOTHING_RUNNING:
            return outcome, "Nothing is running."
        return outcome, "The script has already written, so the server will not end it half way (UNKILLABLE)."

    async def _kill_written(self, sentence: str) -> tuple[KillOutcome | None, str]:
        from redis_tui.tui.screens.dialogs import Choice

        if not self._can_undo:
            text = (
                f"{sentence}\n\nIt goes on until it ends by itself. The only other way is to stop the server without "
                "saving (SHUTDOWN NOSAVE), which loses all writes since the last save; redis-tui will not do that for "
                "you."
            )
            await self._bench.ask("Cannot be killed", text, Choice("cancel", "Understood"))
            return KillOutcome.UNKILLABLE, ""
        text = f"{sentence}\n\nThe embedded engine can end it and undo everything it wrote."
        choices = (Choice("undo", "Kill and undo", danger=True), Choice("cancel", "Let it run"))
        if await self._bench.ask("The script has written", text, *choices) != "undo":
            return KillOutcome.UNKILLABLE, ""
        return await self._kill(undo=True)

    @property
    def _can_undo(self) -> bool:
        """Whether a script that has written can be killed and undone here."""
        return Capability.ROLLBACK_KILL in self._session.info.capabilities
