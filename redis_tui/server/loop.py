"""The event loop of `serve`: sockets and the engine in one thread, as in Redis.

A reader would question that this is no asyncio. An engine in a thread beside an asyncio loop
costs each request two hand-overs between threads that contend for one interpreter lock; that
was 28 microseconds of processor time a request, against 15 here. While a script is busy its
count hook calls `turn_while_busy`, and the loop turns once from within the script: everybody
else is answered BUSY, and SCRIPT KILL gets through.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import time
from typing import TYPE_CHECKING, NamedTuple

from redis_tui.resp.request import RequestParser
from redis_tui.server.connection import HIGH_WATER, READ_SIZE, Connection, configure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.engine.client import Client
    from redis_tui.engine.engine import Engine

_CYCLE_S = 0.1
"""Seconds between two active expiry cycles."""
_ACCEPTED_AT_ONCE = 1000
_TOO_MANY = b"-ERR max number of clients reached\r\n"


class OutputLimit(NamedTuple):
    """Of one kind of clients, as client-output-buffer-limit has it; 0 is none."""

    hard: int
    """Bytes."""
    soft: int
    """Bytes, for longer than ``soft_s``."""
    soft_s: int


class ServerLoop:
    """Serves an engine on listening sockets until `stop`.

    Args:
        engine: handed over; only the thread that calls `run` may touch it.
        sockets: bound and listening, not blocking.
    """

    def __init__(self, engine: Engine, sockets: Sequence[socket.socket]) -> None:
        self.engine = engine
        self._listening = sockets
        self._selector = selectors.DefaultSelector()
        self._connections: dict[Connection, None] = {}
        self._unwritten: dict[Connection, None] = {}
        self._doomed: dict[Connection, None] = {}
        self._resumed: dict[Connection, None] = {}
        self._stopped = False
        self._turning = 0
        self._locked = False
        self._max_bulk = 0
        self._max_clients = 0
        self._timeout_s = 0
        self._limits: dict[str, OutputLimit] = {}
        self.client_memory = engine.client_memory
        self.high_water = HIGH_WATER
        """Bytes of replies not yet taken above which a connection is served no further."""
        self.brim = HIGH_WATER
        """Bytes below which no limit of them can be exceeded."""
        self._wake, self._waker = socket.socketpair()
        self._wake.setblocking(False)
        self._waker.setblocking(False)
        engine.scripts.on_busy = self.turn_while_busy
        engine.config.subscribe(self._configure)

    def run(self) -> None:
        """Serves until `stop` is called, from a signal, a client's SHUTDOWN or another thread."""
        self._selector.register(self._wake, selectors.EVENT_READ, self._woken)
        listening, self._listening = self._listening, ()
        self.listen(listening)
        cycle_at = time.monotonic() + _CYCLE_S
        try:
            while not self._stopped:
                patience_s = _CYCLE_S
                with contextlib.suppress(Exception):  # a fault there must not end the server
                    patience_s = min(_CYCLE_S, self.engine.tick())
                self._turn(patience_s)
                if time.monotonic() >= cycle_at:
                    cycle_at = time.monotonic() + _CYCLE_S
                    with contextlib.suppress(Exception):  # likewise
                        self._cycle()
        finally:
            self._close()

    def listen(self, sockets: Sequence[socket.socket]) -> None:
        """Accepts connections on these sockets and on no others any more; who is connected stays so."""
        for sock in self._listening:
            self._selector.unregister(sock)
            sock.close()
        self._listening = sockets
        for sock in sockets:
            self._selector.register(sock, selectors.EVENT_READ, lambda _events, sock=sock: self._accept(sock))

    def stop(self) -> None:
        """Ends `run` soon, and a script that is under way; from any thread or a signal handler."""
        self._stopped = True
        self.engine.scripts.kill(force=True)
        with contextlib.suppress(OSError):
            self._waker.send(b"x")

    def turn_while_busy(self) -> None:
        """One turn from within a script that takes long."""
        if self._stopped:
            self.engine.scripts.kill(force=True)  # again: a kill between two scripts of a batch meets neither
            return
        for connection in tuple(self._connections):
            if connection.pending_bytes:
                connection.write()
        self._turn(0)

    # Called by connections

    def watch(self, connection: Connection, before: int, wanted: int) -> None:
        """Changes what the selector looks for; 0 is nothing."""
        if not before:
            self._selector.register(connection.sock, wanted, connection.on_ready)
        elif not wanted:
            self._selector.unregister(connection.sock)
        else:
            self._selector.modify(connection.sock, wanted, connection.on_ready)

    def write_later(self, connection: Connection) -> None:
        """It has something to write that is no reply to what it has just sent."""
        self._unwritten[connection] = None
        self._rouse()

    def resume_later(self, connection: Connection) -> None:
        """It can be served further, once the stack is free."""
        self._resumed[connection] = None
        self._rouse()

    def drop_later(self, connection: Connection) -> None:
        """It is to be closed, once the stack is free."""
        self._doomed[connection] = None
        self._rouse()

    def forget(self, connection: Connection) -> None:
        """It is about to be closed."""
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(connection.sock)
        for known in (self._connections, self._unwritten, self._doomed, self._resumed):
            known.pop(connection, None)

    def output_limit(self, client: Client) -> OutputLimit:
        """What client-output-buffer-limit allows a client."""
        kind = "pubsub" if client.subscriptions else "slave" if client.monitoring else "normal"
        return self._limits[kind]

    # The loop itself

    def _turn(self, timeout_s: float) -> None:
        self._turning += 1
        try:
            ready = self._selector.select(timeout_s)
            started = time.perf_counter_ns()
            for key, events in ready:
                try:
                    key.data(events)
                except Exception:  # noqa: BLE001  # a fault of ours costs its connection, not the server
                    self._give_up(key.data)
            self._work_off()
            if self.client_memory.limit:
                self.client_memory.evict()
                self._work_off()
            self.engine.stats.note_cycle(time.perf_counter_ns() - started)
        finally:
            self._turning -= 1

    def _give_up(self, on_ready: object) -> None:
        """Closes the connection whose callback has failed, if it is one."""
        connection = getattr(on_ready, "__self__", None)
        if isinstance(connection, Connection):
            self._doomed[connection] = None

    def _work_off(self) -> None:
        """Resumes, closes and writes what the commands of this turn have brought about."""
        while self._resumed or self._doomed or self._unwritten:
            resumed, self._resumed = self._resumed, {}
            for connection in resumed:
                connection.resume()
            doomed, self._doomed = self._doomed, {}
            for connection in doomed:
                connection.drop()
            unwritten, self._unwritten = self._unwritten, {}
            for connection in unwritten:
                if connection.client.fd >= 0:
                    connection.write()

    def _rouse(self) -> None:
        """Outside of a turn nobody looks at what is left for later."""
        if not self._turning:
            self._work_off()

    def _accept(self, listening: socket.socket) -> None:
        for _ in range(_ACCEPTED_AT_ONCE):
            try:
                sock, _name = listening.accept()
            except OSError:
                return
            configure(sock)
            if len(self._connections) >= self._max_clients:
                with contextlib.suppress(OSError):
                    sock.send(_TOO_MANY)
                sock.close()
                self.engine.stats.rejected_connections += 1
                continue
            parser = RequestParser(authenticated=not self._locked, max_bulk=self._max_bulk)
            connection = Connection(self, sock, parser)
            self._connections[connection] = None
            self._selector.register(sock, selectors.EVENT_READ, connection.on_ready)

    def _woken(self, _events: int) -> None:
        with contextlib.suppress(OSError):
            self._wake.recv(4096)

    def _cycle(self) -> None:
        self._turning += 1
        try:
            self.engine.expire_cycle()
            if self._timeout_s:
                self._drop_idle()
            if any(limit.soft for limit in self._limits.values()):
                self._drop_overfull()
            self._work_off()
        finally:
            self._turning -= 1

    def _drop_idle(self) -> None:
        """Closes those who have sent nothing for longer than ``timeout``."""
        since_ms = self.engine.clock.now_us() // 1000 - self._timeout_s * 1000
        for connection in tuple(self._connections):
            if connection.idle and connection.client.last_active_ms < since_ms:
                connection.drop()

    def _drop_overfull(self) -> None:
        """Closes those who have been above their soft limit for too long."""
        for connection in tuple(self._connections):
            if connection.exceeds_limit():
                connection.drop()

    def _close(self) -> None:
        for connection in tuple(self._connections):
            connection.write()
            connection.drop()
        for sock in (*self._listening, self._wake, self._waker):
            sock.close()
        self._selector.close()

    def _configure(self) -> None:
        config = self.engine.config
        self._locked = bool(config.text("requirepass"))
        self._max_bulk = config.number("proto-max-bulk-len")
        self._max_clients = config.number("maxclients")
        self._timeout_s = config.number("timeout")
        words = config.text("client-output-buffer-limit").split()
        self._limits = {words[at]: OutputLimit(*map(int, words[at + 1 : at + 4])) for at in range(0, len(words), 4)}
        normal = self._limits["normal"]
        # Where something else bounds what a client may leave untaken, it is not to be kept from getting there.
        is_bounded = self.client_memory.active or normal.hard or normal.soft
        self.high_water = 2**62 if is_bounded else HIGH_WATER
        bounds = [size for one in self._limits.values() for size in (one.hard, one.soft) if size]
        self.brim = min([*bounds, READ_SIZE if self.client_memory.active else self.high_water])
