"""MEMORY: what keys cost, and where the rest goes.

The decision a reader would question: PURGE answers OK and does nothing, as a server does whose
allocator keeps no pages back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.engine import memory, memory_report
from redis_tui.engine.registry import command, container
from redis_tui.errors import SyntaxFault
from redis_tui.resp.types import OK, Map, Reply, Verbatim
from redis_tui.spec.command import CommandFlag

if TYPE_CHECKING:
    from redis_tui.engine.context import Ctx

_ALLOCATOR_COST = "Depends on how much memory is allocated, could be slow"
_SMALL_BYTES = 5 * 1024 * 1024
_PEAK_TIMES = 1.5

container(
    "memory",
    "A container for memory diagnostics commands.",
    since="4.0.0",
    group="server",
)


@command(
    "MEMORY USAGE key [SAMPLES count]",
    since="4.0.0",
    flags=CommandFlag.READONLY,
    complexity="O(N) where N is the number of samples.",
    group="server",
)
def memory_usage(ctx: Ctx, key: bytes, *, samples: int = memory.DEFAULT_SAMPLES) -> Reply:
    """Estimates the memory usage of a key."""
    if samples < 0:
        raise SyntaxFault
    value = ctx.peek(key)
    return None if value is None else memory.usage(key, value, ctx.config, samples=samples)


@command("MEMORY STATS", since="4.0.0", complexity="O(1)", group="server")
def memory_stats(ctx: Ctx) -> Reply:
    """Returns details about memory usage."""
    return Map([(name.encode(), value) for name, value in memory_report.stats(ctx.engine)])


@command("MEMORY DOCTOR", since="4.0.0", complexity="O(1)", group="server")
def memory_doctor(ctx: Ctx) -> Reply:
    """Outputs a memory problems report."""
    sizes = memory_report.sizes(ctx.engine)
    server = "Valkey" if ctx.dialect.is_valkey else "Redis"
    if sizes.used < _SMALL_BYTES:
        return Verbatim(
            b"Hi Sam, this instance is empty or is using very little memory, my issues detector can't be used in "
            b"these conditions. Please, leave for your mission on Earth and fill it with some data. The new Sam and "
            b"I will be back to our programming as soon as I finished rebooting.\n"
        )
    if sizes.peak <= sizes.used * _PEAK_TIMES:
        return Verbatim(
            b"Hi Sam, I can't find any memory issue in your instance. "
            b"I can only account for what occurs on this base.\n"
        )
    report = (
        f"Sam, I detected a few issues in this {server} instance memory implants:\n\n"
        " * Peak memory: In the past this instance used more than 150% the memory that is currently using.\n\n"
        "I'm here to keep you safe, Sam. I want to help you.\n"
    )
    return Verbatim(report.encode())


@command("MEMORY PURGE", since="4.0.0", complexity=_ALLOCATOR_COST, group="server")
def memory_purge(_ctx: Ctx) -> Reply:
    """Asks the allocator to release memory."""
    return OK


@command("MEMORY MALLOC-STATS", since="4.0.0", complexity=_ALLOCATOR_COST, group="server")
def memory_malloc_stats(_ctx: Ctx) -> Reply:
    """Returns the allocator statistics."""
    return Verbatim(b"Stats not supported for the current allocator")
