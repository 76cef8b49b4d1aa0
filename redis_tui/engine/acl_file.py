"""The file that ACL LOAD reads and ACL SAVE writes: a user a line, ``user NAME rule rule …``.

It knows no clients. All or nothing: every fault of the file is told in one line, and then the
users are those of before.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from redis_tui.engine.acl_rules import RuleFault
from redis_tui.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from redis_tui.engine.acl import User

_UNCHANGED = "WARNING: ACL errors detected, no change to the previously active ACL rules was performed"


def load(path: str, new_user: Callable[[bytes], User]) -> dict[bytes, User]:
    """Reads users.

    Args:
        path: of the file.
        new_user: makes one that may do nothing.

    Raises:
        FileError: it cannot be read, or one of its lines is wrong; the text is a server's.
    """
    try:
        lines = Path(path).read_bytes().split(b"\n")
    except OSError as error:
        raise FileError(f"Error loading ACLs, opening file '{path}': {error.strerror}") from error
    users: dict[bytes, User] = {}
    faults = "".join(
        _read_line(line.strip(b" \t\r\n"), f"{path}:{number}", number, users, new_user)
        for number, line in enumerate(lines, 1)
    )
    if faults:
        raise FileError(faults + _UNCHANGED)
    return users


def save(path: str, users: Iterable[User]) -> None:
    """Writes users, in the place of what the file held.

    Raises:
        OSError: it cannot be written.
    """
    text = b"".join(b"user %b %b\n" % (user.name, user.description()) for user in users)
    target = Path(path)
    handle, name = tempfile.mkstemp(prefix=target.name + ".tmp-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text)
        Path(name).replace(target)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _read_line(
    line: bytes, place: str, number: int, users: dict[bytes, User], new_user: Callable[[bytes], User]
) -> str:
    """Adds one line's user; what is wrong with it, each sentence with a blank behind it."""
    if not line:
        return ""
    keyword, *rest = line.split(b" ")
    if keyword != b"user" or not rest:
        return f"{place} should start with user keyword followed by the username. "
    name, *words = rest
    if b"\0" in name or b"\t" in name:
        return f"'{place}: username '{name.decode('latin-1')}' contains invalid characters. "
    if name in users:
        return f"WARNING: Duplicate user '{name.decode('latin-1')}' found on line {number}. "
    user = users[name] = new_user(name)
    try:
        merged = merge_selectors(words)
    except RuleFault:
        return f"{place}: Unmatched parenthesis in selector definition."
    faults, told_syntax = "", False
    for word in merged:
        try:
            user.apply(word.strip(b"\t\r\n"))
        except RuleFault as fault:
            if str(fault).startswith("Unknown command"):
                faults += f"{place}: Error in applying operation '{word.decode('latin-1')}': {fault}. "
            elif not told_syntax:
                faults += f"{place}: {fault}. "
                told_syntax = True
    return faults


def merge_selectors(words: Iterable[bytes]) -> list[bytes]:
    """Joins what belongs to one selector: ``(+get``, ``~key)`` -> ``(+get ~key)``.

    Raises:
        RuleFault: one is not closed; its text is the word that opens it.
    """
    merged: list[bytes] = []
    opened: list[bytes] = []
    for word in words:
        if opened or (word.startswith(b"(") and not word.endswith(b")")):
            opened.append(word)
            if len(opened) > 1 and word.endswith(b")"):
                merged.append(b" ".join(opened))
                opened = []
        else:
            merged.append(word)
    if opened:
        raise RuleFault(opened[0].decode("latin-1"))
    return merged
