"""A `Session` of a few dozen lines over a dict, for tests of the face alone."""

from __future__ import annotations

import asyncio
import fnmatch
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from redis_tui.resp.types import OK, ErrorReply, Map, Reply, Status
from redis_tui.session.base import (
    Capability,
    Change,
    Event,
    EventKind,
    KillOutcome,
    LogLine,
    NodeFacts,
    Running,
    ScriptError,
    ScriptInfo,
    ScriptOutcome,
    ScriptRun,
    SessionInfo,
    Snapshot,
    TouchedKey,
    TraceRow,
    Waiting,
)
from redis_tui.session.bulk import one_by_one
from redis_tui.session.stream import Stream, check_opens
from redis_tui.spec.catalog import Catalog
from redis_tui.spec.command import Arg, ArgKind, CommandSpec

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

ALL = frozenset(Capability) - {Capability.DECLARED_CHANGES}

CATALOG = Catalog.from_specs(
    [
        CommandSpec(
            "get",
            "Returns the value of a key.",
            "string",
            "1.0.0",
            2,
            complexity="O(1)",
            args=(Arg("key", ArgKind.KEY),),
        ),
        CommandSpec(
            "getdel", "Returns and deletes.", "string", "6.2.0", 2, complexity="O(1)", args=(Arg("key", ArgKind.KEY),)
        ),
        CommandSpec(
            "hgetall", "All fields of a hash.", "hash", "2.0.0", 2, complexity="O(N)", args=(Arg("key", ArgKind.KEY),)
        ),
    ]
)


def info(capabilities: frozenset[Capability] = ALL, *, embedded: bool = True) -> SessionInfo:
    return SessionInfo("memory://", "redis", "8.2.3", embedded, capabilities)


@dataclass
class FakeSession:
    """Strings, one hash type, lists by plain Python values; runs answer what a test put into ``outcomes``."""

    info: SessionInfo = field(default_factory=info)
    data: dict[bytes, object] = field(default_factory=dict)
    outcomes: list[ScriptOutcome] = field(default_factory=list)
    runs: list[ScriptRun] = field(default_factory=list)
    sent: list[tuple[bytes, ...]] = field(default_factory=list)
    kill_answers: list[KillOutcome] = field(default_factory=list)
    kills: list[bool] = field(default_factory=list)
    hang: asyncio.Event | None = None
    """Set by a test: runs wait for it, or for a kill."""
    is_busy: bool = False
    """Answers as a server does that somebody's script holds up."""
    is_loading: bool = False
    """Answers as a server does that reads its data from disk."""
    waits: Waiting | None = None
    """What the server does not answer."""
    let_gos: int = 0
    """How often that was given up."""
    streams: list[Stream] = field(default_factory=list)
    """What was opened; a test puts messages in."""
    left: int = 0
    """How many streams were closed."""
    closed: bool = False
    listings: int = 0
    """How often the scripts were asked for."""
    primaries: tuple[NodeFacts, ...] = ()
    """Of a cluster; empty: it is one server."""
    db: int = 0
    in_transaction: bool = False
    _now: Running | None = None
    _queues: list[asyncio.Queue[Event]] = field(default_factory=list)

    async def execute(self, argv: Sequence[bytes], *, db: int | None = None) -> Reply:
        self.sent.append(tuple(argv))
        self.tell(Event(EventKind.SENT, b" ".join(argv).decode()))
        await asyncio.sleep(0)
        if argv[0].upper() == b"BLPOP":
            await asyncio.Event().wait()
        return self._answer(argv[0].upper(), list(argv[1:]))

    def _answer(self, name: bytes, args: list[bytes]) -> Reply:
        if name == b"MULTI":
            self.in_transaction = True
            return OK
        if name == b"EXEC":
            self.in_transaction = False
            return []
        if self.in_transaction:
            return Status(b"QUEUED")
        if self.is_busy:
            return ErrorReply(b"BUSY Redis is busy running a script.")
        if self.is_loading and name in (b"SCAN", b"DBSIZE"):
            return ErrorReply(b"LOADING Redis is loading the dataset in memory")
        if name == b"INFO" and args == [b"persistence"]:
            return b"loading:1\r\nloading_loaded_perc:42.7\r\nloading_eta_seconds:12\r\n"
        match name:
            case b"SCAN":
                keys = sorted(self.data)
                pattern = args[args.index(b"MATCH") + 1] if b"MATCH" in args else b"*"
                start = int(args[0])
                part = keys[start : start + 500]
                following = start + 500 if start + 500 < len(keys) else 0
                return [
                    str(following).encode(),
                    [key for key in part if fnmatch.fnmatchcase(key.decode(), pattern.decode())],
                ]
            case b"DBSIZE":
                return len(self.data)
            case b"TYPE":
                return Status(_type(self.data.get(args[0])))
            case b"PTTL":
                return -1 if args[0] in self.data else -2
            case b"SET":
                self.data[args[0]] = args[1]
                return OK
            case b"GET" | b"GETRANGE":
                value = self.data.get(args[0])
                return value if isinstance(value, bytes) or value is None else ErrorReply(b"WRONGTYPE no string")
            case b"STRLEN" | b"LLEN" | b"HLEN":
                return len(self.data[args[0]])  # type: ignore[arg-type]  # the fake's values all have a length
            case b"LRANGE":
                return self.data[args[0]][int(args[1]) : int(args[2]) + 1]  # type: ignore[index,no-any-return]  # a list
            case b"HSCAN":
                return [b"0", [part for pair in self.data[args[0]].items() for part in pair]]  # type: ignore[attr-defined]  # a dict
            case b"HSET":
                self.data[args[0]] = dict(zip(args[1::2], args[2::2], strict=True))
                return len(args) // 2
            case b"RPUSH" | b"SADD":
                self.data[args[0]] = args[1:]
                return len(args) - 1
            case b"ZADD":
                self.data[args[0]] = args[1:]
                return len(args) // 2
            case b"SLOWLOG":
                return [[1, 1_700_000_000, 14_100, [b"EVAL", b"return 1", b"0"], b"127.0.0.1:5", b""]]
            case b"CONFIG":
                return Map([(b"slowlog-log-slower-than", b"10000")])
            case b"INFO":
                return b"used_memory_human:1.20M\r\nused_memory_vm_eval:43008\r\n"
            case b"OBJECT":
                return b"embstr"
            case b"CLIENT" if args == [b"LIST"]:
                return b"id=7 addr=10.0.0.7:4711 name=worker age=9 idle=1 cmd=get\n"
        return ErrorReply(b"ERR unknown command '" + name + b"', with args beginning with: ")

    async def execute_many(
        self, commands: Sequence[Sequence[bytes]], *, db: int | None = None, stop_at_error: bool = False
    ) -> list[Reply]:
        return await one_by_one(self, commands, db=db, stop_at_error=stop_at_error)

    async def run(self, run: ScriptRun) -> ScriptOutcome:
        self.runs.append(run)
        self._now = Running(run.name, 4200.0, has_written=False)
        self.tell(Event(EventKind.RUN_STARTED, run.name))
        if self.hang is not None:
            await self.hang.wait()
        self._now = None
        self.tell(Event(EventKind.RUN_ENDED, run.name))
        return self.outcomes.pop(0) if self.outcomes else counted(run)

    async def stream(self, argv: Sequence[bytes], *, capacity: int = 10_000) -> Stream:
        check_opens(argv)

        async def send(command: Sequence[bytes]) -> None:
            self.sent.append(tuple(command))

        async def leave() -> None:
            self.left += 1

        await send(argv)
        stream = Stream(send, leave, capacity=capacity)
        self.streams.append(stream)
        return stream

    async def kill(self, *, undo: bool = False) -> KillOutcome:
        self.kills.append(undo)
        answer = self.kill_answers.pop(0) if self.kill_answers else None
        if answer is not None:
            return answer
        if self._now is None or self.hang is None:
            return KillOutcome.NOTHING_RUNNING
        self.outcomes.insert(0, killed())
        self.hang.set()
        return KillOutcome.KILLED

    def running(self) -> Running | None:
        return self._now

    def nodes(self) -> tuple[NodeFacts, ...]:
        return self.primaries

    def waiting(self) -> Waiting | None:
        return self.waits

    async def let_go(self) -> None:
        self.waits = None
        self.let_gos += 1

    async def scripts(self) -> list[ScriptInfo]:
        self.listings += 1
        return [
            ScriptInfo("9f3ac1" + "0" * 34, "rate_limit", b"return 1", 3, 0.03, 0.05, on_server=True),
            ScriptInfo("e8820f" + "0" * 34, None, b"return 2", 1, 14.1, 14.1, on_server=True),
        ]

    async def catalog(self) -> Catalog:
        return CATALOG

    async def events(self) -> AsyncIterator[Event]:
        queue: asyncio.Queue[Event] = asyncio.Queue()
        self._queues.append(queue)
        while True:
            yield await queue.get()

    def tell(self, event: Event) -> None:
        for queue in self._queues:
            queue.put_nowait(event)

    async def close(self) -> None:
        self.closed = True


