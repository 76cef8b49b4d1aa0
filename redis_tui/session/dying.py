"""Has a program that is started end with the one that started it, however that ends.

Knows no program. The decision a reader would question: a system call of Linux alone. Nothing else reaches a child of a
process that was killed with SIGKILL; where there is no such call, the child is ended on all other ways out.
"""

from __future__ import annotations

import ctypes
import signal
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_PR_SET_PDEATHSIG: Final = 1


def with_parent() -> Callable[[], None] | None:
    """What a child does before it becomes the program (``preexec_fn``); None where the system cannot have it."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl  # looked up here: a child of several threads may do little more than call it

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)

    return ask
