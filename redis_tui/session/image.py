"""Keys before and after a run, small enough to show: the embedded engine's half.

Values are compared whole, so a key that was touched and put back as it was is no change;
what is handed on is cut to `ITEMS` elements or `BYTES` bytes and says so.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from redis_tui.engine.types.base import Collection, Value, type_name
from redis_tui.engine.types.hash import Hash
from redis_tui.engine.types.list import List
from redis_tui.engine.types.set import Set
from redis_tui.engine.types.sorted_set import SortedSet
from redis_tui.resp.types import Map, Reply
from redis_tui.session.base import BYTES, ITEMS, MISSING, Change, Snapshot

if TYPE_CHECKING:
    from redis_tui.engine.journal import Journal


def snapshot(value: Value | None, expires_at_ms: int | None) -> Snapshot:
    """A key's value as a person is shown it."""
    if value is None:
        return MISSING
    if not isinstance(value, Collection):
        return Snapshot("string", bytes(value[:BYTES]), len(value), expires_at_ms, cut=len(value) > BYTES)
    return Snapshot(type_name(value), _elements(value), len(value), expires_at_ms, cut=len(value) > ITEMS)


def changes_of(journal: Journal, *, limit: int) -> tuple[tuple[Change, ...], int]:
    """What has really changed since the journal was opened.

    Args:
        limit: changes that are returned.

    Returns:
        The first changes, in the order of first touch, and how many there are in all.
    """
    found: list[Change] = []
    total = 0
    for db, key, image in journal.images():
        value, expires = db.entries.get(key), db.expires.get(key)
        if expires == image.expires_at_ms and _content(image.value) == _content(value):
            continue
        total += 1
        if len(found) < limit:
            before = snapshot(image.value, image.expires_at_ms)
            found.append(Change(db.index, key, before, snapshot(value, expires)))
    return tuple(found), total


def _elements(value: Collection) -> Reply:
    match value:
        case Hash():
            return Map(islice(value.items(), ITEMS))
        case SortedSet():
            return Map((member, score) for score, member in value.slice(0, min(len(value), ITEMS)))
        case List():
            return value.slice(0, min(len(value), ITEMS))
        case Set():
            return value.ordered()[:ITEMS]
    return None


def _content(value: Value | None) -> object:
    """What two values are compared by; a collection's encoding and caches are no part of it."""
    match value:
        case List():
            return value.items
        case Set():
            return value.members.keys()
        case SortedSet():
            return value.scores
    return value
