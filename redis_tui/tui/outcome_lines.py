"""A run's outcome as styled lines for the tabs of the Result pane. Pure; knows no widget.

The decision a reader would question: the Reply tab repeats, below the reply, which keys
changed in one line each. After a run that is the second question everybody has, and it
should not cost a key press.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.render.error import explain
from redis_tui.render.reply import cli_lines
from redis_tui.render.spans import Line, Span
from redis_tui.resp.inline import quote
from redis_tui.resp.types import ErrorReply

if TYPE_CHECKING:
    from redis_tui.session.base import Change, LogLine, ScriptOutcome, Snapshot

_SHORT = 60


def reply_lines(outcome: ScriptOutcome, source: bytes) -> list[Line]:
    """The Reply tab: the reply or the error taken apart, the changed keys, and notes."""
    if outcome.error is None:
        lines = list(cli_lines(outcome.reply))
    else:
        lines = [[Span("✗ ", "danger"), *line] if at == 0 else line for at, line in enumerate(_error(outcome, source))]
    if outcome.changes:
        lines += [[], *(change_headline(change, dry=outcome.dry_run) for change in outcome.changes[:8])]
        if outcome.changes_total > 8:
            lines.append([Span(f"… {outcome.changes_total - 8:,} more in Changes", "dim")])
    if outcome.notes:
        lines += [[], *([Span(note, "dim")] for note in outcome.notes)]
    return lines


def _error(outcome: ScriptOutcome, source: bytes) -> list[Line]:
    assert outcome.error is not None
    if outcome.killed:
        return [[Span("The script was killed. ", "danger"), Span("The next run can start.", "dim")]]
    return explain(outcome.error, source)


def log_lines(log: tuple[LogLine, ...]) -> list[Line]:
    """The Log tab."""
    tones = {"warning": "warning", "notice": "text"}
    return [
        [Span(f"{line.level:<8} ", tones.get(line.level, "dim")), Span(line.message.decode("utf-8", "replace"), "text")]
        for line in log
    ]


def change_headline(change: Change, *, dry: bool = False) -> Line:
    """One key's change on one line: ``rate:alice  string  2 → 3   TTL unchanged``."""
    before, after = change.before, change.after
    kind = after.type if after.type != "none" else before.type
    head = [Span(_name(change.key), "changed"), Span(f"  {kind}  ", "dim")]
    if before.type == "none":
        what = [Span("new ", "success"), Span(_sum(after), "after")]
    elif after.type == "none":
        what = [Span(_sum(before), "before"), Span(" → ", "text"), Span("deleted", "danger")]
    elif _same_value(before, after):
        what = [Span("value unchanged", "dim")]
    else:
        what = [Span(_sum(before), "before"), Span(" → ", "text"), Span(_sum(after), "after")]
    tail = [Span(_expiry(before, after), "dim")]
    return head + what + tail + ([Span("   would change", "warning")] if dry else [])


def _same_value(before: Snapshot, after: Snapshot) -> bool:
    return (before.type, before.value, before.size) == (after.type, after.value, after.size) and not after.cut


def _expiry(before: Snapshot, after: Snapshot) -> str:
    if before.expires_at_ms == after.expires_at_ms or after.type == "none":
        return ""
    if after.expires_at_ms is None:
        return "   TTL removed"
    return "   TTL set" if before.expires_at_ms is None else "   TTL changed"


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
    """The Result pane's lower border: time, calls, changed keys."""
    parts = [f"{outcome.duration_ms:.2f} ms"]
    if outcome.trace_total:
        parts.append(f"{outcome.trace_total:,} call{'' if outcome.trace_total == 1 else 's'}")
    count = outcome.changes_total or len(outcome.changes)
    if count:
        verb = "would change" if outcome.dry_run else "changed"
        parts.append(f"{count:,} key{'' if count == 1 else 's'} {verb}")
    if outcome.killed:
        parts.append("killed")
    elif isinstance(outcome.reply, ErrorReply):
        parts.append("error")
    else:
        parts.append("ok")
    return " · ".join((["dry run"] if outcome.dry_run else []) + parts)
