"""Which keys the calls of one run named, and which of them a writing call named as its own to change.

Knows no Lua and no session. Only for runs that somebody watches: the others have no such log.

The decision a reader would question: a key counts as touched by being named, found or not, changed or not. That
is what a cluster goes by: a script may reach the keys of one slot only, whatever it finds there.
"""

from __future__ import annotations

from time import perf_counter_ns
from typing import TYPE_CHECKING, Protocol

from redis_tui.errors import CommandError
from redis_tui.spec.keys import key_uses

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.engine.database import Database
    from redis_tui.engine.registry import Command


class CallWatch(Protocol):
    """Is told of each call of a run ahead of it."""

    @property
    def spent_ns(self) -> int:
        """Time that went into being told."""
        ...

    def note(self, db: Database, command: Command, argv: Sequence[bytes]) -> None:
        """One call; raises `CommandError` where it must not be made."""
        ...


class TouchLog:
    """The keys of one run, in the order of their first mention.

    Args:
        limit: keys that are kept by name; beyond it they are only counted.
    """

    __slots__ = ("_spent_ns", "keys", "limit", "overflow")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.keys: dict[bytes, bool] = {}
        """Each with whether a call named it to write."""
        self.overflow: set[int] = set()
        """Hashes of the keys beyond the limit, so that none is counted twice."""
        self._spent_ns = 0

    @property
    def spent_ns(self) -> int:
        """Time that went into noting: several times what a small command takes."""
        return self._spent_ns

    @property
    def total(self) -> int:
        """How many keys were named."""
        return len(self.keys) + len(self.overflow)

    def note(self, _db: Database, command: Command, argv: Sequence[bytes]) -> None:
        """One call.

        Args:
            _db: in which database it is.
            command: what is called.
            argv: all words, the name included.
        """
        started = perf_counter_ns()
        try:
            for use in key_uses(command.spec, argv):
                self._add(argv[use.position], written=command.writes and use.flags[0] != "RO")
        except (CommandError, IndexError):
            pass  # it will be refused: it names nothing that can be found
        self._spent_ns += perf_counter_ns() - started

    def _add(self, key: bytes, *, written: bool) -> None:
        if key in self.keys:
            self.keys[key] = self.keys[key] or written
        elif len(self.keys) < self.limit:
            self.keys[key] = written
        else:
            self.overflow.add(hash(key))
