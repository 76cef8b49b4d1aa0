"""Commands that wait: BLPOP and its kin, XREAD BLOCK, WAIT, and everybody while CLIENT PAUSE holds.

A handler that finds nothing returns `Ctx.block`; the engine then keeps the command and runs
the very same command again once one of its keys has changed and holds the wanted type. So
there is one piece of code that pops, whoever waited or not. Who waits longest is served first.

It knows no sockets: the late answer goes to the client's `Outlet`. The decision a reader
would question: a waiting client is an ordinary watcher of its keys (`Database.watch`), so
that every change that breaks a WATCH also wakes a waiter, SWAPDB and RESTORE among them.
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from redis_tui.record import dataclass
from redis_tui.resp.types import ErrorReply, Reply, Several

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from redis_tui.engine.client import Client
    from redis_tui.engine.database import Database
    from redis_tui.engine.engine import Engine
    from redis_tui.engine.registry import Command
    from redis_tui.engine.types.base import Collection

BLOCKED: Final = Several()
"""What a command answers that waits; told by identity. The answer comes through the client's outlet."""
UNBLOCKED: Final = ErrorReply(b"UNBLOCKED client unblocked via CLIENT UNBLOCK")

_STALE_DEADLINES: Final = 64
"""Limits of waits that ended before, above which they are swept out; each would hold its client until its time."""

T = TypeVar("T")
Place = tuple["Database", bytes]


@dataclass(slots=True, eq=False)
class Blocked:
    """What one client waits for."""

    db: Database
    keys: tuple[bytes, ...]
    kind: type[Collection] | None
    """The type that a key must hold; None where no key is waited for."""
    deadline_ms: int | None
    """Unix time of the engine's clock; None waits forever."""
    on_timeout: Reply
    on_missing: bool
    """Also runs again when a key goes or changes its type."""
    memo: object
    """What the handler wants to know in its second run, e.g. which id ``$`` stood for."""
    command: Command | None = None
    args: Sequence[bytes] = ()
    argv: Sequence[bytes] = ()
    taken_ns: int = 0
    """What its runs took so far; waiting is not among it."""
    postponed: bool = False
    """Held back by CLIENT PAUSE ahead of execution; CLIENT UNBLOCK does not reach it."""


