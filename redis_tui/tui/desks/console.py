"""Runs what is typed at the prompt, answers in the Console pane, and stops waiting when told.

Knows the session and the pane. The decision a reader would question: a command that waits does
not hold the prompt, since what it waits for is often typed next, at the same prompt.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from redis_tui.errors import RedisTuiError
from redis_tui.render.reply import cli_lines, prints_raw
from redis_tui.render.spans import Line, Span
from redis_tui.resp.inline import split_inline
from redis_tui.session.guard import runs_script
from redis_tui.spec.redact import redact_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.resp.types import Reply
    from redis_tui.session.base import Session
    from redis_tui.tui.panes.console import ConsolePane

_SAY_AFTER_S = 0.4
"""Seconds of waiting that nobody needs to be told of."""


class ConsoleDesk:
    """Runs what is typed at the prompt."""

    def __init__(self, session: Session, pane: ConsolePane) -> None:
        self._session = session
        self._pane = pane
        self._waiting: dict[asyncio.Task[Reply], tuple[str, float, bool]] = {}

    async def enter(self, line: str) -> None:
        """Runs one line and shows the answer."""
        try:
            argv = split_inline(line.encode("utf-8", "surrogateescape"))
            lines = await self._answer(argv, line)
        except RedisTuiError as error:
            lines = [[Span(f"✗ {error}", "danger")]]
        self._pane.show_reply(lines)
        self.tick()
        self.show_prompt()

    async def _answer(self, argv: Sequence[bytes], line: str) -> list[Line]:
        task = asyncio.ensure_future(self._session.execute(argv))
        self._waiting[task] = (redact_text(line), time.monotonic(), runs_script(argv))
        try:
            await asyncio.wait({task})
            if task.cancelled():
                return [[Span(f"No longer waiting for {redact_text(line)}.", "dim")]]
            return _reply_lines(argv, task.result())
        finally:
            task.cancel()
            del self._waiting[task]

    def tick(self) -> None:
        """Says what is waited for, and how long by now."""
        now = time.monotonic()
        waits = [(line, now - since) for line, since, _ in self._waiting.values() if now - since > _SAY_AFTER_S]
        self._pane.show_waiting(waits)

    def stop_waiting(self) -> None:
        """Waits for none of the answers any more."""
        for task in self._waiting:
            task.cancel()

    @property
    def waits_for_script(self) -> bool:
        """Whether what is waited for is a script, which has to be ended where it runs."""
        return any(is_script for _, _, is_script in self._waiting.values())

    def show_prompt(self) -> None:
        """The prompt names the database, and an open transaction."""
        self._pane.set_prompt(f"redis:{self._session.db}{'(TX)' if self._session.in_transaction else ''}> ")


def _reply_lines(argv: Sequence[bytes], reply: Reply) -> list[Line]:
    if isinstance(reply, bytes) and prints_raw(argv):
        return [[Span(line, "text")] for line in reply.decode("utf-8", "replace").splitlines()]
    return cli_lines(reply)
