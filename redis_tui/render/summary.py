"""What a run took, on one line, and the keys that it named; for every face alike.

This module must not know sessions' workings; it is handed a `ScriptOutcome`. What a server does not
tell is left out of the line, never shown as nothing.

The decision a reader would question: the time stands there twice, as what the run took and as what
everybody else waited. That a script holds up all other clients is what people forget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.quantity import size_text
from redis_tui.render.spans import Line, Span, width
from redis_tui.resp.inline import join_inline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.session.base import ScriptOutcome, SessionInfo, TouchedKey


def summary_line(outcome: ScriptOutcome, info: SessionInfo, *, slow_ms: float | None = None) -> Line:
    """The parts of `summary_parts` on one line."""
    return _joined(summary_parts(outcome, info, slow_ms=slow_ms))


def flowed(parts: Sequence[Line], columns: int) -> list[Line]:
    """Parts on as few lines as there is room for, none of them broken unless it is too long by itself."""
    rows: list[list[Line]] = []
    for part in parts:
        if rows and width(_joined([*rows[-1], part])) <= columns:
            rows[-1].append(part)
        else:
            rows.append([part])
    return [_joined(row) for row in rows]


_NOT_SENT = frozenset(("CROSSSLOT", "NODEDOWN"))
"""Codes of errors that a cluster's script meets on its way, where nobody waits for it."""


def summary_parts(outcome: ScriptOutcome, info: SessionInfo, *, slow_ms: float | None = None) -> list[Line]:
    """Time, instructions, memory, calls, keys touched, and for how long others were blocked.

    Args:
        outcome: the run.
        info: where it ran. The time of a server holds the way there and back, so that others waited less;
            a dry run for a server takes place on an engine of its own, for which nobody waited.
        slow_ms: from which time on the server counts a command as slow; None gives no warning.
    """
    parts: list[Line] = [[Span(time_text(outcome.duration_ms), "strong")]]
    if outcome.instructions is not None:
        parts.append([Span(_count(outcome.instructions, "instruction"), "text")])
    if outcome.memory_peak is not None:
        parts.append([Span(f"{size_text(outcome.memory_peak)} memory", "text")])
    if outcome.trace_total:
        parts.append([Span(_count(outcome.trace_total, "call"), "text")])
    if outcome.touched_total or outcome.touched:
        parts.append(_touched_part(outcome))
    is_refused = outcome.error is not None and outcome.error.code in _NOT_SENT
    if not is_refused and (info.embedded or not outcome.dry_run):
        parts.append(_blocking_part(outcome.duration_ms, slow_ms, at_most="" if info.embedded else "up to "))
    return parts


def _joined(parts: Sequence[Line]) -> Line:
    line: Line = []
    for part in parts:
        line += [Span(" · ", "dim"), *part] if line else part
    return line


def touched_lines(touched: Sequence[TouchedKey], total: int = 0) -> list[Line]:
    """A line for each key that the run named: slot, use, name, and whether it was declared.

    Args:
        touched: in the order of first mention.
        total: how many there were, where it is more.
    """
    lines = [_touched_line(one) for one in touched]
    if total > len(touched):
        lines.append([Span(f"first {len(touched):,} of {total:,} keys", "dim")])
    return lines


def _touched_line(one: TouchedKey) -> Line:
    use = "passed" if one.written is None else "written" if one.written else "read"
    return [
        Span(f"slot {one.slot:>5}  ", "dim"),
        Span(f"{use:<9}", "after" if one.written else "text"),
        Span("in KEYS       ", "dim") if one.declared else Span("⚠ undeclared  ", "warning"),
        Span(join_inline([one.key]), "key"),
    ]


def time_text(milliseconds: float) -> str:
    """``0.042 ms``, ``3.10 ms``, ``150 ms``, ``2.5 s``: three digits that mean something."""
    if milliseconds >= 1000:
        return f"{milliseconds / 1000:.1f} s"
    if milliseconds >= 100:
        return f"{milliseconds:.0f} ms"
    return f"{milliseconds:.2f} ms" if milliseconds >= 0.1 else f"{milliseconds:.3f} ms"


def _touched_part(outcome: ScriptOutcome) -> Line:
    part: Line = [Span(_count(outcome.touched_total or len(outcome.touched), "key"), "text")]
    undeclared = sum(not one.declared for one in outcome.touched)
    return [*part, Span(f" ⚠ {undeclared:,} undeclared", "warning")] if undeclared else part


def _blocking_part(milliseconds: float, slow_ms: float | None, *, at_most: str) -> Line:
    took = f"{at_most}{time_text(milliseconds)}"
    if slow_ms is None or milliseconds <= slow_ms:
        return [Span(f"others waited {took}", "dim")]
    return [Span(f"⚠ others waited {took}, slow is over {slow_ms:g} ms", "warning")]


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
