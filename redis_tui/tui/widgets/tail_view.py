"""The end of a stream of messages: the newest below, old ones gone from the top, any number of them a second.

Knows messages by a function that draws one and by one that gives the bytes a filter looks through. The decision a
reader would question: while it is paused what comes is still kept, as far as there is room. Who
stops to read does not want to miss what follows; and what there was no room for is counted.
"""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import TYPE_CHECKING

from redis_tui.render.spans import Line, Span, plain, width
from redis_tui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from redis_tui.resp.types import Reply
    from redis_tui.session.stream import Message

KEPT = 20_000
"""Messages that can be scrolled back to."""


class TailView(LineView):
    """The newest messages.

    Args:
        draw: one message as a line; asked for visible ones only.
        haystack: what the filter looks through.
        id: the widget's.
    """

    def __init__(
        self,
        draw: Callable[[Message], Line],
        haystack: Callable[[Reply], bytes],
        *,
        id: str | None = None,  # noqa: A002  # Textual's own name
    ) -> None:
        super().__init__(cursor=True, id=id)
        self._draw_one, self._haystack = draw, haystack
        self._all: deque[Message] = deque(maxlen=KEPT)
        self._shown: deque[Message] = deque(maxlen=KEPT)
        self._held: deque[Message] = deque(maxlen=KEPT)
        self._needle = b""
        self._unwanted: tuple[bytes, ...] = ()
        self._note: list[Line] = []
        self._widest = 0
        self.is_paused = False
        self.lost_while_paused = 0

    # ── setters ────────────────────────────────────────────────────────────

    def say(self, *lines: str) -> None:
        """Sentences that stand here while there is no message."""
        self._note = [[Span(f" {line}", "dim")] for line in lines]
        self.rows_changed()

    def add(self, messages: Iterable[Message]) -> None:
        """Takes messages; shown at once unless paused."""
        if self.is_paused:
            before = len(self._held)
            batch = list(messages)
            self._held.extend(batch)
            self.lost_while_paused += before + len(batch) - len(self._held)
            return
        self._append(messages)

    def pause(self, *, on: bool) -> None:
        """Stands still, or shows what has come meanwhile."""
        self.is_paused = on
        if not on:
            self._append(self._held)
            self._held.clear()
            self.lost_while_paused = 0

    def narrow(self, text: str) -> None:
        """Shows only messages in which a text occurs; capitals count where it has one."""
        self._needle = text.encode("utf-8", "surrogateescape")
        self._sift()

    def leave_out(self, texts: Sequence[bytes]) -> None:
        """Shows no message in which one of some texts occurs."""
        self._unwanted = tuple(texts)
        self._sift()

    def _sift(self) -> None:
        self._shown = deque((message for message in self._all if self._matches(message)), maxlen=KEPT)
        self._follow()

    def clear(self) -> None:
        """Forgets all messages."""
        self._all.clear()
        self._shown.clear()
        self._held.clear()
        self.lost_while_paused = self._widest = 0
        self._follow()

    @property
    def counts(self) -> tuple[int, int, int]:
        """Messages that are shown, kept, and held back by a pause."""
        return len(self._shown), len(self._all), len(self._held)

    @property
    def messages(self) -> list[Message]:
        """What is shown, oldest first."""
        return list(self._shown)

    @property
    def chosen(self) -> Message | None:
        """The one under the cursor."""
        return self._shown[self.row] if self.row < len(self._shown) else None

    # ── what LineView draws ────────────────────────────────────────────────

    @property
    def row_count(self) -> int:
        """Messages, or lines of the note."""
        return len(self._shown) or len(self._note)

    def line_at(self, row: int) -> Line:
        """One message."""
        return self._draw_one(self._shown[row]) if self._shown else self._note[row]

    @property
    def plain(self) -> str:
        """All messages as text."""
        return plain(self._draw_one(message) for message in self._shown) if self._shown else plain(self._note)

    def rows_changed(self) -> None:
        """Measures what is visible alone; never narrower again, as another size costs a layout of the whole screen."""
        count = self.row_count
        seen = islice(self.visible_rows, 200)
        widest = max((width(self.line_at(row)) for row in seen if row < count), default=0)
        self._widest = max(self._widest, widest, self.size.width)
        self.resize_rows(count, self._widest)
        self.refresh()

    def _append(self, messages: Iterable[Message]) -> None:
        follows = self.is_at_end
        full = len(self._shown)
        fresh = list(messages)
        self._all.extend(fresh)
        matching = [message for message in fresh if self._matches(message)] if self._needle or self._unwanted else fresh
        self._shown.extend(matching)
        gone = full + len(matching) - len(self._shown)
        if follows:
            self._follow()
            return
        if gone:  # what one reads stays where it is
            self.row = max(0, self.row - gone)
            self.scroll_to(y=max(0, self.scroll_offset.y - gone), animate=False, force=True)
        self.rows_changed()

    @property
    def is_at_end(self) -> bool:
        """Whether the newest is in sight, and the next will be."""
        return self.scroll_offset.y >= self.max_scroll_y - 1

    def _follow(self) -> None:
        self.rows_changed()
        with self.prevent(self.Moved):
            self.set_reactive(LineView.row, max(0, len(self._shown) - 1))
        self.scroll_end(animate=False, force=True, immediate=True)

    def _matches(self, message: Message) -> bool:
        text = self._haystack(message.reply)
        if any(one in text for one in self._unwanted):
            return False
        return self._needle in (text.lower() if self._needle.islower() else text)
