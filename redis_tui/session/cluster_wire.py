"""The nodes of a cluster as one connection: each command goes to the node of its keys, or to all that it concerns.

Knows no session. The connections are `cluster_nodes`'. The decision a reader would question:
commands are routed here and not by redis-py's own cluster client, which changes replies on the way (OK becomes True)
and knows keys of those commands only that it has heard of; the catalog is the server's own.
"""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, Any, TypeVar

from redis_tui.errors import AuthError, ConnectError, NotSupportedError, SessionError, UsageError
from redis_tui.resp.types import OK, ErrorReply, Reply
from redis_tui.session.base import Trouble
from redis_tui.session.cluster_fan import DOWN, Fan, is_down, same_everywhere
from redis_tui.session.cluster_health import Health
from redis_tui.session.cluster_map import ClusterAddress, Node, SlotMap, slot_map
from redis_tui.session.cluster_nodes import MAP_TIMEOUT_S, NodeWires
from redis_tui.session.cluster_route import (
    Route,
    check_named,
    may_be_repeated,
    named,
    no_cluster,
    redirection,
    route,
    without_node,
)
from redis_tui.session.cluster_scan import Scan
from redis_tui.session.cluster_transaction import Transaction
from redis_tui.session.commands import read_catalog
from redis_tui.session.guard import runs_script
from redis_tui.session.nodes import named_node
from redis_tui.session.wire import refused_credentials

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence

    from redis_tui.session.login import Login
    from redis_tui.session.tunnel import Tunnels
    from redis_tui.session.wire import Wire
    from redis_tui.spec.catalog import Catalog


_HOPS = 5
"""Redirections of one command that are followed."""
_PATIENCE_S = 2.0
"""Seconds that a slot in motion or a cluster that is down is waited for."""
_PAUSE_S = 0.1
_DOUBT_S = 2.0
"""Seconds of silence after which the other nodes are asked whether one has failed."""
_DOUBT_AGAIN_S = 0.2
"""Likewise for one that was found down when it was last asked."""
_DOUBT_LIMIT_S = 16.0
_LONG_S = 0.1
"""Seconds from which on waiting for a node in vain has it left alone for a while."""
_SPARED_S = 5.0


_Told = TypeVar("_Told")


