"""Client tracking: who has read which key, and who is told once it changes.

Two ways, as in a server: the table remembers for each key the clients that have read it and
forgets them at the first change; in broadcasting mode a client names prefixes and hears of
every change under them, gathered until the command is over.

It knows no sockets and no commands: `Engine` calls `remember` after a read, `changed` on
every event of a key and `flush` at the end of a command.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from redis_tui.record import dataclass
from redis_tui.resp.types import Push, Reply

if TYPE_CHECKING:
    from collections.abc import Iterable

    from redis_tui.engine.client import Client

CHANNEL = b"__redis__:invalidate"
"""Where a RESP2 client listens that another one redirects its invalidations to."""


@dataclass(slots=True, eq=False)
class Tracking:
    """How one client wants to be told."""

    redirect: int = 0
    """Id of the client that gets the messages; 0 for this one."""
    broadcast: bool = False
    opt_in: bool = False
    opt_out: bool = False
    no_loop: bool = False
    """Changes of its own are not told."""
    prefixes: dict[bytes, None] = field(default_factory=dict)
    """Of broadcasting mode; the empty one means every key."""
    caching: bool = False
    """CLIENT CACHING was said for the next command."""
    broken: bool = False
    """The client that it redirects to is gone."""

    @property
    def remembers(self) -> bool:
        """Whether the keys of the command that has just run are to be remembered."""
        if self.broadcast or (self.opt_in and not self.caching):
            return False
        return not (self.opt_out and self.caching)


@dataclass(slots=True, eq=False)
class _Gathered:
    """What has changed under one prefix in this command, and for whom."""

    clients: dict[Client, None] = field(default_factory=dict)
    keys: dict[bytes, Client | None] = field(default_factory=dict)
    """Each with the client that changed it last."""


class TrackingTable:
    """Everything tracked in one engine.

    Args:
        clients: everybody who is connected, by id.
    """

    def __init__(self, clients: dict[int, Client]) -> None:
        self._clients = clients
        self.readers: dict[bytes, dict[int, None]] = {}
        """Who has read a key since it changed last."""
        self.prefixes: dict[bytes, _Gathered] = {}
        self.limit = 0
        """Keys that the table holds at most; 0 for any number."""
        self.acting: Client | None = None
        """Whose command runs now."""
        self.users: set[Client] = set()
        """Clients that track."""
        self.held: dict[bytes | None, None] | None = None
        """Keys (None: all) of which clients will be told later, if at all; see `trial`. None: they are told at once."""
        self._dirty = False

    @property
    def items(self) -> int:
        """Pairs of key and client, as INFO counts them."""
        return sum(map(len, self.readers.values()))

    def enable(self, client: Client, wish: Tracking) -> None:
        """Turns tracking on, or changes how."""
        before = client.tracking
        if before is not None and wish.broadcast:
            wish.prefixes = before.prefixes | wish.prefixes
        client.tracking = wish
        self.users.add(client)
        if wish.broadcast:
            wish.prefixes = wish.prefixes or {b"": None}
            for prefix in wish.prefixes:
                self.prefixes.setdefault(prefix, _Gathered()).clients[client] = None

    def disable(self, client: Client) -> None:
        """Turns tracking off. What the table remembers of the client is overlooked from now on."""
        wish, client.tracking = client.tracking, None
        self.users.discard(client)
        if wish is None:
            return
        for prefix in wish.prefixes:
            gathered = self.prefixes.get(prefix)
            if gathered is None:
                continue
            gathered.clients.pop(client, None)
            if not gathered.clients:
                del self.prefixes[prefix]
        if not self.users:
            self.readers.clear()

    def remember(self, client: Client, keys: Iterable[bytes]) -> None:
        """A client has read these keys."""
        for key in keys:
            self.readers.setdefault(key, {})[client.id] = None

    def changed(self, key: bytes) -> None:
        """A key has changed, or is gone."""
        if self.held is not None:
            self.held[key] = None
            return
        for prefix, gathered in self.prefixes.items():
            if key.startswith(prefix):
                gathered.keys[key] = self.acting
                self._dirty = True
        if self.readers:
            self._invalidate(key)

    def flushed(self) -> None:
        """A database or all of them were emptied: everybody forgets everything."""
        if self.held is not None:
            self.held[None] = None
            return
        for client in tuple(self.users):
            self._send(client, None)
        self.readers.clear()

    def flush(self) -> None:
        """A command is over: tells what was gathered, and keeps the table within its limit."""
        if self._dirty:
            self._dirty = False
            for gathered in tuple(self.prefixes.values()):
                self._broadcast(gathered)
        while self.limit and len(self.readers) > self.limit:
            self._invalidate(next(iter(self.readers)))

    def catch_up(self, keys: Iterable[bytes | None], by: Client) -> None:
        """Tells what was held back.

        Args:
            keys: None stands for every key.
            by: whose command it was.
        """
        self.acting = by
        for key in keys:
            if key is None:
                self.flushed()
            else:
                self.changed(key)
        self.flush()
        self.acting = None

    def _broadcast(self, gathered: _Gathered) -> None:
        keys, gathered.keys = gathered.keys, {}
        if not keys:
            return
        for client in tuple(gathered.clients):
            quiet = client.tracking is not None and client.tracking.no_loop
            told: list[Reply] = [key for key, by in keys.items() if not (quiet and by is client)]
            if told:
                self._send(client, told)

    def _invalidate(self, key: bytes) -> None:
        for client_id in self.readers.pop(key, ()):
            client = self._clients.get(client_id)
            if client is None or client.tracking is None or client.tracking.broadcast:
                continue
            if client.tracking.no_loop and client is self.acting:
                continue
            self._send(client, [key])

    def _send(self, client: Client, keys: list[Reply] | None) -> None:
        """Tells a client, or the one that it redirects to; None stands for every key."""
        wish = client.tracking
        assert wish is not None
        receiver = client
        if wish.redirect:
            other = self._clients.get(wish.redirect)
            if other is None:
                wish.broken = True
                if client.resp == 3:
                    client.push(Push([b"tracking-redir-broken", wish.redirect]))
                return
            receiver = other
        if receiver.resp == 3:
            receiver.push(Push([b"invalidate", keys]))
        elif receiver is not client and receiver.subscriptions:
            receiver.push(Push([b"message", CHANNEL, keys]))
