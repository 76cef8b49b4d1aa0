"""Which workbench unsaved text belongs to, and whether that one still runs.

Knows a folder and nothing of what is kept there. The decision a reader would question: a lock that is held as long as
the program lives, and no process id alone: the system gives up the lock in every crash, while an id is soon another
program's, and unsaved text would wait for that one's end.
"""

from __future__ import annotations

import contextlib
import os
import sys
import uuid
import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_SUFFIX = ".owner"


class Owner:
    """One workbench's mark in a folder.

    Args:
        folder: where it is left; made when it is.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.name = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        """What is written beside that which belongs to it."""
        self._holds = False

    def hold(self) -> None:
        """Says from now on that it lives. Where the system has no such locks, it is taken for ended."""
        if self._holds:
            return
        mark = self._folder / f"{self.name}{_SUFFIX}"
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            file = os.open(mark, os.O_RDWR | os.O_CREAT, 0o600)
            self._holds = True
            weakref.finalize(self, _leave, file, mark)
            _lock(file)

    def is_another(self, name: object) -> bool:
        """Whether somebody else who still runs has this name; what nobody holds any more is cleared away."""
        if not isinstance(name, str) or name.partition("-")[0] == str(os.getpid()):
            return False
        mark = self._folder / f"{name}{_SUFFIX}"
        try:
            with mark.open("r+b") as file:
                _lock(file.fileno())
        except BlockingIOError:
            return True
        except OSError:  # it is not there, or its folder is of a kind that has no locks
            return False
        mark.unlink(missing_ok=True)
        return False


def _leave(file: int, mark: Path) -> None:
    with contextlib.suppress(OSError):
        os.close(file)
        mark.unlink(missing_ok=True)


def _lock(file: int) -> None:
    """Takes the lock, which the end of the program gives up.

    Raises:
        OSError: another program has it.
    """
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
