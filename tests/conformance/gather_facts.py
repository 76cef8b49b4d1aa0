"""Reads from real servers what no declaration says, into ``command_facts.json``.

``python -m tests.conformance.gather_facts redis-8=PORT redis-7.2=PORT valkey-9=PORT``: all three
at once, because a value is written down once for all servers that share it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import redis.connection

import redis_tui.engine
from redis_tui.engine.command_table import docs, info_row
from redis_tui.engine.dialect import dialect_named
from redis_tui.engine.registry import Command, Registry
from redis_tui.resp.types import Map, SetReply

if TYPE_CHECKING:
    from collections.abc import Callable

PATH = Path(redis_tui.engine.__file__).parent / "command_facts.json"
INFO_FIELDS = {"flags": 2, "categories": 6, "tips": 7}
DOC_FIELDS = (
    "summary since group complexity module doc_flags deprecated_since replaced_by history arguments".split()  # noqa: SIM905  # a table of words
)


def plain(value: Any) -> Any:
    """A reply, ours or redis-py's, as JSON has it."""
    if isinstance(value, Map):
        return {plain(key): plain(item) for key, item in value.pairs}
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, SetReply):
        return [plain(item) for item in value.items]
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value.decode() if isinstance(value, bytes) else value


def differences(command: Command, row: list[Any], told: dict[str, Any]) -> dict[str, Any]:
    """What a server says otherwise than the declaration."""
    here_row, here_docs = plain(info_row(command)), plain(docs(command))
    found = {field: row[at] for field, at in INFO_FIELDS.items() if sorted(row[at]) != sorted(here_row[at])}
    found |= {field: told.get(field) for field in DOC_FIELDS if told.get(field) != here_docs.get(field)}
    return found


def asker(port: int) -> Callable[..., Any]:
    """Asks the server on a port of this machine, in RESP3; an error is None."""
    connection: Any = redis.connection.Connection(port=port, protocol=3)  # type: ignore[no-untyped-call]  # redis-py's

    def ask(*words: str) -> Any:
        connection.send_command(*words)
        try:
            return plain(connection.read_response())
        except redis.ResponseError:
            return None

    return ask


def gather(dialect: str, port: int) -> dict[str, dict[str, Any]]:
    """Everything that one server tells, by full name."""
    ask = asker(port)
    rows = {row[0]: row for row in ask("COMMAND")}
    told = ask("COMMAND", "DOCS")
    found: dict[str, dict[str, Any]] = {}
    for command in Registry(dialect_named(dialect)).commands.values():
        if command.name not in rows:
            continue
        found[command.name] = differences(command, rows[command.name], told[command.name])
        subs = {row[0]: row for row in rows[command.name][9]}
        for sub in command.subcommands.values():
            if sub.name in subs:
                found[sub.name] = differences(sub, subs[sub.name], told[command.name]["subcommands"][sub.name])
        if command.subcommands and (lines := ask(command.name, "HELP")) is not None:
            found[command.name]["help"] = lines
    return found


def main(arguments: list[str]) -> None:
    """Writes the file anew."""
    merged: dict[str, dict[str, list[tuple[str, Any]]]] = {}
    for argument in arguments:
        dialect, _, port = argument.partition("=")
        for name, fields in gather(dialect, int(port)).items():
            for field, value in fields.items():
                merged.setdefault(name, {}).setdefault(field, []).append((dialect, value))
    lines = []
    for name in sorted(merged):
        fields = {field: _by_dialects(values) for field, values in merged[name].items()}
        lines.append(f"{json.dumps(name)}: {json.dumps(fields, ensure_ascii=False)}")
    PATH.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def _by_dialects(values: list[tuple[str, Any]]) -> dict[str, Any]:
    """Each value once, beside all that have it."""
    found: list[tuple[list[str], Any]] = []
    for dialect, value in values:
        for dialects, known in found:
            if known == value:
                dialects.append(dialect)
                break
        else:
            found.append(([dialect], value))
    return {" ".join(dialects): value for dialects, value in found}


if __name__ == "__main__":
    main(sys.argv[1:])
