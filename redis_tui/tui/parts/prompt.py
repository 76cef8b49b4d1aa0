"""The prompt at the bottom, and what was sent to the server."""

from __future__ import annotations

from textual import on, work

from redis_tui.tui import messages
from redis_tui.tui.parts.base import Part


class PromptPart(Part):
    """Commands that are typed, and their log."""

    @on(messages.CommandEntered)
    def _command_entered(self, event: messages.CommandEntered) -> None:
        self._enter(event.line)

    @work(group="console")
    async def _enter(self, line: str) -> None:
        was_open = self.session.in_transaction
        await self._prompt_desk.enter(line)
        if self.session.in_transaction:
            self._bench.show_paused()
        elif was_open:
            self._feed.read_all()
        else:
            self._feed.command_ended()
            if line.split(maxsplit=1)[0].upper() == "SELECT":
                self._feed.read_keys()

    @on(messages.WaitUnwanted)
    def _wait_unwanted(self) -> None:
        self.action_stop_waiting()

    def action_stop_waiting(self) -> None:
        """Escape or ^C in the console: a script is ended, any other command is not waited for."""
        if self._prompt_desk.waits_for_script and self.session.running() is not None:
            self._runs.kill()
        else:
            self._prompt_desk.stop_waiting()

    def action_console_reply(self) -> None:
        """F10: the last reply of the console, in all views."""
        from redis_tui.tui.screens.reply import ReplyScreen

        if self._prompt_desk.answered is None:
            self.notify("The console has no reply yet. ^T goes there.", severity="warning", timeout=3)
        else:
            self.app.push_screen(ReplyScreen(*self._prompt_desk.answered))

    def action_sent_log(self) -> None:
        """F12."""
        from redis_tui.tui.screens.sent import SentScreen

        self.app.push_screen(SentScreen(self._sent))
