"""Two things beside each other, or one under the other where there is no room; and sections made of such rows.

Pure; knows spans. The decision a reader would question: beside each other both are cut to their half, with an
ellipsis. What was cut is to be had one under the other, where nothing is.
"""

from __future__ import annotations

from typing import Final

from redis_tui.record import dataclass
from redis_tui.render.cells import cells, fit, fitting
from redis_tui.render.spans import Line, Span, width

SAME: Final = "no difference"
"""What a section tells that found none."""
_GAP: Final = 3
"""Columns between the sides: a mark with a space either side."""

_LABEL: Final = 26


@dataclass(frozen=True, slots=True)
class Section:
    """One thing that was compared."""

    title: str
    told: str
    """How many differences, or `SAME`, or why that is not known."""
    lines: list[Line]
    differs: bool


def beside(left: Line, mark: str, right: Line, *, columns: int, stacked: bool) -> list[Line]:
    """Two sides as lines.

    Args:
        left: of A.
        mark: ``=`` where they are the same, else ``≠``, ``<`` or ``>`` for what is on one side only.
        right: of B.
        columns: width of the screen.
        stacked: one under the other; what is the same stands there once.
    """
    style = "dim" if mark == "=" else "warning"
    if stacked:
        if mark == "=":
            return [[Span("  = ", "dim"), *left]]
        return [[Span(f"  {name} ", style), *side] for name, side in (("A", left), ("B", right)) if side]
    half = max(8, (columns - _GAP) // 2)
    return [[*_fitted(left, half), Span(f" {mark} ", style), *cut(right, half)]]


def labelled(label: str, left: Line, right: Line, *, columns: int, stacked: bool) -> list[Line]:
    """Two sides that differ, behind the name of what they are, in a row of their own where they have no room there.

    Args:
        label: the name.
        left: of A.
        right: of B.
        columns: width of the screen.
        stacked: as for `beside`.
    """
    half = (columns - _LABEL - _GAP) // 2
    if cells(label) < _LABEL and max(width(left), width(right)) <= half:
        return [[Span(fit(label, _LABEL), "title"), *_fitted(left, half), Span(" ≠ ", "warning"), *right]]
    return [[Span(label, "title")], *beside(left, "≠", right, columns=columns, stacked=stacked)]


def _fitted(line: Line, columns: int) -> Line:
    line = cut(line, columns)
    return [*line, Span(" " * (columns - width(line)))]


def cut(line: Line, columns: int) -> Line:
    """The beginning of a line, with an ellipsis where it was longer."""
    if width(line) <= columns:
        return line
    room = columns - 1
    kept: Line = []
    for span in line:
        if cells(span.text) > room:
            return [*kept, Span(span.text[: fitting(span.text, room)] + "…", span.style)]
        kept.append(span)
        room -= cells(span.text)
    return kept
