"""Lua files on disk with their KEYS and ARGV: buffers, presets, recent files, unsaved text, examples.

Knows no interface library and no session; it reads and writes small files.
The decision a reader would question: unsaved text is written to the state folder a moment
after each edit, one file a buffer, by rename. A crash, a closed terminal or a lost link
then costs nothing, and the next start opens the buffer again as it was.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import tomllib
import uuid
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from redis_tui.arguments import format_arguments
from redis_tui.errors import FileError, RedisTuiError, UsageError
from redis_tui.owner import Owner
from redis_tui.paths import data_dir, expanded, state_dir
from redis_tui.presets import Preset, PresetShelf, preset_of, presets_beside, table_of, with_one
from redis_tui.record import dataclass
from redis_tui.resp.inline import split_inline
from redis_tui.whole_file import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FileStamp = tuple[int, int, int] | None
"""Time of the last change, size and number of a file; None: it is not there."""

FIRST_EXAMPLE = "counter"
_RECENT_LIMIT = 20
_SOURCE_LIMIT = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Example:
    """A script that ships with the program."""

    name: str
    title: str
    source: bytes
    keys: tuple[bytes, ...]
    """Of the first preset."""
    args: tuple[bytes, ...]
    setup: tuple[tuple[bytes, ...], ...]
    """Commands that prepare sample data."""
    presets: tuple[Preset, ...] = ()
    order: int = 99


@dataclass(frozen=True, slots=True)
class Buffer:
    """One script in an editor tab."""

    name: str
    """For people: the file's name without ``.lua``."""
    text: str = ""
    path: Path | None = None
    """None until it is saved."""
    saved_text: str = ""
    keys_text: str = ""
    """The KEYS field as typed, quoted like redis-cli."""
    args_text: str = ""
    limit_text: str = ""
    """The time limit field as typed."""
    preset: str = ""
    presets: tuple[Preset, ...] = ()
    encoding: str = "utf-8"
    """``latin-1`` where the file is not UTF-8, so that saving gives the same bytes back."""
    presets_problem: str = ""
    """What is wrong with the file of its presets, which is then left as it is."""
    example: str | None = None
    recovered: bool = False
    """Its text was never saved: it comes from the last session's autosave."""
    slot: str = ""
    """Where a recovered text is kept, so that another tab of the same file does not write over it."""

    @property
    def dirty(self) -> bool:
        """Whether the text differs from what is on disk."""
        return self.text != self.saved_text

    @property
    def source(self) -> bytes:
        """What is sent to a server."""
        try:
            return self.text.encode(self.encoding, "surrogateescape")
        except UnicodeEncodeError:  # a latin-1 file into which something else was typed
            return self.text.encode("utf-8", "surrogateescape")

    @property
    def title(self) -> str:
        """The tab's text."""
        return self.path.name if self.path else f"{self.name}.lua"


def _examples_dir() -> Path:
    return Path(__file__).with_name("examples")  # importlib.resources would load what reads a zipped package


def list_examples() -> list[Example]:
    """All example scripts, in the order of their lesson."""
    folder = _examples_dir()
    names = [entry.name.removesuffix(".lua") for entry in folder.iterdir() if entry.name.endswith(".lua")]
    return sorted((load_example(name) for name in names), key=lambda example: (example.order, example.name))


def load_example(name: str) -> Example:
    """One example by its name.

    Args:
        name: for instance ``counter`` or ``push-if-exists``; ``.lua`` may follow.

    Raises:
        UsageError: there is no such example.
    """
    stem = name.removesuffix(".lua").replace("-", "_")
    folder = _examples_dir()
    script = folder / f"{stem}.lua"
    if not stem.isidentifier() or not script.is_file():
        known = ", ".join(
            sorted(entry.name.removesuffix(".lua") for entry in folder.iterdir() if entry.name.endswith(".lua"))
        )
        raise UsageError(f"There is no example named {name!r}.", hint=f"Choose one of {known}.")
    facts = tomllib.loads((folder / f"{stem}.toml").read_text(encoding="utf-8"))
    presets = tuple(_preset(entry) for entry in facts["preset"])
    return Example(
        name=stem,
        title=facts["title"],
        source=script.read_bytes(),
        keys=presets[0].keys,
        args=presets[0].args,
        setup=tuple(tuple(split_inline(line.encode())) for line in facts["setup"]),
        presets=presets,
        order=facts["order"],
    )


