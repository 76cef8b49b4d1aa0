"""A session that is still being opened: it knows its address, and whoever asks it something waits for the real one.

Knows the protocol alone. The decision a reader would question: it guesses nothing that it could not know. Its
capabilities are empty and its version is unknown until it is open, so a face that must know waits for `opened`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from redis_tui.session.base import SessionInfo
from redis_tui.spec.redact import redact_url

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from redis_tui.resp.types import Reply
    from redis_tui.session.base import (
        Event,
        KillOutcome,
        NodeFacts,
        Running,
        ScriptInfo,
        ScriptOutcome,
        ScriptRun,
        Session,
        Waiting,
    )
    from redis_tui.session.stream import Stream
    from redis_tui.spec.catalog import Catalog


class LateSession:
    """A `Session` that is opened when it is first asked for.

    Args:
        url: where; ``memory://`` is the embedded engine.
        opener: opens the real session.
        read_only: so will it be.
        production: so will it be.
        db: its database, where that is not the address's.
    """

    def __init__(
        self,
        url: str,
        opener: Callable[[], Awaitable[Session]],
        *,
        read_only: bool = False,
        production: bool = False,
        db: int | None = None,
    ) -> None:
        scheme, _, rest = url.partition("://")
        self.info = SessionInfo(
            url=redact_url(url),
            server="valkey" if scheme.startswith("valkey") else "redis",
            version="",
            embedded=scheme == "memory",
            capabilities=frozenset(),
            read_only=read_only,
            production=production,
        )
        path = rest.partition("?")[0].rpartition("/")[2]
        of_address = int(path) if "/" in rest and path.isdecimal() else 0
        self._db = of_address if db is None else db
        self._opener = opener
        self._opening: asyncio.Future[Session] | None = None

    async def opened(self) -> Session:
        """The real session.

        Raises:
            UsageError, FileError, ConnectError, AuthError: it cannot be opened.
        """
        if self._opening is None:
            self._opening = asyncio.ensure_future(self._opener())
        return await asyncio.shield(self._opening)

    @property
    def db(self) -> int:
        return self._db

    @property
    def in_transaction(self) -> bool:
        return False

    async def execute(self, argv: Sequence[bytes], *, db: int | None = None) -> Reply:
        return await (await self.opened()).execute(argv, db=db)

    async def execute_many(
        self, commands: Sequence[Sequence[bytes]], *, db: int | None = None, stop_at_error: bool = False
    ) -> list[Reply]:
        return await (await self.opened()).execute_many(commands, db=db, stop_at_error=stop_at_error)

    async def run(self, run: ScriptRun) -> ScriptOutcome:
        return await (await self.opened()).run(run)

    async def stream(self, argv: Sequence[bytes], *, capacity: int = 10_000) -> Stream:
        return await (await self.opened()).stream(argv, capacity=capacity)

    async def kill(self, *, undo: bool = False) -> KillOutcome:
        return await (await self.opened()).kill(undo=undo)

    def running(self) -> Running | None:
        return None

    def nodes(self) -> tuple[NodeFacts, ...]:
        opening = self._opening
        is_there = opening is not None and opening.done() and not opening.cancelled() and opening.exception() is None
        return opening.result().nodes() if opening is not None and is_there else ()

    def waiting(self) -> Waiting | None:
        return None

    async def let_go(self) -> None:
        await (await self.opened()).let_go()

    async def scripts(self) -> list[ScriptInfo]:
        return await (await self.opened()).scripts()

    async def catalog(self) -> Catalog:
        return await (await self.opened()).catalog()

    async def events(self) -> AsyncIterator[Event]:
        async for event in (await self.opened()).events():
            yield event

    async def close(self) -> None:
        """Ends the real session where there is one, or is about to be."""
        if self._opening is None:
            return
        if not self._opening.done():
            self._opening.cancel()
        await asyncio.wait({self._opening})
        if not self._opening.cancelled() and self._opening.exception() is None:
            await self._opening.result().close()
