"""What a server tells without being asked each time: SUBSCRIBE and its kin, MONITOR; bounded, for one reader.

Knows neither engine nor wire: a kind of session puts replies in and hands over how to send and how to leave.
The decision a reader would question: messages come in batches, and the oldest are dropped where nobody takes
them in time. Waking a face for each of 50,000 messages a second would freeze it, keeping them all would
fill the memory, and making the server wait would have it cut the connection.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, NamedTuple, Self

from redis_tui.errors import NotSupportedError, SessionError
from redis_tui.record import dataclass
from redis_tui.resp.types import ErrorReply, Push, Reply

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

CAPACITY = 10_000
"""Messages that wait for the reader at most."""
CAPACITY_BYTES = 32 * 1024 * 1024
"""Bytes of messages that wait for the reader at most."""

_OPENS = frozenset((b"subscribe", b"psubscribe", b"ssubscribe", b"monitor"))
_GOES_ON = _OPENS | {b"unsubscribe", b"punsubscribe", b"sunsubscribe", b"ping"} - {b"monitor"}


class Message(NamedTuple):
    """One thing that was told."""

    at_s: float
    """Unix time of its arrival, in seconds."""
    reply: Reply
    """As it stands on a RESP2 wire: a list (``message``, channel, data), or the bytes of a line of MONITOR."""


@dataclass(frozen=True, slots=True)
class Batch:
    """All that has come since the last one."""

    messages: tuple[Message, ...]
    dropped: int
    """How many came before these and were lost, because they were not taken in time."""


def opens_stream(argv: Sequence[bytes]) -> bool:
    """Whether a command is one for `Session.stream`."""
    return bool(argv) and argv[0].lower() in _OPENS


class Stream:
    """Messages of one connection of its own; ``async for batch in stream``, or ``async with`` to have it closed.

    Args:
        send: sends a command beside; its confirmation comes as a message.
        leave: ends the connection.
        capacity: messages that wait at most.

    For one event loop and one reader; `put` and `fail` are for any thread.
    """

    def __init__(
        self,
        send: Callable[[Sequence[bytes]], Awaitable[object]],
        leave: Callable[[], Awaitable[None]],
        *,
        capacity: int = CAPACITY,
    ) -> None:
        self._send, self._leave = send, leave
        self._capacity = capacity
        self._loop = asyncio.get_running_loop()
        self._wakened = asyncio.Event()
        self._lock = threading.Lock()
        self._waiting: deque[Message] = deque()
        self._bytes = 0
        self._lost = 0
        self._is_told = False
        """The loop has been asked to waken the reader, and has not yet done so."""
        self._fault: SessionError | None = None
        self._closed = False
        self.received = 0
        """Messages that came, the dropped ones included."""
        self.dropped = 0
        """Messages that were lost since the beginning."""

    # ── for who reads ──────────────────────────────────────────────────────

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Batch:
        """Waits for messages.

        Raises:
            SessionError: the connection broke; what had come before was handed over.
        """
        while not self._waiting:
            if self._fault is not None and not self._closed:
                raise self._fault
            if self._closed:
                raise StopAsyncIteration
            await self._wakened.wait()
            self._wakened.clear()
        return self.take()

    def take(self) -> Batch:
        """What is there now, without waiting."""
        with self._lock:
            messages, self._waiting = tuple(self._waiting), deque()
            lost, self._lost, self._bytes = self._lost, 0, 0
        return Batch(messages, lost)

    async def send(self, argv: Sequence[bytes]) -> None:
        """Changes what is told: SUBSCRIBE to more, UNSUBSCRIBE. The server's answer comes as a message.

        Raises:
            NotSupportedError: the command is for `Session.execute`.
            SessionError: the connection broke.
        """
        if not argv or argv[0].lower() not in _GOES_ON:
            raise NotSupportedError("Only SUBSCRIBE, UNSUBSCRIBE and their kin are heard here.")
        await self._send(argv)

    async def aclose(self) -> None:
        """Ends it; may be called twice."""
        if self._closed:
            return
        self._closed = True
        self._wakened.set()
        await self._leave()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    # ── for the session ────────────────────────────────────────────────────

    def put(self, replies: Iterable[Reply]) -> None:
        """Takes messages, from any thread; wakens the reader once for many."""
        at_s = time.time()
        with self._lock:
            waiting = self._waiting
            for reply in replies:
                message = Message(at_s, reply)
                waiting.append(message)
                self._bytes += _size(reply)
                self.received += 1
                while len(waiting) > self._capacity or (self._bytes > CAPACITY_BYTES and len(waiting) > 1):
                    self._bytes -= _size(waiting.popleft().reply)
                    self._lost += 1
                    self.dropped += 1
            tell, self._is_told = not self._is_told, True
        if tell:
            self._tell()

    def fail(self, fault: SessionError) -> None:
        """The connection is gone, from any thread."""
        self._fault = fault
        self._tell()

    def _tell(self) -> None:
        try:
            self._loop.call_soon_threadsafe(self._waken)
        except RuntimeError:
            self._closed = True  # the loop is gone, and the reader with it

    def _waken(self) -> None:
        self._is_told = False
        self._wakened.set()


def _size(reply: Reply) -> int:
    """About how many bytes a message holds."""
    if isinstance(reply, bytes):
        return len(reply)
    items = reply.items if isinstance(reply, Push) else reply if isinstance(reply, list) else ()
    return sum(len(item) for item in items if isinstance(item, bytes))


def check_opens(argv: Sequence[bytes]) -> None:
    """Lets only what opens a stream pass.

    Raises:
        NotSupportedError: the command is another.
    """
    if not opens_stream(argv):
        raise NotSupportedError("Only SUBSCRIBE, PSUBSCRIBE, SSUBSCRIBE and MONITOR tell on and on.")


def check_taken(argv: Sequence[bytes], reply: Reply) -> None:
    """Looks whether the server has taken the command that opens a stream.

    Raises:
        SessionError: it has not.
    """
    if isinstance(reply, ErrorReply):
        name = argv[0].decode("utf-8", "replace").upper()
        raise SessionError(f"The server refused {name}: {reply.line.decode('utf-8', 'replace')}.")
