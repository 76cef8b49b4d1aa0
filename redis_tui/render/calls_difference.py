"""The calls of two runs, aligned: the first that differs is named, what is the same is folded.

Pure; knows trace rows. The decision a reader would question: calls are the same by command and arguments, not by
their line. A line that was put in at the top of a script would otherwise make every call another one.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

from redis_tui.render.command import command_line
from redis_tui.render.side import SAME, Section, beside
from redis_tui.render.spans import Line, Span
from redis_tui.render.trace import brief

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from redis_tui.session.base import ScriptOutcome, TraceRow

_ALIGNED: Final = 1_500
"""Calls between the common beginning and the common end up to which they are aligned, and not paired in order."""
_ROWS: Final = 400
"""Rows that are shown."""
_AROUND: Final = 2
"""Calls shown before and behind those that differ."""
_COMMAND: Final = 200

Pair = tuple[int | None, int | None]
"""The places of a call in both runs, from 0; None where one has none."""


def calls_section(
    a: ScriptOutcome, b: ScriptOutcome, *, traced: tuple[bool, bool], columns: int, stacked: bool
) -> Section:
    """The calls of two outcomes.

    Args:
        a: one.
        b: the other.
        traced: whether the calls of either were asked for.
        columns: width of the screen.
        stacked: the sides one under the other.
    """
    missing = [name for name, is_known in zip("AB", traced, strict=True) if not is_known]
    if missing:
        told = "neither was traced" if len(missing) == 2 else f"{missing[0]} was not traced"
        return Section("Calls", f"{told} (F7 does)", [], differs=False)
    pairs = aligned(a.trace, b.trace)
    signs = [_sign(a.trace, b.trace, pair) for pair in pairs]
    first = next((at for at, sign in enumerate(signs) if sign != "="), None)
    if first is None:
        lines = _cut_note(a, b)
        return Section("Calls", SAME, lines, differs=False)
    lines = [_named(a.trace, b.trace, pairs[first]), []]
    for row in _rows(signs):
        if len(lines) > _ROWS:
            lines.append([Span(f"the first {_ROWS:,} rows; there are more", "dim")])
            break
        if isinstance(row, str):
            lines.append([Span(row, "faint")])
            continue
        left, right = pairs[row]
        sides = _call(a.trace, left), _call(b.trace, right)
        lines += beside(sides[0], signs[row], sides[1], columns=columns, stacked=stacked)
    place = pairs[first][0] if pairs[first][0] is not None else pairs[first][1]
    return Section("Calls", f"from call {(place or 0) + 1:,} on", [*lines, *_cut_note(a, b)], differs=True)


def aligned(a: Sequence[TraceRow], b: Sequence[TraceRow]) -> list[Pair]:
    """Which call of one run is which of the other."""
    shorter = min(len(a), len(b))
    start = next((at for at in range(shorter) if a[at].command != b[at].command), shorter)
    room = shorter - start
    end = next((at for at in range(room) if a[-1 - at].command != b[-1 - at].command), room)
    middle = list(_middle(a[start : len(a) - end], b[start : len(b) - end]))
    return [
        *((at, at) for at in range(start)),
        *((None if x is None else x + start, None if y is None else y + start) for x, y in middle),
        *((len(a) - end + at, len(b) - end + at) for at in range(end)),
    ]


def _middle(a: Sequence[TraceRow], b: Sequence[TraceRow]) -> Iterator[Pair]:
    if max(len(a), len(b)) > _ALIGNED:
        for at in range(max(len(a), len(b))):
            yield at if at < len(a) else None, at if at < len(b) else None
        return
    matcher = SequenceMatcher(None, [row.command for row in a], [row.command for row in b], autojunk=False)
    for _, start, end, other_start, other_end in matcher.get_opcodes():
        for at in range(max(end - start, other_end - other_start)):
            yield (
                start + at if start + at < end else None,
                other_start + at if other_start + at < other_end else None,
            )


def _sign(a: Sequence[TraceRow], b: Sequence[TraceRow], pair: Pair) -> str:
    left, right = pair
    if left is None:
        return ">"
    if right is None:
        return "<"
    same = a[left].command == b[right].command and a[left].reply == b[right].reply
    return "=" if same else "≠"


def _named(a: Sequence[TraceRow], b: Sequence[TraceRow], pair: Pair) -> Line:
    """The first difference in a sentence."""
    left, right = pair
    if left is None or right is None:
        rows, at, name = (b, right, "B") if left is None else (a, left, "A")
        assert at is not None  # a pair has one side at least
        what = f"First difference: call {at + 1:,}, line {rows[at].line or '?'}, is made by {name} only: "
        return [Span(what, "warning"), *command_line(rows[at].command, limit=_COMMAND)]
    one, other = a[left], b[right]
    if one.command == other.command:
        what = f"First difference: call {left + 1:,}, line {one.line or '?'}, is the same and is answered differently."
        return [Span(what, "warning")]
    lines = f"{one.line or '?'} of A, {other.line or '?'} of B"
    return [Span(f"First difference: call {left + 1:,} is another one (line {lines}).", "warning")]


def _rows(signs: Sequence[str]) -> Iterator[int | str]:
    """The places to show, and sentences for what is folded."""
    near = {place for at, sign in enumerate(signs) if sign != "=" for place in range(at - _AROUND, at + _AROUND + 1)}
    folded = 0
    for at in range(len(signs)):
        if at not in near:
            folded += 1
            continue
        if folded:
            yield _folded(folded)
            folded = 0
        yield at
    if folded:
        yield _folded(folded)


def _folded(count: int) -> str:
    return f"  … {count:,} call{'' if count == 1 else 's'} the same"


def _call(rows: Sequence[TraceRow], at: int | None) -> Line:
    if at is None:
        return []
    row = rows[at]
    return [
        Span(f"{row.line or '?':>4}  ", "dim"),
        *command_line(row.command, limit=_COMMAND),
        Span("  →  ", "dim"),
        *brief(row.reply),
    ]


def _cut_note(a: ScriptOutcome, b: ScriptOutcome) -> list[Line]:
    cut = [
        f"of {name} the first {len(side.trace):,} of {side.trace_total:,}"
        for name, side in (("A", a), ("B", b))
        if side.trace_total > len(side.trace)
    ]
    return [[Span(f"Compared: {', '.join(cut)} calls.", "dim")]] if cut else []
