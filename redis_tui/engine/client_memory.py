"""What each connection costs: CLIENT LIST's figures of memory, and the eviction of clients.

It knows no sockets: who owns one shows how full its buffers are through `Buffers`. A session of
the workbench has none and costs nothing.

The decision a reader would question: as with `engine.memory`, the sizes are those that a server's
buffers would have, not Python's. What is queued, half received or not yet taken is counted as it
is; the room that a server keeps ahead (16 KiB for replies, 20 KiB to read into) is added while it
would be kept. The sum is kept up only while ``maxmemory`` or ``maxmemory-clients`` asks for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from redis_tui.record import dataclass

if TYPE_CHECKING:
    from redis_tui.engine.client import Client
    from redis_tui.engine.engine import Engine

REPLY_ROOM: Final = 16384
"""Bytes of replies that a server keeps beside its client; more of them go into a list."""
_SMALL_REPLY_ROOM: Final = 1024
_SHRINKS_AFTER_MS: Final = 500
_QUERY_ROOM: Final = 20474
_IDLE_MS: Final = 2000
"""Whoever sends nothing for so long keeps no room to read into."""
_STRUCT: Final = 896
_STRUCT_OF_VALKEY: Final = 584
_POINTER: Final = 8
_NODE: Final = 40
"""Of a list of replies."""
_WATCHED: Final = 64
_QUEUED: Final = 48
_SUBSCRIPTION: Final = 32
_PREFIX: Final = 64


class Buffers(Protocol):
    """How full the buffers of a connection are."""

    @property
    def query_bytes(self) -> int:
        """Received, and not yet taken apart."""
        ...

    @property
    def argument_bytes(self) -> int:
        """Of the arguments that a request under way has so far."""
        ...

    @property
    def query_room(self) -> int:
        """Kept for a large argument that is under way, or came last."""
        ...

    @property
    def reply_bytes(self) -> int:
        """Of replies that the other side has not taken."""
        ...

    @property
    def large_reply(self) -> tuple[int, int]:
        """The last reply that a small buffer would not hold: when it came, in Unix milliseconds, and its bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Figures:
    """One client's memory, in bytes, under the names of CLIENT LIST."""

    qbuf: int = 0
    qbuf_free: int = 0
    argv_mem: int = 0
    multi_mem: int = 0
    rbs: int = 0
    rbp: int = 0
    obl: int = 0
    oll: int = 0
    omem: int = 0
    tot_mem: int = 0


def figures(engine: Engine, client: Client, *, asks: bool = False) -> Figures:
    """What a client costs.

    Args:
        engine: its owner.
        client: whose.
        asks: it is the one whose command runs now.
    """
    queue = [] if client.transaction is None else client.transaction.queue
    multi = sum(len(word) for _, argv in queue for word in argv)
    buffers = client.buffers
    if buffers is None:
        return Figures(multi_mem=multi)
    valkey, now_ms = engine.dialect.is_valkey, engine.space.now_ms
    arguments, words = buffers.argument_bytes, 0
    query = buffers.query_bytes
    if asks:
        name = client.last_command.split("|")
        query, arguments, words = query + client.query_bytes, arguments + sum(map(len, name)), len(name)
    is_idle = not asks and now_ms - client.last_active_ms >= _IDLE_MS
    room = 0 if is_idle else buffers.query_room if valkey else max(_QUERY_ROOM, buffers.query_room)
    room = max(room, query) if room or not asks else 0
    query = min(query, room)
    when_ms, size = buffers.large_reply
    shrinks = engine.switches.reply_buffers_shrink and now_ms - when_ms >= _SHRINKS_AFTER_MS
    own = _SMALL_REPLY_ROOM if shrinks else min(REPLY_ROOM, 1 << (size - 1).bit_length())
    beside = max(0, buffers.reply_bytes - own)
    nodes = -(-beside // REPLY_ROOM)
    listed = beside + nodes * _NODE
    total = (_STRUCT_OF_VALKEY if valkey else _STRUCT) + room + own + listed + arguments + words * _POINTER
    total += multi + len(queue) * _QUEUED + len(client.watched) * _WATCHED
    if client.subscriptions is not None:
        total += len(client.subscriptions) * _SUBSCRIPTION
    if client.tracking is not None:
        total += len(client.tracking.prefixes) * _PREFIX
    return Figures(
        qbuf=query,
        qbuf_free=room - query,
        argv_mem=arguments,
        multi_mem=multi,
        rbs=own,
        rbp=0 if shrinks else own,
        obl=buffers.reply_bytes - beside,
        oll=nodes,
        omem=listed,
        tot_mem=total,
    )


class ClientMemory:
    """What all clients of one engine cost together, and who has to go for it.

    Args:
        engine: the owner.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._sizes: dict[Client, int] = {}
        self.total = 0
        """Bytes, as far as `note` was told; 0 while nobody asks for them."""
        self.limit = 0
        """Bytes that all may take; 0 for any number."""
        self.active = False
        """Whether `note` is to be told of changes."""
        self.evicted = 0
        """Clients that had to go, as INFO counts them."""

    def configure(self) -> None:
        """Takes over the settings."""
        config = self._engine.config
        memory_limit, text = config.number("maxmemory"), config.text("maxmemory-clients")
        self.limit = memory_limit * int(text[:-1]) // 100 if text.endswith("%") else int(text)
        self.active = bool(self.limit or memory_limit)
        self._sizes.clear()
        self.total = 0
        if self.active:
            self._measure_all()

    def note(self, client: Client) -> None:
        """A client's buffers have changed."""
        size = figures(self._engine, client).tot_mem
        self.total += size - self._sizes.get(client, 0)
        self._sizes[client] = size

    def forget(self, client: Client) -> None:
        """A client is gone."""
        self.total -= self._sizes.pop(client, 0)

    def all_bytes(self) -> int:
        """What they cost right now, each of them measured."""
        return sum(figures(self._engine, client).tot_mem for client in self._engine.clients.values())

    def evict(self) -> None:
        """Hangs up on the largest clients until the limit holds."""
        if not self.limit or self.total <= self.limit:
            return
        self._measure_all()
        for client in sorted(self._sizes, key=self._sizes.__getitem__, reverse=True):
            if self.total <= self.limit:
                return
            if not client.no_evict:
                self.forget(client)
                self.evicted += 1
                self._engine.hang_up(client, now=True)

    def _measure_all(self) -> None:
        for client in self._engine.clients.values():
            if not client.closing:
                self.note(client)
