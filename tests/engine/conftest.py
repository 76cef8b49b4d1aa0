"""An engine that is the same in every test: a manual clock, a seeded generator, one client."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from redis_tui.engine.clock import ManualClock
from redis_tui.engine.engine import Engine
from redis_tui.resp.inline import split_inline

if TYPE_CHECKING:
    from redis_tui.engine.client import Client
    from redis_tui.resp.types import Reply

Run = Callable[[str], "Reply"]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def engine(clock: ManualClock) -> Engine:
    return Engine(clock=clock, seed=1)


@pytest.fixture
def client(engine: Engine) -> Client:
    return engine.connect()


@pytest.fixture
def run(engine: Engine, client: Client) -> Run:
    """``run("SET k v")``: one line as typed in redis-cli, answered with the reply."""

    def run_line(line: str) -> Reply:
        return engine.execute(client, split_inline(line.encode()))

    return run_line
