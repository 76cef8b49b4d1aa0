"""One TCP connection: bytes to commands, commands to the engine, replies to bytes.

It knows no command. All of it runs in the thread that owns the engine; see `server.loop` for
why. Reading stops while the other side does not take its replies, and while commands that
were read wait for an earlier one, so that a client can fill no more than a bounded piece of
memory.

The decision a reader would question: `on_ready` may be called while a command of this very
connection is under way further down the stack, because a busy script lets the loop turn from
within. Such a connection is left alone until its command is over.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import time
from typing import TYPE_CHECKING

from redis_tui.engine.blocking import BLOCKED
from redis_tui.engine.client import Silence
from redis_tui.engine.client_memory import REPLY_ROOM
from redis_tui.resp.encoder import encode_into
from redis_tui.resp.types import ErrorReply, Several

if TYPE_CHECKING:
    from redis_tui.engine.client import Client
    from redis_tui.resp.request import RequestParser
    from redis_tui.resp.types import Reply
    from redis_tui.server.loop import ServerLoop

READ_SIZE = 64 * 1024
"""Bytes of one read. More would let one client's pipeline keep the others waiting."""
HIGH_WATER = 16 * 1024 * 1024
"""Bytes of replies not yet taken above which a connection is served no further."""
_FAT_ARGUMENT = 32 * 1024
"""A larger argument is read in one piece."""
_LARGEST_READ = 4 * 1024 * 1024
_SMALL_REPLY = 1024
_QUEUED_HIGH = 1024
"""Commands that may wait behind one that blocks, above which nothing more is read."""
# What a browser sends: Redis takes these words for an attack through a web page and hangs up.
_HTTP = frozenset({b"post", b"host:"})
# Looked at after every command: an enum's member costs a look-up more.
_AUDIBLE = Silence.NONE
_READ, _WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE


