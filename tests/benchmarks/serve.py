"""Requests a second over TCP: ``redis-tui serve``, real servers and fakeredis' server, under the same load.

The load is redis-benchmark's where that is installed, else a small one of our own in a
process of its own. Each figure is the best of some rounds, taken in turns.
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

from tests.benchmarks.measure import Limit, table
from tests.conformance.real_server import running
from tests.conformance.wire import request

if TYPE_CHECKING:
    from collections.abc import Iterator

READY = "Ready to accept connections on 127.0.0.1:"
LOADS = {"SET": (1, 30_000), "GET": (1, 30_000), "SET, 16 at once": (16, 100_000), "GET, 16 at once": (16, 100_000)}
CLIENTS = 50
ROUNDS = 3
FAKE_COUNT = 1_000
"""Requests that fakeredis' server is given; it needs a thread for each client."""
FAKE = """
from fakeredis import TcpFakeServer
server = TcpFakeServer(("127.0.0.1", 0), server_type="redis")
print("Ready to accept connections on 127.0.0.1:%d" % server.server_address[1], file=__import__("sys").stderr, flush=True)
server.serve_forever()
"""


def main() -> list[Limit]:
    """Measures, prints a table, answers the limits."""
    rows: list[list[object]] = []
    limits = []
    with ours() as our_port, running("redis-8") as redis, running("valkey-9") as valkey, _fakeredis() as fake_port:
        for name, (at_once, count) in LOADS.items():
            word = name.partition(",")[0]
            ports = (our_port, redis.port, valkey.port)
            rounds = [[_rate(port, word, at_once, count) for port in ports] for _ in range(ROUNDS)]
            rates = [max(column) for column in zip(*rounds, strict=True)]
            rates.append(_rate(fake_port, word, at_once, FAKE_COUNT) if at_once == 1 else 0.0)
            shares = [rates[0] / rate if rate else 0.0 for rate in rates[1:]]
            rows.append([name, *[round(rate) or "-" for rate in rates], *[share or "-" for share in shares]])
            limits += [
                Limit(f"serve / {server}, {name}", share, 0.5 if at_once == 1 else 0.2, at_least=True)
                for server, share in zip(("redis-8", "valkey-9"), shares, strict=False)
            ]
            if at_once == 1:
                limits.append(Limit(f"serve / fakeredis, {name}", shares[2], 3.0, at_least=True))
    columns = [f"{CLIENTS} clients", "serve", "redis-8", "valkey-9", "fakeredis"]
    print(table("serve, requests a second", [*columns, "/redis", "/valkey", "/fakeredis"], rows))
    return limits


@contextlib.contextmanager
def _fakeredis() -> Iterator[int]:
    with _listening([sys.executable, "-c", FAKE]) as port:
        yield port


@contextlib.contextmanager
def ours() -> Iterator[int]:
    """``redis-tui serve`` in a process of its own; its port."""
    with _listening([sys.executable, "-m", "redis_tui", "serve", "--port", "0"]) as port:
        yield port


@contextlib.contextmanager
def _listening(words: list[str]) -> Iterator[int]:
    """A program that tells its port as ours does, while it runs."""
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            yield int(process.stderr.readline().removeprefix(READY))
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


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
