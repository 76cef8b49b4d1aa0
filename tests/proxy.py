"""A link to a server that a test can cut, hold up and let through again; no sleeps."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import ssl
    from types import TracebackType


class Proxy:
    """Listens on the loopback and passes bytes on to a server, as long as the test lets it.

    Args:
        port: of the server.
        tls: spoken with whoever comes; the server is spoken to without.
    """

    def __init__(self, port: int, *, tls: ssl.SSLContext | None = None) -> None:
        self._server_port = port
        self._tls = tls
        self.port = 0
        self._listener: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._flows = asyncio.Event()
        self._flows.set()
        self._left: int | None = None
        self._spoilt = b""
        self._serving: set[asyncio.Task[None]] = set()
        self.asked = asyncio.Event()
        """Somebody has sent something since `hold` or `truncate`."""

    async def __aenter__(self) -> Self:
        await self.restore()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.cut()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def cut(self) -> None:
        """Ends all connections, and takes no new ones."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        for writer in tuple(self._writers):
            writer.transport.abort()
        self._writers.clear()

    async def restore(self) -> None:
        """Listens again, on the same port."""
        self._flows.set()
        self._left = None
        self._listener = await asyncio.start_server(
            self._serve, "127.0.0.1", self.port, reuse_address=True, ssl=self._tls
        )
        self.port = self._listener.sockets[0].getsockname()[1]

    def hold(self) -> None:
        """Lets no reply through until `release`."""
        self.asked.clear()
        self._flows.clear()

    def release(self) -> None:
        """Lets replies through again."""
        self._flows.set()

    def truncate(self, size: int) -> None:
        """Lets so many bytes of replies through, then ends the connection."""
        self.asked.clear()
        self._left = size

    def spoil(self, words: bytes) -> None:
        """Answers these words in place of the next reply."""
        self._spoilt = words

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        if (task := asyncio.current_task()) is not None:
            self._serving.add(task)
        there_reader, there = await asyncio.open_connection("127.0.0.1", self._server_port)
        self._writers.add(there)
        with contextlib.suppress(asyncio.CancelledError):  # the test is over, and a reply was still held
            await asyncio.gather(
                self._pass(reader, there, replies=False),
                self._pass(there_reader, writer, replies=True),
                return_exceptions=True,
            )

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, replies: bool) -> None:
        while data := await reader.read(65_536):
            if not replies:
                self.asked.set()
            elif self._left is not None:
                data, self._left = data[: self._left], max(0, self._left - len(data))
            if replies and self._spoilt:
                data, self._spoilt = self._spoilt, b""
            if replies:
                await self._flows.wait()
            writer.write(data)
            await writer.drain()
            if replies and self._left == 0:
                break
        writer.close()
