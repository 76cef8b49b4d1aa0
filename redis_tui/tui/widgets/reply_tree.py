"""A reply as a tree that opens and closes: types, counts on what is folded, the path of the row one is on.

Knows the model of rows, no session. The decision a reader would question: it is no Textual Tree, which makes a
node for each child when a parent is opened; a list of a million elements is opened here by a number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from redis_tui.render.reply_node import Path, nodes_of, path_text, size_text, type_of
from redis_tui.render.spans import Line, Span
from redis_tui.tui.reply_rows import ReplyRows, Row
from redis_tui.tui.slices import in_slices
from redis_tui.tui.widgets.findable import marked
from redis_tui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

    from redis_tui.resp.types import Reply

EXPANDED_LIMIT = 100_000
"""Nodes that are opened at once."""


class ReplyTree(LineView):
    """The tree of one reply."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "turn", "Open or close", show=False),
        Binding("left,h", "fold(-1)", "Close", show=False),
        Binding("right,l", "fold(1)", "Open", show=False),
    ]

    class CopyWanted(Message):
        """Something of the reply is to be copied."""

    class LeafChosen(Message):
        """A node without children is wanted whole."""

        def __init__(self, path: Path) -> None:
            super().__init__()
            self.path = path

    def __init__(self) -> None:
        super().__init__(cursor=True, id="reply-tree")
        self.rows = ReplyRows(None)
        self._pattern: re.Pattern[str] | None = None
        self._hits: list[Path] = []

    def show(self, reply: Reply) -> None:
        """Shows a reply, its first level open."""
        self.workers.cancel_group(self, "expand")
        self.end_hunt()
        self.rows = ReplyRows(reply)
        self.row = 0
        self.scroll_to(0, 0, animate=False, force=True)
        self.rows_changed()

    # ── what LineView draws ────────────────────────────────────────────────

    @property
    def row_count(self) -> int:
        """Open rows."""
        return len(self.rows)

    def line_at(self, row: int) -> Line:
        """One node."""
        line = self.rows[row].line
        return line if self._pattern is None else marked(line, self._pattern)

    def rows_changed(self) -> None:
        """Measures nothing: what does not fit is cut, and Enter shows it whole."""
        count = self.row_count
        if self.row >= count:
            self.row = max(0, count - 1)
        self.resize_rows(count)
        self.refresh()

    @property
    def plain(self) -> str:
        """The rows on the screen, as text."""
        return "\n".join("".join(span.text for span in self.rows[row].line) for row in self.visible_rows)

    # ── the row under the cursor ───────────────────────────────────────────

    @property
    def here(self) -> Row:
        """The row under the cursor."""
        return self.rows[min(self.row, len(self.rows) - 1)]

    @property
    def place(self) -> Line:
        """Path, type and size of that row, for a line elsewhere."""
        row = self.here
        size = size_text(row.value)
        what = f"  {type_of(row.value)}{' · ' + size if size else ''}"
        return [Span(path_text(self.rows.reply, row.path), "strong"), Span(what, "dim")]

    def action_turn(self) -> None:
        """Opens the node or closes it."""
        if self.here.is_branch:
            self.rows.toggle(self.row)
            self._changed()

    def action_choose(self) -> None:
        """Enter: opens or closes; shows a leaf whole."""
        if self.here.is_branch:
            self.action_turn()
        else:
            self.post_message(self.LeafChosen(self.here.path))

    def action_fold(self, by: int) -> None:
        """Left closes, or goes to the node that this one is in; right opens, or goes into it."""
        row = self.here
        if row.is_branch and row.is_open != (by > 0):
            self.action_turn()
        elif by < 0:
            self.row = self.rows.parent_of(self.row)
        elif row.is_branch:
            self.action_step(1)

    def expand_from(self, row: int) -> None:
        """Opens all below a row, in slices where there is much."""
        self.run_worker(self._expand(self.rows, row), group="expand", exclusive=True)

    async def _expand(self, rows: ReplyRows, row: int) -> None:
        done = 0
        async for part in in_slices(rows.expand(row)):
            done = part[-1]
            self._changed()
            if done >= EXPANDED_LIMIT:
                self.notify(f"Opened {done:,} nodes; those below are still closed.", severity="warning")
                return

    def collapse_all(self) -> None:
        """Closes all; the cursor goes to what it was in."""
        self.workers.cancel_group(self, "expand")
        path = self.here.path[:1]
        self.rows.collapse()
        self.row = self.rows.reveal(path)
        self._changed()

    def _changed(self) -> None:
        self.rows_changed()
        self.post_message(self.Moved(self))

    # ── looking for something ──────────────────────────────────────────────

    def hunt(self, pattern: re.Pattern[str]) -> Iterator[bool]:
        """Looks through all nodes, the closed ones too."""
        self.end_hunt()
        self._pattern = pattern
        hits = self._hits
        for at, (path, line) in enumerate(nodes_of(self.rows.reply)):
            if pattern.search("".join([span.text for span in line])):
                hits.append(path)
            if at % 20 == 0:
                yield True

    @property
    def hit_count(self) -> int:
        """Nodes found so far."""
        return len(self._hits)

    def hit_from_here(self) -> int:
        """The first at or below the cursor; paths are in the order of the tree."""
        here = self.here.path
        return next((at for at, path in enumerate(self._hits) if path >= here), -1)

    def show_hit(self, number: int) -> None:
        """Opens what a node lies in and goes there."""
        self.row = self.rows.reveal(self._hits[number])
        self._changed()

    def end_hunt(self) -> None:
        """Forgets the matches."""
        self._pattern, self._hits = None, []
        self.refresh()

    def action_copy(self) -> None:
        """Whoever holds the view knows what there is to copy."""
        self.post_message(self.CopyWanted())
