"""Changed keys as lines: what was there before and what is there now, by field or member.

A string shows both values, a collection only the elements that differ. This module must
not know sessions' workings; it is handed `Change` values.

The decision a reader would question: lists are compared by position from whichever end
they share, not by a longest common subsequence. Pushes and pops are then exact, and a
list of a million elements costs one pass.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from redis_tui.render.spans import Line, Span
from redis_tui.resp.encoder import format_double
from redis_tui.resp.inline import join_inline, quote
from redis_tui.resp.types import Map, Reply

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from redis_tui.session.base import Change, Snapshot


def change_lines(change: Change, *, limit: int = 20, now_ms: float | None = None) -> list[Line]:
    """One key's change: a headline, then a line for each part that differs.

    Args:
        change: the key before and after.
        limit: most parts shown; the rest is counted.
        now_ms: Unix time that remaining times are counted from; None is now.
    """
    now = time.time() * 1000 if now_ms is None else now_ms
    lines = [_headline(change)]
    parts = list(_parts(change.before, change.after))
    lines += parts[:limit]
    if len(parts) > limit:
        lines.append([Span(f"    … {len(parts) - limit:,} more", "dim")])
    if _cut(change):
        lines.append([Span("    only the first elements were kept for comparing", "dim")])
    if ttl := _ttl_line(change, now):
        lines.append(ttl)
    return lines


def changes_lines(changes: Sequence[Change], total: int | None = None, *, limit: int = 20) -> list[Line]:
    """All changes of a run.

    Args:
        changes: in the order of their first touch.
        total: keys changed, where it is larger than the list.
        limit: most parts shown of each key.
    """
    if not changes:
        return [[Span("nothing changed", "dim")]]
    lines = [line for change in changes for line in change_lines(change, limit=limit)]
    if total is not None and total > len(changes):
        lines.append([Span(f"first {len(changes):,} of {total:,} keys", "dim")])
    return lines


def _headline(change: Change) -> Line:
    before, after = change.before, change.after
    kind = before.type if after.type == "none" else after.type
    if before.type == "none":
        mark, style, what = "+", "success", "created"
    elif after.type == "none":
        mark, style, what = "-", "danger", "deleted"
    elif before.type != after.type:
        mark, style, what = "~", "changed", f"was {before.type}"
    else:
        mark, style, what = "~", "changed", ""
    size = "" if kind == "string" or before.size == after.size else f"  {before.size:,} → {after.size:,}"
    database = f"  db{change.db}" if change.db else ""
    tail = "".join(f"  {part}" for part in (kind, what) if part)
    return [Span(f"{mark} ", style), Span(join_inline([change.key]), "changed"), Span(tail + size + database, "dim")]


def _parts(before: Snapshot, after: Snapshot) -> Iterator[Line]:
    if before.type not in (after.type, "none") and after.type != "none":
        yield from _parts_of(before, None, before.type)
        yield from _parts_of(None, after, after.type)
        return
    kind = before.type if after.type == "none" else after.type
    yield from _parts_of(before if before.type != "none" else None, after if after.type != "none" else None, kind)


def _parts_of(before: Snapshot | None, after: Snapshot | None, kind: str) -> Iterator[Line]:
    old = None if before is None else before.value
    new = None if after is None else after.value
    if kind == "list":
        yield from _list_parts(_sequence(old), _sequence(new))
    elif kind in ("hash", "zset", "set"):
        yield from _keyed_parts(_keyed(old), _keyed(new))
    else:
        yield from _string_parts(before, after)


def _string_parts(before: Snapshot | None, after: Snapshot | None) -> Iterator[Line]:
    old, new = _string(before), _string(after)
    if old == new:
        return
    if old is None or new is None:
        yield _added(new) if new is not None else _removed(old or "")
        return
    yield [Span("    ", "text"), *_arrow(old, new)]


def _keyed_parts(old: dict[bytes, str], new: dict[bytes, str]) -> Iterator[Line]:
    for name, value in old.items():
        shown = quote(name)
        if name not in new:
            yield [Span("    - ", "danger"), Span(shown, "before"), *_tail(value, "before")]
        elif new[name] != value:
            yield [
                Span(f"    ~ {shown}  ", "text"),
                Span(value, "before"),
                Span(" → ", "dim"),
                Span(new[name], "after"),
            ]
    for name, value in new.items():
        if name not in old:
            yield [Span("    + ", "success"), Span(quote(name), "after"), *_tail(value, "after")]


def _list_parts(old: Sequence[Reply], new: Sequence[Reply]) -> Iterator[Line]:
    head = 0
    shortest = min(len(old), len(new))
    while head < shortest and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < shortest - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    gone, come = old[head : len(old) - tail], new[head : len(new) - tail]
    for at in range(max(len(gone), len(come))):
        label = Span(f"[{head + at}] ", "dim")
        if at < len(gone) and at < len(come):
            if gone[at] == come[at]:
                continue
            yield [Span("    ~ ", "text"), label, *_arrow(_shown(gone[at]), _shown(come[at]))]
        elif at < len(gone):
            yield [Span("    - ", "danger"), label, Span(_shown(gone[at]), "before")]
        else:
            yield [Span("    + ", "success"), label, Span(_shown(come[at]), "after")]


def _ttl_line(change: Change, now_ms: float) -> Line | None:
    before, after = change.before.expires_at_ms, change.after.expires_at_ms
    if before == after or change.after.type == "none":
        return None
    label = Span("    TTL  ", "dim")
    if change.before.type == "none":
        return [label, Span(_remaining(after, now_ms), "after")]
    return [
        label,
        Span(_remaining(before, now_ms), "before"),
        Span(" → ", "dim"),
        Span(_remaining(after, now_ms), "after"),
    ]


def _remaining(expires_at_ms: int | None, now_ms: float) -> str:
    if expires_at_ms is None:
        return "none"
    left = max(0.0, (expires_at_ms - now_ms) / 1000)
    return f"{left:.1f} s" if left < 10 else f"{left:,.0f} s"


def _cut(change: Change) -> bool:
    return change.before.cut or change.after.cut


def _string(snapshot: Snapshot | None) -> str | None:
    if snapshot is None:
        return None
    if not isinstance(snapshot.value, bytes):
        return f"({snapshot.size:,} bytes)"
    return quote(snapshot.value) + (f"… ({snapshot.size:,} bytes)" if snapshot.cut else "")


def _sequence(value: Reply) -> Sequence[Reply]:
    return value if isinstance(value, list | tuple) else ()


def _keyed(value: Reply) -> dict[bytes, str]:
    """Fields or members with what belongs to them; a set's members have nothing."""
    if isinstance(value, Map):
        return {key: _shown(part) for key, part in value.pairs if isinstance(key, bytes)}
    return {member: "" for member in _sequence(value) if isinstance(member, bytes)}


def _shown(value: Reply) -> str:
    if isinstance(value, bytes):
        return quote(value)
    return format_double(value).decode() if isinstance(value, float) else str(value)


def _added(text: str) -> Line:
    return [Span("    + ", "success"), Span(text, "after")]


def _removed(text: str) -> Line:
    return [Span("    - ", "danger"), Span(text, "before")]


def _arrow(before: str, after: str) -> Line:
    return [Span(before, "before"), Span(" → ", "dim"), Span(after, "after")]


def _tail(value: str, style: str) -> Line:
    return [Span("  ", "text"), Span(value, style)] if value else []
