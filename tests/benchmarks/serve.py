"""Requests a second over TCP: ``redis-tui serve`` and a real server, under the same load.

The load is redis-benchmark's where that is installed, else a small one of our own in a
process of its own. There is no limit to keep: the figures are for watching.
"""

# ruff: noqa: T201  # printing is what it is for
from __future__ import annotations

import contextlib
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from tests.benchmarks.measure import table
from tests.conformance.real_server import running
from tests.conformance.wire import request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.measure import Limit

READY = "Ready to accept connections on 127.0.0.1:"
LOADS = {"SET": (1, 30_000), "GET": (1, 30_000), "SET, 16 at once": (16, 100_000), "GET, 16 at once": (16, 100_000)}
CLIENTS = 50


def main() -> list[Limit]:
    """Measures and prints a table."""
    rows: list[list[object]] = []
    with ours() as our_port, running("redis-8") as redis, running("valkey-9") as valkey:
        for name, (at_once, count) in LOADS.items():
            word = name.partition(",")[0]
            rates = [_rate(port, word, at_once, count) for port in (our_port, redis.port, valkey.port)]
            rows.append([name, *[round(rate) for rate in rates], rates[1] / rates[0], rates[2] / rates[0]])
    columns = [f"{CLIENTS} clients", "serve", "redis-8", "valkey-9", "redis/serve", "valkey/serve"]
    print(table("serve, requests a second", columns, rows))
    return []


@contextlib.contextmanager
def ours() -> Iterator[int]:
    """``redis-tui serve`` in a process of its own; its port."""
    words = [sys.executable, "-m", "redis_tui", "serve", "--port", "0"]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            yield int(process.stderr.readline().removeprefix(READY))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=10)


def _rate(port: int, word: str, at_once: int, count: int) -> float:
    program = shutil.which("redis-benchmark")
    if program is None:
        words = [sys.executable, "-m", "tests.benchmarks.serve", str(port), word, str(at_once), str(count)]
        return float(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
    words = [
        program,
        "-p",
        str(port),
        "-t",
        word.lower(),
        "-c",
        str(CLIENTS),
        "-P",
        str(at_once),
        "-n",
        str(count),
        "--csv",
    ]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    return float(done.stdout.splitlines()[-1].split(",")[1].strip('"'))


def load(port: int, word: str, at_once: int, count: int) -> float:
    """Our own load: each client sends some commands at once and waits for all their replies."""
    argv = [b"SET", b"key", b"xxx"] if word == "SET" else [b"GET", b"key"]
    batch = request(argv) * at_once
    reply = len(b"+OK\r\n" if word == "SET" else b"$3\r\nxxx\r\n") * at_once
    selector = selectors.DefaultSelector()
    started, left = time.perf_counter(), count
    sockets = [socket.create_connection(("127.0.0.1", port)) for _ in range(CLIENTS)]
    for sock in sockets:
        selector.register(sock, selectors.EVENT_READ, [reply])
        sock.sendall(batch)
    while left > 0:
        for key, _ in selector.select(10):
            client, missing = key.fileobj, key.data
            assert isinstance(client, socket.socket)
            missing[0] -= len(client.recv(65536))
            if missing[0] == 0:
                left -= at_once
                missing[0] = reply
                client.sendall(batch)
    elapsed = time.perf_counter() - started
    for sock in sockets:
        sock.close()
    return count / elapsed


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(load(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
    else:
        main()
