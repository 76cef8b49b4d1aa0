"""huey: a queue by priority, a schedule that a script empties, and a consumer in its own process."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from huey.exceptions import TaskException

if TYPE_CHECKING:
    from types import ModuleType

    import redis

    from tests.programs.conftest import Import, Start

pytestmark = pytest.mark.xdist_group("programs-huey")

NAME = "tests.programs.huey_tasks"
PATIENCE_S = 20


@pytest.fixture(scope="module")
def tasks(imported: Import, start: Start) -> ModuleType:
    """The tasks, and a consumer with one worker."""
    start(sys.executable, "-m", "huey.bin.huey_consumer", f"{NAME}.huey", "--workers", "1", "--no-periodic")
    return imported(NAME)


def test_a_task_returns_its_value(tasks: ModuleType) -> None:
    assert tasks.add(2, 3).get(blocking=True, timeout=PATIENCE_S) == 5


def test_a_task_passes_its_value_on(tasks: ModuleType) -> None:
    steps = tasks.huey.enqueue(tasks.add.s(1, 2).then(tasks.add, 10))
    assert [step.get(blocking=True, timeout=PATIENCE_S) for step in steps] == [3, 13]


def test_a_failing_task_is_retried(tasks: ModuleType, db: redis.Redis) -> None:
    tasks.fail_until("held", 3)
    assert db.blpop(["held:done"], timeout=PATIENCE_S) == (b"held:done", b"3")
    hopeless = tasks.huey.enqueue(tasks.fail_until.s("dead", 9, retries=0))
    with pytest.raises(TaskException, match="attempt 1"):
        hopeless.get(blocking=True, timeout=PATIENCE_S)


def test_a_scheduled_task_waits_and_a_revoked_one_never_runs(tasks: ModuleType, db: redis.Redis) -> None:
    never = tasks.note.schedule(("order", "never"), delay=1)
    late = tasks.note.schedule(("order", "late"), delay=1)
    never.revoke()
    assert late.get(blocking=True, timeout=PATIENCE_S) == 1
    assert db.lrange("order", 0, -1) == [b"late"]
    assert tasks.huey.scheduled_count() == 0


def test_a_lock_that_another_holds_stops_the_task(tasks: ModuleType) -> None:
    with tasks.huey.lock_task("one at a time"):
        refused = tasks.alone()
        with pytest.raises(TaskException, match="TaskLockedException"):
            refused.get(blocking=True, timeout=PATIENCE_S)
    assert tasks.alone().get(blocking=True, timeout=PATIENCE_S) == "alone"


def test_what_matters_more_goes_first(tasks: ModuleType, db: redis.Redis) -> None:
    tasks.hold("gate")
    words = {"low": 1, "middle": 5, "high": 9}
    notes = [tasks.huey.enqueue(tasks.note.s("ranks", word, priority=rank)) for word, rank in words.items()]
    db.rpush("gate", "open")
    assert [note.get(blocking=True, timeout=PATIENCE_S) for note in notes] == [3, 2, 1]
    assert db.lrange("ranks", 0, -1) == [b"high", b"middle", b"low"]
