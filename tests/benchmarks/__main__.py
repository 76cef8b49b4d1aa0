"""``make bench``: every benchmark, then what was wanted and whether it holds.

``python -m tests.benchmarks [NAME ...]`` runs some of them. Status 1 where a limit is missed.
"""

# ruff: noqa: T201  # printing is what it is for
from __future__ import annotations

import importlib
import os
import sys

from tests.benchmarks.measure import Limit, table

NAMES = (
    "redis_call",
    "evalsha",
    "libraries",
    "tracing",
    "startup",
    "tui",
    "repl",
    "serve",
    "large",
    "memory",
    "soak",
    "browser",
    "remote",
    "floods",
    "opening",
    "huge",
    "editor",
)


def main(names: list[str]) -> int:
    limits: list[Limit] = []
    for name in names or NAMES:
        limits += importlib.import_module(f"tests.benchmarks.{name}").main()
        print(flush=True)
    rows: list[list[object]] = [
        [limit.what, f"{limit.ratio:.3g}", f"{'>=' if limit.at_least else '<='} {limit.limit:.3g}", _verdict(limit)]
        for limit in limits
    ]
    print(table(f"All of it; load {os.getloadavg()[0]:.1f} at the end", ["", "got", "wanted", ""], rows))
    return 0 if all(limit.holds for limit in limits) else 1


def _verdict(limit: Limit) -> str:
    return "ok" if limit.holds else "MISS"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
