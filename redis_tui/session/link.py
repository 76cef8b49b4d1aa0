"""What a session over a real server sends commands through: one connection, or the nodes of a cluster taken together.

Knows neither. `wire.Wire` and `cluster_wire.ClusterWire` have this shape.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.resp.types import Reply


class Link(Protocol):
    """Commands go in, replies come back in the same order."""

    db: int
    """What the address names, whether or not it was chosen already."""
    target: str
    """For people: host and port."""

    async def connect(self) -> None:
        """Opens it.

        Raises:
            ConnectError, AuthError: there is no way.
        """
        ...

    async def execute(self, argv: Sequence[bytes]) -> Reply:
        """Sends one command; raises as `pipeline` does."""
        ...

    async def pipeline(self, commands: Sequence[Sequence[bytes]]) -> list[Reply]:
        """Sends several commands at once.

        Raises:
            SessionError: it broke; `connect` may be tried again.
        """
        ...

    @property
    def is_gone(self) -> bool:
        """Whether the other end has hung up, which may show while nobody waits for a reply."""
        ...

    @property
    def is_open(self) -> bool: ...

    async def close(self) -> None:
        """Closes it; may be called twice."""
        ...
