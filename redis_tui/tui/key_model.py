"""The key browser's model: what SCAN has given, in order, and the rows of it that are open.

Pure; knows no widget and no session. The decision a reader would question: there is no tree
in memory. The keys stand in one sorted list; a group is a stretch of it, found and counted by
bisection, and only the levels that are open are walked. So a million keys cost their own bytes and
a pointer each, and a level is as quick to show with ten groups of a hundred thousand as with ten of ten.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from typing import Protocol, overload

from sortedcontainers import SortedList

from redis_tui.record import dataclass

GROUP_LIMIT = 2_000
"""Rows that a group shows before it is told to show more."""
TREE_LIMIT = 6_000
"""Rows of all open groups together: they are walked again whenever keys came."""
AUTO_OPEN_LIMIT = 400
"""Groups begin open while there are no more keys than this."""


@dataclass(frozen=True, slots=True)
class Row:
    """One visible row."""

    depth: int
    label: bytes
    key: bytes | None
    """None for a group or a note."""
    group: bytes | None = None
    """A group's prefix; of a note, the group whose rest it counts."""
    count: int = 0
    is_open: bool = False
    is_last: bool = False
    """Nothing of its group follows."""
    note: str = ""


class Rows(Protocol):
    """Rows in the order of the screen."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Row]: ...

    def __getitem__(self, at: int, /) -> Row: ...

    def find(self, row: Row) -> int | None:
        """Where the row of the same key or group stands now."""
        ...


class TreeRows(list[Row]):
    """The rows of open groups."""

    def find(self, row: Row) -> int | None:
        """Where the row of the same key or group stands now."""
        wanted = (row.key, row.group, row.note == "")
        return next((at for at, each in enumerate(self) if (each.key, each.group, each.note == "") == wanted), None)


class FlatRows(Sequence[Row]):
    """Every key, a row made when it is looked at."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = keys

    def __len__(self) -> int:
        return len(self._keys)

    @overload
    def __getitem__(self, at: int, /) -> Row: ...
    @overload
    def __getitem__(self, at: slice, /) -> Sequence[Row]: ...
    def __getitem__(self, at: int | slice, /) -> Row | Sequence[Row]:
        if isinstance(at, slice):
            return [Row(0, key, key) for key in self._keys[at]]
        key = self._keys[at]
        return Row(0, key, key)

    def find(self, row: Row) -> int | None:
        """Where the key stands now."""
        if row.key is None:
            return None
        if isinstance(self._keys, SortedList):
            at = int(self._keys.bisect_left(row.key))
            return at if at < len(self._keys) and self._keys[at] == row.key else None
        return self._keys.index(row.key) if row.key in self._keys else None


