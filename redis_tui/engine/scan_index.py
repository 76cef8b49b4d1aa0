"""Cursors for SCAN over a dict: stateless, and true to Redis' guarantee.

Keys stand in a list in the order they came; a deleted key leaves a hole, and holes are
squeezed out when half the list is holes. A scan walks from the high end to the low: the
squeeze only ever moves keys towards the low end, so a key not yet seen stays unseen and
is met later. A key that was there all along is therefore always returned, at the price
that a key may be returned twice, which Redis allows as well.

The index is built at the first SCAN and kept up from then on; a database that is never
scanned pays nothing.
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

    __slots__ = ("_order", "_position")

    def __init__(self, keys: Iterable[bytes]) -> None:
        self._order: list[bytes | None] = list(keys)
        self._position: dict[bytes, int] = {key: at for at, key in enumerate(self._order) if key is not None}

    def __len__(self) -> int:
        return len(self._position)

    def add(self, key: bytes) -> None:
        """A key came; one that is there already keeps its place."""
        if key in self._position:
            return
        self._position[key] = len(self._order)
        self._order.append(key)

    def discard(self, key: bytes) -> None:
        """A key went."""
        at = self._position.pop(key, None)
        if at is None:
            return
        self._order[at] = None
        if len(self._order) > _SQUEEZE_FROM and len(self._position) * 2 < len(self._order):
            self._order = [key for key in self._order if key is not None]
            self._position = {key: at for at, key in enumerate(self._order) if key is not None}

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
        return low, [key for key in reversed(self._order[low:top]) if key is not None]

    def pick(self, rng: random.Random) -> bytes | None:
        """A key at random, None where there is none."""
        if not self._position:
            return None
        while True:
            key = self._order[rng.randrange(len(self._order))]
            if key is not None:
                return key
