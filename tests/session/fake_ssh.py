"""A program ``ssh`` that does on this machine what the real one does over two: it forwards a port, and says so in a file."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SSH = """#!{python}
import asyncio, os, sys

words = sys.argv[1:]
host, port, *there = words[words.index("-L") + 1].split(":")
with open({log!r}, "a") as log:
    print(os.getpid(), *words, file=log)

async def serve(reader, writer):
    async def flow(source, sink):
        while data := await source.read(65536):
            sink.write(data)
        sink.close()
    try:
        there_reader, there_writer = await asyncio.open_connection(*there)
    except OSError:
        print("channel 2: open failed: connect failed: Connection refused", file=sys.stderr, flush=True)
        writer.close()
        return
    await asyncio.gather(flow(reader, there_writer), flow(there_reader, writer))

async def main():
    async with await asyncio.start_server(serve, host, port) as server:
        await server.serve_forever()

asyncio.run(main())
"""
REFUSES = """#!/bin/sh
echo "banner of the host" >&2
echo "{words}" >&2
exit 255
"""


class Ssh:
    """The program, first in PATH."""

    def __init__(self, folder: Path) -> None:
        self._program = folder / "ssh"
        self._log = folder / "log"
        self.says(SSH.format(python=sys.executable, log=str(self._log)))

    def says(self, text: str) -> None:
        self._program.write_text(text)
        self._program.chmod(0o755)

    @property
    def starts(self) -> list[list[str]]:
        """Process and words of each start."""
        return [line.split() for line in self._log.read_text().splitlines()]


def runs(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    return True
