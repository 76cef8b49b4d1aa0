"""Which commands may go out many at a time: those that only work on data and answer at once.

The decision a reader would question: everything else goes alone, however harmless. A command that
changes the connection, runs Lua, waits or ends the server makes a difference to how the next one is sent, or to how
its reply is drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redis_tui.resp.types import ErrorReply
from redis_tui.spec.command import CommandFlag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.resp.types import Reply
    from redis_tui.session.base import Session
    from redis_tui.spec.catalog import Catalog

BATCH: Final = 500
"""Commands that go out together at most."""
_GROUPS: Final = frozenset(
    ("string", "list", "set", "sorted-set", "hash", "stream", "bitmap", "geo", "hyperloglog", "generic")
)


def may_go_together(catalog: Catalog, argv: Sequence[bytes]) -> bool:
    """Whether a command may be one of many.

    Args:
        catalog: of the session that it goes to.
        argv: name and arguments.
    """
    spec = catalog.get(argv[0].decode("utf-8", "replace"))
    return spec is not None and spec.group in _GROUPS and not spec.flags & CommandFlag.BLOCKING


async def one_by_one(
    session: Session, commands: Sequence[Sequence[bytes]], *, db: int | None, stop_at_error: bool
) -> list[Reply]:
    """`Session.execute_many` where they cannot go together."""
    replies: list[Reply] = []
    for argv in commands:
        replies.append(await session.execute(argv, db=db))
        if stop_at_error and isinstance(replies[-1], ErrorReply):
            break
    return replies
