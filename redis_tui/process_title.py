"""Takes passwords out of the command line that other users of this machine can read (``ps``).

Knows Linux' own way and does nothing elsewhere. The decision a reader would question: it writes over the process' own
memory. There is no call for it, it is what other clients do with a password in an argument, and the bytes
that are written over were read from that very place just before.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from redis_tui.spec.redact import redact_url

if TYPE_CHECKING:
    from collections.abc import Sequence

_OPTION, _HIDDEN = "--requirepass", "***"
_START, _END = 45, 46
"""Of the fields behind the name in /proc/self/stat: where the arguments begin and end."""


def hide_passwords(argv: Sequence[str]) -> None:
    """Replaces the passwords in this process' arguments as ``ps`` shows them.

    Args:
        argv: the arguments, which stay as they are for the program.
    """
    words = [(word, shown) for word, shown in zip(argv, _shown(argv), strict=True) if word != shown]
    if sys.platform != "linux" or not words:
        return
    import ctypes  # for the few starts that name a password

    with contextlib.suppress(OSError, ValueError, IndexError):
        fields = Path("/proc/self/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        start, end = int(fields[_START]), int(fields[_END])
        for word, shown in words:
            secret = os.fsencode(word)
            there = ctypes.string_at(start, end - start)
            at = there.find(b"\0" + secret + b"\0") + 1  # a whole word: a short password may end another one
            if at > 0:
                ctypes.memmove(start + at, os.fsencode(shown).ljust(len(secret), b" ")[: len(secret)], len(secret))


def _shown(argv: Sequence[str]) -> list[str]:
    """The arguments without passwords: those in addresses, and the one of ``--requirepass``."""
    shown = [
        _HIDDEN if before == _OPTION else redact_url(word) for before, word in zip(("", *argv), argv, strict=False)
    ]
    return [f"{_OPTION}={_HIDDEN}" if word.startswith(f"{_OPTION}=") else word for word in shown]
