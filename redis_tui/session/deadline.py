"""The time limit of a run on a real server: SCRIPT KILL when the time is up, again until it is heard.

Knows no wire. The decision a reader would question: it gives up on a script that has written. A server kills
none of those, and answers nobody until it ends, which may be never; so who set a limit is told the truth at
the limit, not when the script pleases to end.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from redis_tui.session.base import KillOutcome

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

T = TypeVar("T")

AGAIN_S = 0.05
"""Seconds until a server that knew of no script is asked again."""
OBEDIENCE_S = 5.0
"""Seconds that a killed script may go on: what catches its own kill in a handler does so for ever on some servers."""


class Unkillable(Exception):
    """The time is up and the script goes on."""


async def within(timeout_ms: int, work: Coroutine[None, None, T], kill: Callable[[], Awaitable[KillOutcome]]) -> T:
    """Waits for a run, and asks for its end when the time is up.

    Args:
        timeout_ms: the limit.
        work: the run; cancelled where it cannot be ended.
        kill: asks the server to end it.

    Returns:
        What the run gave, ended or not.

    Raises:
        Unkillable: the server does not end it.
        SessionError: the server could not be asked, or the connection broke.
    """
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait({task}, timeout=timeout_ms / 1000)
        while not task.done():
            # Waited for even where the run ends meanwhile: the server still holds it, and it would hit the next.
            if (outcome := await kill()) is KillOutcome.UNKILLABLE:
                raise Unkillable
            await asyncio.wait({task}, timeout=OBEDIENCE_S if outcome is KillOutcome.KILLED else AGAIN_S)
            if outcome is KillOutcome.KILLED and not task.done():
                raise Unkillable
        return task.result()
    finally:
        if task.cancel():
            await asyncio.wait({task})  # it closes its connection, which must not be taken for open by what comes next
