"""Publish and subscribe: who listens to which channel, pattern or shard channel.

It knows no commands and no sockets; a message goes to `Client.push`. The decision a reader
would question: the three kinds of subscription are one piece of code over a table of kinds,
because all that differs is the prefix of the words on the wire and what is counted.
"""

from __future__ import annotations

from dataclasses import field
from enum import Enum
from typing import TYPE_CHECKING

from redis_tui.engine.glob import compile_glob
from redis_tui.record import dataclass
from redis_tui.resp.types import Push

if TYPE_CHECKING:
    from collections.abc import Iterable

    from redis_tui.engine.client import Client

Listeners = dict[bytes, dict["Client", None]]
Message = tuple["Kind", bytes, Push]
"""To whom it goes, and what."""


class Kind(Enum):
    """What is subscribed to; the value is the prefix of the words on the wire."""

    CHANNEL = b""
    PATTERN = b"p"
    SHARD = b"s"


@dataclass(slots=True, eq=False)
class Subscriptions:
    """What one client listens to, in the order in which it asked."""

    by_kind: dict[Kind, dict[bytes, None]] = field(default_factory=lambda: {kind: {} for kind in Kind})

    def count(self, kind: Kind) -> int:
        """What a reply tells: shard channels by themselves, channels and patterns together."""
        if kind is Kind.SHARD:
            return len(self.by_kind[Kind.SHARD])
        return len(self.by_kind[Kind.CHANNEL]) + len(self.by_kind[Kind.PATTERN])

    def __len__(self) -> int:
        return sum(map(len, self.by_kind.values()))


class PubSub:
    """Every subscription of one engine."""

    def __init__(self) -> None:
        self.listeners: dict[Kind, Listeners] = {kind: {} for kind in Kind}
        self.held: list[Message] | None = None
        """Messages that will be delivered later, if at all; see `trial`. None: they are delivered at once."""

    def subscribe(self, client: Client, kind: Kind, name: bytes) -> Push:
        """Adds a subscription; answers the confirmation, whether it is new or not."""
        own = client.subscriptions
        if own is None:
            own = client.subscriptions = Subscriptions()
        own.by_kind[kind][name] = None
        self.listeners[kind].setdefault(name, {})[client] = None
        client.refresh()
        return Push([kind.value + b"subscribe", name, own.count(kind)])

    def unsubscribe(self, client: Client, kind: Kind, names: Iterable[bytes]) -> list[Push]:
        """Takes subscriptions away.

        Args:
            client: whose.
            kind: of what kind.
            names: which; none at all means every one of this kind.

        Returns:
            A confirmation each; one that names nothing where there is none.
        """
        own = client.subscriptions or Subscriptions()
        word = kind.value + b"unsubscribe"
        doomed = list(names) or list(own.by_kind[kind])
        confirmed = []
        for name in doomed:
            self._drop(client, own, kind, name)
            confirmed.append(Push([word, name, own.count(kind)]))
        client.refresh()
        return confirmed or [Push([word, None, own.count(kind)])]

    def forget(self, client: Client) -> None:
        """Takes every subscription of a client away without a word."""
        own, client.subscriptions = client.subscriptions, None
        if own is None:
            return
        for kind, names in own.by_kind.items():
            for name in tuple(names):
                self._drop(client, own, kind, name)
        client.refresh()

    def publish(self, channel: bytes, message: bytes) -> int:
        """Delivers a message to a channel and to the patterns that match; to how many."""
        receivers = self.deliver(Kind.CHANNEL, channel, Push([b"message", channel, message]))
        for pattern in [one for one in self.listeners[Kind.PATTERN] if compile_glob(one).match(channel)]:
            receivers += self.deliver(Kind.PATTERN, pattern, Push([b"pmessage", pattern, channel, message]))
        return receivers

    def publish_to_shard(self, channel: bytes, message: bytes) -> int:
        """Delivers a message to a shard channel; to how many."""
        return self.deliver(Kind.SHARD, channel, Push([b"smessage", channel, message]))

    def names(self, kind: Kind, pattern: bytes | None) -> list[bytes]:
        """What is subscribed to, all or what matches a glob pattern."""
        known = self.listeners[kind]
        return list(known) if pattern is None else [name for name in known if compile_glob(pattern).match(name)]

    def subscribers(self, kind: Kind, name: bytes) -> int:
        """How many listen to one channel."""
        return len(self.listeners[kind].get(name, ()))

    def deliver(self, kind: Kind, name: bytes, message: Push) -> int:
        """Hands a message to who listens to a name; to how many."""
        listeners = self.listeners[kind].get(name)
        if listeners is None:
            return 0
        if self.held is not None:
            self.held.append((kind, name, message))
            return len(listeners)
        for client in tuple(listeners):
            client.push(message)
        return len(listeners)

    def _drop(self, client: Client, own: Subscriptions, kind: Kind, name: bytes) -> None:
        if name not in own.by_kind[kind]:
            return
        del own.by_kind[kind][name]
        listeners = self.listeners[kind][name]
        del listeners[client]
        if not listeners:
            del self.listeners[kind][name]
