"""Where the motions of vi lead: pure functions over lines and a place in them.

The decision a reader would question: a motion that cannot be made answers None instead of the place
where it began, because an operator before it must then do nothing at all.
"""

from __future__ import annotations

import re
from dataclasses import field
from typing import TYPE_CHECKING, Literal

from redis_tui.record import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Place = tuple[int, int]
"""Row and column, from 0."""
Shape = Literal["exclusive", "inclusive", "lines"]
FAR = 1 << 30
"""A column that is behind every line's end."""

_PAIRS = {"(": ")", "[": "]", "{": "}"}
_OPENERS = {closer: opener for opener, closer in _PAIRS.items()}


@dataclass(frozen=True, slots=True)
class Motion:
    """Where it leads."""

    place: Place
    shape: Shape = "exclusive"
    """What an operator takes: up to the place, with the character there, or whole lines."""
    keeps_column: bool = False
    """The column that the cursor would like to be in stays as it was."""


@dataclass(slots=True)
class Memory:
    """What is remembered from one command to the next, shared by all scripts."""

    found: tuple[str, str] | None = None
    """The last of f F t T, and its character."""
    pattern: str = ""
    """What was looked for last."""
    forward: bool = True
    registers: dict[str, tuple[str, bool]] = field(default_factory=dict)
    """Text and whether it is whole lines, by name; the unnamed one is empty."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a motion sees."""

    lines: Sequence[str]
    cursor: Place
    memory: Memory
    wanted: int = 0
    """The column that the cursor would like to be in."""
    top: int = 0
    """First row on the screen."""
    height: int = 20
    operating: bool = False
    """An operator waits for it."""

    @property
    def line(self) -> str:
        """The line with the cursor."""
        return self.lines[self.cursor[0]]


def kind(character: str, *, big: bool) -> int:
    """0 for white space, 1 for a word's character, 2 for punctuation; for big words all but space are 1."""
    if character.isspace():
        return 0
    return 1 if big or character.isalnum() or character == "_" else 2


def first_column(line: str) -> int:
    """Where a line's text begins."""
    return len(line) - len(line.lstrip())


# ── words ──────────────────────────────────────────────────────────────────────


def _word(look: Look, count: int, *, big: bool) -> Motion | None:
    at = look.cursor
    for _ in range(count):
        at = _next_word(look.lines, at, big=big)
    row, column = at
    if look.operating and row > look.cursor[0] and column <= first_column(look.lines[row]):
        at = (row - 1, len(look.lines[row - 1]))  # dw on a line's last word leaves the next line alone
    return Motion(at) if at != look.cursor else None


def _next_word(lines: Sequence[str], at: Place, *, big: bool) -> Place:
    row, column = at
    line = lines[row]
    if column < len(line) and (own := kind(line[column], big=big)):
        while column < len(line) and kind(line[column], big=big) == own:
            column += 1
    while True:
        while column < len(line) and line[column].isspace():
            column += 1
        if column < len(line) or row + 1 >= len(lines):
            return row, column
        row, column, line = row + 1, 0, lines[row + 1]
        if not line:
            return row, 0


def _word_end(look: Look, count: int, *, big: bool) -> Motion | None:
    at = look.cursor
    for _ in range(count):
        at = _next_end(look.lines, at, big=big)
    return Motion(at, "inclusive") if at != look.cursor else None


def _next_end(lines: Sequence[str], at: Place, *, big: bool) -> Place:
    row, column = at[0], at[1] + 1
    while column >= len(lines[row]) or lines[row][column].isspace():
        if column < len(lines[row]):
            column += 1
        elif row + 1 < len(lines):
            row, column = row + 1, 0
        else:
            return row, max(0, len(lines[row]) - 1)
    line = lines[row]
    own = kind(line[column], big=big)
    while column + 1 < len(line) and kind(line[column + 1], big=big) == own:
        column += 1
    return row, column


def _back(look: Look, count: int, *, big: bool) -> Motion | None:
    at = look.cursor
    for _ in range(count):
        at = _word_before(look.lines, at, big=big)
    return Motion(at) if at != look.cursor else None


def _word_before(lines: Sequence[str], at: Place, *, big: bool) -> Place:
    row, column = at[0], at[1] - 1
    while column < 0 or lines[row][column].isspace():
        if column >= 0:
            column -= 1
        elif row == 0:
            return 0, 0
        else:
            row -= 1
            column = len(lines[row]) - 1
            if column < 0:
                return row, 0
    line = lines[row]
    own = kind(line[column], big=big)
    while column > 0 and kind(line[column - 1], big=big) == own:
        column -= 1
    return row, column


