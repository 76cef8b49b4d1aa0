"""The active expiry cycle: keys, and parts of collections, go when their time has run out, though nobody reads them.

Knows databases, no commands. A cycle looks at some keys of each database; where more than a
tenth of them were due it looks at some more, until its time is up. So a cycle costs little
while hardly anything is due, and much goes quickly once much is due, as in a server.

The decision a reader would question: the keys to look at are drawn from a copy that is made
once a round, in random order, each once. A dict cannot be walked further after it has
changed, and drawing from it anew would copy it each time. Keys that came since are in the
next round; what is stale in the copy is thrown away unseen.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Collection

    from redis_tui.engine.database import Database
    from redis_tui.engine.keyspace import Keyspace

SAMPLE: Final = 200
"""Keys that are looked at before a cycle decides whether to go on; parts of one collection that go at once."""
_STALE_SHARE: Final = 0.1
"""A greater share of a sample that was due makes a cycle go on."""
_BUDGET_NS: Final = 25_000_000
"""How long a cycle may go on: a quarter of the time between two."""


class ExpiryCycle:
    """Removes what is due in a keyspace, a bounded piece at a time.

    Args:
        space: its clock says what is due.
    """

    def __init__(self, space: Keyspace) -> None:
        self._space = space
        self._rounds = {db.index: (_Round(), _Round()) for db in space.databases}

    def run(self) -> int:
        """One cycle; how many keys went."""
        until_ns = time.perf_counter_ns() + _BUDGET_NS
        before = self._space.expired
        for db in self._space.databases:
            keys, timed = self._rounds[db.index]
            self._visit(keys, db.expires, db.expire_if_due, until_ns)
            self._visit(timed, db.timed, partial(_lapse, db), until_ns)
        return self._space.expired - before

    def _visit(self, round_: _Round, source: Collection[bytes], is_due: Callable[[bytes], bool], until_ns: int) -> None:
        """Looks at samples until one of them holds little that is due, or time is up."""
        left = len(source)  # nothing is looked at twice a cycle
        while left > 0:
            drawn = round_.draw(source, min(SAMPLE, left), self._space.rng)
            left -= len(drawn)
            due = sum(map(is_due, drawn))
            if due <= _STALE_SHARE * len(drawn) or time.perf_counter_ns() >= until_ns:
                return
        round_.end()


def _lapse(db: Database, key: bytes) -> bool:
    return db.lapse(key, SAMPLE) > 0


class _Round:
    """Every element of a collection that changes, once, in random order."""

    __slots__ = ("_left",)

    def __init__(self) -> None:
        self._left: list[bytes] = []

    def end(self) -> None:
        """Everything was drawn that there was; what is left is stale."""
        self._left = []

    def draw(self, source: Collection[bytes], count: int, rng: random.Random) -> list[bytes]:
        """The next elements; a new round begins where this one ends.

        Args:
            source: as it is now.
            count: at most so many, and no more than it holds.
        """
        drawn: list[bytes] = []
        if len(self._left) > 2 * len(source):
            self._left = []
        while len(drawn) < count:
            left = self._left
            if not left:
                if drawn or not source:
                    break
                left = self._left = list(source)
            at = int(rng.random() * len(left))
            key, left[at] = left[at], left[-1]
            left.pop()
            if key in source:
                drawn.append(key)
        return drawn
