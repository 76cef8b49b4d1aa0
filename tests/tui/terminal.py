"""The real program in a pseudo-terminal, with a terminal emulator to look at."""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pexpect
import pyte

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ROOT = Path(__file__).parents[2]
_PRIVATE = re.compile(rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1b\[\?[0-9;]*u")
"""Sequences that the emulator takes for others: of the keyboard protocol, and questions."""
_CUT = re.compile(rb"\x1b(\[[0-9;?<>=$]*)?$")
_MODE = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")
MODES = {1049: "alternate screen", 1000: "mouse", 1003: "mouse moves", 2004: "bracketed paste", 1004: "focus"}
"""What the workbench turns on, and has to turn off again."""
SECONDS = 60
"""To wait for anything; a loaded machine is slow."""


class Terminal:
    """One run of the program.

    Args:
        home: where it keeps its files.
        arguments: what follows ``redis-tui``.
        columns: of the terminal.
        rows: of the terminal.
        environ: variables besides the usual.
        is_new: nobody has used the program before: it shows around.
        program: what is run instead of redis-tui.
    """

    def __init__(
        self,
        home: Path,
        *arguments: str,
        columns: int = 120,
        rows: int = 40,
        environ: Mapping[str, str] | None = None,
        is_new: bool = False,
        program: Sequence[str] = (sys.executable, "-m", "redis_tui"),
    ) -> None:
        if not is_new:
            (home / "state").mkdir(parents=True, exist_ok=True)
            (home / "state" / "tour-taken").touch()
        kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "LINES")}
        env = {**kept, "REDIS_TUI_HOME": str(home), "TERM": "xterm-256color", **(environ or {})}
        self.raw = b""
        self._fed = 0
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.program: pexpect.spawn[bytes] = pexpect.spawn(
            program[0], [*program[1:], *arguments], cwd=ROOT, env=env, dimensions=(rows, columns), timeout=None
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.program.close(force=True)

    @property
    def shown(self) -> str:
        """What stands on the screen."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    @property
    def modes(self) -> set[str]:
        """Modes that are on, of those that must be off in the end."""
        on: set[int] = set()
        for match in _MODE.finditer(self.raw):
            numbers = {int(number) for number in match[1].split(b";")}
            on = on | numbers if match[2] == b"h" else on - numbers
        return {MODES[number] for number in on if number in MODES}

    def read(self, seconds: float = 0.05) -> bool:
        """Takes what was written; False at the end."""
        try:
            self.raw += self.program.read_nonblocking(1 << 16, timeout=seconds)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        cut = _CUT.search(self.raw, self._fed)
        end = cut.start() if cut else len(self.raw)
        self._stream.feed(_PRIVATE.sub(b"", self.raw[self._fed : end]))
        self._fed = end
        return True

    def until(self, true: Callable[[], object], *, seconds: float = SECONDS) -> float:
        """Reads until something is so; answers how long it took."""
        started = time.monotonic()
        while not true():
            is_open = self.read()
            if not is_open or time.monotonic() > started + seconds:
                assert true(), f"it did not happen; the screen:\n{self.shown}"
        return time.monotonic() - started

    def sees(self, *texts: str) -> None:
        """Waits until all of these stand on the screen."""
        self.until(lambda: all(text in self.shown for text in texts))

    def lacks(self, text: str) -> None:
        """Waits until this stands nowhere on the screen."""
        self.until(lambda: text not in self.shown)

    def send(self, text: str | bytes) -> None:
        """Types."""
        self.program.send(text)

    def click(self, text: str) -> None:
        """Presses and lets go the left button on a text, as a terminal tells it (SGR)."""
        self.sees(text)
        row = next(at for at, line in enumerate(self.screen.display) if text in line)
        column = self.screen.display[row].index(text) + 1
        self.send(f"\x1b[<0;{column + 1};{row + 1}M\x1b[<0;{column + 1};{row + 1}m")

    def resize(self, columns: int, rows: int) -> None:
        """Gives the terminal another size."""
        self.screen.resize(rows, columns)
        self.program.setwinsize(rows, columns)

    def goes_away(self) -> int:
        """Closes the terminal under the program, as who shuts a window does; answers the exit status."""
        pty: Any = self.program.ptyproc  # type: ignore[attr-defined]  # which the stubs do not know
        pty.fileobj.close()
        pty.closed = True  # pexpect need not do it again
        deadline = time.monotonic() + SECONDS
        while self.program.isalive():
            assert time.monotonic() < deadline, "it goes on without a terminal"
            time.sleep(0.02)  # a process tells its end to nobody who has other things to wait for
        status = self.program.exitstatus
        assert status is not None, f"it was ended by signal {self.program.signalstatus}"
        return status

    def ends(self) -> int:
        """Reads to the end; answers the exit status."""
        self.until(lambda: not self.read())
        self.program.close()
        status = self.program.exitstatus
        assert status is not None, f"it was ended by signal {self.program.signalstatus}"
        return status
