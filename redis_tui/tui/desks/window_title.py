"""The terminal's title while the workbench is open: the script, the server, and what runs; put back at the end.

Knows no terminal, only where to write. The decision a reader would question: the old title is put on the
terminal's own stack (xterm's CSI 22 t) and taken from it again, because it cannot be asked for: terminals
refuse to tell it, for a title that is read back can be typed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_KEEP, _GIVE_BACK = "\x1b[22;2t", "\x1b[23;2t"
_LONGEST = 120


class WindowTitle:
    """Writes a title when it has changed.

    Args:
        write: sends text to the terminal.
    """

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write
        self._shown: str | None = None

    def show(self, script: str, server: str, running: str = "") -> None:
        """Shows what the window is about.

        Args:
            script: the script in front; empty where there is none.
            server: where we are connected, without any password.
            running: what runs now.
        """
        words = [f"▶ {running}" if running else script, server, "redis-tui"]
        text = "".join(sign if sign.isprintable() else "?" for sign in " · ".join(word for word in words if word))
        text = text[:_LONGEST]
        if text == self._shown:
            return
        if self._shown is None:
            self._write(_KEEP)
        self._shown = text
        self._write(f"\x1b]2;{text}\x07")

    def restore(self) -> None:
        """Puts back what was there before; nothing where nothing was shown."""
        if self._shown is not None:
            self._shown = None
            self._write(_GIVE_BACK)
