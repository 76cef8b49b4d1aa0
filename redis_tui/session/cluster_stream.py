"""One stream of several nodes: what MONITOR tells on each, and the events of keys, which each node tells of its own.

Knows no routing. The decisions a reader would question: it ends where one node's ends, for half of what a cluster does
would look like all of it; a node that is down when it begins is left out, as the face says that it is down. And what is
published is heard at one node alone: every node passes it on, and it would come as often as there are nodes.
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Final

from redis_tui.errors import SessionError
from redis_tui.resp.types import Push
from redis_tui.session.remote_stream import open_stream
from redis_tui.session.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from redis_tui.resp.types import Reply
    from redis_tui.session.cluster_map import Node
    from redis_tui.session.wire import Wire

_OF_KEYS: Final = b"__key"
"""How the channels begin that a server publishes the events of its own keys on, and no other's."""
_LITERAL: Final = re.compile(rb"[^*?\[\\]*")
"""How a pattern begins, as far as it has no choice."""
_CHANNEL_AT: Final = {b"message": 1, b"pmessage": 2}


class Listening:
    """Streams of several nodes.

    Args:
        nodes: to hear; the first is where what is published is heard.
        wire_to: makes a connection to one, not open yet.
        capacity: messages that wait at most.
        note: told of each command that goes out.
    """

    def __init__(
        self,
        nodes: Sequence[Node],
        wire_to: Callable[[Node], Wire],
        *,
        capacity: int,
        note: Callable[[Sequence[bytes]], None],
    ) -> None:
        self._nodes, self._wire_to = nodes, wire_to
        self._capacity, self._note = capacity, note
        self._opened: dict[Node, Stream] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._merged = Stream(self._send, self._leave, capacity=capacity)

    async def begin(self, argv: Sequence[bytes]) -> Stream:
        """Sends the first command.

        Args:
            argv: MONITOR, SUBSCRIBE or PSUBSCRIBE.

        Raises:
            SessionError: no node can be reached, or one refused.
        """
        try:
            await self._send(argv)
        except BaseException:
            await self._leave()
            raise
        return self._merged

    async def _send(self, argv: Sequence[bytes]) -> None:
        name = argv[0].lower()
        if name == b"monitor":
            await self._to(self._nodes, argv)
            return
        if self._opened and name.startswith((b"unsub", b"punsub")):
            await self._to([*self._opened], argv)
            return
        for channels, nodes in self._split(argv[1:], is_pattern=name == b"psubscribe"):
            if channels:
                await self._to(nodes, [argv[0], *channels])

    def _split(self, channels: Sequence[bytes], *, is_pattern: bool) -> list[tuple[list[bytes], Sequence[Node]]]:
        of_keys = [channel for channel in channels if _may_be_of_keys(channel, is_pattern=is_pattern)]
        others = [channel for channel in channels if channel not in of_keys]
        return [(others, self._nodes[:1]), (of_keys, self._nodes)]

    async def _to(self, nodes: Sequence[Node], argv: Sequence[bytes]) -> None:
        """To those that can be reached; it has to be one."""
        fault: SessionError | None = None
        for node in nodes:
            if node in self._opened:
                await self._opened[node].send(argv)
                continue
            try:
                await self._open(node, argv)
            except SessionError as error:
                fault = fault or error
        if fault is not None and not self._opened:
            raise fault

    async def _open(self, node: Node, argv: Sequence[bytes]) -> None:
        wire = self._wire_to(node)
        await wire.connect()
        stream = await open_stream(wire, argv, capacity=self._capacity, note=self._note)
        self._opened[node] = stream
        self._tasks.append(asyncio.create_task(self._pass_on(node, stream)))

    async def _pass_on(self, node: Node, stream: Stream) -> None:
        try:
            async for batch in stream:
                told = [_named(message.reply, node) for message in batch.messages]
                self._merged.put(one for one in told if node == self._nodes[0] or _is_its_own(one))
        except SessionError as error:
            self._merged.fail(error)

    async def _leave(self) -> None:
        for task in self._tasks:
            task.cancel()
        for stream in self._opened.values():
            await stream.aclose()


def _may_be_of_keys(channel: bytes, *, is_pattern: bool) -> bool:
    """Whether the events of keys are among what is told on a channel, or on those of a pattern."""
    if channel.startswith(_OF_KEYS):
        return True
    literal = _LITERAL.match(channel) if is_pattern else None
    return literal is not None and _OF_KEYS.startswith(literal[0])


def _is_its_own(reply: Reply) -> bool:
    """Whether no other node tells it: not the answer to a command, nor what was published."""
    items = reply.items if isinstance(reply, Push) else reply
    if not isinstance(items, list | tuple):
        return True
    at = _CHANNEL_AT.get(items[0]) if items and isinstance(items[0], bytes) else None
    channel = items[at] if at is not None and at < len(items) else b""
    return isinstance(channel, bytes) and channel.startswith(_OF_KEYS)


def _named(line: Reply, node: Node) -> Reply:
    """A line with the node behind the client: ``… [0 127.0.0.1:5021 @127.0.0.1:7000] "GET" "k"``."""
    if not isinstance(line, bytes) or b"]" not in line:
        return line
    head, _, rest = line.partition(b"]")
    return b"%b @%b]%b" % (head, node.name.encode(), rest)
