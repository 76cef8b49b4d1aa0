"""A run's outcome as styled lines for the tabs of the Result pane. Pure; knows no widget.

The decision a reader would question: the Reply tab repeats, below the reply, which keys
changed in one line each. After a run that is the second question everybody has, and it
should not cost a key press.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from redis_tui.render.changes import brief_change, remaining
from redis_tui.render.error import explain
from redis_tui.render.reply import stream_cli_lines
from redis_tui.render.reply_hint import reply_hints
from redis_tui.render.spans import Line, Span
from redis_tui.resp.inline import quote
from redis_tui.resp.types import ErrorReply

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from redis_tui.session.base import Change, LogLine, ScriptOutcome, Snapshot

_SHORT = 60


def stream_reply_lines(outcome: ScriptOutcome, source: bytes, *, now_ms: float | None = None) -> Iterator[Line]:
    """The Reply tab, made a line at a time: the reply or the error taken apart, the changed keys, and notes.

    Args:
        outcome: the run.
        source: its script.
        now_ms: Unix time that remaining times are counted from; None is now.
    """
    if outcome.dry_run:
        yield [Span("DRY RUN", "warning"), Span("  nothing of this was kept", "dim")]
    yield from _ending(outcome, source)
    if outcome.error is None:
        yield from ([Span(hint, "dim")] for hint in reply_hints(outcome.reply, source))
    yield from _below(outcome, now_ms)


def _below(outcome: ScriptOutcome, now_ms: float | None) -> list[Line]:
    """What stands below the reply."""
    lines: list[Line] = []
    notes: list[Line] = [[Span(note, "dim")] for note in outcome.notes]
    if outcome.killed:  # what became of its writes is the first question then
        lines += notes
    if outcome.changes:
        fate = _fate(outcome)
        if outcome.error is not None and not fate:
            lines += [[], [Span("What it wrote before the error stays:", "warning")]]
        else:
            lines.append([])
        lines += [change_headline(change, fate=fate, now_ms=now_ms) for change in outcome.changes[:8]]
        if outcome.changes_total > 8:
            lines.append([Span(f"… {outcome.changes_total - 8:,} more in Changes", "dim")])
    return lines if outcome.killed or not notes else [*lines, [], *notes]


def _ending(outcome: ScriptOutcome, source: bytes) -> Iterable[Line]:
    """The reply, or why there is none."""
    if outcome.timed_out:
        ended = "The next run can start." if outcome.killed else "The server does not end the script."
        return [[Span("✗ Timed out. ", "danger"), Span(ended, "dim")]]
    if outcome.killed:
        return [[Span("✗ The script was killed. ", "danger"), Span("The next run can start.", "dim")]]
    if outcome.error is None:
        return stream_cli_lines(outcome.reply, pieces=True)
    first, *others = explain(outcome.error, source)
    return [[Span("✗ ", "danger"), *first], *others]


def change_note(outcome: ScriptOutcome) -> list[Line]:
    """What stands above the changes where they were not kept."""
    titles = {"would change": "DRY RUN", "rolled back": "ROLLED BACK"}
    if title := titles.get(_fate(outcome)):
        return [[Span(title, "warning"), Span("  nothing of this was kept", "dim")], []]
    return []


def _fate(outcome: ScriptOutcome) -> str:
    """What became of the changes; empty where they stay."""
    if outcome.dry_run:
        return "would change"
    return "rolled back" if outcome.killed else ""


def log_lines(log: tuple[LogLine, ...]) -> list[Line]:
    """The Log tab."""
    tones = {"warning": "warning", "notice": "text"}
    return [
        [Span(f"{line.level:<8} ", tones.get(line.level, "dim")), Span(line.message.decode("utf-8", "replace"), "text")]
        for line in log
    ]


def change_headline(change: Change, *, fate: str = "", now_ms: float | None = None) -> Line:
    """One key's change on one line: ``rate:alice  string  2 → 3   TTL 58 s``.

    Args:
        change: the key before and after.
        fate: what became of it, where it did not stay.
        now_ms: Unix time that remaining times are counted from; None is now.
    """
    before, after = change.before, change.after
    now = time.time() * 1000 if now_ms is None else now_ms
    kind = after.type if after.type != "none" else before.type
    head = [Span(_name(change.key), "changed"), Span(f"  {kind}  ", "dim")]
    if before.type == "none":
        what = [Span("new ", "success"), Span(_sum(after), "after")]
    elif after.type == "none":
        what = [Span(_sum(before), "before"), Span(" → ", "text"), Span("deleted", "danger")]
    elif _same_value(before, after):
        what = [Span("value unchanged", "dim")]
    elif before.type == after.type != "string":
        what = _within(change, now)
    else:
        what = [Span(_sum(before), "before"), Span(" → ", "text"), Span(_sum(after), "after")]
    tail = [Span(_expiry(before, after, now), "dim")]
    return head + what + tail + ([Span(f"   {fate}", "warning")] if fate else [])


def _same_value(before: Snapshot, after: Snapshot) -> bool:
    return (before.type, before.value, before.size) == (after.type, after.value, after.size) and not after.cut


def _within(change: Change, now_ms: float) -> Line:
    """A collection that stays one: its size, and what differs in it."""
    before, after = change.before, change.after
    size = [Span(_sum(after), "text")]
    if before.size != after.size:
        size = [Span(f"{before.size:,}", "before"), Span(" → ", "text"), Span(_sum(after), "after")]
    told = brief_change(change, now_ms=now_ms)
    return [*size, Span("   ", "text"), *told] if told else size


def _expiry(before: Snapshot, after: Snapshot, now_ms: float) -> str:
    if before.expires_at_ms == after.expires_at_ms or after.type == "none":
        return ""
    if after.expires_at_ms is None:
        return f"   TTL {remaining(before.expires_at_ms, now_ms)} → none"
    left = remaining(after.expires_at_ms, now_ms)
    was = "" if before.expires_at_ms is None else f"{remaining(before.expires_at_ms, now_ms)} → "
    return f"   TTL {was}{left}"


def _sum(snapshot: Snapshot) -> str:
    if snapshot.type == "string":
        if not isinstance(snapshot.value, bytes):
            return f"{snapshot.size:,} bytes"
        text = _value(snapshot.value)
        return text if len(text) <= _SHORT else f"{text[:_SHORT]}… ({snapshot.size:,} bytes)"
    word = {"list": "element", "set": "member", "hash": "field", "zset": "member"}.get(snapshot.type, "item")
    return f"{snapshot.size:,} {word}{'' if snapshot.size == 1 else 's'}"


def _value(raw: bytes) -> str:
    text = raw.decode("utf-8", "replace")
    return text if text and text.isprintable() and text.encode() == raw and " " not in text else quote(raw)


def _name(key: bytes) -> str:
    text = key.decode("utf-8", "replace")
    return text if text.isprintable() and text.encode() == key else quote(key)


def headline(outcome: ScriptOutcome) -> str:
    """The Result pane's lower border: changed keys, and how it ended."""
    parts = ["dry run"] if outcome.dry_run else []
    count = outcome.changes_total or len(outcome.changes)
    if count:
        parts.append(f"{count:,} key{'' if count == 1 else 's'} {_fate(outcome) or 'changed'}")
    if outcome.timed_out:
        parts.append("timed out")
    elif outcome.killed:
        parts.append("killed")
    else:
        parts.append("error" if isinstance(outcome.reply, ErrorReply) else "ok")
    return " · ".join(parts)
