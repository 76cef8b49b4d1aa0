"""``?protocol=3``: replies keep their types, the panes' own reading is the same, and a server that cannot goes on in RESP2."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from redis_tui.errors import SessionError
from redis_tui.resp.types import Map, Reply
from redis_tui.session.base import ScriptRun
from redis_tui.session.open import open_session
from tests.conformance.real_server import running
from tests.session.conftest import address

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from redis_tui.session.base import Session

KINDS = ("embedded", "redis", "valkey")


def third(request: pytest.FixtureRequest, kind: str) -> str:
    return f"{address(request, kind)}?protocol=3"


@pytest.fixture(params=KINDS)
async def typed(request: pytest.FixtureRequest) -> AsyncIterator[Session]:
    session = await open_session(third(request, request.param))
    await session.execute([b"FLUSHALL"])
    yield session
    await session.close()


async def said(session: Session, line: str) -> Reply:
    return await session.execute(line.encode().split())


async def test_replies_keep_their_types(typed: Session) -> None:
    assert typed.info.resp == 3
    await said(typed, "HSET h a 1")
    await said(typed, "ZADD z 1.5 m")
    assert await said(typed, "HGETALL h") == Map([(b"a", b"1")])
    assert await said(typed, "ZSCORE z m") == 1.5
    assert await typed.execute([b"EVAL", b"redis.setresp(3) return true", b"0"]) is True


async def test_a_run_compares_its_keys_whatever_the_protocol(typed: Session) -> None:
    await said(typed, "ZADD z 1.5 m")
    source = b"redis.call('zadd', KEYS[1], 2, 'n') redis.call('hset', KEYS[2], 'f', 'v') return 1"
    outcome = await typed.run(ScriptRun(source, (b"z", b"h")))
    assert outcome.error is None
    scores = {change.key: change.after.value for change in outcome.changes}
    assert scores == {b"z": Map([(b"m", 1.5), (b"n", 2.0)]), b"h": Map([(b"f", b"v")])}


async def test_reset_goes_back_to_the_second_protocol(typed: Session) -> None:
    await said(typed, "HSET h a 1")
    await said(typed, "RESET")
    assert typed.info.resp == 2
    assert await said(typed, "HGETALL h") == [b"a", b"1"]


async def test_it_is_spoken_again_on_a_connection_that_is_made_anew(request: pytest.FixtureRequest) -> None:
    session = await open_session(third(request, "redis"))
    other = await open_session(address(request, "redis"))
    try:
        await said(session, "DEL h")
        await said(session, "HSET h a 1")
        number = await said(session, "CLIENT ID")
        assert await said(other, f"CLIENT KILL ID {number!r}") == 1
        with pytest.raises(SessionError):
            await said(session, "PING")
        assert await said(session, "HGETALL h") == Map([(b"a", b"1")])
    finally:
        await session.close()
        await other.close()


async def test_a_server_that_has_no_hello_is_talked_to_in_the_second_protocol() -> None:
    with running("redis-8", "--rename-command", "HELLO", "") as old:
        session = await open_session(f"redis://127.0.0.1:{old.port}?protocol=3")
        try:
            assert session.info.resp == 2
            assert await said(session, "CONFIG GET port") == [b"port", b"%d" % old.port]
        finally:
            await session.close()
