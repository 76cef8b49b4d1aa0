"""LATENCY: what was slow, and how calls are spread over time.

The decision a reader would question: the doctor's advice is given for the events that can
happen here only; saves write beside the clients, and nothing forks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.engine import latency_report
from redis_tui.engine.registry import command, container
from redis_tui.errors import CommandError
from redis_tui.resp.types import Map, Reply, Verbatim
from redis_tui.spec.command import CommandFlag

if TYPE_CHECKING:
    from redis_tui.engine.context import Ctx

_FLAGS = CommandFlag.ADMIN | CommandFlag.NOSCRIPT | CommandFlag.LOADING | CommandFlag.STALE

container(
    "latency",
    "A container for latency diagnostics commands.",
    since="2.8.13",
    group="server",
)


@command("LATENCY LATEST", since="2.8.13", flags=_FLAGS, complexity="O(1)", group="server")
def latency_latest(ctx: Ctx) -> Reply:
    """Returns the latest latency samples for all events."""
    rows: list[Reply] = []
    for name, event in ctx.engine.latency.events.items():
        unix_time, taken_ms = event.samples[-1]
        row: list[Reply] = [name.encode(), unix_time, taken_ms, event.worst_ms]
        if ctx.dialect.at_least("99.0.0", valkey="8.1.0"):
            row += [event.total_ms, event.count]
        rows.append(row)
    return rows


@command("LATENCY HISTORY event", since="2.8.13", flags=_FLAGS, complexity="O(1)", group="server")
def latency_history(ctx: Ctx, event: bytes) -> Reply:
    """Returns timestamp-latency samples for an event."""
    found = ctx.engine.latency.events.get(event.decode("latin-1"))
    return [] if found is None else [[unix_time, taken_ms] for unix_time, taken_ms in found.samples]


@command("LATENCY RESET [event [event ...]]", since="2.8.13", flags=_FLAGS, complexity="O(1)", group="server")
def latency_reset(ctx: Ctx, events: list[bytes]) -> Reply:
    """Resets the latency data for one or more events."""
    return ctx.engine.latency.reset([event.decode("latin-1") for event in events])


@command("LATENCY GRAPH event", since="2.8.13", flags=_FLAGS, complexity="O(1)", group="server")
def latency_graph(ctx: Ctx, event: bytes) -> Reply:
    """Returns a latency graph for an event."""
    found = ctx.engine.latency.events.get(event.decode("latin-1"))
    if found is None:
        raise CommandError(b"ERR No samples available for event '%b'" % event)
    now_s = ctx.engine.clock.now_us() // 1_000_000
    return Verbatim(latency_report.graph(event.decode("latin-1"), found, now_s).encode("latin-1"))


@command("LATENCY DOCTOR", since="2.8.13", flags=_FLAGS, complexity="O(1)", group="server")
def latency_doctor(ctx: Ctx) -> Reply:
    """Returns a human-readable latency analysis report."""
    return Verbatim(latency_report.doctor(ctx.engine).encode())


@command(
    "LATENCY HISTOGRAM [command [command ...]]",
    since="7.0.0",
    flags=_FLAGS,
    complexity="O(N) where N is the number of commands with latency information being retrieved.",
    group="server",
)
def latency_histogram(ctx: Ctx, commands: list[bytes]) -> Reply:
    """Returns the cumulative distribution of latencies of a subset or all commands."""
    stats = ctx.engine.stats.by_command
    shown: list[tuple[Reply, Reply]] = []
    for name in _named(ctx, commands) if commands else list(stats):
        histogram = stats[name].histogram if name in stats else None
        if histogram is not None and histogram.counts:
            levels = Map([(micros, count) for micros, count in histogram.levels()])
            shown.append((name.encode(), Map([(b"calls", histogram.total), (b"histogram_usec", levels)])))
    return Map(shown)


def _named(ctx: Ctx, commands: list[bytes]) -> list[str]:
    """Full names of the commands that are meant; of a container all it holds."""
    names: list[str] = []
    for word in commands:
        head, _, tail = word.partition(b"|")
        found = ctx.engine.registry.find(head)
        if found is not None and tail:
            found = found.subcommands.get(tail.lower())
        if found is not None:
            names += [sub.name for sub in found.subcommands.values()] or [found.name]
    return names
