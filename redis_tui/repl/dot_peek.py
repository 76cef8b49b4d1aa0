"""``.peek KEY``: a key of whatever type, with its time to live, encoding, memory and value, in one go.

Knows the shell and the session waist; must not know prompt_toolkit. The decision a reader would question: it
sends a handful of commands for one that was typed. That is what it is asked for: not to have to know the type first.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from redis_tui.render.reply import cli_lines
from redis_tui.render.spans import Line, Span, show, text_line
from redis_tui.resp.types import Map, Reply
from redis_tui.session.facts import UNIT_OF
from redis_tui.session.inspect import snapshots

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.repl.shell import Shell
    from redis_tui.session.base import Snapshot


async def peek(shell: Shell, args: list[str]) -> None:
    """Shows a key.

    Raises:
        NotSupportedError: a transaction is open, in which nothing can be read.
    """
    shell.refuse_in_transaction()
    key = args[0].encode("utf-8", "surrogateescape")

    async def pipeline(commands: Sequence[Sequence[bytes]]) -> list[Reply]:
        return [await shell.session.execute(command) for command in commands]

    now_ms = time.time_ns() // 1_000_000
    found = (await snapshots(pipeline, [key], now_ms=now_ms))[key]
    if found.type == "none":
        shell.printer.lines([text_line(f"There is no key {show(key)}.", "dim")])
        return
    shell.note_keys([key])
    encoding, memory = await pipeline([[b"OBJECT", b"ENCODING", key], [b"MEMORY", b"USAGE", key]])
    facts = [found.type, _size(found), encoding.decode() if isinstance(encoding, bytes) else "", _life(found, now_ms)]
    if isinstance(memory, int):
        facts.append(f"{memory:,} bytes of memory")
    head: Line = [Span(show(key), "key"), Span(f"  {' · '.join(filter(None, facts))}", "dim")]
    shell.printer.lines([head, *cli_lines(found.value, resp=3)])
    if found.cut:
        shown = len(found.value.pairs) if isinstance(found.value, Map) else 0
        shown = len(found.value) if isinstance(found.value, bytes | list) else shown
        shell.printer.lines([text_line(f"… the first {shown:,} of {_size(found)}", "warning")])


def _size(found: Snapshot) -> str:
    if found.type not in UNIT_OF:
        return ""
    one, several = UNIT_OF[found.type]
    return f"{found.size:,} {one if found.size == 1 else several}"


def _life(found: Snapshot, now_ms: int) -> str:
    if found.expires_at_ms is None:
        return "no expiry"
    return f"expires in {max(0, found.expires_at_ms - now_ms) / 1000:,.0f} s"
