"""What is done to keys, as commands: times to live as people type them, and values as what makes them again.

Knows the session for reading only. The decision a reader would question: a collection is read in
parts by its own scanning command, never whole by HGETALL or SMEMBERS, so that a set of a million members
holds up neither the server nor the interface; what changes meanwhile may be in the copy or not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from redis_tui.errors import SessionError, UsageError
from redis_tui.resp.types import ErrorReply
from redis_tui.tui import queries
from redis_tui.tui.replies import as_bytes, as_items, as_pairs, as_two

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from redis_tui.resp.types import Reply
    from redis_tui.session.base import Session

_AT_ONCE = 500
"""Elements in one command."""
_UNITS = {"ms": 1, "": 1000, "s": 1000, "m": 60_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
_TIME = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]*)")
_FOREVER = frozenset(("none", "never", "forever", "persist", "∞", "-1"))


def parse_ttl(text: str) -> int | None:
    """Milliseconds of ``90``, ``90s``, ``5m``, ``2h``, ``7d``, ``500ms``; None for ``none``: no expiry.

    Raises:
        UsageError: it is none of these.
    """
    wanted = text.strip().lower()
    if wanted in _FOREVER:
        return None
    found = _TIME.fullmatch(wanted)
    if found is None or found[2] not in _UNITS or float(found[1]) == 0:
        raise UsageError(f"{text} is no time to live.", hint="For instance 90, 5m, 2h, 7d, 500ms, or none.")
    return max(1, round(float(found[1]) * _UNITS[found[2]]))


def ttl_command(key: bytes, ttl_ms: int | None) -> list[bytes]:
    """PEXPIRE, or PERSIST."""
    return [b"PERSIST", key] if ttl_ms is None else [b"PEXPIRE", key, b"%d" % ttl_ms]


async def recreate(session: Session, key: bytes) -> AsyncIterator[list[bytes]]:
    """The commands that make a key again, with its time to live at the end.

    Raises:
        SessionError: the server answered an error, or the type is one whose value cannot be written as commands.
    """
    found = (await queries.facts(session, [key])).get(key)
    if found is None:
        return
    if found.type not in _READERS:
        raise SessionError(f"A {found.type} cannot be written as commands.", hint="Export it as DUMP.")
    async for command in _READERS[found.type](session, key):
        yield command
    if found.type == "hash":
        async for command in _field_times(session, key):
            yield command
    if found.ttl_ms > 0:
        yield ttl_command(key, found.ttl_ms)


async def dump(session: Session, key: bytes) -> list[bytes] | None:
    """The RESTORE command that makes a key again; None where it does not exist."""
    payload = await ask(session, [b"DUMP", key])
    ttl = await ask(session, [b"PTTL", key])
    if payload is None:
        return None
    return [b"RESTORE", key, b"%d" % max(0, ttl if isinstance(ttl, int) else 0), as_bytes(payload)]


async def ask(session: Session, argv: Sequence[bytes]) -> Reply:
    """One command whose error reply ends the work.

    Raises:
        SessionError: the server answered an error.
    """
    reply = await session.execute(argv)
    if isinstance(reply, ErrorReply):
        raise SessionError(reply.line.decode("utf-8", "replace"))
    return reply


async def _string(session: Session, key: bytes) -> AsyncIterator[list[bytes]]:
    value = await ask(session, [b"GET", key])
    if value is not None:
        yield [b"SET", key, as_bytes(value)]


async def _list(session: Session, key: bytes) -> AsyncIterator[list[bytes]]:
    start = 0
    while items := as_items(await ask(session, [b"LRANGE", key, b"%d" % start, b"%d" % (start + _AT_ONCE - 1)])):
        yield [b"RPUSH", key, *map(as_bytes, items)]
        start += len(items)


async def _scanned(session: Session, key: bytes, name: bytes) -> AsyncIterator[Reply]:
    cursor = b"0"
    while True:
        following, found = as_two(await ask(session, [name, key, cursor, b"COUNT", b"%d" % _AT_ONCE]))
        yield found
        cursor = as_bytes(following)
        if cursor == b"0":
            return


async def _set(session: Session, key: bytes) -> AsyncIterator[list[bytes]]:
    async for found in _scanned(session, key, b"SSCAN"):
        if items := as_items(found):
            yield [b"SADD", key, *map(as_bytes, items)]


async def _hash(session: Session, key: bytes) -> AsyncIterator[list[bytes]]:
    async for found in _scanned(session, key, b"HSCAN"):
        if pairs := as_pairs(found):
            yield [b"HSET", key, *(as_bytes(part) for pair in pairs for part in pair)]


async def _zset(session: Session, key: bytes) -> AsyncIterator[list[bytes]]:
    async for found in _scanned(session, key, b"ZSCAN"):
        if pairs := as_pairs(found):
            yield [b"ZADD", key, *(as_bytes(part) for member, score in pairs for part in (score, member))]


async def _stream(session: Session, key: bytes) -> AsyncIterator[list[bytes]]:
    start = b"-"
    while entries := as_items(await ask(session, [b"XRANGE", key, start, b"+", b"COUNT", b"%d" % _AT_ONCE])):
        for entry in entries:
            number, fields = as_two(entry)
            yield [b"XADD", key, as_bytes(number), *map(as_bytes, as_items(fields))]
            start = b"(" + as_bytes(number)


async def _field_times(session: Session, key: bytes) -> AsyncIterator[list[bytes]]:
    """HPEXPIRE for each field that has a time, on servers that know such times."""
    async for found in _scanned(session, key, b"HSCAN"):
        names = [as_bytes(name) for name, _ in as_pairs(found)]
        if not names:
            continue
        times = await session.execute([b"HPTTL", key, b"FIELDS", b"%d" % len(names), *names])
        if isinstance(times, ErrorReply):
            return
        for name, left in zip(names, as_items(times), strict=False):
            if isinstance(left, int) and left > 0:
                yield [b"HPEXPIRE", key, b"%d" % left, b"FIELDS", b"1", name]


_READERS = {"string": _string, "list": _list, "set": _set, "hash": _hash, "zset": _zset, "stream": _stream}
