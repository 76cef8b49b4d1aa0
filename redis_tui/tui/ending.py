"""Leaves the terminal as it was found when the process is told to end.

Knows no application. The decision a reader would question: a signal is answered in the event loop, as a key
is, and not in a handler of its own. What is left to do (unsaved text, modes of the terminal, the
session) is all of it asynchronous, and a script that spins holds no loop up.
"""

from __future__ import annotations

import asyncio
import contextlib
import select
import signal
import sys
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


def has_hung_up() -> bool:
    """Whether the terminal that keys come from is gone.

    Linux tells only the leader of its session so, by SIGHUP. That is not us where `make` or another program started
    us and stays: keys would be waited for, without end, from a file that is at its end.
    """
    if sys.__stdin__ is None or not hasattr(select, "poll"):
        return False
    asked = select.poll()
    asked.register(sys.__stdin__.fileno(), 0)
    return any(told & select.POLLHUP for _, told in asked.poll(0))
