"""A list: a deque, and which of the server's two encodings it would have.

Knows no command. A server keeps a list in one listpack until that would outgrow
``list-max-listpack-size``, then in a quicklist, and goes back once a single node is left
that is at most half full.

The decision a reader would question: the size of the listpack is not kept at every push. A
list counts the bytes of its elements and how many there are; that bounds the size from
above, and only once the bound passes the limit is the true size worked out and kept up.
What is not modelled are the nodes of a quicklist: it goes back to a listpack when all that
is left would fit half a node, wherever the borders between nodes are.
"""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, ClassVar, Self

from redis_tui.engine.types.base import Collection
from redis_tui.engine.types.limits import Limits, limits_of
from redis_tui.engine.types.set import is_integer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from redis_tui.engine.config import Config

_HEADER = 7
_OVERHEAD = 10
"""More than an element's length that it can take in a listpack."""
_LEAST = 2
"""Fewest bytes that an element takes."""
_MOST_IN_HALF_A_NODE = 16384
"""Elements, whatever the limit is set to."""
_LARGEST_INTEGER = b":"
"""Above every text of a number: what begins with a letter needs no closer look."""
_INTEGER_SIZES = ((12, 3), (15, 4), (23, 5), (31, 6))
"""Bits without the sign, and bytes that an integer of so many takes."""


def listpack_size(items: Iterable[bytes]) -> int:
    """Bytes of a listpack of these elements."""
    return _HEADER + sum(map(element_size, items))


def element_size(item: bytes) -> int:
    """Bytes that an element takes in a listpack."""
    size = len(item)
    if size <= 20 and item <= _LARGEST_INTEGER and is_integer(item):
        return integer_size(int(item))
    size += 1 if size < 64 else 2 if size < 4096 else 5
    return size + (1 if size < 128 else 2 if size < 16384 else 3 if size < 2**21 else 4 if size < 2**28 else 5)


def integer_size(number: int) -> int:
    """Bytes that a whole number takes in a listpack."""
    if 0 <= number < 128:
        return 2
    bits = (number if number >= 0 else ~number).bit_length()
    return next((size for most, size in _INTEGER_SIZES if bits <= most), 10)


