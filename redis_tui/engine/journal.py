"""Before-images of touched keys: dry run, the list of changes, rollback are one mechanism.

While a journal is open, a database hands each key to `before` ahead of its first change.
A collection is copied whole then; that costs time in proportion to the value, once a key,
and only while a journal is open.
"""

from __future__ import annotations

from time import perf_counter_ns
from typing import TYPE_CHECKING

from redis_tui.engine.types.base import Collection
from redis_tui.record import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redis_tui.engine.database import Database
    from redis_tui.engine.types.base import Value


@dataclass(frozen=True, slots=True)
class Image:
    """One key at one moment."""

    value: Value | None
    """None: the key did not exist."""
    expires_at_ms: int | None
    used: int | None = None
    """As `Database.accessed` had it."""


class Journal:
    """What the keys were before a run touched them, in the order of first touch."""

    __slots__ = ("_images", "spent_ns")

    def __init__(self) -> None:
        self._images: dict[tuple[Database, bytes], Image] = {}
        self.spent_ns = 0
        """Time that copying took, so that it can be left out of what is told of a run."""

    def __len__(self) -> int:
        return len(self._images)

    def before(self, db: Database, key: bytes) -> None:
        """Keeps a key as it is now, unless it was kept already."""
        if (db, key) in self._images:
            return
        started = perf_counter_ns()
        value = db.entries.get(key)
        if isinstance(value, Collection):
            value = value.copy()
        elif isinstance(value, bytearray):
            value = bytearray(value)
        self._images[db, key] = Image(value, db.expires.get(key), db.accessed.get(key))
        self.spent_ns += perf_counter_ns() - started

    def images(self) -> Iterator[tuple[Database, bytes, Image]]:
        """Every key that may have changed, with what it was."""
        for (db, key), image in self._images.items():
            yield db, key, image

    def rollback(self) -> None:
        """Puts every key back as it was and forgets the images."""
        for (db, key), image in self._images.items():
            db.restore(key, image.value, image.expires_at_ms, image.used)
        self._images.clear()
