"""limits: rate limiters whose windows are six scripts, from a blocking client and from an asynchronous one.

Windows are a minute long, so that none ends while a test looks; where one must end, its key is told to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from limits import RateLimitItemPerMinute, parse
from limits.aio.storage import RedisStorage as AsyncRedisStorage
from limits.aio.strategies import MovingWindowRateLimiter as AsyncMovingWindow
from limits.aio.strategies import SlidingWindowCounterRateLimiter as AsyncSlidingWindow
from limits.storage import RedisStorage
from limits.strategies import (
    FixedWindowRateLimiter,
    MovingWindowRateLimiter,
    RateLimiter,
    SlidingWindowCounterRateLimiter,
)
from redis.asyncio import ConnectionPool

if TYPE_CHECKING:
    from collections.abc import Iterator

    import redis

    from tests.programs.conftest import Served

pytestmark = pytest.mark.xdist_group("programs-limits")

STRATEGIES = [FixedWindowRateLimiter, MovingWindowRateLimiter, SlidingWindowCounterRateLimiter]
THREE = RateLimitItemPerMinute(3)


@pytest.fixture
def storage(served: Served, db: redis.Redis) -> Iterator[RedisStorage]:
    db.flushdb()
    storage = RedisStorage(served.url)
    yield storage
    storage.storage.close()


@pytest.fixture(params=STRATEGIES, ids=lambda strategy: strategy.__name__)
def limiter(request: pytest.FixtureRequest, storage: RedisStorage) -> RateLimiter:
    made: RateLimiter = request.param(storage)
    return made


def test_a_window_lets_through_as_many_as_it_holds(limiter: RateLimiter) -> None:
    assert [limiter.hit(THREE, "ann") for _ in range(5)] == [True, True, True, False, False]
    assert not limiter.test(THREE, "ann")
    assert limiter.hit(THREE, "bob")


def test_a_hit_may_cost_more_than_one(limiter: RateLimiter) -> None:
    ten = parse("10/minute")
    assert limiter.hit(ten, "ann", cost=8)
    assert limiter.test(ten, "ann", cost=2)
    assert not limiter.test(ten, "ann", cost=3)
    assert not limiter.hit(ten, "ann", cost=11)


def test_what_is_left_is_told_and_asking_costs_nothing(limiter: RateLimiter) -> None:
    limiter.hit(THREE, "ann")
    assert limiter.get_window_stats(THREE, "ann").remaining == 2
    assert limiter.get_window_stats(THREE, "ann").remaining == 2
    assert limiter.get_window_stats(THREE, "nobody").remaining == 3


def test_a_window_that_was_cleared_is_as_new(limiter: RateLimiter) -> None:
    for _ in range(4):
        limiter.hit(THREE, "ann")
    limiter.clear(THREE, "ann")
    assert limiter.hit(THREE, "ann")
    assert limiter.get_window_stats(THREE, "ann").remaining == 2


def test_limits_of_one_name_and_different_spans_count_apart(limiter: RateLimiter) -> None:
    hour = parse("5/hour")
    for _ in range(4):
        limiter.hit(THREE, "ann", "path")
        limiter.hit(hour, "ann", "path")
    assert limiter.get_window_stats(hour, "ann", "path").remaining == 1
    assert limiter.get_window_stats(THREE, "ann", "path").remaining == 0


def test_a_fixed_window_is_counted_in_a_key_that_ends_with_it(storage: RedisStorage, db: redis.Redis) -> None:
    limiter = FixedWindowRateLimiter(storage)
    limiter.hit(THREE, "ann", cost=2)
    (key,) = db.keys()
    assert db.get(key) == b"2"
    assert 50 < db.ttl(key) <= 60
    db.expire(key, 0)
    assert limiter.get_window_stats(THREE, "ann").remaining == 3


def test_a_moving_window_keeps_a_time_for_each_hit(storage: RedisStorage, db: redis.Redis) -> None:
    limiter = MovingWindowRateLimiter(storage)
    for _ in range(4):
        limiter.hit(THREE, "ann")
    (key,) = db.keys()
    times = [float(time) for time in db.lrange(key, 0, -1)]
    assert len(times) == 3
    assert times == sorted(times, reverse=True)


def test_a_sliding_window_moves_on_to_the_next_with_what_it_counted(storage: RedisStorage, db: redis.Redis) -> None:
    limiter = SlidingWindowCounterRateLimiter(storage)
    for _ in range(3):
        limiter.hit(THREE, "ann")
    current, previous = "LIMITS:{LIMITER/ann/3/1/minute}", "LIMITS:{LIMITER/ann/3/1/minute}/-1"
    assert db.get(current) == b"3"
    db.expire(current, 59)  # under the span of one window: what it counted is the past now
    assert limiter.hit(THREE, "ann")  # the past weighs two of three still
    assert not limiter.hit(THREE, "ann")
    assert db.get(previous) == b"3"
    assert db.get(current) == b"1"


def test_all_windows_are_forgotten_at_once_and_nothing_else(storage: RedisStorage, db: redis.Redis) -> None:
    db.set("other", "kept")
    limiter = FixedWindowRateLimiter(storage)
    for name in range(12):
        limiter.hit(THREE, str(name))
    assert storage.reset() == 12
    assert db.keys() == [b"other"]


async def test_an_asynchronous_client_meets_the_same_windows(served: Served, storage: RedisStorage) -> None:
    options: dict[str, Any] = {"connection_pool": (pool := ConnectionPool.from_url(served.url))}
    there = AsyncRedisStorage(f"async+{served.url}", implementation="redispy", **options)
    moving, sliding = AsyncMovingWindow(there), AsyncSlidingWindow(there)
    assert await moving.hit(THREE, "ann", cost=2)
    assert MovingWindowRateLimiter(storage).hit(THREE, "ann")
    assert not await moving.hit(THREE, "ann")
    assert await sliding.hit(THREE, "bob")
    assert (await sliding.get_window_stats(THREE, "bob")).remaining == 2
    await pool.aclose()
