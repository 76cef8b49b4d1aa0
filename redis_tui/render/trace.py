"""The calls of a run as lines: where in the script, how long, what was called, what came back.

The one place that draws a trace; the workbench, the REPL and the command line show the same
rows. This module must not know sessions' workings; it is handed `TraceRow` values.

The decision a reader would question: a reply of many lines is run together on one line and
cut. The rows then stay a table, and a reply of a million elements costs what is shown of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.render.command import command_line
from redis_tui.render.reply import stream_cli_lines
from redis_tui.render.spans import Line, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.resp.types import Reply
    from redis_tui.session.base import TraceRow

_COMMAND_LIMIT = 400
_REPLY_LIMIT = 60


def trace_lines(rows: Sequence[TraceRow], total: int) -> list[Line]:
    """A line for each call, and one that counts those that were not kept.

    Args:
        rows: the calls, in their order.
        total: calls made, where there were more than rows.
    """
    lines = [trace_line(row) for row in rows]
    if total > len(rows):
        lines.append([Span(f"first {len(rows):,} of {total:,} calls", "dim")])
    return lines


def where_time_goes(rows: Sequence[TraceRow], *, limit: int = 10) -> list[Line]:
    """The calls summed up by line and command, the dearest first; nothing where each line called once.

    Args:
        rows: the calls, in their order.
        limit: sums that are shown; the others are counted.
    """
    sums: dict[tuple[int, str], tuple[int, float]] = {}
    for row in rows:
        place = row.line, row.command[0].decode("utf-8", "replace").upper() if row.command else "?"
        calls, took = sums.get(place, (0, 0.0))
        sums[place] = calls + 1, took + (row.duration_us or 0.0)
    whole = sum(took for _, took in sums.values())
    if len(sums) == len(rows) or not whole:
        return []
    lines: list[Line] = [[], [Span("Where the time goes", "title"), Span("  calls alone, by line and command", "dim")]]
    dearest = sorted(sums.items(), key=lambda item: -item[1][1])
    for (line, name), (calls, took) in dearest[:limit]:
        lines.append(
            [
                Span(f"{line or '?':>4}  {took:>10.1f} µs  ", "dim"),
                Span(f"{took / whole:>5.1%}  ", "accent"),
                Span(f"{name}  {calls:,} call{'' if calls == 1 else 's'}", "text"),
            ]
        )
    if len(sums) > limit:
        lines.append([Span(f"{limit} of {len(sums):,} sums", "dim")])
    return lines


def trace_line(row: TraceRow) -> Line:
    """One call: line, time, command, reply."""
    where = str(row.line or "?")
    took = "" if row.duration_us is None else f"{row.duration_us:.1f} µs"
    return [
        Span(f"{where:>4}  {took:>10}  ", "dim"),
        *command_line(row.command, limit=_COMMAND_LIMIT),
        Span("  →  ", "dim"),
        *brief(row.reply),
    ]


def brief(reply: Reply, *, limit: int = _REPLY_LIMIT) -> Line:
    """A reply on one line, cut where it is longer than the limit."""
    shown: Line = []
    room = limit
    for line in stream_cli_lines(reply):
        for span in [*([Span(" ")] if shown else []), *_unindented(line)]:
            if len(span.text) > room:
                return [*shown, Span(f"{span.text[: max(0, room - 1)]}…", span.style)]
            shown.append(span)
            room -= len(span.text)
    return shown


def _unindented(line: Line) -> Line:
    return [Span(line[0].text.lstrip(" "), line[0].style), *line[1:]]
