"""One TCP connection: bytes to batches of commands, replies to bytes; on the event loop only.

It knows no command; a whole read goes to the `Relay` as one batch. Reading stops while
the other side does not take its replies, and while more reads are under way than the
engine keeps up with, so that a client can fill no more than a bounded piece of memory.

The decision a reader would question: until the password was given, one command goes out
at a time, because its answer decides how large the next one may be.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING

from redis_tui.server.relay import After, Caller, Signal

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis_tui.resp.request import RequestParser
    from redis_tui.server.relay import Relay

_READS_UNDER_WAY = 8
"""Reads that may wait for the engine before a connection is read no further; asyncio reads 256 KiB at most."""
_WRITE_HIGH = 1024 * 1024
"""Bytes not yet taken by the other side above which it is read no further."""
_PUSHED_HIGH = 32 * 1024 * 1024
"""Bytes of messages not taken above which a connection is given up: client-output-buffer-limit pubsub."""


class Connection(asyncio.Protocol):
    """The protocol of one connection.

    Args:
        relay: the way to the engine.
        parser: makes a parser with the limits that hold now.
        members: the listener's open connections; this one keeps itself in it.
    """

    def __init__(self, relay: Relay, parser: Callable[[], RequestParser], members: set[Connection]) -> None:
        self._relay = relay
        self._parser = parser()
        self._members = members
        self._transport: asyncio.Transport | None = None
        self._caller: Caller | None = None
        self._sent = 0
        self._held = bytearray()
        self._asking = False
        """A command went out ahead of the password, and its answer is to come."""
        self._finished = False
        """The other side sends no more."""
        self._untaken = False
        """The other side does not take its replies."""
        self._resume_asked = False
        self._reading = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(high=_WRITE_HIGH)
        sock = transport.get_extra_info("socket")
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        peer, here = transport.get_extra_info("peername"), transport.get_extra_info("sockname")
        self._caller = Caller(self.receive, address(peer), address(here))
        self._members.add(self)
        self._send([])

    def data_received(self, data: bytes) -> None:
        self._relay.traffic.read(len(data))
        if self._asking:
            self._held += data
            self._regulate()
            return
        self._take(data)

    def eof_received(self) -> bool:
        """Keeps the connection until what was sent is answered, as ``echo PING | nc`` expects."""
        self._finished = True
        if not self._asking:
            self._send(Signal.FINISH)
        return True

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncio's signature
        self._members.discard(self)
        self._send(Signal.GONE)

    def pause_writing(self) -> None:
        self._untaken = True
        self._regulate()

    def resume_writing(self) -> None:
        self._untaken = False
        if self._resume_asked:
            self._resume_asked = False
            self._send(Signal.RESUME)
        self._regulate()

    def receive(self, replies: bytearray, after: After) -> None:
        """Writes replies that the engine has made."""
        transport, caller = self._transport, self._caller
        if transport is None or caller is None or transport.is_closing():
            return
        if replies:
            self._relay.traffic.wrote(len(replies))
            transport.write(replies)
        if after is After.CLOSE:
            transport.close()
            return
        if after is After.PUSHED:
            if transport.get_write_buffer_size() > _PUSHED_HIGH:
                transport.abort()
            return
        if after is After.RESUME:
            self._resume_asked = True
            if not self._untaken:
                self.resume_writing()
        if self._asking and caller.answered >= self._sent:
            self._go_on(caller)
        self._regulate()

    def close(self) -> None:
        """Closes without further ado, for a server that ends."""
        if self._transport is not None:
            self._transport.abort()

    def _take(self, data: bytes) -> None:
        batch = self._parser.feed(data)
        if batch:
            self._asking = not self._parser.authenticated
            self._send(batch)
        if self._parser.failure is not None:
            self._send(self._parser.failure)
        self._regulate()

    def _go_on(self, caller: Caller) -> None:
        """A command ahead of the password was answered: reads the next one."""
        self._asking = False
        self._parser.authenticated = caller.client is not None and caller.client.authenticated
        held = bytes(self._held)
        self._held.clear()
        self._take(held)
        if self._finished and not self._asking:
            self._send(Signal.FINISH)

    def _send(self, work: list[list[bytes]] | bytes | Signal) -> None:
        if self._caller is None:
            return
        if isinstance(work, list):
            self._sent += 1
        self._relay.send(self._caller, work)

    def _regulate(self) -> None:
        """Reads on or stops reading."""
        caller, transport = self._caller, self._transport
        if caller is None or transport is None:
            return
        wanted = not (self._untaken or self._held or self._sent - caller.answered >= _READS_UNDER_WAY)
        if wanted == self._reading:
            return
        self._reading = wanted
        if wanted:
            transport.resume_reading()
        else:
            transport.pause_reading()


def address(name: object) -> bytes:
    """A socket's name as CLIENT LIST shows it: ``127.0.0.1:6379``, ``[::1]:6379``."""
    if not isinstance(name, tuple) or len(name) < 2:
        return b"?:0"
    host, port = name[0], name[1]
    return (f"[{host}]:{port}" if ":" in str(host) else f"{host}:{port}").encode()
