"""A dry run on a real server: our engine runs the script, over that server's keys, and the server is left as it is."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from redis_tui.errors import NotSupportedError, SessionError, TooMuchToFetch
from redis_tui.resp.types import ErrorReply
from redis_tui.session.base import EventKind, KillOutcome, ScriptRun
from redis_tui.session.open import open_session
from redis_tui.session.rehearsal import ServerKeys
from redis_tui.session.wire import Wire
from tests.session.conftest import address

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from redis_tui.session.base import ScriptOutcome, Session

DB = 11
"""A database of these tests' own."""


@pytest.fixture(params=["redis", "valkey"])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[Session]:
    session = await open_session(f"{address(request, request.param)}/{DB}")
    try:
        await session.execute([b"FLUSHDB"])
        yield session
    finally:
        await session.close()


async def do(session: Session, *lines: str) -> None:
    for line in lines:
        reply = await session.execute(line.encode().split())
        assert not isinstance(reply, ErrorReply), (line, reply)


async def tried(session: Session, source: str, *keys: bytes, fetch_limit: int = 64 << 20) -> ScriptOutcome:
    return await session.run(ScriptRun(source.encode(), keys, dry_run=True, fetch_limit=fetch_limit))


async def test_a_script_sees_the_servers_keys_and_the_server_sees_nothing_of_it(server: Session) -> None:
    await do(server, "SET n 41", "RPUSH queue a b", "SET other 1")
    outcome = await tried(server, "redis.call('incr', KEYS[1]) return redis.call('rpush', 'queue', 'c')", b"n")
    assert outcome.reply == 3
    assert {change.key: change.db for change in outcome.changes} == {b"n": DB, b"queue": DB}
    assert [await server.execute([b"GET", b"n"]), await server.execute([b"LLEN", b"queue"])] == [b"41", 2]
    assert outcome.notes[0].startswith("Ran here, on a copy of the 2 keys it named (")


async def test_keys_that_the_script_makes_up_are_fetched_as_it_names_them(server: Session) -> None:
    await do(server, "HSET user:7 name ada", "SET current 7")
    outcome = await tried(
        server, "return redis.call('hget', 'user:' .. redis.call('get', KEYS[1]), 'name')", b"current"
    )
    assert outcome.reply == b"ada"
    assert [(touch.key, touch.declared) for touch in outcome.touched] == [(b"current", True), (b"user:7", False)]


async def test_every_type_comes_over_with_its_time_to_live(server: Session) -> None:
    await do(
        server,
        "SET s v PX 60000",
        "RPUSH l a b",
        "SADD set a b",
        "HSET h f v",
        "ZADD z 1.5 a",
        "XADD x 1-1 f v",
        "XGROUP CREATE x g 0",
        "PFADD hll a b c",
        "SETBIT bits 7 1",
    )
    source = """
        return {redis.call('pttl', 's') > 50000, redis.call('lrange', 'l', 0, -1), redis.call('scard', 'set'),
            redis.call('hget', 'h', 'f'), redis.call('zscore', 'z', 'a'), redis.call('xlen', 'x'),
            #redis.call('xinfo', 'groups', 'x'), redis.call('bitcount', 'bits'), redis.call('pfcount', 'hll')}"""
    outcome = await tried(server, source)
    assert outcome.reply == [1, [b"a", b"b"], 2, b"v", b"1.5", 1, 1, 1, 3]
    assert [change.key for change in outcome.changes] == [b"hll"]  # PFCOUNT keeps what it has counted


async def test_a_missing_key_is_missing_and_a_new_one_is_new(server: Session) -> None:
    outcome = await tried(
        server, "local was = redis.call('exists', KEYS[1]) redis.call('set', KEYS[1], 1) return was", b"n"
    )
    assert outcome.reply == 0
    assert [(change.before.type, change.after.type) for change in outcome.changes] == [("none", "string")]


async def test_what_looks_at_all_keys_says_that_it_did_not(server: Session) -> None:
    await do(server, "SET a 1", "SET b 1")
    outcome = await tried(server, "redis.call('get', 'a') return redis.call('dbsize')")
    assert outcome.reply == 1
    assert outcome.notes[-1] == (
        "DBSIZE saw only the keys that the script had named until then, and not all of the server's."
    )


async def test_it_does_not_fetch_more_than_it_may(server: Session) -> None:
    await do(server, f"SET big {'x' * 100_000}", "SET small 1")
    source = "redis.call('get', 'small') return #redis.pcall('get', 'big')"
    with pytest.raises(TooMuchToFetch, match=r"The script reads 'big' .*and may fetch 64\.0 KB") as told:
        await tried(server, source, fetch_limit=65_536)
    outcome = await tried(server, source, fetch_limit=told.value.needed)
    assert outcome.reply == 100_000


async def test_a_key_of_a_module_cannot_be_copied_and_is_named(server: Session) -> None:
    if server.info.server == "valkey":
        await do(server, "SET plain 1")
        assert (await tried(server, "return redis.call('get', 'plain')")).reply == b"1"
        return
    await do(server, "SETBIT plain 1 1")
    made = await server.execute(b"VADD v VALUES 2 1 1 e".split())
    assert made == 1
    with pytest.raises(NotSupportedError, match="The key 'v' is of a type that the embedded engine does not have"):
        await tried(server, "return redis.call('vcard', 'v')")


async def test_what_somebody_changes_meanwhile_is_named(server: Session) -> None:
    await do(server, "SET n 1", "SET calm 1")
    wire = Wire(f"redis://{server.info.label}")
    await wire.connect()
    keys = ServerKeys(wire, wire.db, limit=1_000_000, note=lambda _argv: None)
    assert await keys.fetch(DB, [b"n", b"calm", b"none"]) != []
    assert await keys.changed() == ()
    assert await keys.fetch(DB, [b"n", b"calm", b"none"]) != []
    await do(server, "INCR n", "SET none 1")
    assert await keys.changed() == (b"n", b"none")
    await wire.close()


async def test_a_dry_run_is_killed_here_and_the_session_works_beside_it(server: Session) -> None:
    await do(server, "SET n 1")
    run = asyncio.create_task(tried(server, "redis.call('incr', KEYS[1]) while true do end", b"n"))
    async with asyncio.timeout(20):
        while server.running() is None:
            await asyncio.sleep(0)
        assert await server.execute([b"GET", b"n"]) == b"1"
        while await server.kill() is not KillOutcome.KILLED:
            await asyncio.sleep(0)
        outcome = await run
    assert outcome.killed
    assert await server.execute([b"GET", b"n"]) == b"1"


async def test_a_user_who_may_not_dump_is_told(server: Session) -> None:
    await do(server, "SET n 1", "ACL SETUSER shy on >pw ~* +@all -dump -watch")
    try:
        shy = await open_session(f"redis://shy:pw@{server.info.label}")
        with pytest.raises(SessionError, match="does not give the key 'n': NOPERM"):
            await tried(shy, "return redis.call('get', 'n')")
        await shy.close()
    finally:
        await do(server, "ACL DELUSER shy")


async def test_it_goes_out_as_commands_that_only_read(server: Session) -> None:
    await do(server, "SET n 1")
    sent: list[str] = []

    async def listen() -> None:
        sent.extend([event.text.split()[0] async for event in server.events() if event.kind is EventKind.SENT])

    listener = asyncio.create_task(listen())
    await asyncio.sleep(0)
    await tried(server, "return redis.call('incr', KEYS[1])", b"n")
    await server.close()
    await listener
    assert set(sent) == {"WATCH", "MEMORY", "PTTL", "DUMP", "MULTI", "PING", "EXEC"}
