"""The lexer's state at the start of each line of a script, found out only as far down as somebody looked.

Pure. The decision a reader would question: most lines are not lexed at all. Only a long
bracket or a backslash at the end can carry anything into the next line, and a search for those
costs a fraction of a microsecond; so a jump to the end of ten thousand lines takes milliseconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.render.lua import START, LexState, highlight_line

if TYPE_CHECKING:
    from collections.abc import Sequence


class LineStates:
    """What each line inherits from those above it."""

    def __init__(self) -> None:
        self._states: list[LexState] = [START]

    def edited(self, row: int) -> None:
        """Everything below this row is to be found out again."""
        del self._states[row + 1 :]

    def at(self, row: int, lines: Sequence[str]) -> LexState:
        """The state at the start of a row."""
        states = self._states
        while len(states) <= row:
            states.append(_following(lines[len(states) - 1], states[-1]))
        return states[row]


def _following(line: str, state: LexState) -> LexState:
    if state == START and "[[" not in line and "[=" not in line and not line.endswith("\\"):
        return START
    return highlight_line(line, state)[1]
