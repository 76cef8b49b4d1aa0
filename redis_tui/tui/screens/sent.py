"""F12: what went to the server, with what the panes asked folded, and a filter for who wanted it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from redis_tui.render.spans import Line, Span
from redis_tui.tui.screens.dialogs import Reading
from redis_tui.tui.sent_log import FILTERS, Row, SentLog, Whose
from redis_tui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from textual.widget import Widget

_NOTHING = {
    "all": "Nothing was sent yet.",
    "yours": "You have sent nothing yet: a run, the console and edits do.",
    "panes": "No pane has asked anything yet.",
}


class SentScreen(Reading):
    """The log of sent commands."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f", "filter", show=False)]

    def __init__(self, log: SentLog) -> None:
        super().__init__("Sent to the server", sent_lines(log, "all"), remark=_remark(log, "all"), at_end=True)
        self._log = log
        self._whose: Whose = "all"

    def action_filter(self) -> None:
        """The next filter: all, yours, the panes'."""
        self._whose = FILTERS[(FILTERS.index(self._whose) + 1) % len(FILTERS)]
        view = self.query_one(LineView)
        view.set_lines(sent_lines(self._log, self._whose))
        box: Widget = self.query_one(".dialog")
        box.border_subtitle = _remark(self._log, self._whose)
        view.call_after_refresh(view.scroll_end, animate=False)


def sent_lines(log: SentLog, whose: Whose) -> list[Line]:
    """The log for people: ``12:01:07  SLOWLOG GET 128  ×43, last 12:02:31``."""
    return [_line(row) for row in log.rows(whose)] or [[Span(_NOTHING[whose], "dim")]]


def _line(row: Row) -> Line:
    at = time.strftime("%H:%M:%S", time.localtime(row.at_s))
    who = "      " if row.is_own else "pane  "
    line = [Span(f"{at}  {who}", "dim"), Span(row.text, "text" if row.is_own else "dim")]
    return [*line, Span(f"  ×{row.count:,}, last {at}", "hint")] if row.count > 1 else line


def _remark(log: SentLog, whose: Whose) -> str:
    shown = {"all": "all", "yours": "yours alone", "panes": "panes alone"}[whose]
    return f"{log.own_total:,} yours, {log.panes_total:,} of panes · {shown} · f filters · y copies"
