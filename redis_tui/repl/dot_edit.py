"""``.edit``: the last input, or a file, in the person's own editor.

Knows the shell; must not know prompt_toolkit. The decision a reader would question: an editor that ends
with another status than 0 has its text left alone, as git does, so that ``:cq`` means no.
"""

from __future__ import annotations

import asyncio
import os
import shlex
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from redis_tui.errors import UsageError

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
    return str(Path(name).expanduser())


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
    editor = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    try:
        process = await asyncio.create_subprocess_exec(*editor, name)
    except OSError as error:
        raise UsageError(
            f"The editor {editor[0]!r} cannot be started: {(error.strerror or '').lower()}.",
            hint="Set EDITOR to one that is installed.",
        ) from None
    if code := await process.wait():
        raise UsageError(f"The editor {editor[0]!r} ended with status {code}.", hint="The text was not taken.")
