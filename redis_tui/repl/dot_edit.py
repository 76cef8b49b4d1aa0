"""``.edit``: the last input, or a file, in the person's own editor.

Knows the shell; must not know prompt_toolkit. The decision a reader would question: the input goes
through a file of its own and is taken back whole, because editors know files and not texts.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from redis_tui.external import call_editor
from redis_tui.paths import expanded

if TYPE_CHECKING:
    from redis_tui.repl.shell import Shell


async def edit(shell: Shell, args: list[str]) -> None:
    """Opens a file, or the last input, and takes what was left in it as the next input.

    Raises:
        UsageError: the editor cannot be started, or ended with a fault.
    """
    if args:
        await _call_editor(_expanded(args[0]))
        return
    draft = _new_draft(shell.last_input)
    try:
        await _call_editor(draft)
        shell.next_input = _read_draft(draft)
    finally:
        _remove_draft(draft)


def _expanded(name: str) -> str:
    return str(expanded(name))


def _new_draft(text: str) -> str:
    handle, name = tempfile.mkstemp(suffix=".redis", prefix="redis-tui-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    return name


def _read_draft(name: str) -> str:
    return Path(name).read_text(encoding="utf-8", errors="replace").rstrip("\n")


def _remove_draft(name: str) -> None:
    Path(name).unlink(missing_ok=True)


async def _call_editor(name: str) -> None:
    await asyncio.to_thread(call_editor, name)
