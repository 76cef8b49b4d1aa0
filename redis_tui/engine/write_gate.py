"""Whether commands that write, or that want memory, are taken at all: for want of memory, of replicas, of a disk.

It knows no command but by its flags. Nothing is evicted here, but by the one that is asked to make room.

The decision a reader would question: memory is looked at ahead of each command, and what was found then holds for all
that a script or a transaction does within it, as on the servers: a script that could begin to write must be able to
end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redis_tui.engine.replication import READ_ONLY
from redis_tui.spec.command import CommandFlag

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis_tui.engine.engine import Engine

OUT_OF_MEMORY: Final = "OOM command not allowed when used memory > 'maxmemory'."
TOO_FEW_REPLICAS: Final = "NOREPLICAS Not enough good replicas to write."


class WriteGate:
    """The gate of one engine.

    Args:
        engine: the owner.
        makes_room: whether the limit is kept to, by eviction if need be.
    """

    def __init__(self, engine: Engine, makes_room: Callable[[], bool]) -> None:
        self._engine = engine
        self._limit = 0
        self._makes_room = makes_room
        self.out_of_memory = False
        """As it was when the command under way began."""
        self.lacks_replicas = False
        """Replicas are asked for, and there are none here."""
        self.cannot_save = False
        """A background save has failed, so that changes might be lost; kept up by `persistence`."""

    @property
    def active(self) -> bool:
        """Whether it may refuse anything."""
        return self._limit > 0 or self._bars_writes or self._engine.replication.stale

    @property
    def closed(self) -> bool:
        """Whether it refuses something right now."""
        return self.out_of_memory or self._bars_writes or self._engine.replication.stale

    @property
    def _bars_writes(self) -> bool:
        return self.lacks_replicas or self.cannot_save or self._engine.replication.read_only

    def configure(self) -> None:
        """Takes its limits from the configuration."""
        config = self._engine.config
        self._limit = config.number("maxmemory")
        self.lacks_replicas = (
            config.number("min-replicas-to-write") > 0
            and config.number("min-replicas-max-lag") > 0
            and self._engine.replication.master is None
        )
        if not self._limit:
            self.out_of_memory = False

    def look(self) -> None:
        """Finds out how things stand, ahead of a command."""
        if self._limit:
            self.out_of_memory = not self._makes_room()

    def refusal(self, flags: CommandFlag) -> str | None:
        """Why a command of these flags is not taken now; None where it is."""
        if self.out_of_memory and flags & CommandFlag.DENYOOM:
            return OUT_OF_MEMORY
        return self.bar(flags)

    def bar(self, flags: CommandFlag) -> str | None:
        """Likewise, but for memory: why nothing may be changed."""
        if not flags & CommandFlag.WRITE:
            return None
        if self.cannot_save:
            return self._engine.dialect.cannot_save
        if self.lacks_replicas:
            return TOO_FEW_REPLICAS
        return READ_ONLY if self._engine.replication.read_only else None
