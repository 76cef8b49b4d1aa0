"""The runs of this session: what was run, when, how it ended, and all that came of it. Knows no widget.

The decision a reader would question: two bounds. Past so many bytes the oldest runs lose their reply, trace and
changes and keep their line, their script and their arguments, so that they can be run again; only past so many
runs is a line dropped. Both are counted, so that whoever shows the log can say so.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Final, Literal, TypeVar

from redis_tui.record import dataclass
from redis_tui.resp.types import ErrorReply, Map, Pairs, SetReply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from redis_tui.session.base import ScriptOutcome, ScriptRun
    from redis_tui.session.repeat import Repetition

T = TypeVar("T")
Kind = Literal["run", "dry", "trace", "repeat", "preset"]
"""How it was asked for."""
MOST: Final = 500
"""Runs that are kept."""
MOST_BYTES: Final = 64 * 1024 * 1024
"""Memory that the replies, traces and changes of all of them may take, about."""
_SAMPLE: Final = 200
"""Parts of a large value that are weighed; the others are taken to be like them."""
_OBJECT: Final = 64
"""Bytes that any value takes, about."""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run."""

    number: int
    """From 1, in the order in which they ended."""
    at_s: float
    """Unix time of its end."""
    kind: Kind
    run: ScriptRun
    outcome: ScriptOutcome | None = None
    """None where it was not made, or was one of many."""
    series: Repetition | None = None
    """Of a run that was repeated."""
    slow_ms: float | None = None
    """From when on the server counted a command as slow."""
    problem: tuple[str, str] = ("", "")
    """Why it could not be made, and what to do."""
    weight: int = 0
    """Bytes, about."""
    is_slim: bool = False
    """Its reply, trace, changes and log were dropped."""

    @property
    def ending(self) -> str:
        """How it ended, in a word with a sign: ``✓ ok``, ``✗ WRONGTYPE``, ``✗ timed out``."""
        if self.series is not None:
            return _series_ending(self.series)
        if self.outcome is None:
            return "✗ not run"
        if self.outcome.timed_out:
            return "✗ timed out"
        if self.outcome.killed:
            return "✗ killed"
        if self.outcome.error is not None:
            return f"✗ {self.outcome.error.code}"
        return f"✗ {self.outcome.reply.code}" if isinstance(self.outcome.reply, ErrorReply) else "✓ ok"

    @property
    def duration_ms(self) -> float | None:
        """What it took; of many the median."""
        if self.series is not None:
            return self.series.median_ms
        return None if self.outcome is None else self.outcome.duration_ms

    @property
    def how(self) -> str:
        """The kind for people: ``run``, ``100× dry``."""
        if self.series is None:
            return self.kind
        return f"{self.series.runs:,}×{' dry' if self.run.dry_run else ''}"

    @property
    def clock(self) -> str:
        """When it ended, by the wall clock."""
        return time.strftime("%H:%M:%S", time.localtime(self.at_s))


def _series_ending(series: Repetition) -> str:
    if series.stopped:
        return "✗ stopped"
    return f"✗ {series.errors:,} failed" if series.errors else "✓ ok"


class RunLog:
    """Runs, the newest last; bounded.

    Args:
        most: runs that are kept.
        most_bytes: what their details may take, about.
        now: Unix time in seconds.
    """

    def __init__(self, *, most: int = MOST, most_bytes: int = MOST_BYTES, now: Callable[[], float] = time.time) -> None:
        self._most, self._most_bytes, self._now = most, most_bytes, now
        self._records: deque[RunRecord] = deque()
        self._weight = 0
        self.dropped = 0
        """Runs that are not kept any more."""

    @property
    def records(self) -> Sequence[RunRecord]:
        """The oldest first."""
        return self._records

    @property
    def newest(self) -> RunRecord | None:
        """The last run; None before the first."""
        return self._records[-1] if self._records else None

    @property
    def total(self) -> int:
        """Runs made, those that are not kept included."""
        return self.dropped + len(self._records)

    def get(self, number: int) -> RunRecord | None:
        """The run of a number, where it is kept."""
        at = number - 1 - self.dropped
        return self._records[at] if 0 <= at < len(self._records) else None

    def before(self, record: RunRecord) -> RunRecord | None:
        """The run to compare another with: the last before it that has its details, of the same script if there is."""
        older = [one for one in self._records if one.number < record.number and one.outcome and not one.is_slim]
        same = [one for one in older if one.run.name == record.run.name]
        return next(reversed(same or older), None)

    def add(
        self,
        kind: Kind,
        run: ScriptRun,
        *,
        outcome: ScriptOutcome | None = None,
        series: Repetition | None = None,
        slow_ms: float | None = None,
        problem: tuple[str, str] = ("", ""),
    ) -> RunRecord:
        """Keeps a run that has ended, and lets go of what is too much by then."""
        twin = next((one.run.source for one in reversed(self._records) if one.run.source == run.source), run.source)
        record = RunRecord(
            self.total + 1,
            self._now(),
            kind,
            replace(run, source=twin),  # the same text is held once
            outcome,
            series,
            slow_ms,
            problem,
            weight_of(outcome) if outcome is not None else 0,
        )
        self._records.append(record)
        self._weight += record.weight
        if len(self._records) > self._most:
            self._weight -= self._records.popleft().weight
            self.dropped += 1
        self._slim()
        return record

    def _slim(self) -> None:
        for at in range(len(self._records) - 1):  # never the newest
            if self._weight <= self._most_bytes:
                return
            record = self._records[at]
            if record.outcome is not None and not record.is_slim:
                self._weight -= record.weight
                self._records[at] = replace(record, outcome=_slimmed(record.outcome), weight=0, is_slim=True)


def _slimmed(outcome: ScriptOutcome) -> ScriptOutcome:
    reply = outcome.reply if isinstance(outcome.reply, ErrorReply) else None
    return replace(outcome, reply=reply, trace=(), changes=(), touched=(), log=())


def weight_of(outcome: ScriptOutcome) -> int:
    """Bytes that an outcome holds, about: of what is large a sample is weighed."""
    snapshots = [side.value for change in outcome.changes[:_SAMPLE] for side in (change.before, change.after)]
    scale = len(outcome.changes) / max(1, min(len(outcome.changes), _SAMPLE))
    return int(
        _weight(outcome.reply)
        + _weights([(row.command, row.reply) for row in _sample(outcome.trace)], len(outcome.trace))
        + scale * sum(map(_weight, snapshots))
        + _weights([one.key for one in _sample(outcome.touched)], len(outcome.touched))
        + sum(len(line.message) + _OBJECT for line in outcome.log)
    )


def _sample(parts: Sequence[T]) -> Sequence[T]:
    return parts[:: max(1, len(parts) // _SAMPLE)]


def _weights(sample: Sequence[object], count: int) -> float:
    return sum(map(_weight, sample)) * count / len(sample) if sample else 0.0


def _weight(value: object) -> float:
    """One value; of the parts of a long one only some are looked at."""
    if isinstance(value, bytes | str | bytearray):
        return len(value) + _OBJECT
    parts: Iterable[object]
    if isinstance(value, Map | Pairs):
        parts, count = value.pairs, len(value.pairs)
    elif isinstance(value, Mapping):
        parts, count = value.items(), len(value)
    elif isinstance(value, SetReply):
        parts, count = value.items, len(value.items)
    elif isinstance(value, list | tuple):
        parts, count = value, len(value)
    else:
        return _OBJECT
    sample = list(islice(parts, _SAMPLE))
    return _OBJECT + _weights(sample, count)
