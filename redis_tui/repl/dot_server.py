"""The dot commands that watch a server: ``.stat .latency`` until Ctrl-C, ``.slowlog .clients`` at once.

Knows the shell and the session waist; must not know prompt_toolkit. The decision a reader would question: figures of
a second are differences of two INFOs and not the server's own averages, which forget a burst or drag one along.
"""

from __future__ import annotations

import asyncio
import math
import statistics
import time
from collections import deque
from typing import TYPE_CHECKING, Final

from redis_tui.errors import UsageError
from redis_tui.quantity import milliseconds, size_text
from redis_tui.render.repeats import histogram
from redis_tui.render.spans import Line, Span, show, text_line
from redis_tui.render.summary import time_text
from redis_tui.repl.shell import stopped_within
from redis_tui.resp.types import ErrorReply
from redis_tui.session import facts
from redis_tui.session.nodes import lacking_text
from redis_tui.spec.redact import redacted_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.repl.shell import Shell
    from redis_tui.session.facts import ClientFacts, SlowEntry

_HEAD_EVERY: Final = 20
_COLUMNS: Final = (
    ("keys", 9),
    ("memory", 9),
    ("clients", 8),
    ("blocked", 8),
    ("ops/s", 8),
    ("hits", 5),
    ("in/s", 9),
    ("out/s", 9),
    ("exp/s", 6),
    ("evict/s", 8),
)
"""Of `.stat`: the title and how wide it is; no more than 79 in all."""
_PING_EVERY_S: Final = 0.01
_MOST_SAMPLES: Final = 360_000
"""An hour of them; older ones are left out of the spread."""
_LONGEST: Final = 100
_MOST_ENTRIES: Final = 10_000


async def stat(shell: Shell, args: list[str]) -> None:
    """A line of figures each second, until Ctrl-C.

    Raises:
        UsageError: the argument is no time, or the server refused INFO.
        NotSupportedError: MULTI is open.
    """
    shell.refuse_in_transaction()
    pause_s = milliseconds(args[0]) / 1000 if args else 1.0
    stop = shell.stop = asyncio.Event()
    shell.progress = "STAT"
    rows, before, lacking = 0, None, ""
    try:
        while not stop.is_set():
            now = (await _info(shell), time.monotonic())
            if rows % _HEAD_EVERY == 0:
                shell.printer.lines([[Span("".join(f"{title:>{width}}" for title, width in _COLUMNS), "dim")]])
            cells = _stat_cells(*now, before)
            shell.printer.lines(
                [text_line("".join(f"{cell:>{width}}" for cell, (_, width) in zip(cells, _COLUMNS, strict=True)))]
            )
            if (missing := lacking_text(shell.session.nodes())) != lacking:
                lacking = missing
                told = f"{lacking}: what it has is not in these figures" if lacking else "all nodes again"
                shell.printer.lines([text_line(f"  {told}", "warning")])
            rows, before = rows + 1, now
            await stopped_within(stop, pause_s)
    finally:
        shell.stop = None


async def _info(shell: Shell) -> dict[str, str]:
    found = await facts.info(shell.session)
    if isinstance(found, ErrorReply):
        raise UsageError(f"The server refused: {show(found.line)}.")
    keyspace = found.get("Keyspace", {})
    flat = {name: value for fields in found.values() for name, value in fields.items()}
    flat["keys"] = str(sum(_number(_parts(line), "keys") for line in keyspace.values()))
    return flat


def _parts(line: str) -> dict[str, str]:
    """``keys=3,expires=1`` taken apart."""
    return dict(part.split("=", 1) for part in line.split(",") if "=" in part)


def _stat_cells(now: dict[str, str], at_s: float, before: tuple[dict[str, str], float] | None) -> list[str]:
    def rate(name: str) -> float | None:
        if before is None:
            return None
        return max(0.0, (_number(now, name) - _number(before[0], name)) / max(0.001, at_s - before[1]))

    def shown(value: float | None) -> str:
        return "-" if value is None else f"{value:,.0f}"

    def flow(value: float | None) -> str:
        return "-" if value is None else size_text(round(value))

    hits, misses = rate("keyspace_hits"), rate("keyspace_misses")
    asked = None if hits is None or misses is None else hits + misses
    return [
        f"{_number(now, 'keys'):,}",
        size_text(_number(now, "used_memory")),
        f"{_number(now, 'connected_clients'):,}",
        f"{_number(now, 'blocked_clients'):,}",
        shown(rate("total_commands_processed")),
        f"{(hits or 0) / asked:.0%}" if asked else "-",
        flow(rate("total_net_input_bytes")),
        flow(rate("total_net_output_bytes")),
        shown(rate("expired_keys")),
        shown(rate("evicted_keys")),
    ]


def _number(fields: dict[str, str], name: str) -> int:
    text = fields.get(name, "")
    return int(text) if text.isdigit() else 0


