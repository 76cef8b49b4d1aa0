"""What runs now, and the button that ends it; also where somebody else's script holds the server up.

The button is made by `complete`: it is seen only while something runs, and Textual's styles of buttons are its longest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Button, Static

from redis_tui.session.base import Capability, Running, Waiting
from redis_tui.tui.messages import KillWanted

if TYPE_CHECKING:
    from textual.app import ComposeResult


class RunningPane(Vertical):
    """What runs now, and the button that ends it."""

    def __init__(self) -> None:
        super().__init__(id="running", classes="pane")
        self.border_title = "7 Running"
        self._said = ""
        self._shown = Content()
        self._kill = Button("Kill  F8", id="kill-button", compact=True)

    def compose(self) -> ComposeResult:
        """Two lines."""
        yield Static("", id="running-text")

    async def complete(self) -> None:
        """Makes the button below them."""
        await self.mount(self._kill)

    def on_mount(self) -> None:
        """Nothing runs at first."""
        self.show(None, frozenset())

    def say(self, prospect: str) -> None:
        """Replaces what is said of this run's end until it has ended: a kill is under way, or was refused."""
        self._said = prospect

    def show(
        self,
        running: Running | None,
        capabilities: frozenset[Capability],
        *,
        is_server_busy: bool = False,
        busy_nodes: str = "",
        waiting: Waiting | None = None,
    ) -> None:
        """Shows a run, or that there is none.

        Args:
            running: of this session.
            capabilities: what can be undone.
            is_server_busy: somebody else's script holds the server up.
            busy_nodes: of a cluster: which of its nodes.
            waiting: what it has not answered for long.
        """
        is_under_way = running is not None or is_server_busy or waiting is not None
        self._kill.display = is_under_way
        self.set_class(is_under_way, "-busy")
        if not is_under_way:
            self._said = ""
        text = self._text(running, capabilities, busy_nodes)
        if running is None and waiting is not None:
            text = _silence(waiting)
        if text == self._shown:
            return
        # The first line counts seconds: it is not worth laying out the whole screen for. What is below may wrap.
        taller = text.plain.partition("\n")[1:] != self._shown.plain.partition("\n")[1:]
        self.query_one("#running-text", Static).update(text, layout=taller)
        self._shown = text

    def _text(self, running: Running | None, capabilities: frozenset[Capability], busy_nodes: str) -> Content:
        if running is not None:
            return Content.from_markup(
                "[bold $rt-danger]▶ $name[/]  [$rt-text]$elapsed s[/]$where\n[$rt-dim]  $prospect[/]",
                name=running.name,
                where=_at(running.node),
                elapsed=f"{running.elapsed_ms / 1000:.1f}",
                prospect=self._said or _prospect(running, capabilities),
            )
        if self.has_class("-busy"):
            who = "somebody's script"
            return Content.from_markup(
                "[bold $rt-danger]▶ BUSY[/]  [$rt-text]$what[/]\n[$rt-dim]  $prospect[/]",
                what=busy_nodes or who,
                prospect=self._said or f"{f'{who} ' if busy_nodes else ''}can be killed if it has not written",
            )
        return Content.from_markup("[$rt-dim]nothing is running[/]")

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(KillWanted())

    def focus_content(self) -> None:
        """Gives the keyboard to the button, where there is one."""
        if self._kill.display and self._kill.is_attached:
            self._kill.focus()
        else:
            self.focus()


def _at(nodes: str) -> str:
    """Where it runs, on a line of its own."""
    return f"\n  at {nodes}" if nodes else ""


def _silence(waiting: Waiting) -> Content:
    return Content.from_markup(
        "[bold $rt-warning]… no answer[/]  [$rt-text]$elapsed s[/]\n[$rt-dim]  $command[/]",
        elapsed=f"{waiting.elapsed_ms / 1000:.0f}",
        command=waiting.command,
    )


def _prospect(running: Running, capabilities: frozenset[Capability]) -> str:
    if running.dry_run:
        return "dry run: can be killed"
    if running.has_written is None:
        return "can be killed if it has not written"
    if not running.has_written:
        return "no writes yet: can be killed"
    undo = Capability.ROLLBACK_KILL in capabilities
    return "has written: kill will undo it" if undo else "has written: cannot be killed"
