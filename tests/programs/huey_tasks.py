"""Tasks for huey, known to the consumer and to the test; the server's address is in the environment."""

from __future__ import annotations

import os

from huey import PriorityRedisHuey

huey = PriorityRedisHuey("programs", url=os.environ["REDIS_URL"], notify_result=True)


@huey.task()
def add(left: int, right: int) -> int:
    return left + right


@huey.task(retries=2)
def fail_until(key: str, attempt: int) -> int:
    """Succeeds with the given attempt, the first being 1."""
    done = int(huey.storage.conn.incr(key))
    if done < attempt:
        raise ValueError(f"attempt {done}")
    huey.storage.conn.rpush(f"{key}:done", done)
    return done


@huey.task()
@huey.lock_task("one at a time")
def alone() -> str:
    return "alone"


@huey.task()
def note(key: str, word: str) -> int:
    """Tells the order in which tasks ran."""
    return int(huey.storage.conn.rpush(key, word))


@huey.task()
def hold(gate: str) -> None:
    """Keeps the worker until the gate is opened."""
    huey.storage.conn.blpop(gate, 20)
