from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from redis_tui.engine.dialect import dialect_named
from redis_tui.engine.engine import Engine
from redis_tui.resp.types import OK

if TYPE_CHECKING:
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


@pytest.mark.parametrize(("dialect", "functions"), [("redis-8", 66), ("redis-7.2", 65), ("valkey-9", 65)])
def test_flushing_many_scripts_and_functions_asynchronously_counts_them(dialect: str, functions: int) -> None:
    engine = Engine(dialect=dialect_named(dialect))
    client = engine.connect()
    for number in range(65):
        engine.execute(client, [b"SCRIPT", b"LOAD", b"return %d" % number])
    engine.execute(client, [b"SCRIPT", b"FLUSH", b"ASYNC"])
    assert engine.stats.freed_late == 65
    named = b"\n".join(b"redis.register_function('f%d', function() end)" % number for number in range(65))
    engine.execute(client, [b"FUNCTION", b"LOAD", b"#!lua name=l\n" + named])
    engine.execute(client, [b"FUNCTION", b"FLUSH", b"ASYNC"])
    assert engine.stats.freed_late == 65 + functions


def test_few_scripts_are_freed_at_once(engine: Engine, run: Run) -> None:
    run("SCRIPT LOAD 'return 1'")
    run("SCRIPT FLUSH ASYNC")
    assert engine.stats.freed_late == 0
