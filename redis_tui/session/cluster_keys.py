"""The keys of a dry run, fetched from the nodes of a cluster: WATCH and DUMP each go to the node of their key.

The decision a reader would question: here WATCH may name keys of several slots, and EXEC is asked of every node that
watches one. A dry run changes nothing, so it need not be of one node to be told whether somebody else changed a key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.resp.types import OK, ErrorReply, Reply, Status
from redis_tui.session.cluster_wire import ClusterWire
from redis_tui.spec.slot import hash_slot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.session.cluster_map import Node
    from redis_tui.session.wire import Wire

_ASKED = [[b"MULTI"], [b"PING"], [b"EXEC"]]
"""What `rehearsal` sends to be told whether a watched key was changed."""
_QUIET = [Status(b"PONG")]
"""What EXEC answers of it where none was."""


class KeysWire(ClusterWire):
    """A `ClusterWire` that watches keys of any slots."""

    _watching: dict[Node, Wire | None] | None = None
    """By node: the connection that watches there."""

    async def pipeline(self, commands: Sequence[Sequence[bytes]]) -> list[Reply]:
        if list(map(list, commands)) == _ASKED:
            return [OK, OK, await self._undisturbed()]
        if commands and commands[0][0] == b"WATCH":
            return [await self._watch(commands[0][1:]), *await super().pipeline(commands[1:])]
        return await super().pipeline(commands)

    async def _watch(self, keys: Sequence[bytes]) -> Reply:
        watching = self._watching = self._watching or {}
        for key in keys:  # one by one: keys of one node may be of several slots, which no single command may name
            node = await self._owner(hash_slot(key))
            (reply,) = await self.to(node, [[b"WATCH", key]])
            if isinstance(reply, ErrorReply):
                return reply
            watching.setdefault(node, self._nodes.at(node))
        return OK

    async def _undisturbed(self) -> Reply:
        """What EXEC answers: of the first node that has something to tell, where one has."""
        told: list[Reply] = []
        for node, wire in (self._watching or {}).items():
            if wire is None or not self._nodes.holds(node, wire):
                return ErrorReply(b"ERR The connection that watched was lost.")
            told.append((await self.to(node, _ASKED))[-1])
        return next((reply for reply in told if reply != _QUIET), _QUIET)
