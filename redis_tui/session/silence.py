"""How long a server has been silent: what it was asked and has not answered, and how long a face waits for its own.

Knows no wire. The decision a reader would question: only what a face asks for itself has a limit. A command of a person
may last as long as it pleases, since nobody but that person knows what is long for it; it is told how long it has been,
and can be let go.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, TypeVar

from redis_tui.errors import SessionError
from redis_tui.session.aside import is_aside
from redis_tui.session.base import Waiting
from redis_tui.spec.redact import redacted_line

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

PROBE_S = 20.0
"""Seconds that a server has for what a face asks for itself. Longer than the 5 s of busy-reply-threshold, for which one
that runs a script says nothing at all."""
_LONGEST = 60
"""Characters of a command that are told."""
_T = TypeVar("_T")


class Silence:
    """What is waited for on one connection."""

    def __init__(self) -> None:
        self._asked: tuple[Sequence[Sequence[bytes]], float] | None = None
        self.is_let_go = False
        """Nobody waits any longer, and the connection was ended for that."""

    def waiting(self) -> Waiting | None:
        """What has no answer yet."""
        if self._asked is None:
            return None
        commands, since = self._asked
        line = redacted_line(commands[0][:4])
        more = f" and {len(commands) - 1:,} more" if len(commands) > 1 else ""
        text = line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
        return Waiting(text + more, (time.monotonic() - since) * 1000)

    async def until(self, target: str, commands: Sequence[Sequence[bytes]], answer: Awaitable[_T]) -> _T:
        """Waits for an answer.

        Args:
            target: who is asked, for people.
            commands: what was asked.
            answer: cancelled when the time of a face's own question is up.

        Raises:
            SessionError: the connection broke, was let go, or the time is up.
        """
        self._asked, self.is_let_go = (commands, time.monotonic()), False
        try:
            async with asyncio.timeout(PROBE_S if is_aside() else None):
                return await answer
        except TimeoutError:
            raise SessionError(
                f"{target} has not answered for {PROBE_S:.0f} s.", hint="It may hang, or be cut off from here."
            ) from None
        except SessionError as error:
            if not self.is_let_go:
                raise
            raise SessionError(
                f"{target} had not answered, and is not waited for any longer.",
                hint="What was asked may be carried out all the same.",
            ) from error
        finally:
            self._asked = None
