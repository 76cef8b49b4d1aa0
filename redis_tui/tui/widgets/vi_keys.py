"""Puts the keys of vi before those of a text area: what the machine answers is done to the text here.

Knows the text area and the machine, no file. The decision a reader would question: the selection of visual
mode ends before the cursor, whose own cell shows that its character belongs to it; Textual draws the cursor at a
selection's end, so nothing else can show both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets.text_area import Selection

from redis_tui.tui.vi.machine import Machine
from redis_tui.tui.vi.step import Mode, Seen

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual import events

    from redis_tui.tui.vi.motion import Memory, Place
    from redis_tui.tui.vi.step import Step
    from redis_tui.tui.widgets.lua_editor import LuaEditor


class ViKeys:
    """The keys of vi in one text area.

    Args:
        editor: the text area.
        memory: registers and searches, shared by all of them.
        indent: what a new line below a text begins with.
        wished: told what only the owner can do, and its argument.
    """

    def __init__(
        self,
        editor: LuaEditor,
        memory: Memory,
        indent: Callable[[str], str],
        wished: Callable[[str, str], None],
    ) -> None:
        self._editor, self._wished = editor, wished
        self._machine = Machine(memory, indent)

    @property
    def mode(self) -> Mode:
        """What a key means now."""
        return self._machine.mode

    @property
    def is_inserting(self) -> bool:
        """Whether what is typed becomes text."""
        return self.mode in (Mode.INSERT, Mode.REPLACE)

    @property
    def is_selecting(self) -> bool:
        """Whether motions stretch a selection."""
        return self.mode in (Mode.VISUAL, Mode.LINES)

    @property
    def told(self) -> str:
        """The mode and what is half typed; or the line that is typed."""
        machine = self._machine
        if machine.is_asking:
            return machine.typed + "▏"
        return f"{machine.mode.value} {machine.typed}".strip()

    @property
    def rows(self) -> range:
        """The whole lines that are selected."""
        if self.mode is not Mode.LINES:
            return range(0)
        top, bottom = sorted((self._machine.anchor[0], self._editor.cursor_location[0]))
        return range(top, bottom + 1)

    def press(self, event: events.Key) -> bool:
        """Takes a key; False where it is none of vi's."""
        editor = self._editor
        key = event.character if event.is_printable and event.character else event.key
        seen = Seen(
            editor.document.lines,
            editor.cursor_location,
            editor.wrapped_document.offset_to_location(editor.scroll_offset)[0],
            max(1, editor.size.height),
        )
        step = self._machine.press(key, seen)
        if step is None:
            return False
        self._do(step)
        if not self._machine.is_inserting:
            editor.history.close_group()
        editor.vi_changed()
        return True

    def left(self) -> None:
        """The keyboard went elsewhere."""
        self._machine.reset()
        self._editor.history.close_group()

    def _do(self, step: Step) -> None:
        editor, machine = self._editor, self._machine
        if step.changes or machine.is_inserting:
            editor.history.open_group()
        for change in step.changes:
            editor.replace(change.text, change.start, change.end, maintain_selection_offset=False)
        if step.cursor is not None or machine.is_visual:
            self._show(step.cursor if step.cursor is not None else editor.cursor_location)
        for name, argument in step.wishes:
            _OWN.get(name, ViKeys._pass_on)(self, name, argument)

    def _show(self, cursor: Place) -> None:
        editor, machine = self._editor, self._machine
        lines = editor.document.lines
        row = max(0, min(cursor[0], len(lines) - 1))
        last = len(lines[row]) - (machine.mode is Mode.NORMAL)
        cursor = (row, max(0, min(cursor[1], last)))
        anchor = cursor
        if machine.mode is Mode.VISUAL:
            anchor = machine.anchor
            if anchor > cursor:
                anchor = (anchor[0], anchor[1] + 1)
        editor.selection = Selection(anchor, cursor)

    # ── wishes that are served here ────────────────────────────────────────

    def _undo(self, name: str, _argument: str) -> None:
        self._editor.history.close_group()
        (self._editor.undo if name == "undo" else self._editor.redo)()
        self._show(min(self._editor.selection))

    def _scroll(self, _name: str, argument: str) -> None:
        self._editor.scroll_relative(y=int(argument), animate=False)

    def _place(self, _name: str, argument: str) -> None:
        editor = self._editor
        row = editor.wrapped_document.location_to_offset(editor.cursor_location).y
        above = {"top": 0, "center": editor.size.height // 2, "bottom": editor.size.height - 1}[argument]
        editor.scroll_to(y=max(0, row - above), animate=False)

    def _copy(self, _name: str, argument: str) -> None:
        self._editor.app.copy_to_clipboard(argument)

    def _paste(self, _name: str, argument: str) -> None:
        text = self._editor.app.clipboard
        row, column = self._editor.cursor_location
        if text:
            at = (row, column if argument == "P" else min(column + 1, len(self._editor.document.get_line(row))))
            self._editor.replace(text, at, at, maintain_selection_offset=False)

    def _pass_on(self, name: str, argument: str) -> None:
        self._wished(name, argument)


_OWN: dict[str, Callable[[ViKeys, str, str], None]] = {
    "undo": ViKeys._undo,  # noqa: SLF001  # the table of its own methods
    "redo": ViKeys._undo,  # noqa: SLF001
    "scroll": ViKeys._scroll,  # noqa: SLF001
    "place": ViKeys._place,  # noqa: SLF001
    "copy": ViKeys._copy,  # noqa: SLF001
    "paste": ViKeys._paste,  # noqa: SLF001
}
