"""A view of one table with a line below that narrows it: what scripts, functions, clients and figures have in common.

Knows no rows. The decision a reader would question: only the filter, the order and the row under the cursor are here.
What a chosen row means differs from view to view, so each answers `TableView.Chosen` itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on

from redis_tui.tui.widgets.view import FilterLine, View

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.widgets import Input

    from redis_tui.tui.widgets.table_view import TableView


class TablePane(View):
    """The base of views that are a table; a subclass sets ``WANTED`` and fills `_table`."""

    WANTED: ClassVar[str] = ""
    """What the filter takes, said in it while it is empty."""

    def __init__(self, table: TableView) -> None:
        super().__init__()
        self._table = table

    def compose(self) -> ComposeResult:
        """Titles and rows."""
        yield self._table.head
        yield self._table

    def on_mount(self) -> None:
        """Textual calls each class's own, so what differs is in `begin`."""
        if self.children:  # whoever is leaving already has none: Textual composes no more
            self.begin()

    def begin(self) -> None:
        """Says what will be here."""
        self._table.say("Not read yet; F9 reads.")

    def forget(self) -> None:
        """As before anything was read."""
        super().forget()
        self.begin()

    def argument(self) -> str:
        """The key of the row under the cursor."""
        row = self._table.chosen
        return row.key if row else ""

    def narrow(self, text: str) -> None:
        """Shows only the rows that hold a text."""
        self._table.narrow(text)

    def action_filter(self) -> None:
        """Opens the filter."""
        self.open_filter(self.WANTED)

    def action_order(self) -> None:
        """Sorts by the next column."""
        self._table.action_next_sort()

    @on(FilterLine.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.narrow(event.value)
