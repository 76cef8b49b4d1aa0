"""The way to a server: where its connections come from, the first one and each that is made again.

Knows addresses and the wire, no session. The decision a reader would question: who needs a connection asks the way
for an open one, instead of opening it himself; where the server is may have to be found out anew each time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from redis_tui.session.login import Login
from redis_tui.session.wire import Wire

if TYPE_CHECKING:
    from redis_tui.session.address import Address


class Way(Protocol):
    """Gives connections to one server."""

    address: Address
    login: Login
    """Who every connection logs in as."""
    follows: bool
    """The server may be another one the next time: who is refused writes asks again."""

    async def dial(self, *, bare: bool = False) -> Wire:
        """An open connection.

        Args:
            bare: as for `Wire`.

        Raises:
            UsageError: the address is none.
            ConnectError, AuthError: no connection.
        """
        ...

    async def close(self) -> None:
        """Ends what stands between here and the server. May be called twice."""
        ...


class StraightWay:
    """A server that is where the address says.

    Args:
        address: of the server.
        password: overrides the address's.
    """

    follows = False

    def __init__(self, address: Address, *, password: str | None = None) -> None:
        self.address = address
        self.login = Login.of(password)

    async def dial(self, *, bare: bool = False) -> Wire:
        wire = Wire(self.address.plain, tls=self.address.tls, login=self.login, bare=bare)
        await wire.connect()
        return wire

    async def close(self) -> None:
        """Nothing stands between."""
