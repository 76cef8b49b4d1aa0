"""Jobs for rq's worker, which imports them by name in a process of its own."""

from __future__ import annotations

import os

from redis import Redis
from rq import get_current_job


def add(left: int, right: int) -> int:
    return left + right


def note(word: str) -> int:
    """Tells the order in which jobs ran."""
    with Redis.from_url(os.environ["REDIS_URL"]) as db:
        return int(db.rpush("order", word))


def fail(reason: str) -> None:
    raise ValueError(reason)


def fail_until(attempt: int) -> None:
    """Succeeds with the given attempt, the first being 1, and tells so in a list."""
    job = get_current_job()
    assert job is not None
    with Redis.from_url(os.environ["REDIS_URL"]) as db:
        done = int(db.incr(f"attempts:{job.id}"))
        if done < attempt:
            raise ValueError(f"attempt {done}")
        db.rpush(f"done:{job.id}", done)
