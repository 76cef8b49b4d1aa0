"""The person's own editor, as VISUAL and EDITOR name it. Knows no interface; blocks until the editor is left.

The decision a reader would question: an editor that ends with another status than 0 has its text
left alone, as git does, so that ``:cq`` means no.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path

from redis_tui.errors import UsageError


def call_editor(name: str) -> None:
    """Opens a file in the editor and waits until it is left.

    Raises:
        UsageError: the editor cannot be started, or ended with a fault.
    """
    words = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        editor = shlex.split(words)
    except ValueError:
        raise UsageError(f"EDITOR is {words!r}, with a quote left open.", hint="Set it anew.") from None
    try:
        code = subprocess.run([*editor, name], check=False).returncode  # noqa: S603  # the person's own choice
    except OSError as error:
        raise UsageError(
            f"The editor {editor[0]!r} cannot be started: {(error.strerror or '').lower()}.",
            hint="Set EDITOR to one that is installed.",
        ) from None
    if code:
        raise UsageError(f"The editor {editor[0]!r} ended with status {code}.", hint="The text was not taken.")


def edited(data: bytes, name: str) -> bytes:
    """What somebody made of a text in their editor.

    Args:
        data: the text.
        name: of the file that the editor sees; its end tells the editor the language.

    Raises:
        UsageError: as `call_editor`.
    """
    with tempfile.TemporaryDirectory(prefix="redis-tui-") as folder:
        draft = Path(folder) / name
        draft.write_bytes(data)
        call_editor(str(draft))
        return draft.read_bytes()
