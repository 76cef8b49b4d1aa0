"""SCAN over all primaries of a cluster, one after the other, by a cursor that says where it is.

Knows no connection: it is handed how to ask a node. The decision a reader would question: nothing is kept between two
calls but the number of each node. The cursor says which node it belongs to, what that node said last, and which nodes
did not answer; so it may be typed again, and several walks go on side by side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.resp.types import ErrorReply, Reply
from redis_tui.session.cluster_fan import DOWN

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from redis_tui.session.cluster_map import Node

_NUMBER_BITS = 10
_CURSOR_BITS = 64
_END = (1 << _NUMBER_BITS) - 1
"""In a node's place: all that answer were walked, and it remains to be told which did not."""


class Scan:
    """The walks of one session.

    Args:
        ask: sends commands to a node; an error stands for what it does not answer.
    """

    def __init__(self, ask: Callable[[Node, Sequence[Sequence[bytes]]], Awaitable[list[Reply]]]) -> None:
        self._ask = ask
        self._nodes: list[Node] = []
        """Every primary that was ever walked; its place is its number, which it keeps."""

    async def step(self, argv: Sequence[bytes], primaries: Sequence[Node]) -> Reply:
        """One SCAN.

        Args:
            argv: with a cursor that was answered before, or 0.
            primaries: as the map has them now.
        """
        self._nodes += [node for node in primaries if node not in self._nodes]
        if len(argv) < 2 or not argv[1].isdigit():
            return (await self._ask(primaries[0], [argv]))[0]  # a mistake, which the server names
        number, cursor, missing = _taken_apart(int(argv[1]))
        order = sorted(map(self._nodes.index, primaries))
        if number == _END:
            return self._missing(missing)
        if number not in order:
            if cursor:
                return ErrorReply(b"ERR The node of this cursor is no primary any more: begin again at 0.")
            number = next((one for one in order if one > number), order[-1])
        reply = (await self._ask(self._nodes[number], [[argv[0], b"%d" % cursor, *argv[2:]]]))[0]
        if isinstance(reply, ErrorReply):
            if not (reply.line.startswith(DOWN) or reply.code == "BUSY"):
                return reply
            return self._goes_on(order, number, missing | 1 << number, [])
        if not (isinstance(reply, list) and len(reply) == 2 and isinstance(reply[0], bytes)):
            return reply
        if reply[0] != b"0":
            return [b"%d" % _put_together(number, int(reply[0]), missing), reply[1]]
        return self._goes_on(order, number, missing, reply[1])

    def _goes_on(self, order: Sequence[int], number: int, missing: int, keys: Reply) -> Reply:
        """The reply of a node's end: on to the next, or the end of all."""
        following = next((one for one in order if one > number), None)
        if following is not None:
            return [b"%d" % _put_together(following, 0, missing), keys]
        if not missing:
            return [b"0", keys]
        # The keys are told first, and the next call tells what is missing.
        return [b"%d" % _put_together(_END, 0, missing), keys] if keys else self._missing(missing)

    def _missing(self, missing: int) -> ErrorReply:
        names = ", ".join(node.name for at, node in enumerate(self._nodes) if missing >> at & 1)
        return ErrorReply(
            DOWN + f" {names} did not answer or is busy: keys there are missing, all others were told.".encode()
        )


def _put_together(number: int, cursor: int, missing: int) -> int:
    return (missing << _CURSOR_BITS | cursor) << _NUMBER_BITS | number


def _taken_apart(text: int) -> tuple[int, int, int]:
    rest = text >> _NUMBER_BITS
    return text & (1 << _NUMBER_BITS) - 1, rest & (1 << _CURSOR_BITS) - 1, rest >> _CURSOR_BITS
