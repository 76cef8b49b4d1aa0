"""Looks whether the script in front is Lua, a moment after each change, and marks the line where it is not.

Knows the editor and the check of the session's side, which no running script holds up.
The decision a reader would question: one look at a time, and another after it where the text
changed meanwhile. A thread cannot be stopped, so looks that overlap would pile up behind a long text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.session.syntax import check_syntax

if TYPE_CHECKING:
    from redis_tui.tui.desks.bench import Bench


class SyntaxDesk:
    """Marks syntax errors while somebody types."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._is_looking = False
        self._again = False

    def look(self) -> None:
        """The text in front is another than before."""
        self._again = True
        if not self._is_looking:
            self._is_looking = True
            self._bench.work(self._look(), "syntax")

    async def _look(self) -> None:
        editor = self._bench.panes.editor
        try:
            while self._again and self._bench.is_whole:
                self._again = False
                buffer = editor.buffer
                fault = None if buffer is None else await check_syntax(buffer.source)
                if not self._again and self._bench.is_whole:
                    editor.mark_fault(fault.line if fault else None, fault.message if fault else "")
        finally:
            self._is_looking = False
