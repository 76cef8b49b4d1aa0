"""What a run has to tell, as text for a terminal or as one JSON object.

Knows no session and no command line. The decision a reader would question: in JSON a
change's ``before`` and ``after`` are plain values (a string, a list, an object, null for no
key), not described ones, because that is what a script that reads them wants to compare.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from redis_tui.render.changes import changes_lines
from redis_tui.render.error import explain_outcome
from redis_tui.render.export import json_value, raw_text
from redis_tui.render.reply import cli_lines
from redis_tui.render.spans import plain
from redis_tui.render.summary import summary_line, touched_lines
from redis_tui.render.trace import trace_lines
from redis_tui.session.difference import NOTHING, PARTS, difference, facets_of

if TYPE_CHECKING:
    from redis_tui.session.base import Change, ScriptError, ScriptOutcome, SessionInfo, Snapshot, TraceRow
    from redis_tui.session.repeat import Repetition


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""What a script's text must not do to a terminal."""
_REPLACED = "\N{REPLACEMENT CHARACTER}"


def outcome_json(outcome: ScriptOutcome) -> str:
    """One line of JSON: reply, sha, duration_ms, trace, changes, log, error and what else is known."""
    return json.dumps(
        {
            "reply": None if outcome.error else json_value(outcome.reply),
            "sha": outcome.sha,
            "duration_ms": round(outcome.duration_ms, 3),
            "instructions": outcome.instructions,
            "memory_peak": outcome.memory_peak,
            "touched": [
                {"key": _text(one.key), "slot": one.slot, "declared": one.declared, "written": one.written}
                for one in outcome.touched
            ],
            "touched_total": outcome.touched_total,
            "trace": [_trace_json(row) for row in outcome.trace],
            "trace_total": outcome.trace_total,
            "changes": [_change_json(change) for change in outcome.changes],
            "changes_total": outcome.changes_total,
            "log": [{"level": line.level, "message": _text(line.message)} for line in outcome.log],
            "error": _error_json(outcome.error),
            "dry_run": outcome.dry_run,
            "killed": outcome.killed,
            "timed_out": outcome.timed_out,
            "notes": [*outcome.notes, *outcome.cluster_notes],
        },
        ensure_ascii=False,
    )


def outcome_text(
    outcome: ScriptOutcome, *, trace: bool, changes: bool, costs: SessionInfo | None = None, raw: bool = False
) -> bytes:
    """The reply as redis-cli prints it, then what was asked for.

    Args:
        outcome: the run.
        trace: its calls.
        changes: the keys that it changed.
        costs: where it ran; None leaves out what it took and the keys that it named.
        raw: the reply as it is, without quotes.
    """
    reply = raw_text(outcome.reply) if raw else plain(cli_lines(outcome.reply, resp=2)).encode()
    parts = [reply]
    if trace:
        parts.append(_trace_text(outcome).encode())
    if changes:
        parts.append(
            _section(
                "Changes",
                outcome.changes_total,
                plain(changes_lines(outcome.changes, outcome.changes_total, limit=PARTS)),
            )
        )
    if costs is not None:
        lines = [summary_line(outcome, costs), *touched_lines(outcome.touched, outcome.touched_total)]
        notes = "".join(f"{note}\n" for note in outcome.cluster_notes)
        parts.append(f"\nCosts\n{plain(lines)}\n{_CONTROL.sub(_REPLACED, notes)}".encode())
    return b"\n".join(part.rstrip(b"\n") for part in parts) + b"\n"


def repetition_json(found: Repetition) -> str:
    """One line of JSON: how many runs, what they took in milliseconds, the first failure, the last reply."""
    failure, last = found.first_failure, found.last
    return json.dumps(
        {
            "wanted": found.wanted,
            "runs": found.runs,
            "errors": found.errors,
            "median_ms": _rounded(found.median_ms),
            "p99_ms": _rounded(found.p99_ms),
            "worst_ms": _rounded(found.worst_ms),
            "total_ms": _rounded(found.total_ms),
            "round_trips": found.round_trips,
            "slow_log_ms": found.slow_log_ms,
            "is_slow": found.is_slow,
            "stopped": found.stopped,
            "sha": None if last is None else last.sha,
            "reply": None if last is None or last.error else json_value(last.reply),
            "error": _error_json(None if failure is None else failure.error),
            "dry_run": last is not None and last.dry_run,
            "notes": [] if last is None else list(last.notes),
        },
        ensure_ascii=False,
    )


