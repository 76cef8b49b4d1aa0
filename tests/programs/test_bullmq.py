"""BullMQ, a queue of Node's world: long Lua scripts with packed arguments, and events that are read from streams.

It is installed from npm for the run; without npm, or out of its reach, these tests are
skipped and say why.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.programs.conftest import Node, Play

pytestmark = pytest.mark.xdist_group("programs-bullmq")


@pytest.fixture(scope="module")
def play(node: Node) -> Play:
    return node(Path(__file__).with_name("bullmq_queue.mjs"), "bullmq@6.7.0", "ioredis@5")


def test_jobs_are_done_and_tell_of_it(play: Play) -> None:
    assert play("jobs") == {
        "values": [2, 4, 6],
        "heard": [2, 4, 6],
        "progress": [50, 50, 50],
        "logs": ["doubling 1"],
        "counts": {"waiting": 0, "active": 0, "completed": 3, "failed": 0},
    }


def test_a_delayed_job_waits(play: Play) -> None:
    assert play("delay") == {"counts": {"waiting": 1, "delayed": 1}, "order": ["soon", "late"], "waited": True}


def test_what_matters_more_goes_first(play: Play) -> None:
    assert play("priority") == {
        "counts": {"0": 1, "1": 1, "10": 1, "30": 1},
        "order": ["first", "high", "middle", "low"],
    }


def test_a_failing_job_is_retried_later_and_later(play: Play) -> None:
    assert play("retry") == {"value": 2, "reason": "not again", "failed": [["hopeless", 1]]}


def test_a_parent_gathers_what_its_children_returned(play: Play) -> None:
    assert play("flow") == {"value": 12, "dependencies": 3}


def test_jobs_repeat_by_interval_and_by_cron(play: Play) -> None:
    assert play("repeat") == {
        "planned": [["daily", None, "0 30 4 * * *"], ["often", 100, None]],
        "daily": "04:30:00.000Z",
        "ticks": ["tick", "tick", "tick"],
        "removed": [True, True],
        "left": 0,
    }


def test_a_limiter_holds_jobs_back(play: Play) -> None:
    assert play("limit") == {"spread": True, "count": 6}


def test_a_job_that_is_there_already_is_not_added_again(play: Play) -> None:
    assert play("deduplication") == {"same": True, "deduplicationId": "same", "waiting": 1}


def test_a_queue_is_drained_and_leaves_no_key(play: Play) -> None:
    assert play("obliterate") == {"drained": 0, "keys": 0}
