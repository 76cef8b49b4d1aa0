"""SCRIPT KILL on a connection of its own, which is opened before it is needed.

Knows the way to a server, no session. The decision a reader would question: a connection that may never be used. A
server that is at its maxclients takes no other one, and that is the hour at which somebody wants to end a script.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

from redis_tui.errors import RedisTuiError, SessionError
from redis_tui.resp.types import ErrorReply, Reply
from redis_tui.session.base import KillOutcome
from redis_tui.session.greeting import in_time

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from redis_tui.session.way import Way
    from redis_tui.session.wire import Wire

NAME: Final = b"redis-tui-kill"
"""Under which a server lists the connection."""
_AGAIN_S: Final = 30.0
"""Seconds until a server that refused the connection is asked for it again."""


class SpareWire:
    """A connection that is kept for kills.

    Args:
        way: to the server.
    """

    def __init__(self, way: Way) -> None:
        self._way = way
        self._wire: Wire | None = None
        self._turn = asyncio.Lock()
        self._refused_at = -_AGAIN_S

    @property
    def is_ready(self) -> bool:
        return self._wire is not None and self._wire.is_open and not self._wire.is_gone

    async def keep(self) -> None:
        """Opens it where it is not; a server that refuses is left alone for a while, and nobody is told."""
        if self.is_ready or time.monotonic() - self._refused_at < _AGAIN_S:
            return
        try:
            wire = await self.get()
            await in_time(wire.target, wire.execute([b"CLIENT", b"SETNAME", NAME]))  # a busy server refuses; no matter
        except RedisTuiError:
            self._refused_at = time.monotonic()

    async def get(self) -> Wire:
        """The open connection.

        Raises:
            ConnectError, AuthError: there is none to be had.
        """
        async with self._turn:
            if self._wire is None or not self.is_ready:
                await self._drop()
                self._wire = await self._way.dial(bare=True)
            return self._wire

    async def close(self) -> None:
        """Closes it; it may be opened again, for the server may be elsewhere by then."""
        self._refused_at = -_AGAIN_S
        async with self._turn:
            await self._drop()

    async def _drop(self) -> None:
        wire, self._wire = self._wire, None
        if wire is not None:
            await wire.close()


async def script_kill(wire: Wire, sent: Callable[[Sequence[bytes]], None]) -> KillOutcome:
    """Asks a server to end what it runs, a script or a function.

    Args:
        wire: on which nothing else is under way.
        sent: told each command.

    Raises:
        SessionError: it refused for another reason than those a `KillOutcome` names.
    """
    reply: Reply = None
    for command in (b"SCRIPT", b"FUNCTION"):
        sent([command, b"KILL"])
        reply = await wire.execute([command, b"KILL"])
        # A server that runs a function answers BUSY to SCRIPT KILL, and the other way round.
        if not (isinstance(reply, ErrorReply) and reply.code == "BUSY"):
            break
    if isinstance(reply, ErrorReply):
        if reply.code in ("NOTBUSY", "UNKILLABLE"):
            return KillOutcome.NOTHING_RUNNING if reply.code == "NOTBUSY" else KillOutcome.UNKILLABLE
        raise SessionError(f"The server refused to kill the script: {reply.line.decode('utf-8', 'replace')}.")
    return KillOutcome.KILLED
