"""Leaves the terminal as it was found when the process is told to end.

Knows no application. The decision a reader would question: a signal is answered in the event loop, as a key
is, and not in a handler of its own. What is left to do (unsaved text, modes of the terminal, the
session) is all of it asynchronous, and a script that spins holds no loop up.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_SIGNALS = ("SIGTERM", "SIGHUP")
"""As kill(1) and a closed terminal send; Windows has not all of them."""


def leave_at_signals(leave: Callable[[int], object]) -> None:
    """Calls a function, with the exit status that a shell makes of it, when the process is told to end.

    Args:
        leave: ends the application.
    """
    loop = asyncio.get_running_loop()
    for name in _SIGNALS:
        number = getattr(signal, name, None)
        if number is not None:
            with contextlib.suppress(NotImplementedError):
                loop.add_signal_handler(number, leave, 128 + number)
