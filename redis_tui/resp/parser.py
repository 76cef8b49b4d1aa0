"""Reply bytes to reply values, RESP2 and RESP3, incrementally and without I/O.

For tests and tools; sessions over a network use hiredis. Whatever `resp.encoder` writes
in RESP3 comes back equal, but for `Pairs`, which are nested arrays on the wire, and
`NULL_ARRAY`, which RESP3 does not tell from None.

This module must not know commands or sockets.

The decision a reader would question: a reply that is not complete is parsed again from
its beginning when more bytes have arrived. That keeps the parser a set of plain recursive
functions; a reply that arrives in a thousand reads is not what it is for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.errors import ProtocolError
from redis_tui.resp.types import (
    NULL_ARRAY,
    OK,
    BigNumber,
    ErrorReply,
    Map,
    Push,
    Reply,
    SetReply,
    Status,
    Verbatim,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_DEPTH = 250
"""Nesting beyond this is refused rather than recursed into."""


class _Incomplete(Exception):
    """More bytes are needed."""


class ReplyParser:
    """Parses the replies of one connection.

    ::

        parser.feed(data)
        for reply in parser: ...
    """

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> None:
        """Takes bytes as they arrive."""
        self._buffer += data

    def __iter__(self) -> Iterator[Reply]:
        """Answers the complete replies.

        Raises:
            ProtocolError: the bytes are not RESP; nothing after them can be parsed.
        """
        while self._buffer:
            cursor = _Cursor(bytes(self._buffer))
            try:
                reply = cursor.reply(0)
            except _Incomplete:
                return
            del self._buffer[: cursor.at]
            yield reply

    @property
    def pending(self) -> bytes:
        """The bytes of a reply that is not complete yet."""
        return bytes(self._buffer)


def parse(data: bytes) -> list[Reply]:
    """Parses bytes that hold whole replies.

    Raises:
        ProtocolError: the bytes are not RESP, or end within a reply.
    """
    parser = ReplyParser()
    parser.feed(data)
    replies = list(parser)
    if parser.pending:
        raise ProtocolError(f"The data ends within a reply, after {len(data) - len(parser.pending)} bytes.")
    return replies


class _Cursor:
    """A position in a buffer."""

    __slots__ = ("at", "data")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def line(self) -> bytes:
        end = self.data.find(b"\r\n", self.at)
        if end < 0:
            raise _Incomplete
        line = self.data[self.at : end]
        self.at = end + 2
        return line

    def count(self, text: bytes) -> int:
        try:
            value = int(text)
        except ValueError:
            value = -2
        if value < -1:
            raise ProtocolError(f"A length must be a number from -1, not {text[:32]!r}.")
        return value

    def blob(self, size: int) -> bytes:
        end = self.at + size
        if len(self.data) < end + 2:
            raise _Incomplete
        if self.data[end : end + 2] != b"\r\n":
            raise ProtocolError(f"A string of {size} bytes does not end with a line break.")
        blob = self.data[self.at : end]
        self.at = end + 2
        return blob

    def reply(self, depth: int) -> Reply:
        line = self.line()
        read = _READERS.get(line[:1])
        if read is None:
            raise ProtocolError(f"No reply begins with {line[:1]!r}.")
        if depth > MAX_DEPTH:
            raise ProtocolError(f"Replies are nested deeper than {MAX_DEPTH}.")
        return read(self, line[1:], depth + 1)


def _integer(_cursor: _Cursor, text: bytes, _depth: int) -> Reply:
    try:
        return int(text)
    except ValueError:
        raise ProtocolError(f"An integer reply holds {text[:32]!r}.") from None


def _bulk(cursor: _Cursor, text: bytes, _depth: int) -> Reply:
    size = cursor.count(text)
    return None if size < 0 else cursor.blob(size)


def _status(_cursor: _Cursor, text: bytes, _depth: int) -> Reply:
    return OK if text == b"OK" else Status(text)


def _error(_cursor: _Cursor, text: bytes, _depth: int) -> Reply:
    return ErrorReply(text)


def _blob_error(cursor: _Cursor, text: bytes, _depth: int) -> Reply:
    return ErrorReply(cursor.blob(cursor.count(text)))


def _array(cursor: _Cursor, text: bytes, depth: int) -> Reply:
    count = cursor.count(text)
    if count < 0:
        return NULL_ARRAY
    items: list[Reply] = []
    for _ in range(count):
        items.append(cursor.reply(depth))  # noqa: PERF401  # a comprehension is a frame more a level
    return items


def _set(cursor: _Cursor, text: bytes, depth: int) -> Reply:
    return SetReply(cursor.reply(depth) for _ in range(cursor.count(text)))


def _push(cursor: _Cursor, text: bytes, depth: int) -> Reply:
    return Push(cursor.reply(depth) for _ in range(cursor.count(text)))


def _map(cursor: _Cursor, text: bytes, depth: int) -> Reply:
    return Map((cursor.reply(depth), cursor.reply(depth)) for _ in range(cursor.count(text)))


def _attribute(cursor: _Cursor, text: bytes, depth: int) -> Reply:
    # Auxiliary data before the reply proper; nothing here has a use for it.
    for _ in range(2 * cursor.count(text)):
        cursor.reply(depth)
    return cursor.reply(depth)


def _null(_cursor: _Cursor, text: bytes, _depth: int) -> Reply:
    if text:
        raise ProtocolError(f"A null reply holds {text[:32]!r}.")
    return None


def _boolean(_cursor: _Cursor, text: bytes, _depth: int) -> Reply:
    if text not in (b"t", b"f"):
        raise ProtocolError(f"A boolean reply holds {text[:32]!r}.")
    return text == b"t"


def _double(_cursor: _Cursor, text: bytes, _depth: int) -> Reply:
    try:
        return float(text)
    except ValueError:
        raise ProtocolError(f"A double reply holds {text[:32]!r}.") from None


def _big_number(_cursor: _Cursor, text: bytes, _depth: int) -> Reply:
    return BigNumber(text)


def _verbatim(cursor: _Cursor, text: bytes, _depth: int) -> Reply:
    blob = cursor.blob(cursor.count(text))
    if blob[3:4] != b":":
        raise ProtocolError("A verbatim string does not begin with its format and a colon.")
    return Verbatim(blob[4:], blob[:3])


_READERS: dict[bytes, Callable[[_Cursor, bytes, int], Reply]] = {
    b":": _integer,
    b"$": _bulk,
    b"+": _status,
    b"-": _error,
    b"*": _array,
    b"_": _null,
    b"#": _boolean,
    b",": _double,
    b"%": _map,
    b"~": _set,
    b">": _push,
    b"(": _big_number,
    b"=": _verbatim,
    b"!": _blob_error,
    b"|": _attribute,
}
