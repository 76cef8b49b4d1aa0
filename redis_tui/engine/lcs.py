"""The longest common subsequence of two texts, with the runs it is made of, as LCS reports them.

Pure; it knows no command. Which of several longest ones is found, and where its runs are
cut, follows the walk of Redis' lcsCommand step by step, because replies show both.
"""

from __future__ import annotations

from array import array
from typing import Final, NamedTuple

CELL_BYTES: Final = 4
"""What one pair of positions costs in transient memory."""


class Run(NamedTuple):
    """Bytes that stand next to each other in both texts."""

    start: int
    other_start: int
    size: int


def longest_common(one: bytes, other: bytes) -> tuple[int, list[Run]]:
    """The length of the longest common subsequence, and its runs from the last to the first."""
    table = _lengths(one, other)
    runs: list[Run] = []
    size = 0
    at, other_at = len(one), len(other)
    while at and other_at:
        if one[at - 1] == other[other_at - 1]:
            at, other_at, size = at - 1, other_at - 1, size + 1
            continue
        if size:
            runs.append(Run(at, other_at, size))
            size = 0
        if table[at - 1][other_at] > table[at][other_at - 1]:
            at -= 1
        else:
            other_at -= 1
    if size:
        runs.append(Run(at, other_at, size))
    return table[-1][-1], runs


def _lengths(one: bytes, other: bytes) -> list[array[int]]:
    """``table[i][j]``: the length for the first i bytes of one and the first j of the other."""
    row = array("I", bytes(CELL_BYTES * (len(other) + 1)))
    table = [row]
    for sign in one:
        above, row = row, array("I", (0,))
        left = 0
        for column, other_sign in enumerate(other):
            if sign == other_sign:
                left = above[column] + 1
            elif above[column + 1] > left:
                left = above[column + 1]
            row.append(left)
        table.append(row)
    return table
