"""Many runs of one script as lines: a small histogram, the median, the 99th percentile, the worst.

This module must not know sessions' workings; it is handed a `Repetition`. The decision a reader would
question: the steps of the histogram are 1, 2, 5, 10 and so on. Times of a script lie on both sides
of a long tail, of which even steps show one bar and a lot of nothing.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from redis_tui.render.spans import Line, Span
from redis_tui.render.summary import flowed, time_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.session.repeat import Repetition

_STEPS = (1, 2, 5)


def repeats_lines(series: Repetition, *, columns: int = 60) -> list[Line]:
    """The figures, then the histogram.

    Args:
        series: what was measured.
        columns: room for a line.
    """
    if series.median_ms is None or series.p99_ms is None or series.worst_ms is None:
        return [[Span("No run has ended.", "dim")]]
    parts: list[Line] = [[Span(_count(series), "strong")]]
    for name, value in (("median", series.median_ms), ("p99", series.p99_ms), ("worst", series.worst_ms)):
        style = "warning" if _is_slow(series, value) else "text"
        parts.append([Span(f"{name} ", "dim"), Span(time_text(value), style)])
    at_most = "up to " if series.round_trips else ""
    parts.append([Span(f"others waited {at_most}{time_text(series.total_ms)} in all", "dim")])
    lines = flowed(parts, columns)
    if slow := sum(_is_slow(series, value) for value in series.durations_ms):
        runs = f"{slow:,} run{'' if slow == 1 else 's'} took"
        lines.append([Span(f"⚠ {runs} over {series.slow_log_ms:g} ms, where the slow log begins", "warning")])
    if series.errors:
        lines.append([Span(f"✗ {series.errors:,} ended with an error{_first_error(series)}", "danger")])
    return [*lines, *histogram(series.durations_ms, columns=columns)]


def _is_slow(series: Repetition, value: float) -> bool:
    return series.slow_log_ms is not None and value > series.slow_log_ms


def _first_error(series: Repetition) -> str:
    failure = series.first_failure
    return "" if failure is None or failure.error is None else f": {failure.error.code} {failure.error.message}"


def histogram(durations_ms: Sequence[float], *, columns: int = 60) -> list[Line]:
    """A bar for each step of time, from the first with a run in it to the last.

    Args:
        durations_ms: from the shortest to the longest.
        columns: room for a line.
    """
    counts: dict[float, int] = {}
    for value in durations_ms:
        step = _step(value)
        counts[step] = counts.get(step, 0) + 1
    if not counts:
        return []
    most = max(counts.values())
    room = max(5, columns - 24)
    lines: list[Line] = []
    step, last = min(counts), max(counts)
    while step <= last:
        count = counts.get(step, 0)
        bar = "█" * max(1, round(room * count / most)) if count else ""
        lines.append(
            [Span(f"≤ {_label(step):>8} ", "dim"), Span(bar, "accent"), Span(f" {count:,}" if count else "", "text")]
        )
        step = _step(step * 1.5)
    return lines


def _step(value: float) -> float:
    """The least of 1, 2, 5, 10… times a power of ten that is no less."""
    if value <= 0:
        return 0.001
    power = 10.0 ** math.floor(math.log10(value))
    return next((round(step * power, 9) for step in _STEPS if value <= step * power * (1 + 1e-9)), round(10 * power, 9))


def _label(milliseconds: float) -> str:
    return f"{milliseconds:g} ms" if milliseconds < 1000 else f"{milliseconds / 1000:g} s"


def _count(series: Repetition) -> str:
    if series.runs == series.wanted:
        return f"{series.runs:,} run{'' if series.runs == 1 else 's'}"
    return f"{series.runs:,} of {series.wanted:,} runs"
