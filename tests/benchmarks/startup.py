"""``redis-tui --version`` beside ``iredis --version``.

iredis gets an environment of its own in the cache folder, once: it asks for other versions
of what we use. Without a network there is nothing to compare with, and that is said.
"""

# ruff: noqa: T201  # printing is what it is for
from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

from tests.benchmarks.measure import Limit, best_us, table

RUNS = 10


def main() -> list[Limit]:
    """Measures, prints a table, answers the limits."""
    ours = our_program()
    theirs = find_iredis()
    contestants = {"redis-tui": (lambda: _run(ours), 1)}
    if theirs is not None:
        contestants["iredis"] = (lambda: _run([str(theirs)]), 1)
    us = best_us(contestants, rounds=RUNS)
    rows: list[list[object]] = [[name, value / 1000] for name, value in us.items()]
    print(table("--version, milliseconds", ["program", "ms"], rows))
    if theirs is None:
        print("iredis could not be installed, so there is nothing to compare with.")
        return []
    return [Limit("redis-tui --version / iredis --version", us["redis-tui"] / us["iredis"], 0.5)]


def our_program() -> list[str]:
    """The words that start redis-tui."""
    script = Path(sys.executable).with_name("redis-tui")
    return [str(script)] if script.exists() else [sys.executable, "-m", "redis_tui"]


def find_iredis() -> Path | None:
    """iredis' program, installed at first; None where that does not work."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "redis-tui-benchmarks" / "iredis"
    program = cache / "bin" / "iredis"
    if not program.exists():
        print("Installing iredis for comparison, once.", flush=True)
        venv.create(cache, with_pip=True, clear=True)
        words = [
            str(cache / "bin" / "python"),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "iredis",
        ]
        # iredis imports pkg_resources, which a fresh environment no longer has.
        done = subprocess.run([*words, "setuptools<81"], check=False)
        if done.returncode != 0 or not program.exists():
            return None
    return program


def _run(words: list[str]) -> None:
    subprocess.run([*words, "--version"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    for limit in main():
        print(limit)
