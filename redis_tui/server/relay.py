"""Between the event loop and the engine thread: batches of commands there, replies back.

Many connections share one `Relay`. What the loop has read goes into an inbox, and the
engine thread is woken once for all of it; the replies come back the same way. So the
price of waking a thread is paid once for a turn of the loop, not once for a command.

It knows no sockets: a connection is a `Caller`, replies go to ``caller.receive``.

The decision a reader would question: `Relay._drain` may run inside itself. While a script
is busy, its count hook lets the thread answer other clients from within the script, so a
drain must expect that a caller is already being served further down the stack; what that
caller has sent since waits in its backlog.
"""

from __future__ import annotations

from collections import deque
from enum import Enum
from typing import TYPE_CHECKING, Union

from redis_tui.engine.blocking import BLOCKED
from redis_tui.engine.client import Silence
from redis_tui.resp.encoder import encode, encode_into
from redis_tui.resp.types import ErrorReply, Several

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from redis_tui.engine.client import Client
    from redis_tui.engine.engine import Engine
    from redis_tui.engine.stats import Stats
    from redis_tui.engine.thread import EngineThread
    from redis_tui.resp.types import Reply

CHUNK = 1024 * 1024
"""Bytes of replies after which a caller must take them before it is served further."""
# What a browser sends: Redis takes these words for an attack through a web page and hangs up.
_HTTP = frozenset({b"post", b"host:"})


# Looked at after every command: an enum's member costs a look-up more.
_AUDIBLE = Silence.NONE


class Signal(Enum):
    """What a connection has to say beside commands."""

    RESUME = "it took its replies"
    FINISH = "it will send no more; answer what is there, then close"
    GONE = "nobody is there any more"


class After(Enum):
    """What a connection shall do once it has written."""

    GO_ON = "nothing"
    PUSHED = "see that what was not asked for does not pile up"
    RESUME = "say Signal.RESUME when the replies were taken"
    CLOSE = "close"


Batch = list[list[bytes]]
Work = Union[Batch, bytes, Signal]
"""Commands, the line of a protocol error, or a signal."""


class Caller:
    """One connection as the engine thread sees it; only that thread changes its fields.

    Args:
        receive: given replies and what comes after them, on the event loop.
        addr: ``host:port`` of the other side.
        laddr: ``host:port`` of this side.
    """

    __slots__ = (
        "addr",
        "answered",
        "backlog",
        "client",
        "ended",
        "laddr",
        "late",
        "receive",
        "relay",
        "serving",
        "stalled",
        "waiting",
    )

    def __init__(self, receive: Callable[[bytearray, After], None], addr: bytes, laddr: bytes) -> None:
        self.receive = receive
        self.addr = addr
        self.laddr = laddr
        self.client: Client | None = None
        self.answered = 0
        """Works that are done; the loop compares it with what it has sent."""
        self.backlog: deque[Work] = deque()
        self.serving = False
        """A command of this caller is under way, further down the stack."""
        self.stalled = False
        """It has replies to take before it is served further."""
        self.ended = False
        """It gets no more replies."""
        self.waiting = False
        """Its last command waits for its answer; what it has sent since stays in the backlog."""
        self.late: list[Reply] = []
        """Messages that came while a command of it was under way; they follow its reply, as in a server."""
        self.relay: Relay | None = None

    def push(self, message: Reply) -> None:
        """As `Outlet.push`."""
        if self.serving:
            self.late.append(message)
        elif self.relay is not None:
            self.relay.post(self, message, After.PUSHED)

    def close(self) -> None:
        """As `Outlet.close`."""
        if self.relay is not None and not self.serving:
            self.relay.hang_up(self)

    def answer(self, reply: Reply) -> None:
        """As `Outlet.answer`."""
        self.waiting = False
        if self.relay is not None:
            self.relay.post(self, reply, After.GO_ON)
            self.relay.go_on(self)


