"""The text objects of vi: a word, what stands in quotes or brackets, a paragraph. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from redis_tui.record import dataclass
from redis_tui.tui.vi.motion import Place, kind, matching

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_BRACKETS = dict.fromkeys("()b", "()") | dict.fromkeys("{}B", "{}") | dict.fromkeys("[]", "[]")
OBJECTS = frozenset((*_BRACKETS, *"wWp\"'"))


@dataclass(frozen=True, slots=True)
class Span:
    """What an object covers."""

    start: Place
    end: Place
    """Behind its last character; for lines, in the last of them."""
    lines: bool = False


def span(lines: Sequence[str], at: Place, name: str, *, around: bool) -> Span | None:
    """What a text object covers; None where there is none.

    Args:
        lines: the text.
        at: the cursor.
        name: the sign behind ``i`` or ``a``.
        around: ``a``: with the quotes, the brackets or the white space.
    """
    if name in "wW":
        return _word(lines, at, big=name == "W", around=around)
    if name in "\"'":
        return _quoted(lines, at, name, around=around)
    if name == "p":
        return _paragraph(lines, at, around=around)
    return _enclosed(lines, at, _BRACKETS[name], around=around)


def _word(lines: Sequence[str], at: Place, *, big: bool, around: bool) -> Span | None:
    row, column = at
    line = lines[row]
    if not line:
        return None
    start, end = _run(line, min(column, len(line) - 1), lambda sign: kind(sign, big=big))
    if not around:
        return Span((row, start), (row, end))
    if line[start].isspace():
        end = _run(line, end, lambda sign: kind(sign, big=big))[1] if end < len(line) else end
    elif end < len(line) and line[end].isspace():
        end = _run(line, end, lambda sign: kind(sign, big=big))[1]
    else:
        while start > 0 and line[start - 1].isspace():
            start -= 1
    return Span((row, start), (row, end))


def _run(line: str, column: int, sort: Callable[[str], int]) -> tuple[int, int]:
    own = sort(line[column])
    start = end = column
    while start > 0 and sort(line[start - 1]) == own:
        start -= 1
    while end < len(line) and sort(line[end]) == own:
        end += 1
    return start, end


def _quoted(lines: Sequence[str], at: Place, quote: str, *, around: bool) -> Span | None:
    row, column = at
    found = re.finditer(rf"{quote}(?:[^{quote}\\]|\\.)*{quote}", lines[row])
    text = next((one for one in found if one.end() > column), None)
    if text is None:
        return None
    return Span((row, text.start() + (not around)), (row, text.end() - (not around)))


def _enclosed(lines: Sequence[str], at: Place, pair: str, *, around: bool) -> Span | None:
    opener, closer = pair[0], pair[1]
    row, column = at
    line = lines[row]
    start = at if line[column : column + 1] == opener else _opener(lines, at, opener, closer)
    end = matching(lines, start) if start else None
    if start is None or end is None:
        return None
    if around:
        return Span(start, (end[0], end[1] + 1))
    inner = (start[0], start[1] + 1)
    if inner[1] == len(lines[start[0]]) and not lines[end[0]][: end[1]].strip() and end[0] > start[0] + 1:
        return Span((start[0] + 1, 0), (end[0] - 1, len(lines[end[0] - 1])), lines=True)
    return Span(inner, end)


def _opener(lines: Sequence[str], at: Place, opener: str, closer: str) -> Place | None:
    row, column = at
    depth = 0
    while row >= 0:
        for place in range(min(column, len(lines[row])) - 1, -1, -1):
            sign = lines[row][place]
            if sign == closer:
                depth += 1
            elif sign == opener:
                if depth == 0:
                    return row, place
                depth -= 1
        row -= 1
        column = 1 << 30
    return None


def _paragraph(lines: Sequence[str], at: Place, *, around: bool) -> Span:
    top = bottom = at[0]
    blank = not lines[top].strip()
    while top > 0 and (not lines[top - 1].strip()) == blank:
        top -= 1
    while bottom + 1 < len(lines) and (not lines[bottom + 1].strip()) == blank:
        bottom += 1
    while around and bottom + 1 < len(lines) and (not lines[bottom + 1].strip()) != blank:
        bottom += 1
    return Span((top, 0), (bottom, len(lines[bottom])), lines=True)
