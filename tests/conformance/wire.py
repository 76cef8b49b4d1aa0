"""Raw replies: where one ends, and what is in it. Written anew on purpose, so that a fault of
our own parser cannot hide itself."""

from __future__ import annotations

import socket
from typing import Any

_AGGREGATES = {b"*": 1, b"~": 1, b">": 1, b"%": 2}
_BULKS = (b"$", b"=", b"!")


class RawClient:
    """Sends commands over a socket and answers the bytes that come back, one reply at a time."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._buffer = b""

    def ask(self, *argv: bytes) -> bytes:
        """One command, one raw reply."""
        self._sock.sendall(request(argv))
        return self.read()

    def send(self, data: bytes) -> None:
        self._sock.sendall(data)

    def read(self) -> bytes:
        """The next raw reply."""
        while (end := reply_end(self._buffer, 0)) is None:
            data = self._sock.recv(65536)
            if not data:
                raise ConnectionError(f"closed; unfinished: {self._buffer!r}")
            self._buffer += data
        reply, self._buffer = self._buffer[:end], self._buffer[end:]
        return reply

    def read_to_end(self) -> bytes:
        """All that comes until the other side closes."""
        while data := self._sock.recv(65536):
            self._buffer += data
        rest, self._buffer = self._buffer, b""
        return rest

    def shutdown(self) -> None:
        """Sends no more, but still reads."""
        self._sock.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self._sock.close()


def request(argv: tuple[bytes, ...] | list[bytes]) -> bytes:
    """A command as clients send it."""
    return b"*%d\r\n" % len(argv) + b"".join(b"$%d\r\n%b\r\n" % (len(arg), arg) for arg in argv)


def reply_end(data: bytes, at: int) -> int | None:
    """Where the reply that begins there ends; None where it is not complete."""
    line_end = data.find(b"\r\n", at)
    if line_end < 0:
        return None
    mark, end = data[at : at + 1], line_end + 2
    if mark in _BULKS:
        size = int(data[at + 1 : line_end])
        end = end if size < 0 else end + size + 2
        return end if end <= len(data) else None
    for _ in range(max(0, int(data[at + 1 : line_end])) * _AGGREGATES[mark] if mark in _AGGREGATES else 0):
        inner = reply_end(data, end)
        if inner is None:
            return None
        end = inner
    return end


def tree(data: bytes) -> Any:
    """A raw reply, its arrays and sets sorted, for comparing where order means nothing."""
    return _tree(data, 0)[0]


def _tree(data: bytes, at: int) -> tuple[Any, int]:
    line_end = data.index(b"\r\n", at)
    mark, end = data[at : at + 1], line_end + 2
    if mark not in _AGGREGATES or data[at + 1 : line_end] == b"-1":
        end = reply_end(data, at) or end
        return data[at:end], end
    items = []
    for _ in range(int(data[at + 1 : line_end]) * _AGGREGATES[mark]):
        item, end = _tree(data, end)
        items.append(item)
    if mark == b"%":
        items = list(zip(items[::2], items[1::2], strict=True))
    return (mark, sorted(items, key=repr)), end
