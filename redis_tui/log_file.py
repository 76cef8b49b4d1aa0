"""``--log-file``: what the program did, in a file that only its owner can read.

Knows Python's logging, no session and no face. Text is searched for passwords in addresses once more as it is written.
The decision a reader would question: a file that cannot be written is told once and forgotten. Nobody's work
on a server ends because a disk is full here.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from typing import TYPE_CHECKING, TextIO

from redis_tui.spec.redact import redact_url

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LEVELS = ("debug", "info", "warning", "error")
_ROOT = logging.getLogger("redis_tui")
_ROOT.addHandler(logging.NullHandler())  # or Python prints warnings to the terminal where no log is wanted
_FORMAT = "%(asctime)s %(levelname)-7s %(message)s"


def _to_stderr(sentence: str) -> None:
    sys.stderr.write(f"redis-tui: {sentence}\n")


class LogFile(logging.Handler):
    """Writes to a file; the first failure is told, and ends it.

    Args:
        path: appended to, or made for its owner alone.
        tell: told in a sentence why nothing is written any more.
    """

    def __init__(self, path: Path, tell: Callable[[str], None] = _to_stderr) -> None:
        super().__init__()
        self.path = path
        self.tell = tell
        self.setFormatter(logging.Formatter(_FORMAT))
        self._stream: TextIO | None = None
        try:
            self._stream = os.fdopen(
                os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a", encoding="utf-8"
            )
        except OSError as error:
            self._give_up(error)

    def emit(self, record: logging.LogRecord) -> None:
        """Writes one record, at once: it must be there after a crash."""
        if self._stream is None:
            return
        try:
            self._stream.write(redact_url(self.format(record)) + "\n")
            self._stream.flush()
        except (OSError, ValueError) as error:
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            with contextlib.suppress(OSError, ValueError):
                stream.close()
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        self.tell(f"No log is written to {self.path}: {reason}. Everything else goes on.")

    def close(self) -> None:
        """Closes the file."""
        stream, self._stream = self._stream, None
        if stream is not None:
            with contextlib.suppress(OSError, ValueError):
                stream.close()
        super().close()


def start_log(path: Path, level: str = "info") -> LogFile:
    """Begins to log; once more in the same process goes on in another file.

    Args:
        path: of the file.
        level: one of `LEVELS`: ``debug`` has what panes read for themselves as well.
    """
    stop_log()
    _ROOT.propagate = False
    _ROOT.setLevel(level.upper())
    log = LogFile(path)
    _ROOT.addHandler(log)
    return log


def stop_log() -> None:
    """Ends logging."""
    log = current_log()
    if log is not None:
        _ROOT.removeHandler(log)
        log.close()


def current_log() -> LogFile | None:
    """Where the log is written, if it is."""
    return next((handler for handler in _ROOT.handlers if isinstance(handler, LogFile)), None)


def tell_problems_with(tell: Callable[[str], None]) -> None:
    """Says how a person hears that no log is written any more; a face that has the screen shows it there."""
    log = current_log()
    if log is not None:
        log.tell = tell
