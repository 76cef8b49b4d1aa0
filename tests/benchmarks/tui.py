"""The first painted screen of the workbench beside that of ``tuiredis``, each in a terminal of 120 columns, in turns.

A start ends when the last word of the whole screen stands: for us the editor's script, the keys with what is known
of them, the figures and the key bar; for the peer its panes and the count of keys. Ours counts twice: on its own
engine, which it has to start, and on the server that the peer uses. Then F5 is pressed, and its reply is awaited.

The peer is looked for where ``REDIS_TUI_PEER`` says (the path of its program), then on the PATH. Without one
there is nothing to compare with, and that is said: ``python -m venv peer && peer/bin/pip install tuiredis``.
The decision a reader would question: a ratio of medians, and one of processor time beside it. What else the machine
does falls on all of them in turn.
"""

# ruff: noqa: T201  # printing is what it is for
from __future__ import annotations

import os
import re
import shutil
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import pexpect

from tests.benchmarks.measure import Limit, table
from tests.benchmarks.startup import our_program
from tests.conformance.real_server import RealServer, running
from tests.conformance.wire import RawClient

PEER = "REDIS_TUI_PEER"
ROUNDS = 11
_F5 = "\x1b[15~"
_STYLING = re.compile(r"\x1b\[[0-9;:?<>=]*[a-zA-Z]")
_KEYS = 8
_PATIENCE_S = 30.0
_OURS = ("tonumber", "F5 runs the script", "scanned 8 of 8", "8 keys", "F5 run", "hash", "any Redis command")
_THEIRS = ("Value", "Server Info", f"Keys ({_KEYS})", f"user ({_KEYS})", "No key selected")


@dataclass
class Contestant:
    """A program, what its whole screen holds, and what was measured."""

    words: list[str]
    marks: tuple[str, ...]
    runs: bool = False
    painted_s: list[float] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)
    replied_s: list[float] = field(default_factory=list)


def main() -> list[Limit]:
    """Measures, prints a table, answers the limits."""
    theirs = os.environ.get(PEER) or shutil.which("tuiredis")
    with running("redis-8") as server:
        where = f"redis://127.0.0.1:{server.port}"
        contestants = {
            "redis-tui, embedded": Contestant([*our_program()], _OURS, runs=True),
            "redis-tui, on a server": Contestant([*our_program(), where], _OURS, runs=True),
        }
        if theirs:
            words = [theirs, "-H", "127.0.0.1", "-p", str(server.port), "-c"]
            contestants["tuiredis, on that server"] = Contestant(words, _THEIRS)
        for turn in range(ROUNDS + 1):  # the first fills the caches of the disk and of bytecode
            for contestant in contestants.values():
                _fill(server)
                _start(contestant, counts=turn > 0)
    rows: list[list[object]] = []
    for name, one in contestants.items():
        reply: object = statistics.median(one.replied_s) * 1000 if one.runs else "-"
        row = [statistics.median(one.painted_s) * 1000, min(one.painted_s) * 1000, statistics.median(one.cpu_s) * 1000]
        rows.append([name, *row, reply])
    columns = ["program", "painted, median", "best", "processor time", "F5 replied"]
    print(table("First whole screen, milliseconds from the start", columns, rows))
    if not theirs:
        print(f"tuiredis was not found: {PEER} names its program. There is nothing to compare with.")
        return []
    peer = contestants.pop("tuiredis, on that server")
    limits = []
    for name, one in contestants.items():
        for what, ours_s, theirs_s in (
            ("first whole screen", one.painted_s, peer.painted_s),
            ("its processor time", one.cpu_s, peer.cpu_s),
        ):
            ratio = statistics.median(ours_s) / statistics.median(theirs_s)
            limits.append(Limit(f"{name}: {what} / that of tuiredis, medians", ratio, 1.0))
    return limits


def _fill(server: RealServer) -> None:
    with server.connect() as sock:
        client = RawClient(sock)
        client.ask(b"FLUSHALL")  # a run before this one has left its key
        for number in range(_KEYS):
            client.ask(b"HSET", b"user:%d" % number, b"name", b"ada")


def _start(one: Contestant, *, counts: bool) -> None:
    with tempfile.TemporaryDirectory() as home:
        # An installed program has its bytecode; ours may be a checkout in an environment that forbids it.
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment |= {"TERM": "xterm-256color", "HOME": home, "REDIS_TUI_HOME": home}
        started = time.perf_counter()
        child = pexpect.spawn(
            one.words[0], one.words[1:], env=environment, encoding="utf-8", dimensions=(40, 120), timeout=60
        )
        try:
            _await(child, one.marks)
            painted = time.perf_counter() - started
            cpu = _cpu_s(child.pid)
            replied = 0.0
            if one.runs:
                child.send(_F5)
                _await(child, ("(integer)",))
                replied = time.perf_counter() - started
        finally:
            child.close(force=True)
    if counts:
        one.painted_s.append(painted)
        one.cpu_s.append(cpu)
        one.replied_s.append(replied)


def _await(child: pexpect.spawn[str], marks: tuple[str, ...]) -> None:
    """Reads until all marks were painted."""
    wanted, raw = set(marks), ""
    ends = time.monotonic() + _PATIENCE_S
    while wanted:
        if time.monotonic() > ends:  # a clock on the screen keeps the terminal busy for ever
            raise TimeoutError(f"not painted: {', '.join(sorted(wanted))}")
        raw += child.read_nonblocking(65_536, timeout=_PATIENCE_S)
        shown = _STYLING.sub("", raw)
        wanted = {mark for mark in wanted if mark not in shown}


def _cpu_s(pid: int | None) -> float:
    """Processor time of all threads until now; 0 where there is no /proc to tell."""
    told = [Path(each, "schedstat") for each in Path(f"/proc/{pid}/task").glob("*")]
    return sum(int(each.read_text().split()[0]) for each in told) / 1e9


if __name__ == "__main__":
    for limit in main():
        print(limit)
