"""Finding a text in lines, and what replaces it. Pure.

The decision a reader would question: matches lie within one line. A script is looked through by
names and words; what spans lines would make every count a search through the joined text.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from redis_tui.record import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

Match = tuple[int, int, int]
"""Row, first column, column behind the last."""


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for."""

    needle: str
    case: bool = False
    """Capital letters are told from small ones."""
    word: bool = False
    """Only where it is not part of a longer name."""
    regex: bool = False
    """It is an expression, of Python's."""

    @property
    def problem(self) -> str:
        """What is wrong with the expression; empty where it is one."""
        try:
            self._pattern()
        except re.error as error:
            return f"no expression: {error.msg}"
        return ""

    def matches(self, lines: Sequence[str]) -> list[Match]:
        """All places, from the top."""
        if not self.needle or self.problem:
            return []
        pattern = self._pattern()
        found = ((row, one.start(), one.end()) for row, line in enumerate(lines) for one in pattern.finditer(line))
        return [match for match in found if match[1] < match[2]]

    def replacement(self, line: str, column: int, text: str) -> str:
        """What one place is replaced with: the text, or for an expression with its groups filled in."""
        found = self._pattern().match(line, column) if self.regex else None
        return self._filled(found, text) if found is not None else text

    @staticmethod
    def _filled(found: re.Match[str], text: str) -> str:
        try:
            return found.expand(text)
        except (re.error, IndexError):
            return text

    def replaced(self, lines: Sequence[str], text: str) -> list[str]:
        """The lines with every place replaced; the text is taken as it is, but for an expression's groups."""
        pattern = self._pattern()

        def put(found: re.Match[str]) -> str:
            if not found[0]:
                return ""
            return self._filled(found, text) if self.regex else text

        return [pattern.sub(put, line) for line in lines]

    def _pattern(self) -> re.Pattern[str]:
        body = self.needle if self.regex else re.escape(self.needle)
        if self.word:
            body = rf"(?<!\w)(?:{body})(?!\w)"
        return re.compile(body, 0 if self.case else re.IGNORECASE)


def following(matches: Sequence[Match], place: tuple[int, int], *, again: bool) -> int:
    """Which match comes at a place or behind it, round the end.

    Args:
        matches: at least one, from the top.
        place: row and column.
        again: one that begins just there does not count.
    """
    find = bisect_right if again else bisect_left
    return find(matches, place, key=lambda match: match[:2]) % len(matches)


def preceding(matches: Sequence[Match], place: tuple[int, int]) -> int:
    """Which match comes before a place, round the beginning."""
    return (bisect_left(matches, place, key=lambda match: match[:2]) - 1) % len(matches)
