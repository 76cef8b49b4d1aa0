"""Locks that live by their scripts: redis-py's own, and python-redis-lock, which wakes those who wait through a list."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
import redis
import redis_lock
from redis.exceptions import LockError, LockNotOwnedError, NoScriptError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.programs.conftest import Served

pytestmark = pytest.mark.xdist_group("programs-locks")

PATIENCE_S = 20


@pytest.fixture(autouse=True)
def empty(db: redis.Redis) -> None:
    db.flushdb()


@pytest.fixture
def other(served: Served) -> Iterator[redis.Redis]:
    """Another client's connection."""
    with redis.Redis(port=served.port) as connection:
        yield connection


def test_a_lock_is_held_by_one_and_let_go_by_its_holder_only(db: redis.Redis, other: redis.Redis) -> None:
    mine, theirs = db.lock("door", timeout=60), other.lock("door", timeout=60)
    assert mine.acquire(blocking=False)
    assert not theirs.acquire(blocking=False)
    with pytest.raises(LockError):
        theirs.release()
    mine.release()
    assert theirs.acquire(blocking=False)


def test_a_lock_that_went_to_another_cannot_be_let_go(db: redis.Redis) -> None:
    lock = db.lock("door", timeout=60)
    assert lock.acquire(blocking=False)
    db.set("door", "taken over")
    with pytest.raises(LockNotOwnedError):
        lock.extend(10)
    with pytest.raises(LockNotOwnedError):
        lock.release()
    assert db.get("door") == b"taken over"


def test_a_lock_is_extended_by_a_time_or_to_a_time(db: redis.Redis) -> None:
    lock = db.lock("door", timeout=10)
    assert lock.acquire(blocking=False)
    assert lock.extend(20)
    assert 29_000 < db.pttl("door") <= 30_000
    assert lock.extend(40, replace_ttl=True)
    assert 39_000 < db.pttl("door") <= 40_000
    assert lock.reacquire()
    assert 9_000 < db.pttl("door") <= 10_000


def test_a_registered_script_is_loaded_again_once_the_server_forgot_it(db: redis.Redis) -> None:
    add = db.register_script("return redis.call('INCRBY', KEYS[1], ARGV[1])")
    assert add(keys=["n"], args=[2]) == 2
    db.script_flush()
    with pytest.raises(NoScriptError):
        db.evalsha(add.sha, 1, "n", 1)
    assert add(keys=["n"], args=[3]) == 5
    with db.pipeline() as pipe:
        add(keys=["n"], args=[1], client=pipe)
        add(keys=["n"], args=[1], client=pipe)
        assert pipe.execute() == [6, 7]


def test_who_waits_is_woken_when_the_lock_is_let_go(db: redis.Redis, other: redis.Redis) -> None:
    mine, theirs = redis_lock.Lock(db, "door", expire=60), redis_lock.Lock(other, "door", expire=60)
    assert mine.acquire(blocking=False)
    assert not theirs.acquire(blocking=False)
    got: list[bool] = []
    waiting = threading.Thread(target=lambda: got.append(theirs.acquire(timeout=PATIENCE_S)))
    waiting.start()
    mine.release()
    waiting.join(PATIENCE_S)
    assert got == [True]
    assert theirs.get_owner_id() == theirs.id


def test_a_lock_that_is_not_ones_own_is_neither_extended_nor_let_go(db: redis.Redis, other: redis.Redis) -> None:
    mine, theirs = redis_lock.Lock(db, "door", expire=60), redis_lock.Lock(other, "door", expire=60)
    assert mine.acquire()
    with pytest.raises(redis_lock.NotAcquired):
        theirs.release()
    with pytest.raises(redis_lock.NotAcquired):
        theirs.extend()
    mine.extend(expire=90)
    assert 80 < db.ttl("lock:door") <= 90


def test_all_locks_are_broken_at_once(db: redis.Redis) -> None:
    names = ["attic", "cellar", "door"]
    locks = [redis_lock.Lock(db, name, expire=60) for name in names]
    for lock in locks:
        assert lock.acquire(blocking=False)
    redis_lock.reset_all(db)
    assert db.keys("lock:*") == []
    assert sorted(db.keys("lock-signal:*")) == [b"lock-signal:attic", b"lock-signal:cellar", b"lock-signal:door"]
