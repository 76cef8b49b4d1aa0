"""Keys of a real server before and after a run, read with plain commands.

Only the declared keys can be compared: no server tells which keys a script touched. The
reads are TYPE and PTTL, then one bounded read by type; nothing is written.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence

from redis_tui.resp.types import ErrorReply, Map, Reply
from redis_tui.session.base import BYTES, ITEMS, MISSING, Change, Snapshot

Pipeline = Callable[[Sequence[Sequence[bytes]]], Awaitable[list[Reply]]]
"""Sends several commands at once."""

_LAST = b"%d" % (ITEMS - 1)
READS: dict[bytes, tuple[tuple[bytes, ...], tuple[bytes, ...]]] = {
    b"string": ((b"STRLEN",), (b"GETRANGE", b"0", b"%d" % (BYTES - 1))),
    b"list": ((b"LLEN",), (b"LRANGE", b"0", _LAST)),
    b"set": ((b"SCARD",), (b"SSCAN", b"0", b"COUNT", b"%d" % ITEMS)),
    b"hash": ((b"HLEN",), (b"HSCAN", b"0", b"COUNT", b"%d" % ITEMS)),
    b"zset": ((b"ZCARD",), (b"ZRANGE", b"0", _LAST, b"WITHSCORES")),
    b"stream": ((b"XLEN",), (b"XRANGE", b"-", b"+", b"COUNT", b"%d" % ITEMS)),
}
"""By type: what tells a key's size, and a bounded read of it. The key stands behind the first word."""


async def snapshots(pipeline: Pipeline, keys: Sequence[bytes], *, now_ms: int) -> dict[bytes, Snapshot]:
    """Each key as it is now.

    Args:
        keys: asked for once each.
        now_ms: Unix time, to turn a time to live into a moment.
    """
    wanted = list(dict.fromkeys(keys))
    if not wanted:
        return {}
    facts = await pipeline([command for key in wanted for command in ([b"TYPE", key], [b"PTTL", key])])
    found: dict[bytes, Snapshot] = {}
    for at, key in enumerate(wanted):
        kind, ttl = facts[2 * at], facts[2 * at + 1]
        expires = now_ms + ttl if isinstance(ttl, int) and ttl >= 0 else None
        found[key] = await _snapshot(pipeline, key, kind, expires)
    return found


async def _snapshot(pipeline: Pipeline, key: bytes, kind: Reply, expires: int | None) -> Snapshot:
    if isinstance(kind, ErrorReply) or not isinstance(kind, bytes) or kind == b"none":
        return MISSING
    if kind not in READS:
        return seen(kind, expires, None, None)
    size, content = await pipeline([[read[0], key, *read[1:]] for read in READS[kind]])
    return seen(kind, expires, size, content)


def seen(kind: bytes, expires: int | None, size: Reply, content: Reply) -> Snapshot:
    """A key that is there, from what was read of it.

    Args:
        kind: its type.
        expires: Unix time in milliseconds.
        size: the reply to the first of its type's `READS`; None of a type that has none.
        content: the reply to the second.
    """
    name = kind.decode("ascii", "replace")
    if kind not in READS:
        return Snapshot(name, None, 0, expires, cut=True)
    count = size if isinstance(size, int) else 0
    value = _value(kind, content)
    held = len(value) if isinstance(value, bytes | list) else len(value.pairs) if isinstance(value, Map) else 0
    return Snapshot(name, value, count, expires, cut=held < count)


def _value(kind: bytes, content: Reply) -> Reply:
    if kind == b"string":
        return content
    if not isinstance(content, list):
        return None
    if kind == b"list":
        return content
    if kind == b"stream":
        return Map((entry[0], entry[1]) for entry in content if isinstance(entry, list) and len(entry) == 2)
    items = content[1] if kind in (b"set", b"hash") else content
    if not isinstance(items, list):
        return None
    if kind == b"set":
        return items
    if kind == b"zset":
        return Map(_scores(items))
    return Map(zip(items[::2], items[1::2], strict=True))


def _scores(items: list[Reply]) -> Iterator[tuple[Reply, float]]:
    """Members and scores: in RESP2 one behind the other as text, in RESP3 pairs with a double."""
    flat = zip(items[::2], items[1::2], strict=False)
    for member, score in items if items and isinstance(items[0], list) else flat:  # type: ignore[misc]  # of two each
        if isinstance(score, bytes | float):
            yield member, float(score)


def compare(db: int, before: dict[bytes, Snapshot], after: dict[bytes, Snapshot]) -> tuple[Change, ...]:
    """The keys that differ; a time to live that only ran on is no difference."""
    return tuple(Change(db, key, old, after[key]) for key, old in before.items() if not _alike(old, after[key]))


_DRIFT_MS = 1_000
"""PTTL is read at two moments; a difference below this is the clock, not the script."""


def _alike(old: Snapshot, new: Snapshot) -> bool:
    if (old.type, old.size) != (new.type, new.size) or _comparable(old) != _comparable(new):
        return False
    if old.expires_at_ms is None or new.expires_at_ms is None:
        return old.expires_at_ms == new.expires_at_ms
    return abs(old.expires_at_ms - new.expires_at_ms) < _DRIFT_MS


def _comparable(one: Snapshot) -> object:
    """Sets and hashes have no order that could differ."""
    if one.type == "set" and isinstance(one.value, list):
        return sorted(item for item in one.value if isinstance(item, bytes))
    if one.type == "hash" and isinstance(one.value, Map):
        return sorted((f, v) for f, v in one.value.pairs if isinstance(f, bytes) and isinstance(v, bytes))
    return one.value
