"""A node of a stream: a run of entries that a server keeps in one listpack.

Knows no command. Nodes matter because a server trims by whole nodes where ``~`` allows it,
and because snapshots store them; so when a node is full has to be told to the byte.

The decision a reader would question: that size is not worked out at every entry. A node adds
up a bound that is quick to compute, and measures the entries added since only when the bound
passes the limit; each entry is measured once at most.
"""

from __future__ import annotations

from typing import Self

from redis_tui.engine.types.list import element_size, integer_size, listpack_size

_SEQUENCE = (1 << 64) - 1
_COUNTERS = 12
"""Bound for the two counters at a node's head."""
_FLAG = 2
"""What flags take, and the zero that ends a node's head."""
_ENTRY = 32
"""Bound for flags, both parts of the id, the number of fields and of elements of one entry."""
_ELEMENT = 4
"""Bound for what a listpack adds to an element below 4096 bytes; longer ones: a 256th of their length more."""
_SHORT = 64
"""Elements that are shorter take `_SHORT_ELEMENT` bytes more than their length at most."""
_SHORT_ELEMENT = 2
_NEAR = 4096
"""Ids whose parts are not further from the node's own take `_NEAR_ENTRY` bytes at most, with all that `_ENTRY` is
for; as most do."""
_NEAR_ENTRY = 14


class Node:
    """Entries that follow each other; never without a live one while it is part of a stream."""

    __slots__ = ("_bound", "_measured", "_payload", "deleted", "entries", "ids", "last", "master", "names")

    def __init__(self, master: int, names: list[bytes]) -> None:
        self.master = master
        """Id of the first entry it ever had: its place among the nodes."""
        self.names = names
        """Fields of that entry; entries with the same ones do not store them."""
        self.last = master
        """Id of the last entry it ever had."""
        self.ids: list[int] = []
        """Of live entries, ascending."""
        self.entries: list[list[bytes]] = []
        """Field, value, field, value… of each, in the same order."""
        self.deleted = 0
        """How many entries were taken away, which a server keeps as tombstones."""
        self._payload = integer_size(len(names)) + listpack_size(names) + _FLAG
        self._bound = self._payload + _COUNTERS
        self._measured = 0

    def __len__(self) -> int:
        return len(self.ids)

    def copy(self) -> Self:
        """An independent copy; the entries themselves never change and are shared."""
        twin = type(self)(self.master, self.names)
        twin.last = self.last
        twin.ids = self.ids.copy()
        twin.entries = self.entries.copy()
        twin.deleted = self.deleted
        twin._payload = self._payload  # noqa: SLF001  # its own class
        twin._bound = self._bound  # noqa: SLF001  # its own class
        twin._measured = self._measured  # noqa: SLF001  # its own class
        return twin

    def append(self, id_: int, fields: list[bytes], size: int) -> None:
        """Puts an entry at the end.

        Args:
            size: bytes of all fields and values.
        """
        self.ids.append(id_)
        self.entries.append(fields)
        self.last = id_
        step = id_ - self.master
        if size < _SHORT and (step < _NEAR or (step >> 64 < _NEAR and (id_ | self.master) & _SEQUENCE < _NEAR)):
            self._bound += size + _SHORT_ELEMENT * len(fields) + _NEAR_ENTRY
        else:
            self._bound += size + (size >> 8) + _ELEMENT * len(fields) + _ENTRY

    def is_full(self, size: int, most_entries: int, most_bytes: int) -> bool:
        """Whether an entry of that many bytes must begin a new node; tombstones count like entries.

        Args:
            size: of all fields and values, without what the listpack adds; so a server counts.
            most_entries: as ``stream-node-max-entries``, 0 for no limit.
            most_bytes: as ``stream-node-max-bytes``, never 0.
        """
        if most_entries and len(self.ids) + self.deleted >= most_entries:
            return True
        return self._bound + size >= most_bytes and self.measured() + size >= most_bytes

    def measured(self) -> int:
        """Bytes of the listpack."""
        for at in range(self._measured, len(self.ids)):
            self._payload += self._size_of(self.ids[at], self.entries[at])
        self._measured = len(self.ids)
        self._bound = self._payload + integer_size(len(self.ids)) + integer_size(self.deleted)
        return self._bound

    def cut(self, start: int, stop: int) -> None:
        """Takes away the entries from index ``start`` up to and without ``stop``; they leave tombstones."""
        if self._measured < stop:
            self.measured()
        del self.ids[start:stop]
        del self.entries[start:stop]
        self._measured -= stop - start
        self.deleted += stop - start

    def _size_of(self, id_: int, fields: list[bytes]) -> int:
        size = _FLAG + integer_size((id_ >> 64) - (self.master >> 64))
        size += integer_size((id_ & _SEQUENCE) - (self.master & _SEQUENCE))
        names = len(self.names)
        if len(fields) == 2 * names and fields[::2] == self.names:
            return size + sum(map(element_size, fields[1::2])) + integer_size(names + 3)
        names = len(fields) // 2
        return size + sum(map(element_size, fields)) + integer_size(names) + integer_size(2 * names + 4)


def radix_nodes(masters: list[int]) -> int:
    """How many nodes the radix tree has that a server keeps these keys in.

    There is one for each run of bytes that all keys below share, one where they part, one at each end.

    Args:
        masters: ids of nodes, ascending.
    """
    return _subtree([master.to_bytes(16, "big") for master in masters], 0) if masters else 1


def _subtree(keys: list[bytes], depth: int) -> int:
    first, last = keys[0], keys[-1]
    shared = depth
    while shared < len(first) and first[shared] == last[shared]:
        shared += 1
    count = 2 if shared > depth else 1
    if shared == len(first):
        return count
    start = 0
    for at in range(1, len(keys) + 1):
        if at == len(keys) or keys[at][shared] != keys[start][shared]:
            count += _subtree(keys[start:at], shared + 1)
            start = at
    return count
