"""Long work in slices between which keys are taken and the screen is drawn.

Knows no widget. The decision a reader would question: not a thread. What is built here is Python objects of a few
bytes each; a thread would hold the interpreter's lock as long, and a widget may not be touched from one.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

T = TypeVar("T")

_SLICE_S = 0.012
"""Of the processor, as long as nothing else is done: a frame of the screen lasts about as long."""
_PAUSE_S = 0.004


async def in_slices(items: Iterator[T]) -> AsyncIterator[list[T]]:
    """Hands out what an iterator makes, as much at a time as can be made without being felt."""
    while True:
        part: list[T] = []
        until = time.thread_time() + _SLICE_S
        for item in items:
            part.append(item)
            if time.thread_time() > until:
                break
        if not part:
            return
        yield part
        await asyncio.sleep(_PAUSE_S)
