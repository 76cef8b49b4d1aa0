"""What INFO counts.

The decision a reader would question: `CommandStat` objects live as long as the engine and are
set to zero by CONFIG RESETSTAT, because a lane of a script keeps the one of its command.
"""

from __future__ import annotations

from collections import deque
from dataclasses import field
from typing import TYPE_CHECKING, Final

from redis_tui.engine.histogram import Histogram
from redis_tui.record import dataclass

if TYPE_CHECKING:
    from redis_tui.engine.dialect import Dialect

_SAMPLES: Final = 16
"""Samples that a rate is averaged over, as in Redis; one comes with each cycle of the owner thread."""
_ERRORS_KEPT: Final = 128
"""Codes of errors that Redis 8 and Valkey count one by one."""


@dataclass(slots=True)
class CommandStat:
    """One line of INFO commandstats."""

    calls: int = 0
    """Scripts' calls among them."""
    nanoseconds: int = 0
    """Of the calls that were timed: all but most of those of scripts."""
    timed: int = 0
    rejected: int = 0
    """Refused ahead of execution: arity, authentication, BUSY."""
    failed: int = 0
    """Answered with an error."""
    histogram: Histogram = field(default_factory=Histogram)

    @property
    def usec(self) -> int:
        """Microseconds that all calls took; a script's calls are taken to cost what the others do."""
        if not self.timed:
            return 0
        return self.nanoseconds * max(self.calls, self.timed) // self.timed // 1000

    @property
    def used(self) -> bool:
        return bool(self.calls or self.rejected or self.failed)

    def reset(self) -> None:
        """Starts anew."""
        self.calls = self.nanoseconds = self.timed = self.rejected = self.failed = 0
        self.histogram.counts.clear()


class Rate:
    """How fast a count grows, over the last samples."""

    __slots__ = ("_samples",)

    def __init__(self) -> None:
        self._samples: deque[tuple[int, int]] = deque(maxlen=_SAMPLES)

    def sample(self, now_us: int, count: int) -> None:
        """Marks the count at a moment."""
        self._samples.append((now_us, count))

    @property
    def per_s(self) -> float:
        """0 where there were no samples."""
        if len(self._samples) < 2:
            return 0.0
        (first_us, first), (last_us, last) = self._samples[0], self._samples[-1]
        return (last - first) * 1_000_000 / max(1, last_us - first_us)

    def reset(self) -> None:
        """Forgets the samples."""
        self._samples.clear()


class Stats:
    """Counters since the start or since CONFIG RESETSTAT.

    Args:
        dialect: decides how many codes of errors are told apart.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._errors_on = True
        self.connections = 0
        self.rejected_connections = 0
        """Turned away because of maxclients."""
        self.resets = 0
        """How often all this began anew."""
        self.freed_late = 0
        """Objects that a server would have freed in a thread of its own."""
        self.auth_failures = 0
        self.acl_denied: dict[str, int] = {"cmd": 0, "key": 0, "channel": 0, "db": 0}
        """Refusals for want of a right, by what it was for."""
        self.memory_peak = 0
        """The most bytes that INFO has ever estimated."""
        self.memory_peak_s = 0
        """When that was, Unix time in seconds."""
        self.net_in = self.net_out = 0
        """Bytes of requests and of replies that passed a socket."""
        self.reads = self.writes = 0
        """How often sockets were read and written."""
        self.cycles = 0
        """Turns of the owner thread."""
        self.cycles_ns = 0
        """Time spent in them, waiting left out."""
        self.longest_cycle_ns = 0
        self.most_calls_in_cycle = self.calls_this_cycle = 0
        """Commands that one turn read from sockets: the most there were, and of the one under way."""
        self.expire_cycle_ns = 0
        self.error_replies = 0
        self.errors: dict[str, int] = {}
        """Error replies by code."""
        self.told_in_script: object = None
        """A script's error reply that was counted where it arose."""
        self.by_command: dict[str, CommandStat] = {}
        self.commands_rate, self.in_rate, self.out_rate, self.cycles_rate = Rate(), Rate(), Rate(), Rate()

    @property
    def commands(self) -> int:
        """Calls of any command."""
        return sum(stat.calls for stat in self.by_command.values())

    def of(self, name: str) -> CommandStat:
        """The counters of one command, by full name."""
        stat = self.by_command.get(name)
        if stat is None:
            stat = self.by_command[name] = CommandStat()
        return stat

    def note_cycle(self, taken_ns: int) -> None:
        """One turn of the owner thread is over."""
        self.cycles += 1
        self.cycles_ns += taken_ns
        self.longest_cycle_ns = max(self.longest_cycle_ns, taken_ns)
        self.most_calls_in_cycle = max(self.most_calls_in_cycle, self.calls_this_cycle)
        self.calls_this_cycle = 0

    def note_error(self, code: str) -> None:
        """One error reply."""
        self.error_replies += 1
        if code in self.errors:
            self.errors[code] += 1
        elif self._errors_on:
            self._new_error(code)

    def _new_error(self, code: str) -> None:
        """A code that was not met before: scripts may make up any number of them."""
        if len(self.errors) < _ERRORS_KEPT or not self._dialect.at_least("7.4.0", valkey="8.1.0"):
            self.errors[code] = 1
        elif self._dialect.is_valkey:
            self.errors["ERRORSTATS_OVERFLOW"] = self.errors.get("ERRORSTATS_OVERFLOW", 0) + 1
        else:
            self.errors = {"ERRORSTATS_DISABLED": 1}
            self._errors_on = False

    def note_denied(self, reason: str) -> None:
        """One refusal by ACL rules, or one failed login; ``reason`` as ACL LOG names it."""
        if reason == "auth":
            self.auth_failures += 1
            return
        word = {"command": "cmd", "database": "db"}.get(reason, reason)
        self.acl_denied[word] += 1

    def sample(self, now_us: int) -> None:
        """Marks the counts at a moment, for the rates."""
        self.commands_rate.sample(now_us, self.commands)
        self.in_rate.sample(now_us, self.net_in)
        self.out_rate.sample(now_us, self.net_out)
        self.cycles_rate.sample(now_us, self.cycles)

    def note_memory(self, used: int, now_s: int) -> None:
        """Keeps the highest estimate."""
        if used > self.memory_peak:
            self.memory_peak, self.memory_peak_s = used, now_s

    def reset(self) -> None:
        """Starts all counters anew, but not the peak of memory."""
        self.resets += 1
        self.connections = self.rejected_connections = self.auth_failures = self.freed_late = 0
        self.net_in = self.net_out = self.reads = self.writes = 0
        self.longest_cycle_ns = self.most_calls_in_cycle = 0
        self.cycles = self.cycles_ns = self.expire_cycle_ns = self.error_replies = 0
        self.acl_denied = dict.fromkeys(self.acl_denied, 0)
        self.errors.clear()
        self._errors_on = True
        for stat in self.by_command.values():
            stat.reset()
        for rate in (self.commands_rate, self.in_rate, self.out_rate, self.cycles_rate):
            rate.reset()
