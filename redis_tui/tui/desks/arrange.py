"""Arranges the panes as their user wants them: moves the borders between them, hides them, brings all back.

Knows no key. The decision a reader would question: sizes are set as styles of the widgets and taken away where the
screen folds, is short or zoomed, so that the style sheet decides whenever nobody else did.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from redis_tui.record import dataclass
from redis_tui.tui.arrangement import (
    FIXED,
    LEAST_MIDDLE,
    LEAST_ROWS,
    LEAST_SIDE,
    Arrangement,
    ArrangementShelf,
    moved,
    row_weights,
    side_widths,
)
from redis_tui.tui.layout import COLUMNS, is_narrow, is_short

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.geometry import Offset
    from textual.widget import Widget

    from redis_tui.tui.desks.bench import Bench

_ORDER = {
    "left": ("keys",),
    "middle": ("editor", "arguments", "result"),
    "right": ("scripts", "slowlog", "running"),
}
"""The columns from left to right, the panes of each from the top."""


_LEAST = {"left": LEAST_SIDE, "middle": LEAST_MIDDLE, "right": LEAST_SIDE}


@dataclass(frozen=True, slots=True)
class Border:
    """A line between two columns or two panes that can be moved."""

    first: str
    """The column on its left, or the pane above it."""
    second: str
    is_upright: bool


class ArrangeDesk:
    """Sizes and hiding of the panes.

    Args:
        bench: the panes, and the screen they are on.
        lay_out: shows what the arrangement says; called after every change.
    """

    def __init__(self, bench: Bench, lay_out: Callable[[], None]) -> None:
        self._bench = bench
        self._lay_out = lay_out
        self._shelf: ArrangementShelf | None = None
        self._applied: object = None
        self._dragged: tuple[Border, Offset, dict[str, int]] | None = None

    # ── what holds ─────────────────────────────────────────────────────────

    @property
    def hidden(self) -> frozenset[str]:
        """Panes that are not to be seen; on a small screen they take turns instead."""
        return frozenset() if is_narrow(self._width) else self._arrangement.hidden

    def apply(self, shown: frozenset[str], *, is_zoomed: bool) -> None:
        """Gives columns and panes their sizes.

        Args:
            shown: the panes on the screen.
            is_zoomed: one of them has it for itself.
        """
        size, arrangement = self._bench.app.size, self._arrangement
        state = (size, arrangement, shown, is_zoomed)
        if state == self._applied:
            return
        self._applied = state
        columns = [name for name, panes in COLUMNS.items() if panes & shown]
        is_free = is_zoomed or is_narrow(size.width)
        widths = {} if is_free else side_widths(size.width, arrangement.widths, columns)
        for side in ("left", "right"):
            alone = not is_free and "middle" not in columns and side == columns[-1]
            self._set_width(self._column(side), "1fr" if alone else widths.get(side))
        for panes in _ORDER.values():
            there = [name for name in panes if name in shown]
            weights = {} if is_zoomed or is_short(size.height) else row_weights(arrangement.heights, there)
            for name in panes:
                self._set_weight(self._pane(name), weights.get(name))

    # ── borders ────────────────────────────────────────────────────────────

    def grab(self, at: Offset, *, is_click: bool) -> bool:
        """Takes hold of the border under the mouse.

        Args:
            at: where, on the screen.
            is_click: something there is for clicking.

        Returns:
            Whether there is one.
        """
        border = None if is_click else self._border_at(at)
        if border is not None:
            self._dragged = (border, at, self._sizes(border))
        return border is not None

    def drag(self, at: Offset) -> None:
        """Moves the border along with the mouse."""
        if self._dragged is None:
            return
        border, start, sizes = self._dragged
        by = at.x - start.x if border.is_upright else at.y - start.y
        self._change(self._moved(border, sizes, by))

    def drop(self) -> bool:
        """Lets go, and keeps what came of it; whether there was anything to let go of."""
        was = self._dragged is not None
        self._dragged = None
        if was:
            self._keep()
        return was

    def move(self, pane: str, across: int, down: int) -> bool:
        """Moves the border at a pane's right or foot; where it has none there, that at its left or top.

        Args:
            pane: which.
            across: columns to the right.
            down: rows down.

        Returns:
            Whether there is such a border.
        """
        border = self._border_of(pane, is_upright=across != 0)
        if border is None:
            return False
        self._change(self._moved(border, self._sizes(border), across or down))
        self._keep()
        return True

    def reset(self) -> None:
        """All as it was made: sizes, and nothing hidden."""
        self._change(Arrangement())
        self._keep()

    # ── hiding ─────────────────────────────────────────────────────────────

    def hide(self, names: frozenset[str]) -> bool:
        """Hides panes, if others are left.

        Returns:
            Whether it did.
        """
        hidden = self.hidden | names
        if is_narrow(self._width) or hidden >= frozenset().union(*COLUMNS.values()):
            return False
        self._change(replace(self._arrangement, hidden=hidden))
        self._keep()
        return True

    def show(self, names: frozenset[str]) -> None:
        """Brings panes back."""
        if names & self._arrangement.hidden:
            self._change(replace(self._arrangement, hidden=self._arrangement.hidden - names))
            self._keep()

    # ── how ────────────────────────────────────────────────────────────────

    @property
    def _width(self) -> int:
        return self._bench.app.size.width

    @property
    def _arrangements(self) -> ArrangementShelf:
        if self._shelf is None:
            app: Any = self._bench.app
            self._shelf = ArrangementShelf(keeps=app.settings.remember_layout)
        return self._shelf

    @property
    def _arrangement(self) -> Arrangement:
        return self._arrangements.of(self._width)

    def _change(self, arrangement: Arrangement) -> None:
        self._arrangements.put(self._width, arrangement)
        self._lay_out()

    def _keep(self) -> None:
        self._arrangements.keep()

    def _column(self, name: str) -> Widget:
        return self._bench.screen.query_one(f"#{name}")

    def _pane(self, name: str) -> Widget:
        return self._bench.panes.by_name[name]

    def _columns(self) -> list[str]:
        return [name for name in _ORDER if self._column(name).display]

    def _rows(self, column: str) -> list[str]:
        return [name for name in _ORDER[column] if self._pane(name).display]

    def _border_at(self, at: Offset) -> Border | None:
        columns = self._columns()
        for first, second in pairwise(columns):
            left, right = self._column(first).region, self._column(second).region
            if at.x in (left.right - 1, right.x) and left.y <= at.y < left.bottom:
                return Border(first, second, is_upright=True)
        for column in columns:
            rows = self._rows(column)
            for upper, lower in pairwise(rows):
                above, below = self._pane(upper).region, self._pane(lower).region
                if above.x <= at.x < above.right and at.y in (above.bottom - 1, below.y):
                    return self._between(rows, upper, lower)
        return None

    @staticmethod
    def _between(rows: list[str], upper: str, lower: str) -> Border | None:
        """The border between two panes that can grow; what is between them goes along."""
        above = [name for name in rows[: rows.index(upper) + 1] if name not in FIXED]
        below = [name for name in rows[rows.index(lower) :] if name not in FIXED]
        return Border(above[-1], below[0], is_upright=False) if above and below else None

    def _border_of(self, pane: str, *, is_upright: bool) -> Border | None:
        column = next(name for name, panes in _ORDER.items() if pane in panes)
        line = self._columns() if is_upright else self._rows(column)
        if len(line) < 2:
            return None
        at = min(line.index(column if is_upright else pane), len(line) - 2)
        if is_upright:
            return Border(line[at], line[at + 1], is_upright=True)
        return self._between(line, line[at], line[at + 1])

    def _sizes(self, border: Border) -> dict[str, int]:
        """Columns or rows, as they are, of all that stand in line with a border."""
        if border.is_upright:
            return {name: self._column(name).region.width for name in self._columns()}
        column = next(name for name, panes in _ORDER.items() if border.first in panes)
        return {name: self._pane(name).region.height for name in self._rows(column) if name not in FIXED}

    def _moved(self, border: Border, sizes: dict[str, int], by: int) -> Arrangement:
        arrangement = self._arrangement
        least = {name: _LEAST.get(name, LEAST_ROWS) for name in sizes}
        after = moved(sizes, border.first, border.second, by, least)
        if border.is_upright:
            shares = {name: columns / self._width for name, columns in after.items() if name != "middle"}
            return replace(arrangement, widths={**arrangement.widths, **shares})
        return replace(arrangement, heights={**arrangement.heights, **after})

    @staticmethod
    def _set_width(column: Widget, width: int | str | None) -> None:
        styles = column.styles
        styles.width = width
        styles.min_width = None if width is None else LEAST_SIDE
        styles.max_width = None if width is None else "100%"

    @staticmethod
    def _set_weight(pane: Widget, weight: int | None) -> None:
        styles = pane.styles
        styles.height = None if weight is None else f"{weight}fr"
        styles.min_height = None if weight is None else LEAST_ROWS
