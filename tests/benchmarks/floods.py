"""MONITOR and Pub/Sub in the workbench while fifty thousand messages come in a second: taken, dropped, gaps, memory.

A process of its own floods a real server at a steady rate; on the embedded engine it is a script that publishes. The workbench runs
without a terminal. What counts is that the loop stays alive, that memory stays bounded, and that every
message is either taken or told as dropped; how many are taken is this machine's affair.
"""

# ruff: noqa: T201  # printing is what it is for
from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from redis_tui.garbage import collect_seldom, settle
from redis_tui.paths import HOME_VARIABLE
from redis_tui.session.open import open_session
from redis_tui.tui.app import WorkbenchApp
from redis_tui.tui.panes.streams import MonitorView, PubSubView, StreamView
from redis_tui.tui.screens.workbench import WorkbenchScreen
from tests.benchmarks.measure import Limit, heartbeat, table
from tests.conformance.real_server import running

if TYPE_CHECKING:
    from redis_tui.session.base import Session

RATE = 50_000
SECONDS = 5.0
_FLOOD = """
import socket, sys, threading, time
port, rate, seconds, word = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4].encode()
sock = socket.create_connection(("127.0.0.1", port))
def read():
    global answered
    while data := sock.recv(1 << 16):
        answered += data.count(b"\\n")
answered = 0
threading.Thread(target=read, daemon=True).start()
one = b"*3\\r\\n$%d\\r\\n%b\\r\\n$4\\r\\nnews\\r\\n$64\\r\\n%b\\r\\n" % (len(word), word, b"x" * 64)
started, sent = time.monotonic(), 0
while (passed := time.monotonic() - started) < seconds:
    due = int(passed * rate) - sent
    sock.sendall(one * due)
    sent += due
    time.sleep(0.005)
while answered < sent:  # what the server has not read by then would be lost with the connection
    time.sleep(0.01)
print(sent)
"""
_PUBLISHING = b"for i = 1, %d do redis.call('PUBLISH', 'news', ARGV[1]) end" % RATE


def main() -> list[Limit]:
    """Measures, prints a table, answers the limits."""
    os.environ[HOME_VARIABLE] = tempfile.mkdtemp(prefix="redis-tui-floods-")
    collect_seldom()
    rows: list[list[object]] = []
    limits: list[Limit] = []
    with running("redis-8") as server:
        url = f"redis://127.0.0.1:{server.port}"
        for name, kind, where, word in (
            ("MONITOR, redis-8", MonitorView, url, "SET"),
            ("Pub/Sub, redis-8", PubSubView, url, "PUBLISH"),
            ("Pub/Sub, embedded", PubSubView, "memory://", ""),
        ):
            sent, received, dropped, gap, grown, us = asyncio.run(_measure(kind, where, word, server.port))
            rows.append([name, sent / SECONDS, received / SECONDS, f"{dropped / max(1, received):.0%}", us, gap, grown])
            limits += [
                Limit(f"{name}: worst gap, ms of processor time", gap, 50),
                Limit(f"{name}: told, taken or dropped / sent", received / max(1, sent), 0.99, at_least=True),
                Limit(f"{name}: memory grown, MB", grown, 100),
            ]
    columns = ["", "sent a second", "told a second", "of these dropped", "us a message", "worst gap ms", "grown MB"]
    print(table(f"{RATE:,} messages a second", columns, rows))
    return limits


async def _measure(kind: type[StreamView], url: str, word: str, port: int) -> tuple[int, int, int, float, float, float]:
    """How many were sent, told and dropped; the worst gap in ms; memory grown in MB; processor us a message."""
    session = await open_session(url)

    async def same() -> Session:
        return session

    app = WorkbenchApp(same, sample_keys=False, on_ready=settle)
    async with app.run_test(size=(120, 40)) as pilot:
        while not isinstance(app.screen, WorkbenchScreen) or not list(app.screen.query(kind)):
            await asyncio.sleep(0.01)
        screen = app.screen
        view = screen.query_one(kind)
        screen.action_show_view("monitor" if kind is MonitorView else "pubsub")
        streams = screen._activity._streams
        await (streams._toggle_monitor("") if kind is MonitorView else streams._listen("news"))
        await pilot.pause()
        before, began_s, gaps = _resident(), time.thread_time(), [0.0]
        beating = asyncio.create_task(heartbeat(gaps))
        sent = await (_flood(port, word) if word else _publish(session))
        ends = time.monotonic() + 10
        while view._received < sent and time.monotonic() < ends:
            await asyncio.sleep(0.05)
        beating.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beating
        grown = (_resident() - before) / 1e6
        taken_s = time.thread_time() - began_s
        received, dropped = view._received, view._dropped
    await session.close()
    return sent, received, dropped, max(gaps) * 1000, grown, taken_s / max(1, received) * 1e6


async def _flood(port: int, word: str) -> int:
    words = ["-c", _FLOOD, str(port), str(RATE), str(SECONDS), word]
    process = await asyncio.create_subprocess_exec(sys.executable, *words, stdout=subprocess.PIPE)
    out, _ = await process.communicate()
    return int(out)


async def _publish(session: Session) -> int:
    """A script's worth a second, from the engine's own thread."""
    for second in range(int(SECONDS)):
        started = time.monotonic()
        await session.execute([b"EVAL", _PUBLISHING, b"0", b"x" * 64])
        if second < SECONDS - 1:
            await asyncio.sleep(max(0.0, 1 - (time.monotonic() - started)))
    return RATE * int(SECONDS)


def _resident() -> int:
    """Bytes of this process that are in memory; 0 where there is no /proc to tell."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGESIZE") if statm.exists() else 0


if __name__ == "__main__":
    for limit in main():
        print(limit)
