"""CLIENT PAUSE: commands are held back until it is over.

It only knows when and what; `Engine` asks `holds` for each command and `Blocking` keeps
those that are held. While a pause lasts, keys whose time has run out are hidden but stay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from redis_tui.engine.engine import Engine

Mode = Literal["all", "write"]


class Pause:
    """The pause of one engine, if there is one.

    Args:
        engine: the owner.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.mode: Mode | None = None
        self.until_ms = 0
        """Unix time at which it ends by itself."""

    def begin(self, until_ms: int, mode: Mode) -> None:
        """Begins a pause, or makes the one that holds longer or stricter; never shorter."""
        self.mode = "all" if self.mode == "all" else mode
        self.until_ms = max(self.until_ms, until_ms)
        self._engine.space.expiry_paused = True
        self._engine.refresh()

    def end(self) -> None:
        """Ends it and lets go of what was held back."""
        if self.mode is None:
            return
        self.mode, self.until_ms = None, 0
        self._engine.space.expiry_paused = self._engine.replication.read_only
        self._engine.refresh()
        self._engine.blocking.resume()

    def holds(self, *, writes: bool) -> bool:
        """Whether a command has to wait.

        Args:
            writes: it may change data or be told to replicas.
        """
        return self.mode == "all" or (self.mode == "write" and writes)
