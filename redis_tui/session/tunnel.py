"""The way to a server through another host: the user's own ``ssh`` forwards a port, for as long as the session lasts.

Knows processes and the wire, no session. The decision a reader would question: it is the program ``ssh``, no library.
What a person has told it (keys, agents, jump hosts, names of hosts) holds here too, and no key passes through our
hands. It may ask nothing (``BatchMode``), for the terminal belongs to a face; what it would have asked is told.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import warnings
from collections import deque
from typing import TYPE_CHECKING, Final

from redis_tui.errors import ConnectError, UsageError
from redis_tui.session.dying import with_parent
from redis_tui.session.login import Login
from redis_tui.session.wire import Through, Wire

if TYPE_CHECKING:
    from redis_tui.session.address import Address
    from redis_tui.session.tls import Tls

_OPEN_S: Final = 20.0
"""Seconds that ssh has for coming in and listening."""
_AT_ONCE: Final = 4
"""Logins to one host that are under way together: sshd turns some away from ten on (MaxStartups)."""
_LOOK_S: Final = 0.02
_TOLD_S: Final = 0.3
_LEAVE_S: Final = 2.0
_DESTINATION: Final = re.compile(r"(?P<host>[^\s-]\S*?)(?::(?P<port>\d+))?")
_OPTIONS: Final = ("BatchMode=yes", "ExitOnForwardFailure=yes", "ServerAliveInterval=15", "ConnectTimeout=10")
_HINTS: Final = (
    ("host key verification", "Connect by hand once, to look at its key: ssh {0}."),
    ("permission denied", "Put your key into the agent (ssh-add), and see that `ssh {0}` asks for nothing."),
    ("could not resolve", "Check the spelling; the names of ~/.ssh/config hold here too."),
)


class Tunnel:
    """One ``ssh`` that forwards a port of the loopback.

    Args:
        destination: ``[user@]host[:port]``, as ssh knows it.
        server: ``host:port``, as seen from there.
        gate: shared with other tunnels there, so that not all come in at once.

    Raises:
        UsageError: that is no destination.
    """

    def __init__(self, destination: str, server: str, *, gate: asyncio.Semaphore | None = None) -> None:
        found = _DESTINATION.fullmatch(destination)
        if found is None:
            raise UsageError(
                f"{destination!r} is no host for ssh.", hint="Write ?ssh=user@host or ?ssh=user@host:port."
            )
        self.destination, self._server = destination, server
        self._words = ["-p", found["port"], found["host"]] if found["port"] else [found["host"]]
        self._process: asyncio.subprocess.Process | None = None
        self._listening: asyncio.Task[None] | None = None
        self._said: deque[str] = deque(maxlen=5)
        self._turn = asyncio.Lock()
        self._gate = gate or asyncio.Semaphore()
        self.port = 0

    @property
    def is_open(self) -> bool:
        return self._process is not None and self._process.returncode is None

    @property
    def last_words(self) -> str:
        """What ssh said last; empty where it is silent."""
        return self._said[-1] if self._said else ""

    async def ready(self) -> None:
        """Opens it where it is not, or not any more; raises as `open` does."""
        async with self._turn:
            if not self.is_open:
                async with self._gate:
                    await self.open()

    async def open(self) -> None:
        """Starts ssh and waits until its port listens.

        Raises:
            ConnectError: there is no ssh, or it did not come in; says its last line.
        """
        await self.close()
        self._said.clear()
        self.port = _free_port()
        options = [word for option in _OPTIONS for word in ("-o", option)]
        forward = ["-L", f"127.0.0.1:{self.port}:{self._server}"]
        try:
            with warnings.catch_warnings():
                # Python 3.12 warns of any code between fork and exec where there are threads; this is one system call.
                warnings.simplefilter("ignore", DeprecationWarning)
                self._process = await asyncio.create_subprocess_exec(
                    "ssh",
                    *("-N", "-T", *options, *forward, *self._words),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=asyncio.subprocess.DEVNULL,
                    stderr=asyncio.subprocess.PIPE,
                    start_new_session=True,  # Ctrl-C is for what runs through it, and it has no terminal to ask on
                    preexec_fn=with_parent(),
                )
        except OSError:
            raise ConnectError("There is no program ssh on this machine.", hint="Install OpenSSH's client.") from None
        self._listening = asyncio.create_task(self._listen(self._process))
        try:
            async with asyncio.timeout(_OPEN_S):
                await self._come_in(self._process)
        except TimeoutError:
            await self.close()
            raise self._refused(f"it did not come in within {_OPEN_S:.0f} s") from None
        except BaseException:
            await self.close()
            raise

    async def has_ended(self) -> bool:
        """Whether ssh is gone; waits a moment, for its end may show in its port before it is told."""
        if self._process is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), _TOLD_S)
        return not self.is_open

    async def close(self) -> None:
        """Ends ssh. May be called twice."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), _LEAVE_S)
            except TimeoutError:
                process.kill()
                await process.wait()
        if self._listening is not None:
            await asyncio.wait({self._listening})

    async def _come_in(self, process: asyncio.subprocess.Process) -> None:
        while True:
            if process.returncode is not None:
                if self._listening is not None:
                    await asyncio.wait({self._listening})
                raise self._refused(self.last_words or f"it ended with status {process.returncode}")
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.close()
                return
            await asyncio.sleep(_LOOK_S)

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None
        async for line in process.stderr:
            if text := line.decode("utf-8", "replace").strip():
                self._said.append(text)

    def _refused(self, said: str) -> ConnectError:
        hint = next((hint for needle, hint in _HINTS if needle in said.lower()), "See what `ssh {0}` says by hand.")
        return ConnectError(
            f"No tunnel through {self.destination}: {said.rstrip('.')}.", hint=hint.format(" ".join(self._words))
        )


