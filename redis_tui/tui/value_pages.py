"""A key's value in pages, for every type, as functions over `Session.execute`.

Knows no widget. The decision a reader would question: a page is as long as `PAGE` whatever the size
of the value, and a string is cut at `STRING_LIMIT`; so opening a key costs the same for ten
elements and for ten million, and what is not shown is counted.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from redis_tui.record import dataclass
from redis_tui.resp.types import ErrorReply, Reply
from redis_tui.tui.queries import SIZE_OF, facts
from redis_tui.tui.replies import as_bytes, as_int, as_items, as_pairs, as_text, as_two

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis_tui.session.base import Session

PAGE = 200
STRING_LIMIT = 65_536
"""Bytes of a string that are read."""

Rows = tuple[tuple[bytes, ...], ...]


@dataclass(frozen=True, slots=True)
class ValuePage:
    """A part of a key's value."""

    key: bytes
    type: str
    ttl_ms: int
    rows: Rows
    """A string: one row of one part. List: index, element. Set: member. Hash: field, value.
    Sorted set: score, member. Stream: id, then fields and values."""
    start: int
    """Elements before this page."""
    total: int
    """Elements in all; bytes of a string."""
    cursor: bytes = b"0"
    """Where the next page begins: a cursor of SSCAN and HSCAN, an id of a stream; ``0`` at the end."""
    encoding: str = ""
    times: tuple[int, ...] = ()
    """Of a hash: each field's milliseconds to live, -1 for ever; empty where the server has no such times."""

    @property
    def has_next(self) -> bool:
        """Whether another page follows."""
        if self.type in ("hash", "set", "stream"):
            return self.cursor != b"0"
        return self.type != "string" and self.start + len(self.rows) < self.total


async def value_page(
    session: Session, key: bytes, start: int = 0, cursor: bytes = b"0", *, db: int | None = None
) -> ValuePage | ErrorReply | None:
    """A page of a key's value; None where the key does not exist."""
    found = (await facts(session, [key], db=db)).get(key)
    if found is None:
        return None
    if found.type not in _TYPES:
        return ErrorReply(f"ERR values of type {found.type} are not shown; ask for them in the console".encode())
    command, take = _TYPES[found.type]
    total, reply, encoding = await asyncio.gather(
        session.execute([SIZE_OF[found.type], key], db=db),
        session.execute(command(key, start, cursor), db=db),
        session.execute([b"OBJECT", b"ENCODING", key], db=db),
    )
    for answer in (total, reply):
        if isinstance(answer, ErrorReply):
            return answer
    rows, following = take(reply, start)
    name = "" if isinstance(encoding, ErrorReply) else as_text(encoding)
    times = await _field_times(session, key, rows, db) if found.type == "hash" and rows else ()
    return ValuePage(key, found.type, found.ttl_ms, rows, start, as_int(total), following, name, times)


async def _field_times(session: Session, key: bytes, rows: Rows, db: int | None) -> tuple[int, ...]:
    reply = await session.execute([b"HPTTL", key, b"FIELDS", b"%d" % len(rows), *(row[0] for row in rows)], db=db)
    return () if isinstance(reply, ErrorReply) else tuple(as_int(each) for each in as_items(reply))


def _last(start: int) -> bytes:
    return b"%d" % (start + PAGE - 1)


def _take_string(reply: Reply, start: int) -> tuple[Rows, bytes]:  # noqa: ARG001  # one table for all types
    return ((as_bytes(reply),),), b"0"


def _take_list(reply: Reply, start: int) -> tuple[Rows, bytes]:
    return tuple((b"%d" % (start + at), as_bytes(item)) for at, item in enumerate(as_items(reply))), b"0"


def _take_zset(reply: Reply, start: int) -> tuple[Rows, bytes]:  # noqa: ARG001
    return tuple((as_bytes(score), as_bytes(member)) for member, score in as_pairs(reply)), b"0"


def _take_set(reply: Reply, start: int) -> tuple[Rows, bytes]:  # noqa: ARG001
    following, found = as_two(reply)
    return tuple((as_bytes(item),) for item in as_items(found)), as_bytes(following)


def _take_hash(reply: Reply, start: int) -> tuple[Rows, bytes]:  # noqa: ARG001
    following, found = as_two(reply)
    return tuple((as_bytes(name), as_bytes(value)) for name, value in as_pairs(found)), as_bytes(following)


def _take_stream(reply: Reply, start: int) -> tuple[Rows, bytes]:  # noqa: ARG001
    rows = []
    for entry in as_items(reply):
        number, fields = as_two(entry)
        rows.append((as_bytes(number), *map(as_bytes, as_items(fields))))
    return tuple(rows), b"(" + rows[-1][0] if len(rows) == PAGE else b"0"


_TYPES: dict[str, tuple[Callable[[bytes, int, bytes], list[bytes]], Callable[[Reply, int], tuple[Rows, bytes]]]] = {
    "string": (lambda key, _start, _cursor: [b"GETRANGE", key, b"0", b"%d" % (STRING_LIMIT - 1)], _take_string),
    "list": (lambda key, start, _cursor: [b"LRANGE", key, b"%d" % start, _last(start)], _take_list),
    "zset": (
        lambda key, start, _cursor: [b"ZRANGE", key, b"%d" % start, _last(start), b"WITHSCORES"],
        _take_zset,
    ),
    "set": (lambda key, _start, cursor: [b"SSCAN", key, cursor, b"COUNT", b"%d" % PAGE], _take_set),
    "hash": (lambda key, _start, cursor: [b"HSCAN", key, cursor, b"COUNT", b"%d" % PAGE], _take_hash),
    "stream": (
        lambda key, _start, cursor: [
            b"XREVRANGE",
            key,
            b"+" if cursor == b"0" else cursor,
            b"-",
            b"COUNT",
            b"%d" % PAGE,
        ],
        _take_stream,
    ),
}
"""By type: the command that reads a page, and what its reply means. A stream's newest entries come first."""
