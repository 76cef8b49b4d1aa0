"""Before-images: what a run touched, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from redis_tui.engine.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis_tui.engine.clock import ManualClock
    from redis_tui.engine.engine import Engine
    from redis_tui.resp.types import Reply

    Run = Callable[[str], Reply]

SETUP = (
    "SET s v",
    "SET n 5 EX 100",
    "RPUSH l a b c",
    "SADD set a b",
    "HSET h f v",
    "ZADD z 1 a 2 b",
    "APPEND grown xy",
)


@pytest.fixture
def journal(engine: Engine) -> Journal:
    return Journal()


def dump(engine: Engine) -> dict[tuple[int, bytes], tuple[str, int | None]]:
    """Every key with its value as text, and its time."""
    client = engine.connect()
    found = {}
    for db in engine.space.databases:
        for key, value in db.entries.items():
            shown = bytes(value) if isinstance(value, bytes | bytearray) else value
            members = getattr(shown, "members", getattr(shown, "scores", getattr(shown, "items", shown)))
            text = repr(dict(shown)) if isinstance(shown, dict) else repr(members)
            found[db.index, key] = (f"{type(value).__name__} {text}", db.expires.get(key))
    engine.disconnect(client)
    return found


@pytest.mark.parametrize(
    "lines",
    [
        ["SET s w", "SET s x", "DEL s"],
        ["INCR n", "PERSIST n", "EXPIRE n 5"],
        ["DEL l", "RPUSH l z"],
        ["LPOP l", "LPOP l", "LPOP l"],
        ["SREM set a b", "SADD set c", "SADD new x"],
        ["HSET h f w g x", "HDEL h f g"],
        ["ZADD z 9 a", "ZREM z b"],
        ["APPEND grown z", "SETRANGE s 1 abc"],
        ["RENAME s t", "COPY n m"],
        ["SET s 1 PX 1", "SET new 1 EX 5"],
        ["FLUSHALL", "SET s again"],
        ["SELECT 2", "SET elsewhere 1"],
        ["SWAPDB 0 1"],
        ["MULTI", "SET s 1", "DEL h", "EXEC"],
        ["EVAL \"redis.call('DEL', 's', 'l'); return redis.call('INCR', 'n')\" 0"],
    ],
    ids=lambda lines: lines[0].split()[0],
)
def test_rollback_restores_everything(run: Run, engine: Engine, journal: Journal, lines: list[str]) -> None:
    for line in SETUP:
        run(line)
    before = dump(engine)
    engine.space.open_journal(journal)
    for line in lines:
        run(line)
    engine.space.close_journal()
    journal.rollback()
    assert dump(engine) == before
    assert len(journal) == 0


def test_images_stand_in_the_order_of_first_touch(run: Run, engine: Engine, journal: Journal) -> None:
    run("SET a 1")
    engine.space.open_journal(journal)
    run("SET b 1")
    run("SET a 2")
    run("SET b 3")
    images = [(db.index, key, image.value) for db, key, image in journal.images()]
    assert images == [(0, b"b", None), (0, b"a", b"1")]


def test_reading_leaves_no_image(run: Run, engine: Engine, journal: Journal) -> None:
    run("SET a 1")
    engine.space.open_journal(journal)
    run("GET a")
    run("LPOP missing")
    run("HGET a f")
    assert len(journal) == 0


def test_an_image_is_not_changed_by_later_edits(run: Run, engine: Engine, journal: Journal) -> None:
    run("HSET h f v")
    engine.space.open_journal(journal)
    run("HSET h f w")
    ((_, _, image),) = journal.images()
    assert dict(image.value) == {b"f": b"v"}  # type: ignore[arg-type]  # a Hash is a dict


def test_a_key_that_expires_meanwhile_comes_back(
    run: Run, engine: Engine, journal: Journal, clock: ManualClock
) -> None:
    run("SET k v PX 10")
    engine.space.open_journal(journal)
    clock.advance(ms=11)
    assert run("GET k") is None
    journal.rollback()
    engine.space.close_journal()
    assert engine.space.databases[0].entries == {b"k": b"v"}
    assert run("GET k") is None  # its time has run out all the same


def test_a_scan_after_a_rollback_sees_the_keys_of_before(run: Run, engine: Engine, journal: Journal) -> None:
    run("SET a 1")
    run("SET b 1")
    run("SCAN 0")
    engine.space.open_journal(journal)
    run("DEL a")
    run("SET c 1")
    engine.space.close_journal()
    journal.rollback()
    reply = run("SCAN 0 COUNT 100")
    assert isinstance(reply, list)
    assert sorted(reply[1]) == [b"a", b"b"]
