"""``redis.call`` in a loop inside one script: ours in process, real servers, fakeredis."""

# ruff: noqa: T201  # printing is what it is for
from __future__ import annotations

import contextlib
from functools import partial
from typing import TYPE_CHECKING

import fakeredis

from redis_tui.engine.engine import Engine
from tests.benchmarks.measure import Limit, best_us, table
from tests.conformance.real_server import running
from tests.conformance.wire import RawClient

if TYPE_CHECKING:
    from collections.abc import Callable

CALLS = {
    "SET": "redis.call('SET', KEYS[1], ARGV[1])",
    "GET": "redis.call('GET', KEYS[1])",
    "INCR": "redis.call('INCR', KEYS[2])",
}
LOOPS = 50_000
FAKE_LOOPS = 2_000
SERVERS = ("redis-8", "valkey-9")


def main() -> list[Limit]:
    """Measures, prints a table, answers the limits."""
    engine = Engine()
    client = engine.connect()
    fake = fakeredis.FakeRedis()
    ask_fake: Callable[..., object] = fake.execute_command
    rows: list[list[object]] = []
    limits = []
    with contextlib.ExitStack() as stack:
        raw = {name: RawClient(stack.enter_context(running(name)).connect()) for name in SERVERS}
        for name, call in CALLS.items():
            argv = _eval(call, LOOPS)
            contestants: dict[str, tuple[Callable[[], object], int]] = {
                "ours": (partial(engine.execute, client, argv), LOOPS),
                "fakeredis": (partial(ask_fake, *_eval(call, FAKE_LOOPS)), FAKE_LOOPS),
            }
            for server, other in raw.items():
                contestants[server] = (partial(other.ask, *argv), LOOPS)
            us = best_us(contestants)
            rows.append([name, *[us[one] for one in ("ours", *SERVERS, "fakeredis")]])
            rows[-1] += [us["ours"] / us["redis-8"], us["ours"] / us["valkey-9"], us["fakeredis"] / us["ours"]]
            limits += _limits(name, us)
        for other in raw.values():
            other.close()
    fake.close()
    columns = ["call", "ours", *SERVERS, "fakeredis", "ours/redis", "ours/valkey", "fakeredis/ours"]
    print(table("redis.call in a loop inside one script, microseconds per call", columns, rows))
    return limits


def _eval(call: str, loops: int) -> list[bytes]:
    script = f"for i = 1, {loops} do {call} end"
    return [b"EVAL", script.encode(), b"2", b"key", b"number", b"some_value"]


def _limits(name: str, us: dict[str, float]) -> list[Limit]:
    allowed = {"SET": 3.0, "GET": 6.0}.get(name)
    if allowed is None:
        return []
    return [
        *[Limit(f"{name} ours / {server}", us["ours"] / us[server], allowed) for server in SERVERS],
        Limit(f"{name} fakeredis / ours", us["fakeredis"] / us["ours"], 8.0, at_least=True),
    ]


if __name__ == "__main__":
    for limit in main():
        print(limit)
