"""A session over a real server: what it adds to an EVALSHA, and what its browsing costs the server's other clients."""

# ruff: noqa: T201  # printing is what it is for
from __future__ import annotations

import asyncio
import os
import tempfile
import time
from typing import TYPE_CHECKING

import redis
import redis.asyncio

from redis_tui.paths import HOME_VARIABLE
from redis_tui.session.base import ScriptRun
from redis_tui.session.open import open_session
from tests.benchmarks.browser import fill, workbench
from tests.benchmarks.measure import Limit, table
from tests.benchmarks.neighbour import Latency, neighbour
from tests.conformance.real_server import running
from tests.conformance.test_brief_examples import COUNTER

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from redis_tui.session.base import Session

RUNS = 100
"""A round; short, so that on a busy machine some rounds pass without being interrupted."""
ROUNDS = 60
QUIET_S = 5.0
"""How long the neighbour is heard while nobody browses."""
SERVERS = ("redis-8", "valkey-9")


def main() -> list[Limit]:
    """Measures, prints tables, answers the limits."""
    os.environ[HOME_VARIABLE] = tempfile.mkdtemp(prefix="redis-tui-remote-")
    limits: list[Limit] = []
    rows: list[list[object]] = []
    heard: list[list[object]] = []
    for name in SERVERS:
        with running(name) as server:
            us = asyncio.run(_evalsha(server.port))
            rows += [[f"{name}: {way}", taken, taken / us["redis-py"]] for way, taken in us.items()]
            limits.append(Limit(f"EVALSHA {name}: session / redis-py", us["session"] / us["redis-py"], 1.2))
            quiet, busy = asyncio.run(_browse(server.port))
            heard += [
                [f"{name}: {when}", *_figures(latency)] for when, latency in (("quiet", quiet), ("browsed", busy))
            ]
            limits.append(Limit(f"{name}: median of others, ms more", (busy.at(0.5) - quiet.at(0.5)) / 1000, 1.0))
    print(table("EVALSHA of the counter, microseconds per run", ["", "us", "times redis-py"], rows), end="\n\n")
    print(table("GET of another client, microseconds", ["", "median", "99 %", "worst", "asked"], heard))
    return limits


def _figures(latency: Latency) -> list[object]:
    return [latency.at(0.5), latency.at(0.99), latency.at(1), len(latency.us)]


async def _evalsha(port: int) -> dict[str, float]:
    """Microseconds per run; redis-py's is its asyncio client, which a program with an event loop would take."""
    session = await open_session(f"redis://127.0.0.1:{port}")
    plain = redis.asyncio.Redis(port=port)
    blocking = redis.Redis(port=port)
    sha = await plain.script_load(COUNTER.decode())
    argv = [b"EVALSHA", sha.encode(), b"1", b"counter"]
    run = ScriptRun(COUNTER, keys=(b"counter",), name="counter", changes=False, costs=False)

    async def block() -> object:
        return blocking.evalsha(sha, 1, "counter")

    contestants: dict[str, Callable[[], Awaitable[object]]] = {
        "redis-py": lambda: plain.evalsha(sha, 1, "counter"),
        "session": lambda: session.execute(argv),
        "a run, changes not looked for": lambda: session.run(run),
        "redis-py, blocking": block,
    }
    best = dict.fromkeys(contestants, float("inf"))
    for _ in range(ROUNDS):
        for name, once in contestants.items():
            started = time.perf_counter()
            for _ in range(RUNS):
                await once()
            best[name] = min(best[name], (time.perf_counter() - started) / RUNS * 1e6)
    blocking.close()
    await plain.aclose()
    await session.close()
    return best


async def _browse(port: int) -> tuple[Latency, Latency]:
    """What a neighbour sees while nobody browses, and while all of a million keys are scanned."""
    session: Session = await open_session(f"redis://127.0.0.1:{port}")
    await fill(session)
    async with workbench(session) as (_, pane, tree):
        with neighbour(port) as quiet:
            await asyncio.sleep(QUIET_S)
        with neighbour(port) as busy:
            pane.action_scan_all()
            while not str(pane.border_subtitle).endswith(f"of {len(tree.model):,}"):
                await asyncio.sleep(0.05)
    await session.close()
    return quiet, busy


if __name__ == "__main__":
    for limit in main():
        print(limit)
