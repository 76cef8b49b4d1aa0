"""Two runs beside each other: what they took, were given, answered, changed and called.

Pure; knows runs and outcomes, and not who keeps them. Both sides are cut to their half of the screen where they
stand side by side, and whole where they stand one under the other.

The decision a reader would question: times to live are compared by what was left at the end of each run. The moment
of expiry of two runs a second apart always differs, and says nothing.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from redis_tui.quantity import size_text
from redis_tui.record import dataclass
from redis_tui.render.calls_difference import calls_section
from redis_tui.render.changes import change_lines
from redis_tui.render.reply_difference import reply_differences, two_sides
from redis_tui.render.side import SAME, Section, beside, labelled
from redis_tui.render.spans import Line, Span, plain
from redis_tui.render.summary import flowed, time_text
from redis_tui.render.text_difference import changed_lines
from redis_tui.resp.inline import join_inline

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from redis_tui.session.base import Change, ScriptOutcome, ScriptRun

_PARTS: Final = 200
_LABEL, _FIGURE = 14, 16
_NOTABLE: Final = 1.2
"""From which ratio on a figure counts as another one; times are never the same twice."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One of the two runs."""

    title: str
    """``run 3``."""
    run: ScriptRun
    outcome: ScriptOutcome
    ended_ms: float
    """Unix time in milliseconds."""


def compare(a: Compared, b: Compared, *, columns: int, stacked: bool) -> list[Section]:
    """All that can be compared of two runs.

    Args:
        a: one run.
        b: the other.
        columns: width of the screen.
        stacked: the sides one under the other, uncut.

    Returns:
        The sections, of which the first tells what the others hold.
    """
    sections = [
        _figures(a, b),
        _given(a, b, columns, stacked=stacked),
        _source(a, b),
        _reply(a, b, columns, stacked=stacked),
        _changes(a, b, columns, stacked=stacked),
        calls_section(a.outcome, b.outcome, traced=(a.run.trace, b.run.trace), columns=columns, stacked=stacked),
        _log(a, b),
    ]
    return [_verdict(sections[1:], columns), *sections]


def _verdict(sections: Sequence[Section], columns: int) -> Section:
    differing = [f"{one.title.lower()}: {one.told}" for one in sections if one.differs]
    same = [one.title.lower() for one in sections if not one.differs and one.told == SAME]
    untold = [f"{one.title.lower()}: {one.told}" for one in sections if not one.differs and one.told != SAME]
    rows = (
        ("≠ ", "warning", "Differing", differing),
        ("= ", "success", "The same", same),
        ("? ", "dim", "Not known", untold),
    )
    lines: list[Line] = []
    if not differing:
        lines.append([Span("✓ ", "success"), Span("No difference but in what they took.", "strong")])
    for mark, style, word, parts in rows:
        told = flowed([[Span(part, "text" if mark == "≠ " else "dim")] for part in parts], columns - _LABEL)
        lines += [
            [Span(mark if not at else "  ", style), Span(f"{word if not at else '':<{_LABEL - 2}}", "strong"), *line]
            for at, line in enumerate(told)
        ]
    return Section("", "", lines, differs=False)


# ── figures ────────────────────────────────────────────────────────────────


def _figures(a: Compared, b: Compared) -> Section:
    head = f"{'':<{_LABEL}}{'A':>{_FIGURE}}{'B':>{_FIGURE}}{'B / A':>10}"
    lines: list[Line] = [[Span(head, "dim")]]
    rows: tuple[tuple[str, Callable[[ScriptOutcome], float | None], Callable[[float], str]], ...] = (
        ("time", lambda outcome: outcome.duration_ms, time_text),
        ("instructions", lambda outcome: outcome.instructions, _count),
        ("memory", lambda outcome: outcome.memory_peak, lambda size: size_text(int(size))),
        ("calls", lambda outcome: outcome.trace_total or None, _count),
        ("keys named", lambda outcome: outcome.touched_total or len(outcome.touched) or None, _count),
        ("keys changed", lambda outcome: outcome.changes_total or len(outcome.changes), _count),
    )
    for label, figure, text in rows:
        one, other = figure(a.outcome), figure(b.outcome)
        if one is None and other is None:
            continue
        sides = "".join(f"{'–' if side is None else text(side):>{_FIGURE}}" for side in (one, other))
        ratio, style = _ratio(one, other)
        lines.append([Span(f"{label:<{_LABEL}}", "dim"), Span(sides, "text"), Span(f"{ratio:>10}", style)])
    return Section("What they took", "", lines, differs=False)


def _ratio(one: float | None, other: float | None) -> tuple[str, str]:
    if one is None or other is None or not one:
        return "", "dim"
    ratio = other / one
    if one == other:
        return "=", "dim"
    text = f"{ratio:.2f}×" if ratio < 100 else f"{ratio:,.0f}×"
    if 1 / _NOTABLE < ratio < _NOTABLE:
        return text, "text"
    return f"{'▲' if ratio > 1 else '▼'} {text}", "warning" if ratio > 1 else "success"


def _count(number: float) -> str:
    return f"{number:,.0f}"


# ── what they were given ───────────────────────────────────────────────────