class KeyModel:
    """All keys that SCAN has given so far."""

    def __init__(self, separator: bytes = b":") -> None:
        self.separator = separator
        self.is_flat = False
        self.order: list[bytes] | None = None
        """Another order than by name, for the flat list; whoever sets it keeps it true."""
        self._keys: SortedList = SortedList()
        self._toggled: dict[bytes, bool] = {}
        self._limits: dict[bytes, int] = {}

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, key: bytes) -> bool:
        return key in self._keys

    def clear(self) -> None:
        """Forgets the keys, not which groups were opened."""
        self._keys = SortedList()
        self.order = None

    def add(self, keys: Iterable[bytes]) -> int:
        """Adds keys; SCAN may give one twice.

        Returns:
            How many were new.
        """
        known = self._keys
        if not known:
            known.update(set(keys))
            return len(known)
        fresh = [key for key in set(keys) if key not in known]
        for key in fresh:
            known.add(key)
        if self.order is not None:
            self.order += fresh
        return len(fresh)

    def discard(self, keys: Iterable[bytes]) -> int:
        """Takes keys away that no longer exist.

        Returns:
            How many were there.
        """
        gone = {key for key in keys if key in self._keys}
        for key in gone:
            self._keys.discard(key)
        if gone and self.order is not None:
            self.order = [key for key in self.order if key not in gone]
        return len(gone)

    def toggle(self, prefix: bytes) -> None:
        """Opens or closes a group."""
        self._toggled[prefix] = not self._is_open(prefix)

    def reveal(self, key: bytes) -> None:
        """Opens every group that a key is in."""
        cut = key.find(self.separator) if self.separator else -1
        while cut >= 0:
            cut += len(self.separator)
            self._toggled[key[:cut]] = True
            cut = key.find(self.separator, cut)

    def show_more(self, prefix: bytes) -> None:
        """A group that was cut may show twice as many rows."""
        self._limits[prefix] = 2 * self._limits.get(prefix, GROUP_LIMIT)

    def keys_below(self, prefix: bytes) -> list[bytes]:
        """All keys of a group that were seen, in order."""
        start, end = self._stretch(prefix)
        return list(self._keys.islice(start, end))

    def all_keys(self) -> list[bytes]:
        """All keys that were seen, in order."""
        return list(self._keys)

    def rows(self) -> Rows:
        """The rows of everything that is open, groups first; of the flat list, all keys."""
        if self.is_flat or not self.separator:
            keys = self._keys if self.order is None else self.order
            return FlatRows(keys)
        out = TreeRows()
        self._flatten(b"", 0, out)
        return out

    def _is_open(self, prefix: bytes) -> bool:
        return self._toggled.get(prefix, len(self._keys) <= AUTO_OPEN_LIMIT)

    def _stretch(self, prefix: bytes) -> tuple[int, int]:
        """Where the keys of a prefix begin and end."""
        if not prefix:
            return 0, len(self._keys)
        after = _successor(prefix)
        end = self._keys.bisect_left(after) if after else len(self._keys)
        return self._keys.bisect_left(prefix), end

    def _level(self, prefix: bytes, limit: int) -> tuple[list[tuple[bytes, int]], list[bytes], int]:
        """Groups with their counts, keys, and how many keys were not looked at."""
        groups: list[tuple[bytes, int]] = []
        keys: list[bytes] = []
        at, end = self._stretch(prefix)
        room = limit
        while at < end and room > 0:
            inner = b""
            for key, after in pairwise(chain(self._keys.islice(at, end), (b"",))):
                cut = key.find(self.separator, len(prefix))
                inner = key[: cut + len(self.separator)] if cut >= 0 else b""
                if room <= 0 or (inner and after.startswith(inner)):
                    break
                keys.append(key)
                at, room = at + 1, room - 1
            if at < end and room > 0:
                following = self._stretch(inner)[1]
                groups.append((inner, following - at))
                at, room = following, room - 1
        return groups, keys, end - at

    def _flatten(self, prefix: bytes, depth: int, out: TreeRows) -> None:
        limit = max(1, min(self._limits.get(prefix, GROUP_LIMIT), TREE_LIMIT - len(out)))
        limit = max(limit, self._limits.get(prefix, 0))
        groups, keys, left = self._level(prefix, limit)
        for index, (inner, count) in enumerate(groups):
            last = index == len(groups) - 1 and not keys and not left
            is_open = self._is_open(inner)
            out.append(Row(depth, inner[len(prefix) :], None, inner, count, is_open, last))
            if is_open:
                self._flatten(inner, depth + 1, out)
        for index, key in enumerate(keys):
            out.append(Row(depth, key[len(prefix) :] or key, key, is_last=index == len(keys) - 1 and not left))
        if left:
            out.append(Row(depth, b"", None, prefix, left, is_last=True, note=f"… {left:,} more; Enter shows on"))


def _successor(prefix: bytes) -> bytes:
    """The smallest bytes above everything that begins with a prefix; empty where there are none."""
    stem = prefix.rstrip(b"\xff")
    return stem[:-1] + bytes([stem[-1] + 1]) if stem else b""
