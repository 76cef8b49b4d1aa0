"""A reply as a table: names above, sorted on demand, cells cut where there is no room, which it says.

Knows the table of `render.reply_table`, no session. The decision a reader would question: a second table beside
`TableView`. That one has its columns from its author and every row as text; this one learns its columns
from a reply and makes the forty rows that are seen.
"""

from __future__ import annotations

from heapq import merge
from operator import itemgetter
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.containers import Vertical
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from redis_tui.render.cells import cells, fit, fitting
from redis_tui.render.reply_table import ReplyTable
from redis_tui.render.spans import Line, Span
from redis_tui.tui.slices import in_slices
from redis_tui.tui.theme import palette_of
from redis_tui.tui.widgets.findable import marked
from redis_tui.tui.widgets.line_view import LineView, visible

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Sequence

    from textual import events
    from textual.app import ComposeResult

_NO_TABLE = ReplyTable((), 0, lambda _row: (), (), ())
_SORTED_AT_ONCE = 4_000
_GAP = 2


class GridRows(LineView):
    """The rows."""

    class CopyWanted(Message):
        """Something of the reply is to be copied."""

    def __init__(self) -> None:
        super().__init__(cursor=True, id="reply-rows")
        self.table = _NO_TABLE
        self.order: Sequence[int] = range(0)
        """Which row of the table stands where."""
        self.by: int | None = None
        """The column it is sorted by."""
        self.descending = False
        self.sorting = ""
        """What to tell while it is sorted."""
        self._pattern: re.Pattern[str] | None = None
        self._hits: list[int] = []

    def show(self, table: ReplyTable) -> None:
        """Shows a table in its own order."""
        self.workers.cancel_group(self, "sort")
        self.end_hunt()
        self.table, self.order = table, range(table.count)
        self.by, self.descending, self.sorting = None, False, ""
        self.row = 0
        self.scroll_to(0, 0, animate=False, force=True)
        self.rows_changed()

    # ── what LineView draws ────────────────────────────────────────────────

    @property
    def row_count(self) -> int:
        """All rows."""
        return len(self.order)

    @property
    def widths(self) -> list[int]:
        """The columns' widths; what room is left goes to those that may be cut, from the left."""
        widths = list(self.table.widths)
        spare = self.size.width - sum(widths) - _GAP * len(widths)
        if spare > 0 and widths:
            wide = [at for at, width in enumerate(widths) if width >= max(widths)]
            widths[wide[-1]] += spare
        return widths

    def line_at(self, row: int) -> Line:
        """One row's cells."""
        texts = self.table.texts(self.order[row])
        line: Line = []
        for at, (width, right) in enumerate(zip(self.widths, self.table.right, strict=True)):
            text = visible(texts[at]) if at < len(texts) else ""
            if len(texts) == 1 < len(self.table.names):  # of another shape than the rest
                width, right = max(width, cells(text)), False  # noqa: PLW2901  # it has the row for itself
            style = "reply.integer" if right else "key" if at == 0 else "reply.string"
            line.append(Span(fit(text, width, right=right), style))
            line.append(Span(" " * _GAP))
        return line if self._pattern is None else marked(line, self._pattern)

    def rows_changed(self) -> None:
        """As wide as all columns."""
        count = self.row_count
        if self.row >= count:
            self.row = max(0, count - 1)
        self.resize_rows(count, sum(self.table.widths) + _GAP * len(self.table.widths))
        self.refresh()

    @property
    def plain(self) -> str:
        """The rows on the screen, cells apart by tabs."""
        return "\n".join("\t".join(self.table.texts(self.order[row])) for row in self.visible_rows)

    # ── where one is ───────────────────────────────────────────────────────

    @property
    def here(self) -> int:
        """Which row of the table the cursor is on."""
        return self.order[self.row] if self.row < len(self.order) else 0

    @property
    def place(self) -> str:
        """Row, order, and what is out of sight, for a line elsewhere."""
        if self.sorting:
            return self.sorting
        parts = [f"row {self.row + 1:,} of {self.row_count:,}"]
        if self.by is not None:
            parts.append(f"by {self.table.names[self.by]} {'▼' if self.descending else '▲'}")
        if hidden := self._hidden:
            parts.append(f"{hidden} more column{'' if hidden == 1 else 's'} →")
        if self._is_cut:
            parts.append("cut, Enter shows all")
        return " · ".join(parts)

    @property
    def _hidden(self) -> int:
        """Columns to the right of the screen."""
        right, edge, hidden = self.scroll_offset.x + self.size.width, 0, 0
        for width in self.widths:
            edge += width + _GAP
            hidden += edge - _GAP > right
        return hidden

    @property
    def _is_cut(self) -> bool:
        return self.row_count > 0 and any(
            cells(text) > width for text, width in zip(self.table.texts(self.here), self.widths, strict=False)
        )

    # ── sorting ────────────────────────────────────────────────────────────

    def sort_by(self, column: int) -> None:
        """Sorts by a column; a second time the other way round."""
        if not 0 <= column < len(self.table.names):
            return
        self.descending = not self.descending if self.by == column else self.table.right[column]
        self.by = column
        self.run_worker(self._sort(self.table, column), group="sort", exclusive=True)

    async def _sort(self, table: ReplyTable, column: int) -> None:
        """In runs, which are merged: a list that is sorted in one go holds the screen up as long."""
        runs: list[list[tuple[tuple[float, str], int]]] = [[]]
        keys = ((table.sort_value(row, column), row) for row in range(table.count))
        done = 0
        async for part in in_slices(keys):
            runs[-1] += part
            if len(runs[-1]) >= _SORTED_AT_ONCE:
                runs[-1].sort(key=itemgetter(0), reverse=self.descending)
                runs.append([])
            done += len(part)
            if done < table.count:
                self._tell(f"sorting, {done:,} of {table.count:,} read")
        runs[-1].sort(key=itemgetter(0), reverse=self.descending)
        order: list[int] = []
        async for part in in_slices(merge(*runs, key=itemgetter(0), reverse=self.descending)):
            order += [row for _, row in part]
            if len(order) < table.count:
                self._tell(f"sorting, {len(order):,} of {table.count:,}")
        self.end_hunt()
        self.order, self.row = order, 0
        self.rows_changed()
        self._tell("")

    def _tell(self, text: str) -> None:
        self.sorting = text
        self.post_message(self.Moved(self))

    # ── looking for something ──────────────────────────────────────────────

    def hunt(self, pattern: re.Pattern[str]) -> Iterator[bool]:
        """Looks through all rows in the order they are in."""
        self.end_hunt()
        self._pattern = pattern
        hits = self._hits
        for at, row in enumerate(self.order):
            if any(map(pattern.search, self.table.texts(row))):
                hits.append(at)
            if at % 20 == 0:
                yield True

    @property
    def hit_count(self) -> int:
        """Rows found so far."""
        return len(self._hits)

    def hit_from_here(self) -> int:
        """The first at or below the cursor."""
        return next((at for at, row in enumerate(self._hits) if row >= self.row), -1)

    def show_hit(self, number: int) -> None:
        """Goes to a row."""
        self.row = self._hits[number]
        self.refresh()

    def end_hunt(self) -> None:
        """Forgets the matches."""
        self._pattern, self._hits = None, []
        self.refresh()

    def action_copy(self) -> None:
        """Whoever holds the view knows what there is to copy."""
        self.post_message(self.CopyWanted())


