r"""Replies for machines: raw as redis-cli prints into a pipe, JSON, CSV, and bytes as a hex dump.

Raw and CSV are redis-cli 7.0.15's, byte for byte. This module must not know sessions.

The decision a reader would question: JSON differs from ``redis-cli --json`` where that
writes what no JSON parser reads. Bytes that are not UTF-8 become ``\\u00XX`` escapes, an
error becomes ``{"error": "…"}``, and ``inf`` and ``nan`` become strings.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from typing import Any

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
    Verbatim,
)

_ROW = 16
"""Bytes in one row of a hex dump."""
_CHUNK = 1 << 20


def raw_text(reply: Reply) -> bytes:
    """The reply as redis-cli writes it into a pipe, without the newline that it adds at the end."""
    children = _children(reply)
    if children is None:
        return _raw_leaf(reply)
    if isinstance(reply, Map):
        return b"\n".join(raw_text(key) + b" " + raw_text(value) for key, value in reply.pairs)
    return b"\n".join(map(raw_text, children))


def raw_chunks(reply: Reply) -> Iterator[bytes]:
    """`raw_text` in chunks of a megabyte at most."""
    if isinstance(reply, Attributed):
        yield from raw_chunks(reply.reply)
        return
    children = _children(reply)
    if children is None:
        leaf = _raw_leaf(reply)
        for at in range(0, len(leaf), _CHUNK):
            yield leaf[at : at + _CHUNK]
        return
    marks = (b" ", b"\n") if isinstance(reply, Map) else (b"\n",)
    for at, child in enumerate(children):
        if at:
            yield marks[(at - 1) % len(marks)]
        yield from raw_chunks(child)


def csv_text(reply: Reply) -> str:
    """One CSV line; nested arrays are flat in it. Strings are quoted as redis-cli quotes them."""
    children = _children(reply)
    if children is not None:
        return ",".join(map(csv_text, children))
    if reply is None:
        return "NULL"
    if isinstance(reply, bool):
        return "true" if reply else "false"
    if isinstance(reply, int):
        return str(reply)
    if isinstance(reply, float):
        return format_double(reply).decode()
    if isinstance(reply, ErrorReply):
        return f"ERROR,{quote(reply.line)}"
    if isinstance(reply, BigNumber):
        return reply.digits.decode("latin-1")
    if isinstance(reply, Verbatim):
        return quote(reply.text)
    return quote(reply) if isinstance(reply, bytes) else "NULL"


def json_text(reply: Reply, *, indent: int | None = None) -> str:
    """The reply as JSON text.

    Args:
        reply: any value of `resp.types`.
        indent: spaces a level; None writes one line without spaces, as redis-cli does.
    """
    separators = (",", ":") if indent is None else (",", ": ")
    return json.dumps(json_value(reply), ensure_ascii=False, indent=indent, separators=separators)


def json_value(reply: Reply) -> Any:
    """The reply as what `json.dumps` takes."""
    if reply is None or isinstance(reply, bool | int):
        return reply
    if isinstance(reply, float):
        return _json_number(reply)
    if isinstance(reply, bytes):
        return json_string(reply)
    if isinstance(reply, Verbatim):
        return json_string(reply.text)
    if isinstance(reply, BigNumber):
        return int(reply.digits)
    if isinstance(reply, ErrorReply):
        return {"error": json_string(reply.line)}
    if isinstance(reply, Map):
        return {_json_key(key): json_value(value) for key, value in reply.pairs}
    if isinstance(reply, Pairs):
        return [json_value(pair) for pair in reply.nested()]
    children = _children(reply)
    return None if children is None else [json_value(item) for item in children]


def json_string(data: bytes) -> str:
    """Bytes as a JSON string: UTF-8 where they are that, else each byte as one character."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def hex_lines(data: bytes | bytearray, *, start: int = 0) -> Iterator[Line]:
    """A hex dump, sixteen bytes a line, made a line at a time.

    Args:
        data: what to show.
        start: offset that the first byte is said to have.
    """
    digits = max(8, len(f"{start + len(data):x}"))
    for at in range(0, len(data), _ROW):
        row = data[at : at + _ROW]
        left, right = row[:8].hex(" "), row[8:].hex(" ")
        text = "".join([chr(byte) if 0x20 <= byte < 0x7F else "." for byte in row])
        yield [
            Span(f"{start + at:0{digits}x}  ", "reply.index"),
            Span(f"{left:<23}  {right:<23}  ", "text"),
            Span(f"|{text}|", "reply.string"),
        ]


def _children(reply: Reply) -> Sequence[Reply] | None:
    """The elements of an aggregate in order, None for a leaf."""
    if isinstance(reply, bytes):
        return None
    if isinstance(reply, Map | Pairs):
        return reply.flat()
    if isinstance(reply, SetReply | Push):
        return reply.items
    return reply if isinstance(reply, Sequence) else None


def _raw_leaf(reply: Reply) -> bytes:
    if isinstance(reply, bool):
        return b"(true)" if reply else b"(false)"
    if isinstance(reply, bytes):
        return bytes(reply)
    if isinstance(reply, int):
        return b"%d" % reply
    if isinstance(reply, float):
        return format_double(reply)
    if isinstance(reply, ErrorReply):
        return reply.line + b"\n"
    if isinstance(reply, Verbatim):
        return reply.text
    return reply.digits if isinstance(reply, BigNumber) else b""


def _json_number(value: float) -> Any:
    if not math.isfinite(value):
        return format_double(value).decode()
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def _json_key(key: Reply) -> str:
    if isinstance(key, bytes):
        return json_string(key)
    return json.dumps(json_value(key), ensure_ascii=False, separators=(",", ":"))
