"""A run over somebody else's keys: each is fetched just ahead of the first call that names it.

Knows no server and no event loop: what fetches is handed in, and may take its time, since it is called on the
engine's own thread in the middle of a script. A fetched key is put into the database as a snapshot's is, with no event,
count or image, so that to the journal it was always there.

The decision a reader would question: a call whose key cannot be had fails as a command does, and so does every later
one. A script may let that pass with `pcall`; whoever made the run looks at `Overlay.failure`, and shows nothing of it.
"""

from __future__ import annotations

from time import perf_counter_ns
from typing import TYPE_CHECKING

from redis_tui.engine.rdb import payload
from redis_tui.errors import CommandError, DamagedData, NotSupportedError, RedisTuiError
from redis_tui.spec.keys import keys_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from redis_tui.engine.config import Config
    from redis_tui.engine.database import Database
    from redis_tui.engine.registry import Command
    from redis_tui.engine.touch import TouchLog

_LOOKS_AT_ALL = frozenset(("dbsize", "flushall", "flushdb", "keys", "randomkey", "scan", "swapdb"))
_BY_PATTERN = frozenset(("sort", "sort_ro"))


Fetched = tuple[bytes | None, int | None]
"""One key, as it is elsewhere: what DUMP answers, None where there is none; its time to live in ms, None for ever."""


class Overlay:
    """Fetches the keys of a run; stands where a `touch.TouchLog` does, and feeds one.

    Args:
        fetch: ``fetch(db, keys)`` gets keys of a database, in their order. Raises `RedisTuiError` where it cannot.
        config: by which values are encoded.
        touched: also notes the keys; None notes none.
    """

    def __init__(
        self,
        fetch: Callable[[int, Sequence[bytes]], Sequence[Fetched]],
        config: Config,
        *,
        touched: TouchLog | None = None,
    ) -> None:
        self._fetch = fetch
        self._config = config
        self._touched = touched
        self._held: set[tuple[int, bytes]] = set()
        self._own_ns = 0
        self.failure: RedisTuiError | None = None
        """Why a key could not be had; the run's result is of no worth then."""
        self.partial: dict[bytes, None] = {}
        """Commands that were called and look at more keys than they name, as they were written."""

    @property
    def spent_ns(self) -> int:
        """Time that went into fetching and noting."""
        return self._own_ns + (self._touched.spent_ns if self._touched is not None else 0)

    def note(self, db: Database, command: Command, argv: Sequence[bytes]) -> None:
        """One call, ahead of it.

        Args:
            db: in which database it is.
            command: what is called.
            argv: all words, the name included.

        Raises:
            CommandError: one of its keys cannot be had.
        """
        if self._touched is not None:
            self._touched.note(db, command, argv)
        started = perf_counter_ns()
        try:
            self._have(db, command, argv)
        finally:
            self._own_ns += perf_counter_ns() - started

    def _have(self, db: Database, command: Command, argv: Sequence[bytes]) -> None:
        if command.name in _LOOKS_AT_ALL or (command.name in _BY_PATTERN and _has_pattern(argv)):
            self.partial[argv[0].upper()] = None
        try:
            named = keys_of(command.spec, argv)
        except (CommandError, IndexError):
            return  # it will be refused
        wanted = [key for key in dict.fromkeys(named) if (db.index, key) not in self._held]
        if not wanted and self.failure is None:
            return
        try:
            if self.failure is not None:
                raise self.failure
            for key, found in zip(wanted, self._fetch(db.index, wanted), strict=True):
                self._put(db, key, found)
        except RedisTuiError as failure:
            self.failure = failure
            raise CommandError(f"ERR {failure.message}") from None

    def _put(self, db: Database, key: bytes, found: Fetched) -> None:
        self._held.add((db.index, key))
        dumped, left_ms = found
        if dumped is None:
            return
        try:
            value = payload.restore(dumped, self._config)
        except DamagedData:
            name = key.decode("utf-8", "replace")
            raise NotSupportedError(
                f"The key {name!r} is of a type that the embedded engine does not have.",
                hint="Only the server itself can run a script on it.",
            ) from None
        db.restore(key, value, None if left_ms is None else db.space.now_ms + left_ms)


def _has_pattern(argv: Sequence[bytes]) -> bool:
    """Whether SORT looks up other keys: BY with a star in it, or GET of anything but the element itself."""
    words = [word.upper() for word in argv]
    return any(
        (word == b"BY" and b"*" in argv[at + 1]) or (word == b"GET" and argv[at + 1] != b"#")
        for at, word in enumerate(words[:-1])
    )
