"""How long a server took for a script, not how long the interface took to look at the reply.

Knows no wire beyond its socket. A reply that came while panes are drawn is read once they are, so that a script of
0.1 ms seemed to keep others waiting for 15. The decision a reader would question: having sent a script, it waits for
the first byte of the reply on the spot, the loop standing still, for ten milliseconds at most. What takes longer is
measured when the loop gets to it.
"""

from __future__ import annotations

import selectors
import time
from contextvars import ContextVar
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import socket
    from collections.abc import Awaitable, Sequence

_T = TypeVar("_T")

STANDSTILL_S = 0.01
"""Seconds. As long as a server's slow log lets pass unless told otherwise; nobody sees the interface wait for it."""
_SCRIPTS = (b"EVAL", b"FCALL")
"""What the commands that run one begin with."""


class Stopwatch:
    """The time of one run; of several attempts at it the last."""

    def __init__(self) -> None:
        self._sent_s = time.perf_counter()
        self._came_s: float | None = None

    async def over(self, work: Awaitable[_T]) -> _T:
        """Measures what is sent while this is awaited."""
        token = _RUNNING.set(self)
        try:
            return await work
        finally:
            _RUNNING.reset(token)

    def starts(self, commands: Sequence[Sequence[bytes]]) -> bool:
        """Told what is sent now; whether it is what is measured."""
        if not any(argv[0].upper().startswith(_SCRIPTS) for argv in commands):
            return False
        self._sent_s, self._came_s = time.perf_counter(), None
        return True

    def look(self, link: socket.socket) -> None:
        """Told that it was sent; waits a moment for the reply."""
        if link.fileno() < 0:  # it was ended meanwhile, which the reader tells
            return
        with selectors.DefaultSelector() as selector:
            selector.register(link, selectors.EVENT_READ)
            if selector.select(STANDSTILL_S):
                self._came_s = time.perf_counter()

    @property
    def took_ms(self) -> float:
        """Milliseconds until the reply came, or until now where it was not seen to."""
        return ((self._came_s or time.perf_counter()) - self._sent_s) * 1000


_RUNNING: ContextVar[Stopwatch | None] = ContextVar("stopwatch", default=None)


def stopwatch() -> Stopwatch | None:
    """The one that measures what is sent here, if any."""
    return _RUNNING.get()
