"""What differs between two texts of many lines, as ``diff -u`` writes it.

Pure. The decision a reader would question: where much lies between the first and the last line that differ, lines are
compared with those at the same place, and no shortest edit is looked for. That takes the square of their number: a
minute for eight thousand, in which nothing else is drawn.
"""

from __future__ import annotations

from difflib import unified_diff
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ALIGNED: Final = 500
"""Lines between the common beginning and the common end up to which the shortest edit is looked for."""


def changed_lines(before: Sequence[str], after: Sequence[str], *, around: int) -> list[str]:
    """The differing lines, each behind its sign: ``-`` of the first, ``+`` of the second, ``@`` for a place.

    Args:
        before: lines of one text.
        after: lines of the other.
        around: lines shown before and behind those that differ, where the shortest edit was looked for.
    """
    shorter = min(len(before), len(after))
    start = next((at for at in range(shorter) if before[at] != after[at]), shorter)
    room = shorter - start
    end = next((at for at in range(room) if before[-1 - at] != after[-1 - at]), room)
    if max(len(before), len(after)) - start - end <= _ALIGNED:
        return list(unified_diff(before, after, lineterm="", n=around))[2:]
    return list(_by_place(before[start : len(before) - end], after[start : len(after) - end], start))


def _by_place(before: Sequence[str], after: Sequence[str], start: int) -> Iterator[str]:
    told = -1
    for at, (one, other) in enumerate(zip_longest(before, after), start + 1):
        if one == other:
            continue
        if at != told + 1:
            yield f"@@ line {at:,} @@"
        told = at
        if one is not None:
            yield f"-{one}"
        if other is not None:
            yield f"+{other}"
