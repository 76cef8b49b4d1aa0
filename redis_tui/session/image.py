"""Keys before and after a run, small enough to show: the embedded engine's half.

Values are compared whole, so a key that was touched and put back as it was is no change;
what is handed on is cut to `ITEMS` elements or `BYTES` bytes and says so. What differs is
worked out here, from the whole values, and not from what was cut.
"""

from __future__ import annotations

from dataclasses import field
from itertools import islice
from typing import TYPE_CHECKING

from redis_tui.engine.types.base import Collection, Value, type_name
from redis_tui.engine.types.hash import Hash
from redis_tui.engine.types.list import List
from redis_tui.engine.types.set import Set
from redis_tui.engine.types.sorted_set import SortedSet
from redis_tui.engine.types.stream import Stream, text_of
from redis_tui.engine.types.timed_hash import TimedHash
from redis_tui.engine.types.vector_set import Entry, VectorSet
from redis_tui.record import dataclass
from redis_tui.resp.types import Map, Reply
from redis_tui.session.base import BYTES, ITEMS, MISSING, Change, Snapshot
from redis_tui.session.difference import NOTHING, Facets, difference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from redis_tui.engine.journal import Journal

_LAST_ID = (1 << 128) - 1


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
    gone: dict[tuple[int, str, int, int | None], list[tuple[bytes, Facets]]] = {}
    for db, key, image in journal.images():
        if image.value is not None and key not in db.entries:
            mark = (db.index, type_name(image.value), len(image.value), image.expires_at_ms)
            gone.setdefault(mark, []).append((key, facets(image.value)))
    for db, key, image in journal.images():
        value, expires = db.entries.get(key), db.expires.get(key)
        if image.value is None and value is None:
            continue
        same_type = type_name(image.value) == type_name(value)
        old, new = facets(image.value), facets(value)
        if expires == image.expires_at_ms and same_type and old == new:
            continue
        total += 1
        if len(found) >= limit:
            continue
        if value is not None and not same_type:
            old = NOTHING
        parts, parts_total = difference(old, new, shown=_shown)
        source = None
        if image.value is None and value is not None:
            candidates = gone.get((db.index, type_name(value), len(value), expires), [])
            matching = [name for name, content in candidates if content == new]
            source = matching[0] if len(matching) == 1 else None
        before = snapshot(image.value, image.expires_at_ms)
        found.append(Change(db.index, key, before, snapshot(value, expires), parts, parts_total, source))
    return tuple(found), total


def facets(value: Value | None) -> Facets:
    """All that a value consists of; its encoding and caches are no part of it."""
    match value:
        case None:
            return NOTHING
        case List():
            return Facets(sequence=list(value.items))
        case Set():
            return Facets({"member": value.members})
        case SortedSet():
            return Facets({"member": value.scores})
        case TimedHash():
            stored = dict[bytes, bytes](dict.items(value))  # those that are due too, until they lapse
            return Facets({"field": stored, "field time": value.expires})
        case Hash():
            return Facets({"field": value, "field time": {}})
        case Stream():
            return Facets(_of_stream(value))
        case VectorSet():
            return Facets({"element": {name: _element(entry) for name, entry in value.entries.items()}})
        case Collection():
            return NOTHING
    return Facets(text=value)


def _of_stream(stream: Stream) -> dict[str, Mapping[bytes, object]]:
    entries = {text_of(id_): fields for id_, fields in stream.between(0, _LAST_ID)}
    groups: dict[bytes, object] = {}
    consumers: dict[bytes, object] = {}
    pending: dict[bytes, object] = {}
    for name, group in stream.groups.items():
        groups[name] = text_of(group.last_id)
        consumers |= {b"%b %b" % (name, consumer): len(one.pending) for consumer, one in group.consumers.items()}
        pending |= {b"%b %b" % (name, text_of(id_)): one.consumer.name for id_, one in group.pending.items()}
    last_id = {b"last id": text_of(stream.last_id)}
    return {"entry": entries, "last id": last_id, "group": groups, "consumer": consumers, "pending": pending}


@dataclass(frozen=True, slots=True)
class _Element:
    """An element of a vector set, equal to one of the same vector."""

    raw: bytes
    length: float
    attributes: bytes | None
    entry: Entry = field(compare=False)


def _element(entry: Entry) -> _Element:
    return _Element(entry.vector.raw(), entry.length, entry.attributes, entry)


def _shown(part: object) -> Reply:
    """A part's value as a reply."""
    match part:
        case _Element():
            numbers: list[Reply] = [float(number) for number in part.entry.numbers()]
            return numbers if part.attributes is None else [numbers, part.attributes]
        case list():
            return part
        case bytes() | int() | float() | None:
            return part
    return str(part).encode()


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
        case Stream():
            entries = value.between(0, _LAST_ID, ITEMS)
            return Map((text_of(id_), list[Reply](fields)) for id_, fields in entries)
        case VectorSet():
            first = islice(value.entries.items(), ITEMS)
            return Map((name, [float(number) for number in entry.numbers()]) for name, entry in first)
    return None
