"""The rows of the key browser: a tree or a flat list, columns as wide as there is room for.

Knows the model and what is known of keys; asks nobody. The decision a reader would question:
only rows on the screen are ever drawn or measured, so the width of the view is its own and
never that of its longest key; a key that is cut ends in ``…`` and is shown whole when opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from redis_tui.render.cells import fit
from redis_tui.render.spans import Line, Span, width
from redis_tui.resp.inline import quote
from redis_tui.tui.key_model import KeyModel, Row, Rows, TreeRows
from redis_tui.tui.theme import palette_of
from redis_tui.tui.widgets.line_view import LineView, wrap_line

if TYPE_CHECKING:
    from textual import events

    from redis_tui.tui.queries import KeyFacts

_SOON_MS = 10_000
_WIDTHS = {"type": 6, "TTL": 6, "size": 8, "encoding": 10}
_SIZE_FROM, _ENCODING_FROM = 44, 60
"""Columns of the screen from which these columns are shown."""
SORTS = ("name", "type", "TTL", "size")
"""Orders in the order that a key goes through them."""


class KeyTree(LineView):
    """The rows of a `KeyModel`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "Select", show=False),
        Binding("left,h", "fold(-1)", "Close the group", show=False),
        Binding("right,l", "fold(1)", "Open the group", show=False),
    ]

    class Marked(Message):
        """Other keys are selected."""

    def __init__(self) -> None:
        super().__init__(cursor=True, id="key-tree")
        self.model = KeyModel()
        self.facts: dict[bytes, KeyFacts] = {}
        self.changed: set[bytes] = set()
        self.selected: set[bytes] = set()
        self.message: list[Line] = []
        self.rows: Rows = TreeRows()

    @property
    def row_count(self) -> int:
        """Rows that are open, or the lines of a message where there are no keys."""
        return len(self.rows) or len(self._told)

    @property
    def _told(self) -> list[Line]:
        """The message, broken at the width."""
        room = max(8, self.size.width - 2)
        return [[Span(" "), *part] for line in self.message for part in wrap_line(line, room)]

    @property
    def columns(self) -> tuple[str, ...]:
        """What is told of each key at this width."""
        width = self.size.width
        return tuple(name for name in _WIDTHS if width >= {"size": _SIZE_FROM, "encoding": _ENCODING_FROM}.get(name, 0))

    @property
    def row_room(self) -> int:
        """Characters of a row that are seen: a scrollbar lies over the last one."""
        bar = self.styles.scrollbar_size_vertical if self.row_count > self.size.height else 0
        return self.size.width - bar

    @property
    def name_room(self) -> int:
        """Those that the mark and the other columns leave for a name."""
        return max(6, self.row_room - 1 - sum(_WIDTHS[name] + 1 for name in self.columns))

    @property
    def wants_details(self) -> bool:
        """Whether there is room for more than type and TTL."""
        return self.size.width >= _SIZE_FROM

    @property
    def here(self) -> Row | None:
        """The row under the cursor."""
        return self.rows[self.row] if 0 <= self.row < len(self.rows) else None

    @property
    def chosen_keys(self) -> tuple[bytes, ...]:
        """The selected keys; without any, the key or the group's keys under the cursor."""
        if self.selected:
            return tuple(sorted(self.selected))
        row = self.here
        if row is None or row.note:
            return ()
        return (row.key,) if row.key is not None else tuple(self.model.keys_below(row.group or b""))

    def line_at(self, row: int) -> Line:
        """One key, group or note."""
        if not len(self.rows):
            return self._told[row]
        return self._line(self.rows[row])

    def on_resize(self) -> None:
        """Other rows may be in view now, for instance after the pane was folded; other columns too."""
        if self.wants_details and any(known.size < 0 for known in self.facts.values()):
            self.facts.clear()
        self.rows_changed()
        self.post_message(self.Moved(self))

    def rows_changed(self) -> None:
        """Measures nothing: rows are as wide as the view."""
        count = self.row_count
        if self.row >= count:
            self.row = max(0, count - 1)
        self.resize_rows(count)
        self.refresh()

    def rebuild(self) -> None:
        """Reads the rows of the model again and keeps the cursor on its key."""
        old = self.here
        self.rows = self.model.rows()
        if old is not None and self.here != old:
            found = self.rows.find(old)
            self.row = found if found is not None else min(self.row, max(0, len(self.rows) - 1))
        self.rows_changed()
        self.post_message(self.Moved(self))

    def _line(self, row: Row) -> Line:
        if row.note:
            return [Span(" " + "  " * row.depth + row.note, "dim")]
        if row.group is not None:
            return self._group_line(row)
        assert row.key is not None
        changed, selected = row.key in self.changed, row.key in self.selected
        branch = "" if row.depth == 0 else "  " * (row.depth - 1) + ("└ " if row.is_last else "├ ")
        columns = self.columns
        room = max(6, self.name_room - len(branch))
        label = show_key(row.label)
        mark = Span("✓", "accent") if selected else Span("●", "changed") if changed else Span(" ", "text")
        style = "changed" if changed else "strong" if selected else "text"
        return [
            mark,
            Span(branch, "faint"),
            Span(fit(label, room), style),
            *(self._cell(row.key, name) for name in columns),
        ]

    def _cell(self, key: bytes, name: str) -> Span:
        known, width = self.facts.get(key), _WIDTHS[name]
        if known is None:
            return Span(" " * (width + 1), "dim")
        if name == "TTL":
            soon = 0 <= known.ttl_ms < _SOON_MS
            return Span(f" {known.ttl_label:>{width}}", "warning" if soon else "dim")
        if name == "size":
            return Span(f" {known.size_label:>{width}}", "dim")
        return Span(f" {known.type if name == 'type' else known.encoding:<{width}.{width}}", "dim")

    def _group_line(self, row: Row) -> Line:
        assert row.group is not None
        inside = sum(key.startswith(row.group) for key in self.selected)
        line = [
            Span("✓" if inside else " ", "accent"),
            Span("  " * row.depth + ("▼ " if row.is_open else "▶ "), "dim"),
            Span(show_key(row.label), "strong"),
            Span(f"  {row.count:,}", "dim"),
        ]
        if inside:
            told = f"  {inside:,} selected"
            line.append(Span(told if width(line) + len(told) <= self.row_room else f"  ✓{inside:,}", "accent"))
        return line

    @property
    def plain(self) -> str:
        """The key under the cursor, for copying."""
        row = self.here
        return "" if row is None else show_key(row.key or row.group or b"")

    def action_mark(self) -> None:
        """Selects the key or the group under the cursor, or no more; goes on to the next."""
        row = self.here
        if row is None or row.note:
            return
        keys = {row.key} if row.key is not None else set(self.model.keys_below(row.group or b""))
        if keys <= self.selected:
            self.selected -= keys
        else:
            self.selected |= keys
        self.action_step(1)
        self.refresh()
        self.post_message(self.Marked())

    def action_fold(self, by: int) -> None:
        """Opens the group under the cursor; closes it, or goes to the group that the row is in."""
        row = self.here
        if row is None:
            return
        if row.group is not None and not row.note and row.is_open != (by > 0):
            self.model.toggle(row.group)
            self.rebuild()
        elif by < 0 and row.depth:
            self.row = next((at for at in range(self.row, -1, -1) if self.rows[at].depth < row.depth), self.row)
        elif by > 0 and row.group is not None:
            self.action_step(1)


