"""A dry run leaves no mark on the session that asked for it, nor does a run that was undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from redis_tui.resp.types import NULL_ARRAY
from redis_tui.session.base import ScriptRun

if TYPE_CHECKING:
    from redis_tui.session.base import Session

SPIN = b"redis.call('SET', KEYS[1], 'spun') redis.call('DEL', 'other') while true do end"


@pytest.mark.parametrize(
    "run",
    [
        ScriptRun(b"redis.call('SET', KEYS[1], 'tried')", (b"k",), dry_run=True),
        ScriptRun(SPIN, (b"k",), timeout_ms=20),
        ScriptRun(SPIN, (b"k",), timeout_ms=20, dry_run=True),
    ],
    ids=["dry run", "time limit", "both"],
)
async def test_the_sessions_own_watch_holds(embedded: Session, run: ScriptRun) -> None:
    await embedded.execute([b"MSET", b"k", b"v", b"other", b"w"])
    await embedded.execute([b"WATCH", b"k", b"other"])
    await embedded.run(run)
    await embedded.execute([b"MULTI"])
    await embedded.execute([b"MGET", b"k", b"other"])
    assert await embedded.execute([b"EXEC"]) == [[b"v", b"w"]]
    info = await embedded.execute([b"INFO", b"persistence"])
    assert isinstance(info, bytes)
    assert b"rdb_changes_since_last_save:2\r\n" in info


async def test_a_real_run_still_breaks_the_sessions_watch(embedded: Session) -> None:
    await embedded.execute([b"WATCH", b"k"])
    await embedded.run(ScriptRun(b"redis.call('SET', KEYS[1], 1)", (b"k",)))
    await embedded.execute([b"MULTI"])
    await embedded.execute([b"GET", b"k"])
    assert await embedded.execute([b"EXEC"]) == NULL_ARRAY


async def test_a_dry_run_and_the_run_after_it_draw_the_same_numbers(embedded: Session) -> None:
    await embedded.execute([b"SADD", b"s", *(b"%d" % i for i in range(100))])
    run = ScriptRun(b"return {math.random(1000000), redis.call('SPOP', KEYS[1], 5)}", (b"s",), dry_run=True)
    tried = await embedded.run(run)
    done = await embedded.run(ScriptRun(run.source, run.keys))
    assert tried.reply == done.reply


async def test_a_dry_run_is_not_in_the_script_cache(embedded: Session) -> None:
    tried = await embedded.run(ScriptRun(b"return 1", dry_run=True))
    assert await embedded.execute([b"SCRIPT", b"EXISTS", tried.sha.encode()]) == [0]
    await embedded.run(ScriptRun(b"return 1"))
    assert await embedded.execute([b"SCRIPT", b"EXISTS", tried.sha.encode()]) == [1]
