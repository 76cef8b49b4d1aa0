"""Changes to a value, as commands that are only carried out where the value is still what was shown.

Pure but for `apply`. The decision a reader would question: the check and the writing are one small
script, not WATCH and MULTI. The session has one connection that every pane uses, and while
MULTI is open all of them would be queued.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.record import dataclass
from redis_tui.resp.types import ErrorReply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.resp.types import Reply
    from redis_tui.session.base import Session

_MARK = b"\x00redis-tui: this element is being taken out\x00"

_SCRIPT = b"""-- redis-tui: writes only where the value is still what was shown
local at = 1
local function take()
  local n = tonumber(ARGV[at])
  local words = {}
  for i = 1, n do words[i] = ARGV[at + i] end
  at = at + n + 1
  return words
end
local read, wanted = take(), take()
if #read > 0 then
  local now = redis.call(unpack(read))
  now = now and tostring(now)
  local same = now == (wanted[1] or false)
  if not same and read[1] == 'ZSCORE' and now and wanted[1] then same = tonumber(now) == tonumber(wanted[1]) end
  if not same then return 0 end
end
while at <= #ARGV do redis.call(unpack(take())) end
return 1
"""

Argv = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of one value."""

    key: bytes
    writes: tuple[Argv, ...]
    read: Argv = ()
    """What is read first; empty: nothing is."""
    expected: bytes | None = None
    """What it must answer; None: nothing is there."""


async def apply(session: Session, edit: Edit, *, force: bool = False, db: int | None = None) -> bool | ErrorReply:
    """Carries an edit out.

    Args:
        session: where.
        edit: what.
        force: also where the value is another by now.
        db: in which database; None is that of the session.

    Returns:
        False where the value was another and nothing was written; an error reply where the server refused.
    """
    checked: list[Argv] = [(), ()]
    if not force and edit.read:
        checked = [edit.read, () if edit.expected is None else (edit.expected,)]
    words: list[bytes] = []
    for argv in (*checked, *edit.writes):
        words += [b"%d" % len(argv), *argv]
    reply: Reply = await session.execute([b"EVAL", _SCRIPT, b"1", edit.key, *words], db=db)
    return reply if isinstance(reply, ErrorReply) else reply == 1


def set_string(key: bytes, before: bytes, after: bytes) -> Edit:
    """Another value for a string; its time to live stays."""
    return Edit(key, ((b"SET", key, after, b"KEEPTTL"),), (b"GET", key), before)


def change(kind: str, key: bytes, row: Sequence[bytes], values: Sequence[bytes]) -> Edit:
    """Another content for a row of a page: values are those of the form, in the order of `FIELDS`."""
    if kind == "hash":
        writes = (
            ((b"HSET", key, *values),)
            if values[0] == row[0]
            else (
                (b"HDEL", key, row[0]),
                (b"HSET", key, *values),
            )
        )
        return Edit(key, writes, (b"HGET", key, row[0]), row[1])
    if kind == "list":
        return Edit(key, ((b"LSET", key, row[0], values[0]),), (b"LINDEX", key, row[0]), row[1])
    if kind == "set":
        return Edit(key, ((b"SREM", key, row[0]), (b"SADD", key, values[0])), (b"SISMEMBER", key, row[0]), b"1")
    taken: tuple[Argv, ...] = () if values[1] == row[1] else ((b"ZREM", key, row[1]),)
    return Edit(key, (*taken, (b"ZADD", key, values[0], values[1])), (b"ZSCORE", key, row[1]), row[0])


def remove(kind: str, key: bytes, row: Sequence[bytes]) -> Edit:
    """Takes a row out. An element of a list is marked first, since LREM goes by value and not by place."""
    if kind == "hash":
        return Edit(key, ((b"HDEL", key, row[0]),), (b"HGET", key, row[0]), row[1])
    if kind == "list":
        writes = ((b"LSET", key, row[0], _MARK), (b"LREM", key, b"1", _MARK))
        return Edit(key, writes, (b"LINDEX", key, row[0]), row[1])
    if kind == "set":
        return Edit(key, ((b"SREM", key, row[0]),), (b"SISMEMBER", key, row[0]), b"1")
    if kind == "zset":
        return Edit(key, ((b"ZREM", key, row[1]),), (b"ZSCORE", key, row[1]), row[0])
    return Edit(key, ((b"XDEL", key, row[0]),))


def add(kind: str, key: bytes, values: Sequence[bytes], *, left: bool = False) -> Edit:
    """A new row; of a hash, set and sorted set only where there is none of that name yet."""
    if kind == "hash":
        return Edit(key, ((b"HSET", key, *values),), (b"HGET", key, values[0]), None)
    if kind == "list":
        return Edit(key, ((b"LPUSH" if left else b"RPUSH", key, values[0]),))
    if kind == "set":
        return Edit(key, ((b"SADD", key, values[0]),), (b"SISMEMBER", key, values[0]), b"0")
    if kind == "zset":
        return Edit(key, ((b"ZADD", key, values[0], values[1]),), (b"ZSCORE", key, values[1]), None)
    return Edit(key, ((b"XADD", key, *values),))


def insert(key: bytes, row: Sequence[bytes], value: bytes) -> Edit:
    """A new element of a list before another, which is marked meanwhile: LINSERT goes by value."""
    after = b"%d" % (int(row[0]) + 1)
    writes = ((b"LSET", key, row[0], _MARK), (b"LINSERT", key, b"BEFORE", _MARK, value), (b"LSET", key, after, row[1]))
    return Edit(key, writes, (b"LINDEX", key, row[0]), row[1])


def field_time(key: bytes, field: bytes, ttl_ms: int | None) -> Argv:
    """HPEXPIRE, or HPERSIST."""
    if ttl_ms is None:
        return (b"HPERSIST", key, b"FIELDS", b"1", field)
    return (b"HPEXPIRE", key, b"%d" % ttl_ms, b"FIELDS", b"1", field)


FIELDS: dict[str, tuple[str, ...]] = {
    "string": ("value",),
    "hash": ("field", "value"),
    "list": ("element",),
    "set": ("member",),
    "zset": ("score", "member"),
    "stream": ("entry: id (* for the next), then fields and values",),
}
"""What a form asks for, by type; the last field may have many lines."""
