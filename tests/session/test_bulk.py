"""Many commands in one go: their replies, where they stop, and that they cost a fraction of so many single ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from redis_tui.resp.types import ErrorReply
from redis_tui.session.base import EventKind
from redis_tui.session.bulk import may_go_together

if TYPE_CHECKING:
    from redis_tui.session.base import Session

LINES = [b"SET k 1", b"INCR k", b"LPUSH k x", b"GET k", b"HSET h f v", b"HGETALL h"]
COMMANDS = [line.split() for line in LINES]


async def test_replies_come_in_order_and_an_error_stops_nothing(session: Session) -> None:
    replies = await session.execute_many(COMMANDS, db=3)
    assert isinstance(replies[2], ErrorReply)
    assert [*replies[:2], *replies[3:]] == [b"OK", 2, b"2", 1, [b"f", b"v"]]
    assert session.db == 0
    assert await session.execute([b"EXISTS", b"k"]) == 0


async def test_what_stands_behind_an_error_is_not_run_where_it_shall_stop(session: Session) -> None:
    replies = await session.execute_many(COMMANDS, stop_at_error=True)
    assert len(replies) == 3
    assert isinstance(replies[2], ErrorReply)
    assert await session.execute([b"EXISTS", b"h"]) == 0


async def test_who_listens_hears_of_each_command_and_of_the_change(session: Session) -> None:
    events = session.events()
    await session.execute_many([[b"SET", b"a", b"1"], [b"GET", b"a"]])
    heard = [await anext(events) for _ in range(3)]
    assert [event.text for event in heard if event.kind is EventKind.SENT] == ["SET a 1", "GET a"]
    assert heard[2].kind is EventKind.KEYS_CHANGED


async def test_a_pause_holds_many_back_and_none_is_lost(embedded: Session) -> None:
    await embedded.execute([b"CLIENT", b"PAUSE", b"30", b"WRITE"])
    assert await embedded.execute_many([[b"GET", b"k"], [b"INCR", b"k"], [b"INCR", b"k"]]) == [None, 1, 2]


@pytest.mark.parametrize(
    ("line", "together"),
    [(b"SET k v", True), (b"zadd z 1 m", True), (b"DEL k", True)]
    + [(line, False) for line in (b"BLPOP l 0", b"SELECT 1", b"EVAL x 0", b"HELLO 3", b"MULTI", b"QUIT", b"NOSUCH")],
)
async def test_only_what_works_on_data_and_does_not_wait_goes_together(
    session: Session, line: bytes, together: bool
) -> None:
    assert may_go_together(await session.catalog(), line.split()) is together
