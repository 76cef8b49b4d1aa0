"""A stream of the embedded engine: a client of its own whose outlet fills the stream. Called on the engine's thread.

The decision a reader would question: it may not wait and may not raise, since the engine, and a script
that publishes, go on in the very same call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.errors import SessionError
from redis_tui.resp.shape import as_resp2
from redis_tui.resp.types import Push, Reply, Several

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from redis_tui.engine.client import Client
    from redis_tui.engine.engine import Engine
    from redis_tui.session.stream import Stream


class StreamOutlet:
    """The outlet of a client that listens.

    Args:
        client: its own.
        post: has something done on the engine's thread later, when nobody is in the middle of anything.
    """

    def __init__(self, client: Client, post: Callable[[Callable[[Engine], object]], None]) -> None:
        self._client = client
        self._post = post
        self.stream: Stream | None = None
        """Set before the first command."""

    def send(self, engine: Engine, argv: Sequence[bytes]) -> Reply:
        """Runs a command of the stream; what it confirms becomes messages.

        Returns:
            The first reply, to see whether it is an error.
        """
        reply = engine.execute(self._client, list(argv))
        replies = reply.items if isinstance(reply, Several) else [reply]
        for one in replies:
            self.push(one)
        return replies[0] if replies else None

    def push(self, message: Reply) -> None:
        """A message."""
        if self.stream is not None:
            self.stream.put((message.items if isinstance(message, Push) else as_resp2(message),))

    def flush(self) -> None:
        """Nothing is held back."""

    def answer(self, reply: Reply) -> None:
        """No command that waits is sent here."""

    def close(self) -> None:
        """CLIENT KILL."""
        if self.stream is not None:
            self.stream.fail(SessionError("Another client has ended this connection.", hint="Begin again."))
        self._post(self.leave)

    def leave(self, engine: Engine) -> None:
        """Takes the client away."""
        self.stream = None
        engine.disconnect(self._client)
