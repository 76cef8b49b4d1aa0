"""The calls of a run as lines: where in the script, how long, what was called, what came back.

The one place that draws a trace; the workbench, the REPL and the command line show the same
rows. This module must not know sessions' workings; it is handed `TraceRow` values.

The decision a reader would question: a reply of many lines is run together on one line and
cut. The rows then stay a table, and a reply of a million elements costs what is shown of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from redis_tui.render.command import command_line
from redis_tui.render.reply import stream_cli_lines
from redis_tui.render.spans import Line, Span, plain
from redis_tui.resp.inline import join_inline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.resp.types import Reply
    from redis_tui.session.base import TraceRow

By = Literal["line and command", "command", "line"]
"""What calls are summed up by."""
BAR: Final = 5
"""Cells of a bar."""
_COMMAND_LIMIT = 400
_REPLY_LIMIT = 60


class Sum(NamedTuple):
    """Calls that belong together."""

    line: int
    """0 where they are of several lines, or the line is not known."""
    name: str
    """The command; empty where they are of several."""
    calls: int
    took_us: float


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


def summed(rows: Sequence[TraceRow], by: By) -> list[Sum]:
    """The calls summed up, the dearest first.

    Args:
        rows: the calls.
        by: ``line and command``, ``command`` or ``line``.
    """
    calls: dict[tuple[int, str], int] = {}
    took: dict[tuple[int, str], float] = {}
    for row in rows:
        name = row.command[0].decode("utf-8", "replace").upper() if row.command else "?"
        place = (0 if by == "command" else row.line, "" if by == "line" else name)
        calls[place] = calls.get(place, 0) + 1
        took[place] = took.get(place, 0.0) + (row.duration_us or 0.0)
    sums = [Sum(*place, count, took[place]) for place, count in calls.items()]
    return sorted(sums, key=lambda one: (-one.took_us, -one.calls))


def sum_line(one: Sum, whole_us: float) -> Line:
    """A sum: line, time, share, command, calls, mean.

    Args:
        one: the sum.
        whole_us: what all calls took.
    """
    share = one.took_us / whole_us if whole_us else 0.0
    mean = f" · {_time(one.took_us / one.calls)} each" if one.calls > 1 and one.took_us else ""
    return [
        Span(f"{one.line or '':>4}  {_time(one.took_us):>11}  ", "dim"),
        Span(f"{share:>6.1%} ", "text"),
        Span(f"{bar(share):<{BAR}}  ", "accent"),
        Span(f"{one.name} " if one.name else "", "strong"),
        Span(f"{one.calls:,} call{'' if one.calls == 1 else 's'}", "text"),
        Span(mean, "dim"),
    ]


def timed_line(row: TraceRow, slowest_us: float) -> Line:
    """One call with a bar of its time; a sign marks the slowest.

    Args:
        row: the call.
        slowest_us: what the slowest call took.
    """
    where, took = str(row.line or "?"), row.duration_us
    is_slowest = took is not None and took >= slowest_us > 0
    share = (took or 0.0) / slowest_us if slowest_us else 0.0
    return [
        Span("▲" if is_slowest else " ", "warning"),
        Span(f"{where:>4}  {'' if took is None else _time(took):>11} ", "dim"),
        Span(f"{bar(share):<{BAR}} ", "warning" if is_slowest else "accent"),
        *command_line(row.command, limit=_COMMAND_LIMIT),
        Span("  →  ", "dim"),
        *brief(row.reply),
    ]


def bar(share: float) -> str:
    """A bar of at most `BAR` cells; of what took any time at least a sliver."""
    eighths = max(1 if share > 0 else 0, round(min(1.0, share) * BAR * 8))
    full, rest = divmod(eighths, 8)
    return "█" * full + ("▏▎▍▌▋▊▉"[rest - 1] if rest else "")


def _time(microseconds: float) -> str:
    return f"{microseconds:,.1f} µs"


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
    for line in stream_cli_lines(reply, pieces=True):  # a long string is not quoted to its end
        for span in [*([Span(" ")] if shown else []), *_unindented(line)]:
            if len(span.text) > room:
                return [*shown, Span(f"{span.text[: max(0, room - 1)]}…", span.style)]
            shown.append(span)
            room -= len(span.text)
    return shown


def _unindented(line: Line) -> Line:
    return [Span(line[0].text.lstrip(" "), line[0].style), *line[1:]]


def calls_as_commands(rows: Sequence[TraceRow]) -> str:
    """The calls as redis-cli takes them, one a line."""
    return "\n".join(join_inline(row.command) for row in rows) + "\n"


def calls_as_table(rows: Sequence[TraceRow]) -> str:
    """The calls as a table of columns apart by tabs: line, time, command, reply."""
    head = "line\tmicroseconds\tcommand\treply"
    lines = [
        "\t".join(
            (
                str(row.line or ""),
                "" if row.duration_us is None else f"{row.duration_us:.1f}",
                join_inline(row.command),
                plain([brief(row.reply, limit=400)]),
            )
        )
        for row in rows
    ]
    return "\n".join([head, *lines]) + "\n"
