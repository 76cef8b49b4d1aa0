"""``python -m tests.differential``: thousands of examples, in rounds that each have a seed of their own.

Each kind of difference is printed once, as the shortest transcript of it, with the seed of
its round; ``--seed N --count 1`` plays that round again. Hypothesis makes the examples but
does not shrink here: it would stop at the first difference, and leaving commands out one by
one is enough to read it.
"""

from __future__ import annotations

import argparse
import re
import sys
import time

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.conformance.real_server import running
from tests.differential.play import Ours, Theirs, shortest
from tests.differential.sequences import Example, examples

_ROUND = 200


def main() -> int:
    """Plays as told by the command line; 1 where something differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.differential", description=__doc__)
    parser.add_argument("--server", choices=["redis-8", "valkey-9", "both"], default="both")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of the first round; the clock's by default")
    parser.add_argument("--count", type=int, default=2000, help=f"examples for each server, {_ROUND} a round")
    told = parser.parse_args()
    names = ["redis-8", "valkey-9"] if told.server == "both" else [told.server]
    differing = [name for name in names if _play(name, told.seed, told.count)]
    return int(bool(differing))


def _play(name: str, first_seed: int, count: int) -> bool:
    seen: set[str] = set()
    started = time.monotonic()
    with running(name) as server, server.connect() as sock:
        theirs = Theirs(sock)
        for number in range(first_seed, first_seed + -(-count // _ROUND)):
            _round(name, number, theirs, seen)
    took = time.monotonic() - started
    sys.stdout.write(f"{name}: {count} examples from seed {first_seed} in {took:.0f} s, {len(seen)} differences\n")
    return bool(seen)


def _round(name: str, number: int, theirs: Theirs, seen: set[str]) -> None:
    ours = Ours(name)

    @seed(number)
    @settings(
        max_examples=_ROUND,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(examples(name))
    def play(example: Example) -> None:
        fault = shortest(example, ours, theirs)
        if fault is None:
            return
        # The same command with the same replies, numbers aside, is one difference.
        kind = re.sub(r"[0-9]+", "0", str(fault).partition("    ours")[2]) + type(fault).__name__
        if kind not in seen:
            seen.add(kind)
            sys.stdout.write(f"{name}, seed {number}:{fault}\n\n")
            sys.stdout.flush()

    play()


if __name__ == "__main__":
    sys.exit(main())
