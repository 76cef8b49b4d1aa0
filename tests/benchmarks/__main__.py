"""``make bench``: every benchmark, then what was wanted and whether it holds.

``python -m tests.benchmarks [NAME ...]`` runs some of them. Status 1 where a limit is missed.
"""

# ruff: noqa: T201  # printing is what it is for
from __future__ import annotations

import importlib
import sys

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
    "floods",
    "opening",
    "editor",
)


def main(names: list[str]) -> int:
    limits = []
    for name in names or NAMES:
        limits += importlib.import_module(f"tests.benchmarks.{name}").main()
        print(flush=True)
    for limit in limits:
        print(limit)
    return 0 if all(limit.holds for limit in limits) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
