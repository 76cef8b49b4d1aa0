"""Another client of a server, in a process of its own: how long its GETs take meanwhile.

``python -m tests.benchmarks.neighbour PORT`` asks every two milliseconds until its input ends, then prints the
microseconds of each, in the order of their size.
"""

# ruff: noqa: T201  # printing is what it is for
from __future__ import annotations

import select
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PACE_S = 0.002


@dataclass
class Latency:
    """What the other client saw; empty until it is done."""

    us: list[int] = field(default_factory=list)

    def at(self, part: float) -> float:
        """The microseconds that this part of all requests did not pass."""
        return self.us[min(len(self.us) - 1, int(len(self.us) * part))]


@contextmanager
def neighbour(port: int) -> Iterator[Latency]:
    """Has another client ask the server as long as the block lasts."""
    latency = Latency()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.neighbour", str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.readline()  # it is connected
    try:
        yield latency
    finally:
        told, _ = process.communicate("")
        latency.us = [int(word) for word in told.split()]


def main(port: int) -> None:
    """Asks, paced, until standard input ends."""
    taken = []
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        print("connected", flush=True)
        while not select.select([sys.stdin], [], [], _PACE_S)[0]:
            started = time.perf_counter_ns()
            sock.sendall(b"GET neighbour\r\n")
            sock.recv(64)
            taken.append((time.perf_counter_ns() - started) // 1000)
    print(*sorted(taken))


if __name__ == "__main__":
    main(int(sys.argv[1]))
