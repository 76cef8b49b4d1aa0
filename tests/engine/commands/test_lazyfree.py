from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.resp.types import OK

if TYPE_CHECKING:
    from redis_tui.engine.engine import Engine
    from tests.engine.conftest import Run


def test_unlink_of_a_large_set_counts_as_freed_late(engine: Engine, run: Run) -> None:
    run("SADD small a b c")
    run("SADD large " + " ".join(f"m{number}" for number in range(200)))
    assert run("UNLINK small large none") == 2
    assert engine.stats.freed_late == 1


def test_flushing_asynchronously_counts_every_key(engine: Engine, run: Run) -> None:
    run("MSET a 1 b 2")
    assert run("FLUSHDB SYNC") == OK
    run("MSET a 1 b 2")
    assert run("FLUSHALL ASYNC") == OK
    assert engine.stats.freed_late == 2
