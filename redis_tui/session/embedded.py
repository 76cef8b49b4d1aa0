"""A session over the embedded engine: no server, no wire, the same protocol.

The engine lives in its own thread; every call here is a job for it, except `kill` and
`running`, which go beside the queue. What a run is, `watched` knows.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections import deque
from concurrent.futures import Future, InvalidStateError
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakSet

from redis_tui.engine.blocking import BLOCKED
from redis_tui.engine.dialect import REDIS_8, Dialect
from redis_tui.engine.engine import Engine
from redis_tui.engine.scripts import KillResult
from redis_tui.engine.thread import EngineThread
from redis_tui.errors import RedisTuiError, SessionError
from redis_tui.resp.shape import as_resp2
from redis_tui.resp.types import ErrorReply, Reply
from redis_tui.session.aside import is_aside
from redis_tui.session.base import (
    Capability,
    Event,
    EventKind,
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
from redis_tui.session.embedded_stream import StreamOutlet
from redis_tui.session.feed import Feed
from redis_tui.session.guard import (
    read_only_notes,
    read_only_refusal,
    refuse_in_transaction,
    refuse_takeover,
    runs_script,
    writes,
)
from redis_tui.session.stream import CAPACITY, Stream, check_opens, check_taken
from redis_tui.session.watched import undoable, watched_run
from redis_tui.spec.catalog import Catalog
from redis_tui.spec.command import CommandFlag
from redis_tui.spec.redact import redacted_line

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
    from pathlib import Path

    from redis_tui.engine.client import Client
    from redis_tui.engine.overlay import Fetched

    AsyncFetch = Callable[[int, Sequence[bytes]], Coroutine[None, None, Sequence[Fetched]]]

T = TypeVar("T")

_FETCH_POLL_S = 0.05
"""Seconds between two looks whether a run that waits for a key was killed."""
_PAUSE_POLL_S = 0.02
"""Seconds until something that CLIENT PAUSE has held back is tried again."""
_KILLS = {
    KillResult.KILLED: KillOutcome.KILLED,
    KillResult.NOTHING_RUNNING: KillOutcome.NOTHING_RUNNING,
    KillResult.UNKILLABLE: KillOutcome.UNKILLABLE,
}


class EmbeddedSession:
    """A `Session` over an engine of its own.

    Args:
        dialect: whom the engine speaks as.
        read_only: refuse commands that write, and run scripts as EVAL_RO.
        load: a snapshot file to fill the engine from; only read.
        lua_memory: bytes that scripts may take; None is the usual.

    Raises:
        FileError: that file cannot be read, or is damaged.
    """

    def __init__(
        self,
        *,
        dialect: Dialect = REDIS_8,
        read_only: bool = False,
        load: Path | None = None,
        lua_memory: int | None = None,
    ) -> None:
        engine = Engine(dialect=dialect)
        engine.scripts.memory_limit = lua_memory
        self._client = engine.connect(addr=b"embedded:0", laddr=b"embedded:0")
        # Runs have a client of their own: what is typed meanwhile (RESET, MULTI, SELECT) cannot reach into a run.
        self._runner = engine.connect(addr=b"embedded:1", laddr=b"embedded:1")
        self._registry = engine.registry
        self._known: Catalog | None = None
        self._thread = EngineThread(engine)
        if load is not None:
            try:
                # There, since a file may hold function libraries, and they belong to that thread.
                self._thread.submit(lambda owned: owned.persistence.load_file(load)).result()
            except BaseException:
                self._thread.close()
                raise
        self._feed = Feed()
        self._names: dict[str, str] = {}
        self._run_lock = asyncio.Lock()
        self._running_name = ""
        self._dry = False
        self._closed = False
        self._waiters: set[_Waiter] = set()
        self._streams: WeakSet[Stream] = WeakSet()
        self._db = 0
        self.info = SessionInfo(
            url="memory://",
            server=dialect.server,
            version=dialect.version,
            embedded=True,
            read_only=read_only,
            capabilities=frozenset(
                {
                    Capability.TRACE,
                    Capability.CHANGES,
                    Capability.DRY_RUN,
                    Capability.LIST_SCRIPTS,
                    Capability.ROLLBACK_KILL,
                    Capability.COSTS,
                }
            ),
        )

    @property
    def db(self) -> int:
        return self._db

    @property
    def in_transaction(self) -> bool:
        return self._client.transaction is not None

    async def execute(self, argv: Sequence[bytes], *, db: int | None = None) -> Reply:
        if self.info.read_only and (refusal := self._refusal(argv)) is not None:
            return refusal
        refuse_takeover(argv)
        client, words, is_script = self._client, list(argv), runs_script(argv)
        own = is_aside()
        if self._may_wait(argv) and client.transaction is None:
            return await self._wait(words, db)

        def work(engine: Engine) -> tuple[Reply, int, int] | None:
            dirty, home = engine.space.dirty, client.ctx.db
            client.is_aside = own
            perform = undoable if is_script and client.transaction is None else Engine.execute
            if db is not None and client.transaction is None:
                client.ctx.use(engine.space.databases[db])
                try:
                    reply = perform(engine, client, words)
                finally:
                    client.ctx.use(home)
            else:
                reply = perform(engine, client, words)
                home = client.ctx.db
            if reply is BLOCKED:
                engine.blocking.release(client)
                return None
            return reply, engine.space.dirty - dirty, home.index

        self._feed.put(Event(EventKind.SENT, redacted_line(words), is_aside=is_aside()))
        reply, dirty, self._db = await self._after_pause(work, during_busy=True)
        if client.resp != self.info.resp:
            self.info = replace(self.info, resp=client.resp)
        if dirty:
            self._feed.put(Event(EventKind.KEYS_CHANGED))
        if words[0].upper() in (b"SCRIPT", b"EVAL", b"EVALSHA"):
            self._feed.put(Event(EventKind.SCRIPTS_CHANGED))
        return as_resp2(reply) if client.resp == 2 else reply

    async def execute_many(
        self, commands: Sequence[Sequence[bytes]], *, db: int | None = None, stop_at_error: bool = False
    ) -> list[Reply]:
        client, waiting = self._client, deque(list(argv) for argv in commands)
        replies: list[Reply] = []

        def work(engine: Engine) -> int | None:
            dirty, home = engine.space.dirty, client.ctx.db
            if db is not None:
                client.ctx.use(engine.space.databases[db])
            try:
                while waiting:
                    reply = engine.execute(client, waiting[0])
                    if reply is BLOCKED:
                        engine.blocking.release(client)
                        return None
                    waiting.popleft()
                    replies.append(as_resp2(reply) if client.resp == 2 else reply)
                    if stop_at_error and isinstance(reply, ErrorReply):
                        break
            finally:
                client.ctx.use(home)
            return engine.space.dirty - dirty

        if self.info.read_only:
            return await one_by_one(self, commands, db=db, stop_at_error=stop_at_error)
        if self._feed.has_readers:
            for argv in commands:
                self._feed.put(Event(EventKind.SENT, redacted_line(list(argv)), is_aside=is_aside()))
        if await self._after_pause(work, during_busy=True):
            self._feed.put(Event(EventKind.KEYS_CHANGED))
        return replies

    async def run(self, run: ScriptRun) -> ScriptOutcome:
        sha = hashlib.sha1(run.source, usedforsecurity=False).hexdigest()
        refuse_in_transaction(self)
        async with self._run_lock:
            self._names[sha] = run.name
            self._running_name, self._dry = run.name, run.dry_run
            self._feed.put(Event(EventKind.RUN_STARTED, run.name))
            try:
                outcome = await self._after_pause(lambda engine: self._run(engine, run, sha))
            finally:
                self._running_name, self._dry = "", False
                self._feed.put(Event(EventKind.RUN_ENDED, run.name))
        outcome = replace(outcome, notes=(*outcome.notes, *read_only_notes(run, self.info)))
        self._feed.put(Event(EventKind.SCRIPTS_CHANGED))
        if outcome.changes and not run.dry_run:
            self._feed.put(Event(EventKind.KEYS_CHANGED, keys=tuple(change.key for change in outcome.changes)))
        return outcome

    async def run_over(self, run: ScriptRun, fetch: AsyncFetch) -> ScriptOutcome:
        """As `run`, over keys that are elsewhere; see `session.rehearsal.Scratch`."""
        loop = asyncio.get_running_loop()
        sha = hashlib.sha1(run.source, usedforsecurity=False).hexdigest()

        def work(engine: Engine) -> ScriptOutcome | None:
            def wait_for(db: int, keys: Sequence[bytes]) -> Sequence[Fetched]:
                job = asyncio.run_coroutine_threadsafe(fetch(db, keys), loop)
                while not _is_doomed(engine):  # a kill lets go of a server that does not answer
                    with contextlib.suppress(FutureTimeout):
                        return job.result(_FETCH_POLL_S)
                job.cancel()
                raise SessionError("The run was killed while it waited for a key.")

            self._liken(self._runner, engine, run.db)
            return watched_run(
                engine, self._runner, run, sha=sha, read_only=run.read_only or self.info.read_only, fetch=wait_for
            )

        async with self._run_lock:
            self._running_name, self._dry = run.name, run.dry_run
            try:
                return await self._after_pause(work)
            finally:
                self._running_name, self._dry = "", False

    async def stream(self, argv: Sequence[bytes], *, capacity: int = CAPACITY) -> Stream:
        check_opens(argv)

        def begin(engine: Engine) -> StreamOutlet:
            client = engine.connect(addr=b"embedded:3", laddr=b"embedded:3")
            self._liken(client, engine, None)
            client.outlet = outlet = StreamOutlet(client, self._thread.post)
            return outlet

        outlet = await self._do(begin, during_busy=True)

        async def send(command: Sequence[bytes]) -> Reply:
            self._feed.put(Event(EventKind.SENT, redacted_line(command), is_aside=is_aside()))
            return await self._do(lambda engine: outlet.send(engine, command), during_busy=True)

        async def leave() -> None:
            if not self._closed:
                self._thread.post(outlet.leave)

        stream = outlet.stream = Stream(send, leave, capacity=capacity)
        self._streams.add(stream)
        try:
            check_taken(argv, await send(argv))
        except BaseException:
            await stream.aclose()
            raise
        return stream

    async def kill(self, *, undo: bool = False) -> KillOutcome:
        return _KILLS[self._thread.kill(undo=undo or self._dry)]

    def running(self) -> Running | None:
        current = self._thread.running()
        if current is None:
            return None
        return Running(
            name=self._running_name or current.sha[:6],
            elapsed_ms=current.elapsed_ms,
            has_written=current.host.wrote,
            dry_run=self._dry,
        )

    def nodes(self) -> tuple[NodeFacts, ...]:
        return ()

    def waiting(self) -> Waiting | None:
        return None

    async def let_go(self) -> None:
        """There is no connection."""

    async def scripts(self) -> list[ScriptInfo]:
        def work(engine: Engine) -> list[ScriptInfo]:
            return [
                ScriptInfo(
                    sha=entry.script.sha1.decode(),
                    name=self._names.get(entry.script.sha1.decode()),
                    source=entry.script.source,
                    runs=entry.runs,
                    mean_ms=entry.mean_us / 1000,
                    worst_ms=entry.worst_us / 1000,
                    on_server=True,
                )
                for entry in engine.scripts.cache
            ]

        return await self._do(work)

    async def catalog(self) -> Catalog:
        # Who asks for it is seen by now, and a run comes next: Lua comes up beside the face, and the first is as quick
        # as the second.
        if self._known is None and not self._closed:
            self._thread.submit(lambda owned: owned.scripts.runtime)
        return await asyncio.to_thread(lambda: self._catalog)

    @property
    def _catalog(self) -> Catalog:
        """What the commands are; made when it is first asked for, as a start needs none of it."""
        if self._known is None:
            self._known = Catalog.from_specs(self._registry.specs())
        return self._known

    def events(self) -> AsyncIterator[Event]:
        return self._feed.listen()

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        for waiter in self._waiters:
            waiter.close()
        for stream in tuple(self._streams):
            await stream.aclose()
        self._feed.close()
        await asyncio.to_thread(self._thread.close)

    async def _after_pause(self, work: Callable[[Engine], T | None], *, during_busy: bool = False) -> T:
        """As `_do`; work that CLIENT PAUSE has held back answers None and is done again until it is not."""
        while True:
            result = await self._do(work, during_busy=during_busy)
            if result is not None:
                return result
            await asyncio.sleep(_PAUSE_POLL_S)

    async def _do(self, work: Callable[[Engine], T], *, during_busy: bool = False) -> T:
        if self._closed:
            raise SessionError("This session is closed.")
        job = self._thread.submit(work, during_busy=during_busy)
        try:
            return await asyncio.wrap_future(job)
        except asyncio.CancelledError:
            if job.cancelled() and self._closed:
                raise SessionError("The embedded engine was closed before it answered.") from None
            raise
        except RedisTuiError:
            raise
        except Exception as fault:
            raise SessionError(
                f"A fault in redis-tui: {type(fault).__name__}: {fault}.",
                hint="Please report it; the session goes on.",
            ) from fault

    def _may_wait(self, argv: Sequence[bytes]) -> bool:
        command = self._registry.find(argv[0])
        return command is not None and bool(command.flags & CommandFlag.BLOCKING)

    async def _wait(self, argv: list[bytes], db: int | None) -> Reply:
        """Runs a command that may wait, on a client of its own, so that the others of this session go on."""
        waiter = _Waiter()

        def begin(engine: Engine) -> int:
            waiter.client = client = engine.connect(addr=b"embedded:2", laddr=b"embedded:2")
            client.outlet = waiter
            self._liken(client, engine, db)
            reply = engine.execute(client, argv)
            if reply is not BLOCKED:
                waiter.answer(reply)
            return client.resp

        self._feed.put(Event(EventKind.SENT, redacted_line(argv), is_aside=is_aside()))
        self._waiters.add(waiter)
        try:
            resp = await self._do(begin, during_busy=True)
            reply = await asyncio.wrap_future(waiter.reply)
        except asyncio.CancelledError:
            if self._closed:
                raise SessionError("The embedded engine was closed before it answered.") from None
            raise
        finally:
            self._waiters.discard(waiter)
            if not self._closed:
                self._thread.post(waiter.leave)
        self._feed.put(Event(EventKind.KEYS_CHANGED))
        return as_resp2(reply) if resp == 2 else reply

    def _liken(self, client: Client, engine: Engine, db: int | None) -> None:
        """Lets another client of this session be who the session is logged in as, in its database, at its protocol."""
        own = self._client
        client.account, client.authenticated, client.resp = own.account, own.authenticated, own.resp
        client.refresh()
        client.ctx.use(own.ctx.db if db is None else engine.space.databases[db])

    def _refusal(self, argv: Sequence[bytes]) -> ErrorReply | None:
        if writes(self._catalog, argv):
            return read_only_refusal(argv, fate="run")
        return None

    def _run(self, engine: Engine, run: ScriptRun, sha: str) -> ScriptOutcome | None:
        """The run itself, on the engine's thread; None while CLIENT PAUSE holds it back."""
        self._liken(self._runner, engine, run.db)
        return watched_run(engine, self._runner, run, sha=sha, read_only=run.read_only or self.info.read_only)


def _is_doomed(engine: Engine) -> bool:
    running = engine.scripts.current
    return running is not None and running.host.doomed


class _Waiter:
    """The outlet of a client that runs one command which may wait."""

    def __init__(self) -> None:
        self.client: Client | None = None
        """None until it is connected."""
        self.reply: Future[Reply] = Future()

    def push(self, message: Reply) -> None:
        """Nothing is sent unasked to such a client."""

    def flush(self) -> None:
        """Likewise."""

    def answer(self, reply: Reply) -> None:
        with contextlib.suppress(InvalidStateError):  # nobody waits for it any more
            self.reply.set_result(reply)

    def close(self) -> None:
        self.reply.cancel()

    def leave(self, engine: Engine) -> None:
        """Takes its client away; posted behind what connects it, which may have been cancelled."""
        if self.client is not None:
            engine.disconnect(self.client)
