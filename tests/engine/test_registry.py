"""Declarations: complete in themselves, and equal to what a real Redis tells of each command."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
import redis.connection

from redis_tui.engine.command_table import info_row
from redis_tui.engine.dialect import DIALECTS, REDIS_7_2, REDIS_8, VALKEY_9
from redis_tui.engine.registry import Registry, Unbound, declarations
from redis_tui.resp.types import Map, SetReply
from redis_tui.spec.command import CommandFlag
from redis_tui.spec.usage import parse_usage, render_usage
from tests.conformance.real_server import running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redis_tui.engine.registry import Command

GROUPS = {
    "bitmap",
    "cluster",
    "connection",
    "generic",
    "geo",
    "hash",
    "hyperloglog",
    "list",
    "pubsub",
    "scripting",
    "server",
    "set",
    "sorted-set",
    "stream",
    "string",
    "transactions",
    "vector-set",
}
WITHOUT_COMPLEXITY = {"monitor", "lolwut", "psync", "sync", "xread"}
# Filled in by the registry, the same for every container; Redis' own differ in age and wording.
OF_HELP = {"since", "summary"}
# A module's commands have none of these on a server, but people want to know.
OF_MODULE = {"since", "summary", "group", "complexity"}
# Redis bases these on nothing that a declaration could say.


def every(registry: Registry) -> Iterator[Command]:
    for command in registry.commands.values():
        yield command
        yield from command.subcommands.values()


def plain(reply: Any) -> Any:
    """A reply as redis-py reads it from RESP3."""
    if isinstance(reply, Map):
        return {plain(key): plain(value) for key, value in reply.pairs}
    if isinstance(reply, SetReply):
        return [plain(item) for item in reply.items]
    if isinstance(reply, list):
        return [plain(item) for item in reply]
    return reply.decode() if isinstance(reply, bytes) else reply


@pytest.mark.parametrize("name", sorted(declarations()))
def test_every_declaration_has_its_facts(name: str) -> None:
    spec = declarations()[name].spec
    assert spec.summary
    assert spec.summary[0].isupper()
    assert spec.group in GROUPS
    assert spec.since.count(".") == 2
    assert spec.complexity or name in WITHOUT_COMPLEXITY
    assert spec.arity != 0


@pytest.mark.parametrize("name", sorted(declarations()))
def test_every_handler_fits_its_usage(name: str) -> None:
    invoke = declarations()[name].invoke
    if isinstance(invoke, Unbound):
        assert callable(invoke.bound())


@pytest.mark.parametrize("name", sorted(declarations()))
def test_every_usage_reads_back_as_it_was_written(name: str) -> None:
    spec = declarations()[name].spec
    usage = render_usage(spec.args)
    if spec.args and spec.args[0].token and not spec.args[0].optional:
        first, _, rest = usage.partition(" ")
        usage = f'"{first}" {rest}'  # or it would be the name of a subcommand: XREADGROUP GROUP …
    assert parse_usage(f"{spec.display} {usage}") == (name.lower(), spec.args)


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=list(DIALECTS))
def test_every_subcommand_has_its_container(dialect: Any) -> None:
    registry = Registry(dialect)
    held = {sub.name for command in registry.commands.values() for sub in command.subcommands.values()}
    wanted = {
        name
        for name, one in declarations().items()
        if one.spec.container is not None and dialect.has(one.spec, valkey_since=one.valkey_since)
    }
    assert wanted <= held


_ASK_FIRST = """
import sys
from redis_tui.engine.dialect import REDIS_8
from redis_tui.engine.registry import Registry