class Connection:
    """A connection and the client that the engine knows it as; also that client's `Outlet`.

    Args:
        loop: whose it is.
        sock: connected, not blocking.
        parser: with the limits that hold now.
    """

    __slots__ = (
        "_asked",
        "_backlog",
        "_closing",
        "_engine",
        "_finished",
        "_large",
        "_late",
        "_loop",
        "_out",
        "_over_since_s",
        "_parser",
        "_room",
        "_serving",
        "_stats",
        "_waiting",
        "_weighs",
        "client",
        "sock",
    )

    def __init__(self, loop: ServerLoop, sock: socket.socket, parser: RequestParser) -> None:
        engine = loop.engine
        self.sock = sock
        self.client: Client = engine.connect(addr=address(_peer(sock)), laddr=address(sock.getsockname()))
        self.client.fd = sock.fileno()
        self.client.outlet = self
        self.client.buffers = self
        self._loop = loop
        self._engine = engine
        self._stats = engine.stats
        self._parser = parser
        self._out = bytearray()
        self._backlog: list[list[bytes]] = []
        """Commands that were read and cannot be run yet."""
        self._late: list[Reply] = []
        """Messages that came while a command of it was under way; they follow its reply, as in a server."""
        self._asked = _READ
        """What the selector watches for."""
        self._serving = False
        self._waiting: list[bytes] = []
        """Its last command, while that waits for its answer."""
        self._weighs = False
        """Among the commands at hand may be one whose size is to be noted."""
        self._finished = False
        """The other side sends no more."""
        self._room = 0
        """Bytes that the argument under way needs, where it is a large one, or that the last read needed."""
        self._large = (self.client.created_ms, REPLY_ROOM)
        self._over_since_s = 0.0
        """Since when more waits to be taken than the soft limit allows; 0 where it does not."""
        self._closing = False
        """To be closed once its replies are written."""

    @property
    def idle(self) -> bool:
        """Nothing is under way: neither a command, nor replies, nor a wait, nor a subscription."""
        return not (self._serving or self._waiting or self._out or self.client.subscriptions or self.client.monitoring)

    @property
    def pending_bytes(self) -> int:
        """Bytes of replies not yet taken."""
        return len(self._out)

    # `Buffers`

    @property
    def query_bytes(self) -> int:
        """Received, and not yet taken apart."""
        return self._parser.pending_bytes

    @property
    def argument_bytes(self) -> int:
        """Of the arguments that a request under way has so far, and of commands that wait for another."""
        return self._parser.argument_bytes + sum(len(word) for argv in self._backlog for word in argv)

    @property
    def query_room(self) -> int:
        """Kept for a large argument that is under way, or came last."""
        return self._room

    @property
    def reply_bytes(self) -> int:
        """Of replies that the other side has not taken."""
        return len(self._out)

    @property
    def large_reply(self) -> tuple[int, int]:
        """The last reply that a small buffer would not hold: when it came, in Unix milliseconds, and its bytes."""
        return self._large

    # Called by the loop

    def on_ready(self, events: int) -> None:
        """The socket can be read or written."""
        if self._serving:
            self._ask(self._asked & ~_READ)
            return
        if events & _WRITE and not self.write():
            return
        if events & _READ:
            self._read()

    def write(self) -> bool:
        """Writes what there is, as far as the other side takes it; False where the connection is gone."""
        out, stats, client = self._out, self._stats, self.client
        if len(out) > _SMALL_REPLY:
            self._large = (self._engine.space.now_ms, len(out))
        while out:
            try:
                sent = self.sock.send(out)
            except BlockingIOError:
                break
            except OSError:
                self.drop()
                return False
            client.net_out += sent
            stats.net_out += sent
            stats.writes += 1
            if sent == len(out):
                out.clear()
                break
            del out[:sent]
        if self._closing and not out and not self._serving:
            self.drop()
            return False
        if self._asked != _READ or out or self._backlog:
            self._settle()
        if self._loop.client_memory.active:
            self._loop.client_memory.note(self.client)
        return True

    def drop(self) -> None:
        """Closes; what was not written is lost. While a command of it is under way, as soon as that is over."""
        if self.client.fd < 0:
            return
        if self._serving:
            # Disconnected now, it would lose its transaction in the middle of EXEC, and could begin to wait there.
            self._out.clear()
            self.client.closing = True
            return
        self.client.fd = -1
        self._loop.forget(self)
        self.sock.close()
        self.client.outlet = None
        self._backlog.clear()
        self._closing = True
        self._engine.disconnect(self.client)

    # Called by the engine: `Outlet`

    def push(self, message: Reply) -> None:
        if self._serving or self.client.runs_again:
            self._late.append(message)
            return
        encode_into(self._out, message, self.client.resp)
        if self.exceeds_limit():
            self._cut_off()
        self._loop.write_later(self)

    def flush(self) -> None:
        self._send_late()
        if not self._serving:
            self._loop.write_later(self)

    def answer(self, reply: Reply) -> None:
        argv, self._waiting = self._waiting, []
        mark = len(self._out)
        self._encode(reply)
        self._engine.large.weigh(self.client, argv, reply, len(self._out) - mark)
        self._send_late()
        if self._backlog or self._finished or self._asked == 0:
            self._loop.resume_later(self)
        self._loop.write_later(self)

    def close(self) -> None:
        self._closing = True
        if not self._serving:
            self._loop.drop_later(self)

    # Reading and serving

    def resume(self) -> None:
        """A command that had waited is answered: what came after it is next."""
        if self._serving or self._waiting or self.client.fd < 0:
            return
        backlog, self._backlog = self._backlog, []
        self._serve(backlog)

    def _read(self) -> None:
        try:
            data = self.sock.recv(min(max(self._room, READ_SIZE), _LARGEST_READ) if self._room else READ_SIZE)
        except BlockingIOError:
            return
        except OSError:
            self.drop()
            return
        if not data:
            self._end()
            return
        client, stats, parser, size = self.client, self._stats, self._parser, len(data)
        client.net_in += size
        stats.net_in += size
        stats.reads += 1
        if not self._backlog:
            self._weighs = False
        if size + parser.pending >= self._engine.large.request_limit:
            self._weighs = True
        awaited = parser.awaited_bytes
        batch = parser.feed(data)
        awaited = max(awaited, parser.awaited_bytes)
        before, self._room = self._room, awaited + 2 if awaited >= _FAT_ARGUMENT else 0
        if self._waiting or self._backlog:
            self._backlog += batch
            self._settle()
            return
        stats.calls_this_cycle += len(batch)
        if self._room > before and not batch:
            if self.write():
                self._read()  # the large argument, as far as it has come
            return
        client.query_bytes = size
        self._serve(batch)
        client.query_bytes = 0

    def _end(self) -> None:
        """The other side sends no more: what it was not answered yet, it gets; whoever waits is gone."""
        self._finished = True
        if self._waiting or not (self._out or self._backlog):
            self.drop()
            return
        self._closing = not self._backlog
        self._settle()

    def _serve(self, batch: list[list[bytes]]) -> None:
        """Runs commands until one waits, or the other side has too much to take."""
        if self._loop.client_memory.limit:
            self._loop.client_memory.evict()  # who takes too much is gone before a command could see it
            if self.client.closing:
                return
        self._serving = True
        try:
            while True:
                self._run(batch)
                if self._backlog or self._waiting or self._closing or self._parser.authenticated:
                    break
                # Ahead of the password one command at a time is read: its answer decides how large the next may be.
                self._parser.authenticated = self.client.authenticated
                batch = self._parser.feed(b"")
                if not batch:
                    break
        finally:
            self._serving = False
        failure = self._parser.failure
        if failure is not None and not (self._backlog or self._waiting or self._closing):
            encode_into(self._out, ErrorReply(failure))
            self._closing = True
        if self._finished and not self._backlog and not self._waiting:
            self._closing = True
        self.write()

    def _run(self, batch: list[list[bytes]]) -> None:
        client, out = self.client, self._out
        execute, large, brim = self._engine.execute, self._engine.large, self._loop.brim
        for at, argv in enumerate(batch):
            mark = len(out)
            try:
                reply = execute(client, argv)
                if reply is BLOCKED:
                    self._waiting = argv
                    self._backlog = batch[at + 1 :]
                    self._send_late()
                    return
                mark = len(out)
                encode_into(out, reply, client.resp)
                if client.silence is not _AUDIBLE and type(reply) is not Several:
                    self._hush(mark)
                if self._weighs or len(out) - mark >= large.reply_limit:
                    large.weigh(client, argv, reply, len(out) - mark)
            except Exception as error:  # noqa: BLE001  # a fault of ours must not cost the others their server
                del out[mark:]  # half a reply would shift all that follow
                reply = ErrorReply.of_fault(error)
                encode_into(out, reply, client.resp)
            if self._late:
                self._send_late()
            if type(reply) is ErrorReply and argv[0].lower() in _HTTP:
                del out[mark:]
                client.closing = True
            if client.closing:
                self._closing = True
                return
            if len(out) >= brim:
                if self.exceeds_limit():
                    self._cut_off()  # ahead of eviction: whoever breaks a limit of its own costs nobody else
                    return
                if self._loop.client_memory.active:
                    self._loop.client_memory.note(client)
                    self._loop.client_memory.evict()
                    if self._closing:
                        self._cut_off()
                        return
                if len(out) >= self._loop.high_water:
                    self._backlog = batch[at + 1 :]
                    return

    def exceeds_limit(self) -> bool:
        """Whether more waits to be taken than client-output-buffer-limit allows, or for longer."""
        limit = self._loop.output_limit(self.client)
        # A server counts what does not fit beside its client; most replies of that size stand there as a whole.
        waiting = len(self._out) if len(self._out) > REPLY_ROOM else 0
        if limit.hard and waiting > limit.hard:
            return True
        if not limit.soft or waiting <= limit.soft:
            self._over_since_s = 0.0
            return False
        now_s = time.monotonic()
        self._over_since_s = self._over_since_s or now_s
        return int(now_s) - int(self._over_since_s) > limit.soft_s  # whole seconds, as a server counts

    def _cut_off(self) -> None:
        """The limit is exceeded: nothing of what waits is sent any more."""
        self._out.clear()
        self._backlog.clear()
        self._closing = True
        self._loop.client_memory.forget(self.client)
        self._loop.drop_later(self)

    def _encode(self, reply: Reply) -> None:
        mark = len(self._out)
        encode_into(self._out, reply, self.client.resp)
        if self.client.silence is not _AUDIBLE and type(reply) is not Several:
            self._hush(mark)

    def _hush(self, mark: int) -> None:
        """Takes a reply back that its client does not want to have, from a position on."""
        del self._out[mark:]
        if self.client.silence is Silence.NEXT:
            self.client.silence = Silence.NONE

    def _send_late(self) -> None:
        for message in self._late:
            encode_into(self._out, message, self.client.resp)
        self._late.clear()

    def _settle(self) -> None:
        """Watches for what is wanted now, and goes on with commands that waited for room."""
        if self._backlog and not self._waiting and len(self._out) < self._loop.high_water:
            self._loop.resume_later(self)
        wanted = _WRITE if self._out else 0
        full = len(self._backlog) > (_QUEUED_HIGH if self._waiting else 0)
        if not (full or self._finished or self._closing or len(self._out) >= self._loop.high_water):
            wanted |= _READ
        self._ask(wanted)

    def _ask(self, wanted: int) -> None:
        if wanted != self._asked and self.client.fd >= 0:
            self._loop.watch(self, self._asked, wanted)
            self._asked = wanted


def configure(sock: socket.socket) -> None:
    """Sets the options that every connection of a server has."""
    sock.setblocking(False)
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)


def address(name: object) -> bytes:
    """A socket's name as CLIENT LIST shows it: ``127.0.0.1:6379``, ``[::1]:6379``."""
    if not isinstance(name, tuple) or len(name) < 2:
        return b"?:0"
    host, port = name[0], name[1]
    return (f"[{host}]:{port}" if ":" in str(host) else f"{host}:{port}").encode()


def _peer(sock: socket.socket) -> object:
    try:
        return sock.getpeername()
    except OSError:  # gone already
        return None
