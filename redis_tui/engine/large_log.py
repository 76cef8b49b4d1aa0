"""The logs of large requests and of large replies, which Valkey keeps beside that of slow commands.

It knows no socket: the owner of a connection tells how many bytes a reply had, and asks only
where one of the limits may be passed. A request's bytes are worked out from its words.

The decision a reader would question: what EXEC has run is weighed once its whole reply was sent, and what a script
calls only where somebody has asked for small sizes: below the default nobody would want to pay for the measuring of
each reply. A request counts as it would be sent in an array, also where it came inline; one that EXEC has run counts
as EXEC did, with the reply up to and with its own part, and a script's call as a request of no bytes, as in Valkey.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redis_tui.engine.command_log import CommandLog
from redis_tui.errors import CommandError
from redis_tui.resp.encoder import encode
from redis_tui.resp.types import QUEUED
from redis_tui.spec.command import CommandFlag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.engine.client import Client
    from redis_tui.engine.engine import Engine
    from redis_tui.engine.registry import Command
    from redis_tui.resp.types import Reply

_WORTH_MEASURING: Final = 1 << 20
"""The default of both limits."""
NEVER: Final = 1 << 63
"""A limit that nothing reaches."""


def request_size(argv: Sequence[bytes]) -> int:
    """Bytes of a request on the wire, as an array of bulk strings; 14 for PING."""
    framing = sum(len(b"%d" % len(word)) for word in argv) + 5 * len(argv)
    return 3 + len(b"%d" % len(argv)) + framing + sum(map(len, argv))


class LargeLog:
    """Both logs of one engine.

    Args:
        engine: whose; a server that is no Valkey has no such logs, and nothing is ever large there.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.requests = CommandLog()
        self.replies = CommandLog()
        self.request_limit = self.reply_limit = NEVER
        """Bytes from which on a request or a reply is large."""
        self.weighs_calls = False
        """The calls of scripts are measured."""

    def configure(self) -> None:
        """Takes over the parameters in force."""
        config = self._engine.config
        if not self._engine.dialect.is_valkey:
            return
        request, reply = (config.number(f"commandlog-{what}-larger-than") for what in ("request", "reply"))
        self.request_limit = request if request >= 0 else NEVER
        self.reply_limit = reply if reply >= 0 else NEVER
        self.weighs_calls = self.request_limit == 0 or self.reply_limit < _WORTH_MEASURING
        self.requests.resize(config.number("commandlog-large-request-max-len"))
        self.replies.resize(config.number("commandlog-large-reply-max-len"))

    def weigh(self, client: Client, argv: Sequence[bytes], reply: Reply, reply_bytes: int) -> None:
        """Notes a command that has run, in each log whose limit it reaches.

        Args:
            client: who sent it.
            argv: all words.
            reply: what it answered; one that was refused or queued did not run.
            reply_bytes: as many as its client got.
        """
        engine = self._engine
        if reply is QUEUED or reply is engine.refusal:
            return
        try:
            command = engine.registry.resolve(argv)[0]
        except CommandError:
            return
        if command.name == "exec" and isinstance(reply, list):
            self._weigh_parts(client, request_size(argv), reply)
        if not command.flags & CommandFlag.SKIP_SLOWLOG:
            self._note(client, command, argv, request_size(argv), reply_bytes)

    def weigh_call(self, client: Client, command: Command, argv: Sequence[bytes], reply: Reply, resp: int) -> None:
        """Notes a call from a script; ``resp`` is the protocol that the script has chosen."""
        if not command.flags & CommandFlag.SKIP_SLOWLOG:
            self._note(client, command, argv, 0, len(encode(reply, resp)))

    def _weigh_parts(self, client: Client, request_bytes: int, replies: list[Reply]) -> None:
        """Notes what EXEC has run; each with the reply that had gathered by then."""
        gathered = 3 + len(b"%d" % len(replies))
        for (command, argv), reply in zip(client.executed, replies, strict=False):
            gathered += len(encode(reply, client.resp))
            if not command.flags & CommandFlag.SKIP_SLOWLOG:
                self._note(client, command, argv, request_bytes, gathered)
        client.executed = ()

    def _note(
        self, client: Client, command: Command, argv: Sequence[bytes], request_bytes: int, reply_bytes: int
    ) -> None:
        for log, limit, size in (
            (self.requests, self.request_limit, request_bytes),
            (self.replies, self.reply_limit, reply_bytes),
        ):
            if size >= limit:
                unix_time = self._engine.clock.now_us() // 1_000_000
                words = self._engine.redacted(command, argv)
                log.add(words, unix_time=unix_time, measure=size, addr=client.addr, name=client.name)