registry = Registry(REDIS_8)
at_first = {name: list(one.subcommands) for name, one in registry._commands.items()}
assert registry.find(b"hset") is not None
assert "redis_tui.engine.commands.geo" not in sys.modules
assert registry.find(b"GeoAdd").name == "geoadd"
assert {name: list(registry.commands[name].subcommands) for name in at_first} == at_first, "a container was half there"
print(len(at_first), len(registry.commands))
"""


def test_most_commands_are_loaded_when_one_of_them_is_met() -> None:
    told = subprocess.run([sys.executable, "-c", _ASK_FIRST], check=True, capture_output=True, text=True).stdout
    at_first, whole = map(int, told.split())
    assert at_first < whole * 0.7


def test_threads_that_meet_an_unloaded_command_at_once_all_find_it() -> None:
    registry = Registry(REDIS_8)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(registry.find, [b"GEOADD", b"VADD", b"XADD", b"EVAL"] * 4))
    assert all(found)
    assert len(registry.commands) == len(registry.specs())


def test_a_dialect_has_only_what_its_server_has() -> None:
    assert "hgetex" not in Registry(REDIS_7_2).commands
    for dialect in (REDIS_7_2, REDIS_8, VALKEY_9):
        assert {"get", "multi", "client", "eval"} <= set(Registry(dialect).commands)


@pytest.fixture(scope="module")
def facts() -> Iterator[dict[str, dict[str, Any]]]:
    """What a real Redis 8.2 tells of every command, by full name."""
    with running("redis-8") as server:
        make: Any = redis.connection.Connection
        connection = make(port=server.port, protocol=3, decode_responses=True)
        connection.send_command("COMMAND", "INFO")
        rows = connection.read_response()
        connection.send_command("COMMAND", "DOCS")
        docs = connection.read_response()
        connection.disconnect()
        rows += [sub for row in rows for sub in row[9]]
        known: dict[str, dict[str, Any]] = {row[0]: {"row": row} for row in rows}
        for name, entry in [
            *docs.items(),
            *(sub for doc in docs.values() for sub in doc.get("subcommands", {}).items()),
        ]:
            known[name]["docs"] = entry
        yield known


@pytest.mark.parametrize("name", sorted(command.name for command in every(Registry(REDIS_8))))
def test_facts_are_those_of_a_real_redis(name: str, facts: dict[str, dict[str, Any]]) -> None:
    command = next(one for one in every(Registry(REDIS_8)) if one.name == name)
    ours, theirs, spec = plain(info_row(command)), facts[name]["row"], command.spec
    differences = {
        label: (ours[at], theirs[at])
        for at, label in ((1, "arity"), (3, "first key"), (4, "last key"), (5, "step"))
        if ours[at] != theirs[at]
    }
    for at, label in ((2, "flags"), (6, "categories")):
        if sorted(ours[at]) != sorted(theirs[at]):
            differences[label] = (sorted(ours[at]), sorted(theirs[at]))
    told = facts[name]["docs"]
    for label in ("summary", "since", "group", "complexity"):
        if getattr(spec, label) != told.get(label, ""):
            differences[label] = (getattr(spec, label), told.get(label))
    overlooked = OF_HELP if name.endswith("|help") else OF_MODULE if CommandFlag.MODULE in spec.flags else set()
    assert {label: pair for label, pair in differences.items() if label not in overlooked} == {}


def key_specs(row: Any) -> list[Any]:
    found = []
    for spec in row[8]:
        flags = sorted(spec["flags"])
        if spec["begin_search"]["type"] != "unknown":  # STORE and BY of SORT: cannot be told from positions
            found.append((flags, spec["begin_search"], spec["find_keys"]))
    return found


@pytest.mark.parametrize("name", sorted(command.name for command in every(Registry(REDIS_8))))
def test_key_specs_are_those_of_a_real_redis(name: str, facts: dict[str, dict[str, Any]]) -> None:
    command = next(one for one in every(Registry(REDIS_8)) if one.name == name)
    assert key_specs(plain(info_row(command))) == key_specs(facts[name]["row"])


def test_a_dialect_that_takes_other_options_tells_so() -> None:
    assert "[NX | XX] [GET]" in Registry(REDIS_8).commands["set"].spec.usage
    assert "[NX | XX | IFEQ comparison-value] [GET]" in Registry(VALKEY_9).commands["set"].spec.usage
    assert "<AND | OR | XOR | NOT>" in Registry(REDIS_7_2).commands["bitop"].spec.usage


def test_a_usage_line_is_read_when_its_command_is_asked_for() -> None:
    program = """
from redis_tui.spec import usage
read, whole = [], usage.parse_usage
usage.parse_usage = lambda line: read.append(line) or whole(line)
from redis_tui.engine.engine import Engine
engine = Engine()
print(engine.execute(engine.connect(), [b"STRLEN", b"k"]), read)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0 ['STRLEN key']"
