"""``redis.call`` in a loop inside one script: ours in process, real servers, fakeredis.

Beside each command stands what the bare way costs: one call from Lua into a Python function
that does nothing, with as many arguments. No command of an engine in Python can be cheaper.
Everybody's time is the processor's: a call waits for nothing, and the machine may be busy.
"""

# ruff: noqa: T201  # printing is what it is for
from __future__ import annotations

import contextlib
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import TYPE_CHECKING

import fakeredis
from lupa.lua51 import LuaRuntime

from redis_tui.engine.engine import Engine
from tests.benchmarks.measure import Limit, best_us, cpu_clock, table
from tests.conformance.real_server import running
from tests.conformance.wire import RawClient

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LOOPS = 5_000
FAKE_LOOPS = 200
SERVERS = ("redis-8", "valkey-9")
WANTED = {"SET": 2.5, "mix": 3.0}
"""Times a server's time; for the others `WANTED_OF_MOST`."""
WANTED_OF_MOST = 5.0
MEMBERS = "for i = 1, 1000 do redis.call('ZADD', KEYS[1], i, 'member:' .. i) end"


@dataclass(frozen=True)
class Call:
    """One command under test, or a few that go together; ``i`` counts its runs."""

    words: int
    """Arguments behind the name, of the longest."""
    code: str
    before: str = ""
    """What makes the key anew ahead of each round; ``N`` is how often the command will run."""
    calls: int = 1
    """Commands in the code."""


CALLS = {
    "GET": Call(1, "redis.call('GET', KEYS[1])", "redis.call('SET', KEYS[1], 'value')"),
    "SET": Call(2, "redis.call('SET', KEYS[1], ARGV[1])"),
    "INCR": Call(1, "redis.call('INCR', KEYS[1])"),
    "EXPIRE": Call(2, "redis.call('EXPIRE', KEYS[1], 100)", "redis.call('SET', KEYS[1], 'value')"),
    "HSET": Call(3, "redis.call('HSET', KEYS[1], 'field', ARGV[1])"),
    "HGET": Call(2, "redis.call('HGET', KEYS[1], 'field')", "redis.call('HSET', KEYS[1], 'field', 'value')"),
    "LPUSH": Call(2, "redis.call('LPUSH', KEYS[1], ARGV[1])"),
    "LPOP": Call(1, "redis.call('LPOP', KEYS[1])", "for i = 1, N do redis.call('LPUSH', KEYS[1], 'value') end"),
    "SADD": Call(2, "redis.call('SADD', KEYS[1], i)"),
    "ZADD": Call(3, "redis.call('ZADD', KEYS[1], i, ARGV[1])", MEMBERS),
    "ZSCORE": Call(2, "redis.call('ZSCORE', KEYS[1], 'member:500')", MEMBERS),
    "ZRANGE": Call(3, "redis.call('ZRANGE', KEYS[1], 0, 9)", MEMBERS),
    "XADD": Call(4, "redis.call('XADD', KEYS[1], '*', 'field', ARGV[1])"),
    "mix": Call(
        3,
        "redis.call('HSET', 'mix:hash', 'field', ARGV[1]) redis.call('ZADD', 'mix:zset', i, ARGV[1])"
        " redis.call('LPUSH', 'mix:list', ARGV[1])",
        "redis.call('DEL', 'mix:hash', 'mix:zset', 'mix:list')",
        calls=3,
    ),
    "bucket": Call(
        3,
        "local now = i * 0.01 local state = redis.call('HMGET', KEYS[1], 'tokens', 'at')"
        " local tokens, at = tonumber(state[1] or '100'), tonumber(state[2] or '0')"
        " tokens = math.min(100, tokens + math.max(0, now - at) * 50) local allowed = tokens >= 1"
        " if allowed then tokens = tokens - 1 end"
        " redis.call('HSET', KEYS[1], 'tokens', tokens, 'at', now) redis.call('EXPIRE', KEYS[1], 60)",
        calls=3,
    ),
}
"""The last two: HSET, ZADD and LPUSH in turns, and a token bucket as rate limiters keep it."""


