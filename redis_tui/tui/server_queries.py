"""What the side panes want to know of a server: clients, figures, functions, logs, settings; over `Session.execute`.

Knows no widget. Each answers an `ErrorReply` where the server did. The decision a reader would question: most of it
stands in `session.facts` and `session.library`, because the prompt asks for the same; panes find it here in one place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.resp.types import ErrorReply
from redis_tui.session.facts import ClientFacts, clients, info, items_of, pairs_of, text_of
from redis_tui.session.library import Function, Library, libraries

if TYPE_CHECKING:
    from redis_tui.session.base import Session

__all__ = [
    "COMMAND_LOGS",
    "THRESHOLDS",
    "ClientFacts",
    "Function",
    "Library",
    "clients",
    "info",
    "items_of",
    "libraries",
    "pairs_of",
    "settings",
    "text_of",
]
COMMAND_LOGS = ("slow", "large-request", "large-reply")
"""What Valkey's COMMANDLOG keeps; other servers have the first alone, as SLOWLOG."""
THRESHOLDS = {
    "slow": "slowlog-log-slower-than",
    "large-request": "commandlog-request-larger-than",
    "large-reply": "commandlog-reply-larger-than",
}
"""The setting behind each log."""


async def settings(session: Session, pattern: str = "*") -> dict[str, str] | ErrorReply:
    """CONFIG GET, by name."""
    reply = await session.execute([b"CONFIG", b"GET", pattern.encode()])
    if isinstance(reply, ErrorReply):
        return reply
    return {text_of(name): text_of(value) for name, value in sorted(pairs_of(reply), key=lambda pair: text_of(pair[0]))}
