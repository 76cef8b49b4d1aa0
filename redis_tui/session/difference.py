"""What happened to a value, part by part: fields, members, elements of a list, entries and groups of a stream.

Pure functions over `Facets`, the plain form of a value; they know neither engine nor server, and serve both.

The decision a reader would question: a list is compared as a queue first. What is left of it stands in one piece
and something came or went at its ends, or single elements were set; only where neither explains it, and the
list is short, is the shortest edit looked for, which would take time in proportion to the square of its length.
"""

from __future__ import annotations

from dataclasses import field
from difflib import SequenceMatcher
from itertools import islice
from typing import TYPE_CHECKING, Final

from redis_tui.record import dataclass
from redis_tui.resp.types import Map, Reply
from redis_tui.session.base import Part, PartKind, Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

PARTS: Final = 200
"""Parts of one change that are told one by one."""
SHORT: Final = 1_000
"""Elements of a list up to which the shortest edit is looked for."""
QUEUE: Final = 200_000
"""Elements of a list up to which it is compared as a queue."""
_CONTEXT: Final = 64
"""Bytes of a string's changed stretch that are told."""


@dataclass(frozen=True, slots=True)
class Facets:
    """A value in plain form: what it consists of, each part by its name."""

    keyed: Mapping[str, Mapping[bytes, object]] = field(default_factory=dict)
    """``field`` -> {name: value}, ``member`` -> {name: score}, ``entry`` -> {id: fields} and so on."""
    sequence: Sequence[bytes] | None = None
    """A list's elements."""
    text: bytes | bytearray | None = None
    """A string."""


NOTHING: Final = Facets()


def facets_of(snapshot: Snapshot) -> Facets:
    """The plain form of what a snapshot holds, which may be less than the whole value."""
    value = snapshot.value
    if isinstance(value, bytes):
        return Facets(text=value)
    if isinstance(value, Map):
        name = {"hash": "field", "stream": "entry", "vectorset": "element"}.get(snapshot.type, "member")
        return Facets({name: {key: part for key, part in value.pairs if isinstance(key, bytes)}})
    items = [item for item in value if isinstance(item, bytes)] if isinstance(value, list) else []
    return Facets(sequence=items) if snapshot.type == "list" else Facets({"member": dict.fromkeys(items)})


def difference(
    before: Facets, after: Facets, *, limit: int = PARTS, shown: Callable[[object], Reply] | None = None
) -> tuple[tuple[Part, ...], int]:
    """The parts that differ.

    Args:
        before: `NOTHING` where there was no key.
        after: likewise.
        limit: parts that are returned.
        shown: turns a part's value into what a person is shown; asked for those that are returned only.

    Returns:
        The first parts and how many there are in all.
    """
    found = _parts(before, after)
    first = tuple(islice(found, limit))
    total = len(first) + sum(1 for _ in found)
    if shown is not None:
        first = tuple(
            Part(part.kind, part.what, part.name, part.index, shown(part.before), shown(part.after)) for part in first
        )
    return first, total


def _parts(before: Facets, after: Facets) -> Iterator[Part]:
    if before.text is not None and after.text is not None:
        yield from _of_string(bytes(before.text), bytes(after.text))
    if before.sequence is not None or after.sequence is not None:
        yield from _of_list(before.sequence or (), after.sequence or ())
    for what in dict.fromkeys([*before.keyed, *after.keyed]):
        old, new = before.keyed.get(what, {}), after.keyed.get(what, {})
        if what == "last id" and not _tells_more(old, new, after.keyed.get("entry", {})):
            continue
        yield from _of_names(what, old, new)


def _tells_more(old: Mapping[bytes, object], new: Mapping[bytes, object], entries: Mapping[bytes, object]) -> bool:
    """A stream's last id is told where nothing else tells it: not of a new stream, nor of the entry that has it."""
    return bool(old and new) and not any(last in entries for last in new.values())


def _of_string(old: bytes, new: bytes) -> Iterator[Part]:
    if old == new:
        return
    head, tail = _common(old, new)
    gone, come = old[head : len(old) - tail], new[head : len(new) - tail]
    yield Part(PartKind.CHANGED, "bytes", None, head, gone[:_CONTEXT], come[:_CONTEXT])


def _of_names(what: str, old: Mapping[bytes, object], new: Mapping[bytes, object]) -> Iterator[Part]:
    for name, value in old.items():
        if name not in new:
            yield _part(PartKind.REMOVED, what, name, before=value)
        elif new[name] != value:
            yield _part(PartKind.CHANGED, what, name, before=value, after=new[name])
    for name, value in new.items():
        if name not in old:
            yield _part(PartKind.ADDED, what, name, after=value)


