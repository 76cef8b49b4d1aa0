"""Requests from the wire: multibulk and inline commands, with Redis' own protocol errors.

A `RequestParser` is fed whole reads and answers whole batches, so that a server can pass a
read's commands to the engine in one go. It must not know commands, sockets or time.

The decision a reader would question: two readers. hiredis takes a read of whole commands
seven times as fast as Python, but it answers what Redis refuses (``*1 +PING``, nulls,
nested arrays), allocates an array's declared length at once, and cannot tell where a
command begins once it has met an inline one. So it is handed reads, never the state
between them, and what it answers is taken only where counts of the marks in the bytes
agree; all else goes through the careful reader, which also keeps the state.
"""

from __future__ import annotations

import re

from hiredis import HiredisError, Reader, pack_command

from redis_tui.errors import ProtocolError
from redis_tui.resp.inline import UnbalancedQuotes, split_inline

MAX_LINE = 64 * 1024
MAX_BULK = 512 * 1024 * 1024
MAX_ELEMENTS = 2**31 - 1
MAX_REQUEST = 1024 * 1024 * 1024
"""Bytes that one request may hold: Redis' client-query-buffer-limit."""
_OVERHEAD = 64
"""Bytes counted for each argument beside its text, so that a million empty arguments are not free."""
UNAUTHENTICATED_ELEMENTS = 10
UNAUTHENTICATED_BULK = 16 * 1024

_SMALL = 1024
"""Bytes of a read that may hold one small command, as most reads of most clients do."""
_HEADERS = [b"$%d" % size for size in range(_SMALL)]
_COUNTS = {b"*%d" % count: count for count in range(1, 100)}

_INTEGER = re.compile(rb"0|-?[1-9][0-9]{0,18}")
# No longer than the least that proto-max-bulk-len can be.
_PLAIN_HEADER = re.compile(rb"\$(0|[1-9][0-9]{0,5})\r\n")
# hiredis makes a list of the declared length before the first element has come.
_LONG_ARRAY = re.compile(rb"\*[0-9]{6}")


