"""What grows with the data and what must not: sorted sets of a thousand and of a million members, a million keys."""

# ruff: noqa: T201  # printing is what it is for
from __future__ import annotations

from functools import partial
from itertools import cycle
from time import process_time
from typing import TYPE_CHECKING

from redis_tui.engine.engine import Engine
from tests.benchmarks.measure import Limit, best_us, cpu_clock, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis_tui.engine.client import Client

SMALL, LARGE = 1_000, 1_000_000
RUNS = 1_000
STRIDE = 7919
"""A prime, by which members are taken from all over the set."""
CALLS = {
    "ZADD": "redis.call('ZADD', KEYS[1], (redis.call('ZSCORE', KEYS[1], 'member:' .. at) + 104729) % N, 'member:' .. at)",
    "ZRANK": "redis.call('ZRANK', KEYS[1], 'member:' .. at)",
    "ZRANGE": "redis.call('ZRANGE', KEYS[1], at, at + 9)",
}


def main() -> list[Limit]:
    """Measures, prints tables, answers the limits."""
    limits = _sorted_sets()
    print()
    _million_keys()
    return limits


def _sorted_sets() -> list[Limit]:
    engine = Engine()
    client = engine.connect()
    for size in (SMALL, LARGE):
        for number in range(size):
            engine.execute(client, [b"ZADD", b"z%d" % size, b"%d" % (number * STRIDE % size), b"member:%d" % number])
        engine.execute(client, [b"ZRANK", b"z%d" % size, b"member:0"])  # from here on there is an order to keep
    contestants = {
        f"{where} {name} {size}": (make(engine, client, name, size), RUNS)
        for where, make in (("engine", _direct), ("script", _script))
        for name in CALLS
        for size in (SMALL, LARGE)
    }
    us = best_us(contestants, rounds=9, clocks=dict.fromkeys(contestants, cpu_clock()))
    rows: list[list[object]] = []
    limits = []
    for one in sorted({name.rpartition(" ")[0] for name in us}):
        small, large = us[f"{one} {SMALL}"], us[f"{one} {LARGE}"]
        rows.append([one, small, large, large / small])
        limits.append(Limit(f"{one} of a million members / of a thousand", large / small, 3.0))
    print(
        table("Sorted sets, microseconds of processor time per call", ["", f"{SMALL:,}", f"{LARGE:,}", "ratio"], rows)
    )
    return limits


def _direct(engine: Engine, client: Client, name: str, size: int) -> Callable[[], object]:
    places = [at * STRIDE % size for at in range(RUNS)]
    key = b"z%d" % size
    arguments = {
        "ZADD": [[b"%d" % ((at * 104729 + turn) % size), b"member:%d" % at] for turn in range(2) for at in places],
        "ZRANK": [[b"member:%d" % at] for at in places] * 2,
        "ZRANGE": [[b"%d" % at, b"%d" % (at + 9)] for at in places] * 2,
    }[name]
    calls = [[name.encode(), key, *words] for words in arguments]
    turns = cycle((calls[:RUNS], calls[RUNS:]))  # or the second ZADD of a score would change nothing

    def run() -> None:
        for argv in next(turns):
            engine.execute(client, argv)

    return run


def _script(engine: Engine, client: Client, name: str, size: int) -> Callable[[], object]:
    loop = f"local N = {size} for i = 1, {RUNS} do local at = i * {STRIDE} % N {CALLS[name]} end"
    return partial(engine.execute, client, [b"EVAL", loop.encode(), b"1", b"z%d" % size])


def _million_keys() -> None:
    engine = Engine()
    client = engine.connect()
    database = engine.space.databases[0]
    later = engine.clock.now_us() // 1000 + 10**9
    for number in range(LARGE):
        database.set(b"key:%d" % number, b"value", expires_at_ms=later)
    calls: dict[str, Callable[[], object]] = {
        "first SCAN": partial(engine.execute, client, [b"SCAN", b"0"]),
        "SCAN COUNT 1000": partial(engine.execute, client, [b"SCAN", b"0", b"COUNT", b"1000"]),
        "KEYS key:99999*": partial(engine.execute, client, [b"KEYS", b"key:99999*"]),
        "first expiry cycle": engine.expire_cycle,
        "expiry cycle": engine.expire_cycle,
    }
    rows: list[list[object]] = []
    for name, call in calls.items():
        started = process_time()
        call()
        rows.append([name, (process_time() - started) * 1000])
    print(table("A million keys with a time to live, milliseconds", ["", "ms"], rows))


if __name__ == "__main__":
    for limit in main():
        print(limit)