def changed_word_end(look: Look, count: int, *, big: bool) -> Motion:
    """What ``cw`` takes: to the word's end, not to the next word; on white space that alone."""
    row, column = look.cursor
    line = look.line
    own = kind(line[column], big=big) if column < len(line) else 0
    while column + 1 < len(line) and kind(line[column + 1], big=big) == own:
        column += 1
    at = (row, column)
    for _ in range(count - 1):
        at = _next_end(look.lines, at, big=big)
    return Motion(at, "inclusive")


# ── in a line ──────────────────────────────────────────────────────────────────


def _left(look: Look, count: int) -> Motion | None:
    row, column = look.cursor
    return Motion((row, max(0, column - count))) if column else None


def _right(look: Look, count: int) -> Motion | None:
    row, column = look.cursor
    last = len(look.line) if look.operating else len(look.line) - 1
    return Motion((row, min(last, column + count))) if column < last else None


def _line_end(look: Look, count: int) -> Motion | None:
    row = min(len(look.lines) - 1, look.cursor[0] + count - 1)
    return Motion((row, max(0, len(look.lines[row]) - 1)), "inclusive") if look.lines[row] else Motion((row, 0))


def find_character(look: Look, how: str, character: str, count: int, *, again: bool = False) -> Motion | None:
    """Where f, F, t or T lead.

    Args:
        look: what is seen.
        how: one of the four.
        character: what is looked for.
        count: the how manyeth.
        again: repeated by ``;``, where t would otherwise stay before the same one.
    """
    row, column = look.cursor
    forward, step = how in "ft", 1 if how in "ft" else -1
    at = column + (step if how in "tT" and again else 0)
    for _ in range(count):
        at = look.line.find(character, at + 1) if forward else look.line.rfind(character, 0, max(0, at))
        if at < 0:
            return None
    at -= step if how in "tT" else 0
    return Motion((row, at), "inclusive" if forward else "exclusive")


def _repeat_find(look: Look, count: int, *, turned: bool) -> Motion | None:
    if look.memory.found is None:
        return None
    how, character = look.memory.found
    return find_character(look, how.swapcase() if turned else how, character, count, again=True)


# ── lines, paragraphs, the screen ──────────────────────────────────────────────


def _rows(look: Look, by: int) -> Motion | None:
    row = look.cursor[0] + by
    if not 0 <= row < len(look.lines):
        row = 0 if by < 0 else len(look.lines) - 1
        if look.cursor[0] == row:
            return None
    return Motion((row, look.wanted), "lines", keeps_column=True)


def _to_row(look: Look, row: int) -> Motion:
    row = max(0, min(row, len(look.lines) - 1))
    return Motion((row, first_column(look.lines[row])), "lines")


def _paragraph(look: Look, count: int, step: int) -> Motion:
    row, last = look.cursor[0], len(look.lines) - 1
    for _ in range(count):
        while 0 < row + step <= last and not look.lines[row].strip():
            row += step
        while 0 <= row + step <= last and look.lines[row].strip():
            row += step
    at_edge = row in (0, last) and look.lines[row].strip()
    return Motion((row, len(look.lines[row]) if at_edge and step > 0 else 0))


