"""A reply as a tree of nodes: what it is, how many children it has, what each is called.

Pure; knows no view. The decision a reader would question: nodes are counted from 0, as JSON, jq and the clients of
nearly all languages do, though redis-cli and Lua count from 1. What is called ``[3].name`` here is found
under that name in a program that reads the reply.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from redis_tui.late_pattern import late_pattern
from redis_tui.render.export import json_string, json_text
from redis_tui.render.spans import Line, Span
from redis_tui.resp.encoder import format_double
from redis_tui.resp.inline import quote
from redis_tui.resp.types import (
    Attributed,
    BigNumber,
    ErrorReply,
    Map,
    Pairs,
    Push,
    Reply,
    SetReply,
    Several,
    Status,
    Verbatim,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

Path = tuple[int, ...]
"""Which child of which child; empty for the reply itself."""

_NAME = late_pattern(r"[A-Za-z_][A-Za-z0-9_]*")
_SHOWN_BYTES = 240
"""Of a string in one row."""
_PREVIEW = 48
"""Columns of a folded node that tell what is in it."""
_WORDS: tuple[tuple[type, str, str, str], ...] = (
    (Map, "map", "pair", "pairs"),
    (Pairs, "pairs", "pair", "pairs"),
    (SetReply, "set", "member", "members"),
    (Push, "push", "element", "elements"),
    (Several, "replies", "reply", "replies"),
    (Sequence, "array", "element", "elements"),
)


def count_of(reply: Reply) -> int | None:
    """How many children; None for a leaf."""
    if isinstance(reply, bytes):
        return None
    if isinstance(reply, Attributed):
        return count_of(reply.reply)
    if isinstance(reply, Map | Pairs):
        return len(reply.pairs)
    if isinstance(reply, SetReply | Push | Several):
        return len(reply.items)
    return len(reply) if isinstance(reply, Sequence) else None


def child_of(reply: Reply, at: int) -> Reply:
    """One child, by its number from 0."""
    if isinstance(reply, Attributed):
        return child_of(reply.reply, at)
    if isinstance(reply, Map | Pairs):
        return reply.pairs[at][1]
    if isinstance(reply, SetReply | Push | Several):
        return reply.items[at]
    assert isinstance(reply, Sequence)
    return reply[at]


def step_to(reply: Reply, at: int) -> str:
    """How a child is written in a path: ``[3]``, ``.name``, ``["two words"]``; the score of a pair is ``[3][1]``."""
    if isinstance(reply, Attributed):
        return step_to(reply.reply, at)
    if isinstance(reply, Pairs):
        return f"[{at}][1]"
    if not isinstance(reply, Map):
        return f"[{at}]"
    key = reply.pairs[at][0]
    if not isinstance(key, bytes):
        return f"[{json_text(key)}]"
    name = json_string(key)
    return f".{name}" if _NAME.fullmatch(name) else f"[{json.dumps(name, ensure_ascii=False)}]"


def label_of(reply: Reply, at: int) -> Span:
    """What stands before a child: its number, its field."""
    if isinstance(reply, Attributed):
        return label_of(reply.reply, at)
    if isinstance(reply, Map | Pairs):
        key = reply.pairs[at][0]
        if isinstance(key, bytes):
            text = json_string(key[:_SHOWN_BYTES])
            plain = text.isprintable() and bool(text) and " " not in text and len(key) <= _SHOWN_BYTES
            return Span(text if plain else _quoted(key), "key")
        return Span(json_text(key), "key")
    return Span(f"[{at}]", "reply.index")


def path_text(reply: Reply, path: Path) -> str:
    """The path of a node as people write it; ``.`` is the whole reply, as for jq."""
    steps = []
    for at in path:
        steps.append(step_to(reply, at))
        reply = child_of(reply, at)
    return "".join(steps) or "."


def node_at(reply: Reply, path: Path) -> Reply:
    """The node at a path."""
    for at in path:
        reply = child_of(reply, at)
    return reply


def nodes_of(reply: Reply) -> Iterator[tuple[Path, Line]]:
    """All nodes in the order of the tree, each with its row; what a node holds stands in its own rows alone."""
    yield (), node_line(reply, is_open=True)
    stack: list[tuple[Path, Reply, int, int]] = [((), reply, 0, count_of(reply) or 0)]
    while stack:
        path, parent, at, count = stack.pop()
        if at >= count:
            continue
        stack.append((path, parent, at + 1, count))
        value = child_of(parent, at)
        here = (*path, at)
        yield here, [label_of(parent, at), Span("  "), *node_line(value, is_open=True)]
        inner = count_of(value)
        if inner:
            stack.append((here, value, 0, inner))


def type_of(reply: Reply) -> str:
    """What RESP calls it: ``map``, ``double``, ``verbatim txt``."""
    if isinstance(reply, Attributed):
        return type_of(reply.reply)
    if isinstance(reply, bool):
        return "boolean"
    if isinstance(reply, Verbatim):
        return f"verbatim {reply.format.decode('latin-1')}"
    for kind, word in _LEAVES:
        if isinstance(reply, kind):
            return word
    return next((word for kind, word, _, _ in _WORDS if isinstance(reply, kind)), "null")


_LEAVES: tuple[tuple[type, str], ...] = (
    (int, "integer"),
    (float, "double"),
    (Status, "status"),
    (bytes, "string"),
    (BigNumber, "big number"),
    (ErrorReply, "error"),
)


def size_text(reply: Reply) -> str:
    """``3 pairs``, ``12 bytes``; nothing for a number."""
    count = count_of(reply)
    if count is not None:
        inner = reply.reply if isinstance(reply, Attributed) else reply
        _, _, one, many = next(words for words in _WORDS if isinstance(inner, words[0]))
        return f"{count:,} {one if count == 1 else many}"
    text = reply.text if isinstance(reply, Verbatim) else reply
    if isinstance(text, bytes) and not isinstance(text, Status):
        return f"{len(text):,} byte{'' if len(text) == 1 else 's'}"
    return ""


def node_line(reply: Reply, *, is_open: bool = False) -> Line:
    """One row: a leaf with its type, or the type and the number of children with what a folded one holds."""
    if isinstance(reply, Attributed):
        return node_line(reply.reply, is_open=is_open)
    if count_of(reply) is not None:
        head = [Span(f"({type_of(reply)}) ", "reply.type"), Span(size_text(reply), "text")]
        return head if is_open else [*head, Span(_preview(reply), "dim")]
    if isinstance(reply, bytes) and not isinstance(reply, Status):
        cut = len(reply) > _SHOWN_BYTES
        return [Span(_quoted(reply), "reply.string"), Span(f"  {size_text(reply)}" if cut else "", "dim")]
    if reply is None or type_of(reply) == "null":
        return [Span("(null)", "reply.null")]
    text, style = _leaf(reply)
    return [Span(f"({type_of(reply)}) ", "reply.type"), Span(text, style)]


def _leaf(reply: Reply) -> tuple[str, str]:
    if isinstance(reply, bool):
        return ("true" if reply else "false"), "reply.boolean"
    if isinstance(reply, float):
        return format_double(reply).decode(), "reply.double"
    if isinstance(reply, BigNumber):
        return reply.digits.decode("latin-1"), "reply.integer"
    if isinstance(reply, Verbatim):
        return _quoted(reply.text), "reply.string"
    if isinstance(reply, ErrorReply):
        return reply.line.decode("utf-8", "backslashreplace"), "reply.error"
    if isinstance(reply, Status):
        return reply.decode("utf-8", "backslashreplace"), "reply.status"
    return str(reply), "reply.integer"


def _quoted(data: bytes) -> str:
    return quote(data) if len(data) <= _SHOWN_BYTES else quote(data[:_SHOWN_BYTES])[:-1] + "…"


def _preview(reply: Reply) -> str:
    """The first children in a few columns: ``name: "Ann", age: …``."""
    parts: list[str] = []
    size, count = 0, count_of(reply) or 0
    for at in range(count):
        value = child_of(reply, at)
        inner = count_of(value)
        text = "…" if inner else short_text(value, _PREVIEW)
        label = label_of(reply, at)
        parts.append(f"{label.text}: {text}" if label.style == "key" else text)
        size += len(parts[-1]) + 2
        if size > _PREVIEW:
            break
    if not parts:
        return ""
    whole = "  " + ", ".join(parts)
    if len(parts) < count or len(whole) > _PREVIEW:
        return whole[: _PREVIEW - 1].rstrip(", ") + "…"
    return whole


def short_text(reply: Reply, room: int) -> str:
    """A leaf without its type, cut at a width; an aggregate as its type and size."""
    if count_of(reply) is not None:
        text = f"({type_of(reply)}) {size_text(reply)}"
    elif isinstance(reply, bytes) and not isinstance(reply, Status):
        text = quote(reply[: room + 1])
    else:
        text = "null" if reply is None or type_of(reply) == "null" else _leaf(reply)[0]
    return text if len(text) <= room else text[: room - 1] + "…"
