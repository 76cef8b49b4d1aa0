"""The `Way` to a cluster: all nodes as one link, as often as one is needed.

The decision a reader would question: it remembers every node that was ever heard of. When a link is made anew, the
nodes that the address names may be the ones that are gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from redis_tui.session.cluster_health import Health
from redis_tui.session.cluster_keys import KeysWire
from redis_tui.session.cluster_map import read_cluster_address
from redis_tui.session.cluster_wire import ClusterWire
from redis_tui.session.login import Login
from redis_tui.session.tunnel import Tunnels

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from redis_tui.session.cluster_map import Node
    from redis_tui.session.wire import Wire
    from redis_tui.spec.catalog import Catalog

_Kind = TypeVar("_Kind", bound=ClusterWire)


class ClusterWay:
    """Makes links to a cluster.

    Args:
        url: ``redis+cluster://[user:password@]host:port[,host:port…]``.
        password: overrides the URL's.

    Raises:
        UsageError: the URL is none.
    """

    follows = False

    def __init__(self, url: str, *, password: str | None = None) -> None:
        self._cluster_address = read_cluster_address(url)
        self.address = self._cluster_address.of(self._cluster_address.seeds[0])
        self._tunnels = Tunnels(self.address.ssh)
        self.login = Login.of(password)
        self._known: dict[Node, None] = {}
        self.health = Health()
        self._latest: ClusterWire | None = None
        """Whose commands are asked for no second time."""
        self.spare_catalog: Callable[[], Awaitable[Catalog]] | None = None
        """Makes a catalog while all nodes that are asked are busy."""

    async def nodes(self) -> ClusterWire:
        """All nodes, routed.

        Raises:
            ConnectError, AuthError, SessionError: no node tells of a cluster.
        """
        return await self._made(ClusterWire)

    async def keys(self) -> KeysWire:
        """Likewise, for the keys of a dry run."""
        return await self._made(KeysWire)

    async def dial(self, *, bare: bool = False) -> Wire:  # noqa: ARG002  # of the shape of a way
        """A connection to any one node that answers."""
        nodes = await self.nodes()
        try:
            wire = nodes.wire_to(await nodes.listener(None))
        finally:
            await nodes.close()
        await wire.connect()
        return wire

    async def close(self) -> None:
        """Ends what stands between."""
        await self._tunnels.close()

    async def _made(self, kind: type[_Kind]) -> _Kind:
        wire = kind(
            self._cluster_address,
            login=self.login,
            known=self._known,
            health=self.health,
            tunnels=self._tunnels,
            catalog=None if self._latest is None else self._latest.commands,
            spare_catalog=self.spare_catalog,
        )
        try:
            await wire.connect()
        except BaseException:
            await wire.close()
            raise
        self._known.update(dict.fromkeys(wire.known))
        self._latest = wire if kind is ClusterWire else self._latest
        return wire
