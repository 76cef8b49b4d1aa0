"""Which key broke an EXEC: what WATCH was told to look at, as it was then and as it is now.

Knows a session; must not know who shows the lines. The decision a reader would question: each WATCH is
followed by a bounded read of its keys, which nobody typed. Without it no server can tell afterwards what
changed; it is said where it is done.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from redis_tui.render.spans import Line, show, text_line
from redis_tui.resp.types import NULL_ARRAY, Reply, Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.session.base import Change, Session, Snapshot

_ENDS = frozenset((b"EXEC", b"DISCARD", b"UNWATCH", b"RESET"))
_MOST_KEYS = 50
"""Keys that are read; who watches more is told of those."""


class Watching:
    """The keys that one session watches."""

    def __init__(self) -> None:
        self._before: dict[tuple[int, bytes], Snapshot] = {}

    async def observe(self, session: Session, argv: Sequence[bytes], reply: Reply) -> list[Line]:
        """Takes note of a command; answers what there is to tell of it.

        Args:
            session: where it was sent.
            argv: the command.
            reply: the server's answer.

        Raises:
            SessionError: the connection broke while the keys were read.
        """
        name = argv[0].upper()
        if name == b"WATCH" and isinstance(reply, Status):
            await self._remember(session, argv[1:])
            return []
        if name not in _ENDS:
            return []
        before, self._before = self._before, {}
        if name != b"EXEC" or not (reply is None or reply is NULL_ARRAY) or not before:
            return []
        return await _difference(session, before)

    async def _remember(self, session: Session, keys: Sequence[bytes]) -> None:
        db = session.db
        new = [key for key in dict.fromkeys(keys) if (db, key) not in self._before][:_MOST_KEYS]
        found = await _read(session, db, new)
        self._before.update({(db, key): one for key, one in found.items()})


async def _read(session: Session, db: int, keys: Sequence[bytes]) -> dict[bytes, Snapshot]:
    from redis_tui.session.inspect import snapshots

    async def pipeline(commands: Sequence[Sequence[bytes]]) -> list[Reply]:
        return [await session.execute(command, db=db) for command in commands]

    return await snapshots(pipeline, keys, now_ms=time.time_ns() // 1_000_000)


async def _difference(session: Session, before: dict[tuple[int, bytes], Snapshot]) -> list[Line]:
    from redis_tui.render.changes import changes_lines
    from redis_tui.session.inspect import compare

    changes: list[Change] = []
    for db in dict.fromkeys(db for db, _ in before):
        then = {key: one for (at, key), one in before.items() if at == db}
        changes += compare(db, then, await _read(session, db, list(then)))
    if not changes:
        names = ", ".join(show(key) for _, key in before)
        text = f"Nothing was executed: somebody wrote to a watched key ({names}), which is as it was again."
        return [text_line(text, "warning")]
    names = ", ".join(show(change.key) for change in changes)
    head = text_line(
        f"Nothing was executed: {names} changed since WATCH. WATCH again, read again, try again.", "warning"
    )
    return [head, *changes_lines(tuple(changes), len(changes))]
