"""A function that spins is ended as a script is, though servers have a command of its own for it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from redis_tui.resp.types import ErrorReply
from redis_tui.session.base import KillOutcome

if TYPE_CHECKING:
    from redis_tui.session.base import Session

SPIN = b"#!lua name=spinning\nredis.register_function{function_name='spin', callback=function() while true do end end}"


async def test_a_spinning_function_is_killed(session: Session) -> None:
    await session.execute([b"CONFIG", b"SET", b"busy-reply-threshold", b"50"])
    await session.execute([b"FUNCTION", b"LOAD", b"REPLACE", SPIN])
    call = asyncio.create_task(session.execute([b"FCALL", b"spin", b"0"]))
    async with asyncio.timeout(30):
        while session.running() is None:
            await asyncio.sleep(0.01)
        while await session.kill() is KillOutcome.NOTHING_RUNNING:
            await asyncio.sleep(0.02)
        reply = await call
    assert isinstance(reply, ErrorReply)
    assert "killed by user" in reply.message
