"""Running the script in front, and ending what runs."""

from __future__ import annotations

from textual import on, work

from redis_tui.tui import messages
from redis_tui.tui.parts.base import Part


class RunningPart(Part):
    """F5 to F8."""

    def action_run(self) -> None:
        """F5."""
        self._runs.start()

    def action_dry_run(self) -> None:
        """F6."""
        self._runs.start(dry_run=True)

    def action_dry_run_on_server(self) -> None:
        """In its own debugger."""
        self._runs.start(dry_run=True, on_server=True)

    def action_trace_run(self) -> None:
        """F7."""
        self._runs.start(trace=True)

    @work(group="dialog", exclusive=True)
    async def action_repeat(self) -> None:
        """Asks how often."""
        await self._runs.ask_repeat()

    def action_kill(self) -> None:
        """F8."""
        self._runs.kill()

    @on(messages.RunWanted)
    def _run_wanted(self) -> None:
        self._runs.start()

    @on(messages.KillWanted)
    def _kill_wanted(self) -> None:
        self._runs.kill()
