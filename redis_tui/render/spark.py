"""Small charts out of block characters: one line, the newest value at the right. Knows no interface library."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_BLOCKS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float], columns: int, *, bottom: float | None = 0, top: float | None = None) -> str:
    """The last values as one line of blocks.

    Args:
        values: oldest first.
        columns: characters to fill; values that are not there yet are blank at the left.
        bottom: what the lowest block stands for; None is the smallest value.
        top: what a full block stands for; None is the largest value.

    Returns:
        Text of exactly so many characters.
    """
    shown = list(values[-columns:]) if columns > 0 else []
    least = bottom if bottom is not None else min(shown, default=0.0)
    reach = (top if top is not None else max(shown, default=0.0)) - least
    if reach <= 0:
        return (_BLOCKS[0] * len(shown)).rjust(columns)
    high = len(_BLOCKS) - 1
    steps = (min(high, max(0, int((value - least) / reach * high + 0.5))) for value in shown)
    return "".join(_BLOCKS[step] for step in steps).rjust(columns)
