"""Which file a script of the cache comes from: shas of the examples, of files opened lately and of Lua files here.

Knows the workspace. The decision a reader would question: files are read once, when the workbench opens, and in another
thread. What is opened later is in the editor, which is asked each time.
"""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from redis_tui.workspace import list_examples

if TYPE_CHECKING:
    from redis_tui.workspace import Workspace

_FILES = 200
_BYTES = 1024 * 1024
"""Larger files are no scripts that somebody wrote."""


def file_names(workspace: Workspace) -> dict[str, str]:
    """Names by sha; reads files, so not for the event loop."""
    names = {sha_of(example.source): example.name for example in list_examples()}
    for path in [*sorted(Path.cwd().glob("*.lua"))[:_FILES], *workspace.recent()]:
        with contextlib.suppress(OSError):
            if path.stat().st_size <= _BYTES:
                names[sha_of(path.read_bytes())] = path.stem
    return names


def sha_of(source: bytes) -> str:
    """As the server names a script."""
    return hashlib.sha1(source, usedforsecurity=False).hexdigest()
