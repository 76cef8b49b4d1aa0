"""One connection, as the engine sees it; a session of the workbench is one as well.

It knows no socket: whoever owns one looks at `closing` after each reply, or hears of a
CLIENT KILL through its `Outlet`.
"""

from __future__ import annotations

from dataclasses import field
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from redis_tui.record import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.engine.acl import User
    from redis_tui.engine.blocking import Blocked
    from redis_tui.engine.client_memory import Buffers
    from redis_tui.engine.context import Ctx
    from redis_tui.engine.database import Database
    from redis_tui.engine.pubsub import Subscriptions
    from redis_tui.engine.registry import Command
    from redis_tui.engine.tracking import Tracking
    from redis_tui.resp.types import Reply


class Silence(Enum):
    """Which replies a client does not want, as CLIENT REPLY sets it."""

    NONE = "on"
    ALL = "off"
    NEXT = "skip"


class Outlet(Protocol):
    """Where a client hears of what it has not just asked for. Called on the engine's thread."""

    def push(self, message: Reply) -> None:
        """A message beside the replies: a published one, an invalidation, a line of MONITOR."""
        ...

    def flush(self) -> None:
        """What was pushed so far goes ahead of the reply that is being made."""
        ...

    def answer(self, reply: Reply) -> None:
        """The reply to a command that had to wait; further commands may be executed from now on."""
        ...

    def close(self) -> None:
        """Another client has ended this one: hang up."""
        ...


@dataclass(slots=True, eq=False)
class Transaction:
    """What MULTI has queued."""

    queue: list[tuple[Command, list[bytes]]] = field(default_factory=list)
    broken: bool = False
    """A command could not be queued: EXEC answers EXECABORT."""


@dataclass(slots=True, eq=False)
class Client:
    """Per-connection state. Made by `Engine.connect`."""

    id: int
    addr: bytes
    laddr: bytes
    created_ms: int
    account: User
    """Who it is logged in as."""
    ctx: Ctx = field(init=False)
    name: bytes = b""
    authenticated: bool = True
    resp: int = 2
    lib_name: bytes = b""
    lib_version: bytes = b""
    last_command: str = "NULL"
    """Full name as CLIENT LIST shows it: ``client|list``."""
    spelled: bytes = b""
    """The last command that runs scripts, as it was written: ``fCall``."""
    is_aside: bool = False
    """What it sends now is for a face's own panes: the slow log does not want it."""
    last_active_ms: int = 0
    fd: int = -1
    """Of its socket, for CLIENT LIST; -1 where there is none, or it is closed."""
    buffers: Buffers | None = None
    """How full its connection is; None where there is none."""
    query_bytes: int = 0
    """Bytes of the read that is being worked off."""
    net_in: int = 0
    net_out: int = 0
    """Bytes received and sent."""
    commands: int = 0
    """How many it has sent, for CLIENT LIST's tot-cmds."""
    transaction: Transaction | None = None
    executed: Sequence[tuple[Command, list[bytes]]] = ()
    """What its last EXEC ran, until the logs have looked at it; only where there are logs that do."""
    watched: set[tuple[Database, bytes]] = field(default_factory=set)
    watch_broken: bool = False
    """A watched key has changed: EXEC answers nil."""
    no_evict: bool = False
    no_touch: bool = False
    """As CLIENT NO-EVICT and NO-TOUCH set them."""
    capabilities: str = ""
    """What it says that it can, by letters, as CLIENT CAPA sets them."""
    import_source: bool = False
    """As CLIENT IMPORT-SOURCE sets it; shown by CLIENT LIST."""
    subscriptions: Subscriptions | None = None
    tracking: Tracking | None = None
    monitoring: bool = False
    """It sent MONITOR and sees every command."""
    silence: Silence = Silence.NONE
    plain: bool = True
    """No gate stands in the way: authenticated, not in MULTI, no subscriber, allowed everything.
    Kept up by `refresh`."""
    outlet: Outlet | None = None
    """Set by whoever owns the connection; None loses late answers and messages."""
    blocked: Blocked | None = None
    """What it waits for; until that is over nothing else of this client is executed."""
    runs_again: bool = False
    """Its command, which has waited, is being run again: what is pushed meanwhile follows the answer."""
    closing: bool = False
    """QUIT was answered or CLIENT KILL hit: the connection is to be closed after the reply."""

    @property
    def user(self) -> bytes:
        """The name of its user."""
        return self.account.name

    def push(self, message: Reply) -> None:
        """Sends a message beside the replies."""
        if self.outlet is not None:
            self.outlet.push(message)

    def answer(self, reply: Reply) -> None:
        """Sends the reply to a command that has waited."""
        if self.outlet is not None:
            self.outlet.answer(reply)

    def refresh(self) -> None:
        """Works out anew whether the gates may be skipped; call after a change of the fields they look at."""
        self.plain = (
            self.authenticated
            and self.transaction is None
            and not self.account.restricted
            and not self.only_listens
            and not self.monitoring
        )

    @property
    def only_listens(self) -> bool:
        """A subscriber that speaks RESP2: it cannot tell a reply from a message, so it may send next to nothing."""
        return self.resp == 2 and bool(self.subscriptions)

    def break_watch(self) -> None:
        """A watched key has changed."""
        self.watch_broken = True

    def watch(self, db: Database, key: bytes) -> None:
        """Wants to know of changes to a key."""
        if (db, key) in self.watched:
            return
        self.watched.add((db, key))
        db.watch(key, self.break_watch)

    def unwatch(self) -> None:
        """Forgets every watched key."""
        for db, key in self.watched:
            db.unwatch(key, self.break_watch)
        self.watched.clear()
        self.watch_broken = False

    def begin(self) -> None:
        """Opens a transaction."""
        self.transaction = Transaction()
        self.executed = ()
        self.refresh()

    def discard(self) -> None:
        """Ends the transaction, executed or not; the watches end with it."""
        self.transaction = None
        self.unwatch()
        self.refresh()
