"""Whether a script is Lua at all, told without asking the server: the same for every kind of session.

The decision a reader would question: no method of `Session`. All servers run Lua 5.1, the answer
needs no connection, and nobody's script can hold it up: it is found in a thread of its own.
"""

from __future__ import annotations

import asyncio

from redis_tui.record import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a text stops being Lua."""

    line: int
    """From 1."""
    message: str
    """Lua's own words, without the position."""


async def check_syntax(source: bytes) -> Fault | None:
    """The first thing in a script or library that Lua cannot read; None where there is nothing.

    Args:
        source: with its shebang, if it has one; that line is left to the server.
    """
    return await asyncio.to_thread(_check, source)


def _check(source: bytes) -> Fault | None:
    from redis_tui.scripting.syntax import find_fault  # loads Lua, which a first picture can do without

    fault = find_fault(source)
    return None if fault is None else Fault(fault.line, fault.message)
