"""A reply as text in lines, made one at a time: as JSON, raw, and unpacked.

Pure; knows no view. The decision a reader would question: a string of megabytes is handed out in pieces of a few
thousand characters, each a line of its own. What draws lines has to measure and wrap each of them, and one line of a
hundred megabytes would hold up everything; what is copied and saved is never cut (`render.export`).
"""

from __future__ import annotations

import json
from codecs import getincrementaldecoder
from collections.abc import Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, Final

from redis_tui.render.decode import decode_slowly
from redis_tui.render.export import hex_lines, json_value, raw_text
from redis_tui.render.reply_node import child_of, count_of, path_text
from redis_tui.render.spans import Line, Span
from redis_tui.resp.inline import quote
from redis_tui.resp.types import Attributed, ErrorReply, Map, Pairs, Reply, Status, Verbatim

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PIECE = 4_096
"""Characters of a line at most."""
BREATH: Final[Line] = []
"""No line, told by identity: what is being made takes longer, and others may have their turn."""
_CHUNK = 1 << 16
"""Bytes that are decoded or written in one go."""
_STEP = "  "


def json_lines(reply: Reply, *, pieces: bool = True) -> Iterator[Line]:
    """The lines of `json_text` with two spaces a level.

    Args:
        reply: any value of `resp.types`.
        pieces: long strings are broken into several lines; without, the text is JSON to the letter.
    """
    lines = _json(reply, "", [], "", pieces=pieces)
    return _in_pieces(lines) if pieces else lines


def _json(reply: Reply, pad: str, head: Line, tail: str, *, pieces: bool) -> Iterator[Line]:
    if isinstance(reply, Attributed):
        yield from _json(reply.reply, pad, head, tail, pieces=pieces)
        return
    text = reply.text if isinstance(reply, Verbatim) else reply
    if isinstance(text, bytes) and len(text) > _CHUNK:
        yield from _json_string(text, head, [Span(tail, "dim")] if tail else [], pieces=pieces)
        return
    if isinstance(reply, ErrorReply):
        reply = Map([(b"error", reply.line)])
    if isinstance(reply, Pairs):
        reply = reply.nested()
    count = count_of(reply)
    if count is None:
        yield [*head, _json_leaf(reply), *([Span(tail, "dim")] if tail else [])]
        return
    left, right = "{}" if isinstance(reply, Map) else "[]"
    if not count:
        yield [*head, Span(left + right + tail, "dim")]
        return
    yield [*head, Span(left, "dim")]
    inner = pad + _STEP
    for at in range(count):
        lead = [Span(inner)]
        if isinstance(reply, Map):
            lead += [Span(_json_name(reply.pairs[at][0]), "key"), Span(": ", "dim")]
        yield from _json(child_of(reply, at), inner, lead, "," if at < count - 1 else "", pieces=pieces)
    yield [Span(pad), Span(right + tail, "dim")]


def _json_name(key: Reply) -> str:
    (name,) = json_value(Map([(key, None)]))
    return json.dumps(name, ensure_ascii=False)


def _json_leaf(reply: Reply) -> Span:
    text = json.dumps(json_value(reply), ensure_ascii=False)
    if isinstance(reply, bytes | Verbatim):
        return Span(text, "reply.string")
    return Span(text, "reply.null" if text == "null" else "reply.boolean" if text in _WORDS else "reply.integer")


def _json_string(data: bytes, head: Line, tail: Line, *, pieces: bool) -> Iterator[Line]:
    """A long string, parsed and written a little at a time."""
    encoding = "utf-8"
    decoder = getincrementaldecoder(encoding)()
    try:
        for at in range(0, len(data), _CHUNK):
            decoder.decode(data[at : at + _CHUNK], final=at + _CHUNK >= len(data))
            if pieces:
                yield BREATH
    except UnicodeDecodeError:
        encoding = "latin-1"
    decoder = getincrementaldecoder(encoding)()
    line, text = list(head), '"'
    for at in range(0, len(data), _CHUNK):
        text += json.dumps(decoder.decode(data[at : at + _CHUNK], final=at + _CHUNK >= len(data)), ensure_ascii=False)[
            1:-1
        ]
        if not pieces:
            line.append(Span(text, "reply.string"))
            text = ""
            continue
        start = 0
        while len(text) - start >= PIECE:
            end = start + PIECE - sum(len(span.text) for span in line)
            yield [*line, Span(text[start:end], "reply.string")]
            line, start = [], end
        text = text[start:]
    yield [*line, Span(text + '"', "reply.string"), *tail]


_WORDS = ("true", "false")


def raw_lines(reply: Reply) -> Iterator[Line]:
    r"""As redis-cli writes into a pipe; bytes that are no text as ``\xHH``."""
    return _in_pieces(_raw(reply))


