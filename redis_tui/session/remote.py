"""A session over a real server, through `wire`, the only door to redis-py.

Two connections: one for work, one that goes beside it (SCRIPT KILL) and is opened ahead where a face listens; a stream
and a dry run have their own. Longer than most files, because the states of the one connection (open, settled, in MULTI,
busy, let go) are read and written together.
What a server cannot tell is worked out where that is honest and said where it is not: the
declared keys are read before and after a run, a trace is a wrapped script, a dry run is our own
engine's, over the server's keys.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from dataclasses import replace
from typing import TYPE_CHECKING
from weakref import WeakSet

from redis_tui.errors import AuthError, ConnectError, NotSupportedError, RedisTuiError, SessionError
from redis_tui.resp.types import OK, ErrorReply, Map, Reply, Status
from redis_tui.session.aside import aside, is_aside
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
    Snapshot,
    Waiting,
)
from redis_tui.session.bulk import one_by_one
from redis_tui.session.commands import read_catalog
from redis_tui.session.deadline import Unkillable, within
from redis_tui.session.failure import script_error
from redis_tui.session.feed import Feed
from redis_tui.session.greeting import identity, in_time, is_busy, refused, settle
from redis_tui.session.guard import (
    ends_script,
    read_only_notes,
    read_only_refusal,
    refuse_in_transaction,
    refuse_takeover,
    runs_script,
    writes,
)
from redis_tui.session.inspect import Pipeline, compare, snapshots
from redis_tui.session.instrument import instrument, read_report
from redis_tui.session.killing import SpareWire, script_kill
from redis_tui.session.known import KnownScript
from redis_tui.session.login import credentials_in
from redis_tui.session.nodes import at_node
from redis_tui.session.remote_notes import (
    changes_unknown,
    demotion,
    given_up,
    late_notes,
    refuse_unknown_form,
    run_notes,
)
from redis_tui.session.remote_stream import open_stream
from redis_tui.session.silence import Silence
from redis_tui.session.slots import declared_only, slot_notes
from redis_tui.session.stopwatch import Stopwatch
from redis_tui.session.stream import CAPACITY, Stream, check_opens
from redis_tui.session.syntax import check_syntax
from redis_tui.session.trying import DryRuns
from redis_tui.spec.redact import redacted_line

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from redis_tui.session.link import Link
    from redis_tui.session.login import Credentials
    from redis_tui.session.rehearsal import Scratch
    from redis_tui.session.way import Way
    from redis_tui.session.wire import Wire
    from redis_tui.spec.catalog import Catalog

_MULTI_LOST = " MULTI was open: what it had queued is gone, and none of it was run."
_WOULD_QUEUE = ErrorReply(b"ERR MULTI is open: this would be queued with what you send, so it was not sent.")
_LOOK_S = 1.0
"""Seconds between looks whether the server has hung up."""
_LOCKED = "Its password may have been changed: AUTH PASSWORD or AUTH USER PASSWORD lets you in, and is remembered."
_UNKNOWN = "Whether {} ran, and how far, is not known: look at its keys before you run it again."
_CAPABILITIES = frozenset({Capability.TRACE, Capability.DECLARED_CHANGES, Capability.DRY_RUN})
KILL_TIMEOUT_S = 10.0
"""A server answers SCRIPT KILL only once the script has passed busy-reply-threshold, 5 s by default."""


class _NotSentError(SessionError):
    """The link broke before a script went out."""


class RemoteSession:
    """A `Session` over one server. Made by `connect`."""

    def __init__(
        self,
        way: Way,
        wire: Link,
        info: SessionInfo,
        *,
        scratch: Callable[[SessionInfo], Awaitable[Scratch]],
    ) -> None:
        self._way = way
        self._wire: Link = wire
        self._spare = SpareWire(way)
        self._silence = Silence()
        self.info = info
        self._scratch = scratch
        self._feed = Feed()
        self._db = wire.db
        self._is_cluster = False
        self._news: str | None = None
        """Where a connection that was made anew has led to; told once the server has answered on it."""
        self._is_busy = False
        self._is_replica = False
        """The server refused a write as one that takes none, and that was told."""
        self._settled = True
        """The connection is in its database; a server that was busy when it was made let nobody choose one."""
        self._in_transaction = False
        self._resp = 2
        """Protocol version that a HELLO chose; said again where the connection is made anew."""
        self._queued: list[int | None] = []
        """Of each command that MULTI has queued: the database that it chooses, if it is a SELECT of one."""
        self._catalog: Catalog | None = None
        self._known: dict[str, KnownScript] = {}
        self._running: tuple[str, float] | None = None
        self._turn = asyncio.Lock()
        self._trying = DryRuns(self._fetching_link, self._debugging_link, scratch, self._sent)
        self._closed = False
        self._watcher: asyncio.Task[None] | None = None
        self._streams: WeakSet[Stream] = WeakSet()

    @classmethod
    async def connect(
        cls,
        way: Way,
        *,
        scratch: Callable[[SessionInfo], Awaitable[Scratch]],
        read_only: bool = False,
    ) -> RemoteSession:
        """Connects and finds out what is at the other end.

        Args:
            way: to the server; the session's own from now on.
            scratch: makes an embedded session that speaks as nearly as it can as the server, for dry runs.
            read_only: refuse commands that write; scripts go out as EVAL_RO.

        Raises:
            UsageError: the address is none.
            ConnectError, AuthError: no connection.
        """
        # Bare, because a server that is busy with a script refuses a name and a database. Who connects then is to
        # hear BUSY from it and to be able to kill that script, not that there is no way.
        wire = await way.dial(bare=True)
        try:
            refusal = await in_time(wire.target, settle(wire, wire.db))
            if refusal is not None and not is_busy(refusal):
                raise refused(wire, refusal)
            said = await in_time(wire.target, wire.pipeline([[b"INFO", b"server"], [b"HELLO"]]))
            server, version, is_cluster = identity(said)
        except SessionError:
            await wire.close()
            raise
        info = SessionInfo(
            url=way.address.shown,
            server=server,
            version=version,
            embedded=False,
            capabilities=_CAPABILITIES | ({Capability.SERVER_DRY_RUN} if server == "redis" else set()),
            read_only=read_only,
            is_unverified=way.address.tls is not None and way.address.tls.insecure,
        )
        session = cls(way, wire, info, scratch=scratch)
        session._settled, session._is_cluster = refusal is None, is_cluster
        session._watcher = asyncio.create_task(session._watch())
        return session

    @property
    def db(self) -> int:
        return self._db

    @property
    def in_transaction(self) -> bool:
        return self._in_transaction and self._wire.is_open

    async def execute(self, argv: Sequence[bytes], *, db: int | None = None) -> Reply:
        self._check_open()
        refuse_takeover(argv)
        if self.info.read_only and writes(await self.catalog(), argv):
            return read_only_refusal(argv, fate="sent")
        async with self._turn:
            if is_aside() and self.in_transaction:  # a MULTI that was on its way when a pane asked
                return _WOULD_QUEUE
            if runs_script(argv) and not self._in_transaction:
                self._running = (_called(argv), time.perf_counter())
            try:
                reply = (await self._in_db(db, [list(argv)]))[0]
            finally:
                self._running = None
        self._note_effects(argv, reply)
        return reply

    async def execute_many(
        self, commands: Sequence[Sequence[bytes]], *, db: int | None = None, stop_at_error: bool = False
    ) -> list[Reply]:
        self._check_open()
        if not commands:
            return []
        if self.info.read_only or stop_at_error:
            return await one_by_one(self, commands, db=db, stop_at_error=stop_at_error)
        async with self._turn:
            replies = await self._in_db(db, commands)
        self._feed.put(Event(EventKind.KEYS_CHANGED))
        return replies

    async def run(self, run: ScriptRun) -> ScriptOutcome:
        self._check_open()
        refuse_in_transaction(self)
        sha = hashlib.sha1(run.source, usedforsecurity=False).hexdigest()
        if run.dry_run:
            return await self._dry_run(run, sha)
        async with self._turn:
            known = KnownScript(run.name, run.source)
            if run.function is None:  # what is known is listed as a script
                known = self._known.setdefault(sha, known)
            known.name = run.name
            self._running = (run.name, time.perf_counter())
            self._feed.put(Event(EventKind.RUN_STARTED, run.name))
            try:
                outcome = await self._run(run, sha)
            except (ConnectError, AuthError, _NotSentError):
                raise
            except SessionError as error:
                raise SessionError(error.message, hint=_UNKNOWN.format(run.name)) from None
            finally:
                self._running = None
                self._feed.put(Event(EventKind.RUN_ENDED, run.name))
        known.note_run(outcome.duration_ms)
        self._feed.put(Event(EventKind.SCRIPTS_CHANGED))
        self._feed.put(Event(EventKind.KEYS_CHANGED, keys=tuple(change.key for change in outcome.changes)))
        return outcome

    async def stream(self, argv: Sequence[bytes], *, capacity: int = CAPACITY) -> Stream:
        self._check_open()
        check_opens(argv)
        wire = await self._way.dial()
        return self._kept(await open_stream(wire, argv, capacity=capacity, note=self._sent))

    def _kept(self, stream: Stream) -> Stream:
        """Has a stream closed with the session."""
        self._streams.add(stream)
        return stream

    async def kill(self, *, undo: bool = False) -> KillOutcome:
        if (ended := await self._trying.kill()) is not None:
            return ended
        if undo:
            raise NotSupportedError("A real server cannot undo what a script has written.")
        try:
            return await asyncio.wait_for(self._script_kill(), KILL_TIMEOUT_S)
        except TimeoutError:
            raise SessionError(
                f"The server has not answered SCRIPT KILL within {KILL_TIMEOUT_S:.0f} s.",
                hint="It answers once the script has passed busy-reply-threshold; try again then.",
            ) from None

    async def _script_kill(self) -> KillOutcome:
        return await script_kill(await self._spare.get(), self._sent)

    def running(self) -> Running | None:
        if (tried := self._trying.running()) is not None:
            return tried
        if self._running is None:
            return None
        name, started = self._running
        return Running(name, (time.perf_counter() - started) * 1000, has_written=None)

    def nodes(self) -> tuple[NodeFacts, ...]:
        return ()

    def waiting(self) -> Waiting | None:
        return self._silence.waiting()

    async def let_go(self) -> None:
        self._silence.is_let_go = True
        await self._wire.close()

    async def scripts(self) -> list[ScriptInfo]:
        if not self._known:
            return []
        self._check_open()
        async with self._turn:
            # Not through `execute`: that announces a change of scripts, and who hears it asks again.
            asked = [b"SCRIPT", b"EXISTS", *(sha.encode() for sha in self._known)]
            reply = None if self.in_transaction else (await self._send([asked]))[0]
        if isinstance(reply, list):
            for known, there in zip(self._known.values(), reply, strict=True):
                known.on_server = bool(there)
        return [known.told(sha) for sha, known in reversed(self._known.items())]

    async def catalog(self) -> Catalog:
        if self._catalog is None:
            with aside(), at_node(""):
                async with self._turn:
                    docs = [] if self.in_transaction else await self._send([[b"COMMAND", b"DOCS"], [b"COMMAND"]])
            if not docs or is_busy(docs[1]):
                return await self._usual_catalog()
            self._catalog = await read_catalog(docs[0], docs[1], usual=self._usual_catalog)
        return self._catalog

    async def _usual_catalog(self) -> Catalog:
        """The embedded engine's, where the server does not tell its own."""
        scratch = await self._scratch(self.info)
        try:
            return await scratch.catalog()
        finally:
            await scratch.close()

    def events(self) -> AsyncIterator[Event]:
        return self._feed.listen()

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        if self._watcher is not None:
            self._watcher.cancel()
        self._feed.close()
        for stream in tuple(self._streams):
            await stream.aclose()
        await self._wire.close()
        await self._spare.close()
        await self._way.close()

    async def _run(self, run: ScriptRun, sha: str) -> ScriptOutcome:
        async def pipeline(commands: Sequence[Sequence[bytes]]) -> list[Reply]:
            return await self._in_db(run.db, commands)

        before = await self._keys_before(run, pipeline)
        watch = Stopwatch()
        work = watch.over(self._evaluate(run, sha, pipeline))
        try:
            reply = await (work if run.timeout_ms is None else within(run.timeout_ms, work, self._script_kill))
        except Unkillable:
            return given_up(sha, watch.took_ms)
        duration_ms = watch.took_ms
        refuse_unknown_form(reply, self._wire.target)
        lost: tuple[str, ...] = ()
        try:
            after = await snapshots(pipeline, run.keys, now_ms=_now_ms()) if run.changes else {}
        except SessionError as fault:  # the script has run, and its reply is here
            before, after, lost = {}, {}, (changes_unknown(fault),)
        report = read_report(reply) if run.trace and run.function is None else None
        if report is not None:
            reply = report.reply
        changes = compare(self._db if run.db is None else run.db, before, after)
        touched = declared_only(run.keys, {change.key for change in changes})
        error = script_error(reply, run.source) if isinstance(reply, ErrorReply) else None
        killed = error is not None and "killed by user" in error.message
        late = run.timeout_ms is not None and duration_ms > run.timeout_ms
        told = error is not None and error.code == "CROSSSLOT"
        slots = () if told else slot_notes(run.keys, touched)
        return ScriptOutcome(
            reply=reply,
            sha=sha,
            duration_ms=duration_ms,
            error=error,
            trace=report.trace if report else (),
            trace_total=report.total if report else 0,
            changes=changes,
            changes_total=len(changes),
            touched=touched,
            touched_total=len(touched),
            killed=killed,
            timed_out=killed and late,
            notes=(
                *lost,
                *late_notes(duration_ms, killed=killed, late=late),
                *(slots if self._is_cluster else ()),
                *run_notes(run, report),
                *read_only_notes(run, self.info),
            ),
            cluster_notes=() if self._is_cluster else slots,
        )

    async def _keys_before(self, run: ScriptRun, pipeline: Pipeline) -> dict[bytes, Snapshot]:
        try:
            return await snapshots(pipeline, run.keys, now_ms=_now_ms()) if run.changes else {}
        except (ConnectError, AuthError):
            raise
        except SessionError as error:
            raise _NotSentError(error.message, hint=f"{run.name} was not sent.") from None

    async def _evaluate(self, run: ScriptRun, sha: str, pipeline: Pipeline) -> Reply:
        """Sends a script; one that has run here before by its sha, as a program would."""
        suffix = b"_RO" if run.read_only or self.info.read_only else b""
        rest = [b"%d" % len(run.keys), *run.keys, *run.args]
        source = run.source
        if run.function is not None:
            return (await pipeline([[b"FCALL" + suffix, run.function, *rest]]))[0]
        if run.trace and await check_syntax(source) is None:  # around what is no Lua, a server would name another line
            source = instrument(source, valkey=self.info.server == "valkey")
        elif self._known[sha].runs:
            reply = (await pipeline([[b"EVALSHA" + suffix, sha.encode(), *rest]]))[0]
            if not isinstance(reply, ErrorReply) or reply.code != "NOSCRIPT":
                return reply
            # Asked, because a script may make up that very error, and must not run twice.
            if await self._holds(sha, run, pipeline):
                return reply
        return (await pipeline([[b"EVAL" + suffix, source, *rest]]))[0]

    async def _holds(self, sha: str, run: ScriptRun, pipeline: Pipeline) -> bool:  # noqa: ARG002  # a cluster asks the node of its keys
        """Whether the server that runs it has a script."""
        return (await pipeline([[b"SCRIPT", b"EXISTS", sha.encode()]]))[0] != [0]

    async def _dry_run(self, run: ScriptRun, sha: str) -> ScriptOutcome:
        self._feed.put(Event(EventKind.RUN_STARTED, run.name))
        try:
            return await self._trying.run(run, sha, db=self._db if run.db is None else run.db, info=self.info)
        finally:
            self._feed.put(Event(EventKind.RUN_ENDED, run.name))

    def _sent(self, argv: Sequence[bytes]) -> None:
        if self._feed.has_readers:
            self._feed.put(Event(EventKind.SENT, redacted_line(argv), is_aside=is_aside()))

    async def _in_db(self, db: int | None, commands: Sequence[Sequence[bytes]]) -> list[Reply]:
        """Runs commands in another database and comes back; the caller holds the turn."""
        if db is None or db == self._db:
            return await self._send(commands)
        # Alone and first: where it is refused, what follows would be carried out where nobody meant it to be.
        (chosen,) = await self._send([[b"SELECT", b"%d" % db]])
        if isinstance(chosen, ErrorReply):
            return [chosen] * len(commands)
        return (await self._send([*commands, [b"SELECT", b"%d" % self._db]]))[:-1]

    async def _send(self, commands: Sequence[Sequence[bytes]]) -> list[Reply]:
        refusal = await self._ready(commands)
        if refusal is not None:
            self._note_state([refusal])
            return [refusal] * len(commands)
        for argv in commands:
            self._sent(argv)
        wire = self._wire
        try:
            replies = await self._silence.until(wire.target, commands, wire.pipeline(commands))
        except SessionError as error:
            self._lost(error.message, commands)
            raise
        self._note_state(replies)
        if any(isinstance(reply, ErrorReply) and reply.code == "READONLY" for reply in replies):
            await self._refused_write(commands)
        return replies

    async def _ready(self, commands: Sequence[Sequence[bytes]]) -> ErrorReply | None:
        """Connects where it must, and chooses the database.

        Returns:
            Why the commands cannot be sent, where the server says that it is busy.
        """
        if not self._wire.is_open:
            self._in_transaction = False
            await self._reconnect(credentials_in(commands[0]))
        if self._settled:
            return None
        try:
            with at_node(""):  # it is about the connection, wherever the command goes
                refusal = await in_time(self._wire.target, settle(self._wire, self._db, self._resp))
            if refusal is not None and refusal.code == "NOAUTH" and not all(map(credentials_in, commands)):
                await self._wire.close()
                raise refused(self._wire, refusal)
        except SessionError as error:
            self._lost(error.message)
            raise
        self._settled = refusal is None
        if self._news is not None:
            self._feed.put(Event(EventKind.RECONNECTED, self._news))
            self._news = None
        return None if all(ends_script(argv) or credentials_in(argv) for argv in commands) else refusal

    def _note_state(self, replies: Sequence[Reply]) -> None:
        """Tells when a script begins to hold the server up, of whichever client it is, and when it has ended."""
        busy = any(map(is_busy, replies))
        if busy != self._is_busy and not self._is_cluster:
            self._is_busy = busy
            self._feed.put(Event(EventKind.BUSY if busy else EventKind.FREE))

    async def _refused_write(self, commands: Sequence[Sequence[bytes]]) -> None:
        """The server takes no writes: goes where they are taken, if that can be found out, or tells what it is now."""
        wire = self._wire
        if self._way.follows:
            await wire.close()  # the next command goes to the master that is asked for then
            self._lost(f"{wire.target} takes no writes any more: it is a replica now.", commands)
        elif not (self._is_replica or self._is_cluster or self._in_transaction):
            with aside():
                self._sent([b"ROLE"])
                role = await self._silence.until(wire.target, [[b"ROLE"]], wire.execute([b"ROLE"]))
            if told := demotion(wire.target, role):  # a script can make such an error up
                self._is_replica = True
                self._feed.put(Event(EventKind.DEMOTED, told))

    async def _watch(self) -> None:
        """For who listens: notices a server that hangs up unasked, and has a connection ready for kills."""
        while True:
            await asyncio.sleep(_LOOK_S)
            if not self._feed.has_readers:
                continue
            if not self._turn.locked() and self._wire.is_open and self._wire.is_gone:
                await self._wire.close()
                self._lost(f"{self._wire.target} closed the connection.")
            if self._wire.is_open and not self._is_cluster:
                await self._spare.keep()

    def _lost(self, reason: str, commands: Sequence[Sequence[bytes]] = ()) -> None:
        """Tells that the connection broke, and what became of an open MULTI."""
        if self._in_transaction:
            self._in_transaction = False
            is_exec = any(argv[0].upper() == b"EXEC" for argv in commands)
            reason += " Whether EXEC was carried out is not known." if is_exec else _MULTI_LOST
        self._feed.put(Event(EventKind.DISCONNECTED, reason))

    async def _reconnect(self, given: Credentials | None) -> None:
        """Connects again, bare as at first; the database is chosen with the next command.

        Args:
            given: what an AUTH says for which the connection is made: who was locked out can say no other.
        """
        login, before_login = self._way.login, self._way.login.now
        login.now = given or before_login
        try:
            wire = await self._link()
        except RedisTuiError as error:
            login.now = before_login
            error.hint = _LOCKED if isinstance(error, AuthError) else error.hint
            self._feed.put(Event(EventKind.DISCONNECTED, error.message))
            raise
        before, now = self._wire.target, wire.target
        await self._spare.close()  # the server may be another one now
        self._wire, self._settled, self._is_replica = wire, False, False
        self._news = "" if now == before else f"{self.info.label} is at {now} now, no longer at {before}."

    async def _link(self) -> Link:
        """A way to send commands, bare and open."""
        return await self._way.dial(bare=True)

    async def _fetching_link(self) -> Link:
        """One for the keys of a dry run."""
        return await self._way.dial(bare=True)

    async def _debugging_link(self, run: ScriptRun) -> Wire:  # noqa: ARG002  # a cluster looks at its keys
        """One for the debugger of the server that would run a script."""
        return await self._way.dial(bare=True)

    def _note_effects(self, argv: Sequence[bytes], reply: Reply) -> None:
        name = argv[0].upper()
        done = isinstance(reply, Status) and reply == OK
        if self._in_transaction and reply == b"QUEUED":
            self._queued.append(int(argv[1]) if name == b"SELECT" and argv[1].isdigit() else None)
        elif name == b"SELECT" and done and len(argv) == 2:
            self._db = int(argv[1])
        if name == b"HELLO" and len(argv) > 1 and not isinstance(reply, ErrorReply):
            self._speak(int(argv[1]))
        if done or isinstance(reply, list | Map):
            self._way.login.now = credentials_in(argv) or self._way.login.now
        if name == b"MULTI" and done:
            self._in_transaction, self._queued = True, []
        elif name in (b"EXEC", b"DISCARD", b"RESET"):
            self._in_transaction = False
            if name == b"RESET":
                self._db = 0
                self._speak(2)
            elif name == b"EXEC" and isinstance(reply, list):
                chosen = [db for db, one in zip(self._queued, reply, strict=False) if db is not None and one == OK]
                self._db = chosen[-1] if chosen else self._db
        if name == b"SCRIPT":
            self._feed.put(Event(EventKind.SCRIPTS_CHANGED))
        if self._catalog is not None and writes(self._catalog, argv):
            self._feed.put(Event(EventKind.KEYS_CHANGED))

    def _speak(self, resp: int) -> None:
        self._resp = resp
        self.info = replace(self.info, resp=resp)

    def _check_open(self) -> None:
        if self._closed:
            raise SessionError("This session is closed.")


def _called(argv: Sequence[bytes]) -> str:
    """What runs, for people: ``EVAL``, or the function's name."""
    name = argv[0].decode("utf-8", "replace").upper()
    return f"{name} {argv[1].decode('utf-8', 'replace')}" if name.startswith("FCALL") and len(argv) > 1 else name


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
