"""The line that tells that an answer is waited for; it goes away as the answer comes.

Knows prompt_toolkit's output alone. The decision a reader would question: it is drawn in place and
not printed, so that what stays on the screen is what was asked and what was answered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prompt_toolkit.output import Output


class StatusLine:
    """One line below what was printed last; nothing where there is no terminal to draw on."""

    def __init__(self, output: Output, *, draws: bool) -> None:
        self._output = output
        self._draws = draws
        self._is_shown = False

    def show(self, text: str) -> None:
        """Draws a text in place of the one before, cut to the width."""
        if not self._draws:
            return
        self._begin()
        self._output.write(text[: self._output.get_size().columns - 1])
        self._output.flush()
        self._is_shown = True

    def clear(self) -> None:
        """Takes the text away. To be called before anything is printed."""
        if not self._is_shown:
            return
        self._begin()
        self._output.flush()
        self._is_shown = False

    def wipe(self) -> None:
        """Likewise, and the ``^C`` that a terminal writes of itself."""
        self._is_shown = self._draws
        self.clear()

    def _begin(self) -> None:
        self._output.write_raw("\r")
        self._output.erase_end_of_line()
