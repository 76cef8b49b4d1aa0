"""Runs what is typed at the prompt, and answers in the Console pane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.errors import RedisTuiError
from redis_tui.render.reply import cli_lines, prints_raw
from redis_tui.render.spans import Line, Span
from redis_tui.resp.inline import split_inline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.resp.types import Reply
    from redis_tui.session.base import Session
    from redis_tui.tui.panes.console import ConsolePane


class ConsoleDesk:
    """Runs what is typed at the prompt."""

    def __init__(self, session: Session, pane: ConsolePane) -> None:
        self._session = session
        self._pane = pane

    async def enter(self, line: str) -> None:
        """Runs one line and shows the answer."""
        try:
            argv = split_inline(line.encode("utf-8", "surrogateescape"))
            reply = await self._session.execute(argv)
        except RedisTuiError as error:
            self._pane.show_reply([[Span(f"✗ {error}", "danger")]])
        else:
            self._pane.show_reply(_reply_lines(argv, reply))
        self.show_prompt()

    def show_prompt(self) -> None:
        """The prompt names the database, and an open transaction."""
        self._pane.set_prompt(f"redis:{self._session.db}{'(TX)' if self._session.in_transaction else ''}> ")


def _reply_lines(argv: Sequence[bytes], reply: Reply) -> list[Line]:
    if isinstance(reply, bytes) and prints_raw(argv):
        return [[Span(line, "text")] for line in reply.decode("utf-8", "replace").splitlines()]
    return cli_lines(reply)
