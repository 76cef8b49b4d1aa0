"""Actors for dramatiq, known to the worker and to the test; the server's address is in the environment."""

from __future__ import annotations

import os

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from dramatiq.results import Results
from dramatiq.results.backends import RedisBackend
from redis import Redis

URL = os.environ["REDIS_URL"]
broker = RedisBroker(url=URL)
broker.add_middleware(Results(backend=RedisBackend(url=URL)))
dramatiq.set_broker(broker)


@dramatiq.actor(store_results=True)
def add(left: int, right: int) -> int:
    return left + right


@dramatiq.actor(store_results=True, queue_name="low", priority=5)
def note(key: str, word: str) -> int:
    """Tells the order in which messages ran."""
    with Redis.from_url(URL) as db:
        return int(db.rpush(key, word))


@dramatiq.actor(store_results=True, max_retries=3, min_backoff=20, max_backoff=50)
def fail_until(key: str, attempt: int) -> int:
    """Succeeds with the given attempt, the first being 1."""
    with Redis.from_url(URL) as db:
        done = int(db.incr(key))
    if done < attempt:
        raise ValueError(f"attempt {done}")
    return done
