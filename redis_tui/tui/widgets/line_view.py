"""A scrolling view of styled lines that draws only what is visible.

Replies, traces, logs, lists of scripts and the key tree are all this widget, so that a
reply of a million elements scrolls like one of ten. Knows spans, not sessions.
The decision a reader would question: not Textual's RichLog or DataTable, which lay out
every line when it is added.
"""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from redis_tui.render.cells import cells, fitting
from redis_tui.render.spans import Line, Span, width
from redis_tui.tui.theme import palette_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textual import events


_SLICE = 1_000
"""Lines that are made at a time where there are many."""
_PAUSE_S = 0.005
"""Between two slices, for keys and the screen."""
_MEASURED = 100
"""Rows whose width is known before they are seen; the bar below grows with what comes into view."""


class LineView(ScrollView, can_focus=True):
    """Lines of spans; with ``cursor=True`` one of them can be chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "step(-1)", "Up", show=False),
        Binding("down,j", "step(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown,space", "page(1)", "Page down", show=False),
        Binding("home,g", "edge(-1)", "Top", show=False),
        Binding("end,G", "edge(1)", "End", show=False),
        Binding("left,h", "sideways(-8)", "Left", show=False),
        Binding("right,l", "sideways(8)", "Right", show=False),
        Binding("enter", "choose", "Open", show=False),
        Binding("y,ctrl+c", "copy", "Copy", show=False),
    ]

    row = reactive(0, repaint=False)
    """The row the cursor is on, from 0."""

    class Chosen(Message):
        """Enter or a second click on a row."""

        def __init__(self, view: LineView, row: int) -> None:
            super().__init__()
            self.view = view
            self.row = row

        @property
        def control(self) -> LineView:
            """The view, for ``@on`` selectors."""
            return self.view

    class Moved(Message):
        """The cursor moved or another part came into view."""

        def __init__(self, view: LineView) -> None:
            super().__init__()
            self.view = view

        @property
        def control(self) -> LineView:
            """The view, for ``@on`` selectors."""
            return self.view

    class Drawn(Message):
        """A slice of lines that are still being made was added, or the last of them."""

        def __init__(self, view: LineView, *, is_whole: bool) -> None:
            super().__init__()
            self.view = view
            self.is_whole = is_whole

        @property
        def control(self) -> LineView:
            """The view, for ``@on`` selectors."""
            return self.view

    def __init__(self, *, cursor: bool = False, wrap: bool = False, id: str | None = None) -> None:  # noqa: A002  # Textual's own name
        super().__init__(id=id)
        self._lines: list[Line] = []
        self._cursor = cursor
        self._wrap = wrap
        self._unwrapped: list[Line] = []
        self._room = 0
        """That lines are wrapped to."""
        self._source: Iterator[Line] | None = None
        """Of lines that are still to come."""
        self._fitted = Size(0, 0)
        self._base: Style | None = None
        """Of all rows, while they are drawn."""
        self._seen_width: int | None = None
        """Columns of the widest row seen so far; None where rows are wrapped or cut."""

    # ── what a subclass may replace ────────────────────────────────────────

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return len(self._lines)

    def line_at(self, row: int) -> Line:
        """The spans of one row; asked for visible rows only."""
        return self._lines[row]

    @property
    def shows_cursor(self) -> bool:
        """Whether the cursor's row is marked now."""
        return self.has_focus

    # ── setters ────────────────────────────────────────────────────────────

    def set_lines(self, lines: Iterable[Line], *, keep_place: bool = False) -> None:
        """Shows other lines, from the top unless the place is kept."""
        self._source = None
        self._unwrapped = list(lines)
        self._rewrap()
        if not keep_place:
            self.row = 0
            self.scroll_to(0, 0, animate=False, force=True)
        self.rows_changed()

    def draw_lines(self, lines: Iterable[Line]) -> None:
        """Shows lines while they are made, a slice at a time, so that a million of them hold nothing up."""
        source = iter(lines)
        self.set_lines(islice(source, _SLICE))
        self._source = source
        self._draw_on(source)

    def _draw_on(self, source: Iterator[Line]) -> None:
        if self._source is not source:
            return  # something else is shown by now
        part = list(islice(source, _SLICE))
        if not part:
            self._source = None
            self.post_message(self.Drawn(self, is_whole=True))
            return
        self._unwrapped.extend(part)
        if self._lines is not self._unwrapped:
            self._lines.extend(self._wrapped(part))
        grew_in_sight = self.virtual_size.height < self.scroll_offset.y + self.size.height
        self.resize_rows(self.row_count, self._seen_width or 0)
        if grew_in_sight:
            self.refresh()
        self.post_message(self.Drawn(self, is_whole=False))
        self.set_timer(_PAUSE_S, partial(self._draw_on, source))

    def append_lines(self, lines: Iterable[Line]) -> None:
        """Adds lines below and scrolls to them."""
        self._unwrapped.extend(lines)
        self._rewrap()
        self.rows_changed()
        self.scroll_end(animate=False, force=True)

    def rows_changed(self) -> None:
        """Measures and draws again after `row_count` or the rows changed."""
        count = self.row_count
        if self.row >= count:
            self.row = max(0, count - 1)
        widest = max((width(self.line_at(row)) for row in range(min(count, _MEASURED))), default=0)
        self._seen_width = None if self._wrap else widest
        self.virtual_size = Size(self._seen_width or 0, count)
        self.refresh()

    def _widen(self) -> None:
        """A row that came into view is wider than those before."""
        if self._seen_width is not None:
            self.virtual_size = Size(self._seen_width, self.row_count)

    def resize_rows(self, count: int, columns: int = 0) -> None:
        """Tells the scrollbars how many rows there are now, and how wide they are.

        Setting ``virtual_size`` lays the whole screen out again, 30 ms and more, which a scan or a reply that is
        drawn would do many times a second; where there are only more rows below, the bar alone has to know.
        """
        height, before = self.size.height, self.virtual_size
        if not self.show_vertical_scrollbar or not height < before.height <= count or columns != before.width:
            self.virtual_size = Size(columns, count)
            return
        self.set_reactive(Widget.virtual_size, Size(columns, count))
        self.vertical_scrollbar.window_virtual_size = count
        self.vertical_scrollbar.refresh()

    @property
    def plain(self) -> str:
        """All lines as text."""
        return "\n".join("".join(span.text for span in line) for line in self._unwrapped)

    @property
    def visible_rows(self) -> range:
        """The rows on the screen now."""
        top = self.scroll_offset.y
        return range(top, min(self.row_count, top + max(1, self.size.height)))

    # ── drawing ────────────────────────────────────────────────────────────

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows of a part of the screen; the style they share is worked out once, half of what a row costs."""
        self._base = self.rich_style
        try:
            return super().render_lines(crop)
        finally:
            self._base = None

    def render_line(self, y: int) -> Strip:
        """One row of the screen."""
        palette = palette_of(self)
        scroll_x, scroll_y = self.scroll_offset
        row, room = y + scroll_y, self.size.width
        base = self._base or self.rich_style
        if row >= self.row_count:
            return Strip.blank(room, base)
        marked = self._cursor and row == self.row and self.shows_cursor
        if marked:
            base += Style(bgcolor=palette.color("selection"))
        ink = palette.rich_on_selection if marked else palette.rich
        segments = [Segment(visible(span.text), base + ink(span.style)) for span in self.line_at(row)]
        strip = Strip(segments)
        if self._seen_width is not None and strip.cell_length > self._seen_width:
            self._seen_width = strip.cell_length
            self.call_later(self._widen)
        return strip.crop_extend(scroll_x, scroll_x + room, base)

    def watch_row(self, after: int) -> None:
        """Keeps the cursor in view."""
        if not self.is_mounted or not self._cursor:
            return
        self.scroll_to_region(Region(self.scroll_offset.x, after, 1, 1), animate=False, force=True)
        self.refresh()
        self.post_message(self.Moved(self))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Tells which rows came into view."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self.post_message(self.Moved(self))

    def on_resize(self) -> None:
        """Wraps anew where lines are wrapped."""
        if self._wrap and self.size != self._fitted:
            self._rewrap()
            self.rows_changed()

    def _rewrap(self) -> None:
        self._fitted = self.size
        room = self.size.width
        if not self._wrap or room < 8:
            self._lines = self._unwrapped
            return
        self._room = room
        self._lines = self._wrapped(self._unwrapped)
        if len(self._lines) > self.size.height:  # then there is a scrollbar, and it lies over the last columns
            self._room = room - self.styles.scrollbar_size_vertical
            self._lines = self._wrapped(self._unwrapped)

    def _wrapped(self, lines: Iterable[Line]) -> list[Line]:
        return [part for line in lines for part in wrap_line(line, self._room)]

    # ── keys and mouse ─────────────────────────────────────────────────────

    def action_step(self, by: int) -> None:
        """One row up or down."""
        if self._cursor:
            self.row = max(0, min(self.row_count - 1, self.row + by))
        else:
            self.scroll_relative(y=by, animate=False)

    def action_page(self, by: int) -> None:
        """One screen up or down."""
        self.action_step(by * max(1, self.size.height - 1))

    def action_edge(self, by: int) -> None:
        """First or last row."""
        self.action_step(by * self.row_count)

    def action_sideways(self, by: int) -> None:
        """Scrolls long lines."""
        self.scroll_relative(x=by, animate=False)

    def action_choose(self) -> None:
        """Opens the row under the cursor."""
        if self._cursor and self.row < self.row_count:
            self.post_message(self.Chosen(self, self.row))

    def action_copy(self) -> None:
        """Copies everything shown."""
        self.app.copy_to_clipboard(self.plain)
        part = f"Copied the first {len(self._unwrapped):,} lines; the others are still drawn."
        self.notify("Copied." if self._source is None else part, timeout=2)

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor; on the row it is on, it opens."""
        row = event.get_content_offset_capture(self).y + self.scroll_offset.y
        if not self._cursor or not 0 <= row < self.row_count:
            return
        if row == self.row or event.chain == 2:
            self.row = row
            self.action_choose()
            return
        self.row = row


