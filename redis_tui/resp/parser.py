"""Reply bytes to reply values, RESP2 and RESP3, incrementally and without I/O.

Whatever `resp.encoder` writes in RESP3 comes back equal, but for `Pairs`, which are nested
arrays on the wire, and `NULL_ARRAY`, which RESP3 does not tell from None. It must not know
commands or sockets.

The decision a reader would question: this is not hiredis, because hiredis answers ``+OK`` and
``$2 OK`` with the same bytes, and a workbench must show which it was. Open aggregates stand
on a stack, so a reply that arrives in a thousand reads is still parsed once. A long string is
written to a `BytesIO` as it comes, which hands it out without copying it: half a gigabyte is held once and not three
times, and copying it, a quarter of a second each time, would hold up whoever reads.
"""

from __future__ import annotations

from io import BytesIO
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
"""Nesting beyond this is refused: nobody sends it, and whoever shows a reply recurses into it."""
_LINE_LIMIT = 1024 * 1024
"""Bytes without a line break after which what comes is no RESP."""
_LONG_SIZE = 1024 * 1024
"""Bytes from which on a string that comes in several reads is long."""


class _Frame:
    """An aggregate whose elements are still coming."""

    __slots__ = ("finish", "items", "left")

    def __init__(self, left: int, finish: Callable[[list[Reply]], Reply]) -> None:
        self.left = left
        self.items: list[Reply] = []
        self.finish = finish


class _Long:
    """A long string that is still coming."""

    __slots__ = ("left", "mark", "size", "text")

    def __init__(self, mark: int, size: int) -> None:
        self.mark = mark
        self.size = self.left = size
        self.text = BytesIO()

    def take(self, data: bytes) -> bytes:
        """Takes what belongs to it, answers the rest."""
        taken = self.text.write(data[: self.left])
        self.left -= taken
        return data[taken:]


