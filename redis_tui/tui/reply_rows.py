"""The rows of a reply's tree: which node stands in which row, whatever is open.

Pure; knows no widget. The decision a reader would question: nothing is built for a node until it is opened, and then
only for itself. A row is found through the open children of each level by bisection, so that a reply of a million
elements is there at once and a row of it costs what it costs in a reply of ten.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from redis_tui.record import dataclass
from redis_tui.render.reply_node import Path, child_of, count_of, label_of, node_line
from redis_tui.render.spans import Line, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redis_tui.resp.types import Reply


class Branch:
    """A node that is open: its children, and which of them are open too."""

    __slots__ = ("_starts", "at", "count", "extra", "numbers", "open", "parent", "value")

    def __init__(self, value: Reply, parent: Branch | None, at: int) -> None:
        self.value, self.parent, self.at = value, parent, at
        self.count = count_of(value) or 0
        self.numbers: list[int] = []
        """Of the open children, rising."""
        self.open: list[Branch] = []
        """Those children."""
        self.extra = 0
        """Rows below the open children."""
        self._starts: list[int] | None = None

    @property
    def rows(self) -> int:
        """Rows below this node."""
        return self.count + self.extra

    @property
    def starts(self) -> list[int]:
        """In which row, from the first child, each open child stands."""
        if self._starts is None:
            before, self._starts = 0, []
            for number, branch in zip(self.numbers, self.open, strict=True):
                self._starts.append(number + before)
                before += branch.rows
        return self._starts

    def grew(self, by: int) -> None:
        """There are more rows below, or fewer."""
        self.extra += by
        self._starts = None
        if self.parent is not None:
            self.parent.grew(by)


@dataclass(frozen=True, slots=True)
class Row:
    """One row."""

    path: Path
    value: Reply
    label: Span | None
    """None for the reply itself."""
    is_branch: bool
    """It has children."""
    is_open: bool

    @property
    def line(self) -> Line:
        """As it is shown."""
        mark = ("▼ " if self.is_open else "▶ ") if self.is_branch else "  "
        head = [Span("  " * len(self.path) + mark, "dim")]
        if self.label is not None:
            head += [self.label, Span("  ")]
        return head + node_line(self.value, is_open=self.is_open)


class ReplyRows:
    """All rows of one reply; the reply itself is the first and open."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        self._root = Branch(reply, None, 0)
        self._is_open = self._root.count > 0

    def __len__(self) -> int:
        return 1 + (self._root.rows if self._is_open else 0)

    def __getitem__(self, row: int) -> Row:
        if row == 0:
            return Row((), self.reply, None, self._root.count > 0, self._is_open)
        if not 0 < row < len(self):
            raise IndexError(row)
        branch, at = self._find(row)
        value = child_of(branch.value, at)
        is_open = self._opened(branch, at) is not None
        return Row(
            (*_path(branch), at), value, label_of(branch.value, at), is_open or bool(count_of(value)), is_open=is_open
        )

    def _find(self, row: int) -> tuple[Branch, int]:
        """The open node that a row is a child of, and which child."""
        branch, at = self._root, row - 1
        while True:
            starts = branch.starts
            place = bisect_right(starts, at) - 1
            if place < 0:
                return branch, at
            inner, start = branch.open[place], starts[place]
            if at == start:
                return branch, branch.numbers[place]
            if at > start + inner.rows:
                return branch, branch.numbers[place] + at - start - inner.rows
            branch, at = inner, at - start - 1

    @staticmethod
    def _opened(branch: Branch, at: int) -> Branch | None:
        place = bisect_left(branch.numbers, at)
        if place < len(branch.numbers) and branch.numbers[place] == at:
            return branch.open[place]
        return None

    def toggle(self, row: int) -> None:
        """Opens the node of a row, or closes it."""
        if row == 0:
            self._is_open = not self._is_open and self._root.count > 0
            return
        branch, at = self._find(row)
        inner = self._opened(branch, at)
        if inner is None:
            self._open(branch, at)
            return
        place = branch.numbers.index(at)
        del branch.numbers[place], branch.open[place]
        branch.grew(-inner.rows)

    @staticmethod
    def _open(branch: Branch, at: int) -> Branch | None:
        value = child_of(branch.value, at)
        if not count_of(value):
            return None
        inner = Branch(value, branch, at)
        if branch.numbers and branch.numbers[-1] > at:
            place = bisect_left(branch.numbers, at)
            branch.numbers.insert(place, at)
            branch.open.insert(place, inner)
        else:
            branch.numbers.append(at)
            branch.open.append(inner)
        branch.grew(inner.count)
        return inner

    def reveal(self, path: Path) -> int:
        """Opens all that a node lies in, and answers its row."""
        if path:
            self._is_open = True
        branch, row = self._root, 0
        for depth, at in enumerate(path):
            starts = branch.starts
            place = bisect_left(branch.numbers, at)
            before = 0 if not place else starts[place - 1] - branch.numbers[place - 1] + branch.open[place - 1].rows
            row += 1 + at + before
            if depth < len(path) - 1:
                inner = self._opened(branch, at) or self._open(branch, at)
                assert inner is not None
                branch = inner
        return row

    def parent_of(self, row: int) -> int:
        """The row of the node that a row lies in."""
        return self.reveal(self[row].path[:-1]) if row else 0

    def expand(self, row: int) -> Iterator[int]:
        """Opens a node and all below it, one a step; answers how many so far."""
        branch: Branch | None
        if row == 0:
            self._is_open = self._root.count > 0
            branch = self._root
        else:
            parent, at = self._find(row)
            branch = self._opened(parent, at) or self._open(parent, at)
        waiting = [branch] if branch is not None else []
        done = 0
        while waiting:
            branch = waiting.pop()
            for at in range(branch.count):
                inner = self._opened(branch, at) or self._open(branch, at)
                if inner is not None:
                    waiting.append(inner)
                    done += 1
                yield done

    def collapse(self) -> None:
        """Closes all but the reply itself."""
        self._root = Branch(self.reply, None, 0)
        self._is_open = self._root.count > 0


def _path(branch: Branch) -> Path:
    path: list[int] = []
    node: Branch | None = branch
    while node is not None and node.parent is not None:
        path.append(node.at)
        node = node.parent
    return tuple(reversed(path))
