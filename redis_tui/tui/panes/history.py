"""The runs of this session, newest first, as a tab of the Result pane.

Knows records, and not who keeps them: what a key asks for goes up as `HistoryView.Asked`. The decision a reader
would question: the marks of the run that is shown and of the one to be compared are signs in a
column of their own, and no colours of the row; a row may be both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.message import Message
from textual.widgets import Static

from redis_tui.arguments import format_arguments
from redis_tui.render.summary import time_text
from redis_tui.tui.widgets.table_pane import TablePane
from redis_tui.tui.widgets.table_view import Column, Row, TableView
from redis_tui.tui.widgets.view import ViewKey, bindings_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from redis_tui.tui.run_log import RunRecord

_KEYS = (
    ViewKey("enter", "show", "choose", "Enter"),
    ViewKey("r", "run again", "ask('again')"),
    ViewKey("a", "arguments back", "ask('arguments')"),
    ViewKey("m", "mark", "ask('mark')"),
    ViewKey("c", "compare", "ask('compare')"),
    ViewKey("slash", "filter", "filter", "/"),
    ViewKey("o", "order", "order"),
)
_EMPTY = "No run yet.\nF5 runs the script; each run is kept here."
_SHOWN, _MARKED = "▸", "●"


class HistoryView(TablePane):
    """A row a run."""

    TITLE = "Runs"
    SHORT = "Runs"
    KEYS = _KEYS
    WANTED = "part of a script's name, of its arguments, or of how it ended"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of([key for key in _KEYS if key.key != "enter"])
    DEFAULT_CSS = "HistoryView .foot { height: auto; color: $rt-dim; padding: 0 1; display: none; }"

    class Asked(Message):
        """Something is wanted of a run: ``show again arguments mark compare``; of none ``newest``."""

        def __init__(self, verb: str, number: int = 0) -> None:
            super().__init__()
            self.verb = verb
            self.number = number

    def __init__(self) -> None:
        columns = (
            Column("", 1, style="accent"),
            Column("run", 4, right=True, style="dim"),
            Column("time", 8, style="dim"),
            Column("script", 16, style="strong"),
            Column("kind", 9, style="dim"),
            Column("ended", 12),
            Column("took", 9, right=True),
            Column("KEYS, ARGV", 0, floor=84),
        )
        super().__init__(TableView(columns, id="history-view"))

    def compose(self) -> ComposeResult:
        """Titles, rows, what is to be known of all of them."""
        yield self._table.head
        yield self._table
        yield Static(classes="foot", markup=False)

    def begin(self) -> None:
        """Says what will be here."""
        self.show([], dropped=0)

    def show(self, records: Sequence[RunRecord], *, dropped: int, shown: int = 0, marked: int = 0) -> None:
        """Shows the runs.

        Args:
            records: the oldest first.
            dropped: older runs that are not kept.
            shown: the number of the run that the other tabs are about.
            marked: of the run that is to be compared with another.
        """
        rows = [_row(record, shown, marked) for record in reversed(records)]
        self._table.set_rows(rows, empty=_EMPTY)
        if not self._table.has_focus:
            self._table.action_edge(-1)
        told = [f"{dropped:,} older runs were dropped; {len(records):,} are kept."] if dropped else []
        if marked:
            told.append(f"{_MARKED} Run {marked} is marked: go to another and press c to compare them.")
        foot = self.query_one(".foot", Static)
        foot.display = bool(told)
        foot.update("\n".join(told))

    def action_choose(self) -> None:
        """Enter, by way of the line of keys."""
        self._table.action_choose()

    def action_ask(self, verb: str) -> None:
        """Passes up what is wanted of the run under the cursor."""
        if number := self.argument():
            self.post_message(self.Asked(verb, int(number)))

    @on(TableView.Chosen)
    def _chosen(self, event: TableView.Chosen) -> None:
        event.stop()
        self.action_ask("show")


def _row(record: RunRecord, shown: int, marked: int) -> Row:
    sign = _MARKED if record.number == marked else _SHOWN if record.number == shown else ""
    ending = record.ending + (" ○" if record.is_slim else "")
    took = record.duration_ms
    given = format_arguments(record.run.keys) + (f" , {format_arguments(record.run.args)}" if record.run.args else "")
    return Row(
        str(record.number),
        (
            sign,
            str(record.number),
            record.clock,
            record.run.name,
            record.how,
            ending,
            "–" if took is None else time_text(took),
            given.strip(),
        ),
        (sign, record.number, record.at_s, record.run.name, record.how, ending, took or 0.0, given),
        style="" if record.ending.startswith("✓") else "warning",
    )
