"""How long a command takes, as a distribution: what INFO latencystats and LATENCY HISTOGRAM show.

It knows no command. Times are put into classes that are at most one part in 128 wide, so
that percentiles have two right digits, as the servers' have.

The decision a reader would question: a dict of classes and no array. A command meets few
classes, and adding to a dict is all that a call pays.
"""

from __future__ import annotations

from typing import Final

_DIGITS: Final = 8
"""Bits of a time that are kept."""
_LONGEST_NS: Final = 10**9
_FIRST_LEVEL_NS: Final = 1024


class Histogram:
    """A distribution of times up to one second."""

    __slots__ = ("counts",)

    def __init__(self) -> None:
        self.counts: dict[int, int] = {}
        """How many, by the least time of their class in nanoseconds."""

    def add(self, time_ns: int) -> None:
        """One more time."""
        if time_ns > _LONGEST_NS:  # noqa: PLR1730  # a call of min costs as much as all the rest
            time_ns = _LONGEST_NS
        shift = time_ns.bit_length() - _DIGITS
        if shift > 0:
            time_ns = time_ns >> shift << shift
        counts = self.counts
        counts[time_ns] = counts.get(time_ns, 0) + 1

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def percentile_us(self, percent: float) -> float:
        """The time that so many percent do not exceed, in microseconds; 0 where there is none."""
        wanted = max(1, int(percent / 100 * self.total + 0.5))
        seen = 0
        for least in sorted(self.counts):
            seen += self.counts[least]
            if seen >= wanted:
                return _greatest(least) / 1000
        return 0.0

    def levels(self) -> list[tuple[int, int]]:
        """How many took no longer, by microseconds; levels double, and those that add nothing are left out."""
        found: list[tuple[int, int]] = []
        level, seen, told = _FIRST_LEVEL_NS, 0, 0
        for least in sorted(self.counts):
            while least > level:
                if seen > told:
                    found.append((_greatest(level) // 1000, seen))
                    told = seen
                level *= 2
            seen += self.counts[least]
        if seen > told:
            found.append((_greatest(level) // 1000, seen))
        return found


def _greatest(least_ns: int) -> int:
    """The greatest time of the class that begins there."""
    return least_ns + (1 << max(0, least_ns.bit_length() - _DIGITS)) - 1
