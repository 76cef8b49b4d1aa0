"""Saving beside clients that go on, files that are whole or not there, and what follows a failure."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from redis_tui.engine.clock import ManualClock
from redis_tui.engine.config import Config
from redis_tui.engine.dialect import REDIS_8
from redis_tui.engine.engine import Engine
from redis_tui.engine.persistence import Persistence
from redis_tui.errors import FileError
from redis_tui.resp.types import OK, ErrorReply, Map, Status

if TYPE_CHECKING:
    from pathlib import Path

    from redis_tui.engine.client import Client
    from tests.engine.conftest import Run


@pytest.fixture
def engine(clock: ManualClock, tmp_path: Path) -> Engine:
    return Engine(clock=clock, seed=1, config=Config(REDIS_8, dir=str(tmp_path)))


def loaded(folder: Path) -> tuple[Engine, Client]:
    """An engine filled from what was saved there."""
    engine = Engine()
    engine.persistence.load_file(folder / "dump.rdb")
    return engine, engine.connect()


def test_what_is_saved_is_loaded(engine: Engine, run: Run, tmp_path: Path) -> None:
    run("RPUSH l a b")
    run("SELECT 3")
    run("SET k v")
    assert engine.persistence.changes == 3
    assert run("SAVE") is OK
    assert engine.persistence.changes == 0
    other, client = loaded(tmp_path)
    assert other.execute(client, [b"LRANGE", b"l", b"0", b"-1"]) == [b"a", b"b"]
    assert other.space.databases[3].entries == {b"k": b"v"}
    assert [path.name for path in tmp_path.iterdir()] == ["dump.rdb"]


def test_a_background_save_keeps_the_moment_it_began(engine: Engine, run: Run, tmp_path: Path) -> None:
    for line in ("RPUSH l a", "SADD s a", "HSET h f a", "ZADD z 1 a", "APPEND t a", "SET k a", "SET gone a"):
        run(line)
    moment_taken = threading.Event()
    go_on = threading.Event()
    store = Persistence._store

    def slowly(self: Persistence, *args: object) -> bool:
        moment_taken.set()
        assert go_on.wait(10)
        return store(self, *args)  # type: ignore[arg-type]  # handed through as it came

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Persistence, "_store", slowly)
        assert run("BGSAVE") == Status(b"Background saving started")
        assert moment_taken.wait(10)
        assert run("BGSAVE") == ErrorReply(b"ERR Background save already in progress")
        assert run("SAVE") == ErrorReply(b"ERR Background save already in progress")
        for line in (
            "RPUSH l b",
            "SADD s b",
            "HSET h f b",
            "ZADD z 2 a",
            "APPEND t b",
            "SET k b",
            "DEL gone",
            "SET n b",
        ):
            run(line)
        run("RENAME l m")
        run("RPUSH m c")
        go_on.set()
        engine.persistence.wait()
    assert engine.persistence.changes > 0
    other, client = loaded(tmp_path)
    ask = [b"LRANGE l 0 -1", b"SMEMBERS s", b"HGET h f", b"ZSCORE z a", b"GET t", b"GET k", b"GET gone", b"EXISTS n m"]
    replies = [other.execute(client, line.split()) for line in ask]
    assert replies[0] == [b"a"]
    assert replies[2:] == [b"a", 1.0, b"a", b"a", b"a", 0]
    assert not engine.space.databases[0].observed


def test_a_save_that_fails_leaves_the_good_file(engine: Engine, run: Run, tmp_path: Path) -> None:
    run("SET k v")
    run("SAVE")
    good = (tmp_path / "dump.rdb").read_bytes()
    run("SET k w")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("redis_tui.engine.persistence.os.fsync", _full)
        assert run("SAVE") == ErrorReply(b"ERR")
    assert (tmp_path / "dump.rdb").read_bytes() == good
    assert [path.name for path in tmp_path.iterdir()] == ["dump.rdb"]


def _full(_fd: int) -> None:
    raise OSError(28, "No space left on device")


def test_writes_are_refused_after_a_background_save_failed(engine: Engine, run: Run, tmp_path: Path) -> None:
    run('CONFIG SET save "900 1"')
    run("SET k v")
    (tmp_path / "dump.rdb").mkdir()
    run("BGSAVE")
    engine.persistence.wait()
    for line in ("SET k w", "PING", "EVAL \"return redis.call('set', 'k', 'w')\" 0"):
        reply = run(line)
        assert isinstance(reply, ErrorReply)
        assert reply.code == "MISCONF"
    assert run("GET k") == b"v"
    run("CONFIG SET stop-writes-on-bgsave-error no")
    assert run("SET k w") is OK
    run("CONFIG SET stop-writes-on-bgsave-error yes")
    (tmp_path / "dump.rdb").rmdir()
    assert run("SAVE") is OK
    assert run("SET k w") is OK


def test_a_save_point_saves(engine: Engine, run: Run, clock: ManualClock, tmp_path: Path) -> None:
    run('CONFIG SET save "60 2"')
    run("SET k v")
    clock.advance(ms=61_000)
    engine.expire_cycle()
    assert not engine.persistence.is_saving
    run("SET k w")
    engine.expire_cycle()
    engine.persistence.wait()
    assert loaded(tmp_path)[0].space.databases[0].entries == {b"k": b"w"}


def test_flushall_ends_a_background_save(engine: Engine, run: Run, tmp_path: Path) -> None:
    for number in range(2000):
        run(f"SET key:{number} v")
    run("BGSAVE")
    run("FLUSHALL")
    assert not engine.persistence.is_saving
    assert run("BGSAVE") == Status(b"Background saving started")
    engine.persistence.wait()
    assert len(loaded(tmp_path)[0].space.databases[0]) == 0


def test_bgsave_in_a_transaction_waits_for_its_end(engine: Engine, run: Run, tmp_path: Path) -> None:
    for line in ("MULTI", "BGSAVE", "SET k v"):
        run(line)
    assert run("EXEC") == [Status(b"Background saving scheduled"), OK]
    engine.expire_cycle()
    engine.persistence.wait()
    assert loaded(tmp_path)[0].space.databases[0].entries == {b"k": b"v"}


def test_debug_loadaof_keeps_what_an_append_only_file_would(engine: Engine, run: Run, tmp_path: Path) -> None:
    run("CONFIG SET appendonly yes")
    run("XADD s 1-1 f v")
    run("SET k v PX 100000")
    assert run("DEBUG LOADAOF") is OK
    assert run("XLEN s") == 1
    assert run("PTTL k") == 100_000
    assert list(tmp_path.iterdir()) == []
    run("CONFIG SET appendonly no")
    assert run("DEBUG LOADAOF") == ErrorReply(b"ERR Error trying to load the AOF files, check server logs.")
    assert run("DBSIZE") == 0
    run("SET k v")
    run("BGREWRITEAOF")
    assert run("DEBUG LOADAOF") is OK
    assert run("DBSIZE") == 1


def test_a_save_waits_at_each_key_and_can_still_be_given_up(engine: Engine, run: Run, tmp_path: Path) -> None:
    run("SET k v")
    run("CONFIG SET rdb-key-save-delay 100000000")
    run("BGSAVE")
    assert engine.persistence.is_saving
    assert engine.persistence.abort()
    assert list(tmp_path.iterdir()) == []


def test_debug_reload_keeps_everything(engine: Engine, run: Run) -> None:
    run("RPUSH l a b")
    run("SET k v PX 1000")
    dirty = engine.space.dirty
    assert run("DEBUG RELOAD") is OK
    assert run("LRANGE l 0 -1") == [b"a", b"b"]
    assert run("PTTL k") == 1000
    assert engine.space.dirty == dirty
    assert run("DEBUG RELOAD NOFLUSH") == ErrorReply(b"ERR Error trying to load the RDB dump, check server logs.")
    assert run("DEBUG RELOAD NOFLUSH MERGE") is OK


def test_shutdown_saves_where_there_are_save_points(engine: Engine, run: Run, tmp_path: Path) -> None:
    ended = []
    engine.on_shutdown = lambda: ended.append(True)
    run("SET k v")
    run("SHUTDOWN")
    assert ended
    assert not list(tmp_path.iterdir())
    run("SHUTDOWN SAVE")
    assert len(loaded(tmp_path)[0].space.databases[0]) == 1


def test_shutdown_refuses_where_it_cannot_save(engine: Engine, run: Run, tmp_path: Path) -> None:
    engine.on_shutdown = lambda: None
    (tmp_path / "dump.rdb").mkdir()
    run('CONFIG SET save "900 1"')
    assert run("SHUTDOWN") == ErrorReply(b"ERR Errors trying to SHUTDOWN. Check logs.")
    assert not isinstance(run("SHUTDOWN FORCE"), ErrorReply)


def test_a_damaged_file_changes_nothing(engine: Engine, run: Run, tmp_path: Path) -> None:
    run("SET k v")
    run("SAVE")
    path = tmp_path / "dump.rdb"
    path.write_bytes(path.read_bytes()[:-12])
    with pytest.raises(
        FileError, match=r"dump.rdb cannot be loaded: at byte \d+ of \d+, expected .* Nothing was loaded"
    ):
        engine.persistence.load_file(path)
    assert run("GET k") == b"v"


def test_a_file_that_is_not_there_is_named(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"Cannot read .*none.rdb: no such file or directory"):
        engine.persistence.load_file(tmp_path / "none.rdb")


def test_fields_that_lapse_during_a_save_are_still_in_it(
    engine: Engine, run: Run, clock: ManualClock, tmp_path: Path
) -> None:
    run("HSET h f v g w")
    run("HPEXPIRE h 1000 FIELDS 1 f")
    moment_taken, go_on = threading.Event(), threading.Event()
    store = Persistence._store

    def slowly(self: Persistence, *args: object) -> bool:
        moment_taken.set()
        assert go_on.wait(10)
        return store(self, *args)  # type: ignore[arg-type]  # handed through as it came

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Persistence, "_store", slowly)
        run("BGSAVE")
        assert moment_taken.wait(10)
        clock.advance(ms=2000)
        engine.expire_cycle()
        assert run("HLEN h") == 1
        go_on.set()
        engine.persistence.wait()
    other = Engine(clock=ManualClock())
    other.persistence.load_file(tmp_path / "dump.rdb")
    assert other.execute(other.connect(), [b"HGETALL", b"h"]) == Map([(b"f", b"v"), (b"g", b"w")])


def test_a_fault_in_the_saving_thread_ends_the_save(engine: Engine, run: Run) -> None:
    run("SET k v")
    told: list[object] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading, "excepthook", told.append)
        patch.setattr(Persistence, "_store", None)
        run("BGSAVE")
        engine.persistence.wait()
    assert told
    assert not engine.persistence.is_saving
    assert not engine.persistence.last_status_ok


def test_what_no_file_can_hold_is_named(run: Run) -> None:
    run("VADD v VALUES 2 1 0 e")
    refused = run("SAVE")
    assert isinstance(refused, ErrorReply)
    assert refused.line.startswith(b"ERR a vector set cannot be written")
    run("DEL v")
    assert run("SAVE") is OK