class RequestParser:
    """Parses one connection's requests.

    Args:
        authenticated: False until the client has given its password; Redis then takes at most
            10 arguments of 16 KiB. The server sets the attribute when AUTH succeeds.
        max_bulk: largest argument in bytes (proto-max-bulk-len).
    """

    __slots__ = (
        "_argv",
        "_at",
        "_buffer",
        "_bulk",
        "_held",
        "_missing",
        "_reader",
        "authenticated",
        "failure",
        "max_bulk",
    )

    def __init__(self, *, authenticated: bool = True, max_bulk: int = MAX_BULK) -> None:
        self.authenticated = authenticated
        self.max_bulk = max_bulk
        self.failure: bytes | None = None
        """The error line of a protocol error; the server sends it and closes. Nothing is parsed after it."""
        self._buffer = bytearray()
        self._at = 0
        self._argv: list[bytes] = []
        self._missing = 0
        """Arguments that the request under way still lacks."""
        self._bulk = -1
        """Length of the argument under way; -1 before its header was read."""
        self._held = 0
        """Bytes of the request under way, overhead counted."""
        self._reader = Reader()

    @property
    def pending(self) -> int:
        """Bytes of a request that is not complete, as many as there are or a few more."""
        return len(self._buffer) + (self._held if self._missing else 0)

    @property
    def pending_bytes(self) -> int:
        """What was received and is no argument yet."""
        return len(self._buffer)

    @property
    def argument_bytes(self) -> int:
        """Of the arguments that the request under way has so far."""
        return sum(map(len, self._argv))

    @property
    def awaited_bytes(self) -> int:
        """Length of the argument under way; -1 where its header did not come yet."""
        return self._bulk

    def feed(self, data: bytes) -> list[list[bytes]]:
        """Takes one read and answers the commands that it completes, in order.

        Commands before a protocol error are still answered; look at `failure` after them.
        Without authentication one command at most is answered a call, because it may change
        what the next may hold: call again with ``b""`` until the answer is empty.
        """
        if self.failure is not None:
            return []
        if len(data) <= _SMALL and not self._buffer and not self._missing and self.authenticated:
            alone = _one_small(data)
            if alone is not None:
                return [alone]
        batch: list[list[bytes]] = []
        if self._buffer or self._missing or not self.authenticated:
            self._buffer += data
            if not self._read_into(batch, 1) or not self.authenticated:
                return batch
            data = bytes(self._buffer)
            self._buffer.clear()
        rest = self._read_quickly(data, batch)
        if rest:
            self._buffer += rest
            self._read_into(batch, -1)
        return batch

    def _read_quickly(self, data: bytes, batch: list[list[bytes]]) -> bytes:
        """Appends the commands of a read that hiredis takes as Redis would; answers the bytes that remain."""
        if data[:1] != b"*" or _LONG_ARRAY.search(data):
            return data
        reader = self._reader
        try:
            reader.feed(data)
            commands = list(iter(reader.gets, False))
            if not reader.has_data():
                if _agrees(data, commands):
                    batch += commands
                    return b""
                # A cut between two arguments leaves no data behind, but an open array.
                self._reader = Reader()
                return data
            # The last command is not complete: packing the others again tells where it begins.
            packed = b"".join([pack_command(tuple(argv)) for argv in commands])
        except (HiredisError, TypeError):
            self._reader = Reader()
            return data
        self._reader = Reader()
        if not (data.startswith(packed) and all(commands)):
            return data
        batch += commands
        return data[len(packed) :]

    def _read_into(self, batch: list[list[bytes]], limit: int) -> bool:
        """Reads up to ``limit`` commands (-1: all there are); False where more bytes are needed."""
        try:
            while limit != 0:
                argv = self._next()
                if argv is None:
                    return False
                if argv:
                    batch.append(argv)
                    limit -= 1
        except UnbalancedQuotes:
            self.failure = b"ERR Protocol error: unbalanced quotes in request"
        except ProtocolError as error:
            self.failure = error.message.encode("latin-1")
        finally:
            del self._buffer[: self._at]
            self._at = 0
        return self.failure is None

    def _next(self) -> list[bytes] | None:
        """One command; empty where the client sent none, None where bytes are missing."""
        if not self._missing:
            if self._at >= len(self._buffer):
                return None
            if self._buffer[self._at] != ord("*"):
                return self._inline()
            line = self._line("too big mbulk count string")
            if line is None:
                return None
            count = self._count(line)
            if count <= 0:
                return []
            self._missing, self._argv, self._held = count, [], 0
        while self._missing:
            if not self._argument():
                return None
            if self.authenticated:
                self._plain_arguments()
        argv, self._argv = self._argv, []
        return argv

    def _count(self, line: bytes) -> int:
        count = _integer(line[1:])
        if count is None or count > MAX_ELEMENTS:
            raise _refuse("invalid multibulk length")
        if count > UNAUTHENTICATED_ELEMENTS and not self.authenticated:
            raise _refuse("unauthenticated multibulk length")
        return count

    def _plain_arguments(self) -> None:
        """Reads arguments of ordinary size as long as they come whole: `_argument` for many, cheaper."""
        buffer, argv, at = self._buffer, self._argv, self._at
        match, size_of_buffer = _PLAIN_HEADER.match, len(buffer)
        before, held = len(argv), 0
        for _ in range(self._missing):
            header = match(buffer, at)
            if header is None:
                break
            start = header.end()
            end = start + int(header[1])
            if end + 2 > size_of_buffer:
                break
            argv.append(bytes(buffer[start:end]))
            held += end - start
            at = end + 2
        taken = len(argv) - before
        self._at, self._missing = at, self._missing - taken
        self._held += held + taken * _OVERHEAD
        if self._held > MAX_REQUEST:
            raise _refuse("too big request")

    def _argument(self) -> bool:
        """Reads the next argument of the request under way; False where bytes are missing."""
        if self._bulk < 0 and not self._bulk_header():
            return False
        start, end = self._at, self._at + self._bulk
        # Like Redis, and unlike Valkey, the two bytes after an argument are skipped unseen.
        if len(self._buffer) < end + 2:
            return False
        with memoryview(self._buffer) as view:
            self._argv.append(bytes(view[start:end]))
        self._at = end + 2
        self._missing -= 1
        self._bulk = -1
        return True

    def _bulk_header(self) -> bool:
        line = self._line("too big bulk count string")
        if line is None:
            return False
        if line[:1] != b"$":
            # Redis prints the character as it is, but its error lines hold no line breaks.
            got = line[:1].decode("latin-1") or " "
            raise _refuse(f"expected '$', got '{got}'")
        size = _integer(line[1:])
        if size is None or not 0 <= size <= self.max_bulk:
            raise _refuse("invalid bulk length")
        if size > UNAUTHENTICATED_BULK and not self.authenticated:
            raise _refuse("unauthenticated bulk length")
        self._held += size + _OVERHEAD
        if self._held > MAX_REQUEST:
            raise _refuse("too big request")
        self._bulk = size
        return True

    def _line(self, refusal: str) -> bytes | None:
        end = self._buffer.find(b"\r", self._at)
        if end < 0 or end + 1 >= len(self._buffer):
            if end < 0 and len(self._buffer) - self._at > MAX_LINE:
                raise _refuse(refusal)
            return None
        # Redis looks for the CR only and skips whatever byte follows it.
        line = bytes(self._buffer[self._at : end])
        self._at = end + 2
        return line

    def _inline(self) -> list[bytes] | None:
        end = self._buffer.find(b"\n", self._at)
        if end < 0:
            if len(self._buffer) - self._at > MAX_LINE:
                raise _refuse("too big inline request")
            return None
        line = bytes(self._buffer[self._at : end]).removesuffix(b"\r")
        self._at = end + 1
        return split_inline(line)


def _one_small(data: bytes) -> list[bytes] | None:
    """The command of a read that is exactly one, None for anything else. A third of hiredis' price."""
    pieces = data.split(b"\r\n")
    if len(pieces) != 2 * _COUNTS.get(pieces[0], -1) + 2 or pieces[-1]:
        return None
    argv = pieces[2:-1:2]
    for at, arg in enumerate(argv):
        if pieces[2 * at + 1] != _HEADERS[len(arg)]:
            return None
    return argv


def _agrees(data: bytes, commands: list[list[bytes]]) -> bool:
    """Whether the bytes hold just so many arrays of bulk strings. May answer False for an odd argument."""
    return (
        all(commands)
        and data.count(b"\r\n*") == len(commands) - 1
        and data.count(b"\r\n$") == sum(map(len, commands))
        and b"$-" not in data
    )


def _integer(text: bytes) -> int | None:
    """Redis' string2ll: no spaces, no plus, no leading zeros, 64 bits."""
    if not _INTEGER.fullmatch(text):
        return None
    value = int(text)
    return value if -(2**63) <= value < 2**63 else None


def _refuse(reason: str) -> ProtocolError:
    return ProtocolError(f"ERR Protocol error: {reason}")
