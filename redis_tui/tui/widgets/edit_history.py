"""What undo takes back: several edits that belong together are one step, and many steps are kept.

The decision a reader would question: Textual's own history is extended and not replaced, because it alone knows
how typed characters are gathered into words.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from textual.document._history import EditHistory

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual.widgets.text_area import Edit

_STEPS = 1_000
_PAUSE_SECONDS = 2.0
_CHARACTERS = 100


class GroupedHistory(EditHistory):
    """Textual's history, with groups."""

    def __init__(self) -> None:
        super().__init__(_STEPS, _PAUSE_SECONDS, _CHARACTERS)
        self._is_open = self._is_begun = False

    def open_group(self) -> None:
        """All edits from here on are one step."""
        if not self._is_open:
            self.checkpoint()
            self._is_open, self._is_begun = True, False

    def close_group(self) -> None:
        """The step is done."""
        self._is_open = False
        self.checkpoint()

    @contextmanager
    def group(self) -> Iterator[None]:
        """Makes one step of what is edited meanwhile; within another group it is a part of that."""
        was_open = self._is_open
        self.open_group()
        try:
            yield
        finally:
            if not was_open:
                self.close_group()

    def record(self, edit: Edit) -> None:
        """Remembers an edit."""
        if self._is_open and self._is_begun and self._undo_stack:
            self._undo_stack[-1].append(edit)
            self._redo_stack.clear()
            return
        before = self._undo_stack[-1] if self._undo_stack else None
        super().record(edit)
        self._is_begun = bool(self._undo_stack) and self._undo_stack[-1] is not before

    def clear(self) -> None:
        """Forgets everything."""
        super().clear()
        self._is_begun = False


def spans_lines(edits: Sequence[Edit]) -> bool:
    """Whether a step of several edits made or took lines away, which Textual never has in one step."""
    return len(edits) > 1 and any("\n" in edit.text or edit.top[0] != edit.bottom[0] for edit in edits)
