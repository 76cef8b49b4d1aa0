"""Presets: named sets of KEYS, ARGV, a time limit and an expected reply, in a file beside the script.

``counter.lua`` has ``counter.presets.toml``, which is meant to be committed with it and edited by hand. Knows no
interface and no session. The decision a reader would question: tomlkit writes it, though tomllib reads it. A program
that takes the comments out of somebody's file each time it adds three lines is not asked twice.
"""

from __future__ import annotations

import contextlib
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from redis_tui.arguments import format_arguments, parse_arguments
from redis_tui.errors import FileError, SettingsError, UsageError
from redis_tui.quantity import milliseconds
from redis_tui.record import dataclass
from redis_tui.toml_file import read_toml
from redis_tui.whole_file import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_KIND: Final = "Presets"
_SUFFIX: Final = ".presets.toml"
_FIELDS: Final = ("name", "keys", "args", "limit", "reply")
_ABOUT: Final = (
    "Sets of KEYS and ARGV for {script}, quoted as redis-cli quotes them.",
    "reply: what redis-cli would print; `redis-tui run {script} --all-presets` compares.",
)
_HEADER: Final = re.compile(r"\s*\[\[\s*preset\s*\]\]")


@dataclass(frozen=True, slots=True)
class Preset:
    """One named set of KEYS and ARGV for a script."""

    name: str
    keys: tuple[bytes, ...] = ()
    args: tuple[bytes, ...] = ()
    limit: str = ""
    """The time limit as typed, ``2s``; empty is none."""
    reply: str | None = None
    """The expected reply as redis-cli prints it; None expects nothing."""

    @property
    def timeout_ms(self) -> int | None:
        """The time limit in milliseconds; None is none.

        Raises:
            UsageError: it is no time.
        """
        return milliseconds(self.limit) if self.limit.strip() else None


def presets_beside(script: Path) -> Path:
    """The file with the presets of a script."""
    return script.with_suffix(_SUFFIX)


def read_presets(path: Path) -> tuple[Preset, ...]:
    """The presets of a file, in its order.

    Args:
        path: of the file with presets.

    Raises:
        SettingsError: it cannot be read or has a mistake; names the line.
    """
    text, data = read_toml(path, _KIND)
    tables = data.get("preset", [])
    if set(data) - {"preset"} or not isinstance(tables, list):
        raise SettingsError(f"{_KIND} {path}: holds more than presets.", hint="Each begins with [[preset]].")
    found: list[Preset] = []
    for at, table in enumerate(tables):
        try:
            found.append(_other(preset_of(table), found))
        except UsageError as error:
            place = f"{path}:{_line_of(text, at, error.message.partition(' ')[0])}"
            raise SettingsError(f"{_KIND} {place}: {error.message}", hint=error.hint) from error
    return tuple(found)


def _other(preset: Preset, known: Sequence[Preset]) -> Preset:
    if any(preset.name == one.name for one in known):
        raise UsageError(f"name {preset.name!r} is there twice.", hint="Give each a name of its own.")
    return preset


def preset_of(table: Any) -> Preset:
    """One preset from its table.

    Args:
        table: as TOML or JSON gives it.

    Raises:
        UsageError: it is none; the message begins with the key that is wrong.
    """
    if not isinstance(table, dict):
        raise UsageError("preset is no table.", hint="Each begins with [[preset]].")
    for key, value in table.items():
        if key not in _FIELDS:
            raise UsageError(f"{key} is not known.", hint=f"Known here: {', '.join(_FIELDS)}.")
        if not isinstance(value, str):
            raise UsageError(f"{key} is not a text.", hint=f"""Write {key} = '…', quoted as in redis-cli.""")
    if not table.get("name", "").strip():
        raise UsageError("name is missing.", hint="Write name = '…'.")
    values = {key: _parsed(key, table.get(key, "")) for key in ("keys", "args")}
    preset = Preset(table["name"], values["keys"], values["args"], table.get("limit", ""), table.get("reply"))
    try:
        preset.timeout_ms  # noqa: B018  # raises where it is no time
    except UsageError as error:
        raise UsageError(f"limit is no time: {error.message}", hint=error.hint) from error
    return preset


def _parsed(key: str, text: str) -> tuple[bytes, ...]:
    try:
        return parse_arguments(text)
    except UsageError as error:
        raise UsageError(f"{key} leaves a quote open.", hint=error.hint) from error


def table_of(preset: Preset) -> dict[str, str]:
    """A preset as its table; what is empty is left out."""
    texts = {"keys": format_arguments(preset.keys), "args": format_arguments(preset.args), "limit": preset.limit}
    reply = {} if preset.reply is None else {"reply": preset.reply}
    return {"name": preset.name} | {key: text for key, text in texts.items() if text} | reply


