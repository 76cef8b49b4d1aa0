"""Keys in files: commands that redis-cli takes, JSON that people read, or DUMP payloads that keep every detail.

Pure but for `key_records` and `write_keys`. The decision a reader would question: all three come back in as
commands, checked before the first is sent, so that an import is counted, can be stopped, and never runs
anything but writes of keys: a file with FLUSHALL in it is refused.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from redis_tui.errors import FileError, SessionError
from redis_tui.paths import expanded
from redis_tui.render.decode import is_text
from redis_tui.resp.inline import UnbalancedQuotes, join_inline, split_inline
from redis_tui.tui.key_commands import dump, recreate
from redis_tui.tui.screens.progress import Tally

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator, Sequence

    from redis_tui.session.base import Session

FORMATS: tuple[tuple[str, str, str], ...] = (
    ("redis", "keys.redis", "commands, as redis-cli < file takes them"),
    ("json", "keys.json", "one object a key, values readable, bytes as base64"),
    ("dump", "keys.dump", "RESTORE commands: exact, with groups and encodings"),
)
"""The ending of the file, an example, what it is."""
_ALLOWED = frozenset(
    b"SET HSET RPUSH SADD ZADD XADD PEXPIRE HPEXPIRE RESTORE PERSIST EXPIRE MSET LPUSH PEXPIREAT EXPIREAT".split()
)
_AT_ONCE = 500

Argv = list[bytes]


async def write_keys(session: Session, keys: Sequence[bytes], path: Path) -> AsyncGenerator[Tally, None]:
    """Writes keys into a file by its ending, a tally after each key; the file is there when all are.

    Raises:
        FileError: it cannot be written.
        SessionError: the connection broke.
    """
    kind = path.suffix.removeprefix(".")
    failed, problem = 0, ""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise FileError(f"{path} cannot be written: {error.strerror}.", hint="Choose another folder.") from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            for at, key in enumerate(keys, 1):
                try:
                    for line in await _lines(session, key, kind):
                        file.write(line + "\n")
                except SessionError as error:
                    failed, problem = failed + 1, error.message
                yield Tally(at, failed, problem)
        _put(name, path)
    except OSError as error:
        raise FileError(f"{path} cannot be written: {error.strerror}.", hint="Is the disk full?") from error
    finally:
        _discard(name)


def typed_path(text: str) -> Path:
    """A path as it was typed; ``~`` is the home."""
    return expanded(text)


def exported_here() -> list[Path]:
    """Files in this folder that an export may have written, thirty at most."""
    return sorted(each for ending, _, _ in FORMATS for each in Path.cwd().glob(f"*.{ending}"))[:30]


def _put(name: str, path: Path) -> None:
    Path(name).replace(path)


def _discard(name: str) -> None:
    Path(name).unlink(missing_ok=True)


async def _lines(session: Session, key: bytes, kind: str) -> list[str]:
    if kind == "dump":
        restore = await dump(session, key)
        return [] if restore is None else [join_inline(restore)]
    commands = [command async for command in recreate(session, key)]
    if kind == "json":
        return [json.dumps(_record(key, commands), ensure_ascii=False)] if commands else []
    return [join_inline(command) for command in commands]


def _record(key: bytes, commands: Sequence[Argv]) -> dict[str, Any]:
    """One key as an object: ``{"key": …, "type": …, "value": …, "ttl_ms": …}``."""
    record: dict[str, Any] = {"key": _word(key), "type": _TYPES[commands[0][0]], "value": None}
    words = [word for command in commands if command[0] in _TYPES for word in command[2:]]
    match record["type"]:
        case "string":
            record["value"] = _word(words[0])
        case "list" | "set":
            record["value"] = [_word(word) for word in words]
        case "hash":
            record["value"] = [[_word(name), _word(value)] for name, value in _twos(words)]
        case "zset":
            record["value"] = [[_word(member), score.decode()] for score, member in _twos(words)]
        case _:
            record["value"] = [
                [command[2].decode(), *map(_word, command[3:])] for command in commands if command[0] == b"XADD"
            ]
    for command in commands:
        if command[0] == b"PEXPIRE":
            record["ttl_ms"] = int(command[2])
        elif command[0] == b"HPEXPIRE":
            record.setdefault("field_ttl_ms", []).append([_word(command[5]), int(command[2])])
    return record


def _commands(record: dict[str, Any]) -> Iterator[Argv]:
    """The way back.

    Raises:
        KeyError, TypeError, ValueError: the object is no record of a key.
    """
    key, kind, value = _unword(record["key"]), record["type"], record["value"]
    name = {each: command for command, each in _TYPES.items()}[kind]
    if kind == "string":
        yield [name, key, _unword(value)]
    elif kind == "stream":
        for number, *words in value:
            yield [name, key, number.encode(), *map(_unword, words)]
    else:
        words = list(_words(kind, value))
        for start in range(0, len(words), _AT_ONCE * 2):
            yield [name, key, *words[start : start + _AT_ONCE * 2]]
    for field, left in record.get("field_ttl_ms", ()):
        yield [b"HPEXPIRE", key, b"%d" % left, b"FIELDS", b"1", _unword(field)]
    if "ttl_ms" in record:
        yield [b"PEXPIRE", key, b"%d" % record["ttl_ms"]]


def _words(kind: str, value: Sequence[Any]) -> Iterator[bytes]:
    for each in value:
        if kind == "hash":
            yield from map(_unword, each)
        elif kind == "zset":
            yield from (each[1].encode(), _unword(each[0]))
        else:
            yield _unword(each)


def read_commands(path: Path) -> list[Argv]:
    """The commands of a file that an export wrote.

    Raises:
        FileError: it cannot be read, or a line of it is not what an export writes.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(f"{path} cannot be read: {error}.", hint="Choose a file that an export wrote.") from error
    found: list[Argv] = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            commands = list(_commands(json.loads(line))) if line.startswith("{") else [split_inline(line.encode())]
        except (KeyError, TypeError, ValueError, AttributeError, UnbalancedQuotes) as error:
            raise FileError(
                f"{path.name}, line {number}: this is no exported key.", hint="Nothing was sent."
            ) from error
        for command in commands:
            if command[0].upper() not in _ALLOWED:
                shown = command[0].decode("utf-8", "replace")[:40]
                raise FileError(
                    f"{path.name}, line {number}: {shown} is not imported.",
                    hint="Only commands that make keys are; nothing was sent.",
                )
        found += commands
    return found


def _word(data: bytes) -> Any:
    return data.decode() if is_text(data) else {"base64": base64.b64encode(data).decode()}


def _unword(word: Any) -> bytes:
    if isinstance(word, str):
        return word.encode()
    try:
        return base64.b64decode(word["base64"], validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error


def _twos(words: Sequence[bytes]) -> Iterator[tuple[bytes, bytes]]:
    return zip(words[::2], words[1::2], strict=True)


_TYPES = {b"SET": "string", b"RPUSH": "list", b"SADD": "set", b"HSET": "hash", b"ZADD": "zset", b"XADD": "stream"}
