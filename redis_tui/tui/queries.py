"""What panes want to know of a server, as functions over `Session.execute`, for both kinds of session.

Knows no widget. Each answers an `ErrorReply` where the server did, so that a pane can show
it instead of an empty list. The decision a reader would question: types and TTLs are asked
for key by key, and only for rows on the screen; a SCAN with TYPE would visit every key.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import field, replace
from typing import TYPE_CHECKING

from redis_tui.record import dataclass
from redis_tui.resp.inline import UnbalancedQuotes, split_inline
from redis_tui.resp.types import ErrorReply
from redis_tui.session.facts import SIZE_OF, SlowEntry, slowlog
from redis_tui.session.nodes import each_node
from redis_tui.tui.replies import as_bytes, as_int, as_items, as_text, as_two

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.resp.types import Reply
    from redis_tui.session.base import Session

__all__ = [
    "SCAN_COUNT",
    "SIZE_OF",
    "KeyFacts",
    "ScanBatch",
    "SlowEntry",
    "bytes_label",
    "duration_label",
    "facts",
    "figures",
    "scan",
    "slowlog",
    "typed_bytes",
]
SCAN_COUNT = 500
UNKNOWN = "✗ down"
"""In place of the type of a key whose node does not answer."""


@dataclass(frozen=True, slots=True)
class ScanBatch:
    """What one SCAN gave."""

    cursor: bytes
    """``0`` where the scan is complete."""
    keys: tuple[bytes, ...]
    count: KeyCount
    """How many there were at that moment."""


@dataclass(frozen=True, slots=True)
class KeyCount:
    """How many keys there are."""

    total: int
    """Of a cluster: on the nodes that told."""
    by_node: dict[str, int] = field(default_factory=dict)
    """Of each node of a cluster that told; empty where there is one server."""


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """Type, time to live, size and encoding of one key."""

    type: str
    ttl_ms: int
    """-1: no expiry; -2: gone."""
    size: int = -1
    """Bytes of a string, elements of a collection; -1 where it was not asked."""
    encoding: str = ""

    @property
    def size_label(self) -> str:
        """``412 B``, ``1.2 KB``; ``17`` elements."""
        if self.size < 0:
            return ""
        return bytes_label(self.size) if self.type == "string" else f"{self.size:,}"

    @property
    def ttl_label(self) -> str:
        """``∞``, ``58 s``, ``12 min``, ``3 h``, ``9 d``."""
        if self.type == UNKNOWN:
            return ""
        return "∞" if self.ttl_ms == -1 else "gone" if self.ttl_ms < 0 else duration_label(self.ttl_ms)


def duration_label(milliseconds: float) -> str:
    """A duration as people say it."""
    if milliseconds < 1000:
        return f"{milliseconds:.0f} ms"
    seconds = milliseconds / 1000
    for limit, unit, size in ((120, "s", 1), (7200, "min", 60), (172_800, "h", 3600)):
        if seconds < limit:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds / 86_400:.0f} d"


def bytes_label(size: int) -> str:
    """``412 B``, ``1.2 KB``, ``3.4 MB``."""
    if size < 1000:
        return f"{size} B"
    for limit, unit, step in ((1_000_000, "KB", 1e3), (1_000_000_000, "MB", 1e6)):
        if size < limit:
            return f"{size / step:.1f} {unit}"
    return f"{size / 1e9:.1f} GB"


def typed_bytes(text: str) -> bytes:
    r"""A pattern as it was typed; in double quotes it may hold ``\xHH`` for bytes that are no text."""
    if len(text) > 1 and text[0] == text[-1] == '"':
        with contextlib.suppress(UnbalancedQuotes):
            words = split_inline(text.encode())
            return words[0] if len(words) == 1 else text.encode()
    return text.encode()


async def scan(
    session: Session,
    cursor: bytes,
    pattern: str,
    kind: str = "",
    *,
    count: int = SCAN_COUNT,
    known: KeyCount | None = None,
) -> ScanBatch | ErrorReply:
    """One SCAN in a small budget, and the size of the database.

    Args:
        session: where.
        cursor: of the batch before; ``0`` at first.
        pattern: MATCH; empty for all keys.
        kind: TYPE; empty for all types.
        count: the budget.
        known: how many keys there are, as it was just told; None asks for it.
    """
    argv = [b"SCAN", cursor, *([b"MATCH", typed_bytes(pattern)] if pattern not in ("", "*") else [])]
    argv += [b"COUNT", b"%d" % count, *([b"TYPE", kind.encode()] if kind else [])]
    reply = await session.execute(argv)
    if isinstance(reply, ErrorReply):
        return reply
    following, keys = as_two(reply)
    if known is None or following == b"0":
        told = await key_count(session)
        known = KeyCount(0) if isinstance(told, ErrorReply) else told
    return ScanBatch(as_bytes(following), tuple(as_bytes(key) for key in as_items(keys)), known)


async def key_count(session: Session) -> KeyCount | ErrorReply:
    """DBSIZE; of a cluster, of each node that answers."""
    if not session.info.is_cluster:
        reply = await session.execute([b"DBSIZE"])
        return reply if isinstance(reply, ErrorReply) else KeyCount(as_int(reply))
    told = await each_node(session, [b"DBSIZE"])
    by_node = {node.name: reply for node, reply in told if isinstance(reply, int)}
    refusal = next((reply for _, reply in told if isinstance(reply, ErrorReply)), None)
    return refusal if refusal is not None and not by_node else KeyCount(sum(by_node.values()), by_node)


async def facts(
    session: Session, keys: Sequence[bytes], *, details: bool = False, db: int | None = None
) -> dict[bytes, KeyFacts]:
    """Type and TTL of some keys, with ``details`` size and encoding; those that vanished are left out."""
    replies = await asyncio.gather(
        *(session.execute([b"TYPE", key], db=db) for key in keys),
        *(session.execute([b"PTTL", key], db=db) for key in keys),
    )
    types, ttls = replies[: len(keys)], replies[len(keys) :]
    found = {
        key: KeyFacts(UNKNOWN, -2) if _is_unseen(kind) else KeyFacts(as_text(kind), as_int(ttl))
        for key, kind, ttl in zip(keys, types, ttls, strict=True)
        if _is_unseen(kind) or (not isinstance(kind, ErrorReply) and as_text(kind) != "none")
    }
    return await _with_details(session, found, db) if details else found


def _is_unseen(kind: Reply) -> bool:
    """The key's node does not answer: whether the key is there is not known."""
    return isinstance(kind, ErrorReply) and kind.code == "NODEDOWN"


