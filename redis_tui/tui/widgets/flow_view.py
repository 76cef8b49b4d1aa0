"""Text of any length, drawn while it is made, wrapped or not, and looked through.

Knows spans, not replies. The decision a reader would question: wrapped lines are not kept. For each line only the
number of its first row is, eight bytes; what is on the screen is wrapped anew, so that a million lines
cost what they cost unwrapped, and turning wrapping off costs nothing.
"""

from __future__ import annotations

import time
from array import array
from bisect import bisect_left, bisect_right
from itertools import chain
from typing import TYPE_CHECKING

from textual.message import Message

from redis_tui.render.cells import cells
from redis_tui.render.reply_text import BREATH
from redis_tui.render.spans import width
from redis_tui.tui.line_store import LineStore
from redis_tui.tui.slices import in_slices
from redis_tui.tui.widgets.findable import marked
from redis_tui.tui.widgets.line_view import LineView, wrap_breaks, wrap_line

if TYPE_CHECKING:
    import re
    from collections.abc import AsyncIterator, Iterable, Iterator, Sequence

    from redis_tui.render.spans import Line

_FIRST = 1_000
"""Lines that are made before anything is shown."""
_STEP, _STEP_CHARACTERS = 100, 50_000
"""That are made at a step."""
_ROWS = 1_000
"""Rows that are measured at a step."""
_HUNTED = 50
"""Lines that are looked through at a step."""
_HELD = 20_000
"""Lines that can be forgotten at once."""
_TELL_EVERY_S = 0.2
"""How far it is by now; to draw the border takes longer than a slice of lines."""


