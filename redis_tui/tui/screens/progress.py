"""Long work in front of the workbench: how far it is, and a way to stop it.

Knows nothing of the work but its steps. The decision a reader would question: stopping takes effect
between two steps, never inside one; a command that is under way is answered before we leave, so
that the count of what was done is true.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Static

from redis_tui.errors import RedisTuiError
from redis_tui.record import dataclass
from redis_tui.tui.screens.modal import Modal

if TYPE_CHECKING:
    from textual.app import ComposeResult

_BAR = 40


@dataclass(frozen=True, slots=True)
class Tally:
    """How far some work has come."""

    done: int = 0
    """Things that were dealt with, failures included."""
    failed: int = 0
    problem: str = ""
    """The latest failure, for people."""
    stopped: bool = False
    """The user wanted no more of it."""


Steps = AsyncGenerator[Tally, None]


class Progress(Modal[Tally]):
    """Works off the steps; answers the last tally."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,ctrl+c", "stop", show=False)]

    def __init__(self, title: str, total: int, steps: Steps) -> None:
        """Takes what is done, for instance ``Deleting``, of how many things, and the steps that do it."""
        super().__init__()
        self._title, self._total, self._steps = title, total, steps
        self._tally = Tally()
        self._stopped = False

    def compose(self) -> ComposeResult:
        """A count, a bar, a button."""
        with Vertical(classes="dialog") as box:
            box.border_title = self._title
            yield Static("", id="progress-text", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Stop", id="stop", compact=True)

    def on_mount(self) -> None:
        """Begins."""
        self._show()
        self._work()

    @work
    async def _work(self) -> None:
        try:
            async with aclosing(self._steps) as steps:
                async for tally in steps:
                    self._tally = tally
                    self._show()
                    if self._stopped:
                        break
        except RedisTuiError as error:
            self._tally = Tally(self._tally.done, self._tally.failed + 1, str(error), stopped=True)
        left = self._stopped and self._tally.done < self._total
        self.dismiss(Tally(self._tally.done, self._tally.failed, self._tally.problem, left or self._tally.stopped))

    def _show(self) -> None:
        tally = self._tally
        filled = _BAR * tally.done // max(1, self._total)
        failed = f" · {tally.failed:,} failed" if tally.failed else ""
        bar = "━" * filled + "·" * (_BAR - filled)
        self.query_one("#progress-text", Static).update(f"{tally.done:,} of {self._total:,}{failed}\n{bar}")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Stops."""
        event.stop()
        self.action_stop()

    def action_stop(self) -> None:
        """No more steps."""
        self._stopped = True
        self.query_one("#stop", Button).label = "Stopping…"
