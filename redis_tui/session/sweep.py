"""A walk over all keys by SCAN, a small budget at a time, and what the keys of each batch are and weigh.

Functions over `Session.execute_many`, for both kinds. Knows no face. The decision a reader would question: where a
pattern or a type narrows, how many keys were looked at is worked out from the budget. No server tells, and "about
50,000 of 2,000,000" is what one has to know before going on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.errors import UsageError
from redis_tui.record import dataclass
from redis_tui.resp.types import ErrorReply, Reply
from redis_tui.session.facts import SIZE_OF, items_of, text_of

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from redis_tui.session.base import Session

BUDGET = 500
"""Keys that one SCAN looks at."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one SCAN gave."""

    keys: tuple[bytes, ...]
    looked_at: int
    """Keys so far, about."""
    total: int
    """DBSIZE at that moment."""

    @property
    def progress(self) -> str:
        """``about 5,000 of 2,000,000 keys``."""
        return f"{self.looked_at:,} of {self.total:,} key{'' if self.total == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Weight:
    """A key and how large it is."""

    key: bytes
    type: str
    size: int
    """Elements of a collection, bytes of a string; bytes of memory where that was asked for."""


async def sweep(session: Session, pattern: str = "", kind: str = "") -> AsyncGenerator[Batch, None]:
    """Goes over all keys once, as SCAN does: a key may come twice, one that is new may not come.

    Args:
        session: where.
        pattern: of names; empty is all.
        kind: a type; empty is all.

    Raises:
        UsageError: the server refused.
        SessionError: the connection broke.
    """
    narrowed = [b"MATCH", pattern.encode("utf-8", "surrogateescape")] if pattern else []
    narrowed += [b"TYPE", kind.encode()] if kind else []
    cursor, calls = b"0", 0
    while calls == 0 or cursor != b"0":
        scanned, size = await session.execute_many(
            [[b"SCAN", cursor, *narrowed, b"COUNT", b"%d" % BUDGET], [b"DBSIZE"]]
        )
        if isinstance(scanned, ErrorReply):
            raise UsageError(f"The server refused: {text_of(scanned.line)}.")
        calls += 1
        following, found = (*items_of(scanned), None, None)[:2]
        cursor = following if isinstance(following, bytes) else b"0"
        total = size if isinstance(size, int) else 0
        keys = tuple(key for key in items_of(found) if isinstance(key, bytes))
        yield Batch(keys, total if cursor == b"0" else min(total, calls * BUDGET), total)


async def weigh(session: Session, keys: Sequence[bytes], *, memory: bool) -> list[Weight]:
    """How large keys are; those that vanished meanwhile are left out.

    Args:
        session: where.
        keys: of one batch.
        memory: bytes of memory instead of elements.

    Raises:
        SessionError: the connection broke.
    """
    if not keys:
        return []
    types = [text_of(reply) for reply in await session.execute_many([[b"TYPE", key] for key in keys])]
    known = [(key, kind) for key, kind in zip(keys, types, strict=True) if kind != "none"]
    asked = [
        ([b"MEMORY", b"USAGE", key] if memory else [SIZE_OF[kind], key])
        for key, kind in known
        if memory or kind in SIZE_OF
    ]
    sizes: list[Reply] = await session.execute_many(asked) if asked else []
    weighed = [one for one in known if memory or one[1] in SIZE_OF]
    return [Weight(key, kind, size) for (key, kind), size in zip(weighed, sizes, strict=True) if isinstance(size, int)]
