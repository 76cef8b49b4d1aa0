"""The time limit of a run on a server: what is left of a run that is given up."""

from __future__ import annotations

import asyncio

import pytest

from redis_tui.session.base import KillOutcome
from redis_tui.session.deadline import Unkillable, within


async def test_a_run_that_is_given_up_has_let_go_of_its_connection() -> None:
    closed: list[str] = []

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            closed.append("closed")

    async def refuse() -> KillOutcome:
        return KillOutcome.UNKILLABLE

    with pytest.raises(Unkillable):
        await within(1, endless(), refuse)
    assert closed == ["closed"]
