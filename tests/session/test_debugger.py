"""A dry run in a real server's own debugger: its data, its commands, and nothing of it stays."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from redis_tui.errors import NotSupportedError
from redis_tui.resp.types import Status
from redis_tui.session.base import KillOutcome, ScriptRun
from redis_tui.session.open import open_session
from tests.session.conftest import address
from tests.session.test_overlay import DB, do

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from redis_tui.session.base import ScriptOutcome, Session


@pytest.fixture
async def server(request: pytest.FixtureRequest) -> AsyncIterator[Session]:
    session = await open_session(f"{address(request, 'redis')}/{DB}")
    try:
        await session.execute([b"FLUSHDB"])
        yield session
    finally:
        await session.close()


async def tried(session: Session, source: str, *keys: bytes, timeout_ms: int | None = None) -> ScriptOutcome:
    run = ScriptRun(source.encode(), keys, dry_run=True, on_server=True, timeout_ms=timeout_ms)
    return await session.run(run)


async def test_the_server_runs_it_and_keeps_nothing(server: Session) -> None:
    await do(server, "SET n 41", "SET other 1")
    outcome = await tried(server, "redis.call('del', 'other')\nreturn redis.call('incr', KEYS[1])", b"n")
    assert (outcome.reply, outcome.dry_run) == (42, True)
    assert [(row.line, row.command) for row in outcome.trace] == [(1, (b"del", b"other")), (2, (b"incr", b"n"))]
    assert [(change.db, change.key, change.before.value, change.after.value) for change in outcome.changes] == [
        (DB, b"n", b"41", b"42")
    ]
    assert await server.execute([b"MGET", b"n", b"other"]) == [b"41", b"1"]
    assert await server.execute([b"SCRIPT", b"EXISTS", outcome.sha.encode()]) == [0]


async def test_it_sees_all_of_the_servers_data(server: Session) -> None:
    await do(server, "SET a 1", "SET b 2")
    assert (await tried(server, "return redis.call('dbsize')")).reply == 2


async def test_each_type_is_compared(server: Session) -> None:
    await do(server, "RPUSH l a", "SADD s a", "HSET h f 1", "ZADD z 1 a", "XADD x 1-1 f v", "SET t v EX 100")
    source = """
        redis.call('rpush', KEYS[1], 'b') redis.call('sadd', KEYS[2], 'b') redis.call('hset', KEYS[3], 'f', 2)
        redis.call('zadd', KEYS[4], 2, 'a') redis.call('xadd', KEYS[5], '2-1', 'f', 'v') redis.call('persist', KEYS[6])
        KEYS[1] = 'gone' redis.call('set', KEYS[7], 1)"""
    outcome = await tried(server, source, b"l", b"s", b"h", b"z", b"x", b"t", b"new", b"none")
    assert [(change.key, change.before.size, change.after.size) for change in outcome.changes] == [
        (b"l", 1, 2),
        (b"s", 1, 2),
        (b"h", 1, 1),
        (b"z", 1, 1),
        (b"x", 1, 2),
        (b"t", 1, 1),
        (b"new", 0, 1),
    ]


async def test_an_error_names_its_line(server: Session) -> None:
    await do(server, "SET n 1")
    outcome = await tried(server, "local x = 1\nreturn redis.call('lpop', KEYS[1])", b"n")
    assert outcome.error is not None
    assert (outcome.error.code, outcome.error.line) == ("WRONGTYPE", 2)


async def test_what_is_no_lua_is_told_with_its_line(server: Session) -> None:
    outcome = await tried(server, "local x = 1\nreturn {")
    assert outcome.error is not None
    assert (outcome.error.line, outcome.error.message) == (2, "unexpected symbol near '<eof>'")
    assert await server.execute([b"PING"]) == Status(b"PONG")


async def test_what_the_script_tells_its_debugger_is_in_the_log(server: Session) -> None:
    outcome = await tried(server, "redis.debug(5) redis.breakpoint() return 1")
    assert [(line.level, line.message) for line in outcome.log] == [("debug", b"line 1: 5")]
    assert outcome.reply == 1


async def test_an_endless_script_is_let_go_of(server: Session) -> None:
    await do(server, "SET n 1")
    run = asyncio.create_task(tried(server, "redis.call('incr', KEYS[1]) while true do end", b"n"))
    async with asyncio.timeout(20):
        while server.running() is None:
            await asyncio.sleep(0)
        assert await server.execute([b"GET", b"n"]) == b"1"
        assert await server.kill() is KillOutcome.KILLED
        outcome = await run
    assert (outcome.killed, outcome.timed_out) == (True, False)
    late = await tried(server, "while true do end", timeout_ms=50)
    assert (late.killed, late.timed_out) == (True, True)
    assert await server.execute([b"GET", b"n"]) == b"1"


async def test_who_waits_no_more_leaves_nothing_behind(server: Session) -> None:
    before = asyncio.all_tasks()
    run = asyncio.create_task(tried(server, "while true do end"))
    async with asyncio.timeout(20):
        while server.running() is None:
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        begun = asyncio.all_tasks() - before
        run.cancel()
        await asyncio.gather(*begun, return_exceptions=True)  # each ends
    assert run.cancelled()


async def test_a_user_without_a_debugger_is_told(server: Session) -> None:
    await do(server, "ACL SETUSER shy on >pw ~* +@all -script|debug")
    try:
        shy = await open_session(f"redis://shy:pw@{server.info.label}")
        with pytest.raises(NotSupportedError, match="lets this user run no script in its debugger: NOPERM"):
            await tried(shy, "return 1")
        await shy.close()
    finally:
        await do(server, "ACL DELUSER shy")


async def test_valkey_is_not_asked_for_it_ends_no_script_there(request: pytest.FixtureRequest) -> None:
    session = await open_session(address(request, "valkey"))
    with pytest.raises(NotSupportedError, match="would stay in Valkey's debugger"):
        await tried(session, "return 1")
    await session.close()