def write_presets(
    path: Path, presets: Sequence[Preset], *, script: str, renamed: tuple[str, str] | None = None
) -> None:
    """Writes a file of presets; comments and the order of those that stay are kept.

    Args:
        path: of the file with presets; without any preset it is taken away.
        presets: all of them.
        script: the script's name, for the first line of a new file.
        renamed: the old and the new name of one, so that it keeps its place.

    Raises:
        SettingsError: the file that is there has a mistake; it stays as it is.
        FileError: it cannot be written.
    """
    import tomlkit  # not wanted by a start
    from tomlkit.items import Array

    if path.exists():
        read_presets(path)  # a file that was not understood is not written over
        document = tomlkit.parse(path.read_text(encoding="utf-8"))
    else:
        document = tomlkit.document()
        for line in _ABOUT:
            document.add(tomlkit.comment(line.format(script=script)))
    known = document.get("preset")
    if isinstance(known, Array):  # preset = [{…}]: tables that are written in one line cannot grow
        del document["preset"]
        known = None
    tables: Any = tomlkit.aot() if known is None else known
    by_name = {str(table["name"]): table for table in tables}
    if renamed is not None and renamed[0] in by_name:
        by_name[renamed[1]] = by_name.pop(renamed[0])
    wanted = {preset.name for preset in presets}
    gone = [name for name in by_name if name not in wanted]
    for table in [by_name[name] for name in gone]:
        tables.remove(table)
    for preset in presets:
        table = by_name.get(preset.name)
        if table is None:
            table = tomlkit.table()
            if tables:
                tables[-1].add(tomlkit.nl())
            tables.append(table)
        _fill(table, table_of(preset))
    if known is None:
        document.append("preset", tables)
    try:
        if presets:
            write_whole(path, tomlkit.dumps(document).encode())
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise FileError(f"Cannot write {path}: {reason}.", hint="The presets are kept until you leave.") from error


def _fill(table: Any, values: Mapping[str, str]) -> None:
    for key in [key for key in table if key not in values]:
        del table[key]
    for key, value in values.items():
        if table.get(key) != value:
            table[key] = _quoted(value)


def _quoted(value: str) -> Any:
    """As TOML's literal text where that can hold it, so that redis-cli's backslashes are not doubled."""
    import tomlkit

    is_plain = all(sign.isprintable() or sign == "\n" for sign in value) and "'''" not in value
    is_long = "\n" in value
    is_literal = is_plain and not value.endswith("'") and (is_long or "'" not in value)
    return tomlkit.string(value, literal=is_literal, multiline=is_long)


def _line_of(text: str, at: int, key: str) -> int:
    """The line of a key of one of the tables, or of the table's beginning."""
    lines = text.splitlines()
    begins = [number for number, line in enumerate(lines, 1) if _HEADER.match(line)]
    if at >= len(begins):
        return 1
    end = begins[at + 1] - 1 if at + 1 < len(begins) else len(lines)
    key_line = re.compile(rf"\s*\"?{re.escape(key)}\"?\s*=")
    own = (number for number in range(begins[at], end + 1) if key_line.match(lines[number - 1]))
    return next(own, begins[at])


class PresetShelf:
    """Where the presets of every script are: beside a file, or in the data folder for an example.

    Args:
        data: the data folder.
    """

    def __init__(self, data: Path) -> None:
        self._examples = data / "presets"
        self._old = data / "presets.json"
        """Where all presets were kept before they had files of their own; it empties as they are written."""

    def read(self, path: Path | None, example: str | None = None) -> tuple[Preset, ...] | None:
        """The presets of a script; None where none were kept.

        Args:
            path: the script's.
            example: its name where it is one.

        Raises:
            SettingsError: their file has a mistake; names the line.
        """
        place = self._place(path, example)
        if place is not None and place.exists():
            return read_presets(place)
        return self._read_old(path) if path is not None else None

    def write(
        self,
        presets: Sequence[Preset],
        path: Path | None,
        example: str | None = None,
        *,
        renamed: tuple[str, str] | None = None,
    ) -> None:
        """Writes all presets of a script.

        Args:
            presets: all of them.
            path: the script's; without it and without an example nothing is written.
            example: its name where it is one.
            renamed: the old and the new name of one.

        Raises:
            SettingsError: the file that is there has a mistake; it stays as it is.
            FileError: it cannot be written.
        """
        place = self._place(path, example)
        if place is None:
            return
        write_presets(place, presets, script=path.name if path else f"{example}.lua", renamed=renamed)
        if path is not None:
            self._forget_old(path)

    def _place(self, path: Path | None, example: str | None) -> Path | None:
        if path is not None:
            return presets_beside(path)
        return self._examples / f"{example}{_SUFFIX}" if example else None

    def _old_table(self) -> dict[str, Any]:
        with contextlib.suppress(OSError, ValueError):
            record = json.loads(self._old.read_text(encoding="utf-8"))
            return record if isinstance(record, dict) else {}
        return {}

    def _read_old(self, path: Path) -> tuple[Preset, ...] | None:
        entries = self._old_table().get(str(path))
        if not isinstance(entries, list):
            return None
        found = []
        for entry in entries:
            with contextlib.suppress(UsageError):
                found.append(preset_of(entry))
        return tuple(found)

    def _forget_old(self, path: Path) -> None:
        table = self._old_table()
        if table.pop(str(path), None) is not None:
            with contextlib.suppress(OSError):
                write_whole(self._old, json.dumps(table, indent=1).encode())


def with_one(presets: Sequence[Preset], preset: Preset) -> tuple[Preset, ...]:
    """All presets and one more, which takes the place and the expected reply of the one with its name."""
    same = next((known for known in presets if known.name == preset.name), None)
    if same is None:
        return (*presets, preset)
    is_same_run = (same.keys, same.args) == (preset.keys, preset.args)
    kept = replace(preset, reply=same.reply) if is_same_run and preset.reply is None else preset
    return tuple(kept if known is same else known for known in presets)
