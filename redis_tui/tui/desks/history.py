"""Shows a run of this session as it was, makes it again, compares it, gives its arguments back to the fields.

Knows the log of runs that the run desk keeps, and the panes. The decision a reader would question: to run again
sends the script as it was then, also where the editor has another text by now; that it differs is said.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from redis_tui.arguments import format_arguments

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis_tui.render.compare import Compared
    from redis_tui.tui.desks.bench import Bench
    from redis_tui.tui.desks.files import FileDesk
    from redis_tui.tui.desks.run import RunDesk
    from redis_tui.tui.panes.history import HistoryView
    from redis_tui.tui.run_log import RunRecord
    from redis_tui.workspace import Buffer

_NO_OTHER = "There is no other run to compare with. F5 runs the script again; m in Runs marks any run."
_NOTHING = "One of the two was not made, or its details were dropped to save memory: there is nothing to compare."
_DETAILS_GONE = "The reply, trace and changes of that run were dropped to save memory; what is left is shown."


class HistoryDesk:
    """What the tab of runs asks for."""

    def __init__(self, bench: Bench, runs: RunDesk, files: FileDesk) -> None:
        self._bench, self._runs, self._files = bench, runs, files
        self._deeds: dict[str, Callable[[RunRecord], None]] = {
            "show": self._show,
            "again": self._again,
            "arguments": self._give_back,
            "mark": self._mark,
            "compare": self.compare,
        }

    def take(self, asked: HistoryView.Asked) -> None:
        """Does what was asked for."""
        record = self._runs.log.newest if asked.verb == "newest" else self._runs.log.get(asked.number)
        if asked.verb == "newest":
            self._show_newest(record)
        elif record is not None:
            self._deeds[asked.verb](record)

    def step(self, by: int) -> None:
        """Shows the run before or behind the one that is shown."""
        log = self._runs.log
        newest = log.newest
        if newest is None:
            self._bench.app.notify("No run yet. F5 runs the script.", timeout=3)
            return
        record = log.get((self._runs.shown or newest.number) + by)
        if record is None:
            self._bench.app.notify("There is no other run that way.", timeout=2)
            return
        self._show(record)

    def _show(self, record: RunRecord) -> None:
        self._runs.show_record(record)
        self._bench.panes.result.focus_reply()
        if record.is_slim:
            self._bench.app.notify(_DETAILS_GONE, severity="warning", timeout=5)

    def _show_newest(self, record: RunRecord | None) -> None:
        if record is not None:
            self._runs.show_newest()

    def _again(self, record: RunRecord) -> None:
        buffer = self._buffer_of(record)
        if buffer is not None and buffer.source != record.run.source:
            self._bench.app.notify("The script was changed since; it runs as it was then.", timeout=4)
        self._runs.launch(record.run, "run" if record.kind in ("repeat", "preset") else record.kind)

    def _give_back(self, record: RunRecord) -> None:
        editor = self._bench.panes.editor
        names = [buffer.name for buffer in editor.buffers]
        name = record.run.name.partition(": ")[0]
        if name in names and (editor.buffer is None or editor.buffer.name != name):
            editor.show(names.index(name))
        buffer = editor.buffer
        if buffer is None:
            return
        limit = record.run.timeout_ms
        editor.set_buffer(
            replace(
                buffer,
                keys_text=format_arguments(record.run.keys),
                args_text=format_arguments(record.run.args),
                limit_text="" if limit is None else f"{limit}ms",
                preset="",
            )
        )
        self._files.shown()
        self._bench.app.notify(f"KEYS and ARGV are those of run {record.number}.", timeout=3)

    # ── comparing ──────────────────────────────────────────────────────────

    def _mark(self, record: RunRecord) -> None:
        self._runs.marked = 0 if self._runs.marked == record.number else record.number
        self._runs.show_log()

    def compare_shown(self) -> None:
        """Compares the run that is shown with the marked one, or with the one before it."""
        record = self._runs.log.get(self._runs.shown)
        if record is None:
            self._bench.app.notify(_NO_OTHER, timeout=4)
        else:
            self.compare(record)

    def compare(self, record: RunRecord) -> None:
        """Compares a run with the marked one; without a mark, with the last of its script before it."""
        from redis_tui.tui.screens.compare import CompareScreen

        log = self._runs.log
        marked = log.get(self._runs.marked)
        other = marked if marked is not None and marked.number != record.number else log.before(record)
        if other is None:
            self._bench.app.notify(_NO_OTHER, timeout=4)
            return
        first, second = (_compared(one) for one in sorted((other, record), key=lambda one: one.number))
        if first is None or second is None:
            self._bench.app.notify(_NOTHING, severity="warning", timeout=4)
            return
        self._runs.marked = 0
        self._runs.show_log()
        self._bench.app.push_screen(CompareScreen(first, second))

    def _buffer_of(self, record: RunRecord) -> Buffer | None:
        return next((one for one in self._bench.panes.editor.buffers if one.name == record.run.name), None)


def _compared(record: RunRecord) -> Compared | None:
    """A run for comparing; of many the last."""
    from redis_tui.render.compare import Compared

    series = record.series
    outcome = record.outcome if series is None else series.last or series.first_failure
    if outcome is None or record.is_slim:
        return None
    title = f"run {record.number} {record.run.name} {record.how} {record.clock}"
    return Compared(title, record.run, outcome, record.at_s * 1000)
