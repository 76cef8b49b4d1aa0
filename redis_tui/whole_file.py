"""Writes a file so that a reader sees the old or the new content, never a part: a full disk leaves the old one whole.

Knows no format. The decision a reader would question: a symbolic link is followed, as an editor does; the rename
would put a file into the link's place otherwise.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Writes a file by rename; folders that lack are made, the mode of what is there is kept.

    Args:
        path: where.
        data: all of it.

    Raises:
        OSError: it cannot be written; what was there is as it was.
    """
    path = Path(os.path.realpath(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        if path.exists():
            Path(temporary).chmod(path.stat().st_mode & 0o7777)
        elif path.suffix in (".lua", ".toml"):
            Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
