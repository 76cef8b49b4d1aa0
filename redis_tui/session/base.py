"""The session waist: the one protocol that the TUI, the REPL and the command line speak.

Two kinds implement it: `embedded.EmbeddedSession` over the engine thread and
`remote.RemoteSession` over redis-py. What a server cannot do is absent from
``SessionInfo.capabilities``; a face looks there before it offers something.

The decision a reader would question: there is no method per Redis command. SCAN,
SLOWLOG or SCRIPT EXISTS are plain `execute`; what the faces build from them are
functions written once for both kinds.
"""

from __future__ import annotations

from dataclasses import field
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from redis_tui.record import dataclass

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from redis_tui.resp.types import Reply
    from redis_tui.session.stream import Stream
    from redis_tui.spec.catalog import Catalog


FETCH_LIMIT = 64 << 20
"""Bytes that a dry run fetches from a server without being told to."""


class Capability(Enum):
    """Something a session may or may not be able to do."""

    TRACE = "trace"
    """Each redis.call of a run can be reported."""
    CHANGES = "changes"
    """Every key that a run changed is known."""
    DECLARED_CHANGES = "declared changes"
    """Only the keys passed in KEYS are compared before and after."""
    DRY_RUN = "dry run"
    """A run can be tried without leaving a mark."""
    SERVER_DRY_RUN = "dry run on the server"
    """A run can be tried in the server's own debugger."""
    LIST_SCRIPTS = "list scripts"
    """The server's whole script cache can be listed, with runs and times."""
    COSTS = "costs"
    """A run's instructions, memory and touched keys can be counted."""
    ROLLBACK_KILL = "kill and undo"
    """A script that has written can be killed, its writes undone."""


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """What a session is connected to; fixed for its life."""

    url: str
    """Without any password."""
    server: str
    """``redis`` or ``valkey``."""
    version: str
    """For instance ``8.2.3``."""
    embedded: bool
    capabilities: frozenset[Capability]
    role: str = "master"
    databases: int = 16
    resp: int = 2
    """Protocol version of `Session.execute` replies."""
    read_only: bool = False
    """Writes are refused below the interface."""
    is_unverified: bool = False
    """TLS is spoken with whoever answers: the certificate was not checked."""
    production: bool = False
    """People depend on it: a person is asked before a dangerous command, by typing `word`."""

    @property
    def label(self) -> str:
        """For a title bar: ``embedded`` or host and port."""
        return f"cluster {self._place}" if self.is_cluster else self._place

    @property
    def is_cluster(self) -> bool:
        """Several servers that are worked with as one."""
        return self.url.partition("://")[0].endswith("+cluster")

    @property
    def _place(self) -> str:
        if self.embedded:
            return "embedded"
        head, slash, path = self.url.partition("://")[2].partition("?")[0].partition("/")
        return f"{head.rpartition('@')[2]}{slash}{path}"

    @property
    def word(self) -> str:
        """What a person types to confirm: the host's name, a socket's file name, or ``embedded``."""
        if self.url.startswith("unix"):
            return self._place.rpartition("/")[2]
        host = self._place.partition("/")[0].partition(",")[0]
        return host.rpartition(":")[0].strip("[]") or host if ":" in host else host


class Trouble(Enum):
    """Why a node of a cluster does not do what it is asked."""

    DOWN = "down"
    BUSY = "busy"
    """A script holds it up."""


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """A primary of a cluster, as far as it is known now."""

    name: str
    """``host:port``, as the cluster announces it."""
    ranges: tuple[tuple[int, int], ...]
    """First and last slot of each stretch that it serves."""
    replicas: tuple[str, ...] = ()
    trouble: Trouble | None = None
    """As it was found when it was last asked."""

    @property
    def slots(self) -> str:
        """For people: ``0-5460, 9000``."""
        return ", ".join(f"{first}-{last}" if first < last else f"{first}" for first, last in self.ranges)

    def serves(self, slot: int) -> bool:
        """Whether keys of a slot are here."""
        return any(first <= slot <= last for first, last in self.ranges)


