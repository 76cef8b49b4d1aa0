"""What a session tells on and on: the same on the embedded engine and on real servers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from redis_tui.errors import NotSupportedError, SessionError
from redis_tui.session.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.resp.types import Reply
    from redis_tui.session.base import Session


async def told(stream: Stream, count: int) -> list[Reply]:
    replies: list[Reply] = []
    async with asyncio.timeout(30):
        async for batch in stream:
            replies += [message.reply for message in batch.messages]
            if len(replies) >= count:
                break
    return replies


async def test_a_subscriber_hears_its_confirmation_and_what_is_published(session: Session) -> None:
    async with await session.stream([b"SUBSCRIBE", b"news"]) as stream:
        assert await session.execute([b"PUBLISH", b"news", b"hello"]) == 1
        assert await told(stream, 2) == [[b"subscribe", b"news", 1], [b"message", b"news", b"hello"]]


async def test_patterns_and_shards_are_heard_on_the_same_stream(session: Session) -> None:
    async with await session.stream([b"PSUBSCRIBE", b"n*"]) as stream:
        await stream.send([b"SSUBSCRIBE", b"shard"])
        assert await told(stream, 2) == [[b"psubscribe", b"n*", 1], [b"ssubscribe", b"shard", 1]]
        await session.execute([b"PUBLISH", b"news", b"1"])
        await session.execute([b"SPUBLISH", b"shard", b"2"])
        assert await told(stream, 2) == [[b"pmessage", b"n*", b"news", b"1"], [b"smessage", b"shard", b"2"]]


async def test_the_session_goes_on_beside_a_monitor(session: Session) -> None:
    async with await session.stream([b"MONITOR"]) as stream:
        await session.execute([b"SET", b"a", b"1"])
        assert await session.execute([b"GET", b"a"]) == b"1"
        replies = await told(stream, 3)
    assert replies[0] == b"OK"
    assert [bytes(line).split(b"] ")[1] for line in replies[1:3] if isinstance(line, bytes)] == [
        b'"SET" "a" "1"',
        b'"GET" "a"',
    ]


async def test_a_closed_stream_listens_no_more(session: Session) -> None:
    stream = await session.stream([b"SUBSCRIBE", b"news"])
    await stream.aclose()
    async with asyncio.timeout(30):
        while await session.execute([b"PUBLISH", b"news", b"hello"]):
            await asyncio.sleep(0.01)
    await stream.aclose()


async def test_other_commands_are_refused(session: Session) -> None:
    with pytest.raises(NotSupportedError):
        await session.stream([b"GET", b"a"])
    async with await session.stream([b"SUBSCRIBE", b"a"]) as stream:
        with pytest.raises(NotSupportedError):
            await stream.send([b"SET", b"a", b"1"])


async def test_a_refused_command_says_so(session: Session) -> None:
    with pytest.raises(SessionError, match="refused SUBSCRIBE: ERR wrong number"):
        await session.stream([b"SUBSCRIBE"])


async def test_who_is_killed_is_told(session: Session) -> None:
    async with await session.stream([b"SUBSCRIBE", b"news"]) as stream:
        await told(stream, 1)
        assert await session.execute([b"CLIENT", b"KILL", b"TYPE", b"pubsub"]) == 1
        with pytest.raises(SessionError, match=r"broke|ended"):
            await told(stream, 1)


async def test_what_is_not_taken_in_time_is_dropped_oldest_first_and_counted() -> None:
    stream = Stream(_nothing, _leave, capacity=3)
    stream.put([b"1", b"2", b"3", b"4", b"5"])
    batch = stream.take()
    assert [message.reply for message in batch.messages] == [b"3", b"4", b"5"]
    assert batch.dropped == 2
    stream.put([b"6"])
    assert stream.take().dropped == 0
    assert (stream.received, stream.dropped) == (6, 2)


async def test_large_messages_are_bounded_by_their_bytes() -> None:
    stream = Stream(_nothing, _leave)
    stream.put([[b"message", b"news", bytes(12 * 1024 * 1024)] for _ in range(4)])
    assert len(stream.take().messages) == 2


async def _nothing(command: Sequence[bytes]) -> None: ...


async def _leave() -> None: ...
