"""What stands on the screen before there is a session: waiting, or why there is none and what to do.

Knows no session. The decision a reader would question: the address can be changed here, but what was hidden in it
stays hidden; a password that is left as ``***`` is the one that was given before.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Center, Horizontal, Middle, Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Button, Input, Static

from redis_tui.errors import SessionError
from redis_tui.spec.redact import redact_url
from redis_tui.tui.widgets.field import Field

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from redis_tui.errors import RedisTuiError

_SAY_AFTER_S = 1
"""Seconds of waiting that nobody needs to be told of."""


class ConnectingScreen(Screen[None]):
    """Waiting for a connection, or refused."""

    DEFAULT_CSS = """
    ConnectingScreen #connecting-address { margin: 1 0 0 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r,enter", "retry", "Try again", show=False),
        Binding("e", "edit", "Change the address", show=False),
        Binding("c", "app.connect", "Other servers", show=False),
        Binding("escape", "cancel_or_quit", "Cancel", show=False),
        Binding("q", "app.quit", "Quit", show=False),
    ]

    class RetryWanted(Message):
        """Another attempt is wanted; ``address`` is empty where it is the same one."""

        def __init__(self, address: str = "") -> None:
            super().__init__()
            self.address = address

    class CancelWanted(Message):
        """The attempt is not wanted any more."""

    def __init__(self, address: str, *, can_change: bool = True) -> None:
        super().__init__()
        self._address = address
        self._can_change = can_change
        self._failed = False
        self._since = 0.0

    def compose(self) -> ComposeResult:
        """A box in the middle."""
        with Middle(), Center(), Vertical(classes="dialog", id="connecting") as box:
            box.border_title = "redis-tui"
            yield Static("", id="connecting-text")
            yield Field(self._address, placeholder="redis://host:port/db", id="connecting-address", compact=True)
            with Horizontal(classes="buttons"):
                yield Button("Try again  r", id="retry", compact=True)
                yield Button("Change the address  e", id="edit", compact=True)
                yield Button("Servers  c", id="servers", compact=True)
                yield Button("Cancel  Esc", id="stop", compact=True)
                yield Button("Quit  q", id="leave", compact=True)

    def on_mount(self) -> None:
        """Waits at first."""
        self.show_waiting()
        self.set_interval(0.5, self._tick)

    def show_waiting(self) -> None:
        """An attempt is under way."""
        self._failed = False
        self._since = time.monotonic()
        self._show_buttons("stop")
        self._tick()

    def show_failure(self, error: RedisTuiError) -> None:
        """The attempt failed: there is no server, or what was named cannot be used."""
        is_link = isinstance(error, SessionError)
        advice = [error.hint or ("Is the server running, and is the address right?" if is_link else "")]
        if is_link:
            advice.append("Without a server, redis-tui with no address opens its own engine.")
        self._show_end("No connection" if is_link else "Nothing was opened", error.message, "\n".join(advice).strip())

    def give_up(self) -> None:
        """Another way is gone: what was waited for is not waited for any longer."""
        if not self._failed:
            self.show_cancelled()

    def show_cancelled(self) -> None:
        """Nobody waits any more."""
        self._show_end("Cancelled", f"{self._address} was not waited for any longer.", "Try again, or another address.")

    def _show_end(self, title: str, text: str, advice: str) -> None:
        self._failed = True
        self.query_one("#connecting-text", Static).update(
            Content.from_markup(
                "[bold $rt-danger]✗ $title[/]\n\n$text\n\n[$rt-dim]$advice[/]", title=title, text=text, advice=advice
            )
        )
        self._show_buttons("retry", *(["edit", "servers"] if self._can_change else []), "leave")
        self.query_one("#retry", Button).focus()

    def _show_buttons(self, *names: str) -> None:
        self.query_one("#connecting-address").display = False
        for button in self.query(Button):
            button.display = button.id in names

    def _tick(self) -> None:
        if self._failed:
            return
        seconds = time.monotonic() - self._since
        waited = f"  {seconds:.0f} s" if seconds >= _SAY_AFTER_S else ""
        is_embedded = self._address.startswith("memory:")  # an address of ours, which nobody typed
        what = "Opening the embedded engine" if is_embedded else f"Connecting to {self._address}"
        self.query_one("#connecting-text", Static).update(
            Content.from_markup("$what …[$rt-dim]$waited[/]", what=what, waited=waited)
        )

    def action_retry(self) -> None:
        """Another attempt, if the last one failed."""
        if self._failed:
            self.show_waiting()
            self.post_message(self.RetryWanted())

    def action_edit(self) -> None:
        """The address can be changed."""
        if self._failed and self._can_change:
            field = self.query_one(Input)
            field.display = True
            field.focus()

    @on(Input.Submitted)
    def _changed(self, event: Input.Submitted) -> None:
        event.stop()
        if address := event.value.strip():
            self._address = event.input.value = redact_url(address)
            self.show_waiting()
            self.post_message(self.RetryWanted(address))

    async def action_cancel_or_quit(self) -> None:
        """Escape: ends the wait; where nothing is waited for, closes the field, or leaves."""
        if not self._failed:
            self.post_message(self.CancelWanted())
            self.show_cancelled()
        elif self.query_one(Input).display:
            self.query_one(Input).display = False
            self.query_one("#retry", Button).focus()
        else:
            await self.app.action_quit()

    @on(Button.Pressed)
    async def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        match event.button.id:
            case "retry":
                self.action_retry()
            case "edit":
                self.action_edit()
            case "servers":
                await self.run_action("app.connect")
            case "stop":
                await self.action_cancel_or_quit()
            case _:
                await self.app.action_quit()
