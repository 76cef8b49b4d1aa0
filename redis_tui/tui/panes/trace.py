"""The calls of a run, as a tab of the Result pane: in their order or the slowest first, narrowed, or summed up.

Knows trace rows, not sessions. The decision a reader would question: a row is drawn when it comes into view, and
narrowing looks at the bytes of a command and not at the drawn text. A hundred thousand calls
then cost what is seen of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from redis_tui.render.spans import Line, Span, plain
from redis_tui.render.trace import By, Sum, calls_as_commands, sum_line, summed, timed_line
from redis_tui.tui.messages import LineWanted
from redis_tui.tui.widgets.line_view import LineView
from redis_tui.tui.widgets.view import FilterLine, View, ViewKey, bindings_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widgets import Input

    from redis_tui.session.base import TraceRow

_KEYS = (
    ViewKey("enter", "to its line", "choose", "Enter"),
    ViewKey("o", "slowest first", "order"),
    ViewKey("t", "totals", "totals"),
    ViewKey("slash", "filter", "filter", "/"),
    ViewKey("c", "copy as commands", "copy_commands"),
    ViewKey("s", "save", "save"),
)
_SUMS: tuple[By, ...] = ("line and command", "command", "line")


class CallRows(LineView):
    """Calls, or sums of them."""

    def __init__(self) -> None:
        super().__init__(cursor=True, id="trace-view")
        self._rows: Sequence[TraceRow] = ()
        self._sums: Sequence[Sum] = ()
        self._slowest_us = self._whole_us = 0.0

    def show_calls(self, rows: Sequence[TraceRow], slowest_us: float) -> None:
        """Shows calls."""
        self._rows, self._sums, self._slowest_us = rows, (), slowest_us
        self.set_lines([])

    def show_sums(self, sums: Sequence[Sum], whole_us: float) -> None:
        """Shows sums."""
        self._rows, self._sums, self._whole_us = (), sums, whole_us
        self.set_lines([])

    def show_text(self, text: str) -> None:
        """Shows a sentence in place of calls."""
        self._rows = self._sums = ()
        self.set_lines([[Span(text, "dim")]])

    @property
    def row_count(self) -> int:
        """Calls or sums, or lines of the text."""
        return len(self._rows) or len(self._sums) or len(self._unwrapped)

    def line_at(self, row: int) -> Line:
        """One call, or one sum."""
        if self._rows:
            return timed_line(self._rows[row], self._slowest_us)
        return sum_line(self._sums[row], self._whole_us) if self._sums else self._unwrapped[row]

    def script_line(self, row: int) -> int:
        """The line of the script that a row is about; 0 where there is none."""
        rows = self._rows or self._sums
        return rows[row].line if row < len(rows) else 0

    @property
    def plain(self) -> str:
        """All rows as text."""
        return plain(self.line_at(row) for row in range(self.row_count))


class TraceView(View):
    """The Trace tab."""

    TITLE = "Trace"
    SHORT = "Trace"
    KEYS = _KEYS
    BINDINGS: ClassVar[list[BindingType]] = bindings_of([key for key in _KEYS if key.key != "enter"])
    DEFAULT_CSS = "TraceView .head { padding: 0 1; display: none; }"

    class SaveWanted(Message):
        """The calls are to be written to a file."""

        def __init__(self, script: str, rows: Sequence[TraceRow]) -> None:
            """Takes the script's name, and the calls."""
            super().__init__()
            self.script = script
            self.rows = rows

    def __init__(self) -> None:
        super().__init__()
        self._all: Sequence[TraceRow] = ()
        self._rows: Sequence[TraceRow] = ()
        self._total = 0
        self._source, self._script = b"", ""
        self._needle = ""
        self._by: By | None = None
        """What is summed up; None shows the calls."""
        self._slowest_first = False

    def compose(self) -> ComposeResult:
        """Titles and calls."""
        yield Static(classes="head")
        yield CallRows()

    def say(self, text: str) -> None:
        """There is no trace: why."""
        self._all = self._rows = ()
        self.query_one(".head").display = False
        self.query_one(CallRows).show_text(text)

    def show(self, rows: Sequence[TraceRow], total: int, *, source: bytes, name: str) -> None:
        """Shows the calls of a run; how they are sorted and summed up stays as it was.

        Args:
            rows: the calls, in their order; at least one.
            total: calls made, where there were more.
            source: the script.
            name: of the script.
        """
        self._all, self._total, self._source, self._script = rows, total, source, name
        self._draw()

    def _draw(self) -> None:
        if not self._all:
            return
        self._rows = [row for row in self._all if _holds(row, self._needle)] if self._needle else self._all
        view, head = self.query_one(CallRows), self.query_one(".head", Static)
        head.display = True
        head.update(Content(self._head()))
        if not self._rows:
            view.show_text(f"No call has “{self._needle}”.")
        elif self._by is not None:
            sums = summed(self._rows, self._by)
            view.show_sums(sums, sum(one.took_us for one in sums))
        else:
            slowest = max(row.duration_us or 0.0 for row in self._all)
            rows = sorted(self._rows, key=_dearest) if self._slowest_first else self._rows
            view.show_calls(rows, slowest)

    def _head(self) -> str:
        words = "line         time  share        totals by " + self._by if self._by else " line         time       call"
        told = []
        if self._by is None and self._slowest_first:
            told.append("slowest first")
        if self._needle:
            told.append(f"{len(self._rows):,} of {len(self._all):,} match")
        if self._total > len(self._all):
            told.append(f"first {len(self._all):,} of {self._total:,} calls")
        return " · ".join((words, *told))

    def narrow(self, needle: str) -> None:
        """Shows only the calls in which a text occurs."""
        self._needle = needle
        self._draw()

    @on(FilterLine.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.narrow(event.value)

    @on(LineView.Chosen)
    def _chosen(self, event: LineView.Chosen) -> None:
        event.stop()
        if line := self.query_one(CallRows).script_line(event.row):
            self.post_message(LineWanted(self._source, line))

    def action_choose(self) -> None:
        """Enter, by way of the line of keys."""
        self.query_one(CallRows).action_choose()

    def action_filter(self) -> None:
        """Opens the filter."""
        self.open_filter("part of a command, a key, an argument or a simple reply")

    def action_order(self) -> None:
        """In their order, or the slowest first."""
        self._by, self._slowest_first = None, self._by is None and not self._slowest_first
        self._draw()

    def action_totals(self) -> None:
        """Sums by line and command, by command, by line, and the calls again."""
        following: tuple[By | None, ...] = (*_SUMS, None)
        self._by = following[0] if self._by is None else following[_SUMS.index(self._by) + 1]
        self._draw()

    def action_copy_commands(self) -> None:
        """The calls that are shown, as redis-cli commands, into the clipboard."""
        if not self._rows:
            self.notify("There are no calls to copy.", severity="warning", timeout=2)
            return
        self.app.copy_to_clipboard(calls_as_commands(self._rows))
        cut = f" of {self._total:,} made" if self._total > len(self._rows) else ""
        self.notify(f"Copied {len(self._rows):,} calls{cut} as commands.", timeout=3)

    def action_save(self) -> None:
        """The calls that are shown, to a file."""
        if not self._rows:
            self.notify("There are no calls to save.", severity="warning", timeout=2)
            return
        self.post_message(self.SaveWanted(self._script, self._rows))


def _dearest(row: TraceRow) -> float:
    return -(row.duration_us or 0.0)


def _holds(row: TraceRow, needle: str) -> bool:
    """Whether a text occurs in a call, whatever its case."""
    text = needle.lower().encode()
    if text in b" ".join(row.command).lower():
        return True
    if isinstance(row.reply, bytes):
        return text in row.reply.lower()
    return isinstance(row.reply, int) and text == str(row.reply).encode()