class List(Collection):
    """Elements in order, quick at both ends."""

    __slots__ = ("_limits", "_payload", "_size", "is_quicklist", "items")

    type_name: ClassVar[str] = "list"

    def __init__(self) -> None:
        self.items: deque[bytes] = deque()
        """For reading; changed by the methods only."""
        self.is_quicklist = False
        self._payload = 0
        self._size: int | None = None
        """Bytes of a listpack of all elements, once that had to be known."""
        self._limits: Limits | None = None

    def __len__(self) -> int:
        return len(self.items)

    def copy(self) -> Self:
        twin = type(self)()
        twin.items = self.items.copy()
        twin.is_quicklist = self.is_quicklist
        twin._payload = self._payload  # noqa: SLF001  # its own class
        twin._size = self._size  # noqa: SLF001  # its own class
        twin._limits = self._limits  # noqa: SLF001  # its own class
        return twin

    def encoding(self, config: Config) -> str:  # noqa: ARG002  # decided as it grows and shrinks
        return "quicklist" if self.is_quicklist else "listpack"

    def digest_parts(self) -> Iterable[bytes]:
        return self.items

    def push_head(self, elements: Sequence[bytes], config: Config) -> None:
        """Puts elements before the head, one after the other: the last becomes the head."""
        self._grow(elements, config)
        if len(elements) == 1:  # what loops do, at half the price
            self.items.appendleft(elements[0])
        else:
            self.items.extendleft(elements)

    def push_tail(self, elements: Sequence[bytes], config: Config) -> None:
        """Puts elements behind the tail."""
        self._grow(elements, config)
        if len(elements) == 1:
            self.items.append(elements[0])
        else:
            self.items.extend(elements)

    def pop_head(self) -> bytes:
        """Takes the first element."""
        item = self.items.popleft()
        self._payload -= len(item)
        if self._size is not None:
            self._size -= element_size(item)
        return item

    def pop_tail(self) -> bytes:
        """Takes the last element."""
        item = self.items.pop()
        self._payload -= len(item)
        if self._size is not None:
            self._size -= element_size(item)
        return item

    def expect(self, element: bytes, config: Config) -> None:
        """Takes the encoding that one more element would need; a server does so before it looks for the place."""
        self._grow((element,), config)
        self._forget(element, 1)

    def replace_at(self, index: int, element: bytes, config: Config) -> None:
        """Puts another element where one is."""
        self._grow((element,), config)
        self._forget(self.items[index], 1)
        self.items[index] = element

    def insert(self, index: int, element: bytes, config: Config) -> None:
        """Puts an element before the one at that index, or at the end."""
        self._grow((element,), config)
        self.items.insert(index, element)

    def find(self, element: bytes) -> int:
        """The index of the first equal element, -1 where there is none."""
        try:
            return self.items.index(element)
        except ValueError:
            return -1

    def slice(self, start: int, stop: int) -> list[bytes]:
        """Elements from index ``start`` up to and without ``stop``, reached from the nearer end."""
        size = len(self.items)
        if start <= size - stop:
            return list(islice(self.items, start, stop))
        tail = list(islice(reversed(self.items), size - stop, size - start))
        tail.reverse()
        return tail

    def trim(self, start: int, stop: int) -> int:
        """Keeps elements from ``start`` up to and without ``stop``; how many went."""
        size = len(self.items)
        if start >= stop:
            self.items.clear()
            self._payload, self._size = 0, None
            return size
        for _ in range(size - stop):
            self.pop_tail()
        for _ in range(start):
            self.pop_head()
        return size - len(self.items)

    def remove(self, element: bytes, count: int) -> int:
        """Takes equal elements away; how many went.

        Args:
            count: at most that many from the head; negative: from the tail; 0: all.
        """
        if element not in self.items:
            return 0
        left = abs(count) or len(self.items)
        walk = reversed(self.items) if count < 0 else iter(self.items)
        kept: deque[bytes] = deque()
        keep = kept.appendleft if count < 0 else kept.append
        for item in walk:
            if left and item == element:
                left -= 1
            else:
                keep(item)
        removed = len(self.items) - len(kept)
        self.items = kept
        self._forget(element, removed)
        return removed

    def shrunk(self, config: Config) -> None:
        """Elements were taken away: goes back to a listpack where the rest fits half of one."""
        if not self.is_quicklist or len(self.items) > _MOST_IN_HALF_A_NODE:
            return
        limits = self._limits = self._limits or limits_of(config, "list")
        count = len(self.items)
        if count > limits.entries // 2 or _HEADER + max(self._payload // 3, _LEAST * count) > limits.node_bytes // 2:
            return
        if self._size is None:
            self._size = listpack_size(self.items)  # kept up from here on: a pop must not count all that is left
        self.is_quicklist = self._size > limits.node_bytes // 2

    def _grow(self, elements: Sequence[bytes], config: Config) -> None:
        """Chooses the encoding that more elements need, and counts them."""
        added = len(elements[0]) if len(elements) == 1 else sum(map(len, elements))
        self._payload += added
        if self.is_quicklist:
            if self._size is not None:
                self._size += sum(map(element_size, elements))
            return
        limits = self._limits = self._limits or limits_of(config, "list")
        count = len(self.items) + len(elements)
        if count <= limits.entries:
            if self._size is None:
                if _HEADER + self._payload + _OVERHEAD * count <= limits.node_bytes:
                    return
                self._size = listpack_size(self.items)
            # The server adds plain lengths here, without what the listpack needs around them.
            if self._size + added <= limits.node_bytes:
                self._size += sum(map(element_size, elements))
                return
        self.is_quicklist = True
        self._size = None

    def _forget(self, element: bytes, times: int) -> None:
        self._payload -= times * len(element)
        if self._size is not None:
            self._size -= times * element_size(element)
