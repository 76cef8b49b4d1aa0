"""The gates ahead of every command, in the order in which a server looks.

Authentication, ACL rules, a subscriber's bounds, memory, a busy script, a pause, an open
transaction. Only clients that are not `plain`, and everybody while the engine is `guarded`,
come here at all; the rest cost one comparison.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.engine.replication import MASTER_DOWN
from redis_tui.errors import CommandError
from redis_tui.resp.types import QUEUED, Reply
from redis_tui.spec.command import CommandFlag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.engine.client import Client
    from redis_tui.engine.engine import Engine
    from redis_tui.engine.registry import Command

NOAUTH = b"NOAUTH Authentication required."
_ENDS_QUEUEING = frozenset({"exec", "discard", "quit", "reset"})
_UNQUEUED = frozenset({"exec", "discard", "multi", "watch", "quit", "reset"})
_WHILE_LISTENING = frozenset(f"{kind}{word}" for kind in ("", "p", "s") for word in ("subscribe", "unsubscribe")) | {
    "ping",
    "quit",
    "reset",
}
_TOUCHES_DATA = CommandFlag.WRITE | CommandFlag.READONLY | CommandFlag.MAY_REPLICATE
_HELD_BACK = CommandFlag.WRITE | CommandFlag.MAY_REPLICATE


class Gates:
    """What may stand in the way of a command in one engine.

    Args:
        engine: the owner.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def check(self, client: Client, command: Command, argv: Sequence[bytes]) -> Reply:
        """Refuses or queues; None lets the command pass.

        Raises:
            CommandError: refused.
        """
        engine = self._engine
        valkey = engine.dialect.is_valkey
        stranger = not (client.authenticated or engine.acl.is_open or command.flags & CommandFlag.NO_AUTH)
        if not command.takes(len(argv)) and not (stranger and valkey):
            raise CommandError(f"ERR wrong number of arguments for '{command.name}' command")
        if stranger:
            raise CommandError(NOAUTH)
        if client.account.restricted:
            engine.acl.enforce(client, command, argv)
        gated = engine.write_gate.active and not engine.scripts.busy
        if gated:
            self._check_room(client, command, argv)
        if engine.write_gate.cannot_save and command.name == "ping":
            raise CommandError(engine.dialect.cannot_save)
        if client.only_listens and command.name not in _WHILE_LISTENING:
            raise CommandError(
                f"ERR Can't execute '{command.name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET "
                "are allowed in this context"
            )
        if engine.replication.stale and not self._runs_stale(client, command, argv):
            raise CommandError(MASTER_DOWN)
        if engine.scripts.busy and not command.flags & CommandFlag.ALLOW_BUSY:
            raise CommandError(engine.scripts.busy_text)
        if client.monitoring and command.flags & _TOUCHES_DATA:
            raise CommandError("ERR Replica can't interact with the keyspace")
        if (
            engine.pause.mode is not None
            and not client.monitoring
            and engine.pause.holds(writes=bool(self._effective_flags(client, command, argv) & _HELD_BACK))
        ):
            return engine.blocking.postpone(client, argv)
        if client.transaction is None:
            return None
        if command.flags & CommandFlag.NO_MULTI:
            which = f" '{command.name}'" if valkey else ""
            raise CommandError(f"ERR Command{which} not allowed inside a transaction")
        if command.name in _UNQUEUED:
            return None
        client.transaction.queue.append((command, list(argv)))
        return QUEUED

    def _effective_flags(self, client: Client, command: Command, argv: Sequence[bytes]) -> CommandFlag:
        """A command's flags; of a script what it promises, of EXEC all that it would run."""
        scripts = self._engine.scripts
        if command.name != "exec" or client.transaction is None:
            return scripts.flags_of(command, argv)
        flags = command.flags
        for queued, words in client.transaction.queue:
            flags |= scripts.flags_of(queued, words)
        return flags

    def _runs_stale(self, client: Client, command: Command, argv: Sequence[bytes]) -> bool:
        """Whether a replica without its master takes a command; EXEC only if all that is queued would be taken."""
        flags_of = self._engine.scripts.flags_of
        if command.name == "exec" and client.transaction is not None:
            return all(flags_of(queued, words) & CommandFlag.STALE for queued, words in client.transaction.queue)
        return bool(flags_of(command, argv) & CommandFlag.STALE)

    def _check_room(self, client: Client, command: Command, argv: Sequence[bytes]) -> None:
        """Raises `CommandError` where there is no memory, or are no replicas, for a command."""
        engine = self._engine
        gate = engine.write_gate
        evicted = engine.eviction.evicted
        gate.look()
        if engine.eviction.evicted > evicted and client.outlet is not None:
            engine.tracking.flush()
            client.outlet.flush()  # who went is told ahead of the reply
        flags = self._effective_flags(client, command, argv)
        queues = client.transaction is not None and command.name not in _ENDS_QUEUEING
        if queues and not engine.dialect.at_least("7.4.0", valkey="8.0.0"):
            flags |= CommandFlag.DENYOOM  # a queue takes memory, whatever stands in it
        refusal = gate.refusal(flags)
        if refusal is not None:
            raise CommandError(refusal)
