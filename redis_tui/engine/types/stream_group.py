"""Consumer groups of a stream: who has been given what and has not acknowledged it.

Knows no command and no entries, only their ids.

The decision a reader would question: a list of pending entries is a dict first, and an
order is made when somebody asks for a range of it, as in a sorted set. XREADGROUP and XACK,
the two that go round in every consumer's loop, need none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from sortedcontainers import SortedList

if TYPE_CHECKING:
    from collections.abc import Iterator


class Delivery:
    """One entry that was given to a consumer and is not acknowledged."""

    __slots__ = ("consumer", "count", "delivered_ms")

    def __init__(self, consumer: Consumer, delivered_ms: int, count: int = 1) -> None:
        self.consumer = consumer
        self.delivered_ms = delivered_ms
        """When it was given the last time, in Unix milliseconds."""
        self.count = count
        """How many times it was given."""


class Pending:
    """Deliveries by the ids of their entries: a group's, or one consumer's part of them."""

    __slots__ = ("_order", "by_id")

    def __init__(self) -> None:
        self.by_id: dict[int, Delivery] = {}
        """For reading; changed by `put` and `drop` only. In no order."""
        self._order: Any = None

    def __len__(self) -> int:
        return len(self.by_id)

    def put(self, id_: int, delivery: Delivery) -> None:
        """Adds a delivery, or puts another one in its place."""
        if self._order is not None and id_ not in self.by_id:
            self._order.add(id_)
        self.by_id[id_] = delivery

    def drop(self, id_: int) -> Delivery | None:
        """Takes a delivery away; None where there is none."""
        delivery = self.by_id.pop(id_, None)
        if delivery is not None and self._order is not None:
            self._order.remove(id_)
        return delivery

    def ids(self, first: int = 0, last: int | None = None) -> Iterator[int]:
        """Ids in order, both ends included. Nothing may be added or taken away meanwhile."""
        if self._order is None:
            self._order = SortedList(self.by_id)
        found: Iterator[int] = self._order.irange(first, last)
        return found

    def items(self, first: int = 0, last: int | None = None) -> Iterator[tuple[int, Delivery]]:
        """Ids and deliveries in order; as `ids`."""
        by_id = self.by_id
        return ((id_, by_id[id_]) for id_ in self.ids(first, last))

    def bounds(self) -> tuple[int, int] | None:
        """The lowest and the highest id, None where nothing is pending."""
        if not self.by_id:
            return None
        lowest = next(self.ids())
        return lowest, self._order[-1]


class Consumer:
    """One who reads through a group."""

    __slots__ = ("active_ms", "name", "pending", "seen_ms")

    def __init__(self, name: bytes, seen_ms: int) -> None:
        self.name = name
        self.seen_ms = seen_ms
        """When it last asked for anything, in Unix milliseconds."""
        self.active_ms = -1
        """When it last got anything; -1 for never."""
        self.pending = Pending()


class Group:
    """A consumer group."""

    __slots__ = ("consumers", "entries_read", "last_id", "pending")

    def __init__(self, last_id: int, entries_read: int | None = None) -> None:
        self.last_id = last_id
        """What was delivered last; ``>`` asks for what comes behind it."""
        self.entries_read = entries_read
        """Which number that entry has, of all that were ever added; None where nobody can tell."""
        self.consumers: dict[bytes, Consumer] = {}
        self.pending = Pending()

    def copy(self) -> Self:
        """An independent copy."""
        twin = type(self)(self.last_id, self.entries_read)
        for name, consumer in self.consumers.items():
            twin.create(name, consumer.seen_ms).active_ms = consumer.active_ms
        for id_, delivery in self.pending.by_id.items():
            twin.give(id_, twin.consumers[delivery.consumer.name], delivery.delivered_ms, delivery.count)
        return twin

    def create(self, name: bytes, now_ms: int) -> Consumer:
        """Adds a consumer, which was not there."""
        consumer = self.consumers[name] = Consumer(name, now_ms)
        return consumer

    def remove(self, name: bytes) -> int | None:
        """Takes a consumer away with all it had pending: how many; None for no such consumer."""
        consumer = self.consumers.pop(name, None)
        if consumer is None:
            return None
        for id_ in consumer.pending.by_id:
            self.pending.drop(id_)
        return len(consumer.pending)

    def sorted_consumers(self) -> list[Consumer]:
        """Consumers by name, as a server lists them."""
        return [self.consumers[name] for name in sorted(self.consumers)]

    def give(self, id_: int, consumer: Consumer, delivered_ms: int, count: int = 1) -> Delivery:
        """Makes an entry pending for a consumer, whoever had it before."""
        former = self.pending.by_id.get(id_)
        if former is not None and former.consumer is not consumer:
            former.consumer.pending.drop(id_)
        delivery = Delivery(consumer, delivered_ms, count)
        self.pending.put(id_, delivery)
        consumer.pending.put(id_, delivery)
        return delivery

    def acknowledge(self, id_: int) -> bool:
        """An entry is no longer pending; False where it was not."""
        delivery = self.pending.drop(id_)
        if delivery is None:
            return False
        delivery.consumer.pending.drop(id_)
        return True

    def refers_to(self, id_: int) -> bool:
        """Whether the group still wants an entry: it is pending, or not yet delivered."""
        return id_ > self.last_id or id_ in self.pending.by_id
