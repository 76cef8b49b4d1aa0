"""dramatiq: its broker is one Lua script that every message passes through, and a worker in its own process."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import dramatiq
import pytest
from dramatiq.rate_limits import Barrier, ConcurrentRateLimiter, WindowRateLimiter
from dramatiq.rate_limits.backends import RedisBackend
from dramatiq.results import ResultFailure

if TYPE_CHECKING:
    from types import ModuleType

    import redis

    from tests.programs.conftest import Import, Served, Start

pytestmark = pytest.mark.xdist_group("programs-dramatiq")

NAME = "tests.programs.dramatiq_actors"
PATIENCE_MS = 20_000


@pytest.fixture(scope="module")
def actors(imported: Import, start: Start) -> ModuleType:
    """The actors, once a worker waits for their messages."""
    start(sys.executable, "-m", "dramatiq", NAME, "--processes", "1", "--threads", "2")
    return imported(NAME)


def test_an_actor_returns_its_value(actors: ModuleType) -> None:
    assert actors.add.send(2, 3).get_result(block=True, timeout=PATIENCE_MS) == 5


def test_a_failing_message_is_retried_until_it_holds(actors: ModuleType, db: redis.Redis) -> None:
    message = actors.fail_until.send("held", 3)
    assert message.get_result(block=True, timeout=PATIENCE_MS) == 3
    assert db.get("held") == b"3"


def test_a_message_that_never_holds_ends_among_the_dead(actors: ModuleType, db: redis.Redis) -> None:
    message = actors.fail_until.send_with_options(args=("dead", 9), max_retries=1)
    with pytest.raises(ResultFailure, match="attempt 2"):
        message.get_result(block=True, timeout=PATIENCE_MS)
    actors.broker.join("default", timeout=PATIENCE_MS)
    assert db.zcard("dramatiq:default.XQ") == 1
    assert db.hlen("dramatiq:default.XQ.msgs") == 1


def test_a_delayed_message_comes_after_one_that_is_not(actors: ModuleType, db: redis.Redis) -> None:
    began = time.monotonic()
    late = actors.note.send_with_options(args=("order", "late"), delay=1000)
    actors.note.send("order", "soon")
    assert late.get_result(block=True, timeout=PATIENCE_MS) == 2
    assert time.monotonic() - began >= 1
    assert db.lrange("order", 0, -1) == [b"soon", b"late"]


def test_a_pipeline_passes_values_on_and_a_group_gathers_them(actors: ModuleType) -> None:
    add = actors.add
    assert dramatiq.pipeline([add.message(1, 2), add.message(3)]).run().get_result(
        block=True, timeout=PATIENCE_MS
    ) == 6  # fmt: skip
    group = dramatiq.group([add.message(n, n) for n in range(5)]).run()
    assert sorted(group.get_results(block=True, timeout=PATIENCE_MS)) == [0, 2, 4, 6, 8]


def test_limiters_and_barriers_count_in_the_server(served: Served) -> None:
    backend = RedisBackend(url=served.url)
    mutex = ConcurrentRateLimiter(backend, "mutex", limit=1)
    with mutex.acquire(), mutex.acquire(raise_on_failure=False) as again:
        assert again is False
    with mutex.acquire() as free:
        assert free is True
    window = WindowRateLimiter(backend, "window", limit=2, window=60)
    assert [_passes(window) for _ in range(3)] == [True, True, False]
    barrier = Barrier(backend, "barrier", ttl=60_000)
    assert barrier.create(parties=2)
    assert barrier.wait(block=False) is False
    assert barrier.wait(block=False) is True


def _passes(limiter: WindowRateLimiter) -> bool:
    with limiter.acquire(raise_on_failure=False) as passed:
        return bool(passed)