@dataclass(frozen=True, slots=True)
class ScriptRun:
    """One run of one script, as a person asked for it."""

    source: bytes
    keys: tuple[bytes, ...] = ()
    args: tuple[bytes, ...] = ()
    name: str = "script"
    """For people: the file's name without ``.lua``."""
    function: bytes | None = None
    """Call this function, which is loaded, by FCALL; ``source`` is its library's text. `library.run_loaded` loads
    it first. None runs ``source`` as a script."""
    db: int | None = None
    """None is the session's current database."""
    trace: bool = False
    dry_run: bool = False
    on_server: bool = False
    """A dry run in the server's own debugger, on all of its data; else here, on copies of the keys that are named. To
    an embedded session it is all the same."""
    changes: bool = True
    """Find out which keys changed; a real server is asked for the declared keys before and after."""
    read_only: bool = False
    """Send as EVAL_RO: a write inside is an error."""
    timeout_ms: int | None = None
    """Kill it when it lasts longer, and take back what it wrote where that can be done
    (`Capability.ROLLBACK_KILL`); None lets it last. A real server hears of a kill only once the
    script has passed its ``busy-reply-threshold``, and kills none that has written."""
    costs: bool = True
    """Count instructions, memory and the keys touched, where the session can (`Capability.COSTS`). It slows the
    run down; what counting takes is left out of ``duration_ms`` as far as it is known."""
    fetch_limit: int = FETCH_LIMIT
    """Bytes of its keys that a dry run may fetch from a server, as that counts them (MEMORY USAGE)."""


@dataclass(frozen=True, slots=True)
class TraceRow:
    """One redis.call or redis.pcall of a run."""

    line: int
    """Line in the script, from 1; 0 where it is not known."""
    command: tuple[bytes, ...]
    reply: Reply
    duration_us: float | None
    """None where the server cannot tell."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One key's value at one moment, small enough to show."""

    type: str
    """``string list set hash zset stream vectorset``, or ``none`` where the key did not exist."""
    value: Reply
    """bytes for a string; list of bytes for list and set; Map for a hash (field -> value), a zset (member -> float),
    a stream (id -> fields and values) and a vector set (element -> numbers). None where the key did not exist or is
    over the limit."""
    size: int
    """Bytes of a string, elements of a collection; 0 where the key did not exist."""
    expires_at_ms: int | None = None
    """Unix time in milliseconds; None keeps the key forever."""
    cut: bool = False
    """The value is longer than what is held here."""


MISSING = Snapshot("none", None, 0)
ITEMS = 1_000
"""Elements of a collection that a snapshot holds."""
BYTES = 64 * 1024
"""Bytes of a string that a snapshot holds."""


class PartKind(Enum):
    """What happened to a part of a value."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    PUSHED_LEFT = "pushed left"
    PUSHED_RIGHT = "pushed right"
    POPPED_LEFT = "popped left"
    POPPED_RIGHT = "popped right"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a value that differs."""

    kind: PartKind
    what: str
    """``bytes`` of a string, ``element`` of a list, ``field``, ``field time``, ``member``, ``entry``, ``group``,
    ``consumer``, ``pending``, ``last id``, ``attributes``."""
    name: bytes | None
    """Of a field, a member, an entry…; None for bytes and elements. A consumer's and a pending entry's begins
    with its group's and a space."""
    index: int | None
    """Where an element stands or stood, from 0; where the changed bytes begin."""
    before: Reply
    """None where the part is new. A field's time is Unix milliseconds."""
    after: Reply
    """None where it is gone."""


@dataclass(frozen=True, slots=True)
class Change:
    """A key that a run changed."""

    db: int
    key: bytes
    before: Snapshot
    after: Snapshot
    parts: tuple[Part, ...] | None = field(default=None, compare=False)
    """What differs, by the whole values; None: compare the snapshots. Of another type: what there is now."""
    parts_total: int = field(default=0, compare=False)
    """How many; larger than ``len(parts)`` where these were cut."""
    renamed_from: bytes | None = None
    """A key of the same content that went in the same run."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One redis.log line."""

    level: str
    """``debug verbose notice warning``."""
    message: bytes


