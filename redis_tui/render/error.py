"""An error in its context: the source around it with a caret, what it means, what to do next.

Sessions take a reply apart into a `ScriptError`, this explains it. It must not know where a script came from.

The decision a reader would question: the caret stands under the name that the message tells, and under the whole
line where it tells none. Lua gives a line and never a column.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from redis_tui.render.advice import Advice, advise
from redis_tui.render.cells import cells
from redis_tui.render.lua import START, highlight_line
from redis_tui.render.spans import Line, Span

if TYPE_CHECKING:
    from redis_tui.session.base import ScriptError, ScriptOutcome

_AROUND = 2
"""Lines of source shown before and after the one in question."""


def explain(error: ScriptError, source: bytes | str = b"") -> list[Line]:
    """An error of a script for people: message, source with a caret, meaning, next step.

    Args:
        error: the error, taken apart.
        source: the script; without it only the error's own line is shown.
    """
    place = "" if error.line is None else f" (line {error.line})"
    lines: list[Line] = [[Span(f"{error.code} ", "reply.error"), Span(f"{error.message}{place}", "reply.error")]]
    if error.line is not None:
        lines += excerpt(error, source)
    if advice := _misspelt(error) or advise(error.code, error.message):
        lines.append([Span(advice.meaning, "text")])
        lines.append([Span("→ ", "hint"), Span(advice.action, "hint")])
    return lines


def _misspelt(error: ScriptError) -> Advice | None:
    """What was meant by ``redis.cal(…)``; None where it is not that."""
    found = _NO_FUNCTION.search(error.message)
    if found is None or error.source is None:
        return None
    called = re.search(rf"\b(redis|server)\s*\.\s*{found[1]}\b", error.source)
    near = get_close_matches(found[1], _API, n=1)
    if called is None or not near:
        return None
    return Advice(f"{called[1]} has no function of the name {found[1]}.", f"Did you mean {called[1]}.{near[0]}?")


def explain_outcome(outcome: ScriptOutcome, source: bytes | str) -> list[Line]:
    """`explain` for a run; no lines where it did not fail."""
    return [] if outcome.error is None else explain(outcome.error, source)


def excerpt(error: ScriptError, source: bytes | str) -> list[Line]:
    """The lines around an error, numbered, with a caret under what is wrong."""
    text = source.decode("utf-8", "replace") if isinstance(source, bytes) else source
    texts = text.removesuffix("\n").split("\n")
    at = error.line or 0
    if not text or not 1 <= at <= len(texts):
        if error.source is None:
            return []
        first, texts, shown = at, [error.source], 1
    else:
        first = max(1, at - _AROUND)
        shown = min(len(texts), at + _AROUND) - first + 1
    digits = len(str(first + shown - 1))
    lines: list[Line] = []
    state = START
    skipped = first - 1 if len(texts) > 1 else 0
    for number, line in enumerate(texts[: skipped + shown], first - skipped):
        spans, state = highlight_line(line.rstrip("\r").expandtabs(4), state)
        if number < first:
            continue
        mark = ">" if number == at else " "
        lines.append([Span(f"{mark} {number:{digits}} │ ", "danger" if number == at else "dim"), *spans])
        if number == at:
            column, size = _caret(line.rstrip("\r").expandtabs(4), error.message)
            lines.append([Span(f"  {'':{digits}} │ ", "dim"), Span(" " * column + "^" * size, "danger")])
    return lines


_NO_FUNCTION = re.compile(r"attempt to call field '(\w+)'")
_API = (
    *("call", "pcall", "log", "sha1hex", "error_reply", "status_reply", "setresp", "acl_check_cmd", "breakpoint"),
    *("debug", "register_function", "set_repl", "replicate_commands"),
)
"""Functions of the table `redis`."""
_NEAR = re.compile(r"near '([^'\n]+)'")
_NAMED = re.compile(r"(?:global variable|local|field|upvalue|global|method) '([\w?]+)'")


def _caret(line: str, message: str) -> tuple[int, int]:
    """At which cell to point, and how many: at the name or token that the message tells, else at the whole line."""
    for pattern in (_NEAR, _NAMED):
        found = pattern.search(message)
        if found and (match := re.search(rf"(?<!\w){re.escape(found[1])}(?!\w)", line)):
            return cells(line[: match.start()]), cells(match.group())
    start = len(line) - len(line.lstrip())
    return start, max(1, cells(line.strip()))
