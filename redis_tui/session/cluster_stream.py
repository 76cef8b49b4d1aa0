"""One stream of several nodes: what MONITOR tells on each, with the node's name in every line.

Knows no routing. The decision a reader would question: it ends where one node's ends. Half of what a cluster does
would look like all of it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from redis_tui.errors import NotSupportedError, SessionError
from redis_tui.session.remote_stream import open_stream
from redis_tui.session.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from redis_tui.resp.types import Reply
    from redis_tui.session.cluster_map import Node
    from redis_tui.session.wire import Wire


async def open_streams(
    wires: Mapping[Node, Wire], argv: Sequence[bytes], *, capacity: int, note: Callable[[Sequence[bytes]], None]
) -> Stream:
    """Sends a command to every node and hears all of them as one.

    Args:
        wires: a connection to each, not open yet; the stream's own from now on.
        argv: MONITOR.
        capacity: messages that wait at most.
        note: told of each command that goes out.

    Raises:
        SessionError: a node cannot be reached, or refused.
    """
    opened: dict[Node, Stream] = {}
    try:
        for node, wire in wires.items():
            await wire.connect()
            opened[node] = await open_stream(wire, argv, capacity=capacity, note=note)
    except BaseException:
        for stream in opened.values():
            await stream.aclose()
        raise

    async def send(_: Sequence[bytes]) -> None:
        raise NotSupportedError("MONITOR of a cluster hears no further commands.")

    async def leave() -> None:
        for task in tasks:
            task.cancel()
        for stream in opened.values():
            await stream.aclose()

    merged = Stream(send, leave, capacity=capacity)
    tasks = [asyncio.create_task(_pass_on(node, stream, merged)) for node, stream in opened.items()]
    return merged


async def _pass_on(node: Node, stream: Stream, merged: Stream) -> None:
    try:
        async for batch in stream:
            merged.put(_named(message.reply, node) for message in batch.messages)
    except SessionError as error:
        merged.fail(error)


def _named(line: Reply, node: Node) -> Reply:
    """A line with the node behind the client: ``… [0 127.0.0.1:5021 @127.0.0.1:7000] "GET" "k"``."""
    if not isinstance(line, bytes) or b"]" not in line:
        return line
    head, _, rest = line.partition(b"]")
    return b"%b @%b]%b" % (head, node.name.encode(), rest)
