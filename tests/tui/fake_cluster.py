"""A `FakeSession` that is a cluster of three nodes on one host, of which a test may take some down."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from redis_tui.resp.types import ErrorReply, Reply
from redis_tui.session.base import Event, EventKind, NodeFacts, ScriptInfo, SessionInfo, Trouble
from redis_tui.session.nodes import named_node
from tests.tui.fake_session import ALL, FakeSession

if TYPE_CHECKING:
    from collections.abc import Sequence

A, B, C = "h:7001", "h:7002", "h:7003"
NODES = (NodeFacts(A, ((0, 5460),)), NodeFacts(B, ((5461, 10922),)), NodeFacts(C, ((10923, 16383),)))


@dataclass
class FakeCluster(FakeSession):
    """Keys are all in one dict; what a named node says is in ``told``."""

    info: SessionInfo = field(
        default_factory=lambda: SessionInfo(
            "redis+cluster://h:7001", "redis", "8.2.3", embedded=False, capabilities=ALL
        )
    )
    primaries: tuple[NodeFacts, ...] = NODES
    told: dict[tuple[str, bytes], Reply] = field(default_factory=dict)
    """By node and name of the command; what is not here is answered as by one server."""
    asked: list[tuple[str, tuple[bytes, ...]]] = field(default_factory=list)
    """What was sent to named nodes."""

    async def scripts(self) -> list[ScriptInfo]:
        return [replace(info, on_nodes=(A, C), missing_on=(B,), on_server=False) for info in await super().scripts()]

    async def execute(self, argv: Sequence[bytes], *, db: int | None = None) -> Reply:
        node, name = named_node(), argv[0].upper()
        if not node:
            return await super().execute(argv, db=db)
        self.asked.append((node, tuple(argv)))
        if next(one for one in self.primaries if one.name == node).trouble is Trouble.DOWN:
            return ErrorReply(b"NODEDOWN " + node.encode() + b" does not answer.")
        if (node, name) in self.told:
            return self.told[node, name]
        return await super().execute(argv, db=db)

    def trouble(self, name: str, trouble: Trouble | None, text: str) -> None:
        """A node falls out, or comes back."""
        self.primaries = tuple(replace(node, trouble=trouble) if node.name == name else node for node in self.primaries)
        self.tell(Event(EventKind.NODES_CHANGED, text))
