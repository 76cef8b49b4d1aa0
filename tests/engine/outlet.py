"""An outlet that keeps what it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from redis_tui.resp.types import Reply


class Outlet:
    """What a client of a test hears of."""

    def __init__(self) -> None:
        self.pushed: list[Reply] = []
        self.answers: list[Reply] = []
        self.closed = 0

    def push(self, message: Reply) -> None:
        self.pushed.append(message)

    def flush(self) -> None:
        """Nothing is held back here."""

    def answer(self, reply: Reply) -> None:
        self.answers.append(reply)

    def close(self) -> None:
        self.closed += 1
