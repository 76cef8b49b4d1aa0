"""What stands on the screen before there is a session: waiting, or why there is none and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Center, Horizontal, Middle, Vertical
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Button, Static

from redis_tui.errors import SessionError

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from redis_tui.errors import RedisTuiError


class ConnectingScreen(Screen[None]):
    """Waiting for a connection, or refused."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r,enter", "retry", "Try again", show=False),
        Binding("q,escape", "app.quit", "Quit", show=False),
    ]

    class RetryWanted(Message):
        """Another attempt is wanted."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = address
        self._failed = False

    def compose(self) -> ComposeResult:
        """A box in the middle."""
        with Middle(), Center(), Vertical(classes="dialog", id="connecting") as box:
            box.border_title = "redis-tui"
            yield Static("", id="connecting-text")
            with Horizontal(classes="buttons"):
                yield Button("Try again  r", id="retry", compact=True)
                yield Button("Quit  q", id="leave", compact=True)

    def on_mount(self) -> None:
        """Waits at first."""
        self.show_waiting()

    def show_waiting(self) -> None:
        """An attempt is under way."""
        self._failed = False
        self.query_one("#connecting-text", Static).update(f"Connecting to {_escape(self._address)} …")
        self.query_one(".buttons").display = False

    def show_failure(self, error: RedisTuiError) -> None:
        """The attempt failed: there is no server, or what was named cannot be used."""
        self._failed = True
        is_link = isinstance(error, SessionError)
        title = "No connection" if is_link else "Nothing was opened"
        advice = [error.hint or ("Is the server running, and is the address right?" if is_link else "")]
        if is_link:
            advice.append("Without a server, redis-tui with no address opens its own engine.")
        self.query_one("#connecting-text", Static).update(
            f"[bold $rt-danger]✗ {title}[/]\n\n{_escape(error.message)}\n\n"
            f"[$rt-dim]{_escape(chr(10).join(advice).strip())}[/]"
        )
        self.query_one(".buttons").display = True
        self.query_one("#retry", Button).focus()

    def action_retry(self) -> None:
        """Another attempt, if the last one failed."""
        if self._failed:
            self.show_waiting()
            self.post_message(self.RetryWanted())

    @on(Button.Pressed, "#retry")
    def _retry(self, event: Button.Pressed) -> None:
        event.stop()
        self.action_retry()

    @on(Button.Pressed, "#leave")
    async def _leave(self, event: Button.Pressed) -> None:
        event.stop()
        await self.app.action_quit()


def _escape(text: str) -> str:
    return text.replace("[", "\\[")
