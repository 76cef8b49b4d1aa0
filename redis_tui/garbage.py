"""When Python's collector of reference cycles runs: seldom in a start, and never twice over much that stays.

Knows nothing of redis-tui. Python's own settings suit programs that keep little: a start that makes a hundred
thousand objects is interrupted two hundred times for nothing, a sixth of its time, and each whole pass over
the values of an embedded engine holds up everything for as long as there are values, a second for some millions.

The decision a reader would question: what a long pass has found in use is put aside for good (`gc.freeze`). A
cycle that is let go of after that is never freed; there is at most one such moment for each quarter that the
program grows, and what grows is data, which has no cycles.
"""

from __future__ import annotations

import gc
import time

_AT_START = 50_000, 20, 10
"""Objects made between two passes over the young, and how many of each kind of pass go before the next wider one."""
_AFTER = 10_000, 5, 10
"""A pass over ten thousand takes one millisecond, ten where the machine is overrun; over fifty thousand it is felt."""
_LONG_S = 0.02
"""A pass that takes longer than this would be felt the second time."""


class _Freezer:
    """Puts aside what a long pass has looked through."""

    def __init__(self) -> None:
        self._began_s = 0.0

    def __call__(self, phase: str, info: dict[str, int]) -> None:
        if info["generation"] < 2:
            return
        if phase == "start":
            self._began_s = time.thread_time()
        elif time.thread_time() - self._began_s > _LONG_S:
            gc.freeze()


_freezer = _Freezer()


def collect_seldom() -> None:
    """For the program's first moment."""
    gc.set_threshold(*_AT_START)


def settle() -> None:
    """For the moment when a face stands: what was made so far stays, and is not looked through again."""
    gc.freeze()
    gc.set_threshold(*_AFTER)
    if _freezer not in gc.callbacks:
        gc.callbacks.append(_freezer)
