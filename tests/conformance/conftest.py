"""Real servers, one of each for a test process, started when first needed."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from redis_tui.engine.blocking import BLOCKED
from redis_tui.engine.dialect import dialect_named
from redis_tui.engine.engine import Engine
from redis_tui.resp.encoder import encode
from tests.conformance.real_server import RealServer, running
from tests.conformance.wire import RawClient
from tests.engine.outlet import Outlet

if TYPE_CHECKING:
    from collections.abc import Iterator


class Servers:
    """Starts a server at its first use."""

    def __init__(self, stack: contextlib.ExitStack) -> None:
        self._stack = stack
        self._running: dict[str, RealServer] = {}

    def get(self, name: str) -> RealServer:
        if name not in self._running:
            self._running[name] = self._stack.enter_context(running(name))
        return self._running[name]


class Ours:
    """The engine in process, asked as a server is: raw bytes back."""

    def __init__(self, name: str) -> None:
        self._engine = Engine(dialect=dialect_named(name))
        self._client = self._engine.connect()
        self._client.outlet = self._outlet = Outlet()

    def ask(self, *argv: bytes) -> bytes:
        reply = self._engine.execute(self._client, argv)
        if reply is BLOCKED:
            self._engine.blocking.unblock(self._client, error=False)  # as if its time were up
            reply = self._outlet.answers.pop()
        return encode(reply, self._client.resp)


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    with contextlib.ExitStack() as stack:
        yield Servers(stack)


@pytest.fixture(params=["redis-8", "valkey-9"])
def name(request: pytest.FixtureRequest) -> str:
    """A dialect, and the server that speaks it."""
    return str(request.param)


@contextlib.contextmanager
def emptied(server: RealServer) -> Iterator[RawClient]:
    """A new connection to a real server that is empty and set as it was at its start."""
    client = RawClient(server.connect())
    try:
        for command in (b"FLUSHALL", b"SCRIPT FLUSH", b"FUNCTION FLUSH", b"CONFIG RESETSTAT", b"SLOWLOG RESET"):
            client.ask(*command.split())
        yield client
    finally:
        client.close()


@pytest.fixture
def theirs(servers: Servers, name: str) -> Iterator[RawClient]:
    """See `emptied`."""
    with emptied(servers.get(name)) as client:
        yield client


@pytest.fixture
def ours(name: str) -> Ours:
    return Ours(name)
