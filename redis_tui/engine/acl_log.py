"""ACL LOG: who was refused what, newest first, like refusals grouped.

It knows no rules. An entry that happens again within a minute is counted and moved to the
front; as in a server only the ten newest are looked at for that.
"""

from __future__ import annotations

import itertools
from typing import Final

from redis_tui.record import dataclass
from redis_tui.resp.types import Map

_GROUPED_MS: Final = 60_000
_LOOKED_AT: Final = 10


@dataclass(slots=True)
class Refusal:
    """One entry."""

    reason: str
    """``command key channel auth database``."""
    context: str
    """``toplevel multi lua``."""
    object: bytes
    """The command's full name, the key or the channel; of a login its command as it was typed."""
    user: bytes
    client_info: bytes
    """The client as CLIENT INFO shows it."""
    created_ms: int
    """Unix time."""
    updated_ms: int
    id: int = 0
    count: int = 1

    def is_like(self, other: Refusal) -> bool:
        """Whether both tell of the same thing at about the same time."""
        return (self.reason, self.context, self.object, self.user) == (
            other.reason,
            other.context,
            other.object,
            other.user,
        ) and abs(self.updated_ms - other.updated_ms) <= _GROUPED_MS

    def reply(self, now_ms: int) -> Map:
        """As ACL LOG tells it."""
        return Map(
            [
                (b"count", self.count),
                (b"reason", self.reason.encode()),
                (b"context", self.context.encode()),
                (b"object", self.object),
                (b"username", self.user),
                (b"age-seconds", (now_ms - self.updated_ms) / 1000),
                (b"client-info", self.client_info),
                (b"entry-id", self.id),
                (b"timestamp-created", self.created_ms),
                (b"timestamp-last-updated", self.updated_ms),
            ]
        )


class AclLog:
    """A bounded log."""

    def __init__(self) -> None:
        self.entries: list[Refusal] = []
        self._ids = itertools.count()

    def add(self, refusal: Refusal, *, max_len: int) -> None:
        """Notes a refusal.

        Args:
            refusal: what happened.
            max_len: entries kept.
        """
        for at, known in enumerate(self.entries[:_LOOKED_AT]):
            if known.is_like(refusal):
                known.count += 1
                known.updated_ms = refusal.updated_ms
                known.client_info = refusal.client_info
                self.entries.insert(0, self.entries.pop(at))
                return
        refusal.id = next(self._ids)
        self.entries.insert(0, refusal)
        del self.entries[max_len:]

    def clear(self) -> None:
        """Forgets all; numbers go on."""
        self.entries.clear()
