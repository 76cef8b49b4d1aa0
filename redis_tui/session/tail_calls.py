"""``return redis.call(…)`` made ``return (redis.call(…))``, so that the call keeps its line.

Lua 5.1 drops the frame of a function that ends in such a call, and with it the line a trace wants to tell. A call in
parentheses is no tail call, and yields the same, since `redis.call` and `redis.pcall` answer exactly one value. Pure
text in, text out; nothing but parentheses is put in, so lines stay where they are.

The decision a reader would question: a scanner of tokens, no parser. It looks for that one form; calls by another name
(``local call = redis.call``) are left alone, and so is a script that has something else under the name `redis`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_TOKEN = re.compile(
    rb"""(?P<skipped>\s+ | --\[(?P<remark>=*)\[.*?(?:\](?P=remark)\]|\Z) | --[^\n]*)
    | (?P<string>\[(?P<level>=*)\[.*?(?:\](?P=level)\]|\Z) | "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*')
    | (?P<word>[A-Za-z0-9_]+)
    | (?P<sign>.)""",
    re.DOTALL | re.VERBOSE,
)
_APIS = (b"redis", b"server")
_CALLS = (b"call", b"pcall")
_OPENS, _CLOSES = (b"(", b"[", b"{"), (b")", b"]", b"}")


class _Token(NamedTuple):
    text: bytes
    start: int
    end: int


def without_tail_calls(source: bytes) -> bytes:
    """The script with each ``return redis.call(…)`` in parentheses.

    Args:
        source: Lua; what does not parse comes back with its mistake in it.
    """
    tokens = [_Token(found[0], *found.span()) for found in _TOKEN.finditer(source) if found.lastgroup != "skipped"]
    if any(_names_another(tokens, at) for at in range(len(tokens))):
        return source
    spots: list[tuple[int, bytes]] = []
    for at in range(len(tokens)):
        end = _end_of_call(tokens, at + 1) if tokens[at].text == b"return" else None
        if end is not None:
            spots += [(tokens[at + 1].start, b"("), (tokens[end].end, b")")]
    parts, done = [], 0
    for place, sign in sorted(spots):
        parts += [source[done:place], sign]
        done = place
    return b"".join([*parts, source[done:]])


def _names_another(tokens: Sequence[_Token], at: int) -> bool:
    """Whether this is a place where `redis` is declared, assigned to or a parameter: then it may be anything."""
    if tokens[at].text not in _APIS:
        return False
    before = tokens[at - 1].text if at else b""
    after = tokens[at + 1].text if at + 1 < len(tokens) else b""
    return before in (b"local", b"function") or after == b"=" or (before in (b"(", b",") and after in (b")", b","))


def _end_of_call(tokens: Sequence[_Token], at: int) -> int | None:
    """Where a call of the API that begins here ends; None where it is none."""
    head = [token.text for token in tokens[at : at + 4]]
    if len(head) < 4 or head[0] not in _APIS or head[1] != b"." or head[2] not in _CALLS or head[3] != b"(":
        return None
    depth = 0
    for place in range(at + 3, len(tokens)):
        text = tokens[place].text
        depth += (text in _OPENS) - (text in _CLOSES)
        if depth == 0:
            return place
    return None
