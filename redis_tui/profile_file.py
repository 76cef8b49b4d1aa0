"""Writes profiles into ``config.toml``: one table each, everything else in the file stays as a person wrote it.

Knows TOML, no session and no face. The decision a reader would question: a profile is read as the program will read it
before anything is written. One that could not be opened by its name is never saved, nor one with a password in it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from redis_tui.errors import FileError, UsageError
from redis_tui.profile import TABLE, read_profile
from redis_tui.settings import template
from redis_tui.spec.redact import redact_url
from redis_tui.toml_file import read_toml
from redis_tui.whole_file import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")


def save_profile(path: Path, name: str, said: Mapping[str, str | bool]) -> None:
    """Puts a profile into the settings; comments, order and all other tables stay.

    Args:
        path: of the settings; made where there is none.
        name: of the profile; one that is there is replaced key by key.
        said: what stands below ``[profiles.NAME]``; no password.

    Raises:
        UsageError: the name is none, or the address has a password.
        SettingsError: the file that is there is not TOML; it stays as it is.
        Mistake: the profile itself is wrong.
        FileError: the file cannot be written.
    """
    import tomlkit  # not wanted by a start

    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} is no name for a profile.", hint="Take letters, digits, - and _.")
    if redact_url(str(said.get("url", ""))) != said.get("url"):
        raise UsageError("A password is not written into the settings.", hint="Leave it out of the address.")
    read_profile(name, dict(said))
    document = _document(path)
    profiles = document.get(TABLE)
    if profiles is None:
        profiles = document[TABLE] = tomlkit.table(is_super_table=True)
    table = profiles.get(name)
    if table is None:
        table = tomlkit.table()
        profiles[name] = table
        table = profiles[name]
    for key in [key for key in table if key not in said]:
        del table[key]
    for key, value in said.items():
        if table.get(key) != value:
            table[key] = value
    _write(path, tomlkit.dumps(document))


def remove_profile(path: Path, name: str) -> None:
    """Takes a profile out of the settings; nothing where it is not there.

    Args:
        path: of the settings.
        name: of the profile.

    Raises:
        SettingsError: the file is not TOML; it stays as it is.
        FileError: it cannot be written.
    """
    import tomlkit

    document = _document(path)
    if name in document.get(TABLE, {}):
        del document[TABLE][name]
        _write(path, tomlkit.dumps(document))


def _document(path: Path) -> Any:
    import tomlkit

    return tomlkit.parse(read_toml(path, "Settings")[0] if path.exists() else template())


def _write(path: Path, text: str) -> None:
    try:
        write_whole(path, text.encode())
    except OSError as error:
        raise FileError(f"Cannot write {path}: {error.strerror or error}.", hint="Check the folder's rights.") from None
