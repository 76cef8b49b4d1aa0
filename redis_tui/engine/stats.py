"""What INFO counts."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

_SAMPLES = 16
"""Samples that the rate is averaged over, as in Redis; one comes with each cycle of the owner thread."""


@dataclass(slots=True)
class CommandStat:
    """One line of INFO commandstats."""

    calls: int = 0
    usec: int = 0
    rejected: int = 0
    """Refused ahead of execution: arity, authentication, BUSY."""
    failed: int = 0
    """Answered with an error."""


@dataclass(slots=True)
class Stats:
    """Counters since the start or since CONFIG RESETSTAT."""

    commands: int = 0
    connections: int = 0
    auth_failures: int = 0
    memory_peak: int = 0
    """The most bytes that INFO has ever estimated."""
    memory_peak_s: int = 0
    """When that was, Unix time in seconds."""
    errors: dict[str, int] = field(default_factory=dict)
    """Error replies by code."""
    by_command: dict[str, CommandStat] = field(default_factory=dict)
    _samples: deque[tuple[int, int]] = field(default_factory=lambda: deque(maxlen=_SAMPLES))

    def of(self, name: str) -> CommandStat:
        """The counters of one command, by full name."""
        stat = self.by_command.get(name)
        if stat is None:
            stat = self.by_command[name] = CommandStat()
        return stat

    def note_error(self, code: str) -> None:
        """One error reply."""
        self.errors[code] = self.errors.get(code, 0) + 1

    def sample(self, now_us: int) -> None:
        """Marks the count of commands at a moment, for the rate."""
        self._samples.append((now_us, self.commands))

    @property
    def commands_per_s(self) -> int:
        """Commands a second over the last samples; 0 where none were taken."""
        if len(self._samples) < 2:
            return 0
        (first_us, first), (last_us, last) = self._samples[0], self._samples[-1]
        return (last - first) * 1_000_000 // max(1, last_us - first_us)

    def note_memory(self, used: int, now_s: int) -> None:
        """Keeps the highest estimate."""
        if used > self.memory_peak:
            self.memory_peak, self.memory_peak_s = used, now_s

    def reset(self) -> None:
        """Starts all counters anew."""
        self.commands = self.connections = self.auth_failures = self.memory_peak = self.memory_peak_s = 0
        self.errors.clear()
        self.by_command.clear()
        self._samples.clear()