class FlowView(LineView):
    """A `LineView` for what may be huge.

    Args:
        id: the widget's.
    """

    class CopyWanted(Message):
        """Something of what is shown is to be copied."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # Textual's own name
        super().__init__(wrap=True, id=id)
        self._text: LineStore | Sequence[Line] = LineStore()
        """Lines that are kept, or rows that are made when they are asked for."""
        self._more: Iterator[Line] | None = None
        """Lines that are still to come."""
        self._growth: Iterator[None] | None = None
        """Makes more of rows that are not wrapped."""
        self._starts: array[int] = array("Q")
        """The first row of each line that was measured."""
        self._count = 0
        """Rows of those lines."""
        self._widest = 0
        self._wraps = True
        self._broken: dict[int, list[Line]] = {}
        """Lines on the screen, wrapped and marked."""
        self._pattern: re.Pattern[str] | None = None
        self._hits: tuple[array[int], array[int]] = (array("Q"), array("Q"))
        """Line and column of each match."""
        self._hit = -1

    # ── what is shown ──────────────────────────────────────────────────────

    @property
    def wraps(self) -> bool:
        """Whether long lines are broken."""
        return self._wraps and isinstance(self._text, LineStore)

    @property
    def is_whole(self) -> bool:
        """Whether all lines are made."""
        return self._more is None and self._growth is None

    @property
    def row_count(self) -> int:
        """Rows that are known by now."""
        return self._count if self.wraps else len(self._text)

    def line_at(self, row: int) -> Line:
        """One row, wrapped and marked."""
        if not self.wraps:
            return self._parts(row)[0]
        line = bisect_right(self._starts, row) - 1
        return self._parts(line)[row - self._starts[line]]

    def _parts(self, at: int) -> list[Line]:
        parts = self._broken.get(at)
        if parts is None:
            line = self._text[at]
            if self._pattern is not None:
                here = self._hit >= 0 and self._hits[0][self._hit] == at
                line = marked(line, self._pattern, self._hits[1][self._hit] if here else -1)
            parts = wrap_line(line, self._room) if self.wraps else [line]
            if len(self._broken) > 500:
                self._broken.clear()
            self._broken[at] = parts
        return parts

    def set_lines(self, lines: Iterable[Line], *, keep_place: bool = False) -> None:
        """Shows other lines, from the top unless the place is kept."""
        self._show(LineStore(lines), None, keep_place=keep_place)

    def draw_lines(self, lines: Iterable[Line]) -> None:
        """Shows lines while they are made."""
        source = iter(lines)
        first, ended = _taken(source, _FIRST)
        self._show(LineStore(first), None if ended else source)
        if self._more is None:
            self.post_message(self.Drawn(self, is_whole=True))

    def show_rows(self, rows: Sequence[Line], growth: Iterator[None] | None = None) -> None:
        """Shows rows that are made when they are asked for; they are not wrapped.

        Args:
            rows: as many as there are by now.
            growth: each of its steps may add some.
        """
        self._show(rows, None, growth)
        if growth is None:
            self.post_message(self.Drawn(self, is_whole=True))

    def append_lines(self, lines: Iterable[Line]) -> None:
        """Adds lines below and scrolls to them."""
        self._show(LineStore(chain(self._text, lines)), None, keep_place=True)
        self.scroll_end(animate=False, force=True)

    @property
    def plain(self) -> str:
        """All lines as text, as far as they are made."""
        return "\n".join(map(self._text_of, range(len(self._text))))

    def _text_of(self, at: int) -> str:
        text = self._text
        return text.text(at) if isinstance(text, LineStore) else "".join([span.text for span in text[at]])

    def _show(
        self,
        text: LineStore | Sequence[Line],
        more: Iterator[Line] | None,
        growth: Iterator[None] | None = None,
        *,
        keep_place: bool = False,
    ) -> None:
        self.end_hunt()
        self._let_go(self._text)
        self._text, self._more, self._growth = text, more, growth
        self._widest = 0
        self._measure_anew()
        if not keep_place:
            self.scroll_to(0, 0, animate=False, force=True)
        self._go_on()

    def _let_go(self, text: LineStore | Sequence[Line]) -> None:
        """Forgets lines a little at a time: those of a million elements all at once are a quarter of a second."""
        if isinstance(text, LineStore) and len(text) > _HELD and self.is_attached:
            self.app.run_worker(_to_the_end(in_slices(text.crumble())), group="let-go")

    # ── measuring ──────────────────────────────────────────────────────────

    def _measure_anew(self) -> None:
        """Measures the first lines at once; the others follow."""
        self._broken.clear()
        self._starts, self._count = array("Q"), 0
        self._fitted = self.size
        full = max(8, self.size.width)
        self._room = full
        self._measure(_FIRST, rows=self.size.height)
        if self._count > self.size.height:  # then there is a scrollbar, and it lies over the last columns
            self._room = full - self.styles.scrollbar_size_vertical
            self._starts, self._count = array("Q"), 0
            self._measure(_FIRST)
        self.rows_changed()

    def _measure(self, most: int, *, rows: int = _ROWS) -> None:
        if not isinstance(self._text, LineStore):
            self._widest = width(self._text[0]) if len(self._text) else 0
            return
        first, enough = len(self._starts), self._count + rows
        for at in range(first, min(first + most, len(self._text))):
            if self._count > enough:  # a line of thousands of wide characters takes as long as a hundred others
                return
            self._starts.append(self._count)
            wide = 0
            for text in self._text.texts(at):
                wide += len(text) if text.isascii() else cells(text)
            self._widest = max(wide, self._widest)
            if wide <= self._room:
                self._count += 1
            else:
                self._count += len(wrap_breaks(self._text.text(at), self._room)[1])

    def _go_on(self) -> None:
        if self.is_whole and (not isinstance(self._text, LineStore) or len(self._starts) >= len(self._text)):
            return
        if self.is_attached:
            self.run_worker(self._draw_the_rest(), group="flow", exclusive=True)

    async def _draw_the_rest(self) -> None:
        told_at = 0.0
        async for _ in in_slices(self._steps()):
            grew_in_sight = self.virtual_size.height < self.scroll_offset.y + self.size.height
            self.resize_rows(self.row_count, 0 if self.wraps else self._widest)
            if grew_in_sight:
                self.refresh()
            if time.monotonic() - told_at > _TELL_EVERY_S:
                told_at = time.monotonic()
                self.post_message(self.Drawn(self, is_whole=False))
        self.rows_changed()
        self.post_message(self.Drawn(self, is_whole=True))

    def _steps(self) -> Iterator[None]:
        """Makes and measures lines, a hundred a step."""
        text, more, growth = self._text, self._more, self._growth
        if growth is not None:
            for _ in growth:  # not "yield from": whoever ends these steps would end it too, and others go on with it
                yield
            if growth is self._growth:
                self._growth = None
                self._measure(0)
            return
        while isinstance(text, LineStore) and text is self._text:
            if len(self._starts) == len(text):
                if more is None:
                    return
                part, ended = _taken(more, _STEP)
                text.extend(part)
                if ended:
                    self._more = more = None
            self._measure(_STEP)
            yield

    def rows_changed(self) -> None:
        """Draws again after there are more rows."""
        self.resize_rows(self.row_count, 0 if self.wraps else self._widest)
        self.refresh()

    def on_resize(self) -> None:
        """Wraps anew."""
        if self.size == self._fitted:
            return
        top = self._top_line
        self._measure_anew()
        self._to_line(top)
        self._go_on()

    def toggle_wrap(self) -> bool:
        """Breaks long lines, or lets them go on to the right; answers which."""
        top = self._top_line
        self._wraps = not self._wraps
        self._broken.clear()
        self.rows_changed()
        self._to_line(top)
        return self._wraps

    @property
    def _top_line(self) -> int:
        top = self.scroll_offset.y
        return bisect_right(self._starts, top) - 1 if self.wraps and self._starts else top

    def _to_line(self, line: int) -> None:
        row = self._starts[line] if self.wraps and 0 <= line < len(self._starts) else line
        self.scroll_to(y=max(0, row), animate=False, force=True)

    # ── looking for something ──────────────────────────────────────────────

    def hunt(self, pattern: re.Pattern[str]) -> Iterator[bool]:
        """Looks through all lines."""
        self.end_hunt()
        self._pattern = pattern
        lines, columns = self._hits
        at = 0
        while True:
            while at < len(self._text):
                text = self._text_of(at)
                for found in pattern.finditer(text):
                    lines.append(at)
                    columns.append(found.start())
                at += 1
                if at % _HUNTED == 0:
                    yield True
            if self.is_whole:
                return
            yield False

    @property
    def hit_count(self) -> int:
        """Matches found so far."""
        return len(self._hits[0])

    def hit_from_here(self) -> int:
        """The first at or below the top row."""
        at = bisect_left(self._hits[0], max(0, self._top_line))
        return at if at < self.hit_count else -1

    def show_hit(self, number: int) -> None:
        """Scrolls to a match."""
        self._hit = number
        self._broken.clear()
        line, column = self._hits[0][number], self._hits[1][number]
        text = self._text_of(line)
        row, left = line, max(0, cells(text[:column]) - self.size.width // 2)
        if self.wraps:
            ends = [0] if cells(text) <= self._room else [end for _, end in wrap_breaks(text, self._room)[1]]
            part = min(bisect_right(ends, column), len(ends) - 1)
            row, left = (self._starts[line] if line < len(self._starts) else self._count) + part, 0
        top, height = self.scroll_offset.y, max(1, self.size.height)
        y = top if top <= row < top + height else max(0, row - height // 3)
        self.scroll_to(left, y, animate=False, force=True)
        self.refresh()

    def end_hunt(self) -> None:
        """Forgets the matches."""
        self._pattern, self._hits, self._hit = None, (array("Q"), array("Q")), -1
        self._broken.clear()
        self.refresh()

    def action_copy(self) -> None:
        """Whoever holds the view knows what there is to copy."""
        self.post_message(self.CopyWanted())


def _taken(source: Iterator[Line], most: int) -> tuple[list[Line], bool]:
    """Lines until there are enough of them, or of their text; and whether there are no more."""
    lines: list[Line] = []
    room = _STEP_CHARACTERS
    for line in source:
        if line is BREATH:
            return lines, False
        lines.append(line)
        for span in line:
            room -= len(span.text)
        if len(lines) >= most or room < 0:
            return lines, False
    return lines, True


async def _to_the_end(slices: AsyncIterator[object]) -> None:
    async for _ in slices:
        pass
