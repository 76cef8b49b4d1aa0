"""Replies as redis-cli prints them on a terminal: ``(integer) 1``, ``1) "a"``, ``(nil)``.

The look is that of redis-cli 7.0.15, compared byte for byte. This module must not know
sessions or protocols; `render.export` has the forms for machines.

The decision a reader would question: lines come from a generator. A view of a reply with
a million elements asks for the forty lines that it shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from redis_tui.render.export import csv_text, hex_lines, json_text, raw_text
from redis_tui.render.reply_text import PIECE, long_string_lines, split_text
from redis_tui.render.spans import Line, Span, plain
from redis_tui.resp.encoder import format_double
from redis_tui.resp.inline import quote
from redis_tui.resp.shape import as_resp2
from redis_tui.resp.types import (
    BigNumber,
    ErrorReply,
    Map,
    Pairs,
    Push,
    Reply,
    SetReply,
    Status,
    Verbatim,
)

__all__ = ["cli_lines", "csv_text", "hex_lines", "json_text", "plain", "prints_raw", "raw_text", "stream_cli_lines"]

_NIL: Line = [Span("(nil)", "reply.null")]
_TRUE: Line = [Span("(true)", "reply.boolean")]
_FALSE: Line = [Span("(false)", "reply.boolean")]

# Commands whose text redis-cli prints as it is, by name and first argument.
_RAW_COMMANDS = {
    ("info", None),
    ("lolwut", None),
    ("client", "info"),
    ("client", "list"),
    ("cluster", "info"),
    ("cluster", "nodes"),
    ("debug", "htstats"),
    ("debug", "htstats-key"),
    ("latency", "doctor"),
    ("latency", "graph"),
    ("memory", "doctor"),
    ("memory", "malloc-stats"),
}


def cli_lines(reply: Reply, *, resp: int = 3) -> list[Line]:
    """All lines of a reply.

    Args:
        reply: any value of `resp.types`.
        resp: 2 shows maps and sets as the arrays and doubles as the strings that a RESP2 client receives.
    """
    return list(stream_cli_lines(reply, resp=resp))


def stream_cli_lines(reply: Reply, *, resp: int = 3, pieces: bool = False) -> Iterator[Line]:
    """The lines of a reply, made one at a time.

    Args:
        reply: any value of `resp.types`.
        resp: as for `cli_lines`.
        pieces: strings of many thousand bytes are several lines, for a view that has to measure each.
    """
    return _lines(as_resp2(reply) if resp == 2 else reply, pieces=pieces)


def prints_raw(argv: Sequence[bytes]) -> bool:
    """Whether redis-cli prints this command's text unquoted even on a terminal, such as INFO and CLIENT LIST."""
    words = [arg.decode("latin-1").lower() for arg in argv[:2]]
    if not words:
        return False
    return (words[0], None) in _RAW_COMMANDS or (len(words) == 2 and (words[0], words[1]) in _RAW_COMMANDS)


def _lines(reply: Reply, *, pieces: bool) -> Iterator[Line]:
    if reply is None:
        yield _NIL
    elif reply is True or reply is False:
        yield _TRUE if reply else _FALSE
    elif isinstance(reply, int):
        yield [Span("(integer) ", "reply.type"), Span(str(reply), "reply.integer")]
    elif isinstance(reply, float):
        yield [Span("(double) ", "reply.type"), Span(format_double(reply).decode(), "reply.double")]
    elif isinstance(reply, BigNumber):
        yield [Span("(big number) ", "reply.type"), Span(reply.digits.decode("latin-1"), "reply.integer")]
    elif isinstance(reply, Status):
        yield from _text(reply, "reply.status", pieces=pieces)
    elif isinstance(reply, bytes):
        if pieces and len(reply) > PIECE:
            yield from long_string_lines(reply)
        else:
            yield [Span(quote(reply), "reply.string")]
    elif isinstance(reply, Verbatim):
        yield from _text(reply.text, "reply.string", pieces=pieces)
    elif isinstance(reply, ErrorReply):
        yield from _text(b"(error) " + reply.line, "reply.error", pieces=pieces)
    else:
        yield from _aggregate(reply, pieces=pieces)


def _text(text: bytes, style: str, *, pieces: bool) -> Iterator[Line]:
    for line in split_text(text, pieces=pieces):
        yield [Span(line if pieces and len(line) == PIECE else line.rstrip("\r"), style)]


def _aggregate(reply: Reply, *, pieces: bool) -> Iterator[Line]:
    if isinstance(reply, Map):
        return _map(reply, pieces=pieces)
    if isinstance(reply, Pairs):
        return _items(reply.nested(), ")", "(empty array)", pieces=pieces)
    if isinstance(reply, SetReply):
        return _items(reply.items, "~", "(empty set)", pieces=pieces)
    if isinstance(reply, Push):
        return _items(reply.items, ")", "(empty push)", pieces=pieces)
    if isinstance(reply, Sequence):
        return _items(reply, ")", "(empty array)", pieces=pieces)
    return iter([_NIL])


def _items(items: Sequence[Reply], mark: str, empty: str, *, pieces: bool) -> Iterator[Line]:
    if not items:
        yield [Span(empty, "reply.null")]
        return
    digits = len(str(len(items)))
    indent = Span(" " * (digits + 2))
    for number, item in enumerate(items, 1):
        label = Span(f"{number:{digits}}{mark} ", "reply.index")
        for line in _lines(item, pieces=pieces):
            yield [label, *line]
            label = indent


def _map(reply: Map, *, pieces: bool) -> Iterator[Line]:
    if not reply.pairs:
        yield [Span("(empty hash)", "reply.null")]
        return
    digits = len(str(len(reply.pairs)))
    indent = Span(" " * (digits + 2))
    for number, (key, value) in enumerate(reply.pairs, 1):
        head = list(_lines(key, pieces=pieces))
        head[0] = [Span(f"{number:{digits}}# ", "reply.index"), *head[0]]
        head[1:] = [[indent, *line] for line in head[1:]]
        yield from head[:-1]
        yield from _entry([*head[-1], Span(" => ", "dim")], _lines(value, pieces=pieces), indent)


def _entry(head: Line, value: Iterator[Line], indent: Span) -> Iterator[Line]:
    """A value of one line stands beside its key, a longer one below it."""
    first = next(value)
    second = next(value, None)
    if second is None:
        yield [*head, *first]
        return
    yield head
    yield [indent, *first]
    yield [indent, *second]
    for line in value:
        yield [indent, *line]
