"""The way to a master, or to one of its replicas, that sentinels tell, asked anew for each connection.

Knows the wire, no session. The decision a reader would question: it subscribes to nothing (+switch-master). A master
that was demoted ends its clients' connections, as its sentinels have it do, or answers READONLY; either leads here,
and one that is cut off from its sentinels could not be told of by them in any case. Whoever is said to be the master is
asked whether it is (ROLE), for a sentinel may be the last to know.
"""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, Final

from redis_tui.errors import AuthError, ConnectError, SessionError
from redis_tui.record import dataclass
from redis_tui.resp.types import ErrorReply, Reply
from redis_tui.session.login import Login
from redis_tui.session.tunnel import Tunnels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.session.address import Address, Sentinels
    from redis_tui.session.wire import Wire

_ANSWER_S: Final = 2.0
"""Seconds that one sentinel has, before the next one is asked."""
_DOWN: Final = (b"s_down", b"o_down", b"disconnected")
_CREDENTIALS: Final = "Their own stand behind the address: ?sentinel_user=NAME&sentinel_password=…."
_LATER: Final = "They may be choosing another one: try again."


@dataclass(frozen=True, slots=True)
class _Server:
    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class _Unreached(ConnectError):
    """A sentinel that could not be asked."""


class SentinelWay:
    """A server that sentinels know by the name of its master.

    Args:
        address: with sentinels.
        password: of the server; overrides the address's.
    """

    follows = True

    def __init__(self, address: Address, *, password: str | None = None) -> None:
        assert address.sentinels is not None
        self.address = address
        self._sentinels: Sentinels = address.sentinels
        self.login = Login.of(password)
        self._tunnels = Tunnels(address.ssh)
        self._hosts = list(self._sentinels.hosts)
        """Who answered last stands first."""

    async def dial(self, *, bare: bool = False) -> Wire:
        """An open connection to whom the sentinels name.

        Raises:
            ConnectError: no sentinel answers, none knows the name, or there is nobody where they point.
            AuthError: a sentinel, or the server, wants other credentials.
        """
        failures: list[ConnectError] = []
        for host in tuple(self._hosts):
            try:
                async with asyncio.timeout(self._tunnels.patience_s(_ANSWER_S)):
                    servers = await self._ask(host)
            except AuthError:
                raise
            except TimeoutError:
                failures.append(_Unreached(f"{host} does not answer.", hint="Check the addresses of the sentinels."))
                continue
            except ConnectError as error:
                failures.append(error)
                continue
            self._hosts.sort(key=lambda other: other != host)
            try:
                return await self._connect(servers, bare=bare)
            except AuthError:
                raise
            except SessionError as error:
                failures.append(ConnectError(error.message, hint=_LATER))
        told = " ".join(dict.fromkeys(failure.message for failure in failures))
        failures.sort(key=lambda failure: isinstance(failure, _Unreached))  # advice of one that answered is worth more
        raise ConnectError(f"No way to {self._sentinels.name} through its sentinels: {told}", hint=failures[0].hint)

    async def close(self) -> None:
        """Ends what stands between."""
        await self._tunnels.close()

    async def _ask(self, host: str) -> Sequence[_Server]:
        """Those that may be connected to, in the order in which to try."""
        wire = self._tunnels.wire(self._sentinels.url(host), host, tls=self.address.tls, bare=True)
        try:
            await wire.connect()
        except AuthError as error:
            raise AuthError(f"Of the sentinels, {error.message}", hint=_CREDENTIALS) from None
        except ConnectError as error:
            raise _Unreached(error.message, hint=error.hint) from None
        try:
            return await self._named(host, wire)
        except (ConnectError, AuthError):
            raise
        except SessionError as error:
            raise _Unreached(error.message, hint=error.hint) from None
        finally:
            await wire.close()

    async def _named(self, host: str, wire: Wire) -> Sequence[_Server]:
        name = self._sentinels.name.encode()
        if self._sentinels.replica:
            return _replicas(self._checked(host, await wire.execute([b"SENTINEL", b"REPLICAS", name])))
        reply = self._checked(host, await wire.execute([b"SENTINEL", b"GET-MASTER-ADDR-BY-NAME", name]))
        if isinstance(reply, list) and len(reply) == 2:
            return [_server(reply[0], reply[1])]
        known = ", ".join(_names(await wire.execute([b"SENTINEL", b"MASTERS"])))
        raise ConnectError(
            f"{host} watches no {self._sentinels.name}.",
            hint=f"It watches {known}." if known else "It watches nothing.",
        )

    def _checked(self, host: str, reply: Reply) -> Reply:
        if not isinstance(reply, ErrorReply):
            return reply
        said = reply.line.decode("utf-8", "replace")
        if reply.code in ("NOAUTH", "WRONGPASS", "NOPERM"):
            raise AuthError(f"The sentinel {host} refused: {said.rstrip('.')}.", hint=_CREDENTIALS)
        if "unknown command" in said.lower():
            raise ConnectError(f"{host} is no sentinel.", hint="Sentinels listen at 26379 unless told otherwise.")
        raise ConnectError(f"{host} says {said.rstrip('.')}.")

    async def _connect(self, servers: Sequence[_Server], *, bare: bool) -> Wire:
        if not servers:
            raise ConnectError(f"{self._sentinels.name} has no replica that is up.")
        failure: SessionError | None = None
        for server in servers:
            wire = self._tunnels.wire(
                self.address.at(server.host, server.port),
                str(server),
                tls=self.address.tls,
                login=self.login,
                bare=bare,
            )
            try:
                await wire.connect()
                role = await wire.execute([b"ROLE"])
            except AuthError:
                raise
            except SessionError as error:
                failure = error
                continue
            # What a busy server, or one that keeps ROLE from this user, does not say is believed.
            if self._sentinels.replica or not isinstance(role, list) or role[:1] == [b"master"]:
                return wire
            await wire.close()
            failure = ConnectError(f"{server} was named as the master, and says that it is a replica.")
        assert failure is not None
        raise failure


def _replicas(reply: Reply) -> Sequence[_Server]:
    """Those that are up, in any order, so that not all sessions read from the same one."""
    rows = [_fields(row) for row in reply] if isinstance(reply, list) else []
    up = [row for row in rows if not set(row.get(b"flags", b"").split(b",")) & set(_DOWN)]
    servers = [_server(row[b"ip"], row[b"port"]) for row in up]
    random.shuffle(servers)
    return servers


def _names(reply: Reply) -> list[str]:
    rows = [_fields(row) for row in reply] if isinstance(reply, list) else []
    return sorted(row[b"name"].decode("utf-8", "replace") for row in rows if b"name" in row)


def _fields(row: Reply) -> dict[bytes, bytes]:
    words = [word for word in row if isinstance(word, bytes)] if isinstance(row, list) else []
    return dict(zip(words[::2], words[1::2], strict=False))


def _server(host: Reply, port: Reply) -> _Server:
    assert isinstance(host, bytes)
    assert isinstance(port, bytes)
    return _Server(host.decode(), int(port))
