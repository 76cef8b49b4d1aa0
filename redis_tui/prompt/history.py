"""The lines typed at a prompt, kept in a file without their secrets; one file for the REPL and the console.

The format is that of prompt_toolkit's FileHistory (``# when``, then each line behind a ``+``), which keeps
lines with line breaks. The decision a reader would question: a line with a secret is kept with the
secret replaced rather than left out, so that the command can be found again and the password typed anew.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from redis_tui.spec.redact import redact_text

if TYPE_CHECKING:
    from pathlib import Path

_KEPT = 5_000
"""Lines that are read from the file, the latest ones."""


class History:
    """Lines, the oldest first.

    Args:
        path: the file; None keeps the lines for this run only.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.lines: list[str] = []
        self.problem = ""
        """Why lines are not kept; empty while they are."""

    def load(self) -> None:
        """Reads the file; one that cannot be read is told in `problem`."""
        if self._path is None:
            return
        try:
            text = self._path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return
        except OSError as error:
            self.problem = f"The history {self._path} cannot be read: {(error.strerror or '').lower()}."
            return
        self.lines = _entries(text)[-_KEPT:]

    def append(self, line: str) -> None:
        """Adds a line, unless it is the one before again."""
        clean = redact_text(line)
        if not clean.strip() or (self.lines and self.lines[-1] == clean):
            return
        self.lines.append(clean)
        self._write(clean)

    def find(self, wanted: str, below: int) -> int | None:
        """Where the latest line that holds a text stands, in any case of letters.

        Args:
            wanted: the text.
            below: look at the lines before this one.
        """
        low = wanted.lower()
        return next(
            (at for at in range(min(below, len(self.lines)) - 1, -1, -1) if low in self.lines[at].lower()), None
        )

    def _write(self, line: str) -> None:
        if self._path is None:
            return
        body = "".join(f"+{part}\n" for part in line.split("\n"))
        try:
            if not self._path.exists():
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._path.touch(mode=0o600)
            with self._path.open("a", encoding="utf-8", errors="replace") as file:
                file.write(f"\n# {dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M:%S}\n{body}")
        except OSError as error:
            # Losing the history must not lose the session; the lines of this run are kept in memory.
            self.problem = f"The history {self._path} cannot be written: {(error.strerror or '').lower()}."


def _entries(text: str) -> list[str]:
    entries: list[list[str]] = []
    is_open = False
    for line in text.split("\n"):
        if line.startswith("+"):
            if not is_open:
                entries.append([])
            entries[-1].append(line[1:])
        is_open = line.startswith("+")
    return ["\n".join(entry) for entry in entries]