def wrap_line(line: Line, columns: int) -> list[Line]:
    """Breaks a line at words so that no part is wider than a width; later parts keep the line's indent."""
    text = "".join(span.text for span in line)
    if cells(text) <= columns:
        return [line]
    indent, breaks = wrap_breaks(text, columns)
    pad = [Span(" " * indent, "text")] if indent else []
    return [[*(pad if start else []), *_cut(line, start, end)] for start, end in breaks]


def wrap_breaks(text: str, columns: int) -> tuple[int, list[tuple[int, int]]]:
    """Where a text is broken: the indent of all parts but the first, and the first and last character of each."""
    indent = min(len(text) - len(text.lstrip(" ")), columns // 2)
    breaks: list[tuple[int, int]] = []
    is_narrow = text.isascii()
    start, room = 0, columns
    while start < len(text):
        end = start + room if is_narrow else max(start + 1, fitting(text, room, start))
        if end >= len(text):
            end = len(text)
        elif (space := text.rfind(" ", start + 1, end + 1)) > start + (end - start) // 3:
            end = space + 1
        breaks.append((start, end))
        start, room = end, columns - indent
    return indent, breaks


def _cut(line: Line, start: int, end: int) -> list[Span]:
    out, at = [], 0
    for span in line:
        left, right = max(start - at, 0), min(end - at, len(span.text))
        if left < right:
            out.append(Span(span.text[left:right], span.style))
        at += len(span.text)
    return out


_CONTROL = {code: chr(0x2400 + code) for code in range(32)} | dict.fromkeys(range(0x80, 0xA0), "·")
_CONTROL |= {9: " ", 10: "↵", 127: "␡"} | dict.fromkeys(range(0xD800, 0xE000), "�")
"""One cell for each control character and lone surrogate: columns stay right, and no terminal can be sent these."""


def visible(text: str) -> str:
    """The text with a sign of one cell for each control character."""
    return text if text.isprintable() else text.translate(_CONTROL)
