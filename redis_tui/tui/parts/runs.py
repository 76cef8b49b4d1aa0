"""The runs of this session: going back to one, and comparing two."""

from __future__ import annotations

from textual import on, work

from redis_tui.tui.panes.history import HistoryView
from redis_tui.tui.panes.trace import TraceView
from redis_tui.tui.parts.base import Part


class RunsPart(Part):
    """What was run before."""

    def action_earlier_run(self) -> None:
        """Alt-J."""
        self._history.step(-1)

    def action_later_run(self) -> None:
        """Alt-N."""
        self._history.step(1)

    def action_compare_runs(self) -> None:
        """Alt-D."""
        self._history.compare_shown()

    @on(HistoryView.Asked)
    def _asked(self, event: HistoryView.Asked) -> None:
        self._history.take(event)

    @on(TraceView.SaveWanted)
    @work(group="dialog", exclusive=True)
    async def _save_wanted(self, event: TraceView.SaveWanted) -> None:
        await self._traces.save(event)