def repetition_text(found: Repetition) -> str:
    """What many runs took, as a small table and a sentence on what that means for everybody else."""
    runs = f"{found.runs:,} {'run' if found.runs == 1 else 'runs'}"
    asked = f" of {found.wanted:,}, then stopped" if found.stopped else ""
    lines = [f"{runs}{asked}, {found.errors:,} {'error' if found.errors == 1 else 'errors'}"]
    if found.median_ms is None or found.worst_ms is None:
        return lines[0] + "\n"
    for name, value in (
        ("median", found.median_ms),
        ("p99", found.p99_ms),
        ("worst", found.worst_ms),
        ("total", found.total_ms),
    ):
        first = "  (the first run)" if name == "worst" and found.first_was_worst else ""
        lines.append(f"{name:<7}{value:>13,.3f} ms{first}")
    if found.is_local_copy:
        notes = () if found.last is None else found.last.notes
        return "\n".join([*lines, "Nobody waited: these runs took place here, and not on the server.", *notes]) + "\n"
    lines.append(
        f"Each run keeps every other client waiting: for {found.median_ms:,.3f} ms as a rule, "
        f"{found.worst_ms:,.3f} ms at worst{', the way to the server and back included' * found.round_trips}."
    )
    if found.is_slow:
        lines.append(
            f"Slow: the slow log of this server begins at {found.slow_log_ms:,g} ms (slowlog-log-slower-than)."
        )
    return "\n".join(lines) + "\n"


def outcome_remarks(outcome: ScriptOutcome, source: bytes) -> str:
    """For the error stream: the error in its context, redis.log lines, notes; empty where there is nothing."""
    # The error's own text is the reply and stands on the output already.
    lines = []
    if outcome.error:
        place = [] if outcome.error.line is None else [f"Line {outcome.error.line}:"]
        lines += [*place, plain(explain_outcome(outcome, source)[1:])]
    lines += [f"[{line.level}] {_text(line.message)}" for line in outcome.log]
    lines += outcome.notes
    return _CONTROL.sub(_REPLACED, "\n".join(lines))


def _rounded(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else round(milliseconds, 3)


def _error_json(error: ScriptError | None) -> dict[str, Any] | None:
    if error is None:
        return None
    return {"code": error.code, "message": error.message, "line": error.line, "source": error.source}


def _section(title: str, count: int, text: str) -> bytes:
    return f"\n{title} ({count})\n{text}".encode()


def _trace_text(outcome: ScriptOutcome) -> str:
    rows = plain(trace_lines(outcome.trace, outcome.trace_total)) or "  no calls"
    return f"\nTrace ({outcome.trace_total})\n{rows}"


def _trace_json(row: TraceRow) -> dict[str, Any]:
    return {
        "line": row.line,
        "command": [_text(word) for word in row.command],
        "reply": json_value(row.reply),
        "duration_us": None if row.duration_us is None else round(row.duration_us, 3),
    }


def _change_json(change: Change) -> dict[str, Any]:
    before, after = change.before, change.after
    parts, total = change.parts, change.parts_total
    if parts is None:
        parts, total = difference(facets_of(before) if before.type == after.type else NOTHING, facets_of(after))
    return {
        "db": change.db,
        "key": _text(change.key),
        "before": _value(before),
        "after": _value(after),
        "type": before.type if after.type == "none" else after.type,
        "before_expires_at_ms": before.expires_at_ms,
        "after_expires_at_ms": after.expires_at_ms,
        "cut": before.cut or after.cut,
        "action": _action(change),
        "renamed_from": None if change.renamed_from is None else _text(change.renamed_from),
        "parts": [
            {
                "op": part.kind.value,
                "what": part.what,
                "name": None if part.name is None else _text(part.name),
                "index": part.index,
                "before": json_value(part.before),
                "after": json_value(part.after),
            }
            for part in parts
        ],
        "parts_total": total,
    }


def _action(change: Change) -> str:
    before, after = change.before.type, change.after.type
    if after == "none":
        return "deleted"
    if change.renamed_from is not None:
        return "renamed"
    if before == "none":
        return "created"
    return "changed" if before == after else "replaced"


def _value(image: Snapshot) -> Any:
    return json_value(image.value)


def _text(data: bytes) -> str:
    return str(json_value(data))
