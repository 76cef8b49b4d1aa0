"""Finding a text in lines, and what replaces it. Pure.

The decision a reader would question: matches lie within one line. A script is looked through by
names and words; what spans lines would make every count a search through the joined text.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

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

    def matches(self, lines: Sequence[str]) -> list[Match]:
        """All places, from the top."""
        if not self.needle:
            return []
        pattern = self._pattern()
        return [(row, found.start(), found.end()) for row, line in enumerate(lines) for found in pattern.finditer(line)]

    def replaced(self, lines: Sequence[str], text: str) -> list[str]:
        """The lines with every place replaced; the text is taken as it is."""
        pattern = self._pattern()
        return [pattern.sub(lambda _found: text, line) for line in lines]

    def _pattern(self) -> re.Pattern[str]:
        body = re.escape(self.needle)
        if self.word:
            body = rf"(?<!\w){body}(?!\w)"
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