def _given(a: Compared, b: Compared, columns: int, *, stacked: bool) -> Section:
    rows: tuple[tuple[str, Callable[[ScriptRun], str]], ...] = (
        ("KEYS", lambda run: join_inline(run.keys)),
        ("ARGV", lambda run: join_inline(run.args)),
        ("limit", lambda run: "" if run.timeout_ms is None else f"{run.timeout_ms:,} ms"),
        ("database", lambda run: "" if run.db is None else str(run.db)),
        ("kind", lambda run: "dry run" if run.dry_run else "read-only run" if run.read_only else "run"),
    )
    lines: list[Line] = []
    names = []
    for name, text in rows:
        one, other = text(a.run), text(b.run)
        if one != other:
            names.append(name)
            sides = [[Span(side or "none", "text" if side else "faint")] for side in (one, other)]
            lines += labelled(name, sides[0], sides[1], columns=columns, stacked=stacked)
    return Section("Arguments", ", ".join(names) or SAME, lines, differs=bool(lines))


def _source(a: Compared, b: Compared) -> Section:
    lines = _text_difference(a.run.source, b.run.source)
    count = sum(line[0].text in "+-" for line in lines)
    told = SAME if not lines else f"{count:,} line{'' if count == 1 else 's'}"
    return Section("Script", told, lines, differs=bool(lines))


_TONES: Final = {"+": "after", "-": "before", "@": "dim"}


def _text_difference(before: bytes, after: bytes) -> list[Line]:
    """Differing lines of two texts with those around them."""
    if before == after:
        return []
    old, new = (text.decode("utf-8", "replace").splitlines() for text in (before, after))
    rows = changed_lines(old, new, around=2)
    return [
        [Span(row[:1], _TONES.get(row[:1], "dim")), Span(f" {row[1:]}", _TONES.get(row[:1], "text"))] for row in rows
    ] or [[Span("~", "dim"), Span(" the ends of lines alone", "dim")]]


def _log(a: Compared, b: Compared) -> Section:
    one, other = (
        b"\n".join(b"%-8b %b" % (line.level.encode(), line.message) for line in side.outcome.log) for side in (a, b)
    )
    lines = _text_difference(one, other)
    told = SAME if not lines else f"{sum(line[0].text in '+-' for line in lines):,} lines"
    return Section("Log", told, lines, differs=bool(lines))


# ── what came of them ──────────────────────────────────────────────────────


def _reply(a: Compared, b: Compared, columns: int, *, stacked: bool) -> Section:
    found, more = reply_differences(a.outcome.reply, b.outcome.reply)
    lines: list[Line] = []
    for one in found:
        if one.text:
            lines.append([Span(one.path, "title")])
            lines += [[Span(row, _TONES.get(row[:1], "text"))] for row in one.text]
        else:
            left, right = two_sides(one)
            lines += labelled(one.path, left, right, columns=columns, stacked=stacked)
    if more:
        lines.append([Span(f"the first {len(found):,} places; there are more", "dim")])
    places = f"{len(found):,}{'+' if more else ''} place{'' if len(found) == 1 else 's'}"
    return Section("Reply", places if found else SAME, lines, differs=bool(found))


def _changes(a: Compared, b: Compared, columns: int, *, stacked: bool) -> Section:
    sides = [{(change.db, change.key): change for change in one.outcome.changes} for one in (a, b)]
    keys = list(dict.fromkeys((*sides[0], *sides[1])))
    lines: list[Line] = []
    differing = 0
    for key in keys:
        one, other = sides[0].get(key), sides[1].get(key)
        left, right = _told(one, a.ended_ms), _told(other, b.ended_ms)
        if (
            one is not None
            and other is not None
            and (one == other or (_alike(one, other) and plain(left) == plain(right)))
        ):
            continue
        differing += 1
        lines += _both(left, right, columns, stacked=stacked)
    if differing and len(keys) > differing:
        lines.append([Span(f"{len(keys) - differing:,} other keys changed alike", "dim")])
    for one_side, name in ((a, "A"), (b, "B")):
        if one_side.outcome.changes_total > len(one_side.outcome.changes):
            known = f"of {name} only {len(one_side.outcome.changes):,} of {one_side.outcome.changes_total:,} are known"
            lines.append([Span(known, "dim")])
    told = f"{differing:,} key{'' if differing == 1 else 's'}" if differing else SAME
    return Section("Changes", told, lines, differs=bool(differing))


def _both(left: list[Line], right: list[Line], columns: int, *, stacked: bool) -> list[Line]:
    """What happened to one key: row by row beside each other, but all of A above all of B."""
    if stacked:
        sides = (("A", left), ("B", right))
        return [[Span(f"  {name} ", "warning"), *line] for name, side in sides for line in side]
    lines: list[Line] = []
    for one, other in zip_longest(left, right, fillvalue=()):
        mark = "=" if plain([one]) == plain([other]) else "≠"
        lines += beside([*one], mark, [*other], columns=columns, stacked=False)
    return lines


def _told(change: Change | None, ended_ms: float) -> list[Line]:
    if change is None:
        return [[Span("not changed", "faint")]]
    return change_lines(change, limit=_PARTS, now_ms=ended_ms)


def _alike(one: Change, other: Change) -> bool:
    """The same values before and after, whenever they expire."""
    sides = (one.before, other.before), (one.after, other.after)
    return all(replace(x, expires_at_ms=None) == replace(y, expires_at_ms=None) for x, y in sides)
