"""Textual's driver of a terminal, for one that may be closed under the program.

Knows no application. The decision a reader would question: writing to a terminal that is gone is no error here.
Textual writes in a thread, and takes at most thirty texts in advance. Its thread ends at the first write that fails;
the loop then waits for room that nobody makes, deaf to the very SIGHUP that comes with the loss (and to the SIGCONT
that Linux sends after it, at which the driver starts a second such thread).
"""

from __future__ import annotations

import contextlib
import errno
import os
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.driver import Driver

_GONE = (errno.EIO, errno.EPIPE)


class _Enduring:
    """A file whose writes fail unheard; once its terminal is gone they go nowhere."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, text: str) -> None:
        with self._unheard():
            self._file.write(text)

    def flush(self) -> None:
        with self._unheard():
            self._file.flush()

    @contextlib.contextmanager
    def _unheard(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno in _GONE:
                # What could not be written is still in the file's buffer. Python tries again at its end, and where
                # that fails, exits with 120 whatever the status was to be.
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, self._file.fileno())
                os.close(nowhere)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def enduring(driver: type[Driver]) -> type[Driver]:
    """A driver that outlives its terminal, for as long as it takes to leave.

    Args:
        driver: Textual's choice; only the one for a Unix terminal is changed.
    """
    if driver.__name__ != "LinuxDriver":
        return driver

    class EnduringDriver(driver):  # type: ignore[misc,valid-type]  # which it is, is known only now
        """Textual's, over a file that endures."""

        def __init__(self, *args: Any, **named: Any) -> None:
            super().__init__(*args, **named)
            self._file: Any = _Enduring(self._file)

    return EnduringDriver