def _screen(look: Look, where: str, count: int) -> Motion:
    bottom = min(look.top + look.height, len(look.lines)) - 1
    rows = {"H": look.top + count - 1, "M": (look.top + bottom) // 2, "L": bottom - count + 1}
    return _to_row(look, rows[where])


# ── pairs and searches ─────────────────────────────────────────────────────────


def matching(lines: Sequence[str], place: Place) -> Place | None:
    """The bracket that belongs to the one at a place; None where there is none."""
    row, column = place
    own = lines[row][column]
    forward = own in _PAIRS
    other = _PAIRS[own] if forward else _OPENERS[own]
    depth = 0
    sign = re.compile(f"[{re.escape(own + other)}]")
    rows = range(row, len(lines)) if forward else range(row, -1, -1)
    for at in rows:
        places = [found.start() for found in sign.finditer(lines[at])]
        for column_at in places if forward else reversed(places):
            if at == row and (column_at < column if forward else column_at > column):
                continue
            depth += 1 if lines[at][column_at] == own else -1
            if depth == 0:
                return at, column_at
    return None


def _pair(look: Look, count: int | None) -> Motion | None:
    if count is not None:
        return _to_row(look, (count * len(look.lines) + 99) // 100 - 1)
    row, column = look.cursor
    at = next((at for at in range(column, len(look.line)) if look.line[at] in _PAIRS or look.line[at] in _OPENERS), -1)
    found = matching(look.lines, (row, at)) if at >= 0 else None
    return Motion(found, "inclusive") if found else None


def pattern_of(text: str) -> re.Pattern[str]:
    """What is looked for: an expression of Python's, or the text itself where it is none; small letters find both."""
    flags = re.NOFLAG if text != text.lower() else re.IGNORECASE
    try:
        return re.compile(text, flags)
    except re.error:
        return re.compile(re.escape(text), flags)


def search(look: Look, count: int, *, turned: bool = False) -> Motion | None:
    """The next place of what is looked for, round the end."""
    memory = look.memory
    if not memory.pattern:
        return None
    pattern, forward = pattern_of(memory.pattern), memory.forward != turned
    at = look.cursor
    for _ in range(count):
        found = _found(look.lines, at, pattern, forward=forward)
        if found is None:
            return None
        at = found
    return Motion(at)


def _found(lines: Sequence[str], at: Place, pattern: re.Pattern[str], *, forward: bool) -> Place | None:
    row, column = at
    for step in range(len(lines) + 1):
        here = (row + step if forward else row - step) % len(lines)
        places = [found.start() for found in pattern.finditer(lines[here])]
        if step == 0:
            places = [place for place in places if (place > column if forward else place < column)]
        elif step == len(lines):
            places = [place for place in places if (place <= column if forward else place >= column)]
        if places:
            return here, places[0] if forward else places[-1]
    return None


def word_under(line: str, column: int) -> str:
    """The name at a place or behind it in its line; empty where there is none."""
    return next((found.group() for found in re.finditer(r"\w+", line) if found.end() > column), "")


def _word_search(look: Look, count: int, *, forward: bool) -> Motion | None:
    word = word_under(look.line, look.cursor[1])
    if not word:
        return None
    look.memory.pattern, look.memory.forward = rf"\b{word}\b", forward
    return search(look, count)


# ── the table ──────────────────────────────────────────────────────────────────

_PLAIN: dict[str, Callable[[Look, int], Motion | None]] = {
    "h": _left,
    "l": _right,
    "j": _rows,
    "k": lambda look, count: _rows(look, -count),
    "w": lambda look, count: _word(look, count, big=False),
    "W": lambda look, count: _word(look, count, big=True),
    "e": lambda look, count: _word_end(look, count, big=False),
    "E": lambda look, count: _word_end(look, count, big=True),
    "b": lambda look, count: _back(look, count, big=False),
    "B": lambda look, count: _back(look, count, big=True),
    "0": lambda look, _count: Motion((look.cursor[0], 0)),
    "^": lambda look, _count: Motion((look.cursor[0], first_column(look.line))),
    "$": _line_end,
    "|": lambda look, count: Motion((look.cursor[0], count - 1)),
    "+": lambda look, count: _to_row(look, look.cursor[0] + count),
    "-": lambda look, count: _to_row(look, look.cursor[0] - count),
    "_": lambda look, count: _to_row(look, look.cursor[0] + count - 1),
    "{": lambda look, count: _paragraph(look, count, -1),
    "}": lambda look, count: _paragraph(look, count, 1),
    "H": lambda look, count: _screen(look, "H", count),
    "M": lambda look, count: _screen(look, "M", count),
    "L": lambda look, count: _screen(look, "L", count),
    ";": lambda look, count: _repeat_find(look, count, turned=False),
    ",": lambda look, count: _repeat_find(look, count, turned=True),
    "n": search,
    "N": lambda look, count: search(look, count, turned=True),
    "*": lambda look, count: _word_search(look, count, forward=True),
    "#": lambda look, count: _word_search(look, count, forward=False),
}
_ALSO = {
    "left": "h",
    "right": "l",
    "up": "k",
    "down": "j",
    "home": "0",
    "end": "$",
    "backspace": "h",
    " ": "l",
    "enter": "+",
}
MOTIONS = frozenset((*_PLAIN, *_ALSO, "G", "gg", "%"))
"""Those that need nothing behind them."""
SEEKING = frozenset("fFtT")
"""Those that a character follows."""


def move(look: Look, name: str, count: int | None, extra: str = "") -> Motion | None:
    """Where a motion leads; None where it cannot be made.

    Args:
        look: what is seen.
        name: of the motion.
        count: as typed; None is none.
        extra: the character behind f F t T, the text behind / and ?.
    """
    name = _ALSO.get(name, name)
    times = count or 1
    if name in SEEKING:
        look.memory.found = (name, extra)
        return find_character(look, name, extra, times)
    if name in ("/", "?"):
        look.memory.pattern, look.memory.forward = extra or look.memory.pattern, name == "/"
        return search(look, times)
    if name in ("gg", "G"):
        last = 0 if name == "gg" else len(look.lines) - 1
        return _to_row(look, last if count is None else count - 1)
    if name == "%":
        return _pair(look, count)
    return _PLAIN[name](look, times)
