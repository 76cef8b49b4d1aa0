"""What belongs together in Lua: ``if`` and its ``end``, ``repeat`` and ``until``, brackets. Pure.

The decision a reader would question: a few thousand lines are looked through and no more. Who is further from a
block's end than that looks for it otherwise, and a key press must not wait for a whole file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from redis_tui.render.lua import highlight_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from redis_tui.tui.widgets.line_states import LineStates

_FAR = 3_000
_STEP = {"function": 1, "if": 1, "do": 1, "repeat": 1, "end": -1, "until": -1}
_LOOPS = frozenset(("for", "while"))
_INNER = frozenset(("then", "else", "elseif"))
_SOME = re.compile(r"\b(?:function|if|do|repeat|end|until)\b")
_SIGNS = {"(": ")", "[": "]", "{": "}"}
_ALL_SIGNS = frozenset((*_SIGNS, *_SIGNS.values()))

Place = tuple[int, int]
Word = tuple[int, str]
"""Column and text."""


def partner(lines: Sequence[str], states: LineStates, place: Place) -> Place | None:
    """The other end of the block or bracket that begins or ends at a place, or around it.

    Args:
        lines: the text.
        states: of the lexer, so that strings and comments are left alone.
        place: the cursor.

    Returns:
        Where the other end begins; None where nothing belongs together here.
    """
    row, column = place
    own = next((word for word in _words(lines, states, row) if word[0] <= column <= word[0] + len(word[1])), None)
    if own is None:
        return None
    at, text = own
    if text in _ALL_SIGNS:
        opener = text if text in _SIGNS else next(one for one, closer in _SIGNS.items() if closer == text)
        steps = {opener: 1, _SIGNS[opener]: -1}
        return _walk(lines, states, (row, at), steps, forward=text == opener)
    if text in _LOOPS:
        do = next(((row, column) for column, word in _words(lines, states, row) if word == "do" and column > at), None)
        return None if do is None else _walk(lines, states, do, _STEP, forward=True)
    if text in _INNER:
        return _walk(lines, states, (row, at), _STEP, forward=True, depth=1)
    found = _walk(lines, states, (row, at), _STEP, forward=_STEP[text] > 0)
    return _loop_before(lines, states, found) if found is not None and _STEP[text] < 0 else found


def _loop_before(lines: Sequence[str], states: LineStates, found: Place) -> Place:
    """The ``for`` or ``while`` of a ``do``, which is what a person takes for the block's beginning."""
    row, column = found
    words = [word for word in _words(lines, states, row) if word[0] <= column]
    if words and words[-1][1] == "do":
        loops = [at for at, text in words if text in _LOOPS]
        return (row, loops[-1]) if loops else found
    return found


def _walk(
    lines: Sequence[str], states: LineStates, place: Place, steps: dict[str, int], *, forward: bool, depth: int = 0
) -> Place | None:
    row, column = place
    rows = range(row, min(len(lines), row + _FAR)) if forward else range(row, max(-1, row - _FAR), -1)
    signs = None if steps is _STEP else re.compile("[" + "".join(map(re.escape, steps)) + "]")
    for at in rows:
        if not (signs or _SOME).search(lines[at]):
            continue
        words: Iterable[Word] = [word for word in _words(lines, states, at) if word[1] in steps]
        for column_at, text in words if forward else reversed(list(words)):
            if at == row and (column_at < column if forward else column_at > column):
                continue
            if depth and at == row and column_at == column:
                continue
            depth += steps[text] if forward else -steps[text]
            if depth == 0:
                return at, column_at
    return None


def _words(lines: Sequence[str], states: LineStates, row: int) -> Iterator[Word]:
    """Keywords of blocks and brackets of a line, none of a string or a comment."""
    column = 0
    for span in highlight_line(lines[row], states.at(row, lines))[0]:
        if "string" not in span.style and "comment" not in span.style:
            for found in re.finditer(r"\w+|[()\[\]{}]", span.text):
                if found[0] in _STEP or found[0] in _LOOPS or found[0] in _INNER or found[0] in _ALL_SIGNS:
                    yield column + found.start(), found[0]
        column += len(span.text)