@dataclass(frozen=True, slots=True)
class ScriptError:
    """Why a run failed, taken apart for people. ``reply`` of the outcome keeps the exact text."""

    code: str
    """``ERR``, ``WRONGTYPE``, ``NOSCRIPT``…"""
    message: str
    """Without the code and without the ``script: sha, on @user_script:N.`` tail."""
    line: int | None
    """Line in the script, from 1."""
    source: str | None
    """Text of that line."""


@dataclass(frozen=True, slots=True)
class TouchedKey:
    """A key that a call of a run named, or that the run declared."""

    key: bytes
    slot: int
    """Its hash slot in a cluster."""
    declared: bool
    """It was passed in KEYS."""
    written: bool | None
    """A call named it to change it. A server tells of no calls: True where the key differs after the run, else None."""


@dataclass(frozen=True, slots=True)
class ScriptOutcome:
    """All that is known after a run."""

    reply: Reply
    """An `ErrorReply` where the run failed."""
    sha: str
    duration_ms: float
    error: ScriptError | None = None
    trace: tuple[TraceRow, ...] = ()
    trace_total: int = 0
    """Calls made; larger than ``len(trace)`` where the trace was cut."""
    changes: tuple[Change, ...] = ()
    changes_total: int = 0
    instructions: int | None = None
    """Lua instructions of the script, exact for a small one, within about a per cent for a long one; None: unknown."""
    memory_peak: int | None = None
    """Bytes that Lua held at most above what it held before, garbage of the run included; None: unknown."""
    touched: tuple[TouchedKey, ...] = ()
    """Keys that calls named, in the order of first mention; a server tells of none, so there it is those declared."""
    touched_total: int = 0
    """How many; larger than ``len(touched)`` where the list was cut."""
    log: tuple[LogLine, ...] = ()
    killed: bool = False
    timed_out: bool = False
    """It reached the time limit of its run. ``killed`` is true as well, unless a server refused to kill it."""
    dry_run: bool = False
    notes: tuple[str, ...] = ()
    """Sentences a person should see: what was not traced, what was compared, on what a dry run ran."""
    cluster_notes: tuple[str, ...] = ()
    """Sentences on why the run would fail in a cluster, for whoever asks what it costs. A server that is one has them
    in ``notes``."""


class KillOutcome(Enum):
    """What became of a request to kill."""

    KILLED = "killed"
    NOTHING_RUNNING = "nothing is running"
    UNKILLABLE = "the script has already written"


@dataclass(frozen=True, slots=True)
class Running:
    """What runs now."""

    name: str
    elapsed_ms: float
    has_written: bool | None
    """None where the server does not tell."""
    dry_run: bool = False
    node: str = ""
    """Which node of a cluster it runs on, where that is known."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What was sent and has no answer yet."""

    command: str
    """For people: redacted, and not long."""
    elapsed_ms: float


@dataclass(frozen=True, slots=True)
class ScriptInfo:
    """One script of the cache."""

    sha: str
    name: str | None
    """Where this session has run it from a named buffer or file."""
    source: bytes | None
    runs: int
    mean_ms: float
    worst_ms: float
    on_server: bool
    """False where this session knows it but the server's cache does not hold it; of a cluster, where a primary lacks
    it."""
    on_nodes: tuple[str, ...] = ()
    """Primaries of a cluster that hold it; empty where there is one server."""
    missing_on: tuple[str, ...] = ()
    """Primaries of a cluster that lack it, or did not say."""

    @property
    def whereabouts(self) -> str:
        """Where it is not, for people: ``not on the server``, ``on 2 of 3 nodes``; empty where it is everywhere."""
        if self.on_server:
            return ""
        if not self.on_nodes:
            return "not on the server"
        return f"on {len(self.on_nodes)} of {len(self.on_nodes) + len(self.missing_on)} nodes"