def main() -> list[Limit]:
    """Measures, prints a table, answers the limits."""
    engine = Engine()
    client = engine.connect()
    asks: dict[str, Callable[..., object]] = {"ours": lambda *argv: engine.execute(client, argv)}
    clocks = dict.fromkeys(("ours", "floor", "fakeredis"), cpu_clock())
    rows: list[list[object]] = []
    with contextlib.ExitStack() as stack:
        for name in SERVERS:
            server = stack.enter_context(running(name))
            clocks[name] = cpu_clock(server.process.pid)
            raw = RawClient(server.connect())
            stack.callback(raw.close)
            asks[name] = raw.ask
        fake = stack.enter_context(contextlib.closing(fakeredis.FakeRedis()))
        asks["fakeredis"] = fake.execute_command  # type: ignore[no-untyped-call,unused-ignore]  # it has no annotations
        measured = {name: _measure(asks, clocks, call) for name, call in CALLS.items()}
    for name, us in measured.items():
        rows.append([name, us["ours"], us["ours"] - us["floor"], *[us[one] for one in (*SERVERS, "fakeredis")]])
        rows[-1] += [us["ours"] / us["redis-8"], us["ours"] / us["valkey-9"], us["fakeredis"] / us["ours"]]
    columns = ["call", "ours", "over floor", *SERVERS, "fakeredis", "ours/redis", "ours/valkey", "fakeredis/ours"]
    print(table("redis.call in a loop inside one script, microseconds of processor time per call", columns, rows))
    return _limits(measured)


def _measure(
    asks: dict[str, Callable[..., object]], clocks: dict[str, Callable[[], float]], call: Call
) -> dict[str, float]:
    rounds: dict[str, tuple[Callable[[], object], int]] = {"floor": (partial(_floor(call.words), LOOPS), LOOPS)}
    ahead: dict[str, Callable[[], object]] = {}
    for name, ask in asks.items():
        loops = FAKE_LOOPS if name == "fakeredis" else LOOPS
        ahead[name] = partial(ask, *_eval(f"redis.call('DEL', KEYS[1]) local N = {loops} {call.before}"))
        rounds[name] = (partial(ask, *_eval(f"for i = 1, {loops} do {call.code} end")), loops * call.calls)
    return best_us(rounds, rounds=12, ahead=ahead, clocks=clocks)


def _floor(words: int) -> Callable[[int], object]:
    """A loop in Lua over the cheapest call into Python that there is."""
    make = LuaRuntime(encoding=None).eval(
        b"function(call, a, b, c, d, e) return function(n) for i = 1, n do %s end end end"
        % [b"call(a)", b"call(a, b)", b"call(a, b, c)", b"call(a, b, c, d)"][words - 1]
    )
    loop: Callable[[int], object] = make(lambda *_: 1, b"some:key", b"field", b"value", b"value", b"value")
    return loop


def _eval(script: str) -> Sequence[bytes]:
    return (b"EVAL", script.encode(), b"1", b"some:key", b"some_value")


def _limits(measured: dict[str, dict[str, float]]) -> list[Limit]:
    limits = []
    for server in SERVERS:
        ratios = {name: us["ours"] / us[server] for name, us in measured.items()}
        for name, wanted in WANTED.items():
            limits.append(Limit(f"redis.call ours / {server}, {name}", ratios[name], wanted))
        worst = max(ratios, key=lambda name: ratios[name])
        limits.append(Limit(f"redis.call ours / {server}, the worst, {worst}", ratios[worst], WANTED_OF_MOST))
        limits.append(Limit(f"redis.call ours / {server}, the median", median(ratios.values()), 3.0))
    gains = {name: us["fakeredis"] / us["ours"] for name, us in measured.items()}
    least = min(gains, key=lambda name: gains[name])
    return [*limits, Limit(f"redis.call fakeredis / ours, the least, {least}", gains[least], 10.0, at_least=True)]


if __name__ == "__main__":
    for limit in main():
        print(limit)
