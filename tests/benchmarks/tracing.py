"""What it costs to note every call of a run: the same scripts with and without a trace.

``off`` is what any client gets. ``on`` is what the workbench asks for: line, arguments, reply and time of each call.
"""

# ruff: noqa: T201  # printing is what it is for
from __future__ import annotations

from functools import partial

from redis_tui.engine.engine import Engine
from redis_tui.engine.scripts import Observation
from redis_tui.scripting.trace import TraceLog
from tests.benchmarks.measure import Limit, best_us, cpu_clock, table
from tests.benchmarks.redis_call import CALLS

LOOPS = 2_000
NAMES = ("GET", "SET", "HSET", "ZRANGE", "mix", "bucket")
WANTED = 2.0


def main() -> list[Limit]:
    """Measures, prints a table, answers the limits."""
    engine = Engine()
    client = engine.connect()

    def run(code: str, *, traced: bool) -> None:
        engine.scripts.observation = Observation(trace=TraceLog()) if traced else None
        engine.execute(client, (b"EVAL", code.encode(), b"1", b"some:key", b"some_value"))

    rows: list[list[object]] = []
    limits = []
    for name in NAMES:
        call = CALLS[name]
        loop = f"for i = 1, {LOOPS} do {call.code} end"
        before = partial(run, f"redis.call('DEL', KEYS[1]) local N = {LOOPS} {call.before}", traced=False)
        ways = {"off": False, "on": True}
        us = best_us(
            {way: (partial(run, loop, traced=traced), LOOPS * call.calls) for way, traced in ways.items()},
            rounds=12,
            ahead=dict.fromkeys(ways, before),
            clocks=dict.fromkeys(ways, cpu_clock()),
        )
        rows.append([name, us["off"], us["on"], us["on"] / us["off"]])
        limits.append(Limit(f"a traced run / an untraced one, {name}", us["on"] / us["off"], WANTED))
    print(
        table("A call with and without a trace, microseconds of processor time", ["call", "off", "on", "on/off"], rows)
    )
    return limits


if __name__ == "__main__":
    for limit in main():
        print(limit)
