"""`serve`: an engine on a TCP port until somebody ends it.

Asks the operating system for the port first and makes the engine after, so that a port in
use costs nothing and CONFIG GET port tells the real one.

A reader would question that addresses are bound one by one: a name such as ``localhost`` may
stand for two addresses, of which one may not exist on this machine, and port 0 must become
the same port on both.
"""

from __future__ import annotations

import errno
import signal
import socket
from typing import TYPE_CHECKING

from redis_tui.engine.config import Config
from redis_tui.engine.engine import Engine
from redis_tui.errors import FileError, RedisTuiError, UsageError
from redis_tui.server.loop import ServerLoop

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from redis_tui.engine.dialect import Dialect

_BACKLOG = 511
"""Connections that may wait to be accepted, as Redis' tcp-backlog."""
_LOOPBACK = ("127.", "::1")


class Listener:
    """An engine behind a listening port.

    Args:
        host: name or address; empty for every address of this machine.
        port: 0 lets the system choose.
        dialect: whom to speak as.
        password: what AUTH must give; None or empty lets everybody in.
        acl_file: file of users, for ACL LOAD and ACL SAVE; empty where there is none.
        load: a snapshot file to begin with.
        folder: where SAVE writes; the current one where None.
        lua_memory: as for `serve`.

    Raises:
        FileError: the file of users does not hold, or the snapshot cannot be read or is damaged.
        RedisTuiError: the address cannot be listened on; says what to do.
    """

    def __init__(
        self,
        *,
        host: str,
        port: int,
        dialect: Dialect,
        password: str | None = None,
        acl_file: str = "",
        load: Path | None = None,
        folder: Path | None = None,
        lua_memory: int | None = None,
    ) -> None:
        sockets = bind(host, port)
        self.host = host
        self.port: int = sockets[0].getsockname()[1]
        """The real port."""
        place = {} if folder is None else {"dir": str(folder.resolve())}
        config = Config(dialect, requirepass=password or "", port=str(self.port), bind=host, aclfile=acl_file, **place)
        try:
            self.engine = Engine(dialect=dialect, config=config)
            self.engine.registry.complete()  # no client shall wait for a module
            self.engine.scripts.memory_limit = lua_memory
            if load is not None:
                self.engine.persistence.load_file(load)
        except FileError:
            for one in sockets:
                one.close()
            raise
        self._loop = ServerLoop(self.engine, sockets)
        self.engine.on_shutdown = self._loop.stop
        config.listen = self._move

    @property
    def address(self) -> str:
        """``host:port`` to connect to."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host or '*'}:{self.port}"

    def _move(self, hosts: str, port: int) -> bool:
        """Listens elsewhere, as CONFIG SET asks; False where that cannot be, and all is as before."""
        moves = hosts != self.host
        if moves:  # what is bound cannot be bound again
            self._loop.listen(())
        try:
            sockets = _bind_all(hosts, port)
        except RedisTuiError:
            if moves:
                self._loop.listen(_bind_all(self.host, self.port))
            return False
        self._loop.listen(sockets)
        self.host, self.port = hosts, port
        return True

    def run(self) -> None:
        """Serves in this thread until `stop`."""
        self._loop.run()

    def stop(self) -> None:
        """Ends `run` soon; from any thread or a signal handler."""
        self._loop.stop()


def serve(
    *,
    host: str,
    port: int,
    dialect: Dialect,
    password: str | None,
    announce: Callable[[str], None],
    acl_file: str = "",
    load: Path | None = None,
    folder: Path | None = None,
    lua_memory: int | None = None,
) -> None:
    """Serves until SIGINT, SIGTERM or a client's SHUTDOWN.

    Args:
        host: name or address to listen on; empty for all.
        port: 0 lets the system choose.
        dialect: whom to speak as.
        password: what AUTH must give; None lets everybody in.
        announce: told a line for people, once connections are accepted and when a script lasts.
        acl_file: file of users; empty where there is none.
        load: a snapshot file to begin with.
        folder: where SAVE writes; the current one where None.
        lua_memory: bytes that the Lua of scripts may take, and as many that of functions; None is the usual.

    Raises:
        FileError: the file of users does not hold, or the snapshot cannot be read or is damaged.
        RedisTuiError: the address cannot be listened on; says what to do.
    """
    listener = Listener(
        host=host,
        port=port,
        dialect=dialect,
        password=password,
        acl_file=acl_file,
        load=load,
        folder=folder,
        lua_memory=lua_memory,
    )
    signalled = False

    def end(*_: object) -> None:
        nonlocal signalled
        signalled = True
        listener.stop()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        if not password and not host.startswith(_LOOPBACK) and host != "localhost":
            announce(f"Warning: {listener.address} may be open to the network without a password; see --requirepass.")
        announce(f"Ready to accept connections on {listener.address}")
        listener.engine.scripts.on_slow = announce
        listener.run()
        persistence = listener.engine.persistence
        persistence.abort()  # a draft would be left behind
        if signalled and persistence.has_save_points:  # as a server does; SHUTDOWN has seen to it itself
            persistence.save()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def bind(host: str, port: int) -> list[socket.socket]:
    """Sockets for every address that a host name stands for, all with the same port.

    Raises:
        UsageError: there is no such host or port.
        RedisTuiError: the port is taken or not allowed.
    """
    if not 0 <= port <= 65535:
        raise UsageError(f"Port {port} does not exist.", hint="Choose one from 1 to 65535, or 0 for any that is free.")
    try:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
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


def _bind_all(hosts: str, port: int) -> list[socket.socket]:
    """Sockets for what the parameter ``bind`` names; an address behind ``-`` may be missing.

    Raises:
        RedisTuiError: one cannot be listened on.
    """
    sockets: list[socket.socket] = []
    for word in hosts.split() or [""]:
        try:
            sockets += bind("" if word == "*" else word.removeprefix("-"), port)
        except RedisTuiError:
            if word.startswith("-"):
                continue
            for one in sockets:
                one.close()
            raise
    return sockets


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
