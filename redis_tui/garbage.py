"""When Python's collector of reference cycles runs: seldom in a start, and never twice over much that stays.

Knows nothing of redis-tui. Python's own settings suit programs that keep little: a start that makes a hundred
thousand objects is interrupted two hundred times for nothing, a sixth of its time, and each whole pass over
the values of an embedded engine holds up everything for as long as there are values, a second for some millions.

The decision a reader would question: where a whole pass has found much in use, all of it is put aside for good
(`gc.freeze`). A cycle that is let go of after that is never freed. But there is such a moment only where the program
has grown by more than several dialogs hold, and what grows so is data, which has no cycles.
"""

from __future__ import annotations

import gc
import time

_AT_START = 50_000, 20, 10
"""Objects made between two passes over the young, and how many of each kind of pass go before the next wider one."""
_BEFORE_A_FACE = 500_000, 20, 10
"""A face on its way makes some hundred thousand objects that stay; two passes cost a twentieth of the way."""
_AFTER = 2_000, 4, 3
"""A pass over two thousand is not felt, nor one over ten thousand; a whole one comes once there are forty thousand
more, which takes ten milliseconds. How often they come costs nothing: each object is looked at once by each."""
_MUCH = 20_000
"""Objects in use, found by a whole pass: with twice as many the next one would be felt."""
_LONG_S = 0.015
"""A pass that takes longer has met objects that hold many others: a list of a million is a single one."""


class _Freezer:
    """Puts aside what a whole pass has found in use."""

    def __init__(self) -> None:
        self._began_s = 0.0

    def __call__(self, phase: str, info: dict[str, int]) -> None:
        if info["generation"] < 2:
            return
        if phase == "start":
            self._began_s = time.thread_time()
        elif time.thread_time() - self._began_s > _LONG_S or len(gc.get_objects()) > _MUCH:
            gc.freeze()


_freezer = _Freezer()


def collect_seldom() -> None:
    """For the program's first moment."""
    gc.set_threshold(*_AT_START)


def collect_after_the_start() -> None:
    """For a face that says when it stands: there is next to no garbage before."""
    gc.set_threshold(*_BEFORE_A_FACE)


def settle() -> None:
    """For the moment when a face stands: what was made so far stays, and is not looked through again."""
    gc.freeze()
    gc.set_threshold(*_AFTER)
    if _freezer not in gc.callbacks:
        gc.callbacks.append(_freezer)
