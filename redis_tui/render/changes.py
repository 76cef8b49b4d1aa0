"""Changed keys as lines: what was there before and what is there now, by field or member.

A string shows both values, a collection only the elements that differ. This module must
not know sessions' workings; it is handed `Change` values.

The decision a reader would question: a long string that changed is not shown whole, but where
it differs: a bitmap or a counter of distinct things is thousands of bytes, of which one is news.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Final

from redis_tui.render.spans import Line, Span
from redis_tui.resp.encoder import format_double
from redis_tui.resp.inline import join_inline, quote
from redis_tui.session.base import Part, PartKind
from redis_tui.session.difference import NOTHING, difference, facets_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from redis_tui.resp.types import Reply
    from redis_tui.session.base import Change, Snapshot

LONG: Final = 120
"""Bytes of a string above which only the place that changed is shown."""
_SIGNS: Final = {
    PartKind.ADDED: ("+", "success", "after"),
    PartKind.PUSHED_LEFT: ("+", "success", "after"),
    PartKind.PUSHED_RIGHT: ("+", "success", "after"),
    PartKind.REMOVED: ("-", "danger", "before"),
    PartKind.POPPED_LEFT: ("-", "danger", "before"),
    PartKind.POPPED_RIGHT: ("-", "danger", "before"),
    PartKind.CHANGED: ("~", "text", "text"),
}
_VERBS: Final = {
    PartKind.ADDED: "added",
    PartKind.PUSHED_LEFT: "pushed",
    PartKind.PUSHED_RIGHT: "pushed",
    PartKind.REMOVED: "removed",
    PartKind.POPPED_LEFT: "popped",
    PartKind.POPPED_RIGHT: "popped",
    PartKind.CHANGED: "changed",
}
_AT_ENDS: Final = frozenset((PartKind.PUSHED_LEFT, PartKind.PUSHED_RIGHT, PartKind.POPPED_LEFT, PartKind.POPPED_RIGHT))
_TOLD: Final = {
    "field time": "TTL of",
    "group": "group",
    "consumer": "consumer",
    "pending": "pending",
    "last id": "last id",
}


def change_lines(change: Change, *, limit: int = 20, now_ms: float | None = None) -> list[Line]:
    """One key's change: a headline, then a line for each part that differs.

    Args:
        change: the key before and after.
        limit: most parts shown; the rest is counted.
        now_ms: Unix time that remaining times are counted from; None is now.
    """
    now = time.time() * 1000 if now_ms is None else now_ms
    lines = [_headline(change), *_string_lines(change)]
    parts, total = _difference(change)
    if not _is_told_by_place(change):
        parts = [part for part in parts if part.what != "bytes"]
        total = max(len(parts), total - 1) if change.before.type == change.after.type == "string" else total
    lines += [_part_line(part, change, now) for part in parts[:limit]]
    hidden = total - min(limit, len(parts))
    if hidden > 0:
        lines.append([Span(f"    … {hidden:,} more", "dim")])
    if _cut(change):
        lines.append([Span("    only the first elements were kept for comparing", "dim")])
    if ttl := _ttl_line(change, now):
        lines.append(ttl)
    return lines


def brief_change(change: Change, *, now_ms: float) -> Line:
    """What differs within a collection that was there before and after, on a piece of a line.

    Args:
        change: of a key whose type stayed.
        now_ms: Unix time that remaining times are counted from.

    Returns:
        The part itself where one differs, else how many came, went and changed; nothing where none is known of.
    """
    parts, total = _difference(change)
    if total == 1 and parts:
        sign, *line = _part_line(parts[0], change, now_ms)
        return [Span(sign.text.lstrip(), sign.style), *line]
    counts: dict[str, int] = {}
    for part in parts:
        counts[_VERBS[part.kind]] = counts.get(_VERBS[part.kind], 0) + 1
    told = ", ".join(f"{count:,} {verb}" for verb, count in counts.items())
    return [Span(told if total == len(parts) else f"{total:,} parts differ", "text")] if parts else []


def changes_lines(
    changes: Sequence[Change], total: int | None = None, *, limit: int = 20, now_ms: float | None = None
) -> list[Line]:
    """All changes of a run.

    Args:
        changes: in the order of their first touch.
        total: keys changed, where it is larger than the list.
        limit: most parts shown of each key.
        now_ms: Unix time that remaining times are counted from; None is now.
    """
    if not changes:
        return [[Span("nothing changed", "dim")]]
    lines = [line for change in changes for line in change_lines(change, limit=limit, now_ms=now_ms)]
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
    if change.renamed_from is not None:
        what = f"renamed from {join_inline([change.renamed_from])}"
    size = "" if kind == "string" or before.size == after.size else f"  {before.size:,} → {after.size:,}"
    database = f"  db{change.db}" if change.db else ""
    tail = "".join(f"  {part}" for part in (kind, what) if part)
    return [Span(f"{mark} ", style), Span(join_inline([change.key]), "changed"), Span(tail + size + database, "dim")]


def _difference(change: Change) -> tuple[list[Part], int]:
    """What differs, and how much that is in all; of another type, all of the old and all of the new."""
    before, after = change.before, change.after
    replaced = before.type != after.type and "none" not in (before.type, after.type)
    old = facets_of(before)
    parts: Sequence[Part]
    if change.parts is None:
        parts, total = difference(NOTHING if replaced else old, facets_of(after))
    else:
        parts, total = change.parts, change.parts_total
    if not replaced:
        return list(parts), total
    gone, gone_total = difference(old, NOTHING)
    return [*gone, *parts], gone_total + total


def _string_lines(change: Change) -> Iterator[Line]:
    """A string that came, went or changed; of a long one that changed, `_difference` tells the place."""
    before, after = change.before, change.after
    old = _string(before) if before.type == "string" else None
    new = _string(after) if after.type == "string" else None
    if old == new:
        return
    if old is None or new is None:
        if old is not None:
            yield _removed(old)
        if new is not None:
            yield _added(new)
    elif _is_told_by_place(change):
        yield [Span("    ", "text"), Span(f"{before.size:,} → {after.size:,} bytes", "dim")]
    else:
        yield [Span("    ", "text"), *_arrow(old, new)]


def _is_told_by_place(change: Change) -> bool:
    longest = max(change.before.size, change.after.size)
    return longest > LONG and bool(change.parts) and change.before.type == change.after.type == "string"


def _part_line(part: Part, change: Change, now_ms: float) -> Line:
    sign, style, side = _SIGNS[part.kind]
    line = [Span(f"    {sign} ", style), *_label(part, side)]
    value_of = partial(remaining, now_ms=now_ms) if part.what == "field time" else _shown
    before, after = value_of(part.before), value_of(part.after)
    if part.kind is PartKind.CHANGED:
        line += [Span(" " if part.index is not None else "  ", "text"), *_arrow(before, after)]
    elif shown := (after if side == "after" else before):
        line += [Span(" " if part.index is not None else "  ", "text"), Span(shown, side)]
    if part.kind in _AT_ENDS and change.before.type == change.after.type:
        line.append(Span(f"  {part.kind.value}", "dim"))
    return line


def _label(part: Part, side: str) -> Line:
    if part.name is None:
        return [Span(f"[{part.index}]" if part.what == "element" else f"at byte {part.index:,}", "dim")]
    words = {"entry": part.name.decode("latin-1"), "last id": ""}.get(part.what, quote(part.name))
    told = _TOLD.get(part.what, "")
    return [*([Span(f"{told} " if words else told, "dim")] if told else []), Span(words, side)]


def _ttl_line(change: Change, now_ms: float) -> Line | None:
    before, after = change.before.expires_at_ms, change.after.expires_at_ms
    if before == after or change.after.type == "none":
        return None
    label = Span("    TTL  ", "dim")
    if change.before.type == "none":
        return [label, Span(remaining(after, now_ms), "after")]
    return [
        label,
        Span(remaining(before, now_ms), "before"),
        Span(" → ", "dim"),
        Span(remaining(after, now_ms), "after"),
    ]


def remaining(expires_at_ms: Reply, now_ms: float) -> str:
    """How long something still has: ``58 s``, ``1.5 s``, or ``none`` where it stays forever.

    Args:
        expires_at_ms: Unix time in milliseconds.
        now_ms: the same, from when on it is counted.
    """
    if not isinstance(expires_at_ms, int):
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


def _shown(value: Reply) -> str:
    if isinstance(value, bytes):
        return quote(value)
    if isinstance(value, list):
        return " ".join(_shown(item) for item in value)
    if value is None:
        return ""
    return format_double(value).decode() if isinstance(value, float) else str(value)


def _added(text: str) -> Line:
    return [Span("    + ", "success"), Span(text, "after")]


def _removed(text: str) -> Line:
    return [Span("    - ", "danger"), Span(text, "before")]


def _arrow(before: str, after: str) -> Line:
    return [Span(before, "before"), Span(" → ", "dim"), Span(after, "after")]