class EventKind(Enum):
    """What a session tells unasked."""

    KEYS_CHANGED = "keys changed"
    SCRIPTS_CHANGED = "scripts changed"
    RUN_STARTED = "run started"
    RUN_ENDED = "run ended"
    SENT = "sent"
    """A command went out; ``text`` is its redacted text. For the log of everything sent."""
    DISCONNECTED = "disconnected"
    RECONNECTED = "reconnected"
    """``text`` says where the server is now, if that is another place; empty otherwise."""
    NODES_CHANGED = "nodes changed"
    """A node of a cluster does not answer, answers again, or another serves its slots; ``text`` says which."""
    BUSY = "busy"
    """The server runs a script, of whomever, and answers nothing else."""
    FREE = "free"
    """It answers again."""
    DEMOTED = "demoted"
    """The server takes no writes any more; ``text`` says whose replica it is."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened in a session."""

    kind: EventKind
    text: str = ""
    keys: tuple[bytes, ...] = field(default=())
    is_aside: bool = False
    """Of what was sent: a face wanted it for itself (`aside`), nobody asked for it."""


class Session(Protocol):
    """One conversation with one server. All methods are for one event loop; none blocks it."""

    @property
    def info(self) -> SessionInfo: ...

    @property
    def db(self) -> int:
        """The database that `execute` works on when none is named; SELECT changes it."""
        ...

    @property
    def in_transaction(self) -> bool:
        """Whether MULTI is open: every `execute` would be queued, so panes must not ask in between."""
        ...

    async def execute(self, argv: Sequence[bytes], *, db: int | None = None) -> Reply:
        """Runs one command.

        Args:
            argv: name and arguments.
            db: run it in this database and leave the session's own as it is.

        Returns:
            The reply; an error reply is returned as `ErrorReply`.

        Raises:
            SessionError: the connection broke, or the session is closed.
        """
        ...

    async def execute_many(
        self, commands: Sequence[Sequence[bytes]], *, db: int | None = None, stop_at_error: bool = False
    ) -> list[Reply]:
        """Runs many commands in one go, which is many times quicker than one by one.

        Args:
            commands: of which each may be one of many (`bulk.may_go_together`); not while MULTI is open.
            db: as for `execute`.
            stop_at_error: run none behind the first that fails. A server has them by then, so it gets them singly.

        Returns:
            The replies in order; fewer than commands where it was stopped.

        Raises:
            SessionError: the connection broke; which of the commands were run is not known.
        """
        ...

    async def run(self, run: ScriptRun) -> ScriptOutcome:
        """Runs one script. Only one at a time; a second waits its turn.

        Raises:
            SessionError: the connection broke.
            NotSupportedError: the run asks for what ``info.capabilities`` lacks.
        """
        ...

    async def stream(self, argv: Sequence[bytes], *, capacity: int = 10_000) -> Stream:
        """Listens, on a connection of its own: what `execute` does goes on beside it.

        Args:
            argv: SUBSCRIBE, PSUBSCRIBE, SSUBSCRIBE or MONITOR.
            capacity: messages that wait for their reader at most; older ones are dropped, and counted.

        Raises:
            NotSupportedError: it is another command.
            SessionError: no connection, or the server refused.
        """
        ...

    async def kill(self, *, undo: bool = False) -> KillOutcome:
        """Ends the running script, never waiting behind it.

        Args:
            undo: also where it has written, undoing its writes (`Capability.ROLLBACK_KILL`).
        """
        ...

    def running(self) -> Running | None:
        """What runs now, from memory, without asking the server."""
        ...

    def nodes(self) -> tuple[NodeFacts, ...]:
        """The primaries of a cluster by their slots, from memory; empty where there is one server."""
        ...

    def waiting(self) -> Waiting | None:
        """What a server has been asked and has not answered yet, from memory; None in the embedded engine."""
        ...

    async def let_go(self) -> None:
        """Stops waiting for what is not answered, by ending the connection; the next command makes it anew.

        Who waits gets a `SessionError`. What was asked may be carried out all the same.
        """
        ...

    async def scripts(self) -> list[ScriptInfo]:
        """The script cache, most recently run first; what this session knows of it where the server cannot list."""
        ...

    async def catalog(self) -> Catalog:
        """The commands this server has, for completion, hints and help."""
        ...

    def events(self) -> AsyncIterator[Event]:
        """Events from now on. Several readers may listen; a slow one loses the oldest, never the newest."""
        ...

    async def close(self) -> None:
        """Ends the session; a script of an embedded one is killed first. May be called twice."""
        ...