class Workspace:
    """The user's scripts and what is remembered about them."""

    def __init__(self, data: Path | None = None, state: Path | None = None) -> None:
        """Uses the platform's places unless told otherwise; nothing is created until something is written."""
        self._shelf = PresetShelf(data or data_dir())
        self._state = state or state_dir()
        self._unsaved = self._state / "unsaved"
        self._owner = Owner(self._unsaved)

    # ── buffers ────────────────────────────────────────────────────────────

    def open(self, path: Path) -> Buffer:
        """Reads a Lua file.

        Raises:
            FileError: it cannot be read, is a folder, or is larger than 4 MiB.
        """
        buffer = self.look_at(path)
        self._remember(expanded(path).absolute())
        return with_preset(buffer, buffer.presets[0]) if buffer.presets else buffer

    def look_at(self, path: Path) -> Buffer:
        """A script with its presets, without remembering that it was looked at.

        Raises:
            FileError: it cannot be read.
        """
        path = expanded(path).absolute()
        text, encoding = decode_source(_read(path))
        return self.fresh_presets(Buffer(path.stem, text, path, text, encoding=encoding))

    def open_or_new(self, path: Path) -> Buffer:
        """Reads a Lua file, or begins one that is not there yet; saving writes it.

        Raises:
            FileError: as `open`, or there is no folder that it could be written to.
        """
        path = expanded(path).absolute()
        if path.exists():
            return self.open(path)
        if not path.parent.is_dir():
            raise FileError(f"There is no folder {path.parent}.", hint="Check the path.")
        return self.fresh_presets(Buffer(path.stem, path=path))

    def open_example(self, name: str) -> Buffer:
        """A copy of an example; saving asks for a place."""
        example = load_example(name)
        text = example.source.decode()
        buffer = self.fresh_presets(
            Buffer(example.name, text, None, text, presets=example.presets, example=example.name)
        )
        return with_preset(buffer, buffer.presets[0]) if buffer.presets else buffer

    def new(self, number: int) -> Buffer:
        """An empty buffer."""
        return Buffer(f"script{number}")

    def would_overwrite(self, buffer: Buffer, path: Path | None = None) -> bool:
        """Whether saving would write over something that this buffer has not read or written.

        Args:
            buffer: what would be saved.
            path: where to; None is its own file.
        """
        target = path or buffer.path
        if target is None:
            return False
        target = expanded(target).absolute()
        if target != buffer.path:
            return target.exists()
        try:
            return target.read_bytes() != replace(buffer, text=buffer.saved_text).source
        except OSError:
            return False

    def stamp(self, path: Path) -> FileStamp:
        """What changes whenever a file is written anew: cheap enough to ask each second."""
        try:
            facts = path.stat()
        except OSError:
            return None
        return facts.st_mtime_ns, facts.st_size, facts.st_ino

    def save(self, buffer: Buffer, path: Path | None = None) -> Buffer:
        """Writes a buffer to its file, or to another, by rename: a full disk leaves the old file whole.

        Raises:
            FileError: it cannot be written.
        """
        target = path or buffer.path
        if target is None:
            raise FileError("This script has no file yet.", hint="Give it a path to save to.")
        target = expanded(target).absolute()
        if not target.parent.is_dir():
            raise FileError(f"There is no folder {target.parent}.", hint="Make it first, or save to another place.")
        if target.exists() and not target.stat().st_mode & 0o222:
            raise FileError(f"{target} is read-only.", hint=f"chmod u+w {target.name}, or save it to another place.")
        try:
            write_whole(target, buffer.source)
        except (OSError, UnicodeEncodeError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise FileError(f"Cannot write {target}: {reason}.", hint="Save it to another place.") from error
        self.forget(buffer)
        self._remember(target)
        if target != buffer.path:
            self._take_presets_along(buffer, target)
        return replace(
            buffer,
            path=target,
            name=target.stem,
            saved_text=buffer.text,
            encoding=decode_source(buffer.source)[1],
            recovered=False,
            example=None,
            slot="",
        )

    def rename(self, buffer: Buffer, target: Path) -> Buffer:
        """Gives a script's file another name or place, its presets with it; unsaved text stays unsaved.

        Raises:
            FileError: it cannot be moved.
        """
        if buffer.path is None:
            return self.save(buffer, target)
        target = expanded(target).absolute()
        try:
            buffer.path.rename(target)
            try:
                if presets_beside(buffer.path).exists():
                    presets_beside(buffer.path).rename(presets_beside(target))
            except OSError:
                target.rename(buffer.path)  # both or neither
                raise
        except OSError as error:
            reason = error.strerror or str(error)
            raise FileError(
                f"Cannot rename {buffer.path.name} to {target}: {reason}.", hint="Check the path."
            ) from error
        self.forget(buffer)
        self._remember(target)
        return replace(buffer, path=target, name=target.stem, slot="")

    def _take_presets_along(self, buffer: Buffer, target: Path) -> None:
        """Writes the presets that somebody made beside the new file; those of an example are its own."""
        packaged = load_example(buffer.example).presets if buffer.example else ()
        if buffer.presets and buffer.presets != packaged and not presets_beside(target).exists():
            with contextlib.suppress(RedisTuiError):
                self._shelf.write(buffer.presets, target)

    # ── crash safety ───────────────────────────────────────────────────────

    def autosave(self, buffer: Buffer) -> None:
        """Keeps a buffer's unsaved text; drops what was kept once it is saved.

        Raises:
            FileError: it cannot be kept; nothing else is lost.
        """
        if not buffer.dirty:
            self.forget(buffer)
            return
        record = {
            "name": buffer.name,
            "path": str(buffer.path) if buffer.path else None,
            "text": buffer.text,
            "keys": buffer.keys_text,
            "args": buffer.args_text,
            "limit": buffer.limit_text,
            "encoding": buffer.encoding,
            "example": buffer.example,
            "presets": [table_of(preset) for preset in buffer.presets],
            "owner": self._owner.name,
        }
        self._owner.hold()
        try:
            write_whole(self._slot(buffer), json.dumps(record).encode())
        except OSError as error:
            reason = error.strerror or str(error)
            raise FileError(
                f"Unsaved text cannot be kept in {self._unsaved}: {reason}.", hint="Save it, or a crash loses it."
            ) from error

    def forget(self, buffer: Buffer) -> None:
        """Drops the kept text of a buffer."""
        with contextlib.suppress(OSError):
            self._slot(buffer).unlink(missing_ok=True)

    def recover(self) -> list[Buffer]:
        """The buffers whose text was never saved, from sessions that have ended; those that run keep theirs."""
        buffers = []
        for slot in sorted(self._unsaved.glob("*.json")):
            record = _read_json(slot)
            if not isinstance(record, dict) or not isinstance(record.get("text"), str):
                continue
            if self._owner.is_another(record.get("owner")):
                continue
            own = uuid.uuid4().hex[:16]
            try:
                taken = slot.rename(slot.with_name(f"{own}.json"))
                self._owner.hold()
                write_whole(taken, json.dumps(record | {"owner": self._owner.name}).encode())
            except FileNotFoundError:
                continue  # another workbench that starts now has taken it
            except OSError:
                own = slot.stem
            buffers.append(replace(self._recovered(record), slot=own))
        return buffers

    def _recovered(self, record: Mapping[str, Any]) -> Buffer:
        path = Path(record["path"]) if record.get("path") else None
        saved, presets = "", _recorded(record.get("presets"))
        example = record.get("example")
        with contextlib.suppress(UsageError):
            if path is not None:
                opened = self.open(path)
                saved, presets = opened.saved_text, opened.presets
            elif example:
                opened = self.open_example(str(example))
                saved, presets = opened.saved_text, opened.presets
        return Buffer(
            name=str(record.get("name", "script")),
            text=record["text"],
            path=path,
            saved_text=saved,
            keys_text=str(record.get("keys", "")),
            args_text=str(record.get("args", "")),
            limit_text=str(record.get("limit", "")),
            presets=presets,
            encoding=str(record.get("encoding", "utf-8")),
            example=example,
            recovered=True,
        )

    def _slot(self, buffer: Buffer) -> Path:
        identity = str(buffer.path) if buffer.path else f"{buffer.example or ''}:{buffer.name}"
        if buffer.slot:
            return self._unsaved / f"{buffer.slot}.json"
        return self._unsaved / f"{hashlib.sha256(f'{self._owner.name} {identity}'.encode()).hexdigest()[:16]}.json"

    # ── presets and recent files ───────────────────────────────────────────

    def fresh_presets(self, buffer: Buffer) -> Buffer:
        """The buffer with its presets as they are on disk now, or with what is wrong there."""
        try:
            found = self._shelf.read(buffer.path, buffer.example)
        except RedisTuiError as error:
            return replace(buffer, presets_problem=str(error))
        return replace(buffer, presets=buffer.presets if found is None else found, presets_problem="")

    def keep_preset(self, buffer: Buffer, preset: Preset) -> Buffer:
        """Keeps a preset with a buffer, in the place of the one with its name, and on disk where that has a place.

        Raises:
            SettingsError: the file of presets has a mistake; it stays as it is.
            FileError: it cannot be written.
        """
        kept = self._write_presets(buffer, with_one(self.fresh_presets(buffer).presets, preset))
        return replace(kept, preset=preset.name)

    def rename_preset(self, buffer: Buffer, name: str, other: str) -> Buffer:
        """Gives a preset another name.

        Raises:
            UsageError: another one has it.
            SettingsError: the file of presets has a mistake; it stays as it is.
            FileError: it cannot be written.
        """
        presets = self.fresh_presets(buffer).presets
        if any(preset.name == other for preset in presets):
            raise UsageError(f"There is a preset named {other} already.", hint="Choose another name.")
        named = tuple(replace(preset, name=other) if preset.name == name else preset for preset in presets)
        kept = self._write_presets(buffer, named, renamed=(name, other))
        return replace(kept, preset=other if buffer.preset == name else buffer.preset)

    def delete_preset(self, buffer: Buffer, name: str) -> Buffer:
        """Takes a preset away.

        Raises:
            SettingsError: the file of presets has a mistake; it stays as it is.
            FileError: it cannot be written.
        """
        presets = self.fresh_presets(buffer).presets
        kept = self._write_presets(buffer, tuple(preset for preset in presets if preset.name != name))
        return replace(kept, preset="" if buffer.preset == name else buffer.preset)

    def _write_presets(
        self, buffer: Buffer, presets: tuple[Preset, ...], *, renamed: tuple[str, str] | None = None
    ) -> Buffer:
        self._shelf.write(presets, buffer.path, buffer.example, renamed=renamed)
        return replace(buffer, presets=presets, presets_problem="")

    def recent(self) -> list[Path]:
        """Files that were opened or saved lately and still exist, the last one first."""
        record = _read_json(self._state / "recent.json")
        names = record if isinstance(record, list) else []
        return [path for path in (Path(str(name)) for name in names) if path.is_file()]

    def _remember(self, path: Path) -> None:
        paths = [path, *(known for known in self.recent() if known != path)][:_RECENT_LIMIT]
        with contextlib.suppress(OSError):
            write_whole(self._state / "recent.json", json.dumps([str(item) for item in paths]).encode())


def with_preset(buffer: Buffer, preset: Preset) -> Buffer:
    """The buffer with its fields filled from a preset."""
    return replace(
        buffer,
        keys_text=format_arguments(preset.keys),
        args_text=format_arguments(preset.args),
        limit_text=preset.limit,
        preset=preset.name,
    )


def _preset(entry: Mapping[str, Any]) -> Preset:
    return Preset(entry["name"], _bytes(entry["keys"]), _bytes(entry["args"]))


def _bytes(words: Iterable[str]) -> tuple[bytes, ...]:
    return tuple(word.encode() for word in words)


def decode_source(raw: bytes) -> tuple[str, str]:
    """The text of a file, and its encoding: UTF-8, or else latin-1, which knows every byte."""
    try:
        return raw.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return raw.decode("latin-1"), "latin-1"


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _SOURCE_LIMIT:
            raise FileError(f"{path} is larger than 4 MiB.", hint="That is no Lua script for Redis.")
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise FileError(f"Cannot read {path}: {reason}.", hint="Check the path and its permissions.") from error


def _recorded(tables: Any) -> tuple[Preset, ...]:
    found = []
    for table in tables if isinstance(tables, list) else []:
        with contextlib.suppress(UsageError):
            found.append(preset_of(table))
    return tuple(found)


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
