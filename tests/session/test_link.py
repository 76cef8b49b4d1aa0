"""A link that breaks: what a session tells, and what is known of what was under way."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import pytest

from redis_tui.errors import ConnectError, SessionError
from redis_tui.resp.types import Status
from redis_tui.session.base import EventKind, KillOutcome, ScriptRun
from redis_tui.session.open import open_session
from tests.proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from redis_tui.session.base import Event, Session
    from tests.conformance.real_server import RealServer


@pytest.fixture
async def proxy(real_redis: RealServer) -> AsyncIterator[Proxy]:
    async with Proxy(real_redis.port) as proxy:
        yield proxy


@pytest.fixture
async def linked(proxy: Proxy) -> AsyncIterator[Session]:
    session = await open_session(f"redis://127.0.0.1:{proxy.port}/4")
    try:
        yield session
    finally:
        await session.close()


async def of_kind(events: AsyncIterator[Event], kind: EventKind) -> Event:
    async with asyncio.timeout(20):
        async for event in events:
            if event.kind is kind:
                return event
    raise AssertionError


async def test_a_server_that_goes_while_nothing_is_asked_is_noticed(proxy: Proxy, linked: Session) -> None:
    events = linked.events()
    await proxy.cut()
    assert "closed the connection" in (await of_kind(events, EventKind.DISCONNECTED)).text
    with pytest.raises(ConnectError, match="connection refused"):
        await linked.execute([b"PING"])
    await proxy.restore()
    assert await linked.execute([b"PING"]) == Status(b"PONG")
    await of_kind(events, EventKind.RECONNECTED)
    assert linked.db == 4
    assert b" db=4 " in await linked.execute([b"CLIENT", b"INFO"])  # type: ignore[operator]  # bytes


async def test_a_kill_before_a_dry_run_is_there_ends_nobody_elses_script(proxy: Proxy, linked: Session) -> None:
    proxy.hold()
    run = asyncio.create_task(linked.run(ScriptRun(b"return 1", dry_run=True)))
    async with asyncio.timeout(20):
        await proxy.asked.wait()
        assert await linked.kill() is KillOutcome.NOTHING_RUNNING
        await proxy.cut()
        with pytest.raises(SessionError):
            await run


async def test_an_open_multi_that_is_lost_is_told(proxy: Proxy, linked: Session) -> None:
    events = linked.events()
    await linked.execute([b"MULTI"])
    await linked.execute([b"SET", b"k", b"v"])
    await proxy.cut()
    text = (await of_kind(events, EventKind.DISCONNECTED)).text
    assert "MULTI was open: what it had queued is gone, and none of it was run." in text
    assert not linked.in_transaction
    await proxy.restore()
    assert await linked.execute([b"EXISTS", b"k"]) == 0


async def test_whether_an_exec_was_carried_out_is_not_claimed(proxy: Proxy, linked: Session) -> None:
    events = linked.events()
    await linked.execute([b"MULTI"])
    proxy.truncate(0)
    with pytest.raises(SessionError):
        await linked.execute([b"EXEC"])
    assert "Whether EXEC was carried out is not known." in (await of_kind(events, EventKind.DISCONNECTED)).text


@pytest.mark.parametrize("bytes_through", [0, 3])
async def test_of_a_run_under_way_it_is_said_that_its_outcome_is_unknown(
    proxy: Proxy, linked: Session, bytes_through: int
) -> None:
    proxy.truncate(bytes_through)
    with pytest.raises(SessionError, match=r"Whether count ran, and how far, is not known"):
        await linked.run(ScriptRun(b"return redis.call('incr', 'n')", name="count"))


async def test_a_run_that_was_never_sent_makes_no_such_claim(proxy: Proxy, linked: Session) -> None:
    await proxy.cut()
    with contextlib.suppress(SessionError):
        await linked.execute([b"PING"])
    with pytest.raises(ConnectError) as refused:
        await linked.run(ScriptRun(b"return 1"))
    assert "not known" not in str(refused.value)


async def test_a_reply_that_is_late_comes_whole(proxy: Proxy, linked: Session) -> None:
    proxy.hold()
    asked = asyncio.ensure_future(linked.execute([b"ECHO", b"late"]))
    await proxy.asked.wait()
    proxy.release()
    assert await asked == b"late"
