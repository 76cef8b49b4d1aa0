"""The key browser's model: keys grouped by a separator, flattened to the rows that are open.

Pure; knows no widget and no session. The decision a reader would question: a group shows at
most `GROUP_LIMIT` rows and says how many it leaves out. A group of a million rows helps
nobody, and building them would stop the interface.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

GROUP_LIMIT = 2_000
AUTO_OPEN_LIMIT = 400
"""Groups begin open while there are no more keys than this."""


@dataclass(slots=True)
class Group:
    """Keys and groups that share a prefix."""

    prefix: bytes = b""
    groups: dict[bytes, Group] = field(default_factory=dict)
    keys: dict[bytes, None] = field(default_factory=dict)
    count: int = 0
    only: bytes = b""
    """The last key that was added; the only one where count is 1."""


@dataclass(frozen=True, slots=True)
class Row:
    """One visible row."""

    depth: int
    label: bytes
    key: bytes | None
    """None for a group or a note."""
    group: bytes | None = None
    """A group's prefix."""
    count: int = 0
    is_open: bool = False
    is_last: bool = False
    """Nothing of its group follows."""
    note: str = ""


class KeyModel:
    """All keys that SCAN has given so far."""

    def __init__(self, separator: bytes = b":") -> None:
        self._separator = separator
        self._root = Group()
        self._seen: set[bytes] = set()
        self._toggled: dict[bytes, bool] = {}

    def __len__(self) -> int:
        return len(self._seen)

    def __contains__(self, key: bytes) -> bool:
        return key in self._seen

    def clear(self) -> None:
        """Forgets the keys, not which groups were opened."""
        self._root = Group()
        self._seen = set()

    def add(self, keys: Iterable[bytes]) -> int:
        """Adds keys; SCAN may give one twice.

        Returns:
            How many were new.
        """
        new = 0
        for key in keys:
            if key in self._seen:
                continue
            self._seen.add(key)
            new += 1
            group = self._root
            group.count += 1
            parts = key.split(self._separator)
            prefix = b""
            for part in parts[:-1]:
                prefix += part + self._separator
                group = group.groups.setdefault(part, Group(prefix))
                group.count += 1
                group.only = key
            group.keys[key] = None
        return new

    def discard(self, keys: Iterable[bytes]) -> None:
        """Takes keys away that no longer exist."""
        gone = set(keys) & self._seen
        if gone:
            rest = self._seen - gone
            self.clear()
            self.add(sorted(rest))

    def toggle(self, prefix: bytes) -> None:
        """Opens or closes a group."""
        self._toggled[prefix] = not self._is_open(prefix)

    def rows(self) -> list[Row]:
        """The rows of everything that is open, groups first."""
        out: list[Row] = []
        self._flatten(self._root, 0, out)
        return out

    def _is_open(self, prefix: bytes) -> bool:
        return self._toggled.get(prefix, len(self._seen) <= AUTO_OPEN_LIMIT)

    def _flatten(self, group: Group, depth: int, out: list[Row]) -> None:
        alone = [inner.only for inner in group.groups.values() if inner.count == 1]
        inners = sorted((inner for inner in group.groups.values() if inner.count > 1), key=lambda item: item.prefix)
        keys = sorted([*group.keys, *alone])
        shown = keys[:GROUP_LIMIT]
        for index, inner in enumerate(inners):
            last = index == len(inners) - 1 and not keys
            is_open = self._is_open(inner.prefix)
            label = inner.prefix[len(group.prefix) :]
            out.append(Row(depth, label, None, inner.prefix, inner.count, is_open, last))
            if is_open:
                self._flatten(inner, depth + 1, out)
        for index, key in enumerate(shown):
            out.append(Row(depth, key[len(group.prefix) :] or key, key, is_last=index == len(keys) - 1))
        if len(keys) > len(shown):
            left = len(keys) - len(shown)
            out.append(Row(depth, b"", None, is_last=True, note=f"… {left:,} more; narrow the filter"))
