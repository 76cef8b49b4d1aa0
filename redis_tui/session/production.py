"""A session on a production server: asks a person before a dangerous command goes out, whichever face sends it.

Wraps a session of either kind; what is dangerous, `danger` knows. A face says once how it asks (`ask_with`) and
cannot forget a command. The decision a reader would question: it refuses where nobody is there to ask. A
program that runs unattended on production must say ``--yes`` in so many letters.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import TYPE_CHECKING

from redis_tui.errors import NotConfirmedError
from redis_tui.session.danger import Danger, danger_in_script, danger_of
from redis_tui.session.guard import writes
from redis_tui.session.seen import SeenScripts
from redis_tui.session.wrapped import WrappedSession

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from redis_tui.resp.types import Reply
    from redis_tui.session.base import ScriptOutcome, ScriptRun, Session, SessionInfo
    from redis_tui.session.stream import Stream

_ANSWERED: ContextVar[bool] = ContextVar("answered", default=False)


class ProductionSession(WrappedSession):
    """A `Session` over another one, on a server that people depend on.

    Args:
        session: the real one.
        ask: puts the question: told the danger and the word that must be typed, answers whether to go on. None
            refuses.
    """

    def __init__(self, session: Session, ask: Callable[[Danger, str], Awaitable[bool]] | None = None) -> None:
        super().__init__(session)
        self.ask = ask
        self._seen = SeenScripts()

    @property
    def info(self) -> SessionInfo:
        return replace(self.inner.info, production=True)

    async def execute(self, argv: Sequence[bytes], *, db: int | None = None) -> Reply:
        await self._check_all([argv])
        return await self.inner.execute(argv, db=db)

    async def execute_many(
        self, commands: Sequence[Sequence[bytes]], *, db: int | None = None, stop_at_error: bool = False
    ) -> list[Reply]:
        await self._check_all(commands)
        return await self.inner.execute_many(commands, db=db, stop_at_error=stop_at_error)

    async def run(self, run: ScriptRun) -> ScriptOutcome:
        if not run.dry_run:
            await self._check(danger_in_script(await self.catalog(), run.source, run.name))
            self._seen.note_source(run.source)
        return await self.inner.run(run)

    async def stream(self, argv: Sequence[bytes], *, capacity: int = 10_000) -> Stream:
        await self._check(danger_of(await self.catalog(), argv))
        return await self.inner.stream(argv, capacity=capacity)

    async def _check_all(self, commands: Sequence[Sequence[bytes]]) -> None:
        catalog = await self.catalog()
        for argv in commands:
            if not (self.inner.info.read_only and writes(catalog, argv)):  # that is refused, and needs no question
                await self._check(danger_of(catalog, argv) or self._seen.danger_of(argv))
                self._seen.note(argv)

    async def _check(self, danger: Danger | None) -> None:
        if danger is None or _ANSWERED.get():
            return
        word = self.info.word
        if self.ask is not None and await self.ask(danger, word):
            return
        raise NotConfirmedError(
            f"{danger.what} was not sent: {word} is a production server.",
            hint="Add --yes to send it without being asked." if self.ask is None else f"Type {word} when asked.",
        )


def ask_with(session: Session, ask: Callable[[Danger, str], Awaitable[bool]]) -> None:
    """Says how a person is asked before a dangerous command; nothing where the server is no production server.

    Args:
        session: of a face.
        ask: told the danger and the word that must be typed; answers whether to go on.
    """
    if (guarded := _guarded(session)) is not None:
        guarded.ask = ask


async def agreed(session: Session, danger: Danger) -> bool:
    """Whether something may be done that is dangerous as a whole, such as deleting many keys one by one.

    Args:
        session: where it is done.
        danger: what a person is told.

    Returns:
        True as well where the server is no production server: nobody is asked.
    """
    if (guarded := _guarded(session)) is None:
        return True
    return guarded.ask is not None and await guarded.ask(danger, session.info.word)


def _guarded(session: Session) -> ProductionSession | None:
    """The session that asks, however it is wrapped."""
    while isinstance(session, WrappedSession) and not isinstance(session, ProductionSession):
        session = session.inner
    return session if isinstance(session, ProductionSession) else None


@contextmanager
def answered() -> Iterator[None]:
    """What is executed within belongs to a question that was answered already: the same command, many times."""
    token = _ANSWERED.set(True)
    try:
        yield
    finally:
        _ANSWERED.reset(token)
