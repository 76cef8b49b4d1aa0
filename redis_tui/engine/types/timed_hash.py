"""A hash some of whose fields have a time to live.

A plain `Hash` becomes one when a command first speaks of times (HEXPIRE and its kin), and stays
one; so a hash without times pays nothing. A field that is due (its time has run out) is still
stored, and counted by HLEN, until it lapses: when it is read, in Redis' manner, or at the next
active cycle. It knows neither clock nor database: `enter` hands in the time and whom to tell.

The decision a reader would question: the dict itself holds due fields too, so that `len`, RDB
and the journal see what is stored; what commands ask (`get`, `in`, iteration, `pairs`) hides them.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Self

from redis_tui.engine.types.hash import Hash

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator, Sequence

    from redis_tui.engine.config import Config

_HEAP_SLACK = 64


class TimedHash(Hash):
    """Fields, their values, and until when some of them live."""

    __slots__ = ("_heap", "_lapse", "_now_ms", "expires", "is_redis")

    lapses = True

    def __init__(self, *, is_redis: bool = True) -> None:
        super().__init__()
        self.is_redis = is_redis
        """A due field lapses when it is read, and a packed hash is ordered by time; else as Valkey has it:
        due fields are hidden until the active cycle, and any time to live makes it a hashtable."""
        self.expires: dict[bytes, int] = {}
        """Unix time in milliseconds, for fields that have one; the latest set comes last. For reading."""
        self._heap: list[tuple[int, bytes]] = []
        """What is due next; entries that no longer hold are skipped."""
        self._now_ms = 0
        self._lapse: Callable[[int], None] | None = None

    @classmethod
    def timed(cls, plain: Hash, *, is_redis: bool) -> Self:
        """Takes over the fields of a plain hash."""
        made = cls(is_redis=is_redis)
        made.update(plain)
        made.is_packed = plain.is_packed
        made._limits = plain._limits  # noqa: SLF001  # its own base class
        return made

    def enter(self, now_ms: int, lapse: Callable[[int], None] | None) -> None:
        """Begins a command.

        Args:
            now_ms: the command's time.
            lapse: told how many fields went because they were due; None lets them stay, hidden.
        """
        self._now_ms = now_ms
        self._lapse = lapse

    # Times

    def is_timed(self) -> bool:
        return bool(self.expires)

    def expires_at(self, field: bytes) -> int | None:
        """When a field's time runs out, None for never; the field must be there."""
        return self.expires.get(field)

    def holds(self, field: bytes) -> bool:
        """Whether a field is there and not due; nothing lapses."""
        return dict.__contains__(self, field) and not self._is_due(field)

    def may_be_timed(self, field: bytes) -> bool:
        """Whether HEXPIRE finds the field; Redis lets it revive one that is due."""
        return dict.__contains__(self, field) and (self.is_redis or not self._is_due(field))

    def expire_at(self, field: bytes, at_ms: int) -> None:
        """Lets a field live until then."""
        self.expires.pop(field, None)
        self.expires[field] = at_ms
        heapq.heappush(self._heap, (at_ms, field))
        if len(self._heap) > 2 * len(self.expires) + _HEAP_SLACK:
            self._heap = [(at, name) for name, at in self.expires.items()]
            heapq.heapify(self._heap)
        if not self.is_redis:
            self.is_packed = False

    def persist(self, field: bytes) -> bool:
        """Takes a field's time away; False where it had none."""
        if self.expires.pop(field, None) is None:
            return False
        self._to_the_end(field)
        return True

    def due(self, now_ms: int, limit: int) -> int:
        """Removes fields that are due, at most so many; how many went."""
        gone = 0
        while gone < limit and self._heap and self._heap[0][0] <= now_ms:
            at_ms, field = heapq.heappop(self._heap)
            if self.expires.get(field) == at_ms:
                self._remove(field)
                gone += 1
        return gone

    # Changing

    def put(self, field: bytes, value: bytes) -> bool:
        if field not in self.expires:
            return super().put(field, value)
        if not self.is_redis and self._is_due(field):
            self._let_go([field])
            return super().put(field, value)
        del self.expires[field]
        self._to_the_end(field)
        super().put(field, value)
        return False

    def revise(self, field: bytes, value: bytes) -> bool:
        if field not in self.expires:
            return self.put(field, value)
        if not self._is_due(field):
            return super().put(field, value)
        if not self.is_redis:
            return self.put(field, value)
        self[field] = value  # HSETEX KEEPTTL of a due field leaves it due
        return False

    def put_many(self, pairs: Sequence[bytes]) -> int:
        if not self.is_redis:
            self._let_go([field for field in dict.fromkeys(pairs[::2]) if self._is_due(field)])
        return super().put_many(pairs)

    def remove(self, field: bytes) -> bool:
        return (self.is_redis or not self._is_due(field)) and self._remove(field)

    # Reading

    def get(self, field: bytes, default: bytes | None = None) -> bytes | None:  # type: ignore[override]  # dict's overloads
        if not self._is_due(field):
            return super().get(field, default)
        if self.is_redis:
            self._let_go([field])
        return default

    def __contains__(self, field: object) -> bool:
        return isinstance(field, bytes) and self.get(field) is not None

    def __iter__(self) -> Iterator[bytes]:
        names = self._in_order() if self.is_redis and self.is_packed else super().__iter__()
        return (field for field in names if not self._is_due(field))

    def get_many(self, names: Sequence[bytes]) -> list[bytes | None]:
        found = [None if self._is_due(field) else super(TimedHash, self).get(field) for field in names]
        if self.is_redis:
            self._let_go([field for field in dict.fromkeys(names) if self._is_due(field)])
        return found

    def pairs(self) -> Iterator[tuple[bytes, bytes]]:
        return ((field, self[field]) for field in self)

    def stored(self) -> list[tuple[bytes, bytes]]:
        """Every field with its value, those that are due as well, as a snapshot keeps them."""
        names = self._in_order() if self.is_redis and self.is_packed else super().__iter__()
        return [(field, self[field]) for field in names]

    def texts(self) -> Iterator[bytes]:
        return (self[field] for field in self)

    def copy(self) -> Self:
        twin = type(self).timed(self, is_redis=self.is_redis)
        twin.expires = self.expires.copy()
        twin._heap = self._heap.copy()  # noqa: SLF001  # its own class
        twin._now_ms = self._now_ms  # noqa: SLF001  # its own class
        return twin

    def encoding(self, config: Config) -> str:  # noqa: ARG002  # decided as it grows
        if not self.is_packed:
            return "hashtable"
        return "listpackex" if self.is_redis else "listpack"

    def walk(self, cursor: int, count: int) -> tuple[int, list[bytes]]:
        cursor, names = super().walk(cursor, count)
        return cursor, [field for field in names if not self._is_due(field)]

    def pick(self, rng: random.Random) -> bytes | None:
        if self.is_redis:
            self._let_go([field for field in self.expires if self._is_due(field)])
        field = super().pick(rng)
        if field is not None and self._is_due(field):
            living = list(self)
            return rng.choice(living) if living else None
        return field

    def _is_due(self, field: bytes) -> bool:
        at_ms = self.expires.get(field)
        return at_ms is not None and at_ms <= self._now_ms

    def _let_go(self, names: list[bytes]) -> None:
        """Removes due fields, and tells so; while nothing may expire they stay."""
        if not names or self._lapse is None:
            return
        for field in names:
            self._remove(field)
        self._lapse(len(names))

    def _remove(self, field: bytes) -> bool:
        self.expires.pop(field, None)
        return super().remove(field)

    def _to_the_end(self, field: bytes) -> None:
        """In a packed hash fields without a time stand behind the others, the latest last."""
        if self.is_redis:
            self[field] = self.pop(field)

    def _in_order(self) -> Iterator[bytes]:
        """As a packed hash of Redis is ordered: by time, of equal times the one that was set last first."""
        latest_first = list(self.expires)[::-1]
        yield from sorted(latest_first, key=self.expires.__getitem__)
        yield from (field for field in super().__iter__() if field not in self.expires)
