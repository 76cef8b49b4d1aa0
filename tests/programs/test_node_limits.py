"""bottleneck, rate-limiter-flexible and redis-semaphore: limiters and locks of Node's world, all scripts.

Each scenario has two clients that share what is limited, as two processes would; one run of
Node plays all of them, because its start takes longer than they do. The packages are
installed from npm for the run; without npm, or out of its reach, these tests are skipped and say why.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.programs.conftest import Node

pytestmark = pytest.mark.xdist_group("programs-node-limits")

PACKAGES = ("bottleneck@2.19.5", "rate-limiter-flexible@11.4.0", "redis-semaphore@5.8.0", "ioredis@5")


@pytest.fixture(scope="module")
def seen(node: Node) -> Any:
    """What each scenario saw, by its name."""
    return node(Path(__file__).with_name("node_limits.mjs"), *PACKAGES)("all")


def test_a_reservoir_is_emptied_by_all_and_filled_for_all(seen: Any) -> None:
    assert seen["reservoir"] == {
        "done": [1, 2, 3],
        "empty": {"left": 0, "free": False},
        "late": "late",
        "jobs": 4,
    }


def test_no_more_jobs_run_at_once_than_may(seen: Any) -> None:
    assert seen["concurrency"] == {"done": [1, 2, 3, 4, 5, 6], "most": 2, "running": 0}


def test_points_are_taken_and_given_back(seen: Any) -> None:
    assert seen["points"] == {
        "consumed": [[True, 1, 2], [True, 3, 0], [False, 4, 0, True]],
        "penalty": [True, 6, 0],
        "reward": [True, 1, 2],
        "get": 1,
        "deleted": True,
        "missing": None,
    }


def test_who_takes_too_much_is_blocked_for_longer(seen: Any) -> None:
    assert seen["blocked"] == {"consumed": [[True, 1, 0], [False, 2, 0, True]], "seconds": 60}


def test_a_mutex_is_held_by_one_and_a_semaphore_by_as_many_as_it_seats(seen: Any) -> None:
    assert seen["locks"] == {
        "taken": [True, False, True],
        "sat": [True, True, False, True],
        "wide": [True, False],
    }