class KeyHead(Widget):
    """Names of the columns; a click sorts by one."""

    DEFAULT_CSS = "KeyHead { height: 1; width: 1fr; }"

    class Sorted(Message):
        """An order is wanted."""

        def __init__(self, by: str) -> None:
            super().__init__()
            self.by = by

    def __init__(self, tree: KeyTree) -> None:
        super().__init__(id="key-head")
        self._tree = tree
        self.by = "name"

    def _cells(self) -> list[tuple[str, str]]:
        columns = self._tree.columns
        room = self._tree.name_room
        cells = [("name", f" {'name' + self._sign('name', room):<{room}}")]
        for name in columns:
            side, width = ">" if name in ("TTL", "size") else "<", _WIDTHS[name]
            cells.append((name, f" {name + self._sign(name, width):{side}{width}.{width}}"))
        return cells

    def _sign(self, name: str, room: int) -> str:
        """Apart from the word where there is room: in ASCII it is a letter."""
        if name != self.by:
            return ""
        return " ▾" if len(name) + 2 <= room else "▾"

    def render_line(self, y: int) -> Strip:  # noqa: ARG002  # Textual's own; there is one line
        """The names."""
        palette, base = palette_of(self), self.rich_style
        parts = [
            Segment(text, base + palette.rich("dim") + Style(bold=name == self.by)) for name, text in self._cells()
        ]
        return Strip(parts).crop_extend(0, self.size.width, base)

    def on_click(self, event: events.Click) -> None:
        """Sorts by the column."""
        at = event.x
        for name, text in self._cells():
            if at < len(text):
                if name in SORTS:
                    self.post_message(self.Sorted(name))
                return
            at -= len(text)


def show_key(raw: bytes) -> str:
    """A key for people: its text, or quoted where it is none."""
    text = raw.decode("utf-8", "replace")
    return text if text.isprintable() and text.encode() == raw else quote(raw)
