"""A Redis command line as styled spans, for prompts, traces and logs.

Lua inside EVAL is styled as Lua. This module must not know the catalog: what a word
*means* is the completer's business, and a prompt must stay quick with no catalog at all.

The decision a reader would question: `command_line` redacts, `highlight_command` does not.
The first shows what was sent, to anyone who looks at the screen; the second styles what
somebody is typing and must keep each character.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from redis_tui.late_pattern import late_pattern
from redis_tui.render.lua import START, highlight_line
from redis_tui.render.spans import Line, Span
from redis_tui.resp.inline import join_inline
from redis_tui.spec.redact import redact

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORD = late_pattern(
    r"""(?P<space>\s+)|(?P<double>"(?:[^"\\]|\\.)*"?)|(?P<single>'(?:[^'\\]|\\.)*'?)|(?P<word>[^\s"']+)""",
    re.VERBOSE | re.DOTALL,
)
_NUMBER = late_pattern(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_TOKEN = late_pattern(r"[A-Z][A-Z0-9_-]+")
_CONTAINERS = frozenset(
    (  # noqa: SIM905  # words to read, not a list to scroll through
        "acl client cluster command config debug function latency memory module object pubsub script slowlog "
        "xgroup xinfo"
    ).split()
)
_SCRIPT_AT = {"eval": 1, "eval_ro": 1, "script load": 2, "function load": 2}


def command_line(argv: Sequence[bytes], *, limit: int | None = None) -> Line:
    """A command as somebody would type it, secrets replaced, on one line.

    Args:
        argv: name and arguments.
        limit: longest line in characters; a longer one ends with ``…``.
    """
    text = join_inline(redact(argv))
    if limit is not None and len(text) > limit:
        text = text[: max(limit - 1, 0)] + "…"
    return highlight_command(text)[0]


def highlight_command(text: str) -> list[Line]:
    """The spans of a typed command, which together are the text; one list for each of its lines."""
    if text.lstrip().startswith("."):
        return _dot_lines(text)
    lines: list[Line] = [[]]
    position = 0
    name = ""
    for match in _WORD.finditer(text):
        group, word = match.lastgroup, match.group()
        if group == "space":
            _append(lines, word, "text")
            continue
        if _SCRIPT_AT.get(name) == position and group in ("double", "single"):
            _append_lua(lines, word)
        else:
            _append(lines, word, _style(word, group or "word", position, name))
        if position == 0:
            name = word.lower()
        elif position == 1 and name in ("script", "function"):
            name = f"{name} {word.lower()}"
        position += 1
    return lines


def _style(word: str, group: str, position: int, name: str) -> str:
    if position == 0:
        return "command.name"
    if group != "word":
        return "command.string"
    if position == 1 and name in _CONTAINERS:
        return "command.name"
    if _NUMBER.fullmatch(word):
        return "command.number"
    return "command.token" if _TOKEN.fullmatch(word) else "command.argument"


def _dot_lines(text: str) -> list[Line]:
    lines: list[Line] = [[]]
    head, space, rest = text.partition(" ")
    _append(lines, head, "command.name")
    _append(lines, space + rest, "command.argument")
    return lines


def _append(lines: list[Line], text: str, style: str) -> None:
    first, *others = text.split("\n")
    if first:
        lines[-1].append(Span(first, style))
    lines.extend([Span(other, style)] if other else [] for other in others)


def _append_lua(lines: list[Line], word: str) -> None:
    mark = word[0]
    closed = len(word) > 1 and word.endswith(mark)
    body = word[1:-1] if closed else word[1:]
    lines[-1].append(Span(mark, "command.string"))
    state = START
    for number, source in enumerate(body.split("\n")):
        if number:
            lines.append([])
        spans, state = highlight_line(source, state)
        lines[-1].extend(spans)
    if closed:
        lines[-1].append(Span(mark, "command.string"))
