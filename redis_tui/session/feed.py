"""Events of a session for any number of readers; a slow reader loses the oldest, never the newest."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from redis_tui.session.base import Event

_KEPT = 1000


class _Reader:
    """One reader's backlog."""

    def __init__(self) -> None:
        self.backlog: deque[Event] = deque(maxlen=_KEPT)
        self.wakened = asyncio.Event()


class Feed:
    """Hands events to everybody who listens. For one event loop."""

    def __init__(self) -> None:
        self._readers: set[_Reader] = set()
        self._closed = False

    @property
    def has_readers(self) -> bool:
        """Whether anybody listens; what is dear to tell need not be told otherwise."""
        return bool(self._readers)

    def put(self, event: Event) -> None:
        """Tells all readers."""
        for reader in self._readers:
            reader.backlog.append(event)
            reader.wakened.set()

    def close(self) -> None:
        """Ends every reader's iteration once it has read what is there."""
        self._closed = True
        for reader in self._readers:
            reader.wakened.set()

    def listen(self) -> AsyncIterator[Event]:
        """Events from now on: the reader is registered at once, not at its first step."""
        reader = _Reader()
        self._readers.add(reader)
        return self._read(reader)

    async def _read(self, reader: _Reader) -> AsyncIterator[Event]:
        try:
            while True:
                while reader.backlog:
                    yield reader.backlog.popleft()
                if self._closed:
                    return
                reader.wakened.clear()
                await reader.wakened.wait()
        finally:
            self._readers.discard(reader)
