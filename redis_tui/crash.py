"""What is left after a fault of our own: a report in a file, and a few plain sentences for the person.

Knows no face. The decision a reader would question: the report has where the program was and what the error itself
says, and no values of variables. A traceback with locals holds keys, scripts and passwords, and reports are sent to
strangers.
"""

from __future__ import annotations

import contextlib
import logging
import os
import platform
import sys
import time
import traceback
from typing import TYPE_CHECKING

from redis_tui import __version__
from redis_tui.log_file import current_log
from redis_tui.paths import state_dir
from redis_tui.record import dataclass
from redis_tui.spec.redact import redact_url

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_LOG = logging.getLogger(__name__)
_SENT = 20
"""Commands before the fault that a report names."""


@dataclass(frozen=True, slots=True)
class Crash:
    """A fault that was written down."""

    what: str
    """``KeyError in redis_tui/tui/panes/keys.py, line 12``."""
    report: Path | None
    """None where no file could be written."""


def write_report(error: BaseException, *, face: str, sent: Sequence[str] = ()) -> Crash:
    """Writes down a fault, for its owner's eyes alone.

    Args:
        error: the fault.
        face: what was running: ``workbench``, ``repl``, ``exec``…
        sent: redacted commands that went out before, the latest last.

    Returns:
        What a person is told.
    """
    _LOG.error("fault", exc_info=error)
    lines = [
        f"redis-tui {__version__}, {face}",
        f"Python {platform.python_version()}, {platform.platform()}, TERM={os.environ.get('TERM', '')}",
        "",
        *traceback.format_exception(error),
        "",
        f"The last commands that were sent ({min(len(sent), _SENT)} of {len(sent):,}):",
        *sent[-_SENT:],
    ]
    text = redact_url("\n".join(line.rstrip("\n") for line in lines)) + "\n"
    return Crash(_what(error), _write(text))


def crash_sentences(crash: Crash, *, texts_are_kept: bool = False) -> list[str]:
    """What happened and how to go on, in plain words.

    Args:
        crash: what was written down.
        texts_are_kept: the text of the editor comes back at the next start.
    """
    said = [f"redis-tui has met a fault of its own and had to stop: {crash.what}."]
    if texts_are_kept:
        said.append("Your scripts are kept: redis-tui brings them back when it is started again.")
    if crash.report is not None:
        said.append(f"A report without passwords is in {crash.report}; please send it to the makers.")
    if (log := current_log()) is not None:
        said.append(f"The log is {log.path}.")
    return said


def _what(error: BaseException) -> str:
    root = error
    while root.__cause__ is not None:
        root = root.__cause__
    frames = traceback.extract_tb(root.__traceback__)
    own = [frame for frame in frames if "redis_tui" in frame.filename] or frames
    if not own:
        return type(root).__name__
    place = own[-1].filename.rpartition("redis_tui")
    return f"{type(root).__name__} in redis_tui{place[2]}, line {own[-1].lineno}"


def _write(text: str) -> Path | None:
    folder = state_dir() / "crashes"
    path = folder / f"crash-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.txt"
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        return path
    return None


def tell_crash(error: BaseException, *, face: str) -> None:
    """Writes the report of a command that met a fault, and one line to standard error."""
    sys.stderr.write("redis-tui: " + " ".join(crash_sentences(write_report(error, face=face))) + "\n")
