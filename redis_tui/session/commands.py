"""The commands that a server has, from what it says of them; from ours where it says less.

Knows no connection: replies come in as values. The decision a reader would question: Redis 6.2 and older have no
COMMAND DOCS and refuse it. Without a catalog a read-only session would refuse every read as well, so COMMAND tells
which commands there are and which write, and the embedded engine's catalog how they are written.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from redis_tui.resp.types import ErrorReply, Reply
from redis_tui.spec.catalog import Catalog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


async def read_catalog(docs: Reply, info: Reply, *, usual: Callable[[], Awaitable[Catalog]]) -> Catalog:
    """Makes a server's catalog.

    Args:
        docs: the reply of COMMAND DOCS.
        info: the reply of COMMAND.
        usual: answers the embedded engine's catalog; asked only where the server documents nothing, or refuses both.
    """
    if not isinstance(docs, ErrorReply):
        # Four hundred commands take longer than an interface may stand still.
        return await asyncio.to_thread(Catalog.from_command_docs, docs, info)
    known = await usual()
    return known if isinstance(info, ErrorReply) else Catalog.from_command_info(info, known)
