from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.engine.blocking import BLOCKED
from tests.engine.outlet import Outlet

if TYPE_CHECKING:
    from redis_tui.engine.client import Client
    from redis_tui.engine.clock import ManualClock
    from redis_tui.engine.engine import Engine
    from tests.engine.conftest import Run


def test_wait_lets_its_time_pass_where_replicas_are_wanted(
    engine: Engine, client: Client, clock: ManualClock, run: Run
) -> None:
    client.outlet = outlet = Outlet()
    assert run("WAIT 1 100") is BLOCKED
    clock.advance(ms=99)
    engine.blocking.expire()
    assert outlet.answers == []
    clock.advance(ms=1)
    engine.blocking.expire()
    assert outlet.answers == [0]


def test_waitaof_answers_for_both_sides_when_time_is_up(
    engine: Engine, client: Client, clock: ManualClock, run: Run
) -> None:
    client.outlet = outlet = Outlet()
    assert run("WAITAOF 0 1 100") is BLOCKED
    clock.advance(ms=100)
    engine.blocking.expire()
    assert outlet.answers == [[0, 0]]
