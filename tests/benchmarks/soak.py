"""One million EVALSHA of mixed scripts on one engine: what memory and time do in the long run.

``python -m tests.benchmarks.soak [RUNS]`` does another number of them. Data stays the same size by itself, so
whatever grows from the first tenth to the last is a leak, and whatever slows down is a drift.
"""

# ruff: noqa: T201  # printing is what it is for
from __future__ import annotations

import gc
import os
import sys
import time
from pathlib import Path
from statistics import median

from redis_tui.engine.engine import Engine
from tests.benchmarks.measure import Limit, table

RUNS = 1_000_000
TENTHS = 10
SCRIPTS = (
    b"return redis.call('INCR', KEYS[1])",
    b"redis.call('SET', KEYS[1], ARGV[1]) return redis.call('GET', KEYS[1])",
    b"redis.call('LPUSH', KEYS[1], ARGV[1]) redis.call('LTRIM', KEYS[1], 0, 9) return redis.call('LRANGE', KEYS[1], 0, -1)",
    b"redis.call('HSET', KEYS[1], ARGV[1], 1, 'b', 2) return redis.call('HGETALL', KEYS[1])",
    b"redis.call('ZADD', KEYS[1], ARGV[1], 'm') return redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')",
    b"return redis.pcall('INCR', 'a list')",
    b"return redis.call('no such command ' .. ARGV[1])",
    b"error({err = 'FAIL ' .. ARGV[1]})",
    b"local t = {} for i = 1, 20 do t[i] = ARGV[1] .. i end return t",
    b'return cjson.encode(cjson.decode(\'{"a": [1, 2, {"b": "\' .. ARGV[1] .. \'"}]}\'))',
    b"return cmsgpack.pack({ARGV[1], 1, {a = 2}})",
    b"local f = coroutine.wrap(function(a) coroutine.yield(a .. 1) error('x') end) f(ARGV[1]) return pcall(f)",
    b"redis.log(redis.LOG_NOTICE, ARGV[1]) return loadstring('return ' .. ARGV[1])()",
    b"redis.call('SET', KEYS[1], 'v', 'PX', 1) redis.call('DEL', KEYS[1]) return redis.status_reply(ARGV[1])",
)


def main(runs: int = RUNS) -> list[Limit]:
    """Measures, prints a table, answers the limits."""
    engine = Engine()
    client = engine.connect()
    engine.execute(client, [b"RPUSH", b"a list", b"x"])
    shas = [engine.execute(client, [b"SCRIPT", b"LOAD", source]) for source in SCRIPTS]
    calls = [[b"EVALSHA", sha, b"1", b"key %d" % at] for at, sha in enumerate(shas) if isinstance(sha, bytes)]
    rows: list[list[object]] = []
    held: list[tuple[float, float, int]] = []
    took: list[float] = []
    for tenth in range(TENTHS):
        started = time.process_time()
        for number in range(runs // TENTHS):
            engine.execute(client, [*calls[number % len(calls)], b"%d" % (number % 5)])
        took.append((time.process_time() - started) / (runs // TENTHS) * 1e6)
        lua = engine.scripts.memory_used / 1024  # collects first
        gc.collect()
        held.append((_resident() / 1e6, lua, len(gc.get_objects())))
        rows.append([f"tenth {tenth + 1}", took[-1], *held[-1]])
    print(table(f"{runs:,} EVALSHA of mixed scripts", ["", "us a call", "RSS MB", "Lua KB", "objects"], rows))
    names = ("resident memory", "Lua's memory", "Python's objects")
    limits = []
    for at, name in enumerate(names):
        early, late = (max(row[at] for row in half) for half in (held[: TENTHS // 2], held[TENTHS // 2 :]))
        limits.append(Limit(f"soak: {name} at most, second half / first", late / early, 1.1))
    return [*limits, Limit("soak: time of a call, second half / first", median(took[5:]) / median(took[:5]), 1.2)]


def _resident() -> int:
    """Bytes of this process that are in memory; 1 where there is no /proc to tell."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGESIZE") if statm.exists() else 1


if __name__ == "__main__":
    for limit in main(*map(int, sys.argv[1:2])):
        print(limit)
