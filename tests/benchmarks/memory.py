"""One million small string keys: what ``serve`` takes for them, and what real servers say that they take.

Ours is the growth of the process as the system sees it, theirs the growth of ``used_memory``.
"""

# ruff: noqa: T201  # printing is what it is for
from __future__ import annotations

import re
import socket
from pathlib import Path

from tests.benchmarks.measure import Limit, table
from tests.benchmarks.serve import ours
from tests.conformance.real_server import running
from tests.conformance.wire import RawClient, request

KEYS = 1_000_000
AT_ONCE = 5_000
SERVERS = ("redis-8", "valkey-9")


def main() -> list[Limit]:
    """Measures, prints a table, answers the limits."""
    grown: dict[str, float] = {}
    with ours() as port, socket.create_connection(("127.0.0.1", port)) as sock:
        client = RawClient(sock)
        pid = _field(client, b"server", b"process_id")
        before = _resident(pid)
        _fill(client)
        grown["serve"] = (_resident(pid) - before) / 1e6
    for name in SERVERS:
        with running(name) as server, server.connect() as sock:
            client = RawClient(sock)
            before = _field(client, b"memory", b"used_memory")
            _fill(client)
            grown[name] = (_field(client, b"memory", b"used_memory") - before) / 1e6
    rows: list[list[object]] = [[name, value, grown["serve"] / value] for name, value in grown.items()]
    print(table("A million small string keys", ["", "megabytes", "serve's, times this"], rows))
    return [Limit(f"memory of serve / {name}", grown["serve"] / grown[name], 3.0) for name in SERVERS]


def _fill(client: RawClient) -> None:
    for start in range(0, KEYS, AT_ONCE):
        numbers = range(start, start + AT_ONCE)
        client.send(b"".join(request([b"SET", b"key:%d" % number, b"value:%d" % number]) for number in numbers))
        for _ in numbers:
            client.read()


def _field(client: RawClient, section: bytes, name: bytes) -> int:
    found = re.search(rb"\b%b:(\d+)" % name, client.ask(b"INFO", section))
    assert found is not None
    return int(found[1])


def _resident(pid: int) -> int:
    """Bytes of a process that are in memory; where there is no /proc, this cannot be told."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096


if __name__ == "__main__":
    for limit in main():
        print(limit)
