"""``python -m tests.differential``: thousands of examples, each with a seed of its own.

Each kind of difference is printed once, as the shortest transcript of it, with its seed;
``--seed N --count 1`` plays that example again. The examples are those of the test, but made
by plain chance: Hypothesis would stop at the first difference, and varies what it knows.

``python -m tests.differential scripts`` plays the corpus of scripts instead, see `tests.differential.scripts.by_hand`.
``python -m tests.differential expressions`` makes up calls of library functions, see `tests.differential.by_line`.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time

from tests.conformance.real_server import running
from tests.differential import by_line
from tests.differential.play import Ours, Theirs, shortest
from tests.differential.scripts import by_hand
from tests.differential.sequences import random_example


def main() -> int:
    """Plays as told by the command line; 1 where something differs."""
    if sys.argv[1:2] == ["scripts"]:
        return by_hand.main(sys.argv[2:])
    if sys.argv[1:2] == ["expressions"]:
        return by_line.main(sys.argv[2:])
    parser = argparse.ArgumentParser(prog="python -m tests.differential", description=__doc__)
    parser.add_argument("--server", choices=["redis-8", "valkey-9", "both"], default="both")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of the first; the clock's by default")
    parser.add_argument("--count", type=int, default=2000, help="examples for each server")
    told = parser.parse_args()
    names = ["redis-8", "valkey-9"] if told.server == "both" else [told.server]
    differing = [name for name in names if _play(name, told.seed, told.count)]
    return int(bool(differing))


def _play(name: str, first_seed: int, count: int) -> bool:
    seen: set[str] = set()
    started = time.monotonic()
    with running(name) as server, server.connect() as sock:
        ours, theirs = Ours(name), Theirs(sock)
        for seed in range(first_seed, first_seed + count):
            fault = shortest(random_example(random.Random(seed), name), ours, theirs)
            if fault is None:
                continue
            # The same command with the same replies, numbers aside, is one difference.
            kind = re.sub(r"[0-9]+", "0", str(fault).partition("    ours")[2]) + type(fault).__name__
            if kind not in seen:
                seen.add(kind)
                sys.stdout.write(f"{name}, seed {seed}:{fault}\n\n")
                sys.stdout.flush()
    took = time.monotonic() - started
    sys.stdout.write(f"{name}: {count} examples from seed {first_seed} in {took:.0f} s, {len(seen)} differences\n")
    return bool(seen)


if __name__ == "__main__":
    sys.exit(main())
