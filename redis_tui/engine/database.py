"""One numbered database: entries, expiry, who watches. Every change of data passes through here.

That one place keeps before-images while a journal is open, breaks WATCHes, counts what is
dirty, keeps the scan index and announces events. It knows nothing of commands or clients:
a watcher is a callable, an event goes to whoever listens.

A reader would question that `Database` has public dicts. They are read by handlers of
hot commands, never written outside this file. It is longer than other files, because all that
may change a key has to stand in one place.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar, overload

from redis_tui.engine.access import AccessLog, FrequencyLog
from redis_tui.engine.scan_index import ScanIndex
from redis_tui.engine.types.base import Collection, Value
from redis_tui.engine.types.string import read_counter
from redis_tui.errors import CommandError, WrongType
from redis_tui.spec.decode import INT64_MAX, INT64_MIN

if TYPE_CHECKING:
    from redis_tui.engine.keyspace import Keyspace

C = TypeVar("C", bound=Collection)
T = TypeVar("T", bound=bytearray)
_ZERO_DIGIT = ord("0")
_LONGEST_SURE = 19
"""Digits, one more than always fit 64 bits."""
Watcher = Callable[[], None]
"""Told that a watched key has changed."""


class Database:
    """One numbered database."""

    __slots__ = (
        "_sum",
        "_sum_text",
        "accessed",
        "entries",
        "expires",
        "index",
        "index_keys",
        "observed",
        "space",
        "timed",
        "watchers",
    )

    def __init__(self, space: Keyspace, index: int) -> None:
        self.space = space
        self.index = index
        self.entries: dict[bytes, Value] = {}
        self.expires: dict[bytes, int] = {}
        """Unix time in milliseconds, for keys that have one."""
        self.timed: set[bytes] = set()
        """Keys that hold, or have held, a collection whose parts have a time to live."""
        self.accessed: AccessLog = {}
        """When each key was used last, or how often."""
        self.watchers: dict[bytes, set[Watcher]] = {}
        self.index_keys: ScanIndex | None = None
        self._sum = 0
        self._sum_text: bytes | None = None
        """The text that `add` wrote last, of the number before it: a loop that counts reads what it has written."""
        self.observed = False
        """Somebody must be told ahead of a change: a journal, a watcher, a listener."""

    def __len__(self) -> int:
        return len(self.entries)

    # Reading

    def get(self, key: bytes) -> Value | None:
        """The value of a key, None where there is none or its time has run out."""
        value = self.entries.get(key)
        space = self.space
        if value is None or (key in self.expires and self.expires[key] <= space.now_ms and self._expire(key)):
            space.misses += 1
            if space.on_miss is not None:
                space.on_miss(self.index, "keymiss", key)
            return None
        space.hits += 1
        self.accessed[key] = space.lru_clock
        return value

    def look(self, key: bytes) -> Value | None:
        """As `get`, and the key counts as no more used than before: EXISTS, TYPE and TTL look so."""
        used = self.accessed.get(key)
        value = self.get(key)
        if value is not None:
            if used is None:
                del self.accessed[key]
            else:
                AccessLog.__setitem__(self.accessed, key, used)
        return value

    def peek(self, key: bytes) -> Value | None:
        """As `get`, without counting a hit or a miss: TTL, TYPE, OBJECT and writes look so."""
        value = self.entries.get(key)
        if value is not None and key in self.expires and self.expires[key] <= self.space.now_ms and self._expire(key):
            return None
        return value

    def string(self, key: bytes) -> bytes | None:
        """A string's content.

        Raises:
            WrongType: the key holds another type.
        """
        value = self.entries.get(key)
        if type(value) is bytes and key not in self.expires:
            space = self.space
            space.hits += 1
            self.accessed[key] = space.lru_clock
            return value
        value = self.get(key)
        if value is None or type(value) is bytes:
            return value
        if isinstance(value, bytes | bytearray):
            return bytes(value)
        raise WrongType

    def text(self, key: bytes) -> bytes | bytearray | None:
        """As `string`, without a copy of one that was edited in place: for a look, not to be kept.

        Raises:
            WrongType: the key holds another type.
        """
        value = self.get(key)
        if isinstance(value, Collection):
            raise WrongType
        return value

    def peek_text(self, key: bytes) -> bytes | bytearray | None:
        """As `text`, ahead of a change: no hit or miss is counted.

        Raises:
            WrongType: the key holds another type.
        """
        value = self.peek(key)
        if value is not None:
            self.accessed[key] = self.space.lru_clock
        if isinstance(value, Collection):
            raise WrongType
        return value

    def read(self, key: bytes, kind: type[C]) -> C | None:
        """A collection, for reading only.

        Raises:
            WrongType: the key holds another type.
        """
        value = self.entries.get(key)
        if type(value) is kind and key not in self.expires:
            space = self.space
            space.hits += 1
            self.accessed[key] = space.lru_clock
            return value
        value = self.get(key)
        if value is None or type(value) is kind:
            return value
        if not isinstance(value, kind):
            raise WrongType
        self._enter(key, value, keeps=False)
        return value

    def idle_s(self, key: bytes) -> int | None:
        """Seconds since a key was used; None where uses are counted and not timed."""
        if isinstance(self.accessed, FrequencyLog):
            return None
        clock = self.space.lru_clock
        return max(0, clock - self.accessed.get(key, clock))

    def expires_at(self, key: bytes) -> int | None:
        """When a key's time runs out, in Unix milliseconds; None for never or no key."""
        return self.expires.get(key)

    # Changing

    def edit(self, key: bytes, kind: type[C]) -> C | None:
        """A collection that the caller is about to change; call `touched` after.

        Raises:
            WrongType: the key holds another type.
        """
        value = self.entries.get(key)
        if value is None or (
            key in self.expires and self.expires[key] <= self.space.now_ms and self._expire(key)
        ):  # as in `peek`
            return None
        self.accessed[key] = self.space.lru_clock  # a look counts as a use, also one that finds another type
        if type(value) is not kind:
            if not isinstance(value, kind):
                raise WrongType
            self._enter(key, value, keeps=True)
        if self.observed:
            self.before(key)
        return value

    def edit_or_new(self, key: bytes, kind: type[C]) -> C:
        """As `edit`; where the key is missing, a new empty collection is put there.

        The caller must put something in and call `touched` (which drops it if still empty).
        """
        found = self.entries.get(key)
        if type(found) is kind and not self.observed and key not in self.expires:
            self.accessed[key] = self.space.lru_clock
            return found
        value = self.edit(key, kind)
        if value is not None:
            return value
        if self.observed:
            self.before(key)
        fresh = kind()
        self.entries[key] = fresh
        self.accessed[key] = self.space.lru_clock
        if self.space.announces_new:
            self._announce(key, "new")
        if self.index_keys is not None:
            self.index_keys.add(key)
        return fresh

    @overload
    def edit_text(self, key: bytes, size: int = 0) -> bytearray: ...
    @overload
    def edit_text(self, key: bytes, *, kind: type[T]) -> T: ...
    def edit_text(self, key: bytes, size: int = 0, kind: type[bytearray] = bytearray) -> bytearray:
        """A string that the caller is about to change in place; call `touched` after.

        Args:
            key: where there is none, a new one is put there.
            size: least length; zero bytes are added up to it.
            kind: what to edit it as; made from the string's content, or from nothing.

        Raises:
            WrongType: the key holds another type.
        """
        value = self.peek_text(key)
        if self.observed:
            self.before(key)
        if type(value) is kind:
            text = value
        else:
            text = self.entries[key] = kind(value or b"")
            if value is None:
                self.accessed[key] = self.space.lru_clock
            if value is None and self.space.announces_new:
                self._announce(key, "new")
            if value is None and self.index_keys is not None:
                self.index_keys.add(key)
        if len(text) < size:
            text.extend(bytes(size - len(text)))
        return text

    def touched(self, key: bytes, event: str, changes: int = 1) -> None:
        """A collection got from `edit` was changed in place; an empty one is dropped.

        Args:
            event: name as in keyspace notifications: ``rpush``, ``hset``; empty for a change that is none.
            changes: how many, for the dirty counter.
        """
        self.space.dirty += changes
        if self.observed:
            self._announce(key, event)
        value = self.entries.get(key)
        if isinstance(value, Collection) and not len(value) and not value.stays_empty:
            self._drop(key)
            if self.observed:
                self._announce(key, "del")

    def altered(self, key: bytes, event: str, changes: int = 1) -> None:
        """As `touched`, where the collection cannot have become empty: what only adds needs not look."""
        self.space.dirty += changes
        if self.observed:
            self._announce(key, event)

    def noted(self, key: bytes, event: str, changes: int = 1) -> None:
        """Counts and announces what happened to a value without being a change to it for WATCH: to a stream's groups.

        Args:
            event: as for `touched`.
            changes: as for `touched`.
        """
        self.space.dirty += changes
        for listener in self.space.listeners:
            listener(self.index, event, key)

    def exchange(self, key: bytes, value: Collection) -> None:
        """Puts another object with the same content in the place of a collection got from `edit`."""
        self.entries[key] = value
        if value.lapses:
            self.timed.add(key)
            self._enter(key, value, keeps=True)

    def set(
        self,
        key: bytes,
        value: Value,
        event: str = "set",
        *,
        keep_ttl: bool = False,
        expires_at_ms: int | None = None,
    ) -> None:
        """Gives a key a new value; its time to live goes, unless kept or set anew.

        Args:
            expires_at_ms: when the key's time runs out, in Unix milliseconds; announced as ``expire``.
                A moment that is past leaves the key to its next reader, as SET EXAT does.
        """
        observed = self.observed
        if observed:
            self.before(key)
        if self.index_keys is not None and key not in self.entries:
            self.index_keys.add(key)
        is_new = observed and self.space.announces_new and key not in self.entries
        self.entries[key] = value
        if value.__class__ is not bytes and isinstance(value, Collection) and value.lapses:
            self.timed.add(key)
        if is_new:
            self._announce(key, "new")
        if expires_at_ms is not None:
            self.expires[key] = expires_at_ms
        elif self.expires and not keep_ttl:
            self.expires.pop(key, None)
        space = self.space
        space.dirty += 1
        self.accessed[key] = space.lru_clock
        if observed:
            self._announce(key, event)
            if expires_at_ms is not None:
                self._announce(key, "expire")

    def adopt(self, key: bytes, value: Value, expires_at_ms: int | None, event: str) -> None:
        """Gives a key the value that another one held, its time to live with it; nothing is told of that time."""
        self.set(key, value, event)
        if expires_at_ms is not None:
            self.expires[key] = expires_at_ms

    def add(self, key: bytes, increment: int) -> int:
        """Adds to the integer that a string holds, 0 where there is no key; its time to live stays.

        It stands here, in one piece, because it is most of what INCR costs in a script's inner loop.

        Raises:
            WrongType: the key holds another type.
            CommandError: the string is no 64-bit integer, or the sum would be none.
        """
        value = self.peek(key) if key in self.expires else self.entries.get(key)
        if value is None:
            total = increment
        elif value is self._sum_text:
            total = self._sum + increment
        elif type(value) is bytes and value.isdigit() and value[0] != _ZERO_DIGIT and len(value) < _LONGEST_SURE:
            total = int(value) + increment
        elif isinstance(value, Collection):
            raise WrongType
        else:
            total = read_counter(bytes(value)) + increment
        if not INT64_MIN <= total <= INT64_MAX:
            raise CommandError("ERR increment or decrement would overflow")
        if self.observed or value is None:
            self.set(key, b"%d" % total, "incrby", keep_ttl=True)
            return total
        self._sum = total
        self._sum_text = self.entries[key] = b"%d" % total
        space = self.space
        space.dirty += 1
        self.accessed[key] = space.lru_clock
        return total

    def delete(self, key: bytes, event: str = "del") -> bool:
        """Removes a key; False where there was none."""
        if self.peek(key) is None:
            return False
        if self.observed:
            self.before(key)
        self._drop(key)
        self.space.dirty += 1
        if self.observed:
            self._announce(key, event)
        return True

    def expire_at(self, key: bytes, at_ms: int, event: str = "expire") -> None:
        """Lets an existing key's time run out then; a moment that is past deletes it at once."""
        if at_ms <= self.space.now_ms:
            self.delete(key, self.space.overdue_event)
            return
        if self.observed:
            self.before(key)
        self.expires[key] = at_ms
        self.space.dirty += 1
        if self.observed:
            self._announce(key, event)

    def persist(self, key: bytes) -> bool:
        """Takes a key's time to live away; False where it had none."""
        if self.peek(key) is None or key not in self.expires:
            return False
        if self.observed:
            self.before(key)
        del self.expires[key]
        self.space.dirty += 1
        if self.observed:
            self._announce(key, "persist")
        return True

    def flush(self) -> int:
        """Empties this database, and tells so; how many keys went."""
        gone = self.empty()
        if self.space.on_flush is not None:
            self.space.on_flush()
        return gone

    def empty(self) -> int:
        """Empties this database; how many keys went."""
        count = len(self.entries)
        if self.observed:
            for key in list(self.entries):
                self.before(key)
            for key in [key for key in self.watchers if key in self.entries]:
                self.wake(key)
        self.entries = {}
        self.expires = {}
        self.timed = set()
        self.accessed.clear()
        self.index_keys = None
        self.space.dirty += count
        return count

    def restore(self, key: bytes, value: Value | None, expires_at_ms: int | None, used: int | None = None) -> None:
        """Puts a key back as a journal kept it: no events, no counting, no image."""
        if value is None:
            if key in self.entries:
                self._drop(key)
            return
        if self.index_keys is not None and key not in self.entries:
            self.index_keys.add(key)
        self.entries[key] = value
        if isinstance(value, Collection) and value.lapses:
            self.timed.add(key)
        self.expires.pop(key, None)
        if expires_at_ms is not None:
            self.expires[key] = expires_at_ms
        if used is not None:
            dict.__setitem__(self.accessed, key, used)

    def fill(self, entries: dict[bytes, Value], expires: dict[bytes, int]) -> None:
        """Adds what a snapshot holds: no events, no counting.

        Args:
            entries: kept, where there are no keys yet.
            expires: likewise.
        """
        if not self.entries:
            self.entries, self.expires = entries, expires
        else:
            for key in self.expires.keys() & entries.keys():
                del self.expires[key]
            self.entries.update(entries)
            self.expires.update(expires)
        self.timed |= {key for key, value in entries.items() if isinstance(value, Collection) and value.lapses}
        self.index_keys = None

    # Walking

    def live_keys(self) -> list[bytes]:
        """Every key whose time has not run out."""
        now = self.space.now_ms
        expires = self.expires
        return [key for key in self.entries if key not in expires or expires[key] > now]

    def scan(self, cursor: int, count: int) -> tuple[int, list[bytes]]:
        """The next live keys of a SCAN; see `ScanIndex.scan`."""
        cursor, keys = self.positions().scan(cursor, count)
        return cursor, [key for key in keys if self.peek(key) is not None]

    def random_key(self) -> bytes | None:
        """A live key at random, None where there is none."""
        index = self.positions()
        while (key := index.pick(self.space.rng)) is not None:
            if self.peek(key) is not None:
                return key
        return None

    def positions(self) -> ScanIndex:
        """The scan index, built at its first use."""
        if self.index_keys is None:
            self.index_keys = ScanIndex(self.entries)
        return self.index_keys

    def expire_if_due(self, key: bytes) -> bool:
        """Removes a key if its time has run out; whether it went."""
        at_ms = self.expires.get(key)
        return at_ms is not None and at_ms <= self.space.now_ms and self._expire(key)

    def lapse(self, key: bytes, limit: int) -> int:
        """Removes parts of a collection whose time has run out, at most so many; how many went."""
        value = self.entries.get(key)
        if not isinstance(value, Collection) or not value.lapses:
            self.timed.discard(key)
            return 0
        if self.space.moment is not None:
            self.before(key)
        count = value.due(self.space.now_ms, limit)
        if count:
            self._lapsed(key, count, keeps=False)
        return count

    def timed_count(self) -> int:
        """Keys that hold a collection whose parts have a time to live."""
        values = map(self.entries.get, self.timed)
        return sum(isinstance(value, Collection) and value.is_timed() for value in values)

    def _enter(self, key: bytes, value: Collection, *, keeps: bool) -> None:
        """Begins a command on a collection some of whose parts may be due; ``keeps``: even if it gets empty."""
        if self.observed:
            self.before(key)
        paused = self.space.expiry_paused
        value.enter(self.space.now_ms, None if paused else partial(self._lapsed, key, keeps=keeps))

    def _lapsed(self, key: bytes, count: int, *, keeps: bool) -> None:
        """Parts of a collection went because their time had run out; today these are fields of a hash."""
        self.space.expired_fields += count
        self.space.dirty += count
        if self.observed:
            self._announce(key, "hexpired")
        value = self.entries.get(key)
        if not keeps and isinstance(value, Collection) and not len(value):
            self._drop(key)
            if self.observed:
                self._announce(key, "del")

    # Watching

    def watch(self, key: bytes, watcher: Watcher) -> None:
        """Calls the watcher once this key changes."""
        self.watchers.setdefault(key, set()).add(watcher)
        self.observed = True

    def unwatch(self, key: bytes, watcher: Watcher) -> None:
        """Calls it no more."""
        watchers = self.watchers.get(key)
        if watchers is None:
            return
        watchers.discard(watcher)
        if not watchers:
            del self.watchers[key]
        self.observe()

    def observe(self) -> None:
        """Works out anew whether anybody must be told of changes here."""
        space = self.space
        self.observed = bool(self.watchers or space.listeners) or space.journal is not None or space.moment is not None

    def before(self, key: bytes) -> None:
        """Lets an open journal and a background save keep the key as it is, ahead of a change."""
        if self.space.journal is not None:
            self.space.journal.before(self, key)
        if self.space.moment is not None:
            self.space.moment.before(self, key)

    def wake(self, key: bytes) -> None:
        """Tells those who watch a key; while that is held back, later."""
        woken = self.space.woken
        if woken is not None:
            if key in self.watchers:
                woken[self, key] = None
            return
        for watcher in tuple(self.watchers.get(key, ())):
            watcher()

    def _announce(self, key: bytes, event: str) -> None:
        if key in self.watchers:
            self.wake(key)
        for listener in self.space.listeners:
            listener(self.index, event, key)

    def _drop(self, key: bytes) -> None:
        del self.entries[key]
        self.expires.pop(key, None)
        self.accessed.pop(key, None)
        if self.index_keys is not None:
            self.index_keys.discard(key)

    def _expire(self, key: bytes) -> bool:
        """Removes a key whose time has run out; always True, so that readers can chain on it.

        Inside a script only the clock stands still: a key that was due before the script
        began goes at its first touch, as on a real server.
        """
        if self.space.expiry_paused:
            return True
        if self.observed:
            self.before(key)
        self._drop(key)
        self.space.expired += 1
        if self.observed:
            self._announce(key, "expired")
        return True
