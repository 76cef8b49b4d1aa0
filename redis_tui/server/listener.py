"""`serve`: an engine on a TCP port until somebody ends it.

Asks the operating system for the port first and makes the engine after, so that a port in
use costs nothing and CONFIG GET port tells the real one.

A reader would question that addresses are bound here and not by `loop.create_server`:
a name such as ``localhost`` may stand for two addresses, of which one may not exist on
this machine, and port 0 must become the same port on both.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import signal
import socket
from typing import TYPE_CHECKING, Self

from redis_tui.engine.config import Config
from redis_tui.engine.engine import Engine
from redis_tui.engine.thread import EngineThread
from redis_tui.errors import RedisTuiError, UsageError
from redis_tui.resp.request import RequestParser
from redis_tui.server.connection import Connection
from redis_tui.server.relay import Relay

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from redis_tui.engine.dialect import Dialect

_BACKLOG = 511
"""Connections that may wait to be accepted, as Redis' tcp-backlog."""
_LOOPBACK = ("127.", "::1")


class Listener:
    """An engine behind a listening port. Use as an asynchronous context manager.

    Args:
        host: name or address; empty for every address of this machine.
        port: 0 lets the system choose.
        dialect: whom to speak as.
        password: what AUTH must give; None or empty lets everybody in.
        on_shutdown: called in the event loop when a client sends SHUTDOWN; None refuses it.
    """

    def __init__(
        self,
        *,
        host: str,
        port: int,
        dialect: Dialect,
        password: str | None,
        on_shutdown: Callable[[], None] | None = None,
    ) -> None:
        self.host = host
        self.port = port
        """The real port, once the listener has started."""
        self._dialect = dialect
        self._password = password or ""
        self._on_shutdown = on_shutdown
        self._servers: list[asyncio.Server] = []
        self._connections: set[Connection] = set()
        self._thread: EngineThread | None = None
        self._relay: Relay | None = None

    @property
    def address(self) -> str:
        """``host:port`` to connect to."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host or '*'}:{self.port}"

    async def __aenter__(self) -> Self:
        sockets = await bind(self.host, self.port)
        self.port = sockets[0].getsockname()[1]
        config = Config(self._dialect, requirepass=self._password, port=str(self.port), bind=self.host)
        engine = Engine(dialect=self._dialect, config=config)
        limits = _Limits(config)
        loop = asyncio.get_running_loop()
        if (leave := self._on_shutdown) is not None:

            def leave_soon() -> None:
                loop.call_soon_threadsafe(leave)

            engine.on_shutdown = leave_soon
        self._thread = EngineThread(engine)
        self._relay = relay = Relay(self._thread, loop)
        for sock in sockets:
            server = await loop.create_server(
                lambda: Connection(relay, limits.parser, self._connections), sock=sock, backlog=_BACKLOG
            )
            self._servers.append(server)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in self._servers:
            server.close()
        if self._relay is not None:
            self._relay.close()
        if self._thread is not None:
            # In another thread: the engine may need the loop's turn to hand back what it is doing.
            await asyncio.to_thread(self._thread.close)
        for connection in tuple(self._connections):
            connection.close()
        await asyncio.sleep(0)  # the aborted transports close their sockets in the next turn


class _Limits:
    """What a new connection's parser must know of the configuration, kept up across threads."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._locked = False
        self._max_bulk = 0
        config.subscribe(self._read)

    def parser(self) -> RequestParser:
        return RequestParser(authenticated=not self._locked, max_bulk=self._max_bulk)

    def _read(self) -> None:
        self._locked = bool(self._config.text("requirepass"))
        self._max_bulk = self._config.number("proto-max-bulk-len")


async def serve(
    *, host: str, port: int, dialect: Dialect, password: str | None, announce: Callable[[str], None]
) -> None:
    """Serves until SIGINT, SIGTERM or a client's SHUTDOWN.

    Args:
        host: name or address to listen on; empty for all.
        port: 0 lets the system choose.
        dialect: whom to speak as.
        password: what AUTH must give; None lets everybody in.
        announce: told a line for people, once connections are accepted.

    Raises:
        RedisTuiError: the address cannot be listened on; says what to do.
    """
    stop = asyncio.Event()
    with contextlib.ExitStack() as stack:
        for number in (signal.SIGINT, signal.SIGTERM):
            _on_signal(stack, number, stop)
        async with Listener(host=host, port=port, dialect=dialect, password=password, on_shutdown=stop.set) as listener:
            if not password and not host.startswith(_LOOPBACK) and host != "localhost":
                announce(
                    f"Warning: {listener.address} may be open to the network without a password; see --requirepass."
                )
            announce(f"Ready to accept connections on {listener.address}")
            await stop.wait()


def _on_signal(stack: contextlib.ExitStack, number: signal.Signals, stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    try:
        loop.add_signal_handler(number, stop.set)
        stack.callback(loop.remove_signal_handler, number)
    except NotImplementedError:  # Windows' loop
        before = signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
        stack.callback(signal.signal, number, before)


async def bind(host: str, port: int) -> list[socket.socket]:
    """Sockets for every address that a host name stands for, all with the same port.

    Raises:
        UsageError: there is no such host or port.
        RedisTuiError: the port is taken or not allowed.
    """
    if not 0 <= port <= 65535:
        raise UsageError(f"Port {port} does not exist.", hint="Choose one from 1 to 65535, or 0 for any that is free.")
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except (socket.gaierror, UnicodeError):
        raise UsageError(
            f"There is no address for the host {host!r}.", hint="Try --host 127.0.0.1, or the name of this machine."
        ) from None
    sockets: list[socket.socket] = []
    absent: OSError | None = None
    for family, address in dict.fromkeys((entry[0], entry[4]) for entry in found):
        real = port or (sockets[0].getsockname()[1] if sockets else 0)
        try:
            sockets.append(_bind_one(family, (address[0], real, *address[2:])))
        except OSError as error:
            absent = error
            if error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                break
    if sockets and (absent is None or absent.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)):
        return sockets
    for sock in sockets:
        sock.close()
    raise _refused(host, port, absent or OSError(errno.EADDRNOTAVAIL, "no address"))


def _bind_one(family: int, address: tuple[object, ...]) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind(address)
        # Linux tells of a taken port at bind or only here, where the other was bound with SO_REUSEADDR, too.
        sock.listen(_BACKLOG)
        sock.setblocking(False)
    except OSError:
        sock.close()
        raise
    return sock


def _refused(host: str, port: int, error: OSError) -> RedisTuiError:
    if error.errno == errno.EADDRINUSE:
        return RedisTuiError(
            f"Port {port} on {host or 'this machine'} is in use.",
            hint="End what listens there, or choose another with --port; --port 0 takes any that is free.",
        )
    if error.errno == errno.EACCES:
        return RedisTuiError(
            f"Port {port} may not be opened by this user.", hint="Choose one from 1024 to 65535 with --port."
        )
    if error.errno == errno.EADDRNOTAVAIL:
        return UsageError(
            f"{host!r} is not an address of this machine.", hint="Try --host 127.0.0.1, or 0.0.0.0 for every network."
        )
    return RedisTuiError(
        f"Cannot listen on {host}:{port}: {error.strerror or error}.", hint="Choose another --host or --port."
    )