async def latency(shell: Shell, args: list[str]) -> None:
    """How long PING takes there and back, sampled until Ctrl-C or for a time; then how it is spread.

    Raises:
        UsageError: the argument is no time.
        NotSupportedError: MULTI is open.
    """
    shell.refuse_in_transaction()
    ends_s = time.monotonic() + (milliseconds(args[0]) / 1000 if args else math.inf)
    stop = shell.stop = asyncio.Event()
    taken: deque[float] = deque(maxlen=_MOST_SAMPLES)
    worst = 0.0
    try:
        while not stop.is_set() and time.monotonic() < ends_s:
            started = time.perf_counter()
            await shell.session.execute([b"PING"])
            taken.append((time.perf_counter() - started) * 1000)
            worst = max(worst, taken[-1])
            shell.progress = f"{len(taken):,} × PING · last {time_text(taken[-1])} · worst {time_text(worst)}"
            await stopped_within(stop, _PING_EVERY_S)
    finally:
        shell.stop = None
    if taken:
        shell.printer.lines(_latency_lines(sorted(taken), embedded=shell.session.info.embedded))


def _latency_lines(taken: Sequence[float], *, embedded: bool) -> list[Line]:
    p99 = taken[math.ceil(len(taken) * 0.99) - 1]
    line: Line = [Span(f"{len(taken):,} × PING", "strong")]
    named = (("least", taken[0]), ("median", statistics.median(taken)), ("p99", p99), ("worst", taken[-1]))
    for name, value in named:
        line += [Span(f" · {name} ", "dim"), Span(time_text(value))]
    lines = [line, *histogram(taken)]
    if embedded:
        lines.append(text_line("The engine is in this process: there is no network in these times.", "dim"))
    return lines


async def slowlog(shell: Shell, args: list[str]) -> None:
    """The slow log, scripts by their names.

    Raises:
        UsageError: the argument is no number, or the server refused.
        NotSupportedError: MULTI is open.
    """
    shell.refuse_in_transaction()
    if args and not (args[0].isdecimal() and 0 < int(args[0]) <= _MOST_ENTRIES):
        raise UsageError(f"{args[0]!r} is no number of entries.", hint="Usage: .slowlog [N]")
    found = await facts.slowlog(shell.session, int(args[0]) if args else 10)
    if isinstance(found, ErrorReply):
        raise UsageError(f"The server refused: {show(found.line)}.")
    if not found:
        shell.printer.lines([text_line("The slow log is empty. CONFIG GET slowlog-log-slower-than is its threshold.")])
        return
    names = {script.sha: script.name for script in await shell.session.scripts() if script.name}
    now_s = time.time()
    shell.printer.lines([_slow_line(entry, names, now_s) for entry in found])


def _slow_line(entry: SlowEntry, names: dict[str, str], now_s: float) -> Line:
    line: Line = [
        Span(f"{_ago(now_s - entry.at_s):>10}  ", "dim"),
        Span(f"{time_text(entry.duration_us / 1000):>9}  ", "warning"),
        Span(_shortened(redacted_line(entry.argv))),
    ]
    sha = entry.argv[1].decode("latin-1").lower() if len(entry.argv) > 1 else ""
    if sha in names:
        line.append(Span(f"  {names[sha]}", "key"))
    if entry.node:
        line.append(Span(f"  {entry.node}", "accent"))
    if entry.client or entry.client_name:
        line.append(Span(f"  {entry.client_name} {entry.client}".rstrip(), "dim"))
    return line


async def clients(shell: Shell, _args: list[str]) -> None:
    """Who is connected, the latest first; this session's own connection marked.

    Raises:
        UsageError: the server refused.
        NotSupportedError: MULTI is open.
    """
    shell.refuse_in_transaction()
    found = await facts.clients(shell.session)
    if isinstance(found, ErrorReply):
        raise UsageError(f"The server refused: {show(found.line)}.")
    rows = [("id", "address", "name", "age", "idle", "db", "last command", "")]
    rows += [_client_row(one) for one in sorted(found, key=lambda one: one.number("age"))]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [text_line("  ".join(map(str.ljust, row, widths)).rstrip()) for row in rows]
    lines[0] = [Span(span.text, "dim") for span in lines[0]]
    shell.printer.lines(lines)


def _client_row(one: ClientFacts) -> tuple[str, str, str, str, str, str, str, str]:
    return (
        one.id,
        one.text("addr"),
        one.text("name"),
        _ago(one.number("age")),
        _ago(one.number("idle")),
        one.text("db"),
        one.text("cmd"),
        "this one" if one.is_own else "",
    )


def _ago(seconds: float) -> str:
    for limit, unit, step in ((120, "s", 1), (7200, "min", 60), (172_800, "h", 3600)):
        if seconds < limit:
            return f"{max(0.0, seconds) / step:.0f} {unit}"
    return f"{seconds / 86_400:.0f} d"


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
