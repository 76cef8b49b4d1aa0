"""What a view of a reply offers to whoever looks for a text in it, and how matches are marked in a line.

The decision a reader would question: a view hunts through what it shows, not through the reply. A number found in the
JSON view is one of JSON, a type found in the tree stands in the tree.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from redis_tui.render.spans import Line, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

HIT = "hint.current"
"""The style of what was found."""
CURRENT_HIT = "cursor"
"""Of the one that n and N go to."""


class Findable(Protocol):
    """A view that can be looked through."""

    def hunt(self, pattern: re.Pattern[str]) -> Iterator[bool]:
        """Looks through all rows from the top, a few a step; False where it has to wait for more rows."""

    @property
    def hit_count(self) -> int:
        """Matches found so far."""

    def hit_from_here(self) -> int:
        """Which match is the first at or behind the place that is looked at; -1 where none was found there."""

    def show_hit(self, number: int) -> None:
        """Goes to a match, by its number from 0."""

    def end_hunt(self) -> None:
        """Forgets the matches."""


def pattern_of(needle: str) -> re.Pattern[str]:
    """A text to look for, whatever its case; with a capital letter in it, to the letter."""
    return re.compile(re.escape(needle), 0 if needle != needle.lower() else re.IGNORECASE)


def marked(line: Line, pattern: re.Pattern[str], current: int = -1) -> Line:
    """The line with all matches in it marked.

    Args:
        line: what is shown.
        pattern: what was looked for.
        current: at which column the match stands that one is at; -1 for none.
    """
    text = "".join([span.text for span in line])
    found = [(hit.start(), hit.end()) for hit in pattern.finditer(text)]
    if not found:
        return line
    out: Line = []
    at = 0
    for span in line:
        end = at + len(span.text)
        place = at
        for left, right in found:
            left_here, right_here = max(left, at), min(right, end)
            if left_here >= right_here:
                continue
            if place < left_here:
                out.append(Span(text[place:left_here], span.style))
            out.append(Span(text[left_here:right_here], CURRENT_HIT if left == current else HIT))
            place = right_here
        if place < end:
            out.append(Span(text[place:end], span.style))
        at = end
    return out
