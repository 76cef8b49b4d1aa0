"""Cursors for SCAN over a dict: stateless, and true to Redis' guarantee.

Keys stand in a list in the order they came; a deleted key leaves a hole, and holes are
squeezed out when half the list is holes. A scan walks from the high end to the low: the
squeeze only ever moves keys towards the low end, so a key not yet seen stays unseen and
is met later. A key that was there all along is therefore always returned, at the price
that a key may be returned twice, which Redis allows as well.

The index is built at the first SCAN and kept up from then on; a database that is never
scanned pays nothing.

The decision a reader would question: nobody knows where a key stands. A key that goes is
noted beside the list, and where it comes again it has its old place. So a list of a million
keys is all there is to build, and not a dict of their positions, which took a second and
ten times the memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable

_SQUEEZE_FROM = 64


class ScanIndex:
    """Positions of keys for cursors and for picking one at random.

    Args:
        keys: the keys there are, in any order that is kept from then on.
    """

    __slots__ = ("_gone", "_order")

    def __init__(self, keys: Iterable[bytes]) -> None:
        self._order = list(keys)
        self._gone: set[bytes] = set()
        """Keys of the list that are holes now."""

    def __len__(self) -> int:
        return len(self._order) - len(self._gone)

    def add(self, key: bytes) -> None:
        """A key came that was not there."""
        if key in self._gone:
            self._gone.remove(key)
        else:
            self._order.append(key)

    def discard(self, key: bytes) -> None:
        """A key went that was there."""
        gone = self._gone
        gone.add(key)
        if len(self._order) > _SQUEEZE_FROM and len(gone) * 2 > len(self._order):
            self._order = [key for key in self._order if key not in gone]
            self._gone = set()

    def scan(self, cursor: int, count: int) -> tuple[int, list[bytes]]:
        """The next keys.

        Args:
            cursor: 0 to begin, else what the last call returned.
            count: about how many keys to look at; holes count, so that work stays bounded.

        Returns:
            The next cursor, 0 at the end, and the keys.
        """
        top = len(self._order) if cursor == 0 else min(cursor, len(self._order))
        low = max(0, top - count)
        return low, [key for key in reversed(self._order[low:top]) if key not in self._gone]

    def pick(self, rng: random.Random) -> bytes | None:
        """A key at random, None where there is none."""
        if not len(self):
            return None
        while True:
            key = self._order[rng.randrange(len(self._order))]
            if key not in self._gone:
                return key
