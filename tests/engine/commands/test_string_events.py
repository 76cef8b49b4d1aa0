"""What commands on strings announce and how many changes they count, as observed on Redis 8.2.3, 7.2.6 and Valkey 9.1.2."""

from __future__ import annotations

import pytest

from redis_tui.engine.clock import ManualClock
from redis_tui.engine.dialect import REDIS_8, VALKEY_9, Dialect
from redis_tui.engine.engine import Engine
from redis_tui.resp.inline import split_inline

BOTH = [
    ("SET k v EX 100", 1, ["set k", "expire k"]),
    ("SET k w", 1, ["set k"]),
    ("SET k w EX 100 NX", 0, []),
    ("SET k w KEEPTTL", 1, ["set k"]),
    ("SETEX k 10 v", 1, ["set k", "expire k"]),
    ("PSETEX k 10000 v", 1, ["set k", "expire k"]),
    ("GETEX k", 0, []),
    ("GETEX k EX 100", 1, ["expire k"]),
    ("GETEX k PERSIST", 1, ["persist k"]),
    ("GETEX k PERSIST", 0, []),
    ("GETDEL k", 1, ["del k"]),
    ("MSET a 1 b 2", 2, ["set a", "set b"]),
    ("MSETNX a 1 c 2", 0, []),
    ("GETSET a x", 1, ["set a"]),
    ('APPEND a ""', 1, ["append a"]),
    ('SETRANGE a 0 ""', 0, []),
    ("SETRANGE a 0 y", 1, ["setrange a"]),
    ("INCR n", 1, ["incrby n"]),
    ("INCRBYFLOAT n 1.5", 1, ["incrbyfloat n"]),
    ("SETBIT bits 7 1", 1, ["setbit bits"]),
    ("SETBIT bits 7 1", 0, []),
    ("SETBIT bits 100 0", 1, ["setbit bits"]),
    ("BITFIELD bits SET u8 0 1", 0, []),
    ("BITFIELD bits SET u8 0 2 INCRBY u8 8 1", 2, ["setbit bits"]),
    ("BITFIELD bits OVERFLOW FAIL SET u8 400 300", 0, []),
    ("BITFIELD new SET u8 300 0", 1, ["setbit new"]),
    ("BITOP NOT d bits", 1, ["set d"]),
    ("BITOP AND d missing", 1, ["del d"]),
    ("BITOP AND d missing", 0, []),
    ("PFADD h", 1, ["pfadd h"]),
    ("PFADD h a b c", 3, ["pfadd h"]),
    ("PFADD h a b c", 0, []),
    ("PFCOUNT h", 1, []),
    ("PFCOUNT h", 0, []),
    ("PFMERGE h2 h", 1, ["pfadd h2"]),
    ("PFDEBUG TODENSE h", 1, []),
]
REDIS = [
    ("SET k v EXAT 1", 1, ["set k", "expire k"]),
    ("EXISTS k", 0, ["expired k"]),
    ("SET k v", 1, ["set k"]),
    ("GETEX k EXAT 1", 1, ["del k"]),
    ("SET k v", 1, ["set k"]),
    ("EXPIRE k -1", 1, ["del k"]),
]
VALKEY = [
    ("SET k v EXAT 1", 0, []),
    ("SET k v", 1, ["set k"]),
    ("SET k v EXAT 1", 1, ["expired k"]),
    ("SET k v", 1, ["set k"]),
    ("GETEX k EXAT 1", 1, ["expired k"]),
    ("SET k v", 1, ["set k"]),
    ("EXPIRE k -1", 1, ["expired k"]),
    ("MSETEX 2 a 1 b 2 EX 100", 2, ["set a", "expire a", "set b", "expire b"]),
    ("DELIFEQ a 2", 0, []),
    ("DELIFEQ a 1", 1, ["del a"]),
]


@pytest.mark.parametrize(
    ("dialect", "steps"),
    [(REDIS_8, BOTH), (VALKEY_9, BOTH), (REDIS_8, REDIS), (VALKEY_9, VALKEY)],
    ids=["redis", "valkey", "redis only", "valkey only"],
)
def test_each_command_announces_and_counts_what_a_server_does(
    dialect: Dialect, steps: list[tuple[str, int, list[str]]]
) -> None:
    engine = Engine(dialect=dialect, clock=ManualClock(), seed=1)
    client = engine.connect()
    heard: list[str] = []
    engine.space.listen(lambda _db, event, key: heard.append(f"{event} {key.decode()}") if event else None)
    outcome = []
    for line, _, _ in steps:
        heard.clear()
        before = engine.space.dirty
        engine.execute(client, split_inline(line.encode()))
        outcome.append((line, engine.space.dirty - before, list(heard)))
    assert outcome == steps
