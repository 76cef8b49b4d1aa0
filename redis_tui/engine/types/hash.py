"""Hashes: a dict of fields that also knows which encoding a server would have given it.

It knows nothing of commands or of the journal. The decision a reader would question: `Hash`
*is* a dict, so that HGET, HLEN and iteration run at the speed of one; only `put` and
`remove` may change it. The encoding is not switched but derived, from the most fields and the
longest text the hash ever held, so that HSET need not look at the configuration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from redis_tui.engine.scan_index import ScanIndex
from redis_tui.engine.types.base import Collection

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from redis_tui.engine.config import Config


class Hash(dict[bytes, bytes], Collection):
    """Fields and their values, in the order in which the fields came."""

    __slots__ = ("_index", "_longest", "_most")

    type_name = "hash"

    def __init__(self, *, longest: int = 0, most: int = 0) -> None:
        super().__init__()
        self._longest = longest
        self._most = most
        self._index: ScanIndex | None = None

    def put(self, field: bytes, value: bytes) -> bool:
        """Sets one field; True where it is new."""
        is_new = field not in self
        self[field] = value
        if len(value) > self._longest:  # noqa: PLR1730  # max() would double the price of HSET
            self._longest = len(value)
        if is_new:
            if len(field) > self._longest:  # noqa: PLR1730
                self._longest = len(field)
            if len(self) > self._most:  # noqa: PLR1730
                self._most = len(self)
            if self._index is not None:
                self._index.add(field)
        return is_new

    def put_many(self, pairs: Sequence[bytes]) -> int:
        """Sets field, value, field, value; how many fields are new."""
        added = sum(self.put(pairs[at], pairs[at + 1]) for at in range(0, len(pairs), 2))
        # A server makes room for all pairs beforehand: HSET h f 1 f 2 … (513 pairs) -> hashtable.
        self._most = max(self._most, len(pairs) // 2)
        return added

    def remove(self, field: bytes) -> bool:
        """Removes one field; False where it was not there."""
        if self.pop(field, None) is None:
            return False
        if self._index is not None:
            self._index.discard(field)
        return True

    def copy(self) -> Self:
        twin = type(self)(longest=self._longest, most=self._most)
        twin.update(self)
        return twin

    def encoding(self, config: Config) -> str:
        is_small = self._most <= config.number("hash-max-listpack-entries")
        return "listpack" if is_small and self._longest <= config.number("hash-max-listpack-value") else "hashtable"

    def scan(self, cursor: int, count: int) -> tuple[int, list[bytes]]:
        """The next fields of an HSCAN; see `ScanIndex.scan`."""
        return self._indexed().scan(cursor, count)

    def pick(self, rng: random.Random) -> bytes:
        """A field at random. There must be one."""
        field = self._indexed().pick(rng)
        assert field is not None
        return field

    def _indexed(self) -> ScanIndex:
        if self._index is None:
            self._index = ScanIndex(self)
        return self._index