class ReplyParser:
    """Parses the replies of one connection, in time proportional to their bytes.

    ::

        parser.feed(data)
        for reply in parser: ...
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._at = 0
        self._stack: list[_Frame] = []
        self._done: list[Reply] = []
        self._long: _Long | None = None

    def feed(self, data: bytes) -> None:
        """Takes bytes as they arrive."""
        if self._long is not None and self._long.left:
            data = self._long.take(data)
            if not data:
                return
        if self._at:
            del self._buffer[: self._at]
            self._at = 0
        self._buffer += data

    @property
    def is_within_a_reply(self) -> bool:
        """Whether the bytes fed so far end inside a reply."""
        return bool(self._stack) or self._at < len(self._buffer) or self._long is not None

    def __iter__(self) -> Iterator[Reply]:
        """Answers the complete replies.

        Raises:
            ProtocolError: the bytes are not RESP; nothing after them can be parsed.
        """
        while self._next_element():
            while self._done:
                yield self._done.pop()

    def _next_element(self) -> bool:
        """Reads one element and closes the aggregates that it completes; False where bytes are missing."""
        if self._long is not None:
            return self._end_long(self._long)
        end = self._buffer.find(b"\r\n", self._at)
        if end < 0:
            if len(self._buffer) - self._at > _LINE_LIMIT:
                raise ProtocolError(f"No line break within {_LINE_LIMIT} bytes.")
            return False
        mark, text = self._buffer[self._at], bytes(self._buffer[self._at + 1 : end])
        if mark in _SIMPLE:
            self._at = end + 2
            self._add(_SIMPLE[mark](text))
        elif mark in _BLOBS:
            return self._read_blob(mark, text, end + 2)
        elif mark in _AGGREGATES:
            self._at = end + 2
            self._open(mark, text)
        else:
            raise ProtocolError(f"No reply begins with {bytes((mark,))!r}.")
        return True

    def _read_blob(self, mark: int, text: bytes, start: int) -> bool:
        size = _count(text)
        if size < 0:
            self._at = start
            self._add(None)
            return True
        end = start + size
        if len(self._buffer) < end + 2:
            if size > _LONG_SIZE:
                self._begin_long(_Long(mark, size), start)
            return False
        self._check_end(end, size)
        self._at = end + 2
        self._add(_BLOBS[mark](bytes(self._buffer[start:end])))
        return True

    def _begin_long(self, long: _Long, start: int) -> None:
        self._at = 0
        self._buffer = bytearray(long.take(bytes(self._buffer[start:])))
        self._long = long

    def _end_long(self, long: _Long) -> bool:
        if long.left or len(self._buffer) < self._at + 2:
            return False
        self._check_end(self._at, long.size)
        self._at += 2
        self._long = None
        self._add(_BLOBS[long.mark](long.text.getvalue()))
        return True

    def _check_end(self, end: int, size: int) -> None:
        if self._buffer[end : end + 2] != b"\r\n":
            raise ProtocolError(f"A string of {size} bytes does not end with a line break.")

    def _open(self, mark: int, text: bytes) -> None:
        count = _count(text)
        if count < 0:
            self._add(NULL_ARRAY)
            return
        if len(self._stack) >= MAX_DEPTH:
            raise ProtocolError(f"Replies are nested deeper than {MAX_DEPTH}.")
        width, finish = _AGGREGATES[mark]
        if count:
            self._stack.append(_Frame(count * width, finish))
        elif finish is not _drop:
            self._add(finish([]))

    def _add(self, reply: Reply) -> None:
        """Puts an element into its aggregate; an aggregate that is full is an element itself."""
        while self._stack:
            frame = self._stack[-1]
            frame.items.append(reply)
            frame.left -= 1
            if frame.left:
                return
            self._stack.pop()
            if frame.finish is _drop:
                self._reopen()
                return
            reply = frame.finish(frame.items)
        self._done.append(reply)

    def _reopen(self) -> None:
        """After an attribute the reply proper still has to come, at top level as well."""
        if not self._stack:
            self._stack.append(_Frame(1, lambda items: items[0]))


def parse(data: bytes) -> list[Reply]:
    """Parses bytes that hold whole replies.

    Raises:
        ProtocolError: the bytes are not RESP, or end within a reply.
    """
    parser = ReplyParser()
    parser.feed(data)
    replies = list(parser)
    if parser.is_within_a_reply:
        raise ProtocolError("The data ends within a reply.")
    return replies


def _count(text: bytes) -> int:
    try:
        value = int(text)
    except ValueError:
        value = -2
    if value < -1:
        raise ProtocolError(f"A length must be a number from -1, not {text[:32]!r}.")
    return value


def _integer(text: bytes) -> Reply:
    try:
        return int(text)
    except ValueError:
        raise ProtocolError(f"An integer reply holds {text[:32]!r}.") from None


def _status(text: bytes) -> Reply:
    return OK if text == b"OK" else Status(text)


def _null(text: bytes) -> Reply:
    if text:
        raise ProtocolError(f"A null reply holds {text[:32]!r}.")
    return None


def _boolean(text: bytes) -> Reply:
    if text not in (b"t", b"f"):
        raise ProtocolError(f"A boolean reply holds {text[:32]!r}.")
    return text == b"t"


def _double(text: bytes) -> Reply:
    try:
        return float(text)
    except ValueError:
        raise ProtocolError(f"A double reply holds {text[:32]!r}.") from None


def _bulk(blob: bytes) -> Reply:
    return blob


def _verbatim(blob: bytes) -> Reply:
    if blob[3:4] != b":":
        raise ProtocolError("A verbatim string does not begin with its format and a colon.")
    return Verbatim(blob[4:], blob[:3])


def _array(items: list[Reply]) -> Reply:
    return items


def _map(items: list[Reply]) -> Reply:
    return Map(zip(items[::2], items[1::2], strict=True))


def _drop(items: list[Reply]) -> Reply:
    """An attribute: auxiliary data before the reply proper; nothing here has a use for it."""
    return items


_SIMPLE: dict[int, Callable[[bytes], Reply]] = {
    ord(":"): _integer,
    ord("+"): _status,
    ord("-"): ErrorReply,
    ord("_"): _null,
    ord("#"): _boolean,
    ord(","): _double,
    ord("("): BigNumber,
}
_BLOBS: dict[int, Callable[[bytes], Reply]] = {ord("$"): _bulk, ord("="): _verbatim, ord("!"): ErrorReply}
_AGGREGATES: dict[int, tuple[int, Callable[[list[Reply]], Reply]]] = {
    ord("*"): (1, _array),
    ord("~"): (1, SetReply),
    ord(">"): (1, Push),
    ord("%"): (2, _map),
    ord("|"): (2, _drop),
}
"""Elements a unit of the count stands for, and what is made of them."""
