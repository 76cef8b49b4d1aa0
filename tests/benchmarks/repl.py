"""The first prompt of ``redis-tui repl`` beside that of iredis, in a real terminal, on the same server.

From the start of the process until one can type at the prompt: ours stands before the connection does and says so,
``connecting:0>``; until it names the server is a row of its own. The time ends when the prompt stands on the screen, in turns, medians: a start is judged by
how it feels on most days, and a terminal adds noise of both signs. Without a network for iredis or without a
server there is nothing to compare with, and that is said.
"""

# ruff: noqa: T201  # printing is what it is for
from __future__ import annotations

import os
import re
import statistics
import tempfile
import time

import pexpect

from tests.benchmarks.measure import Limit, table
from tests.benchmarks.startup import find_iredis, our_program
from tests.conformance.real_server import running

ROUNDS = 9
_STYLING = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


def main() -> list[Limit]:
    """Measures, prints a table, answers the limits."""
    theirs = find_iredis()
    with running("redis-8") as server, tempfile.TemporaryDirectory() as home:
        port = str(server.port)
        contestants = {
            "redis-tui": ([*our_program(), "repl", f"redis://127.0.0.1:{port}"], ":0>"),
            "redis-tui, connected": ([*our_program(), "repl", f"redis://127.0.0.1:{port}"], "redis:0>"),
            "redis-tui, embedded": ([*our_program(), "repl"], "embedded:0>"),
        }
        if theirs is not None:
            contestants["iredis"] = ([str(theirs), "-h", "127.0.0.1", "-p", port], f"127.0.0.1:{port}>")
        times: dict[str, list[float]] = {name: [] for name in contestants}
        for _ in range(ROUNDS):
            for name, (words, prompt) in contestants.items():
                times[name].append(_first_prompt_s(words, prompt, home))
    medians = {name: statistics.median(found) for name, found in times.items()}
    rows: list[list[object]] = [[name, medians[name] * 1000, min(found) * 1000] for name, found in times.items()]
    print(table("first prompt, milliseconds", ["program", "median", "best"], rows))
    if theirs is None:
        print("iredis could not be installed, so there is nothing to compare with.")
        return []
    return [Limit("first prompt of redis-tui repl / iredis, medians", medians["redis-tui"] / medians["iredis"], 0.8)]


def _first_prompt_s(words: list[str], prompt: str, home: str) -> float:
    # An installed program has its bytecode; ours may be a checkout in an environment that forbids it.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"TERM": "xterm-256color", "HOME": home, "PROMPT_TOOLKIT_NO_CPR": "1"}
    started = time.perf_counter()
    child = pexpect.spawn(words[0], words[1:], env=environment, encoding="utf-8", dimensions=(24, 80), timeout=60)
    try:
        seen = ""
        while prompt not in _STYLING.sub("", seen):
            seen += child.read_nonblocking(65_536, timeout=60)
        return time.perf_counter() - started
    finally:
        child.close(force=True)


if __name__ == "__main__":
    for limit in main():
        print(limit)
