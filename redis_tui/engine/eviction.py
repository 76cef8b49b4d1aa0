"""maxmemory: what the data is estimated at, and who goes when that is too much.

The estimate is `memory.usage`, what a real server would need for the same keys; Python's own
objects are larger and would tell nothing about the server that a script is meant for. While
no limit is set nothing is added up. With one, each key that an event names is measured again
before the next command, so a write costs one more measurement of its key and no walk.

It knows no commands: `WriteGate` asks `make_room` ahead of each and refuses those that could grow.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from redis_tui.engine import memory
from redis_tui.engine.access import AccessLog, FrequencyLog

if TYPE_CHECKING:
    from collections.abc import Iterable

    from redis_tui.engine.database import Database
    from redis_tui.engine.engine import Engine

_TRIES: Final = 16
"""Random keys looked at for each one with a time to live that is wanted."""


class Eviction:
    """The memory limit of one engine.

    Args:
        engine: the owner.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._sizes: dict[int, dict[bytes, int]] = {}
        self._changed: dict[tuple[int, bytes], None] = {}
        self._total = 0
        self.limit = 0
        """Bytes; 0 for none."""
        self.policy = "noeviction"
        self.samples = 5
        self.evicted = 0
        """Keys that had to go, as INFO counts them."""
        self._frequency_of = (0, 0)

    def configure(self) -> None:
        """Takes over the settings."""
        config, before = self._engine.config, self.limit
        self.limit = config.number("maxmemory")
        self.samples = config.number("maxmemory-samples")
        frequency_of = (config.number("lfu-log-factor"), config.number("lfu-decay-time"))
        policy = config.text("maxmemory-policy")
        if policy.endswith("lfu") != self.policy.endswith("lfu") or frequency_of != self._frequency_of:
            self._frequency_of = frequency_of
            self._begin_logs(by_frequency=policy.endswith("lfu"))
        self.policy = policy
        if not self.limit:
            self._sizes.clear()
            self._changed.clear()
        elif not before:
            self.recount()

    def recount(self) -> None:
        """Measures every key: a limit was set, or databases were exchanged, emptied, filled or put back."""
        if not self.limit:
            return
        self._changed.clear()
        self._sizes = {db.index: {} for db in self._engine.space.databases}
        self._total = 0
        for db in self._engine.space.databases:
            for key in db.entries:
                self._measure(db, key)

    def changed(self, db: int, _event: str, key: bytes) -> None:
        """A key has changed: it is measured again before it matters."""
        self._changed[db, key] = None

    def dataset(self) -> int:
        """Bytes that all keys take; only while there is a limit."""
        databases = self._engine.space.databases
        while self._changed:
            (index, key), _ = self._changed.popitem()
            self._measure(databases[index], key)
        return self._total

    def make_room(self) -> bool:
        """Lets keys go until the limit holds; False where it cannot be kept.

        While CLIENT PAUSE lasts none goes, nor in a replica that leaves this to its master.
        """
        if self._engine.space.expiry_paused or self._engine.replication.leaves_memory_to_master:
            return True  # what has run out is hidden then, and could not be deleted
        clients = self._engine.client_memory
        while memory.STARTUP + clients.total + self.dataset() > self.limit:
            victim = self._victim()
            if victim is None:
                return False
            db, key = victim
            db.delete(key, "evicted")
            self.changed(db.index, "evicted", key)
            self.evicted += 1
        return True

    def _measure(self, db: Database, key: bytes) -> None:
        sizes = self._sizes.setdefault(db.index, {})
        value = db.entries.get(key)
        before = sizes.pop(key, 0)
        if value is None:
            self._total -= before
            return
        sizes[key] = size = memory.usage(key, value, self._engine.config) + memory.KEY_ENTRY
        self._total += size - before

    def _victim(self) -> tuple[Database, bytes] | None:
        if self.policy == "noeviction":
            return None
        scope, _, manner = self.policy.partition("-")
        found: list[tuple[float, int, bytes]] = []
        databases = self._engine.space.databases
        for db in databases:
            sample = self._sample(db, volatile_only=scope == "volatile")
            found += [(self._rank(db, key, manner), db.index, key) for key in sample]
        if not found:
            return None
        _, index, key = min(found)
        return databases[index], key

    def _sample(self, db: Database, *, volatile_only: bool) -> Iterable[bytes]:
        """Some keys at random; few of many, all of few."""
        known = db.expires if volatile_only else db.entries
        if len(known) <= self.samples:
            return list(known)
        rng, positions = self._engine.space.rng, db.positions()
        wanted: set[bytes] = set()
        for _ in range(self.samples * _TRIES):
            key = positions.pick(rng)
            if key is not None and key in known:
                wanted.add(key)
            if len(wanted) >= self.samples:
                break
        # Where few of many have a time to live, chance may not find one.
        return wanted or list(islice(known, self.samples))

    def _rank(self, db: Database, key: bytes, manner: str) -> float:
        """The lower, the sooner it goes."""
        if manner == "ttl":
            return db.expires[key]
        if manner == "random":
            return self._engine.space.rng.random()
        log = db.accessed
        if isinstance(log, FrequencyLog):
            return log.frequency(key, self._engine.space.lru_clock)
        return log.get(key, 0)

    def _begin_logs(self, *, by_frequency: bool) -> None:
        for db in self._engine.space.databases:
            db.accessed = FrequencyLog(self._engine.space.rng, *self._frequency_of) if by_frequency else AccessLog()
