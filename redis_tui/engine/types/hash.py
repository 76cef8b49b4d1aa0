"""Hashes: a dict of fields that also knows which encoding a server would have given it.

It knows nothing of commands or of the journal; fields with a time to live are the business of
`timed_hash.TimedHash`. The decision a reader would question: `Hash` *is* a dict, so that HGET,
HLEN and iteration run at the speed of one; only `put` and `remove` may change it. Commands
ask `pairs`, `texts` and their kin all the same, for that subclass hides what has run out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from redis_tui.engine.scan_index import ScanIndex
from redis_tui.engine.types.base import Collection
from redis_tui.engine.types.limits import Limits, limits_of

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Sequence

    from redis_tui.engine.config import Config


class Hash(dict[bytes, bytes], Collection):
    """Fields and their values, in the order in which the fields came."""

    __slots__ = ("_index", "_limits", "is_packed")

    type_name = "hash"

    def __init__(self) -> None:
        super().__init__()
        self.is_packed = True
        """Still small enough for a listpack; once False it stays False."""
        self._limits: Limits | None = None
        self._index: ScanIndex | None = None

    @classmethod
    def of(cls, fields: Iterable[tuple[bytes, bytes]], config: Config) -> Self:
        """A hash of these fields, packed if it may be."""
        made = cls()
        made.adopt(config)
        made.update(fields)
        limits = limits_of(config, "hash")
        longest = max(map(len, (*made.keys(), *made.values())), default=0)
        made.is_packed = len(made) <= limits.entries and longest <= limits.value
        return made

    def adopt(self, config: Config) -> None:
        """Tells a new hash whose limits it has to keep; until then it has none."""
        self._limits = limits_of(config, "hash")

    # Changing

    def put(self, field: bytes, value: bytes) -> bool:
        """Sets one field; True where it is new."""
        size = len(self)
        self[field] = value
        is_new = len(self) != size
        if self.is_packed:
            limits = self._limits
            if limits is not None and (
                len(value) > limits.value or len(field) > limits.value or len(self) > limits.entries
            ):
                self.is_packed = False
        if is_new and self._index is not None:
            self._index.add(field)
        return is_new

    revise = put
    """As `put`, but a time to live that the field has stays: what HINCRBY does. Here there is none."""

    def put_many(self, pairs: Sequence[bytes]) -> int:
        """Sets field, value, field, value; how many fields are new."""
        added = 0
        for at in range(0, len(pairs), 2):
            added += self.put(pairs[at], pairs[at + 1])
        # A server makes room for all pairs beforehand: HSET h f 1 f 2 … (513 pairs) -> hashtable.
        if self._limits is not None and len(pairs) // 2 > self._limits.entries:
            self.is_packed = False
        return added

    def remove(self, field: bytes) -> bool:
        """Removes one field; False where it was not there."""
        if self.pop(field, None) is None:
            return False
        if self._index is not None:
            self._index.discard(field)
        return True

    # Reading

    def get_many(self, names: Sequence[bytes]) -> list[bytes | None]:
        """The values of these fields, None for a missing one."""
        return list(map(self.get, names))

    def pairs(self) -> Iterable[tuple[bytes, bytes]]:
        """Every field with its value."""
        return self.items()

    def texts(self) -> Iterable[bytes]:
        """Every value."""
        return self.values()

    def copy(self) -> Self:
        twin = type(self)()
        twin.update(self)
        twin.is_packed = self.is_packed
        twin._limits = self._limits  # noqa: SLF001  # its own class
        return twin

    def encoding(self, config: Config) -> str:  # noqa: ARG002  # decided as it grows
        return "listpack" if self.is_packed else "hashtable"

    def walk(self, cursor: int, count: int) -> tuple[int, list[bytes]]:
        return (0, list(self)) if self.is_packed else self._indexed().scan(cursor, count)

    def pick(self, rng: random.Random) -> bytes | None:
        """A field at random, None where there is none."""
        return self._indexed().pick(rng)

    def _indexed(self) -> ScanIndex:
        if self._index is None:
            self._index = ScanIndex(self)
        return self._index
