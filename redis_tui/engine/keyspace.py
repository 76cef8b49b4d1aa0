"""All databases of one engine, and what they share: the time of the command, counters, who is told of events.

It knows nothing of commands or clients. How a key is read and changed is `Database`'s.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING

from redis_tui.engine.database import Database

if TYPE_CHECKING:
    from redis_tui.engine.journal import Journal
    from redis_tui.engine.rdb.moment import Moment

Listener = Callable[[int, str, bytes], None]
"""``listener(db, event, key)``: an event as keyspace notifications name them."""


class Keyspace:
    """All databases of one engine.

    Args:
        databases: how many there are.
        seed: makes RANDOMKEY, SPOP and their kin repeatable; None for a true choice.
    """

    def __init__(self, databases: int = 16, *, seed: int | None = None) -> None:
        self.now_ms = 0
        """The current command's time; stands still within a script or transaction."""
        self.dirty = 0
        """Changes since the start, as INFO's rdb_changes_since_last_save counts them."""
        self.lru_clock = 0
        """Unix time in seconds, as fine as uses of keys are told apart; kept up by the engine's cycle."""
        self.hits = 0
        self.misses = 0
        self.vector_sets = 0
        """How many were made so far; each is known by the number before it."""
        self.expired_fields = 0
        """Fields of hashes whose time ran out."""
        self.expired = 0
        """Keys whose time ran out, found lazily or by the active cycle."""
        self.overdue_event = "del"
        """What is announced of a key that is given a time to live that has passed; Valkey says ``expired``."""
        self.rng = random.Random(seed)
        self.listeners: tuple[Listener, ...] = ()
        """Told of every event; set by `listen`."""
        self.on_miss: Listener | None = None
        """Told of a key that was looked up to be read and is not there."""
        self.on_flush: Callable[[], None] | None = None
        """Told that a database was emptied."""
        self.on_swap: Callable[[], None] | None = None
        """Told that two databases were exchanged."""
        self.announces_new = False
        """A key that appears is an event of its own, ``new``."""
        self.expiry_paused = False
        """Keys whose time has run out are hidden, but stay."""
        self.journal: Journal | None = None
        self.woken: dict[tuple[Database, bytes], None] | None = None
        """Keys whose watchers will be told later, if at all; see `trial`. None: they are told at once."""
        self.moment: Moment | None = None
        """What a background save is writing down."""
        self.databases = [Database(self, index) for index in range(databases)]

    def open_journal(self, journal: Journal) -> None:
        """Keeps before-images in this journal from now on."""
        self.journal = journal
        for db in self.databases:
            db.observed = True

    def close_journal(self) -> None:
        """Keeps no images any more."""
        self.journal = None
        for db in self.databases:
            db.observe()

    def listen(self, *listeners: Listener) -> None:
        """Tells these listeners of every event from now on, and nobody else."""
        self.listeners = listeners
        for db in self.databases:
            db.observe()

    def open_moment(self, moment: Moment) -> None:
        """Tells a moment ahead of each change from now on."""
        self.moment = moment
        for db in self.databases:
            db.observed = True

    def close_moment(self) -> None:
        """Tells it no more."""
        self.moment = None
        for db in self.databases:
            db.observe()

    def flush(self) -> int:
        """Empties every database; how many keys went."""
        gone = sum(db.empty() for db in self.databases)
        if self.on_flush is not None:
            self.on_flush()
        return gone

    def swap(self, first: int, second: int) -> None:
        """Exchanges the contents of two databases, as SWAPDB does."""
        one, two = self.databases[first], self.databases[second]
        for key in [*one.watchers, *two.watchers]:
            one.peek(key)  # what is due goes first: to be swapped with a stale key is no change
            two.peek(key)
        for key in {*one.entries, *two.entries}:
            one.before(key)
            two.before(key)
        if first != second:
            for db in (one, two):
                for key in [key for key in db.watchers if key in one.entries or key in two.entries]:
                    db.wake(key)
        one.entries, two.entries = two.entries, one.entries
        one.expires, two.expires = two.expires, one.expires
        one.timed, two.timed = two.timed, one.timed
        one.accessed, two.accessed = two.accessed, one.accessed
        one.index_keys = two.index_keys = None
        self.dirty += 1
        if self.on_swap is not None:
            self.on_swap()