def _type(value: object) -> bytes:
    kinds: dict[type, bytes] = {bytes: b"string", dict: b"hash", list: b"list"}
    return kinds.get(type(value), b"none")


def counted(run: ScriptRun) -> ScriptOutcome:
    """What counter.lua answers on an empty database."""
    return ScriptOutcome(
        reply=1,
        sha="9f3ac1" + "0" * 34,
        duration_ms=0.03,
        trace=(
            TraceRow(3, (b"get", b"counter"), None, 1.5),
            TraceRow(5, (b"set", b"counter", b"1"), OK, 2.5),
        ),
        trace_total=2,
        changes=(Change(0, b"counter", Snapshot("none", None, 0), Snapshot("string", b"1", 1)),),
        changes_total=1,
        instructions=5,
        memory_peak=1_229,
        touched=(
            TouchedKey(b"counter", 6680, declared=True, written=True),
            TouchedKey(b"other", 5061, declared=False, written=False),
        ),
        touched_total=2,
        log=(LogLine("notice", b"hello"),),
        dry_run=run.dry_run,
    )


def failed() -> ScriptOutcome:
    """A runtime error in line 3."""
    line = "local current = redis.call('get', KEYS[1])"
    return ScriptOutcome(
        reply=ErrorReply(b"WRONGTYPE Operation against a key holding the wrong kind of value"),
        sha="0" * 40,
        duration_ms=0.1,
        error=ScriptError("WRONGTYPE", "Operation against a key holding the wrong kind of value", 3, line),
    )


def killed() -> ScriptOutcome:
    """A run that was killed."""
    message = "Error running script: Script killed by user with SCRIPT KILL."
    return ScriptOutcome(
        reply=ErrorReply(b"ERR " + message.encode()),
        sha="0" * 40,
        duration_ms=900.0,
        error=ScriptError("ERR", message, 1, "while true do end"),
        killed=True,
    )
