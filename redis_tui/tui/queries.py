"""What panes want to know of a server, as functions over `Session.execute`, for both kinds of session.

Knows no widget. Each answers an `ErrorReply` where the server did, so that a pane can show
it instead of an empty list. The decision a reader would question: types and TTLs are asked
for key by key, and only for rows on the screen; a SCAN with TYPE would visit every key.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from redis_tui.errors import SessionError
from redis_tui.resp.types import ErrorReply, Map, Pairs, Reply, SetReply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.session.base import Session

SCAN_COUNT = 500
PAGE = 200


@dataclass(frozen=True, slots=True)
class ScanBatch:
    """What one SCAN gave."""

    cursor: bytes
    """``0`` where the scan is complete."""
    keys: tuple[bytes, ...]
    total: int
    """DBSIZE at that moment."""


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """Type and time to live of one key."""

    type: str
    ttl_ms: int
    """-1: no expiry; -2: gone."""

    @property
    def ttl_label(self) -> str:
        """``∞``, ``58 s``, ``12 min``, ``3 h``, ``9 d``."""
        return "∞" if self.ttl_ms == -1 else "gone" if self.ttl_ms < 0 else duration_label(self.ttl_ms)


@dataclass(frozen=True, slots=True)
class ValuePage:
    """A part of a key's value."""

    key: bytes
    type: str
    ttl_ms: int
    rows: tuple[tuple[bytes, ...], ...]
    """A string: one row of one part. List: index, element. Set: member. Hash: field, value.
    Sorted set: score, member."""
    start: int
    """Elements before this page."""
    total: int
    """Elements in all; bytes of a string."""
    cursor: bytes = b"0"
    """Where SSCAN and HSCAN go on; ``0`` at the end."""
    encoding: str = ""


@dataclass(frozen=True, slots=True)
class SlowEntry:
    """One entry of the slow log."""

    number: int
    at_s: int
    duration_us: int
    argv: tuple[bytes, ...]
    client: str = ""
    client_name: str = ""
    more: tuple[str, ...] = ()
    """What servers tell beyond these six."""


def duration_label(milliseconds: float) -> str:
    """A duration as people say it."""
    if milliseconds < 1000:
        return f"{milliseconds:.0f} ms"
    seconds = milliseconds / 1000
    for limit, unit, size in ((120, "s", 1), (7200, "min", 60), (172_800, "h", 3600)):
        if seconds < limit:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds / 86_400:.0f} d"


async def scan(session: Session, cursor: bytes, pattern: str) -> ScanBatch | ErrorReply:
    """One SCAN in a small budget, and the size of the database."""
    argv = [b"SCAN", cursor, *([b"MATCH", pattern.encode()] if pattern not in ("", "*") else [])]
    reply = await session.execute([*argv, b"COUNT", str(SCAN_COUNT).encode()])
    if isinstance(reply, ErrorReply):
        return reply
    following, keys = _two(reply)
    total = await session.execute([b"DBSIZE"])
    return ScanBatch(_bytes(following), tuple(_bytes(key) for key in _items(keys)), _int(total))


async def facts(session: Session, keys: Sequence[bytes]) -> dict[bytes, KeyFacts]:
    """Type and TTL of some keys; those that vanished are left out."""
    replies = await asyncio.gather(
        *(session.execute([b"TYPE", key]) for key in keys), *(session.execute([b"PTTL", key]) for key in keys)
    )
    types, ttls = replies[: len(keys)], replies[len(keys) :]
    return {
        key: KeyFacts(_text(kind), _int(ttl))
        for key, kind, ttl in zip(keys, types, ttls, strict=True)
        if not isinstance(kind, ErrorReply) and _text(kind) != "none"
    }


async def value_page(
    session: Session, key: bytes, start: int = 0, cursor: bytes = b"0"
) -> ValuePage | ErrorReply | None:
    """A page of a key's value; None where the key does not exist."""
    found = (await facts(session, [key])).get(key)
    if found is None:
        return None
    size_of = {"string": b"STRLEN", "list": b"LLEN", "set": b"SCARD", "hash": b"HLEN", "zset": b"ZCARD"}
    if found.type not in size_of:
        return ErrorReply(f"ERR values of type {found.type} are not shown yet; use the console".encode())
    total = await session.execute([size_of[found.type], key])
    last = str(start + PAGE - 1).encode()
    first = str(start).encode()
    read: dict[str, list[bytes]] = {
        "string": [b"GETRANGE", key, b"0", b"65535"],
        "list": [b"LRANGE", key, first, last],
        "zset": [b"ZRANGE", key, first, last, b"WITHSCORES"],
        "set": [b"SSCAN", key, cursor, b"COUNT", str(PAGE).encode()],
        "hash": [b"HSCAN", key, cursor, b"COUNT", str(PAGE).encode()],
    }
    reply, encoding = await asyncio.gather(
        session.execute(read[found.type]), session.execute([b"OBJECT", b"ENCODING", key])
    )
    for answer in (total, reply):
        if isinstance(answer, ErrorReply):
            return answer
    rows, following = _rows(found.type, reply, start)
    name = "" if isinstance(encoding, ErrorReply) else _text(encoding)
    return ValuePage(key, found.type, found.ttl_ms, rows, start, _int(total), following, name)


