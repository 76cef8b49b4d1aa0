"""A stream of a real server: a connection of its own, read as fast as the server sends.

The decision a reader would question: it reads with hiredis and not with our own parser, which takes 17
microseconds a published message where hiredis takes one. What hiredis cannot tell apart, a status from a
string, no message needs to be told by.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from hiredis import HiredisError, Reader

from redis_tui.errors import SessionError
from redis_tui.resp.types import ErrorReply, Reply
from redis_tui.session.stream import Stream, check_taken

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from redis_tui.session.wire import Wire

_ANSWER_S = 10.0
"""Seconds within which a server has to confirm."""


async def open_stream(
    wire: Wire, argv: Sequence[bytes], *, capacity: int, note: Callable[[Sequence[bytes]], None]
) -> Stream:
    """Sends the first command and reads on in the background.

    Args:
        wire: connected, in the database that is meant; the stream's own from now on.
        argv: SUBSCRIBE, MONITOR…
        capacity: messages that wait at most.
        note: told of each command that goes out.

    Raises:
        SessionError: the connection broke, or the server refused.
    """
    reader = Reader(replyError=_error)  # type: ignore[arg-type]  # its stubs want an exception; any object does

    async def send(command: Sequence[bytes]) -> None:
        note(command)
        await wire.send(command)

    async def leave() -> None:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await wire.close()

    try:
        await send(argv)
        async with asyncio.timeout(_ANSWER_S):
            first = await _first(wire, reader)
        check_taken(argv, first)
    except TimeoutError:
        await wire.close()
        raise SessionError(f"{wire.target} has not answered within {_ANSWER_S:.0f} s.", hint="Try again.") from None
    except BaseException:
        await wire.close()
        raise
    stream = Stream(send, leave, capacity=capacity)
    stream.put((first,))
    task = asyncio.create_task(_read_on(wire, reader, stream))
    return stream


async def _first(wire: Wire, reader: Reader) -> Reply:
    while True:
        reader.feed(await wire.receive())
        reply: Reply | bool = reader.gets()
        if reply is not False:
            return reply


async def _read_on(wire: Wire, reader: Reader, stream: Stream) -> None:
    try:
        while True:
            replies: list[Reply] = []
            while (reply := reader.gets()) is not False:
                replies.append(reply)
            if replies:
                stream.put(replies)
            reader.feed(await wire.receive())
            await asyncio.sleep(0)  # a connection that always has more would else leave the face no turn
    except HiredisError as error:
        stream.fail(SessionError(f"{wire.target} sent what is no RESP: {error}.", hint="Begin again."))
    except SessionError as error:
        stream.fail(error)


def _error(text: str) -> ErrorReply:
    return ErrorReply(text.encode("utf-8", "surrogateescape"))