def _part(kind: PartKind, what: str, name: bytes, *, before: object = None, after: object = None) -> Part:
    return Part(kind, what, name, None, before, after)  # type: ignore[arg-type]  # made a reply by `shown`, where it is none


def _element(kind: PartKind, index: int, *, before: bytes | None = None, after: bytes | None = None) -> Part:
    return Part(kind, "element", None, index, before, after)


def _of_list(old: Sequence[bytes], new: Sequence[bytes]) -> Iterator[Part]:
    head, tail = _common(old, new)
    gone, come = len(old) - head - tail, len(new) - head - tail
    same = 0
    if gone and come and len(old) + len(new) <= QUEUE:
        same = sum(one == other for one, other in zip(old[head : head + gone], new[head : head + come], strict=False))
        popped, pushed, kept = _as_queue(old, new)
        if kept > head + tail + same:
            yield from _ends(old, new, popped, pushed, kept)
            return
    if not gone or not come:
        yield from _stretch(old, new, head, tail)
    elif gone == come or gone + come > SHORT:
        yield from _in_place(old, new, head, gone, come)
    else:
        yield from _edited(old[head : head + gone], new[head : head + come], head)


def _common(old: Sequence[object], new: Sequence[object]) -> tuple[int, int]:
    """How much two sequences share at the beginning and, of the rest, at the end."""
    shortest = min(len(old), len(new))
    head = 0
    while head < shortest and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < shortest - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return head, tail


def _as_queue(old: Sequence[bytes], new: Sequence[bytes]) -> tuple[int, int, int]:
    """Elements gone from the left, elements come to the left, and how many lie between in both."""
    right = _overlap(old, new)  # the end of the old is the beginning of the new: taken left, added right
    left = _overlap(new, old)
    return (len(old) - right, 0, right) if right >= left else (0, len(new) - left, left)


def _overlap(first: Sequence[bytes], second: Sequence[bytes]) -> int:
    """The longest end of one sequence that the other begins with, in linear time."""
    borders = [0] * len(second)
    matched = 0
    for at in range(1, len(second)):
        while matched and second[at] != second[matched]:
            matched = borders[matched - 1]
        matched += second[at] == second[matched]
        borders[at] = matched
    matched = 0
    for item in first:
        if matched == len(second):
            matched = borders[matched - 1]
        while matched and item != second[matched]:
            matched = borders[matched - 1]
        matched += item == second[matched]
    return matched


def _ends(old: Sequence[bytes], new: Sequence[bytes], popped: int, pushed: int, kept: int) -> Iterator[Part]:
    for at in range(popped):
        yield _element(PartKind.POPPED_LEFT, at, before=old[at])
    for at in range(popped + kept, len(old)):
        yield _element(PartKind.POPPED_RIGHT, at, before=old[at])
    for at in range(pushed):
        yield _element(PartKind.PUSHED_LEFT, at, after=new[at])
    for at in range(pushed + kept, len(new)):
        yield _element(PartKind.PUSHED_RIGHT, at, after=new[at])


def _stretch(old: Sequence[bytes], new: Sequence[bytes], head: int, tail: int) -> Iterator[Part]:
    """One stretch came, or one went: at an end, or in the middle."""
    at_left = head == 0 and tail > 0
    for at in range(head, len(old) - tail):
        kind = PartKind.POPPED_LEFT if at_left else PartKind.REMOVED if tail else PartKind.POPPED_RIGHT
        yield _element(kind, at, before=old[at])
    for at in range(head, len(new) - tail):
        kind = PartKind.PUSHED_LEFT if at_left else PartKind.ADDED if tail else PartKind.PUSHED_RIGHT
        yield _element(kind, at, after=new[at])


def _in_place(old: Sequence[bytes], new: Sequence[bytes], head: int, gone: int, come: int) -> Iterator[Part]:
    for at in range(head, head + max(gone, come)):
        if at >= head + gone:
            yield _element(PartKind.ADDED, at, after=new[at])
        elif at >= head + come:
            yield _element(PartKind.REMOVED, at, before=old[at])
        elif old[at] != new[at]:
            yield _element(PartKind.CHANGED, at, before=old[at], after=new[at])


def _edited(old: Sequence[bytes], new: Sequence[bytes], offset: int) -> Iterator[Part]:
    for op, first, last, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if op == "equal":
            continue
        both = min(last - first, end - start)
        for step in range(both):
            at = offset + first + step
            yield _element(PartKind.CHANGED, at, before=old[first + step], after=new[start + step])
        for at in range(first + both, last):
            yield _element(PartKind.REMOVED, offset + at, before=old[at])
        for at in range(start + both, end):
            yield _element(PartKind.ADDED, offset + at, after=new[at])
