"""Where two replies differ, place by place: structure first, text only where there is none.

Pure; knows replies, and not which runs they came from. A place is written as Lua would reach it, counting from 1
as redis-cli does: ``reply[2]["name"]``.

The decision a reader would question: lists of one length are compared element by element, and an edit is looked
for only where the lengths differ. A reply has its meaning by place far more often than by content.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Final

from redis_tui.record import dataclass
from redis_tui.render.spans import Line, Span
from redis_tui.render.text_difference import changed_lines
from redis_tui.render.trace import brief
from redis_tui.resp.inline import quote
from redis_tui.resp.types import Attributed, Map, Pairs, Reply, SetReply

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST: Final = 200
"""Places that are told one by one."""
_EDITABLE: Final = 1_000
"""Elements up to which the shortest edit of a list is looked for."""
_JSON: Final = 1_000_000
"""Bytes up to which a string is tried as JSON."""
_CONTEXT: Final = 24
_SHOWN: Final = 400


class Absent:
    """Nothing is there on that side."""


ABSENT: Final = Absent()


@dataclass(frozen=True, slots=True)
class Difference:
    """One place."""

    path: str
    before: Reply | Absent
    after: Reply | Absent
    text: tuple[str, ...] = ()
    """Of text of many lines: its differing lines, as diff writes them."""


def reply_differences(before: Reply, after: Reply, *, most: int = MOST) -> tuple[list[Difference], bool]:
    """Where two replies differ.

    Args:
        before: one reply.
        after: the other.
        most: places that are told.

    Returns:
        The places in order, and whether there are more.
    """
    found: list[Difference] = []
    for one in _walk("reply", before, after):
        if len(found) == most:
            return found, True
        found.append(one)
    return found, False


def _walk(path: str, before: Reply, after: Reply) -> Iterator[Difference]:
    if type(before) is type(after) and before == after and not isinstance(before, Sequence):
        return
    if isinstance(before, Attributed) and isinstance(after, Attributed):
        yield from _walk(path, before.reply, after.reply)
    elif isinstance(before, SetReply) and isinstance(after, SetReply):
        yield from _sets(path, before, after)
    elif isinstance(before, Map | Pairs) and isinstance(after, Map | Pairs):
        yield from _keyed(path, before.pairs, after.pairs)
    elif isinstance(before, list | tuple) and isinstance(after, list | tuple):
        yield from _lists(path, before, after)
    elif isinstance(before, bytes) and isinstance(after, bytes) and type(before) is type(after):
        yield from _texts(path, before, after)
    elif type(before) is not type(after) or before != after:
        yield Difference(path, before, after)


def _lists(path: str, before: Sequence[Reply], after: Sequence[Reply]) -> Iterator[Difference]:
    if len(before) == len(after) or max(len(before), len(after)) > _EDITABLE:
        for at in range(max(len(before), len(after))):
            place = f"{path}[{at + 1}]"
            if at >= len(before):
                yield Difference(place, ABSENT, after[at])
            elif at >= len(after):
                yield Difference(place, before[at], ABSENT)
            else:
                yield from _walk(place, before[at], after[at])
        return
    edits = SequenceMatcher(None, [repr(one) for one in before], [repr(one) for one in after], autojunk=False)
    for _, start, end, other_start, other_end in edits.get_opcodes():
        both = min(end - start, other_end - other_start)
        for at in range(both):
            yield from _walk(f"{path}[{start + at + 1}]", before[start + at], after[other_start + at])
        for at in range(start + both, end):
            yield Difference(f"{path}[{at + 1}]", before[at], ABSENT)
        for at in range(other_start + both, other_end):
            yield Difference(f"{path}[{at + 1}]", ABSENT, after[at])


def _sets(path: str, before: SetReply, after: SetReply) -> Iterator[Difference]:
    old = {repr(item): item for item in before.items}
    new = {repr(item): item for item in after.items}
    for name, item in old.items():
        if name not in new:
            yield Difference(f"{path}{{}}", item, ABSENT)
    for name, item in new.items():
        if name not in old:
            yield Difference(f"{path}{{}}", ABSENT, item)


def _keyed(
    path: str, before: Sequence[tuple[Reply, Reply]], after: Sequence[tuple[Reply, Reply]]
) -> Iterator[Difference]:
    old: Mapping[str, Reply] = {_key(key): value for key, value in before}
    new: Mapping[str, Reply] = {_key(key): value for key, value in after}
    for key, value in old.items():
        if key not in new:
            yield Difference(f"{path}[{key}]", value, ABSENT)
        else:
            yield from _walk(f"{path}[{key}]", value, new[key])
    for key, value in new.items():
        if key not in old:
            yield Difference(f"{path}[{key}]", ABSENT, value)


def _key(key: Reply) -> str:
    return quote(key) if isinstance(key, bytes) else "".join(span.text for span in brief(key))


def _texts(path: str, before: bytes, after: bytes) -> Iterator[Difference]:
    if before == after:
        return
    one, other = _from_json(before), _from_json(after)
    if one is not None and other is not None:
        places = list(_walk(f"{path} as JSON ", one, other))
        if places:
            yield from places
            return
    if b"\n" in before or b"\n" in after:
        yield Difference(path, before, after, _edited(before, after))
        return
    yield Difference(path, before, after)


def _from_json(text: bytes) -> Reply:
    """An object or an array of JSON as a reply; None where it is neither."""
    if text[:1] not in (b"{", b"[") or len(text) > _JSON:
        return None
    try:
        return _as_reply(json.loads(text))
    except (ValueError, RecursionError):
        return None


def _as_reply(value: Any) -> Reply:
    if isinstance(value, dict):
        return Map([(str(key).encode(), _as_reply(part)) for key, part in value.items()])
    if isinstance(value, list):
        return [_as_reply(part) for part in value]
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value


def _edited(before: bytes, after: bytes) -> tuple[str, ...]:
    old, new = (text.decode("utf-8", "replace").splitlines() for text in (before, after))
    return tuple(changed_lines(old, new, around=1))


def two_sides(difference: Difference) -> tuple[Line, Line]:
    """What is on either side; of long texts from where they differ on."""
    before, after = difference.before, difference.after
    if type(before) is bytes and type(after) is bytes and max(len(before), len(after)) > _CONTEXT * 2:
        at = next((at for at, (one, other) in enumerate(zip(before, after, strict=False)) if one != other), None)
        at = min(len(before), len(after)) if at is None else at
        if at > _CONTEXT:
            return _from(before, at), _from(after, at)
    return _side(before), _side(after)


def _from(text: bytes, at: int) -> Line:
    start = at - _CONTEXT // 2
    part = text[start : start + _SHOWN]
    more = "…" if start + _SHOWN < len(text) else ""
    return [Span(f"…{quote(part)}{more}", "text"), Span(f"  from byte {at:,} of {len(text):,}", "dim")]


def _side(value: Reply | Absent) -> Line:
    return [Span("not there", "faint")] if isinstance(value, Absent) else brief(value, limit=_SHOWN)
