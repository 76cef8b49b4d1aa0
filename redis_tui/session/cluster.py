"""A session over a cluster: what a session over one server is, over all nodes at once.

Routing is `cluster_wire`'s. Here stands what concerns a script and its nodes: where one runs, which nodes hold it, how
it is killed wherever it runs; and streams. The decision a reader would question: it is a `RemoteSession` with another
link. Runs, their notes, snapshots, dry runs and reconnecting are the same, and would else be written twice.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from redis_tui.errors import NotSupportedError, RedisTuiError
from redis_tui.resp.types import ErrorReply
from redis_tui.session.aside import is_aside
from redis_tui.session.base import Capability, Event, EventKind, KillOutcome, ScriptInfo, SessionInfo
from redis_tui.session.cluster_route import named
from redis_tui.session.cluster_stream import Listening
from redis_tui.session.cluster_way import ClusterWay
from redis_tui.session.greeting import identity
from redis_tui.session.killing import script_kill
from redis_tui.session.nodes import named_node
from redis_tui.session.remote import RemoteSession
from redis_tui.session.remote_stream import open_stream
from redis_tui.session.stream import CAPACITY, Stream, check_opens
from redis_tui.spec.redact import redact_url, redacted_line
from redis_tui.spec.slot import hash_slot

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from redis_tui.session.base import NodeFacts, Running, ScriptOutcome, ScriptRun
    from redis_tui.session.cluster_keys import KeysWire
    from redis_tui.session.cluster_map import Node
    from redis_tui.session.cluster_wire import ClusterWire
    from redis_tui.session.inspect import Pipeline
    from redis_tui.session.rehearsal import Scratch
    from redis_tui.session.wire import Wire
    from redis_tui.spec.catalog import Catalog

_CAPABILITIES = frozenset({Capability.TRACE, Capability.DECLARED_CHANGES, Capability.DRY_RUN})
_KEYLESS = "It names no key, so it went to any one primary: it can reach the keys of that node alone."


class ClusterSession(RemoteSession):
    """A `Session` over a cluster. Made by `connect`."""

    def __init__(
        self,
        way: ClusterWay,
        wire: ClusterWire,
        info: SessionInfo,
        *,
        scratch: Callable[[SessionInfo], Awaitable[Scratch]],
    ) -> None:
        super().__init__(way, wire, info, scratch=scratch)
        self._cluster = wire
        self._nodes_way = way
        self._is_cluster = True

        way.health.tell = lambda text: self._feed.put(Event(EventKind.NODES_CHANGED, text))

    @classmethod
    async def connect_to(
        cls,
        url: str,
        *,
        scratch: Callable[[SessionInfo], Awaitable[Scratch]],
        password: str | None = None,
        read_only: bool = False,
    ) -> ClusterSession:
        """Connects to a node that tells who the others are.

        Args:
            url: ``redis+cluster://[user:password@]host:port[,host:port…]``.
            scratch: as for `RemoteSession.connect`.
            password: overrides the URL's.
            read_only: refuse commands that write; scripts go out as EVAL_RO.

        Raises:
            UsageError: the URL is none.
            ConnectError, AuthError: no connection.
            SessionError: what answers is no cluster.
        """
        way = ClusterWay(url, password=password)
        try:
            wire = await way.nodes()
            try:
                server, version, _ = identity(await wire.at_slot(None, [[b"INFO", b"server"], [b"HELLO"]]))
            except BaseException:
                await wire.close()
                raise
        except BaseException:
            await way.close()
            raise
        info = SessionInfo(
            url=redact_url(url),
            server=server,
            version=version,
            embedded=False,
            capabilities=_CAPABILITIES | ({Capability.SERVER_DRY_RUN} if server == "redis" else set()),
            databases=1,
            read_only=read_only,
            is_unverified=way.address.tls is not None and way.address.tls.insecure,
        )
        session = cls(way, wire, info, scratch=scratch)
        way.spare_catalog = wire.spare_catalog = session._usual_catalog
        session._watcher = asyncio.create_task(session._watch())
        return session

    async def run(self, run: ScriptRun) -> ScriptOutcome:
        outcome = await super().run(run)
        if run.dry_run:  # what it would fail of is no aside here
            keyless = (_KEYLESS,) if run.on_server and not run.keys else ()
            return replace(outcome, notes=(*outcome.notes, *outcome.cluster_notes, *keyless), cluster_notes=())
        return outcome if run.keys else replace(outcome, notes=(*outcome.notes, _KEYLESS))

    async def stream(self, argv: Sequence[bytes], *, capacity: int = CAPACITY) -> Stream:
        self._check_open()
        check_opens(argv)
        if name := named_node():
            return await self._stream_of(named(self._cluster.known, name), argv, capacity)
        primaries = self._cluster.map.primaries
        if argv[0].lower() != b"ssubscribe":
            home = primaries[0] if argv[0].lower() == b"monitor" else await self._cluster.listener(None)
            nodes = (home, *(node for node in primaries if node != home))
            listening = Listening(nodes, self._cluster.wire_to, capacity=capacity, note=self._sent)
            return self._kept(await listening.begin(argv))
        slots = {hash_slot(channel) for channel in argv[1:]}
        if len(slots) > 1:
            raise NotSupportedError(
                "These shard channels are of several slots, and one connection hears those of one.",
                hint="Listen to them one by one, or give them a common part in braces.",
            )
        return await self._stream_of(await self._cluster.listener(next(iter(slots), None)), argv, capacity)

    async def _stream_of(self, node: Node, argv: Sequence[bytes], capacity: int) -> Stream:
        """What one node tells."""
        wire = self._cluster.wire_to(node)
        await wire.connect()
        return self._kept(await open_stream(wire, argv, capacity=capacity, note=self._sent))

    def nodes(self) -> tuple[NodeFacts, ...]:
        return self._nodes_way.health.facts(self._cluster.map)

    def running(self) -> Running | None:
        now = super().running()
        if now is None or now.dry_run:
            return now
        return replace(now, node=", ".join(sorted(node.name for node in self._cluster.asked)))

    async def scripts(self) -> list[ScriptInfo]:
        infos = await super().scripts()
        if not infos or self.in_transaction:
            return infos
        asked = [b"SCRIPT", b"EXISTS", *(info.sha.encode() for info in infos)]
        nodes = self._cluster.map.primaries
        told = [reply for (reply,) in await self._cluster.to_each(nodes, [asked])]
        holders = [
            tuple(
                node.name for node, reply in zip(nodes, told, strict=True) if isinstance(reply, list) and reply[at] == 1
            )
            for at in range(len(infos))
        ]
        return [
            replace(info, on_nodes=held, missing_on=tuple(node.name for node in nodes if node.name not in held))
            for info, held in zip(infos, holders, strict=True)
        ]

    async def catalog(self) -> Catalog:
        async with self._turn:
            if not self._wire.is_open:
                await self._send([[b"PING"]])
            return await self._cluster.catalog()

    def _sent(self, argv: Sequence[bytes]) -> None:
        """Also tells which node a command was for, where somebody said that."""
        if (node := named_node()) and self._feed.has_readers:
            self._feed.put(Event(EventKind.SENT, f"{redacted_line(argv)}  @ {node}", is_aside=is_aside()))
        else:
            super()._sent(argv)

    async def _script_kill(self) -> KillOutcome:
        """Asks every primary, as each knows it of itself alone; once one has killed, none that hangs is waited for."""
        asked = [asyncio.ensure_future(self._kill_at(node)) for node in self._cluster.map.primaries]
        outcomes: set[KillOutcome] = set()
        fault: RedisTuiError | None = None
        try:
            for each in asyncio.as_completed(asked):
                try:
                    outcomes.add(await each)
                except RedisTuiError as error:
                    fault = error
                if KillOutcome.KILLED in outcomes:
                    return KillOutcome.KILLED
        finally:
            for one in asked:
                one.cancel()
            await asyncio.wait(asked)  # they close their connections
        if KillOutcome.UNKILLABLE in outcomes:
            return KillOutcome.UNKILLABLE
        if fault is not None and not outcomes:
            raise fault
        return KillOutcome.NOTHING_RUNNING

    async def _kill_at(self, node: Node) -> KillOutcome:
        wire = self._cluster.wire_to(node)
        try:
            await wire.connect()
            return await script_kill(wire, self._sent)
        finally:
            await wire.close()

    async def _holds(self, sha: str, run: ScriptRun, pipeline: Pipeline) -> bool:  # noqa: ARG002  # asks one node, not all
        slot = hash_slot(run.keys[0]) if run.keys else None
        (reply,) = await self._cluster.at_slot(slot, [[b"SCRIPT", b"EXISTS", sha.encode()]])
        return isinstance(reply, ErrorReply) or reply != [0]

    async def _link(self) -> ClusterWire:
        self._cluster = await self._nodes_way.nodes()
        return self._cluster

    async def _debugging_link(self, run: ScriptRun) -> Wire:
        nodes = await self._nodes_way.nodes()
        try:
            wire = nodes.wire_to(await nodes.listener(hash_slot(run.keys[0]) if run.keys else None))
        finally:
            await nodes.close()
        await wire.connect()
        return wire

    async def _fetching_link(self) -> KeysWire:
        return await self._nodes_way.keys()
