"""The active expiry cycle: bounded while little is due, quick once much is, and no key is left out for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from redis_tui.engine import expiry
from redis_tui.engine.expiry import SAMPLE, ExpiryCycle
from redis_tui.engine.keyspace import Keyspace

if TYPE_CHECKING:
    from redis_tui.engine.database import Database


@pytest.fixture
def space() -> Keyspace:
    return Keyspace(2, seed=1)


@pytest.fixture
def db(space: Keyspace) -> Database:
    return space.databases[0]


def fill(db: Database, count: int, at_ms: int, prefix: bytes = b"k") -> None:
    for number in range(count):
        db.set(b"%b%d" % (prefix, number), b"v", expires_at_ms=at_ms)


def test_it_goes_on_while_much_is_due(space: Keyspace, db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiry, "_BUDGET_NS", 60_000_000_000)
    fill(db, 5 * SAMPLE, 10)
    space.now_ms = 10
    assert ExpiryCycle(space).run() == 5 * SAMPLE
    assert not db.entries


def test_it_ends_after_a_sample_of_which_little_is_due(space: Keyspace, db: Database) -> None:
    fill(db, 10 * SAMPLE, 1000)
    fill(db, SAMPLE // 10, 10, b"due")
    space.now_ms = 10
    cycle = ExpiryCycle(space)
    gone = [cycle.run() for _ in range(11)]
    assert max(gone) <= SAMPLE
    assert sum(gone) == SAMPLE // 10
    assert len(db) == 10 * SAMPLE


def test_it_ends_when_its_time_is_up(space: Keyspace, db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiry, "_BUDGET_NS", -1)
    fill(db, 5 * SAMPLE, 10)
    space.now_ms = 10
    cycle = ExpiryCycle(space)
    assert [cycle.run() for _ in range(6)] == [SAMPLE, SAMPLE, SAMPLE, SAMPLE, SAMPLE, 0]


def test_keys_that_come_after_a_flush_do_not_wait_for_those_that_went(space: Keyspace, db: Database) -> None:
    fill(db, 20 * SAMPLE, 1000)
    cycle = ExpiryCycle(space)
    cycle.run()
    db.flush()
    fill(db, SAMPLE, 10, b"new")
    space.now_ms = 10
    assert cycle.run() == SAMPLE


def test_every_database_has_its_turn(space: Keyspace, db: Database) -> None:
    fill(db, 3, 10)
    fill(space.databases[1], 4, 10)
    space.now_ms = 10
    assert ExpiryCycle(space).run() == 7
    assert ExpiryCycle(space).run() == 0
