"""A session that passes everything on to another one: the base of those that add something on the way.

Adds nothing by itself. The decision a reader would question: wrapping, not a branch in each kind of session; what is
added (asking, logging) is then the same for the embedded engine and for a server, and can be left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

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
        SessionInfo,
        Waiting,
    )
    from redis_tui.session.stream import Stream
    from redis_tui.spec.catalog import Catalog


class WrappedSession:
    """A `Session` over another one."""

    def __init__(self, session: Session) -> None:
        self.inner = session

    @property
    def info(self) -> SessionInfo:
        return self.inner.info

    @property
    def db(self) -> int:
        return self.inner.db

    @property
    def in_transaction(self) -> bool:
        return self.inner.in_transaction

    async def execute(self, argv: Sequence[bytes], *, db: int | None = None) -> Reply:
        return await self.inner.execute(argv, db=db)

    async def execute_many(
        self, commands: Sequence[Sequence[bytes]], *, db: int | None = None, stop_at_error: bool = False
    ) -> list[Reply]:
        return await self.inner.execute_many(commands, db=db, stop_at_error=stop_at_error)

    async def run(self, run: ScriptRun) -> ScriptOutcome:
        return await self.inner.run(run)

    async def stream(self, argv: Sequence[bytes], *, capacity: int = 10_000) -> Stream:
        return await self.inner.stream(argv, capacity=capacity)

    async def kill(self, *, undo: bool = False) -> KillOutcome:
        return await self.inner.kill(undo=undo)

    def running(self) -> Running | None:
        return self.inner.running()

    def nodes(self) -> tuple[NodeFacts, ...]:
        return self.inner.nodes()

    def waiting(self) -> Waiting | None:
        return self.inner.waiting()

    async def let_go(self) -> None:
        await self.inner.let_go()

    async def scripts(self) -> list[ScriptInfo]:
        return await self.inner.scripts()

    async def catalog(self) -> Catalog:
        return await self.inner.catalog()

    def events(self) -> AsyncIterator[Event]:
        return self.inner.events()

    async def close(self) -> None:
        await self.inner.close()
