"""A stretch of work that may be taken back: a dry run, a script that is killed and undone.

Opens a journal, and holds back what others would hear of: broken WATCHes, who waits for a key, published
messages and keyspace events, invalidations of client tracking. `keep` lets them hear it, `undo` puts all back.

What goes back, beside keys with their times: the counts that are about data (dirty, hits, misses, expired,
evicted), when a key was used, both random sequences; and for a dry run the script cache. What stays is what
was truly done: INFO commandstats and errorstats, the slow log and the latency monitor, what MONITOR was shown.

The decision a reader would question: nothing is copied but what a run touches, save for a dry run the times of
use, which reads change without a journal; that costs some ten nanoseconds for each key of the engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.engine.journal import Journal

if TYPE_CHECKING:
    from redis_tui.engine.client import Client
    from redis_tui.engine.database import Database
    from redis_tui.engine.engine import Engine
    from redis_tui.engine.pubsub import Message

    Woken = dict[tuple[Database, bytes], None]

_COUNTS = ("dirty", "hits", "misses", "expired", "expired_fields", "vector_sets")


class Trial:
    """One such stretch. Begins when made; `close`, then `keep` or `undo`, end it.

    Args:
        engine: whose data.
        client: who does the work; NOLOOP of client tracking goes by it.
        leaves_no_trace: also what reads and runs leave behind is put back by `undo`.
    """

    def __init__(self, engine: Engine, client: Client, *, leaves_no_trace: bool) -> None:
        self._engine, self._client = engine, client
        space = engine.space
        self._counts = {name: getattr(space, name) for name in _COUNTS}
        self._evicted = engine.eviction.evicted
        self._rng = space.rng.getstate()
        self._scripts = engine.scripts.mark(with_cache=leaves_no_trace)
        self._used = [dict(db.accessed) for db in space.databases] if leaves_no_trace else None
        self.journal = Journal()
        space.open_journal(self.journal)
        space.woken = {}
        engine.pubsub.held = []
        engine.tracking.held = {}

    def close(self) -> None:
        """The work is over, whatever became of it: nothing is journaled any more."""
        self._engine.space.close_journal()

    def keep(self) -> None:
        """What was done stays, and is told."""
        engine = self._engine
        woken, messages, changed = self._released()
        for db, key in woken:
            db.wake(key)
        for kind, name, message in messages:
            engine.pubsub.deliver(kind, name, message)
        engine.tracking.catch_up(changed, self._client)

    def undo(self) -> None:
        """Puts everything back as it was; nobody hears of it."""
        engine, space = self._engine, self._engine.space
        self.journal.rollback()
        self._released()
        for name, value in self._counts.items():
            setattr(space, name, value)
        space.rng.setstate(self._rng)
        engine.scripts.go_back(self._scripts)
        if self._used is not None:
            for db, used in zip(space.databases, self._used, strict=True):
                db.accessed.clear()
                dict.update(db.accessed, used)  # past what a `FrequencyLog` makes of an assignment
        engine.eviction.evicted = self._evicted
        engine.eviction.recount()

    def _released(self) -> tuple[Woken, list[Message], dict[bytes | None, None]]:
        engine = self._engine
        woken, engine.space.woken = engine.space.woken or {}, None
        messages, engine.pubsub.held = engine.pubsub.held or [], None
        changed, engine.tracking.held = engine.tracking.held or {}, None
        return woken, messages, changed
