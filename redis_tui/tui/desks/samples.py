"""Sample keys, put in as ordinary commands that the log shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.resp.inline import split_inline

if TYPE_CHECKING:
    from redis_tui.session.base import Session

SAMPLE_KEYS: tuple[str, ...] = (
    "HSET user:1 name Ada role admin visits 41",
    "HSET user:2 name Grace role editor visits 7",
    "HSET user:3 name Linus role reader visits 12",
    "SET session:ada ok EX 3600",
    "SET session:grace ok EX 540",
    "RPUSH queue send-mail resize-image send-invoice",
    "ZADD board 120 ada 95 grace 60 linus",
    "SADD tags redis lua script",
)
"""What the embedded engine holds at its first start, so that nobody meets an empty browser."""


async def put_samples(session: Session) -> None:
    """Puts sample keys into an empty embedded engine, as ordinary commands that the log shows."""
    if not session.info.embedded or session.info.read_only or await session.execute([b"DBSIZE"]) != 0:
        return
    for line in SAMPLE_KEYS:
        await session.execute(split_inline(line.encode()))
