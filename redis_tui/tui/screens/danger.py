"""The question before a dangerous command goes to production: the host's name has to be typed.

Knows the words (`prompt.confirm`), no session. The decision a reader would question: Enter with another word than
the one wanted says so and stays; only Escape and the button leave, so that a slip of the finger costs no command.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, Static

from redis_tui.prompt.confirm import is_word
from redis_tui.prompt.label import PRODUCTION
from redis_tui.tui.screens.modal import Modal
from redis_tui.tui.widgets.field import Field

if TYPE_CHECKING:
    from textual.app import App, ComposeResult

    from redis_tui.session.danger import Danger


class ConfirmDanger(Modal[bool]):
    """Answers True once the word was typed."""

    DEFAULT_CSS = """
    ConfirmDanger #danger-word { margin: 1 0 0 0; background: $rt-surface; padding: 0 1; }
    ConfirmDanger #danger-told { height: 1; color: $rt-warning; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False)]

    def __init__(self, danger: Danger, word: str) -> None:
        super().__init__()
        self._danger, self._word = danger, word

    def compose(self) -> ComposeResult:
        """What goes out, why that is dangerous, the word's field."""
        with Vertical(classes="dialog -danger", id="confirm-danger") as box:
            box.border_title = PRODUCTION
            box.border_subtitle = "Enter sends · Esc keeps it back"
            yield Static(
                Content.from_markup(
                    "[bold $rt-text]$what[/]\n$why\n\n[$rt-dim]Type[/] [bold $rt-danger]$word[/] [$rt-dim]to go on:[/]",
                    what=self._danger.what,
                    why=self._danger.why,
                    word=self._word,
                )
            )
            yield Field(id="danger-word", compact=True)
            yield Static("", id="danger-told")
            with Horizontal(classes="buttons"):
                yield Button("Do not send", id="danger-leave", compact=True)

    def on_mount(self) -> None:
        """The keyboard belongs to the field."""
        self.query_one(Input).focus()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        if is_word(event.value, self._word):
            self.dismiss(True)
            return
        self.query_one("#danger-told", Static).update(f"That is not {self._word}: nothing was sent.")

    @on(Button.Pressed)
    def _left(self, event: Button.Pressed) -> None:
        event.stop()
        self.action_leave()

    def action_leave(self) -> None:
        """Nothing is sent."""
        self.dismiss(False)


async def ask_danger(app: App[Any], danger: Danger, word: str) -> bool:
    """Puts the question from wherever the command came; several at once are asked one after the other.

    Args:
        app: that shows it.
        danger: what is about to go out.
        word: to be typed.

    Returns:
        Whether it was typed.
    """
    answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def told(agrees: bool | None) -> None:
        if not answer.done():
            answer.set_result(bool(agrees))

    app.call_later(app.push_screen, ConfirmDanger(danger, word), told)
    return await answer
