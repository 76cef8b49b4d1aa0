"""Lua 5.1 as Redis runs it, in styled spans, one line at a time.

Knows what Redis adds to the language (``redis``, ``server``, ``KEYS``, ``ARGV``, ``cjson``…)
and what it takes away. This module must not know any interface library.

The decision a reader would question: a scanner of our own, with a pygments lexer on top
(`render.lua_lexer`), not pygments' LuaLexer under an editor. An editor needs the state at
the end of each line, and pygments keeps none between lines.
"""

from __future__ import annotations

import re
from typing import Final, TypeAlias

from redis_tui.render.spans import Line, Span

LexState: TypeAlias = int
"""What a line hands to the next: 0 in code; ``n + 1`` in a long string of level n, ``-(n + 1)`` in a
long comment of level n; ``DOUBLE`` or ``SINGLE`` in a quoted string continued by a backslash."""

START: Final[LexState] = 0
DOUBLE: Final[LexState] = 1_000_001
SINGLE: Final[LexState] = 1_000_002

KEYWORDS: Final = frozenset(
    (  # noqa: SIM905  # words to read, not a list to scroll through
        "and break do else elseif end false for function if in local nil not or repeat return then true until while"
    ).split()
)
FUNCTIONS: Final = frozenset(
    (  # noqa: SIM905  # words to read, not a list to scroll through
        "assert collectgarbage error gcinfo getmetatable ipairs load loadstring next pairs pcall rawequal "
        "rawget rawset select setmetatable tonumber tostring type unpack xpcall"
    ).split()
)
LIBRARIES: Final = frozenset(
    (  # noqa: SIM905  # words to read, not a list to scroll through
        "bit cjson cmsgpack coroutine math os string struct table"
    ).split()
)

_STYLES: Final = {
    **dict.fromkeys(KEYWORDS, "lua.keyword"),
    **dict.fromkeys(FUNCTIONS | LIBRARIES, "lua.builtin"),
    **dict.fromkeys(("KEYS", "ARGV"), "lua.keys"),
    **dict.fromkeys(("redis", "server"), "lua.redis"),
}

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<redis>\b(?:redis|server)\s*\.\s*[A-Za-z_]\w*)
    |(?P<library>\b(?:bit|cjson|cmsgpack|coroutine|math|os|string|struct|table)\.[A-Za-z_]\w*)
    |(?P<name>[A-Za-z_]\w*)
    |(?P<number>0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<quoted>"(?:[^"\\]|\\.)*(?:"|\\$)?|'(?:[^'\\]|\\.)*(?:'|\\$)?)
    |(?P<dashes>--)?\[(?P<level>=*)\[
    |(?P<comment>--.*)
    |(?P<field>[.:][A-Za-z_]\w*)
    |(?P<operator>\.\.\.?|[=~<>]=|.)
    """,
    re.VERBOSE,
)
_REST_OF_QUOTED = {
    DOUBLE: re.compile(r'(?:[^"\\]|\\.)*(?:"|\\$)?'),
    SINGLE: re.compile(r"(?:[^'\\]|\\.)*(?:'|\\$)?"),
}
_GROUP_STYLES = {
    "space": "text",
    "redis": "lua.redis",
    "library": "lua.builtin",
    "number": "lua.number",
    "comment": "lua.comment",
    "field": "lua.name",
    "operator": "lua.operator",
}


def highlight_line(line: str, state: LexState = START) -> tuple[Line, LexState]:
    """The spans of one line, which together are the line, and the state for the next.

    Args:
        line: without its newline.
        state: what the line before handed over; `START` for the first.
    """
    if state == START and line.startswith("#!"):
        return [Span(line, "lua.comment")], START
    spans: Line = []
    at = 0
    if state != START:
        at, state, style = _leave(line, state)
        if at:
            spans.append(Span(line[:at], style))
    end = len(line)
    match_at = _TOKEN.match
    while at < end and state == START:
        match = match_at(line, at)
        assert match is not None  # the last alternative takes any character
        start, at, group = at, match.end(), match.lastgroup
        if group == "name":
            text = match.group()
            spans.append(Span(text, _STYLES.get(text, "lua.name")))
        elif group == "quoted":
            style, state = _quoted(match.group())
            spans.append(Span(match.group(), style))
        elif group == "level":
            size = len(match.group("level")) + 1
            at, state, style = _leave(line, -size if match.group("dashes") else size, at)
            spans.append(Span(line[start:at], style))
        else:
            spans.append(Span(match.group(), _GROUP_STYLES[group or "operator"]))
    return spans, state


def highlight(source: str) -> list[Line]:
    """The spans of a whole text, line by line."""
    lines: list[Line] = []
    state = START
    for text in source.split("\n"):
        spans, state = highlight_line(text, state)
        lines.append(spans)
    return lines


def is_open(source: str) -> bool:
    """Whether a text ends inside a string, a long comment, a bracket or a block: more lines are wanted."""
    depth = 0
    state = START
    for text in source.split("\n"):
        spans, state = highlight_line(text, state)
        depth += sum(_DEPTH.get(span.text, 0) for span in spans if span.style in ("lua.keyword", "lua.operator"))
    return state != START or depth > 0


# `while … do` and `for … do` open once, at their `do`; `elseif … then` opens nothing.
_DEPTH = {"(": 1, "{": 1, "[": 1, ")": -1, "}": -1, "]": -1} | {
    "function": 1,
    "do": 1,
    "if": 1,
    "repeat": 1,
    "end": -1,
    "until": -1,
}


def _leave(line: str, state: LexState, at: int = 0) -> tuple[int, LexState, str]:
    """Where the string or comment under way ends in this line, the state after it, and its style."""
    if state in _REST_OF_QUOTED:
        match = _REST_OF_QUOTED[state].match(line, at)
        assert match is not None
        style, state = _quoted(("" if state == SINGLE else '"') + match.group(), single=state == SINGLE)
        return match.end(), state, style
    style = "lua.comment" if state < 0 else "lua.string"
    close = "]" + "=" * (abs(state) - 1) + "]"
    found = line.find(close, at)
    return (len(line), state, style) if found < 0 else (found + len(close), START, style)


def _quoted(text: str, *, single: bool = False) -> tuple[str, LexState]:
    """Style of a quoted string and the state after it; one that its line does not close is an error."""
    single = single or text[:1] == "'"
    mark = "'" if single else '"'
    body = text[1:] if text[:1] == mark else text
    if body.endswith(mark) and not _ends_escaped(body[:-1]):
        return "lua.string", START
    if _ends_escaped(body):
        return "lua.string", SINGLE if single else DOUBLE
    return "lua.error", START


def _ends_escaped(text: str) -> bool:
    return (len(text) - len(text.rstrip("\\"))) % 2 == 1