class ClusterWire:
    """A `Link` to a cluster.

    Args:
        address: of the cluster.
        login: overrides what the URL says of who one is.
        known: further nodes to ask for the map.
        health: told how each node does.
        tunnels: to the nodes, by the addresses that they announce; None where they are reached straight.
        catalog: the commands, as far as they are known; None asks the cluster.
        spare_catalog: makes one where every node that is asked is busy.
    """

    def __init__(
        self,
        address: ClusterAddress,
        *,
        login: Login | None = None,
        known: Iterable[Node] = (),
        health: Health | None = None,
        tunnels: Tunnels | None = None,
        catalog: Catalog | None = None,
        spare_catalog: Callable[[], Awaitable[Catalog]] | None = None,
    ) -> None:
        self.address = address
        self._nodes = NodeWires(address, login, tunnels)
        self.db = self.wire_to(self.address.seeds[0]).db
        if self.db:
            raise UsageError("A cluster has one database, number 0.", hint="Leave the number out of the address.")
        self.target = self.address.seeds[0].name
        self.map = SlotMap((), ())
        self.health = health or Health()
        self.asked: set[Node] = set()
        """Those that have not answered yet."""
        self._known = dict.fromkeys((*self.address.seeds, *known))
        self._spared: dict[Node, float] = {}
        """Until when a node is not tried again."""
        self._bound: tuple[Node, Wire] | None = None
        """The connection that holds what WATCH and MULTI have bound."""
        self._silent: set[Node] = set()
        """Those that did not answer last; asked for the map after all others."""
        self._closings = 0
        """How often all connections were ended from here; who waited for a node then has met no fault of that node."""
        self._resp = 2
        self.commands, self.spare_catalog = catalog, spare_catalog
        self._transaction = Transaction(self._for_transaction)
        self._scan = Scan(self.to)

    # ── as a Link ──────────────────────────────────────────────────────────

    async def connect(self) -> None:
        """Finds a node that tells the map.

        Raises:
            ConnectError, AuthError: none does.
            SessionError: they are no cluster.
        """
        await self.refresh()

    async def execute(self, argv: Sequence[bytes]) -> Reply:
        return (await self.pipeline([argv]))[0]

    async def pipeline(self, commands: Sequence[Sequence[bytes]]) -> list[Reply]:
        """Sends commands, those with keys node by node and side by side.

        Raises:
            SessionError: no node answers.
            NotSupportedError: one of them is of one node and does not name it; nothing was sent.
        """
        if name := named_node():
            return await self._to_named(name, commands)
        catalog = await self.catalog()
        routes = [route(catalog, argv) for argv in commands]
        replies: list[Reply] = [None] * len(commands)
        waiting: dict[int, int] = {}
        for at, (argv, there) in enumerate(zip(commands, routes, strict=True)):
            if there.slot is not None and not self._transaction.concerns(argv):
                waiting[at] = there.slot
                continue
            await self._send_keyed(commands, waiting, replies)
            waiting = {}
            replies[at] = await self._send_other(argv, there)
        await self._send_keyed(commands, waiting, replies)
        return replies

    @property
    def is_gone(self) -> bool:
        return self._nodes.is_gone

    @property
    def is_open(self) -> bool:
        return self._nodes.is_open

    async def close(self) -> None:
        self._closings += 1
        self._transaction.forget()
        self._bound = None
        await self._nodes.close()

    # ── of a cluster ───────────────────────────────────────────────────────

    @property
    def known(self) -> tuple[Node, ...]:
        """Every node that was ever heard of."""
        return tuple(self._known)

    def wire_to(self, node: Node) -> Wire:
        """A new connection to one node, not open yet."""
        return self._nodes.new(node)

    async def catalog(self) -> Catalog:
        """The commands, by one node that is not busy.

        Raises:
            SessionError: no node answers.
        """
        if self.commands is not None:
            return self.commands
        for node in self.map.primaries:
            docs, info = await self.to(node, [[b"COMMAND", b"DOCS"], [b"COMMAND"]])
            if not isinstance(info, ErrorReply):
                self.commands = await read_catalog(docs, info, usual=self._usual_catalog)
                return self.commands
        return await self._usual_catalog()

    async def _usual_catalog(self) -> Catalog:
        if self.spare_catalog is None:
            raise SessionError(f"No node of the cluster at {self.target} tells its commands.", hint="Try again.")
        return await self.spare_catalog()

    async def refresh(self, *, first: Node | None = None) -> None:
        """Asks for the map, first of those that are connected.

        Args:
            first: who is to be asked before them; one that has just been named as an owner knows it before others do.

        Raises:
            ConnectError, AuthError, SessionError: nobody tells it.
        """
        fault: Exception | None = None
        ahead = () if first is None else (first,)
        others = sorted(self._known, key=lambda node: node in self._silent)
        for node in dict.fromkeys((*ahead, *self._nodes.connected, *others)):
            try:
                async with asyncio.timeout(self._nodes.patience_s(MAP_TIMEOUT_S)):
                    reply = await (await self._nodes.open(node)).execute([b"CLUSTER", b"SLOTS"])
            except AuthError:
                raise
            except (SessionError, TimeoutError) as error:
                self._silent.add(node)
                fault = fault or error
                continue
            self._silent.discard(node)
            if isinstance(reply, ErrorReply):
                if reply.code == "NOAUTH":
                    raise refused_credentials(node.name, reply.message)
                fault = no_cluster(node, reply)
                continue
            found = slot_map(reply, node)
            self._known.update(dict.fromkeys((*found.primaries, *found.replicas)))
            if found.ranges:
                before, self.map = self.map, found
                self.health.moved(before, found)
                return
            fault = SessionError(f"{node.name} knows of no node that serves slots.", hint="Is the cluster set up?")
        if isinstance(fault, TimeoutError):
            raise ConnectError(f"{self.target} has not told the nodes of its cluster in time.", hint="Try again.")
        raise fault or ConnectError(f"No node of the cluster at {self.target} answers.")

    async def to(self, node: Node, commands: Sequence[Sequence[bytes]]) -> list[Reply]:
        """Sends commands to one node; where it does not answer, an error stands for each reply.

        Raises:
            SessionError: no node answers.
        """
        now = asyncio.get_running_loop().time
        began, closings = now(), self._closings
        if began < self._spared.get(node, 0.0):
            text = f" {self._served(node)} did not answer a moment ago. It is tried again soon."
            return [ErrorReply(DOWN + text.encode())] * len(commands)
        try:
            wire = await self._unless_failed(node, self._nodes.open(node))
        except AuthError:
            raise
        except SessionError as error:
            if closings != self._closings:
                raise
            self._spare(node, now() - began)
            await self._miss(node)
            return [ErrorReply(DOWN + f" {self._served(node)} does not answer: {error.message}".encode())] * len(
                commands
            )
        self.asked.add(node)
        try:
            replies = await self._unless_failed(node, self._nodes.pipeline(wire, commands, self._resp))
        except SessionError:
            if closings != self._closings:
                raise
            if self._transaction.is_bound:
                await self.close()
                raise
            self._spare(node, now() - began)
            await self._miss(node)
            text = f" The connection to {self._served(node)} broke: whether this was carried out is not known."
            return [ErrorReply(DOWN + text.encode())] * len(commands)
        finally:
            self.asked.discard(node)
        is_busy = any(isinstance(reply, ErrorReply) and reply.code == "BUSY" for reply in replies)
        self.health.note(node, Trouble.BUSY if is_busy else None, self.map)
        return replies

    def _spare(self, node: Node, waited_s: float) -> None:
        """Has a node left alone for a while that was waited for in vain; one that refuses at once costs nothing."""
        if waited_s > _LONG_S:
            self._spared[node] = asyncio.get_running_loop().time() + _SPARED_S

    async def _miss(self, node: Node) -> None:
        """Notes that a node does not answer; where nobody else is connected, looks whether there is still a cluster."""
        self._silent.add(node)
        self.health.note(node, Trouble.DOWN, self.map)
        if self._nodes.connected:
            return
        try:
            await self.refresh()
        except SessionError:
            await self.close()
            raise

    async def _unless_failed(self, node: Node, work: Coroutine[Any, Any, _Told]) -> _Told:
        """What a node is waited for; one that is long silent is given up once the others say that it has failed."""
        asked = asyncio.ensure_future(work)
        doubt_s = _DOUBT_AGAIN_S if self.health.is_down(node) else _DOUBT_S
        try:
            while not (await asyncio.wait({asked}, timeout=doubt_s))[0]:
                doubt_s = min(2 * doubt_s, _DOUBT_LIMIT_S)  # what waits on purpose, as BLPOP does, is asked about less
                if await self._nodes.is_given_up(node, self.map.primaries) and not asked.done():
                    raise SessionError(f"{node.name} is silent, and the other nodes say that it has failed.")
            return asked.result()
        finally:
            if not asked.done():
                asked.cancel()
                await asyncio.wait({asked})

    async def _to_named(self, name: str, commands: Sequence[Sequence[bytes]]) -> list[Reply]:
        """Sends commands to a node that a person named; a replica is read from."""
        node = named(self.known, name)
        if self._transaction.is_under_way:
            raise NotSupportedError("WATCH or MULTI is open, and of the node of its keys.", hint="EXEC ends it.")
        check_named(commands)
        if node not in self.map.replicas:
            replies = await self.to(node, commands)
            if is_down(replies[0]):
                await self.refresh()  # a replica may have taken over
            return replies
        return (await self.to(node, [[b"READONLY"], *commands]))[1:]

    async def to_each(self, nodes: Sequence[Node], commands: Sequence[Sequence[bytes]]) -> list[list[Reply]]:
        """Sends the same to several nodes, side by side."""
        return list(await asyncio.gather(*(self.to(node, commands) for node in nodes)))

    async def at_slot(self, slot: int | None, commands: Sequence[Sequence[bytes]]) -> list[Reply]:
        """Sends commands to the node that serves a slot; of None, to any primary that answers."""
        if slot is not None:
            return await self.to(await self._owner(slot), commands)
        for node in self.map.primaries:
            replies = await self.to(node, commands)
            if not is_down(replies[0]):
                return replies
        await self.refresh()
        return await self.to(self.map.primaries[0], commands)

    async def listener(self, slot: int | None) -> Node:
        """Who is subscribed at: the node of a slot, else any primary that answers, since each hears what all publish.

        Raises:
            SessionError: no primary answers.
        """
        if slot is not None:
            return await self._owner(slot)
        fault: SessionError | None = None
        for node in self.map.primaries:
            try:
                await self._nodes.open(node)
            except SessionError as error:
                fault = error
                continue
            return node
        raise fault or ConnectError(f"No node of the cluster at {self.target} answers.")

    def _served(self, node: Node) -> str:
        slots = self.map.slots_of(node)
        return f"{node.name}, which serves slots {slots}," if slots else node.name

    async def _owner(self, slot: int) -> Node:
        """Whom to ask about a slot; any primary of one that nobody serves, for it will say so."""
        return self.map.owner(slot) or self.map.primaries[0]

    # ── sending ────────────────────────────────────────────────────────────

    async def _send_keyed(
        self, commands: Sequence[Sequence[bytes]], waiting: dict[int, int], replies: list[Reply]
    ) -> None:
        """Sends commands that have one slot each, node by node and in order within each."""
        by_node: dict[Node, list[int]] = {}
        for at, slot in waiting.items():
            by_node.setdefault(await self._owner(slot), []).append(at)
        groups = await asyncio.gather(*(self.to(node, [commands[at] for at in ats]) for node, ats in by_node.items()))
        for (node, ats), group in zip(by_node.items(), groups, strict=True):
            for at, reply in zip(ats, group, strict=True):
                replies[at] = await self._followed(commands[at], waiting[at], node, reply)

    async def _followed(self, argv: Sequence[bytes], slot: int, asked: Node, reply: Reply) -> Reply:
        """The reply after all redirections; what was refused before it was carried out is sent again."""
        hops, give_up_at = 0, asyncio.get_running_loop().time() + _PATIENCE_S
        is_script = runs_script(argv)
        while isinstance(reply, ErrorReply) and hops < _HOPS:
            there = redirection(reply, slot, asked)
            if there is not None:
                hops += 1
                if is_script and there not in self._known:
                    return reply
                if reply.code == "ASK":
                    asked, reply = there, (await self.to(there, [[b"ASKING"], argv]))[1]
                    continue
                await self.refresh(first=there)
                if is_script and self.map.owner(slot) == asked:
                    return reply  # no node has said that: it made it up, and has run
                asked, reply = there, (await self.to(there, [argv]))[0]
            elif may_be_repeated(argv, reply) and asyncio.get_running_loop().time() < give_up_at:
                before = asked
                await self.refresh()
                asked = await self._owner(slot)
                if not is_down(reply):
                    await asyncio.sleep(_PAUSE_S)
                elif asked == before or (is_script and hops):
                    return reply
                reply = (await self.to(asked, [argv]))[0]
            else:
                return reply
        return reply

    async def _send_other(self, argv: Sequence[bytes], there: Route) -> Reply:
        name = argv[0].lower()
        if name == b"reset":
            self._transaction.forget()
            self._bound = None
        if self._transaction.concerns(argv):
            refusal = there.refusal
            if there.fan is not None or name == b"scan":
                refusal = ErrorReply(b"ERR This concerns all nodes, and a transaction is of one. It was not sent.")
            return await self._transaction.execute(argv, there.slot, refusal)
        if there.refusal is not None:
            return there.refusal
        if name == b"auth":
            return await self._authenticate(argv)
        if name == b"select":
            return OK  # route lets no other than 0 pass
        if name == b"scan":
            return await self._scan.step(argv, self.map.primaries)
        if name == b"randomkey":
            return await self._random_key(argv)
        if there.node is not None:
            return (await self.to(there.node, [[*without_node(argv)]]))[0]
        if there.fan is None:
            return (await self.at_slot(None, [argv]))[0]
        return await self._to_all(argv, there.fan)

    async def _authenticate(self, argv: Sequence[bytes]) -> Reply:
        """Over every connection that is open; one that is opened later says it by itself."""
        told = await self._told_by(self._nodes.connected or self.map.primaries[:1], argv)
        return same_everywhere(argv, [*told.items()])

    async def _to_all(self, argv: Sequence[bytes], fan: Fan) -> Reply:
        told = await self._told_by(self.map.primaries, argv)
        if any(map(is_down, told.values())):
            await self.refresh()  # a replica may have taken over
            told = {node: told[node] for node in self.map.primaries if node in told} | await self._told_by(
                [node for node in self.map.primaries if node not in told], argv
            )
        if fan.replicas:
            await self.to_each(self.map.replicas, [argv])
        reply = fan.merge(argv, [*told.items()])
        self._note_connection(argv, reply)
        return reply

    async def _told_by(self, nodes: Sequence[Node], argv: Sequence[bytes]) -> dict[Node, Reply]:
        answers = await self.to_each(nodes, [argv])
        return {node: reply for node, (reply,) in zip(nodes, answers, strict=True)}

    def _note_connection(self, argv: Sequence[bytes], reply: Reply) -> None:
        if isinstance(reply, ErrorReply):
            return
        if argv[0].upper() == b"HELLO" and len(argv) > 1 and argv[1].isdigit():
            self._resp = int(argv[1])
        elif argv[0].upper() == b"RESET":
            self._resp = 2

    async def _random_key(self, argv: Sequence[bytes]) -> Reply:
        """A key of all: nodes are drawn by how many each has."""
        sizes = await self.to_each(self.map.primaries, [[b"DBSIZE"]])
        weights = [size if isinstance(size, int) else 0 for (size,) in sizes]
        down = next((size for (size,) in sizes if isinstance(size, ErrorReply)), None)
        if not any(weights):
            return down
        node = random.choices(self.map.primaries, weights)[0]
        return (await self.to(node, [argv]))[0]

    async def _for_transaction(self, slot: int | None, commands: Sequence[Sequence[bytes]]) -> list[Reply]:
        """Over the very connection that WATCH or MULTI went over: on a new one, what should wait would be done at once.

        Raises:
            SessionError: that connection is lost.
        """
        if slot is None:
            return await self.at_slot(None, commands)
        if self._bound is None:
            node = await self._owner(slot)
            try:
                self._bound = node, await self._nodes.open(node)
            except SessionError:
                return await self.to(node, commands)
        node, wire = self._bound
        if not self._nodes.holds(node, wire):
            await self.close()
            raise SessionError(f"The connection to {node.name} was lost, and what WATCH or MULTI had bound with it.")
        replies = await self.to(node, commands)
        if not self._transaction.is_bound:
            self._bound = None
        return replies
