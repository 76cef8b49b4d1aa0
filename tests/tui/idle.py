"""When an app under test has come to rest, told by its event loop and not by the processor's clock.

Textual's pilot waits until its process has used no processor for a fiftieth of a second, twice for each key.
That is long where nothing is to be done, and wrong where the machine is busy: a process that is denied the
processor uses none either. A loop whose queue is empty has done all that it was told.

The decision a reader would question: it reads two private lists of asyncio's loop, which has no public word
for being idle. What comes from another thread or process it does not wait for, as the pilot did not: a test
names the state that it waits for (`until`).
"""

from __future__ import annotations

import asyncio
from typing import Any

_SOON_S = 1 / 50
"""Timers due within this time belong to what has just been done: a repaint waits for the next frame."""


async def wait_for_idle(min_sleep: float = 0.0, max_sleep: float = 1.0) -> None:  # both are Textual's
    """Returns once the loop has nothing to do, nor will have within a frame.

    Args:
        min_sleep: not needed; Textual's own has it.
        max_sleep: how long a loop is waited for that never rests, in seconds.
    """
    loop: Any = asyncio.get_running_loop()
    now = loop.time()
    while loop.time() < now + max_sleep:
        await asyncio.sleep(0)
        if loop._ready:
            continue
        due = min((timer.when() for timer in loop._scheduled if not timer.cancelled()), default=None)
        if due is None or due > now + _SOON_S:
            return
        await asyncio.sleep(due - loop.time())