class Traffic:
    """What passed the sockets; counted on the event loop, brought to the engine's books on its thread."""

    __slots__ = ("_noted", "bytes_in", "bytes_out", "reads", "writes")

    def __init__(self) -> None:
        self.bytes_in = self.bytes_out = self.reads = self.writes = 0
        self._noted = (0, 0, 0, 0)

    def read(self, size: int) -> None:
        """One read from a socket."""
        self.reads += 1
        self.bytes_in += size

    def wrote(self, size: int) -> None:
        """One write to a socket."""
        self.writes += 1
        self.bytes_out += size

    def note(self, stats: Stats) -> None:
        """Adds what has passed since the last time."""
        now = (self.bytes_in, self.bytes_out, self.reads, self.writes)
        before, self._noted = self._noted, now
        stats.net_in += now[0] - before[0]
        stats.net_out += now[1] - before[1]
        stats.reads += now[2] - before[2]
        stats.writes += now[3] - before[3]


class Relay:
    """Carries work to the engine thread and replies back.

    Args:
        thread: who owns the engine.
        loop: where replies are received.
    """

    def __init__(self, thread: EngineThread, loop: asyncio.AbstractEventLoop) -> None:
        self._thread = thread
        self._loop = loop
        self.traffic = Traffic()
        self._inbox: deque[tuple[Caller, Work]] = deque()
        self._outbox: deque[tuple[Caller, bytearray, After]] = deque()
        self._posted = False
        self._signalled = False
        self._closed = False
        self._draining = 0
        self._resumed: deque[Caller] = deque()
        self._current: tuple[Caller, bytearray] | None = None
        """Whom the thread serves now, and the replies it has for him so far."""
        thread.while_busy = self._drain_while_busy

    # On the event loop

    def send(self, caller: Caller, work: Work) -> None:
        """Hands something over; replies come to ``caller.receive`` in the order of the commands."""
        self._inbox.append((caller, work))
        if not self._posted:
            self._posted = True
            # Not at once: the thread would take the interpreter lock at the next system call of this turn.
            self._loop.call_soon(self._post)

    def close(self) -> None:
        """Does nothing of what is still waiting."""
        self._closed = True

    def _post(self) -> None:
        self._thread.post(self._drain)

    def _deliver(self) -> None:
        # Lowered first: what the thread adds from here on is taken below or signalled anew.
        self._signalled = False
        outbox = self._outbox
        while outbox:
            caller, replies, after = outbox.popleft()
            caller.receive(replies, after)

    # On the engine thread

    def post(self, caller: Caller, reply: Reply, after: After) -> None:
        """Sends something to a caller outside the order of its commands."""
        if caller.ended or caller.client is None:
            return
        self._outbox.append((caller, bytearray(encode(reply, caller.client.resp)), after))
        if not self._draining:
            self._signal()

    def hang_up(self, caller: Caller) -> None:
        """Closes a connection that a CLIENT KILL has met."""
        if caller.ended:
            return
        caller.ended = True
        self._outbox.append((caller, bytearray(), After.CLOSE))
        if not self._draining:
            self._signal()

    def go_on(self, caller: Caller) -> None:
        """A caller's command has waited and is answered: its backlog is next, once the stack is free."""
        self._resumed.append(caller)
        if not self._draining:
            self._thread.post(self._drain)

    def _drain(self, engine: Engine) -> None:
        self.traffic.note(engine.stats)
        self._posted = False
        self._draining += 1
        try:
            self._work_off(engine)
        finally:
            self._draining -= 1
        self._signal()

    def _work_off(self, engine: Engine) -> None:
        inbox, resumed = self._inbox, self._resumed
        while (inbox or resumed) and not self._closed:
            if resumed:
                self._advance(engine, resumed.popleft())
                continue
            caller, work = inbox.popleft()
            if caller.client is None:
                self._introduce(engine, caller)
            self._take(engine, caller, work)

    def _introduce(self, engine: Engine, caller: Caller) -> None:
        client = caller.client = engine.connect(addr=caller.addr, laddr=caller.laddr)
        caller.relay = self
        client.outlet = caller

    def _take(self, engine: Engine, caller: Caller, work: Work) -> None:
        if caller.serving:
            caller.backlog.append(work)
            return
        if work is Signal.GONE:
            self._forget(engine, caller)
            return
        if work is Signal.RESUME:
            caller.stalled = False
        elif work is Signal.FINISH and caller.waiting:
            # Nobody is there to take what it waits for: a server, too, hangs up at the end of input.
            self._forget(engine, caller)
            self._outbox.append((caller, bytearray(), After.CLOSE))
            return
        else:
            caller.backlog.append(work)
        self._advance(engine, caller)

    def _advance(self, engine: Engine, caller: Caller) -> None:
        """Serves a caller as far as it can be served now."""
        if caller.stalled or caller.ended or caller.waiting or caller.serving:
            return
        replies = bytearray()
        outer, self._current = self._current, (caller, replies)
        caller.serving = True
        try:
            after = self._serve(engine, caller, replies)
        finally:
            caller.serving = False
            self._current = outer
        self._outbox.append((caller, replies, after))

    def _serve(self, engine: Engine, caller: Caller, replies: bytearray) -> After:
        """Works through a caller's backlog."""
        backlog = caller.backlog
        while backlog and not self._closed:
            work = backlog.popleft()
            if isinstance(work, list):
                rest = self._answer(engine, caller, work, replies)
                if rest:
                    backlog.appendleft(rest)
                else:
                    caller.answered += 1
                if caller.waiting:
                    return After.GO_ON
            elif work is Signal.GONE:
                self._forget(engine, caller)
            elif work is not Signal.RESUME:
                if isinstance(work, bytes):
                    encode_into(replies, ErrorReply(work))
                caller.ended = True
            if caller.ended:
                return After.CLOSE
            if len(replies) >= CHUNK:
                caller.stalled = True
                return After.RESUME
        return After.GO_ON

    def _answer(self, engine: Engine, caller: Caller, batch: Batch, replies: bytearray) -> Batch:
        """Runs commands until their replies fill a chunk; answers the commands left over."""
        client = caller.client
        assert client is not None
        execute = engine.execute
        for at, argv in enumerate(batch):
            mark = len(replies)
            try:
                reply = execute(client, argv)
                if reply is BLOCKED:
                    caller.waiting = True
                    self._send_late(caller, replies)
                    return batch[at + 1 :]
                encode_into(replies, reply, client.resp)
                if client.silence is not _AUDIBLE and type(reply) is not Several:
                    _hush(client, replies, mark)
            except Exception as error:  # noqa: BLE001  # a fault of ours must not cost the others their server
                del replies[mark:]
                encode_into(replies, ErrorReply(f"ERR internal error, {type(error).__name__}: {error}".encode()))
                continue
            if caller.late:
                self._send_late(caller, replies)
            if mark >= CHUNK or client.closing or self._closed or type(reply) is ErrorReply:
                if type(reply) is ErrorReply and argv[0].lower() in _HTTP:
                    del replies[mark:]
                    client.closing = True
                if client.closing or self._closed:
                    caller.ended = True
                    return []
                if mark >= CHUNK:
                    return batch[at + 1 :]
        return []

    def _send_late(self, caller: Caller, replies: bytearray) -> None:
        assert caller.client is not None
        for message in caller.late:
            encode_into(replies, message, caller.client.resp)
        caller.late.clear()

    def _drain_while_busy(self, engine: Engine) -> None:
        """Delivers what was answered ahead of the script that keeps everybody busy, and tells the others so.

        Needed beside the posted drains: the one that met the script may have more in its inbox.
        """
        if self._current is not None and self._current[1]:
            caller, replies = self._current
            self._outbox.append((caller, bytearray(replies), After.GO_ON))
            replies.clear()
        self._drain(engine)

    def _forget(self, engine: Engine, caller: Caller) -> None:
        caller.ended = True
        caller.backlog.clear()
        if caller.client is not None:
            engine.disconnect(caller.client)

    def _signal(self) -> None:
        if self._outbox and not self._signalled and not self._closed:
            self._signalled = True
            self._loop.call_soon_threadsafe(self._deliver)


def _hush(client: Client, replies: bytearray, mark: int) -> None:
    """Takes a reply back that its client does not want to have, from a position on."""
    del replies[mark:]
    if client.silence is Silence.NEXT:
        client.silence = Silence.NONE