async def _with_details(session: Session, found: dict[bytes, KeyFacts], db: int | None) -> dict[bytes, KeyFacts]:
    sized = [key for key, known in found.items() if known.type in SIZE_OF]
    replies = await asyncio.gather(
        *(session.execute([SIZE_OF[found[key].type], key], db=db) for key in sized),
        *(session.execute([b"OBJECT", b"ENCODING", key], db=db) for key in found),
    )
    for key, size in zip(sized, replies, strict=False):
        found[key] = replace(found[key], size=size if isinstance(size, int) else -1)
    for key, name in zip(list(found), replies[len(sized) :], strict=True):
        if not isinstance(name, ErrorReply) and name is not None:
            found[key] = replace(found[key], encoding=as_text(name))
    return found


async def loading_share(session: Session) -> str:
    """How much a server that starts has read of its data: `` · 43 % · 12 s left``; empty where it does not tell."""
    told = as_text(await session.execute([b"INFO", b"persistence"]))
    info = dict(line.split(":", 1) for line in told.splitlines() if ":" in line)
    share, left = info.get("loading_loaded_perc", ""), info.get("loading_eta_seconds", "")
    return (f" · {float(share):.0f} %" if share else "") + (f" · {left} s left" if left.isdecimal() else "")


async def figures(session: Session) -> str:
    """Keys and memory, for the title bar."""
    count, memory = await asyncio.gather(key_count(session), session.execute([b"INFO", b"memory"]))
    parts = [] if isinstance(count, ErrorReply) else [f"{count.total:,} key{'' if count.total == 1 else 's'}"]
    if not isinstance(memory, ErrorReply):
        info = dict(line.split(":", 1) for line in as_text(memory).splitlines() if ":" in line)
        parts += [f"{info['used_memory_human']}"] if info.get("used_memory_human") else []
        lua = info.get("used_memory_vm_eval") or info.get("used_memory_lua")
        parts += [f"lua {int(lua) // 1024:,} KB"] if lua and lua.strip().isdigit() else []
    return " · ".join(parts)
