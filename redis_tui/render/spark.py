"""Small charts out of block characters: one line, the newest value at the right. Knows no interface library."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_BLOCKS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float], columns: int, *, top: float | None = None) -> str:
    """The last values as one line of blocks.

    Args:
        values: oldest first.
        columns: characters to fill; values that are not there yet are blank at the left.
        top: what a full block stands for; by default the largest value.

    Returns:
        Text of exactly so many characters.
    """
    shown = list(values[-columns:]) if columns > 0 else []
    most = top if top is not None else max(shown, default=0.0)
    if most <= 0:
        return (_BLOCKS[0] * len(shown)).rjust(columns)
    steps = (min(len(_BLOCKS) - 1, max(0, int(value / most * (len(_BLOCKS) - 1) + 0.5))) for value in shown)
    return "".join(_BLOCKS[step] for step in steps).rjust(columns)