async def slowlog(session: Session, count: int = 64, *, log: str = "slow") -> list[SlowEntry] | ErrorReply:
    """The latest entries of the slow log, or of another of Valkey's logs."""
    wanted = [b"SLOWLOG", b"GET", b"%d" % count]
    if log != "slow":
        wanted = [b"COMMANDLOG", b"GET", b"%d" % count, log.encode()]
    reply = await session.execute(wanted)
    if isinstance(reply, ErrorReply):
        return reply
    entries = []
    for item in _items(reply):
        parts = _items(item)
        if len(parts) < 4:
            raise _unexpected(item)
        argv = tuple(_bytes(part) for part in _items(parts[3]))
        client, name = (_text(part) for part in (*parts[4:6], *(b"", b"")[len(parts[4:6]) :]))
        more = tuple(_text(part) if isinstance(part, bytes) else str(part) for part in parts[6:])
        entries.append(SlowEntry(_int(parts[0]), _int(parts[1]), _int(parts[2]), argv, client, name, more))
    return entries


async def figures(session: Session) -> str:
    """Keys and memory, for the title bar."""
    size, memory = await asyncio.gather(session.execute([b"DBSIZE"]), session.execute([b"INFO", b"memory"]))
    parts = [] if isinstance(size, ErrorReply) else [f"{_int(size):,} key{'' if size == 1 else 's'}"]
    if not isinstance(memory, ErrorReply):
        info = dict(line.split(":", 1) for line in _text(memory).splitlines() if ":" in line)
        parts += [f"{info['used_memory_human']}"] if info.get("used_memory_human") else []
        lua = info.get("used_memory_vm_eval") or info.get("used_memory_lua")
        parts += [f"lua {int(lua) // 1024:,} KB"] if lua and lua.strip().isdigit() else []
    return " · ".join(parts)


def _rows(kind: str, reply: Reply, start: int) -> tuple[tuple[tuple[bytes, ...], ...], bytes]:
    if kind == "string":
        return ((_bytes(reply),),), b"0"
    if kind == "list":
        items = _items(reply)
        return tuple((str(start + at).encode(), _bytes(item)) for at, item in enumerate(items)), b"0"
    if kind == "zset":
        return tuple((_bytes(score), _bytes(member)) for member, score in _pairs(reply)), b"0"
    following, found = _two(reply)
    if kind == "set":
        return tuple((_bytes(item),) for item in _items(found)), _bytes(following)
    return tuple((_bytes(name), _bytes(value)) for name, value in _pairs(found)), _bytes(following)


def _items(reply: Reply) -> list[Reply]:
    if isinstance(reply, SetReply):
        return reply.items
    if isinstance(reply, (Map, Pairs)):
        return reply.flat()
    return list(reply) if isinstance(reply, (list, tuple)) else []


def _pairs(reply: Reply) -> list[tuple[Reply, Reply]]:
    if isinstance(reply, (Map, Pairs)):
        return reply.pairs
    items = _items(reply)
    if items and isinstance(items[0], list):
        return [(pair[0], pair[1]) for pair in items if isinstance(pair, list) and len(pair) == 2]
    if len(items) % 2:
        raise _unexpected(reply)
    return list(zip(items[::2], items[1::2], strict=True))


def _two(reply: Reply) -> tuple[Reply, Reply]:
    items = _items(reply)
    if len(items) != 2:
        raise _unexpected(reply)
    return items[0], items[1]


def _unexpected(reply: Reply) -> SessionError:
    shown = _text(reply)
    return SessionError(
        f"The server's answer has an unexpected form: {shown if len(shown) <= 40 else shown[:39] + '…'}.",
        hint="F9 asks again.",
    )


def _bytes(reply: Reply) -> bytes:
    if isinstance(reply, bytes):
        return bytes(reply)
    if isinstance(reply, float):
        return f"{reply:.17g}".encode()
    return str(reply).encode()


def _text(reply: Reply) -> str:
    text = getattr(reply, "text", None)
    return _bytes(text if isinstance(text, bytes) else reply).decode("utf-8", "replace")


def _int(reply: Reply) -> int:
    return reply if isinstance(reply, int) else 0
