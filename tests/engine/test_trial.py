"""Work that is taken back: nothing of it is left, and nobody has heard of it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from redis_tui.engine.blocking import BLOCKED
from redis_tui.engine.trial import Trial
from redis_tui.resp.inline import split_inline
from redis_tui.resp.types import OK
from tests.engine.outlet import Outlet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redis_tui.engine.client import Client
    from redis_tui.engine.clock import ManualClock
    from redis_tui.engine.engine import Engine
    from redis_tui.resp.types import Reply
    from tests.engine.conftest import Run

SETUP = (
    "SET s v",
    "SET n 5 EX 100",
    "RPUSH l a b c",
    "SADD set a b c d e f g h",
    "HSET h f v g w",
    "HPEXPIRE h 100000 FIELDS 1 f",
    "ZADD z 1 a 2 b",
    "GEOADD geo 13.36 38.11 Palermo",
    "XADD x 1-1 f v",
    "XGROUP CREATE x group 0",
    "PFADD hll a b c",
    "VADD vec VALUES 3 1 2 3 member",
    "SELECT 2",
    "SET elsewhere 1",
    "SELECT 0",
)
READS = ("s", "n", "l", "set", "h", "z", "geo", "x", "hll", "vec")


@contextmanager
def dry_run(engine: Engine, client: Client, *, leaves_no_trace: bool = True) -> Iterator[None]:
    with engine.blocking.held():
        trial = Trial(engine, client, leaves_no_trace=leaves_no_trace)
        try:
            yield
        finally:
            trial.close()
            trial.undo()


def state(engine: Engine) -> dict[str, object]:
    """All that data is, and what is known of it."""
    found: dict[str, object] = {}
    space = engine.space
    for name in ("dirty", "hits", "misses", "expired", "expired_fields", "vector_sets"):
        found[name] = getattr(space, name)
    found["evicted"] = engine.eviction.evicted
    found["random"] = space.rng.getstate()
    uses, looked_at = [dict(db.accessed) for db in space.databases], (space.hits, space.misses)
    found["used"] = uses
    found["expires"] = [dict(db.expires) for db in space.databases]
    found["scripts"] = [(one.script.sha1, one.runs) for one in engine.scripts.cache]
    found["Lua random"] = engine.scripts.runtime.random_state
    client = engine.connect()
    for db in space.databases:
        for key in db.entries:
            client.ctx.use(db)
            for words in (
                [b"DUMP", key],
                [b"HPEXPIRETIME", key, b"FIELDS", b"1", b"f"],
                [b"XINFO", b"STREAM", key, b"FULL"],
                [b"VEMB", key, b"member"],
            ):
                found[f"{db.index} {key!r} {words[0]!r}"] = engine.execute(client, words)
    engine.disconnect(client)
    space.hits, space.misses = looked_at  # the looks above are none of the engine's
    for db, used in zip(space.databases, uses, strict=True):
        db.accessed.clear()
        db.accessed.update(used)
    return found


SCRIPTS = {
    "reads": "for _, k in ipairs(KEYS) do redis.call('TYPE', k) redis.call('OBJECT', 'ENCODING', k) end redis.call('GET', 's')",
    "misses": "return redis.call('GET', 'missing')",
    "writes": "redis.call('SET', 's', 'w') redis.call('DEL', 'l', 'z') return redis.call('INCR', 'n')",
    "time to live": "redis.call('PERSIST', 'n') redis.call('EXPIRE', 's', 10) redis.call('PEXPIRE', 'l', 0)",
    "fields' time to live": "redis.call('HPERSIST', 'h', 'FIELDS', 1, 'f') redis.call('HEXPIRE', 'h', 5, 'FIELDS', 1, 'g')",
    "random choice": "return {redis.call('SPOP', 'set'), redis.call('RANDOMKEY'), math.random(1000)}",
    "last id of a stream": "redis.call('XADD', 'x', '9-9', 'f', 'v') redis.call('XTRIM', 'x', 'MAXLEN', 0)",
    "groups": "redis.call('XREADGROUP', 'GROUP', 'group', 'me', 'STREAMS', 'x', '>') redis.call('XGROUP', 'DESTROY', 'x', 'group')",
    "a new stream": "redis.call('XADD', 'y', '*', 'f', 'v')",
    "vectors": "redis.call('VADD', 'vec', 'VALUES', 3, 3, 2, 1, 'other') redis.call('VADD', 'v2', 'VALUES', 2, 1, 1, 'a')",
    "other database": "redis.call('SELECT', 2) redis.call('DEL', 'elsewhere') redis.call('SET', 'new', 1)",
    "moves": "redis.call('MOVE', 's', 2) redis.call('RENAME', 'h', 'i') redis.call('COPY', 'l', 'm')",
    "flush": "redis.call('FLUSHALL') redis.call('SET', 's', 'again')",
    "swap": "redis.call('SWAPDB', 0, 2) redis.call('SET', 'x', 1)",
    "error": "redis.call('SET', 's', 'w') error('no')",
}


@pytest.mark.parametrize("source", SCRIPTS.values(), ids=SCRIPTS)
def test_nothing_is_left_of_a_dry_run(
    run: Run, engine: Engine, client: Client, clock: ManualClock, source: str
) -> None:
    for line in SETUP:
        run(line)
    run("EVAL 'return math.random(10)' 0")
    clock.advance(ms=5000)
    engine.expire_cycle()
    before = state(engine)
    with dry_run(engine, client):
        engine.execute(client, [b"EVAL", source.encode(), b"%d" % len(READS), *(key.encode() for key in READS)])
    assert state(engine) == before
    assert client.ctx.db.index == 0


@pytest.mark.parametrize("source", [SCRIPTS["writes"], SCRIPTS["flush"], SCRIPTS["last id of a stream"]])
def test_what_is_undone_after_a_kill_leaves_the_script_in_the_cache(
    run: Run, engine: Engine, client: Client, source: str
) -> None:
    for line in SETUP:
        run(line)
    before = state(engine)
    with dry_run(engine, client, leaves_no_trace=False):
        engine.execute(client, [b"EVAL", source.encode(), b"0"])
    after = state(engine)
    assert len(engine.scripts.cache) == 1
    assert {name: value for name, value in after.items() if name not in ("scripts", "used")} == {
        name: value for name, value in before.items() if name not in ("scripts", "used")
    }


def test_a_dry_run_breaks_no_watch(run: Run, engine: Engine, client: Client) -> None:
    run("SET k 1")
    run("WATCH k")
    with dry_run(engine, engine.connect()):
        engine.execute(engine.connect(), split_inline(b"SET k 2"))
    run("MULTI")
    run("GET k")
    assert run("EXEC") == [b"1"]
    assert engine.space.dirty == 1


def test_what_is_kept_breaks_a_watch_once_it_is_over(run: Run, engine: Engine, client: Client) -> None:
    run("SET k 1")
    run("WATCH k")
    trial = Trial(engine, client, leaves_no_trace=False)
    engine.execute(engine.connect(), split_inline(b"SET k 2"))
    assert not client.watch_broken
    trial.close()
    trial.keep()
    assert client.watch_broken


def test_who_waits_for_a_key_gets_nothing_of_a_dry_run(run: Run, engine: Engine, client: Client) -> None:
    waiting, heard = engine.connect(), Outlet()
    waiting.outlet = heard
    assert engine.execute(waiting, split_inline(b"BLPOP queue 0")) is BLOCKED
    with dry_run(engine, client):
        run("RPUSH queue a")
    run("RPUSH other a")
    assert heard.answers == []
    run("RPUSH queue b")
    assert heard.answers == [[b"queue", b"b"]]


def subscriber(engine: Engine, line: bytes) -> Outlet:
    listening, heard = engine.connect(), Outlet()
    listening.outlet = heard
    engine.execute(listening, split_inline(line))
    heard.pushed.clear()
    return heard


def test_nobody_hears_of_a_dry_run_but_its_script_counts_who_would(run: Run, engine: Engine, client: Client) -> None:
    run("CONFIG SET notify-keyspace-events KEA")
    events = subscriber(engine, b"PSUBSCRIBE __key*")
    news = subscriber(engine, b"SUBSCRIBE news")
    replies: list[Reply] = []
    with dry_run(engine, client):
        replies.append(run("PUBLISH news hello"))
        run("SET k 1")
    assert replies == [1]
    assert events.pushed == []
    assert news.pushed == []


def test_what_is_kept_is_heard(run: Run, engine: Engine, client: Client) -> None:
    run("CONFIG SET notify-keyspace-events KEA")
    events = subscriber(engine, b"PSUBSCRIBE __keyevent*")
    trial = Trial(engine, client, leaves_no_trace=False)
    run("SET k 1")
    trial.close()
    trial.keep()
    assert len(events.pushed) == 1


@pytest.mark.parametrize("kept", [True, False])
def test_client_tracking_hears_of_what_is_kept_only(run: Run, engine: Engine, client: Client, kept: bool) -> None:
    reader, heard = engine.connect(), Outlet()
    reader.outlet, reader.resp = heard, 3
    assert engine.execute(reader, split_inline(b"CLIENT TRACKING on")) == OK
    engine.execute(reader, split_inline(b"GET k"))
    trial = Trial(engine, client, leaves_no_trace=False)
    run("SET k 1")
    trial.close()
    if kept:
        trial.keep()
    else:
        trial.undo()
    assert len(heard.pushed) == int(kept)


def test_keys_evicted_by_a_dry_run_come_back(run: Run, engine: Engine, client: Client) -> None:
    for i in range(50):
        run(f"SET key:{i} {'x' * 1000}")
    run(f"CONFIG SET maxmemory {int(engine.eviction.limit) or 1}")
    run("CONFIG SET maxmemory-policy allkeys-random")
    before = dict(engine.space.databases[0].entries)
    with dry_run(engine, client):
        run("SET more 1")
    assert engine.space.databases[0].entries == before
    assert engine.eviction.evicted == 0


@pytest.mark.parametrize("line", ["FUNCTION FLUSH", "SCRIPT FLUSH", "CONFIG SET maxmemory 1", "ACL SETUSER x"])
def test_what_a_dry_run_could_not_put_back_a_script_may_not_do(run: Run, line: str) -> None:
    words = ", ".join(f"'{word}'" for word in line.split())
    reply = run(f'EVAL "return redis.pcall({words})" 0')
    assert "not allowed from script" in str(reply)
