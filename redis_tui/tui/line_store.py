"""Lines of spans kept by the million: small, and out of sight of Python's collector of cycles.

Knows no widget. The decision a reader would question: a line is not kept as it was made, a list of spans, but as one
plain tuple of texts and styles in turn, and a thousand of these as a tuple again. The collector leaves tuples alone
that hold nothing but text, so that no pass of it walks through what is shown; they take less than half the room; and a
thousand lines can be let go of at a time, where a list of a million holds everything up until it is gone.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from redis_tui.render.spans import Line, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PART = 1_000

Kept = tuple[str, ...]
"""A text and its style, the next text and its style."""


class LineStore:
    """Lines in the order they were added."""

    def __init__(self, lines: Iterable[Line] = ()) -> None:
        self._parts: list[tuple[Kept, ...]] = []
        """A thousand lines each."""
        self._last: list[Kept] = []
        """Fewer than a thousand."""
        self.extend(lines)

    def __len__(self) -> int:
        return len(self._parts) * _PART + len(self._last)

    def __getitem__(self, at: int) -> Line:
        kept = self._kept(at)
        return list(map(Span, kept[::2], kept[1::2]))

    def __iter__(self) -> Iterator[Line]:
        return (self[at] for at in range(len(self)))

    def extend(self, lines: Iterable[Line]) -> None:
        """Adds lines below."""
        last = self._last
        for line in lines:
            last.append(tuple(chain.from_iterable(line)))
            if len(last) == _PART:
                self._parts.append(tuple(last))
                last.clear()

    def texts(self, at: int) -> tuple[str, ...]:
        """The texts of a line, one after the other."""
        return self._kept(at)[::2]

    def text(self, at: int) -> str:
        """A line without its styles."""
        return "".join(self._kept(at)[::2])

    def crumble(self) -> Iterator[None]:
        """Forgets all lines, some at a step; the store is of no use from the first one on."""
        while self._parts:
            self._parts.pop()
            yield

    def _kept(self, at: int) -> Kept:
        part, inner = divmod(at, _PART)
        return self._parts[part][inner] if part < len(self._parts) else self._last[inner]