class TunnelWire(Wire):
    """A connection through a tunnel, which is opened where it is not, or not any more."""

    def __init__(
        self, url: str, tunnel: Tunnel, *, tls: Tls | None = None, login: Login | None = None, bare: bool = False
    ) -> None:
        super().__init__(url, tls=tls, login=login, bare=bare, through=Through(0, tunnel.destination))
        self._tunnel = tunnel

    async def connect(self) -> None:
        """Opens the tunnel, and the connection through it.

        Raises:
            ConnectError, AuthError: no tunnel, or no connection through it.
        """
        await self._come_through()  # says why itself where it does not
        try:
            await super().connect()
        except ConnectError as error:
            if self._connection.port != self._tunnel.port or await self._tunnel.has_ended():
                await self._come_through()
                await super().connect()
                return
            if said := self._tunnel.last_words:
                raise ConnectError(f"{error.message} ssh says: {said.rstrip('.')}.", hint=error.hint) from None
            raise

    async def _come_through(self) -> None:
        await self._tunnel.ready()
        self._connection.port = self._tunnel.port


class Tunnels:
    """A tunnel to each of several servers, through one host; each is opened when it is first needed.

    Args:
        destination: ``[user@]host[:port]``, as ssh knows it; empty: there is none between.

    Raises:
        UsageError: that is no destination.
    """

    def __init__(self, destination: str) -> None:
        self._destination = destination
        self._tunnels: dict[str, Tunnel] = {}
        self._gate = asyncio.Semaphore(_AT_ONCE)
        if destination:
            self.to("")

    def to(self, server: str) -> Tunnel:
        """The tunnel to a server, ``host:port`` as the other host sees it."""
        if server not in self._tunnels:
            self._tunnels[server] = Tunnel(self._destination, server, gate=self._gate)
        return self._tunnels[server]

    def wire(
        self, url: str, server: str, *, tls: Tls | None = None, login: Login | None = None, bare: bool = False
    ) -> Wire:
        """A connection to a server, not open yet; straight where there is no host between."""
        if not self._destination:
            return Wire(url, tls=tls, login=login, bare=bare)
        return TunnelWire(url, self.to(server), tls=tls, login=login, bare=bare)

    def patience_s(self, usual_s: float) -> float:
        """Seconds that a server has to answer, the way to it included."""
        return usual_s + (_OPEN_S if self._destination else 0)

    async def close(self) -> None:
        """Ends all of them."""
        await asyncio.gather(*(tunnel.close() for tunnel in self._tunnels.values()))


class TunnelWay:
    """A server that is reached through another host.

    Args:
        address: with ``ssh``.
        password: overrides the address's.
    """

    follows = False

    def __init__(self, address: Address, *, password: str | None = None) -> None:
        self.address = address
        self.login = Login.of(password)
        self._tunnel = Tunnel(address.ssh, address.host_and_port)

    async def dial(self, *, bare: bool = False) -> Wire:
        """An open connection; opens the tunnel where it is not, or not any more.

        Raises:
            ConnectError, AuthError: no tunnel, or no connection through it.
        """
        wire = TunnelWire(self.address.plain, self._tunnel, tls=self.address.tls, login=self.login, bare=bare)
        await wire.connect()
        return wire

    async def close(self) -> None:
        """Ends the tunnel."""
        await self._tunnel.close()


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