class GridHead(Widget):
    """The names of the columns; a click sorts by one."""

    DEFAULT_CSS = "GridHead { height: 1; width: 1fr; }"

    def __init__(self, rows: GridRows) -> None:
        super().__init__()
        self._rows = rows

    def render_line(self, y: int) -> Strip:  # noqa: ARG002  # Textual's own; there is one line
        """The names, moved aside as the rows are."""
        palette, base = palette_of(self), self.rich_style
        rows, parts = self._rows, []
        for at, (name, width) in enumerate(zip(rows.table.names, rows.widths, strict=True)):
            mark = ("▼" if rows.descending else "▲") if rows.by == at else ""
            title = visible(name)
            title = title[: fitting(title, max(1, width - cells(mark)))] + mark
            text = fit(title, width, right=rows.table.right[at])
            parts.append(Segment(text + " " * _GAP, base + palette.rich("dim") + Style(bold=rows.by == at)))
        left = rows.scroll_offset.x
        return Strip(parts).crop_extend(left, left + self.size.width, base)

    def on_click(self, event: events.Click) -> None:
        """Sorts by the column."""
        at = event.x + self._rows.scroll_offset.x
        for column, width in enumerate(self._rows.widths):
            if at < width + _GAP:
                self._rows.sort_by(column)
                return
            at -= width + _GAP


class ReplyGrid(Vertical):
    """Head and rows."""

    DEFAULT_CSS = "ReplyGrid { height: 1fr; } ReplyGrid #reply-rows { height: 1fr; }"

    def __init__(self) -> None:
        super().__init__(id="reply-table")
        self.rows = GridRows()
        self.head = GridHead(self.rows)

    def compose(self) -> ComposeResult:
        """Head above rows."""
        yield self.head
        yield self.rows

    def on_mount(self) -> None:
        """The head moves aside with the rows."""
        self.watch(self.rows, "scroll_x", self._moved_aside)

    def _moved_aside(self) -> None:
        self.head.refresh()
