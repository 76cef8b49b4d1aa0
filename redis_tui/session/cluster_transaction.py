"""MULTI in a cluster: all of one slot, so of one node, which the first key decides.

Knows no connection: it is handed how to send to the node of a slot. The decision a reader would question: MULTI is
answered here and goes out with the first command that has a key. Before, nobody knows to which node.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.resp.types import OK, ErrorReply, Reply, Status

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    Send = Callable[[int | None, Sequence[Sequence[bytes]]], Awaitable[list[Reply]]]

ABORTED = ErrorReply(b"EXECABORT Transaction discarded because of previous errors.")
_QUEUED = Status(b"QUEUED")
_NAMES = frozenset((b"multi", b"exec", b"discard", b"watch", b"unwatch"))


class Transaction:
    """What WATCH and MULTI have bound so far.

    Args:
        send: sends commands to the node of a slot; of None, to any.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self._slot: int | None = None
        """Of the keys so far; kept from the first WATCH or the first command on."""
        self._is_open = False
        self._has_begun = False
        """MULTI has gone out."""
        self._has_failed = False
        self._held: list[Sequence[bytes]] = []
        """Commands without keys from before the first that has one."""

    def concerns(self, argv: Sequence[bytes]) -> bool:
        """Whether a command is for `execute` and not to be sent as usual."""
        return self._is_open or argv[0].lower() in _NAMES

    @property
    def is_bound(self) -> bool:
        """A node holds something for us: a connection that breaks loses it."""
        return self._slot is not None

    @property
    def is_under_way(self) -> bool:
        """WATCH or MULTI was said, and no end of it."""
        return self._is_open or self.is_bound

    async def execute(self, argv: Sequence[bytes], slot: int | None, refusal: ErrorReply | None) -> Reply:
        """One command.

        Args:
            argv: it.
            slot: of its keys; None where it has none.
            refusal: why it cannot be sent to one node.
        """
        name = argv[0].lower()
        if name in (b"exec", b"discard", b"unwatch") and not (name == b"unwatch" and self._is_open):
            return await self._end(argv, name)
        if refusal is None and slot is not None and self._slot not in (None, slot):
            refusal = ErrorReply(
                b"CROSSSLOT The keys of a transaction are of one slot: this one's are of %d, those before of %d. "
                b"It was not sent." % (slot, self._slot)
            )
        if refusal is not None:
            self._has_failed = self._has_failed or self._is_open
            return refusal
        if name == b"multi" and not self._is_open:
            self._is_open = True
            return OK
        if slot is None and self._slot is None and self._is_open and name != b"multi":
            self._held.append(argv)
            return _QUEUED
        self._slot = self._slot if slot is None else slot
        if not self._is_open:
            return (await self._send(self._slot, [argv]))[0]
        return await self._queue(argv)

    async def _queue(self, argv: Sequence[bytes]) -> Reply:
        ahead: list[Sequence[bytes]] = [] if self._has_begun else [[b"MULTI"], *self._held]
        if ahead or argv[0].lower() != b"multi":
            *before, reply = await self._send(self._slot, [*ahead, argv])
            self._has_begun, self._held = True, []
            refused = next((one for one in before if isinstance(one, ErrorReply)), None)
            self._has_failed = self._has_failed or refused is not None
            return refused or reply
        return (await self._send(self._slot, [argv]))[0]

    async def _end(self, argv: Sequence[bytes], name: bytes) -> Reply:
        is_open, has_begun, has_failed = self._is_open, self._has_begun, self._has_failed
        slot, held = self._slot, self._held
        self.forget()
        if is_open and name == b"exec" and has_failed:
            if has_begun:
                await self._send(slot, [[b"DISCARD"]])
            return ABORTED
        if not is_open or has_begun:
            return (await self._send(slot, [argv]))[0]
        return (await self._send(slot, [[b"MULTI"], *held, argv]))[-1]

    def forget(self) -> None:
        """Nothing is bound any more."""
        self._slot, self._is_open, self._has_begun, self._has_failed, self._held = None, False, False, False, []
