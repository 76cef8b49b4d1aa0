"""One action for a burst of wishes. Knows nothing but the event loop's clock."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Coalescer:
    """Calls an action once, a moment after the last of a burst of wishes."""

    def __init__(self, action: Callable[[], object], *, delay_s: float = 0.15) -> None:
        self._action = action
        self._delay_s = delay_s
        self._handle: asyncio.TimerHandle | None = None

    def wish(self) -> None:
        """Once more, soon; a stream of wishes is served at least each delay."""
        if self._handle is None:
            self._handle = asyncio.get_running_loop().call_later(self._delay_s, self._fire)

    def stop(self) -> None:
        """Forgets a pending wish."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _fire(self) -> None:
        self._handle = None
        self._action()
