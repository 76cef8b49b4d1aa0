"""From which time on a server counts a command as slow. For every kind of session, over `execute`.

Knows no face. The decision a reader would question: it is asked again each time, since CONFIG SET by anybody
changes it, and a warning by an old threshold would be none.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from redis_tui.resp.types import Map, Reply
from redis_tui.session.nodes import each_node

if TYPE_CHECKING:
    from redis_tui.session.base import Session

_NAME = b"slowlog-log-slower-than"


async def slow_threshold_ms(session: Session) -> float | None:
    """The slow log's threshold.

    Returns:
        Milliseconds, infinite where nothing is logged; None where the server does not tell, or where the nodes of a
        cluster have different ones.

    Raises:
        SessionError: the connection broke.
    """
    asked = [b"CONFIG", b"GET", _NAME]
    if session.info.is_cluster:
        told = {_milliseconds(reply) for _, reply in await each_node(session, asked)} - {None}
        return told.pop() if len(told) == 1 else None
    return _milliseconds(await session.execute(asked))


def _milliseconds(reply: Reply) -> float | None:
    words = _flat(reply)
    if len(words) != 2 or not isinstance(words[1], bytes) or not words[1].lstrip(b"-").isdigit():
        return None
    microseconds = int(words[1])
    return math.inf if microseconds < 0 else microseconds / 1000


def _flat(reply: Reply) -> list[Reply]:
    if isinstance(reply, Map):
        return reply.flat()
    return reply if isinstance(reply, list) else []
