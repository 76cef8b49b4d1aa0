"""COMMAND INFO, COMMAND DOCS and HELP of every command that we have, against real servers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from redis_tui.engine.command_facts import facts_of
from redis_tui.engine.command_table import docs, info_row
from redis_tui.engine.dialect import dialect_named
from redis_tui.engine.registry import Registry
from redis_tui.spec.command import CommandFlag
from tests.conformance.gather_facts import asker, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conformance.conftest import Ours, Servers
    from tests.conformance.wire import RawClient

UNLIKE = {
    ("valkey-9", "cluster|replicate", "arity"),
}
"""Facts that differ and are told here: one declaration serves both, and nothing depends on it."""
FILTERED = {"client|kill", "client|list"}
"""Their usage lines say "filter", as the documentation does, where COMMAND DOCS has each one."""
_WORD = re.compile(r"\b[A-Z][A-Z0-9-]*\b")
COLUMNS = {1: "arity", 2: "flags", 3: "first key", 4: "last key", 5: "step", 6: "categories", 7: "tips"}
"""Key specs, column 8, are compared where they are declared; subcommands, 9, one by one."""
HINT = "python -m tests.conformance.gather_facts reads anew what no declaration says"


def test_every_command_tells_what_the_server_tells(name: str, servers: Servers) -> None:
    ask = asker(servers.get(name).port)
    rows, told = {row[0]: row for row in ask("COMMAND")}, ask("COMMAND", "DOCS")
    facts = facts_of(name)
    commands = Registry(dialect_named(name)).commands
    wrong: list[Any] = []
    for command in commands.values():
        subs = {row[0]: row for row in rows[command.name][9]}
        for one, row in [(command, rows[command.name])] + [
            (sub, subs[sub.name]) for sub in command.subcommands.values()
        ]:
            wrong += _differences(name, plain(info_row(one, facts)), row)
        if plain(docs(command, facts)) != _without(told[command.name], command.subcommands):
            wrong.append((command.name, plain(docs(command, facts)), told[command.name]))
    assert not wrong, HINT
    assert not {one for one in rows if one.lower() not in commands}


def test_help_is_the_servers_own(name: str, ours: Ours, theirs: RawClient) -> None:
    for command in Registry(dialect_named(name)).commands.values():
        if command.subcommands:
            words = (command.name.encode(), b"HELP")
            assert ours.ask(*words) == theirs.ask(*words), HINT


def _differences(dialect: str, here: list[Any], there: list[Any]) -> list[Any]:
    found = []
    for at, label in COLUMNS.items():
        one, other = (sorted(row[at]) if isinstance(row[at], list) else row[at] for row in (here, there))
        if one != other and (dialect, here[0], label) not in UNLIKE:
            found.append((here[0], label, one, other))
    return found


def _without(told: dict[str, Any], have: dict[bytes, Any]) -> dict[str, Any]:
    """A server's docs without the subcommands that we do not have."""
    if "subcommands" not in told:
        return told
    names = {sub.name for sub in have.values()}
    return told | {"subcommands": {name: one for name, one in told["subcommands"].items() if name in names}}


def test_usage_lines_offer_the_words_that_the_server_takes(name: str, servers: Servers) -> None:
    told = asker(servers.get(name).port)("COMMAND", "DOCS")
    wrong = []
    for command in Registry(dialect_named(name)).commands.values():
        subs = told[command.name].get("subcommands", {})
        for one, facts in [(command, told[command.name])] + [
            (sub, subs[sub.name]) for sub in command.subcommands.values()
        ]:
            if CommandFlag.MODULE in one.spec.flags:
                continue  # of these the server tells no arguments
            here, there = set(_WORD.findall(one.spec.usage)), set(_tokens(facts.get("arguments", [])))
            if here != there and one.name not in FILTERED:
                wrong.append((one.name, here ^ there))
    assert not wrong


def _tokens(arguments: list[dict[str, Any]]) -> Iterator[str]:
    for one in arguments:
        yield from _WORD.findall(one.get("token", ""))
        yield from _tokens(one.get("arguments", []))
