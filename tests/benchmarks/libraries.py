"""``cjson`` and ``cmsgpack`` on a document of 10 KB, inside one script: ours in process, real servers.

The document is what services keep in Redis: orders with addresses, items, tags, texts with escapes,
whole and broken numbers. Everybody's time is the processor's.
"""

# ruff: noqa: T201  # printing is what it is for
from __future__ import annotations

import contextlib
import json
from functools import partial
from typing import TYPE_CHECKING

from redis_tui.engine.engine import Engine
from tests.benchmarks.measure import Limit, best_us, cpu_clock, table
from tests.conformance.real_server import running
from tests.conformance.wire import RawClient

if TYPE_CHECKING:
    from collections.abc import Callable

LOOPS = 20
"""Documents a script; many enough for what a script costs not to show, few enough for a round to be short."""
SERVERS = ("redis-8", "valkey-9")
WANTED = {"cjson.decode": 10.0, "cjson.encode": 10.0}
SCRIPTS = {
    "cjson.decode": "local text = ARGV[1] for i = 1, N do cjson.decode(text) end",
    "cjson.encode": "local value = cjson.decode(ARGV[1]) for i = 1, N do cjson.encode(value) end",
    "cmsgpack.unpack": "local packed = cmsgpack.pack(cjson.decode(ARGV[1])) for i = 1, N do cmsgpack.unpack(packed) end",
    "cmsgpack.pack": "local value = cjson.decode(ARGV[1]) for i = 1, N do cmsgpack.pack(value) end",
}


def document() -> bytes:
    """JSON of about 10 KB."""
    orders = [
        {
            "id": 100_000 + number,
            "status": ("paid", "sent", "open")[number % 3],
            "express": number % 2 == 0,
            "coupon": None,
            "total": 17.35 * (number + 1),
            "customer": {
                "name": f'Renée "R" Müller {number}',
                "mail": f"renee.{number}@example.org",
                "address": {
                    "street": f"Main Street {number}\nBack yard",
                    "zip": f"{10_000 + number}",
                    "city": "Zürich",
                },
            },
            "items": [
                {"sku": f"SKU-{number}-{item}", "count": item + 1, "price": 4.99 + item, "path": f"a/b\\c/{item}"}
                for item in range(3)
            ],
            "tags": ["red", "blue", "new", "tab\there"],
            "history": [1_700_000_000 + number * 60 + step for step in range(6)],
        }
        for number in range(17)
    ]
    return json.dumps({"version": 3, "orders": orders}, separators=(",", ":")).encode()


def main() -> list[Limit]:
    """Measures, prints a table, answers the limits."""
    text = document()
    engine = Engine()
    client = engine.connect()
    asks: dict[str, Callable[..., object]] = {"ours": lambda *argv: engine.execute(client, argv)}
    clocks = {"ours": cpu_clock()}
    with contextlib.ExitStack() as stack:
        for name in SERVERS:
            server = stack.enter_context(running(name))
            clocks[name] = cpu_clock(server.process.pid)
            raw = RawClient(server.connect())
            stack.callback(raw.close)
            asks[name] = raw.ask
        measured = {
            what: best_us(
                {name: (partial(ask, *_eval(script, text)), LOOPS) for name, ask in asks.items()},
                rounds=12,
                ahead={name: partial(ask, *_eval(script.replace("N", "0"), text)) for name, ask in asks.items()},
                clocks=clocks,
            )
            for what, script in SCRIPTS.items()
        }
    rows: list[list[object]] = [
        [what, us["ours"], *[us[name] for name in SERVERS], *[us["ours"] / us[name] for name in SERVERS]]
        for what, us in measured.items()
    ]
    columns = ["call", "ours", *SERVERS, "ours/redis", "ours/valkey"]
    print(table(f"A document of {len(text)} bytes, microseconds of processor time", columns, rows))
    return [
        Limit(f"{what} ours / {name}", measured[what]["ours"] / measured[what][name], wanted)
        for what, wanted in WANTED.items()
        for name in SERVERS
    ]


def _eval(script: str, text: bytes) -> tuple[bytes, ...]:
    return (b"EVAL", script.replace("N", str(LOOPS)).encode(), b"0", text)


if __name__ == "__main__":
    for limit in main():
        print(limit)