def _raw(reply: Reply) -> Iterator[Line]:
    if isinstance(reply, Attributed):
        yield from _raw(reply.reply)
        return
    if isinstance(reply, Map):
        for key, value in reply.pairs:
            head = [Span(raw_text(key).decode("utf-8", "backslashreplace") + " ", "key")]
            for line in _raw(value):
                yield [*head, *line]
                head = []
            if head:
                yield head
        return
    if isinstance(reply, Pairs):
        reply = reply.flat()
    count = count_of(reply)
    if count is None:
        for part in split_text(raw_text(reply), pieces=True):
            yield [Span(part)]
        return
    if not count:
        yield []
    for at in range(count):
        yield from _raw(child_of(reply, at))


def split_text(data: bytes, *, pieces: bool) -> Iterator[str]:
    r"""The lines of a text, ``\xHH`` for bytes that are no UTF-8, decoded a little at a time.

    Args:
        data: of any length.
        pieces: lines that are long are broken.
    """
    decoder = getincrementaldecoder("utf-8")("backslashreplace")
    rest = ""
    for at in range(0, len(data), _CHUNK):
        text = decoder.decode(data[at : at + _CHUNK], final=at + _CHUNK >= len(data))
        *lines, rest = (rest + text).split("\n")
        yield from lines
        if pieces:
            whole = len(rest) - len(rest) % PIECE
            for start in range(0, whole, PIECE):
                yield rest[start : start + PIECE]
            rest = rest[whole:]
    yield rest


def unpacked_lines(reply: Reply) -> Iterator[Line]:
    """Each string by what it turns out to be: JSON, MessagePack, gzip with JSON in it; other values as they are."""
    path: list[int] = []
    yield from _unpacked(reply, reply, path)


def _unpacked(whole: Reply, reply: Reply, path: list[int]) -> Iterator[Line]:
    if isinstance(reply, Attributed):
        reply = reply.reply
    count = count_of(reply)
    if count is None:
        name = path_text(whole, tuple(path))
        yield from _unpacked_leaf(reply, name if path else "")
        return
    for at in range(count):
        path.append(at)
        yield from _unpacked(whole, child_of(reply, at), path)
        path.pop()


def _unpacked_leaf(reply: Reply, name: str) -> Iterator[Line]:
    text = reply.text if isinstance(reply, Verbatim) else reply
    head = [Span(f"{name}  ", "reply.index")] if name else []
    if not isinstance(text, bytes) or isinstance(text, Status):
        yield (
            [*head, _json_leaf(reply)]
            if not isinstance(reply, ErrorReply)
            else [
                *head,
                Span(raw_text(reply).decode("utf-8", "backslashreplace").rstrip("\n"), "reply.error"),
            ]
        )
        return
    found = decode_slowly(text)
    note = f"  {found.note}" if found.note else ""
    size = f" · {len(text):,} byte{'' if len(text) == 1 else 's'}"
    first = list(islice(found.lines, 2))
    if len(first) == 1 and name:
        yield from _in_pieces([[*head, *first[0], Span(f"  {found.name}{note}", "dim")]])
        return
    yield [*head, Span(found.name, "accent"), Span(size, "dim"), Span(note, "warning")]
    yield from _in_pieces(chain(first, found.lines))


def packed_note(reply: Reply) -> str:
    """What a string is packed as, where it is: ``MessagePack``; empty for text."""
    if not isinstance(reply, bytes) or isinstance(reply, Status) or len(reply) > 1 << 20:
        return ""
    found = decode_slowly(reply)
    if found.note:
        return found.note
    return found.name if found.name not in ("text", "hex", "json") else ""


def long_string_lines(text: bytes) -> Iterator[Line]:
    """A string as redis-cli quotes it, in pieces."""
    for at in range(0, len(text), PIECE):
        part = quote(text[at : at + PIECE])
        first, last = at == 0, at + PIECE >= len(text)
        yield [Span(part[0 if first else 1 : None if last else -1], "reply.string")]


class HexRows(Sequence[Line]):
    """A hex dump whose rows are made when they are asked for."""

    def __init__(self, data: bytes | bytearray) -> None:
        self._data = data

    def __len__(self) -> int:
        return (len(self._data) + 15) // 16

    def __getitem__(self, at: int) -> Line:  # type: ignore[override]  # no slices of a dump are asked for
        if not 0 <= at < len(self):
            raise IndexError(at)
        return next(hex_lines(self._data[at * 16 : at * 16 + 16], start=at * 16))


def within(lines: Iterable[Line], most: int, cut: Line) -> Iterator[Line]:
    """As many of the lines as hold a number of characters, and then a line that says so.

    Args:
        lines: `BREATH` among them costs nothing.
        most: characters; the line that passes them is the last.
        cut: what stands below lines that are not all of them.
    """
    left = most
    source = iter(lines)
    for line in source:
        yield line
        for span in line:
            left -= len(span.text)
        if left < 0:
            break
    if next(source, None) is not None:
        yield cut


def _in_pieces(lines: Iterable[Line]) -> Iterator[Line]:
    for line in lines:
        if sum(len(span.text) for span in line) <= PIECE:
            yield line
            continue
        part: Line = []
        room = PIECE
        for text, style in line:
            at = 0
            while at < len(text):
                piece = text[at : at + room]
                part.append(Span(piece, style))
                at += len(piece)
                room -= len(piece)
                if not room:
                    yield part
                    part, room = [], PIECE
        if part:
            yield part
