"""The field in which a command is typed at the console: its colours, marks on what a server will refuse, pasting.

Knows the pane's helper through a protocol. The decision a reader would question: a Rich highlighter, because
that is the seam that Textual's one-line input has; it is asked anew for each key press.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from rich.highlighter import Highlighter
from textual.message import Message

from redis_tui.prompt.assist import underlined
from redis_tui.record import dataclass
from redis_tui.render.command import highlight_command
from redis_tui.spec.faults import Fault
from redis_tui.spec.mask import masked
from redis_tui.tui.theme import palette_of
from redis_tui.tui.widgets.field import Field

if TYPE_CHECKING:
    from rich.text import Text
    from textual.events import Paste
    from textual.widget import Widget

    from redis_tui.prompt.assist import Assist

_LONGEST_STYLED = 20_000
"""Characters; a pasted megabyte is typed plain."""


class Typing(Protocol):
    """A widget at which commands are typed."""

    assist: Assist

    def typed(self, text: str, cursor: int) -> tuple[str, int]:
        """The text with the lines before it that belong to the same command."""
        ...


class CommandInput(Field):
    """A line of a command, which hands on what is pasted in several lines; Textual's own keeps the first of them."""

    @dataclass
    class LinesPasted(Message):
        """Several lines were pasted."""

        text: str

    @dataclass
    class Entered(Message):
        """A line was ended; the field is empty for the next, which may be on its way already."""

        text: str
        cursor: int

    async def action_submit(self) -> None:
        """Hands the line on."""
        self.post_message(self.Entered(self.value, self.cursor_position))
        self.value = ""

    def _on_paste(self, event: Paste) -> None:
        text = event.text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
        if "\n" in text:
            event.stop()
            event.prevent_default()
            self.post_message(self.LinesPasted(text))


class CommandHighlighter(Highlighter):
    """Styles the last line of what is typed, and hides its passwords."""

    def __init__(self, owner: Typing) -> None:
        self._owner = owner

    def highlight(self, text: Text) -> None:
        """Styles the text in place."""
        owner: Widget | Typing = self._owner
        whole, cursor = self._owner.typed(text.plain, len(text))
        shown = masked(whole)
        text.plain = shown[len(whole) - len(text) :]
        if len(text) > _LONGEST_STYLED:
            return
        before = len(whole) - len(text)
        faults = [
            Fault(max(0, one.start - before), one.end - before, one.message)
            for one in self._owner.assist.faults(whole, cursor)
            if one.end > before
        ]
        palette = palette_of(owner)  # type: ignore[arg-type]  # a widget that is typed at
        at = 0
        for span in underlined(highlight_command(shown)[-1], faults):
            text.stylize(palette.rich(span.style), at, at + len(span.text))
            at += len(span.text)
