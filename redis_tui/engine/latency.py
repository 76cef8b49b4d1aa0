"""The latency monitor: when something took longer than ``latency-monitor-threshold``.

It knows no clock and no command; whoever measures adds an event. The decision a reader would
question: only what can be slow here is ever added (commands and the expiry cycle); a save in
the background keeps nobody waiting, and nothing forks.
"""

from __future__ import annotations

from collections import deque
from dataclasses import field
from typing import Final

from redis_tui.record import dataclass

_KEPT: Final = 160
"""Samples of one event, as in Redis."""


@dataclass(slots=True)
class Event:
    """The samples of one kind of event, oldest first."""

    samples: deque[tuple[int, int]] = field(default_factory=lambda: deque(maxlen=_KEPT))
    """Unix time in seconds, milliseconds taken."""
    worst_ms: int = 0
    """Since the last reset, whether its sample is still there or not."""
    total_ms: int = 0
    count: int = 0


class LatencyMonitor:
    """All events of one engine."""

    def __init__(self) -> None:
        self.events: dict[str, Event] = {}

    def add(self, name: str, unix_time: int, taken_ms: int) -> None:
        """One more event; of several in one second the worst is kept."""
        event = self.events.setdefault(name, Event())
        event.worst_ms = max(event.worst_ms, taken_ms)
        event.total_ms += taken_ms
        event.count += 1
        if event.samples and event.samples[-1][0] == unix_time:
            event.samples[-1] = (unix_time, max(taken_ms, event.samples[-1][1]))
        else:
            event.samples.append((unix_time, taken_ms))

    def reset(self, names: list[str]) -> int:
        """Forgets events, all where none is named; how many there were."""
        gone = [name for name in names or list(self.events) if self.events.pop(name, None) is not None]
        return len(gone)
