"""A stream: entries by ascending id, in nodes as a server keeps them, with their consumer groups.

Knows no command. Entries are found by bisection, first of the nodes, then within one.

The decision a reader would question: an id is one integer, milliseconds and sequence in 64
bits each. It compares in one step, its successor is one more, and it can be a dict's key;
only `text_of` and the parser of arguments know its two parts.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, ClassVar, Literal, Self
from weakref import WeakKeyDictionary

from redis_tui.engine.types.base import Collection
from redis_tui.engine.types.stream_node import Node, radix_nodes
from redis_tui.record import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redis_tui.engine.config import Config
    from redis_tui.engine.types.stream_group import Group

Entry = tuple[int, list[bytes]]
"""An id, and field, value, field, value…; nobody changes that list."""
Strategy = Literal["keepref", "delref", "acked"]
"""What becomes of references from consumer groups to an entry that is deleted: they stay, they go with it, or the
entry stays as long as there are any."""

Counting = Literal["redis-7.2", "redis-8", "valkey"]
"""How a server counts what groups have read, where entries have been deleted or trimmed away: each family has mended
the counting of Redis 7.2 in its own way."""

SEQUENCE_BITS = 64
LAST_SEQUENCE = (1 << SEQUENCE_BITS) - 1
LAST_ID = (1 << 2 * SEQUENCE_BITS) - 1
_MOST_BYTES = 1 << 30
"""Of a node, whatever is configured, and of the fields and values of one entry."""


def text_of(id_: int) -> bytes:
    """An id as it is written: ``1526919030474-55``."""
    return b"%d-%d" % (id_ >> SEQUENCE_BITS, id_ & LAST_SEQUENCE)


@dataclass(frozen=True, slots=True)
class Trim:
    """What is to go from the head of a stream; exactly one of the first two is set."""

    length: int | None = None
    """Leave that many entries."""
    below: int | None = None
    """Leave no id below this one."""
    is_approximate: bool = False
    """Whole nodes only."""
    limit: int = 0
    """At most that many entries; 0 for no limit."""
    strategy: Strategy = "keepref"


class _NodeLimits:
    """When a node is full, under one configuration."""

    __slots__ = ("bytes", "entries")

    def __init__(self, config: Config) -> None:
        self.entries = self.bytes = 0

        def refresh() -> None:
            self.entries = config.number("stream-node-max-entries")
            self.bytes = min(config.number("stream-node-max-bytes") or _MOST_BYTES, _MOST_BYTES)

        config.subscribe(refresh)


_LIMITS: WeakKeyDictionary[Config, _NodeLimits] = WeakKeyDictionary()


class Stream(Collection):
    """Entries by id; may be empty and still be there."""

    __slots__ = ("_limits", "_masters", "entries_added", "groups", "last_id", "length", "max_deleted_id", "nodes")

    type_name: ClassVar[str] = "stream"
    stays_empty: ClassVar[bool] = True

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        """For reading; changed by the methods only."""
        self._masters: list[int] = []
        self.length = 0
        self.last_id = 0
        """The highest that any entry ever had, or what XSETID has put here."""
        self.max_deleted_id = 0
        self.entries_added = 0
        """How many there ever were."""
        self.groups: dict[bytes, Group] = {}
        self._limits: _NodeLimits | None = None

    def __len__(self) -> int:
        return self.length

    def copy(self) -> Self:
        twin = type(self)()
        twin.nodes = [node.copy() for node in self.nodes]
        twin._masters = self._masters.copy()  # noqa: SLF001  # its own class
        twin.length = self.length
        twin.last_id = self.last_id
        twin.max_deleted_id = self.max_deleted_id
        twin.entries_added = self.entries_added
        twin.groups = {name: group.copy() for name, group in self.groups.items()}
        return twin

    def encoding(self, config: Config) -> str:  # noqa: ARG002  # it has but one
        return "stream"

    def digest_parts(self) -> Iterator[bytes]:
        for id_, fields in self.between(0, LAST_ID):
            yield text_of(id_).replace(b"-", b".")
            yield from fields

    # Adding

    def next_id(self, now_ms: int) -> int:
        """The id that ``*`` stands for: the present moment, but never behind the last id."""
        return max(now_ms << SEQUENCE_BITS, self.last_id + 1)

    def append(self, id_: int, fields: list[bytes], config: Config) -> None:
        """Adds an entry; the id is above the last one.

        Args:
            fields: field, value, field, value…; kept, so the caller leaves it alone from now on.
        """
        limits = self._limits or self._find_limits(config)
        size = sum(map(len, fields))
        nodes = self.nodes
        if not nodes or nodes[-1].is_full(size, limits.entries, limits.bytes):
            self._add_node(Node(id_, fields[::2]))
        nodes[-1].append(id_, fields, size)
        self.length += 1
        self.entries_added += 1
        self.last_id = id_

    def restore_node(self, master: int, entries: list[Entry], names: list[bytes], deleted: int = 0) -> None:
        """Adds a whole node at the end, as a snapshot has it; counters and last id are the caller's to set.

        Args:
            master: its place among the nodes; not above the first entry's id.
            entries: the live ones, at least one.
            names: fields of the node's master entry.
            deleted: how many tombstones it has.
        """
        node = Node(master, names)
        for id_, fields in entries:
            node.append(id_, fields, sum(map(len, fields)))
        node.deleted = deleted
        self._add_node(node)
        self.length += len(entries)

    # Reading

    @property
    def first_id(self) -> int:
        """Id of the first entry, 0 where there is none."""
        return self.nodes[0].ids[0] if self.nodes else 0

    @property
    def top_id(self) -> int:
        """Id of the last entry that is still there, 0 where there is none."""
        return self.nodes[-1].ids[-1] if self.nodes else 0

    def get(self, id_: int) -> list[bytes] | None:
        """The fields of one entry, None where there is none of that id."""
        place = self._place(id_)
        return None if place is None else place[0].entries[place[1]]

    def between(self, first: int, last: int, count: int = 0, *, reverse: bool = False) -> list[Entry]:
        """Entries from one id to another, both included.

        Args:
            count: at most that many; 0 for all.
            reverse: the highest id first.
        """
        if first > last:
            return []
        found: list[Entry] = []
        for node in self._nodes_down(first, last) if reverse else self._nodes_up(first, last):
            start = bisect_left(node.ids, first) if first > node.master else 0
            stop = bisect_right(node.ids, last) if last < node.last else len(node.ids)
            if reverse:
                low = max(start, stop - (count - len(found))) if count else start
                found += zip(reversed(node.ids[low:stop]), reversed(node.entries[low:stop]), strict=True)
            else:
                high = min(stop, start + count - len(found)) if count else stop
                found += zip(node.ids[start:high], node.entries[start:high], strict=True)
            if count and len(found) >= count:
                break
        return found

    def radix_size(self) -> int:
        """Nodes of the radix tree that a server would have, as XINFO STREAM tells them."""
        return radix_nodes(self._masters)

    # Taking away

    def delete(self, id_: int) -> bool:
        """Takes one entry away; False where there is none of that id."""
        place = self._place(id_)
        if place is None:
            return False
        node, at = place
        self._cut(node, at, at + 1)
        self.max_deleted_id = max(self.max_deleted_id, id_)
        return True

    def trim(self, request: Trim) -> int:
        """Takes entries away from the head; how many."""
        if request.strategy != "keepref":
            # XTRIM s MAXLEN ~ 2 ACKED and … DELREF -> 0, whatever there is: no node is ever dropped whole then.
            return 0 if request.is_approximate else self._trim_singly(request)
        gone = 0
        while self.nodes and not self._is_trimmed(request):
            node = self.nodes[0]
            if request.limit and gone + len(node) > request.limit:
                break
            surplus = self._surplus(node, request)
            if surplus < len(node) and (request.is_approximate or not surplus):
                break
            self._cut(node, 0, surplus)
            gone += surplus
        return gone

    def is_referenced(self, id_: int) -> bool:
        """Whether any group still wants an entry."""
        return any(group.refers_to(id_) for group in self.groups.values())

    def drop_references(self, id_: int) -> None:
        """No group has this entry pending any more."""
        for group in self.groups.values():
            group.acknowledge(id_)

    # Counting what groups have read

    def number_of(self, id_: int, *, counting: Counting) -> int | None:
        """Which of all entries ever added the one with this id is or was; None where nobody can tell.

        Args:
            counting: whose way; 7.2 also counts on across tombstones.
        """
        if not self.entries_added:
            return 0
        if not self.length and id_ <= self.last_id:
            return self.entries_added
        if counting != "redis-7.2" and id_ and id_ < self.max_deleted_id:
            return None
        if id_ >= self.last_id:
            return self.entries_added if id_ == self.last_id else None
        if self.max_deleted_id and self.max_deleted_id >= self.first_id:
            return None
        if id_ > self.first_id:
            return None
        return self.entries_added - self.length + (id_ == self.first_id)

    def lag(self, group: Group, *, counting: Counting) -> int | None:
        """How many entries a group has not been given yet; None where nobody can tell.

        Args:
            counting: as for `number_of`.
        """
        if not self.entries_added or (counting == "redis-8" and not self.length):
            return 0
        if counting == "redis-8" and group.last_id < self.first_id and self.max_deleted_id < self.first_id:
            return self.length
        if group.entries_read is not None and not self._has_tombstone_ahead(group.last_id, counting=counting):
            return self.entries_added - group.entries_read
        number = self.number_of(group.last_id, counting=counting)
        return None if number is None else self.entries_added - number

    def advance(self, group: Group, id_: int, *, counting: Counting) -> None:
        """A group is given an entry behind its last one.

        Args:
            counting: as for `number_of`.
        """
        is_old = counting == "redis-7.2"
        is_exact = not self._has_tombstone_ahead(id_ if is_old else group.last_id, counting=counting)
        if group.entries_read is not None and is_exact and (is_old or group.last_id >= self.first_id):
            group.entries_read += 1
        elif self.entries_added:
            group.entries_read = self.number_of(id_, counting=counting)
        group.last_id = id_

    def _has_tombstone_ahead(self, id_: int, *, counting: Counting) -> bool:
        """Whether an entry has been deleted from this id on, as far as the highest deleted id tells."""
        if not self.length or not self.max_deleted_id or id_ > self.max_deleted_id:
            return False
        # 7.2 forgets tombstones below the first entry.
        return counting != "redis-7.2" or self.first_id <= self.max_deleted_id

    # Nodes

    def _find_limits(self, config: Config) -> _NodeLimits:
        found = self._limits = _LIMITS.get(config) or _LIMITS.setdefault(config, _NodeLimits(config))
        return found

    def _add_node(self, node: Node) -> None:
        self.nodes.append(node)
        self._masters.append(node.master)

    def _place(self, id_: int) -> tuple[Node, int] | None:
        at = bisect_right(self._masters, id_) - 1
        if at < 0:
            return None
        node = self.nodes[at]
        index = bisect_left(node.ids, id_)
        return (node, index) if index < len(node.ids) and node.ids[index] == id_ else None

    def _nodes_up(self, first: int, last: int) -> Iterator[Node]:
        at = max(bisect_right(self._masters, first) - 1, 0)
        while at < len(self.nodes) and self._masters[at] <= last:
            yield self.nodes[at]
            at += 1

    def _nodes_down(self, first: int, last: int) -> Iterator[Node]:
        at = bisect_right(self._masters, last) - 1
        while at >= 0:
            yield self.nodes[at]
            if self._masters[at] <= first:
                return
            at -= 1

    def _cut(self, node: Node, start: int, stop: int) -> None:
        self.length -= stop - start
        if stop - start < len(node):
            node.cut(start, stop)
            return
        at = bisect_left(self._masters, node.master)
        del self.nodes[at], self._masters[at]

    def _is_trimmed(self, request: Trim) -> bool:
        return request.length is not None and self.length <= request.length

    def _surplus(self, node: Node, request: Trim) -> int:
        """How many entries of the first node are too many; of an approximate trim, all or none."""
        if request.length is not None:
            return min(self.length - request.length, len(node))
        assert request.below is not None
        if request.is_approximate and node.last >= request.below:
            return 0  # the last one counts even where it has been deleted
        return bisect_left(node.ids, request.below)

    def _trim_singly(self, request: Trim) -> int:
        gone = 0
        for node in self.nodes.copy():
            for id_ in node.ids.copy():
                if self._is_trimmed(request) or (request.below is not None and id_ >= request.below):
                    return gone
                if request.strategy == "acked" and self.is_referenced(id_):
                    continue
                self.drop_references(id_)
                at = bisect_left(node.ids, id_)
                self._cut(node, at, at + 1)
                gone += 1
        return gone
