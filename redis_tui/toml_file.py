"""TOML files that a person writes, with every mistake told as ``file:line``, as compilers do and editors open it.

Knows no file by name. The decision a reader would question: tomllib keeps no places of what it read, so the line
of a key is looked for in the text, once there is a mistake to tell.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from redis_tui.errors import SettingsError
from redis_tui.late_pattern import late_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path


class Mistake(Exception):
    """What is wrong with a key; the reader of the file adds where it stands.

    Args:
        key: with its tables: ``colors.text``.
        what: goes on behind the key: ``is missing``.
        hint: what to write instead.
    """

    def __init__(self, key: str, what: str, hint: str) -> None:
        super().__init__(key)
        self.key, self.what, self.hint = key, what, hint


def read_toml(path: Path, kind: str) -> tuple[str, Mapping[str, Any]]:
    """Reads a file.

    Args:
        path: the file.
        kind: what it is, to begin the sentence about a mistake: ``Theme``.

    Returns:
        Its text, and what it says.

    Raises:
        SettingsError: it cannot be read, or is not TOML; names the line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{kind} {path}: cannot be read ({error.strerror}).", hint="Check the file.") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{kind} {path}: is not UTF-8.", hint="Save it as UTF-8.") from error
    try:
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = _line_of_fault(text, str(error))
        raise SettingsError(f"{kind} {path}:{line}: is not TOML: {error}.", hint="Mend that line.") from error


def placed(mistake: Mistake, path: Path, text: str, kind: str) -> SettingsError:
    """A mistake with its place.

    Args:
        mistake: what is wrong.
        path: the file.
        text: what stands in it.
        kind: what it is: ``Theme``.
    """
    at = line_of_key(text, mistake.key)
    place = f"{path}:{at}" if at else str(path)
    return SettingsError(f"{kind} {place}: {mistake.key} {mistake.what}.", hint=mistake.hint)


def refuse_unknown(prefix: str, table: Mapping[str, Any], known: Iterable[str]) -> None:
    """Raises `Mistake` for the first key that is not known."""
    for key in table:
        if key not in known:
            raise Mistake(f"{prefix}{key}", "is not known", f"Known here: {', '.join(known)}.")


_FAULT_LINE = late_pattern(r"at line (\d+)")
_HEADER = late_pattern(r"\s*\[([^\[\]]+)\]")
_ENTRY = late_pattern(r"""\s*((?:[\w.-]|"[^"]*"|'[^']*')+)\s*=""")


def line_of_key(text: str, key: str) -> int:
    """The line a key is set in, or that of the nearest table around it; 0 where neither is written."""
    table, best, best_line = "", "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = here = _bare(header[1])
        elif entry := _ENTRY.match(line):
            here = f"{table}.{_bare(entry[1])}".lstrip(".")
        else:
            continue
        if (key == here or key.startswith(f"{here}.")) and len(here) > len(best):
            best, best_line = here, number
    return best_line


def _line_of_fault(text: str, fault: str) -> int:
    found = _FAULT_LINE.search(fault)  # "(at line 3, column 5)" or "(at end of document)"
    return int(found[1]) if found else max(1, len(text.splitlines()))


def _bare(name: str) -> str:
    return re.sub(r"[\s\"']", "", name)
