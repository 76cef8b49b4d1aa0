"""The connections to the nodes of a cluster: one each, opened when something is first sent to it.

Knows no slots. The decision a reader would question: a connection says who it is (its name, its protocol) with the
first command and not when it is opened. A node that is silent is found out while somebody waits for it, who can ask
the others whether it has failed.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Final
from weakref import WeakSet

from redis_tui.errors import SessionError
from redis_tui.session.cluster_map import has_failed
from redis_tui.session.greeting import settle
from redis_tui.session.tunnel import Tunnels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.resp.types import Reply
    from redis_tui.session.cluster_map import ClusterAddress, Node
    from redis_tui.session.login import Login
    from redis_tui.session.wire import Wire


MAP_TIMEOUT_S: Final = 3.0
"""Seconds that a node has to tell what it knows of the others."""


class NodeWires:
    """One connection a node.

    Args:
        address: of the cluster.
        login: overrides what that says of who one is.
        tunnels: to the nodes, by the addresses that they announce; None where they are reached straight.
    """

    def __init__(self, address: ClusterAddress, login: Login | None, tunnels: Tunnels | None) -> None:
        self._address, self._login = address, login
        self._tunnels = tunnels or Tunnels("")
        self._wires: dict[Node, Wire] = {}
        self._new: WeakSet[Wire] = WeakSet()
        """Connections that have not said yet who we are."""
        self._opening: dict[Node, asyncio.Lock] = {}
        """By node, so that one which lets nobody in holds up no other."""

    def new(self, node: Node) -> Wire:
        """Another connection to a node, not open yet, the caller's own."""
        there = self._address.of(node)
        return self._tunnels.wire(there.plain, node.name, tls=there.tls, login=self._login, bare=True)

    def patience_s(self, usual_s: float) -> float:
        """Seconds that a node has to answer, the way to it included."""
        return self._tunnels.patience_s(usual_s)

    def at(self, node: Node) -> Wire | None:
        """The connection to a node, where there is one."""
        return self._wires.get(node)

    def holds(self, node: Node, wire: Wire) -> bool:
        """Whether that is still the connection to a node, and open."""
        return self._wires.get(node) is wire and wire.is_open and not wire.is_gone

    async def open(self, node: Node) -> Wire:
        """The connection to a node.

        Raises:
            ConnectError, AuthError: there is no way.
        """
        async with self._opening.setdefault(node, asyncio.Lock()):
            wire = self._wires.get(node)
            if wire is not None and wire.is_open and not wire.is_gone:
                return wire
            if wire is not None:
                await wire.close()
            wire = self.new(node)
            await wire.connect()
            self._new.add(wire)
            self._wires[node] = wire
            return wire

    async def pipeline(self, wire: Wire, commands: Sequence[Sequence[bytes]], resp: int) -> list[Reply]:
        """Sends commands over one of them, who we are first.

        Raises:
            SessionError: it broke.
        """
        if wire in self._new:
            await settle(wire, 0, resp)
            self._new.discard(wire)
        return await wire.pipeline(commands)

    async def is_given_up(self, node: Node, nodes: Sequence[Node]) -> bool:
        """Whether one of some nodes says that another has failed; asked over connections of their own."""
        for other in nodes:
            if other == node:
                continue
            wire = self.new(other)
            with contextlib.suppress(SessionError, TimeoutError):
                async with asyncio.timeout(self.patience_s(MAP_TIMEOUT_S)):
                    await wire.connect()
                    reply = await wire.execute([b"CLUSTER", b"NODES"])
                if isinstance(reply, bytes):
                    await wire.close()
                    return has_failed(reply, node)
            await wire.close()
        return False

    @property
    def connected(self) -> list[Node]:
        """The nodes at the other end of those that are open."""
        return [node for node, wire in self._wires.items() if wire.is_open and not wire.is_gone]

    @property
    def is_gone(self) -> bool:
        """Whether every node has hung up."""
        return bool(self._wires) and all(wire.is_gone for wire in self._wires.values())

    @property
    def is_open(self) -> bool:
        """Whether any connection is open."""
        return any(wire.is_open for wire in self._wires.values())

    async def close(self) -> None:
        """Closes all of them; may be called twice."""
        wires, self._wires = self._wires, {}
        for wire in wires.values():
            await wire.close()
