"""A session of forty lines and a printer that remembers, for tests of the REPL."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from redis_tui.render.spans import Line, plain
from redis_tui.repl.shell import Shell
from redis_tui.resp.types import OK, QUEUED, ErrorReply, Reply
from redis_tui.session.base import (
    Capability,
    Event,
    KillOutcome,
    NodeFacts,
    Running,
    ScriptInfo,
    ScriptOutcome,
    ScriptRun,
    SessionInfo,
    Waiting,
)
from redis_tui.session.bulk import one_by_one
from redis_tui.session.stream import Stream, check_opens
from redis_tui.spec.catalog import Catalog
from redis_tui.spec.command import Arg, ArgKind, CommandSpec, KeyRange

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

GET = CommandSpec(
    "get",
    "Returns a string.",
    "string",
    "1.0.0",
    2,
    args=(Arg("key", ArgKind.KEY),),
    keys=KeyRange(1, 1, 1),
    usage="key",
)
CATALOG = Catalog.from_specs([GET])
ALL = frozenset(Capability)


class FakeSession:
    """Answers from a table; a run spins until it is killed where its source says so."""

    def __init__(self, replies: dict[bytes, Reply] | None = None, *, capabilities: frozenset[Capability] = ALL) -> None:
        self.info = SessionInfo("redis://h:1", "redis", "8.2.3", embedded=False, capabilities=capabilities)
        self.primaries: tuple[NodeFacts, ...] = ()
        self.db = 0
        self.in_transaction = False
        self.sent: list[list[bytes]] = []
        self.runs: list[ScriptRun] = []
        self.kills: list[bool] = []
        self.kill_outcomes = [KillOutcome.KILLED]
        self.started = asyncio.Event()
        self.killed = asyncio.Event()
        self.closed = False
        self._replies = replies or {}
        self._running: Running | None = None

    async def execute(self, argv: Sequence[bytes], *, db: int | None = None) -> Reply:
        self.sent.append(list(argv))
        name = argv[0].upper()
        if name == b"BLOCK":
            self.started.set()
            await asyncio.Event().wait()
        if isinstance(self._replies.get(name), ErrorReply):
            return self._replies[name]
        if name in (b"MULTI", b"EXEC", b"DISCARD"):
            self.in_transaction = name == b"MULTI"
        if name == b"SELECT":
            self.db = int(argv[1])
        return self._replies.get(name, QUEUED if name == b"QUEUE" else OK)

    async def execute_many(
        self, commands: Sequence[Sequence[bytes]], *, db: int | None = None, stop_at_error: bool = False
    ) -> list[Reply]:
        return await one_by_one(self, commands, db=db, stop_at_error=stop_at_error)

    async def run(self, run: ScriptRun) -> ScriptOutcome:
        self.runs.append(run)
        if b"while true" in run.source:
            self._running = Running(run.name, 1500.0, None)
            self.started.set()
            await self.killed.wait()
            self._running = None
            return ScriptOutcome(ErrorReply(b"ERR Script killed by user"), "s" * 40, 1500.0, killed=True)
        return ScriptOutcome(1, "s" * 40, 0.5, dry_run=run.dry_run)

    async def stream(self, argv: Sequence[bytes], *, capacity: int = 10_000) -> Stream:
        check_opens(argv)

        async def send(command: Sequence[bytes]) -> None:
            self.sent.append(list(command))

        async def leave() -> None: ...

        return Stream(send, leave, capacity=capacity)

    async def kill(self, *, undo: bool = False) -> KillOutcome:
        self.kills.append(undo)
        outcome = self.kill_outcomes.pop(0)
        if outcome is KillOutcome.KILLED:
            self.killed.set()
        return outcome

    def running(self) -> Running | None:
        return self._running

    def nodes(self) -> tuple[NodeFacts, ...]:
        return self.primaries

    def waiting(self) -> Waiting | None:
        return None

    async def let_go(self) -> None:
        """Nothing is waited for."""

    async def scripts(self) -> list[ScriptInfo]:
        return [ScriptInfo("a" * 40, "counter", None, 3, 0.5, 1.0, on_server=True)]

    async def catalog(self) -> Catalog:
        return CATALOG

    async def _events(self) -> AsyncIterator[Event]:
        return
        yield

    def events(self) -> AsyncIterator[Event]:
        return self._events()

    async def close(self) -> None:
        self.closed = True


class Paper:
    """A printer that keeps what it is given."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.themes: list[str] = []

    def lines(self, lines: Sequence[Line]) -> None:
        self.text.append(plain(lines))

    def raw(self, data: bytes) -> None:
        self.text.append(data.decode())

    def use_theme(self, name: str) -> None:
        self.themes.append(name)


@pytest.fixture
async def session() -> FakeSession:
    return FakeSession()


@pytest.fixture
def paper() -> Paper:
    return Paper()


@pytest.fixture
def shell(session: FakeSession, paper: Paper) -> Shell:
    return Shell(session, paper, catalog=CATALOG)
