"""Tries a script with each of its presets, and judges the replies that are expected: a small test runner.

Knows the session, no face. The decision a reader would question: each is a dry run. All then begin with the
same data, so replies can be compared and expected, and nobody finds twenty sets of arguments written to a server.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from redis_tui.record import dataclass
from redis_tui.render.reply import cli_lines
from redis_tui.render.spans import Line, Span, plain, width
from redis_tui.render.summary import time_text
from redis_tui.render.trace import brief
from redis_tui.session.library import run_loaded

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from redis_tui.presets import Preset
    from redis_tui.resp.types import Reply
    from redis_tui.session.base import ScriptOutcome, ScriptRun, Session

_NAME = 24
_REPLY = 40


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one preset."""

    preset: Preset
    run: ScriptRun
    outcome: ScriptOutcome

    @property
    def text(self) -> str:
        """The reply as redis-cli prints it."""
        return reply_text(self.outcome.reply)

    @property
    def passed(self) -> bool | None:
        """Whether it is as expected; an error that nobody expects is not, None where nothing is to be judged."""
        if self.preset.reply is None:
            return False if self.outcome.error else None
        return self.text == self.preset.reply.strip("\n")


def reply_text(reply: Reply) -> str:
    """A reply as redis-cli prints it, without the last line's end: what a preset expects."""
    return plain(cli_lines(reply, resp=2)).rstrip("\n")


async def try_presets(session: Session, wanted: ScriptRun, presets: Sequence[Preset]) -> AsyncIterator[Tried]:
    """Runs a script dry with each preset, one after the other, until one is killed by hand.

    Args:
        session: where.
        wanted: the script; its keys, arguments and limit are the presets' own.
        presets: in their order.

    Yields:
        What came of each.

    Raises:
        RedisTuiError: a limit is no time, or the session broke.
    """
    for preset in presets:
        run = replace(
            wanted,
            keys=preset.keys,
            args=preset.args,
            name=f"{wanted.name}: {preset.name}",
            dry_run=True,
            changes=True,
            timeout_ms=preset.timeout_ms,
        )
        outcome = await run_loaded(session, run, _never)
        yield Tried(preset, run, outcome)
        if outcome.killed and not outcome.timed_out:
            return


async def _never(_name: str) -> bool:
    """A dry run has its library loaded for itself: there is nothing to replace for others."""
    return False


def tried_lines(tried: Sequence[Tried]) -> list[Line]:
    """One line a preset: whether it is as expected, name, reply, time, keys that would change; then what differs."""
    head = f"   {'preset':<{_NAME}} {'reply':<{_REPLY}} {'time':>10}  changes"
    lines: list[Line] = [[Span(head, "title")]]
    for one in tried:
        lines.append(_line(one))
        if one.passed is False and one.preset.reply is not None:
            for sign, text, tone in (("-", one.preset.reply.strip("\n"), "before"), ("+", one.text, "after")):
                said = {"-": "expected", "+": "is"}[sign]
                rows = text.split("\n")
                lines.append([Span(f"     {sign} {said:<9}", "dim"), Span(rows[0], tone)])
                lines += [[Span(f"{'':<16}"), Span(row, tone)] for row in rows[1:]]
    lines += [[], [Span(f" {summary(tried)}", "dim")]]
    return lines


def tried_json(tried: Sequence[Tried]) -> str:
    """One line of JSON: a list of what came of each preset."""
    rows = [
        {
            "preset": one.preset.name,
            "passed": one.passed,
            "reply": one.text,
            "expected": one.preset.reply,
            "duration_ms": round(one.outcome.duration_ms, 3),
            "changes_total": one.outcome.changes_total,
            "timed_out": one.outcome.timed_out,
        }
        for one in tried
    ]
    return json.dumps({"presets": rows, "passed": all(one.passed is not False for one in tried)}, ensure_ascii=False)


def summary(tried: Sequence[Tried]) -> str:
    """How many are as expected."""
    counts = {wanted: sum(one.passed is wanted for one in tried) for wanted in (True, False, None)}
    parts = ((True, "as expected"), (False, "not as expected"), (None, "without an expected reply"))
    return " · ".join(f"{counts[wanted]} {text}" for wanted, text in parts if counts[wanted])


def _line(one: Tried) -> Line:
    reply = brief(one.outcome.reply, limit=_REPLY)
    space = " " * max(0, _REPLY - width(reply))
    changes = max(one.outcome.changes_total, len(one.outcome.changes))
    sign, tone = {True: ("✓", "success"), False: ("✗", "danger"), None: (" ", "dim")}[one.passed]
    name = one.preset.name if len(one.preset.name) <= _NAME else one.preset.name[: _NAME - 1] + "…"
    return [
        Span(f" {sign} ", tone),
        Span(f"{name:<{_NAME}} ", "strong"),
        *reply,
        Span(f"{space} {time_text(one.outcome.duration_ms):>10}  ", "dim"),
        Span(f"{changes} {'key' if changes == 1 else 'keys'}", "text" if changes else "dim"),
    ]
