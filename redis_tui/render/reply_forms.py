"""The forms in which a reply is copied and saved, each as pieces of text that are made one after another.

Pure. The decision a reader would question: nothing is cut here, and nothing is broken into lines that has none. Long
strings in pieces are for views (`render.reply_text`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from redis_tui.record import dataclass
from redis_tui.render.export import csv_text, raw_chunks
from redis_tui.render.reply import stream_cli_lines
from redis_tui.render.reply_text import json_lines
from redis_tui.resp.encoder import format_double
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
    Verbatim,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from redis_tui.render.spans import Line


_MANY_SPANS = 64


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a reply."""

    key: str
    """One letter, for a menu."""
    title: str
    ending: str
    """Of a file; empty where nobody would save it so."""
    about: str
    pieces: Callable[[Reply], Iterator[bytes]]
    """The text, in pieces."""


def _from_lines(make: Callable[[Reply], Iterable[Line]]) -> Callable[[Reply], Iterator[bytes]]:
    def pieces(reply: Reply) -> Iterator[bytes]:
        between = b""
        for line in make(reply):
            yield between
            between = b"\n"
            if len(line) <= _MANY_SPANS:
                yield "".join([span.text for span in line]).encode("utf-8", "surrogateescape")
                continue
            for span in line:  # of a string of megabytes
                yield span.text.encode("utf-8", "surrogateescape")

    return pieces


def _raw(reply: Reply) -> Iterator[bytes]:
    return raw_chunks(reply)


def _csv(reply: Reply) -> Iterator[bytes]:
    yield csv_text(reply).encode("utf-8", "surrogateescape")


def lua_literal(reply: Reply) -> str:
    """The reply as Lua source: a null is ``false``, as a script would have it."""
    if reply is None:
        return "false"
    if isinstance(reply, bool):
        return "true" if reply else "false"
    if isinstance(reply, int):
        return str(reply)
    if isinstance(reply, float):
        return _LUA_NUMBERS.get(format_double(reply), format_double(reply).decode())
    if isinstance(reply, BigNumber):
        return lua_string(reply.digits)
    if isinstance(reply, ErrorReply):
        return f"{{err = {lua_string(reply.line)}}}"
    if isinstance(reply, bytes | Verbatim):
        return lua_string(reply.text if isinstance(reply, Verbatim) else reply)
    if isinstance(reply, Attributed):
        return lua_literal(reply.reply)
    if isinstance(reply, Map):
        return "{" + ", ".join([f"[{lua_literal(key)}] = {lua_literal(value)}" for key, value in reply.pairs]) + "}"
    return "{" + ", ".join(map(lua_literal, _items(reply))) + "}"


_LUA_NUMBERS = {b"inf": "math.huge", b"-inf": "-math.huge", b"nan": "0/0", b"-nan": "0/0"}


def lua_string(data: bytes) -> str:
    r"""Bytes as a Lua string: ``"a\n\255"``."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = ""
    if text.isprintable() and (text or not data):
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return '"' + "".join([_LUA_BYTES[byte] for byte in data]) + '"'


_LUA_BYTES = [
    {0x0A: "\\n", 0x22: '\\"', 0x5C: "\\\\"}.get(byte) or (chr(byte) if 0x20 <= byte < 0x7F else f"\\{byte:03d}")
    for byte in range(256)
]


def python_literal(reply: Reply) -> str:
    """The reply as Python source: strings are bytes, a map is a dict."""
    if reply is None or isinstance(reply, bool | int):
        return repr(reply)
    if isinstance(reply, float):
        text = format_double(reply).decode()
        return f'float("{text}")' if "n" in text else repr(float(reply))
    if isinstance(reply, BigNumber):
        return reply.digits.decode("latin-1")
    if isinstance(reply, ErrorReply):
        return f"Exception({reply.line.decode('utf-8', 'backslashreplace')!r})"
    if isinstance(reply, bytes | Verbatim):
        return repr(bytes(reply.text if isinstance(reply, Verbatim) else reply))
    if isinstance(reply, Attributed):
        return python_literal(reply.reply)
    if isinstance(reply, Map):
        pairs = [(python_literal(key), python_literal(value)) for key, value in reply.pairs]
        if any(text[0] in "[{" for text, _ in pairs):  # no keys of a dict
            return "[" + ", ".join([f"({key}, {value})" for key, value in pairs]) + "]"
        return "{" + ", ".join([f"{key}: {value}" for key, value in pairs]) + "}"
    return "[" + ", ".join(map(python_literal, _items(reply))) + "]"


def _items(reply: Reply) -> Sequence[Reply]:
    if isinstance(reply, Pairs):
        return reply.nested()
    if isinstance(reply, SetReply | Push | Several):
        return reply.items
    return reply if isinstance(reply, Sequence) else ()


def _lua(reply: Reply) -> Iterator[bytes]:
    yield lua_literal(reply).encode("utf-8", "surrogateescape")


def _python(reply: Reply) -> Iterator[bytes]:
    yield python_literal(reply).encode("utf-8", "surrogateescape")


FORMS: dict[str, Form] = {
    "json": Form(
        "j", "JSON", "json", "null, numbers, text", _from_lines(lambda reply: json_lines(reply, pieces=False))
    ),
    "cli": Form("c", "redis-cli", "txt", "as redis-cli prints it on a terminal", _from_lines(stream_cli_lines)),
    "raw": Form("r", "raw", "raw", "the bytes, as redis-cli writes them into a pipe", _raw),
    "csv": Form("v", "CSV", "csv", "one line, as redis-cli --csv", _csv),
    "lua": Form("l", "Lua", "lua", "a table, to paste into a script", _lua),
    "python": Form("p", "Python", "py", "lists, dicts and bytes, to paste into a program", _python),
}
"""By the names that actions give them."""
