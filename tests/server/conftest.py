"""A served port: the listener in a thread of its own."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING

import pytest

from redis_tui.engine.dialect import dialect_named
from redis_tui.server.listener import Listener
from tests.conformance.wire import RawClient

if TYPE_CHECKING:
    from collections.abc import Iterator


class Served:
    """A listener that runs, and the connections made to it."""

    def __init__(self, listener: Listener, stack: contextlib.ExitStack) -> None:
        self.port = listener.port
        self.engine = listener.engine
        """To be looked at, or listened to, while nothing runs."""
        self._stack = stack

    def connect(self, *, receive_buffer: int = 0) -> RawClient:
        """A raw connection that the fixture closes."""
        sock = self._stack.enter_context(socket.socket())
        if receive_buffer:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        sock.settimeout(60)
        sock.connect(("127.0.0.1", self.port))
        return RawClient(sock)


class Serving:
    """Starts listeners; each ends with the test."""

    def __init__(self, stack: contextlib.ExitStack) -> None:
        self._stack = stack

    def start(self, *, password: str | None = None, dialect: str = "redis-8", host: str = "127.0.0.1") -> Served:
        listener = Listener(host=host, port=0, dialect=dialect_named(dialect), password=password)
        thread = threading.Thread(target=listener.run, name="served")
        thread.start()

        def stop() -> None:
            listener.stop()
            thread.join(60)
            assert not thread.is_alive()

        self._stack.callback(stop)
        return Served(listener, self._stack)


@pytest.fixture
def serving() -> Iterator[Serving]:
    with contextlib.ExitStack() as stack:
        yield Serving(stack)


@pytest.fixture
def served(serving: Serving) -> Served:
    return serving.start()


@pytest.fixture
def raw(served: Served) -> RawClient:
    return served.connect()
