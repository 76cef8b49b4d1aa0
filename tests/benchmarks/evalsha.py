"""EVALSHA of the counter: ours in process, redis-py to a real server on the loopback."""

# ruff: noqa: T201  # printing is what it is for
from __future__ import annotations

import contextlib
from functools import partial
from typing import TYPE_CHECKING

import redis

from redis_tui.engine.engine import Engine
from tests.benchmarks.measure import Limit, best_us, table
from tests.conformance.real_server import running
from tests.conformance.test_brief_examples import COUNTER

if TYPE_CHECKING:
    from collections.abc import Callable

RUNS = 100
"""A round; short, so that on a busy machine some rounds pass without being interrupted."""
ROUNDS = 90
SERVERS = ("redis-8", "valkey-9")


def main() -> list[Limit]:
    """Measures, prints a table, answers the limits."""
    engine = Engine()
    client = engine.connect()
    sha = engine.execute(client, [b"SCRIPT", b"LOAD", COUNTER])
    assert isinstance(sha, bytes)
    argv = [b"EVALSHA", sha, b"1", b"counter"]

    def ours() -> None:
        for _ in range(RUNS):
            engine.execute(client, argv)

    def theirs(other: redis.Redis) -> None:
        for _ in range(RUNS):
            other.evalsha(sha.decode(), 1, "counter")

    with contextlib.ExitStack() as stack:
        contestants: dict[str, tuple[Callable[[], object], int]] = {"ours": (ours, RUNS)}
        for name in SERVERS:
            server = stack.enter_context(running(name))
            other = stack.enter_context(redis.Redis(port=server.port))
            other.script_load(COUNTER)
            contestants[name] = (partial(theirs, other), RUNS)
        us = best_us(contestants, rounds=ROUNDS)
    rows: list[list[object]] = [["ours in process", us["ours"], 1.0]]
    rows += [[f"redis-py to {name}", us[name], us[name] / us["ours"]] for name in SERVERS]
    print(table("EVALSHA of the counter, microseconds per run", ["", "us", "times ours"], rows))
    return [Limit(f"EVALSHA ours / redis-py to {name}", us["ours"] / us[name], 1 / 10) for name in SERVERS]


if __name__ == "__main__":
    for limit in main():
        print(limit)