class Blocking:
    """Who waits, and for what.

    Args:
        engine: the owner.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: dict[Place, dict[Client, None]] = {}
        self._marks: dict[Place, Callable[[], None]] = {}
        self._deadlines: list[tuple[int, int, Client, Blocked]] = []
        self._ids = itertools.count()
        self._serving = False
        self.ready: dict[Place, None] = {}
        """Places that have changed and that somebody waits for, in order."""
        self.clients: dict[Client, None] = {}
        """Everybody who waits."""

    def block(
        self,
        client: Client,
        keys: Sequence[bytes],
        kind: type[Collection] | None,
        *,
        timeout_ms: int,
        on_timeout: Reply,
        on_missing: bool,
        memo: object,
    ) -> Reply:
        """Lets a client wait; see `Ctx.block`."""
        if client.blocked is not None:
            return BLOCKED  # it waits already, and its second run found nothing either
        db, now_ms = client.ctx.db, self._engine.clock.now_us() // 1000
        deadline_ms = now_ms + timeout_ms if timeout_ms else None
        blocked = Blocked(db, tuple(dict.fromkeys(keys)), kind, deadline_ms, on_timeout, on_missing, memo)
        self._enlist(client, blocked)
        for key in blocked.keys:
            place = (db, key)
            self._waiting.setdefault(place, {})[client] = None
            if place not in self._marks:
                mark = self._marks[place] = partial(self._mark, place)
                db.watch(key, mark)
        return BLOCKED

    def postpone(self, client: Client, argv: Sequence[bytes]) -> Reply:
        """Holds a whole command back until `resume`."""
        blocked = Blocked(client.ctx.db, (), None, None, None, on_missing=False, memo=None, postponed=True)
        blocked.argv = list(argv)
        self._enlist(client, blocked)
        return BLOCKED

    def resume(self) -> None:
        """Runs what was postponed, in the order in which it came."""
        for client in [one for one in self.clients if one.blocked is not None and one.blocked.postponed]:
            blocked = client.blocked
            if blocked is None:
                continue
            self.release(client)
            reply = _sheltered(self._engine.execute, client, blocked.argv)
            if reply is not BLOCKED:
                client.answer(reply)

    def release(self, client: Client) -> None:
        """Ends a client's waiting without an answer."""
        blocked, client.blocked = client.blocked, None
        if blocked is None:
            return
        self.clients.pop(client, None)
        for key in blocked.keys:
            place = (blocked.db, key)
            waiting = self._waiting.get(place)
            if waiting is None:
                continue
            waiting.pop(client, None)
            if not waiting:
                del self._waiting[place]
                blocked.db.unwatch(key, self._marks.pop(place))

    def unblock(self, client: Client, *, error: bool) -> bool:
        """CLIENT UNBLOCK: answers as a timeout does, or with an error; False where it does not wait."""
        blocked = client.blocked
        if blocked is None or blocked.postponed:
            return False
        self._end(client, blocked, UNBLOCKED if error else blocked.on_timeout)
        return True

    def abandon(self, reply: Reply) -> None:
        """Ends every wait with an error and hangs up, because the server is not what it was; a pause goes on."""
        for client in tuple(self.clients):
            if client.blocked is None or client.blocked.postponed:
                continue
            client.closing = True
            self._end(client, client.blocked, reply)

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Serves nobody within, but at the end: what happens within may be taken back, and an answer may not."""
        before, self._serving = self._serving, True
        try:
            yield
        finally:
            self._serving = before
        if self.ready:
            self.serve()

    def serve(self) -> None:
        """Runs commands again whose keys are ready, until nothing is ready any more."""
        if self._serving:
            return
        self._serving = True
        # Time stood still in a transaction: what ran out meanwhile wakes nobody.
        self._engine.space.now_ms = self._engine.clock.now_us() // 1000
        try:
            while self.ready:
                ready, self.ready = self.ready, {}
                for place in ready:
                    self._serve_place(place)
        finally:
            self._serving = False

    def expire(self) -> None:
        """Answers those whose time is up."""
        now_ms = self._engine.clock.now_us() // 1000
        while self._deadlines and self._deadlines[0][0] <= now_ms:
            _, _, client, blocked = heapq.heappop(self._deadlines)
            if client.blocked is blocked:
                self._end(client, blocked, blocked.on_timeout)

    def next_deadline_ms(self) -> int | None:
        """When somebody's time is up next, Unix time; None where nobody has a limit."""
        while self._deadlines and self._deadlines[0][2].blocked is not self._deadlines[0][3]:
            heapq.heappop(self._deadlines)
        return self._deadlines[0][0] if self._deadlines else None

    def _enlist(self, client: Client, blocked: Blocked) -> None:
        client.blocked = blocked
        self.clients[client] = None
        if blocked.deadline_ms is not None:
            if len(self._deadlines) > 2 * len(self.clients) + _STALE_DEADLINES:
                self._deadlines = [entry for entry in self._deadlines if entry[2].blocked is entry[3]]
                heapq.heapify(self._deadlines)
            heapq.heappush(self._deadlines, (blocked.deadline_ms, next(self._ids), client, blocked))

    def _mark(self, place: Place) -> None:
        self.ready[place] = None

    def _serve_place(self, place: Place) -> None:
        db, key = place
        for client in tuple(self._waiting.get(place, ())):
            blocked = client.blocked
            if blocked is None or client not in self._waiting.get(place, ()):
                continue
            value = db.peek(key)
            if type(value) is not blocked.kind and not blocked.on_missing:
                continue
            client.runs_again = True
            self._engine.tracking.acting = client
            try:
                reply = _sheltered(self._again, client, blocked)
            finally:
                client.runs_again = False
                self._engine.tracking.acting = None
            if reply is BLOCKED:
                if client.outlet is not None:
                    client.outlet.flush()
                continue
            self.release(client)
            client.answer(reply)

    def _again(self, client: Client, blocked: Blocked) -> Reply:
        """Runs a waiting command once more, in the database in which it began."""
        assert blocked.command is not None
        refusal = self._engine.refused(client, blocked.command, blocked.argv)
        if refusal is not None:
            return refusal
        ctx = client.ctx
        ctx.resp = client.resp
        home = ctx.db
        if home is blocked.db:
            return self._engine.call(client, blocked.command, blocked.args, blocked.argv)
        ctx.use(blocked.db)
        try:
            return self._engine.call(client, blocked.command, blocked.args, blocked.argv)
        finally:
            ctx.use(home)

    def _end(self, client: Client, blocked: Blocked, reply: Reply) -> None:
        """Answers without running again; a command that waited counts as one call."""
        self.release(client)
        self._engine.count(client, blocked, reply)
        client.answer(reply)


def _sheltered(run: Callable[[Client, T], Reply], client: Client, what: T) -> Reply:
    """Runs for one who waited; a fault of ours is that client's answer and costs neither the others nor the loop."""
    try:
        return run(client, what)
    except Exception as fault:  # noqa: BLE001  # see above
        return ErrorReply.of_fault(fault)
