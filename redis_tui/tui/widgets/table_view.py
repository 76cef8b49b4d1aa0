"""A table of text that is sorted and narrowed in place, and leaves columns out where there is no room for them.

Knows no session. The decision a reader would question: not Textual's DataTable, which lays out each cell when it is
added; ten thousand clients are read again every two seconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from redis_tui.record import dataclass
from redis_tui.render.cells import fit
from redis_tui.render.spans import Line, Span
from redis_tui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.events import Click

Cell = str | int | float
_BUILT_WIDTH = 8


@dataclass(frozen=True, slots=True)
class Column:
    """One column."""

    title: str
    width: int
    """Cells; 0 takes what room is left. At most one column does."""
    right: bool = False
    style: str = "text"
    floor: int = 0
    """Shown where the table is at least so wide."""
    ceiling: int = 0
    """Shown where it is narrower than this; 0 however wide it is."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row."""

    key: str
    """Tells it from others, over a reading again."""
    cells: tuple[str, ...]
    sort: tuple[Cell, ...]
    """What the columns are sorted by."""
    style: str = ""
    """Instead of the columns' own."""


class TableHead(Static):
    """The titles; a click sorts."""

    def __init__(self, table: TableView) -> None:
        super().__init__(classes="head")
        self._table = table

    def on_click(self, event: Click) -> None:
        """Sorts by the column that was clicked."""
        at = 1
        for index, _, width in self._table.shown_columns():
            if at <= event.x <= at + width:
                self._table.sort_by(index)
                return
            at += width + 1


class TableView(LineView):
    """Rows of cells.

    Args:
        columns: left to right.
        sort: the column sorted by at first; None keeps the order given.
        descending: the largest first.
        id: the widget's.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        sort: int | None = None,
        descending: bool = False,
        id: str | None = None,  # noqa: A002  # Textual's own name
    ) -> None:
        super().__init__(cursor=True, id=id)
        self._columns = tuple(columns)
        self._sort, self._descending = sort, descending
        self._all: Sequence[Row] = ()
        self._rows: list[Row] = []
        self._needle = ""
        self._message: list[Line] = []
        self.head = TableHead(self)

    # ── setters ────────────────────────────────────────────────────────────

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Has other columns; rows with as many cells are to follow."""
        if tuple(columns) != self._columns:
            titles = [column.title for column in columns]
            before = None if self._sort is None else self._columns[self._sort].title
            self._columns, self._all = tuple(columns), ()
            self._sort = titles.index(before) if before in titles else None
            self._arrange()

    def set_rows(self, rows: Sequence[Row], *, empty: str = "") -> None:
        """Shows other rows; the cursor stays on the row that has the same key."""
        self._all = rows
        self._message = [] if rows else [[Span(f" {part}", "dim")] for part in empty.split("\n")]
        self._arrange()

    def say(self, *lines: str) -> None:
        """Shows sentences in place of rows."""
        self._all, self._message = (), [[Span(f" {line}", "dim")] for line in lines]
        self._arrange()

    def narrow(self, needle: str) -> None:
        """Shows only rows in which a text occurs."""
        self._needle = needle.lower()
        self._arrange()

    def sort_by(self, column: int) -> None:
        """Sorts by a column; a second time the other way round."""
        self._descending = self._columns[column].right if self._sort != column else not self._descending
        self._sort = column
        self._arrange()

    def action_next_sort(self) -> None:
        """Sorts by the next column that is shown."""
        shown = [index for index, _, _ in self.shown_columns()]
        after = [index for index in shown if self._sort is not None and index > self._sort]
        self.sort_by((after or shown)[0])

    @property
    def chosen(self) -> Row | None:
        """The row under the cursor."""
        return self._rows[self.row] if self.row < len(self._rows) else None

    @property
    def counts(self) -> tuple[int, int]:
        """Rows that match the filter, and all."""
        return len(self._rows), len(self._all)

    # ── what LineView draws ────────────────────────────────────────────────

    @property
    def row_count(self) -> int:
        """Rows, or lines of the message."""
        return len(self._rows) or len(self._message)

    def line_at(self, row: int) -> Line:
        """One row's cells."""
        if not self._rows:
            return self._message[row]
        one = self._rows[row]
        spans = [Span(" ")]
        for index, column, width in self.shown_columns():
            text = one.cells[index]
            spans.append(Span(fit(text, width, right=column.right) + " ", one.style or column.style))
        return spans

    @property
    def plain(self) -> str:
        """All rows as text, cells apart by tabs."""
        if not self._rows:
            return "\n".join("".join(span.text for span in line) for line in self._message)
        return "\n".join("\t".join(row.cells) for row in self._rows)

    def shown_columns(self) -> list[tuple[int, Column, int]]:
        """Index, column and width of those for which there is room."""
        room = self.size.width - 1
        across = self.size.width
        shown = [
            (index, column)
            for index, column in enumerate(self._columns)
            if across >= column.floor and (not column.ceiling or across < column.ceiling)
        ]
        fixed = sum(column.width + 1 for _, column in shown)
        left = max(_BUILT_WIDTH, room - fixed - 1)
        return [(index, column, column.width or left) for index, column in shown]

    def on_resize(self) -> None:
        """Other columns may have room."""
        self._draw_head()
        self.rows_changed()

    def _arrange(self) -> None:
        kept = self.chosen
        rows = [row for row in self._all if self._needle in " ".join(row.cells).lower()] if self._needle else self._all
        if self._sort is not None:
            at = self._sort
            rows = sorted(rows, key=lambda row: row.sort[at], reverse=self._descending)
        if self._all and not rows:
            self._message = [[Span(f" No row has “{self._needle}”.", "dim")]]
        self._rows = list(rows)
        if kept is not None:
            self.row = next((at for at, row in enumerate(self._rows) if row.key == kept.key), self.row)
        self._draw_head()
        self.rows_changed()

    def _draw_head(self) -> None:
        self.head.display = bool(self._rows)
        text = " "
        for index, column, width in self.shown_columns():
            mark = ("▼" if self._descending else "▲") if index == self._sort else ""
            title = (column.title + mark)[:width]
            text += f"{title:>{width}} " if column.right else f"{title:<{width}} "
        self.head.update(Content(text))
