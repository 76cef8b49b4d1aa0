"""What is asked about on a production server, told from the catalog and from a script's text."""

from __future__ import annotations

import pytest

from redis_tui.session.danger import danger_in_script, danger_of
from redis_tui.session.open import open_session
from redis_tui.spec.catalog import Catalog

NOTHING_KNOWN = Catalog.from_specs([])


@pytest.fixture
async def catalog() -> Catalog:
    session = await open_session()
    try:
        return await session.catalog()
    finally:
        await session.close()


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (b"FLUSHALL", "FLUSHALL"),
        (b"flushdb async", "FLUSHDB"),
        (b"SCRIPT FLUSH", "SCRIPT FLUSH"),
        (b"Function Flush", "FUNCTION FLUSH"),
        (b"KEYS *", "KEYS"),
        (b"SHUTDOWN NOSAVE", "SHUTDOWN"),
        (b"CONFIG SET maxmemory 1", "CONFIG SET"),
        (b"DEBUG SLEEP 1", "DEBUG"),
        (b"MONITOR", "MONITOR"),
        (b"CLIENT KILL ID 1", "CLIENT KILL"),
        (b"SWAPDB 0 1", "SWAPDB"),
    ],
)
def test_a_dangerous_command_is_known(catalog: Catalog, line: bytes, what: str) -> None:
    danger = danger_of(catalog, line.split())
    assert danger is not None
    assert danger.what == what
    assert danger.why.endswith(".")


@pytest.mark.parametrize(
    "line", [b"INFO", b"CONFIG GET *", b"SLOWLOG GET", b"CLIENT LIST", b"GET k", b"DEL k", b"NONE"]
)
def test_what_only_tells_or_touches_one_key_goes_out_unasked(catalog: Catalog, line: bytes) -> None:
    assert danger_of(catalog, line.split()) is None


def test_the_worst_is_known_where_a_server_tells_no_catalog() -> None:
    assert danger_of(NOTHING_KNOWN, [b"FlushAll"]) is not None
    assert danger_of(NOTHING_KNOWN, [b"GET", b"k"]) is None


@pytest.mark.parametrize(
    ("source", "what"),
    [
        (b"local n = 1\nredis.call('FLUSHALL')", "FLUSHALL in line 2 of wipe"),
        (b'return redis.pcall( "config" , "set", "maxmemory", "1")', "CONFIG SET in line 1 of wipe"),
        (b"server.call('keys', '*')", "KEYS in line 1 of wipe"),
    ],
)
def test_a_script_that_names_one_is_told_with_its_line(catalog: Catalog, source: bytes, what: str) -> None:
    danger = danger_in_script(catalog, source, "wipe")
    assert danger is not None
    assert danger.what == what


def test_lua_within_a_command_is_read_as_well() -> None:
    danger = danger_of(NOTHING_KNOWN, [b"EVAL", b"redis.call('flushdb')", b"0"])
    assert danger is not None
    assert danger.what == "FLUSHDB in line 1 of the script"
    assert danger_of(NOTHING_KNOWN, [b"EVAL", b"return 'flushdb'", b"0"]) is None
