"""Where the engine gets its time from; a manual one makes expiry a matter of arithmetic in tests."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Wall time and a steady stopwatch."""

    def now_us(self) -> int:
        """Unix time in microseconds."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now_us(self) -> int:
        return time.time_ns() // 1000


class ManualClock:
    """A clock that moves when told.

    Args:
        now_ms: Unix time to start at, in milliseconds.
    """

    def __init__(self, now_ms: int = 1_700_000_000_000) -> None:
        self._now_us = now_ms * 1000

    def now_us(self) -> int:
        return self._now_us

    def advance(self, *, ms: int) -> None:
        """Moves time forward."""
        self._now_us += ms * 1000
