"""What the commands of vi do to a text: each as one change, so that one undo takes it back. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.record import dataclass
from redis_tui.tui.vi.motion import Place, first_column
from redis_tui.tui.vi.textobject import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.tui.vi.motion import Look, Motion

INDENT = "  "


@dataclass(frozen=True, slots=True)
class Change:
    """One piece of text in the place of another."""

    start: Place
    end: Place
    """Behind what is replaced."""
    text: str


def rows_of(lines: Sequence[str], top: int, bottom: int) -> Span:
    """Whole lines."""
    return Span((top, 0), (bottom, len(lines[bottom])), lines=True)


def covered(look: Look, motion: Motion) -> Span:
    """What an operator takes that a motion follows."""
    start, end = sorted((look.cursor, motion.place))
    if motion.shape == "lines":
        return rows_of(look.lines, start[0], end[0])
    if motion.shape == "inclusive":
        return Span(start, (end[0], end[1] + 1))
    if end[1] == 0 and end[0] > start[0]:  # d} from a line's beginning takes lines, from within it leaves the next
        if start[1] <= first_column(look.lines[start[0]]):
            return rows_of(look.lines, start[0], end[0] - 1)
        end = (end[0] - 1, len(look.lines[end[0] - 1]))
    return Span(start, end)


def text_of(lines: Sequence[str], span: Span) -> str:
    """The text that a span covers."""
    (top, left), (bottom, right) = span.start, span.end
    if top == bottom:
        return lines[top][left:right]
    return "\n".join([lines[top][left:], *lines[top + 1 : bottom], lines[bottom][:right]])


def removed(lines: Sequence[str], span: Span) -> tuple[Change, Place]:
    """Takes a span away; and where the cursor is then."""
    top, bottom = span.start[0], span.end[0]
    if not span.lines:
        return Change(span.start, span.end, ""), span.start
    if bottom + 1 < len(lines):
        return Change((top, 0), (bottom + 1, 0), ""), (top, first_column(lines[bottom + 1]))
    if top == 0:
        return Change((0, 0), span.end, ""), (0, 0)
    above = lines[top - 1]
    return Change((top - 1, len(above)), span.end, ""), (top - 1, first_column(above))


def put(lines: Sequence[str], at: Place, text: str, *, whole: bool, before: bool) -> tuple[Change, Place]:
    """Puts the text of a register in: lines above or below, other text before or behind the cursor."""
    row, column = at
    if whole:
        place = (row, 0) if before else (row, len(lines[row]))
        added = text + "\n" if before else "\n" + text
        return Change(place, place, added), (row + (not before), first_column(text.partition("\n")[0]))
    place = (row, column if before else min(column + 1, len(lines[row])))
    end = (row, place[1] + len(text) - 1) if "\n" not in text else place
    return Change(place, place, text), end


def joined(lines: Sequence[str], row: int, count: int, *, plain: bool) -> tuple[Change, Place] | None:
    """Makes one line of several; one blank between them unless it is plain."""
    last = min(len(lines) - 1, row + max(2, count) - 1)
    if last == row:
        return None
    text, column = lines[row], 0
    for below in lines[row + 1 : last + 1]:
        part = below if plain else below.lstrip()
        glue = "" if plain or not part or not text or text[-1].isspace() or part[0] == ")" else " "
        column = len(text)
        text += glue + part
    return Change((row, 0), (last, len(lines[last])), text), (row, column)


def shifted(lines: Sequence[str], top: int, bottom: int, by: int) -> Change:
    """Lines further in, or out where `by` is negative; empty lines stay empty."""
    rows = [_shifted(line, by) for line in lines[top : bottom + 1]]
    return Change((top, 0), (bottom, len(lines[bottom])), "\n".join(rows))


def _shifted(line: str, by: int) -> str:
    if by > 0:
        return INDENT * by + line if line else line
    for _ in range(-by):
        line = line[1:] if line.startswith("\t") else line[min(len(INDENT), len(line) - len(line.lstrip(" "))) :]
    return line


def recased(lines: Sequence[str], span: Span, how: str) -> Change:
    """Small letters (``gu``), capitals (``gU``) or the other ones (``g~``)."""
    text = text_of(lines, span)
    new = {"gu": text.lower(), "gU": text.upper(), "g~": text.swapcase()}[how]
    return Change(span.start, span.end, new)


def end_of(place: Place, text: str) -> Place:
    """Where the cursor is behind a text that was put in at a place."""
    rows = text.split("\n")
    return (place[0], place[1] + len(text)) if len(rows) == 1 else (place[0] + len(rows) - 1, len(rows[-1]))


def on_character(lines: Sequence[str], taken: Span, cursor: Place) -> Place:
    """Where the cursor is once a span is gone: never behind the last character of its line."""
    if taken.lines or taken.end[1] < len(lines[taken.end[0]]):
        return cursor
    return cursor[0], max(0, cursor[1] - 1)
