"""The line below a reply in which one says what to look for; it knows no reply and tells what is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from redis_tui.tui.widgets.field import Field

if TYPE_CHECKING:
    from textual.app import ComposeResult


class ReplyFind(Horizontal):
    """A field and a count."""

    DEFAULT_CSS = """
    ReplyFind { height: 1; background: $rt-panel; padding: 0 1; display: none; }
    ReplyFind Input, ReplyFind Input:focus { width: 1fr; background: $rt-panel; border: none; padding: 0; height: 1; }
    ReplyFind Static { width: auto; color: $rt-dim; }
    ReplyFind .sign { color: $rt-focus; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("up", "step(-1)", show=False),
        Binding("down", "step(1)", show=False),
    ]

    class Typed(Message):
        """Something else is looked for."""

        def __init__(self, needle: str) -> None:
            super().__init__()
            self.needle = needle

    class Stepped(Message):
        """The next match is wanted, or the one before."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    class Left(Message):
        """The keyboard goes back to the reply."""

        def __init__(self, *, keeps: bool) -> None:
            super().__init__()
            self.keeps = keeps

    def compose(self) -> ComposeResult:
        """One row."""
        yield Static("/ ", classes="sign")
        yield Field(placeholder="find in the reply; a capital letter tells capitals apart", compact=True)
        yield Static(id="reply-hits", markup=False)

    def open(self) -> None:
        """Shows it, with what was looked for before."""
        self.display = True
        field = self.query_one(Input)
        field.focus()
        field.cursor_position = len(field.value)
        self.post_message(self.Typed(field.value))

    def close(self) -> None:
        """Hides it."""
        self.display = False

    def tell(self, text: str) -> None:
        """What came of it: ``3 of 17``."""
        self.query_one("#reply-hits", Static).update(text)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.display:
            self.post_message(self.Typed(event.value))

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Left(keeps=bool(event.value)))

    def action_step(self, by: int) -> None:
        """Another match; the field keeps the keyboard."""
        self.post_message(self.Stepped(by))

    def action_leave(self) -> None:
        """Escape: nothing is looked for any more."""
        self.post_message(self.Left(keeps=False))
