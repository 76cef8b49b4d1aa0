"""Many runs of one script, on every kind of session."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from redis_tui.report import repetition_text
from redis_tui.session.base import EventKind, KillOutcome, ScriptRun
from redis_tui.session.open import open_session
from redis_tui.session.repeat import repeat
from tests.conformance.real_server import running

if TYPE_CHECKING:
    from redis_tui.session.base import Session

COUNT = ScriptRun(b"return redis.call('INCR', KEYS[1])", (b"n",))


async def test_the_times_of_all_runs_are_summed_up(session: Session) -> None:
    told: list[tuple[int, int]] = []
    found = await repeat(session, COUNT, 10, progress=lambda done, wanted: told.append((done, wanted)))
    assert (found.wanted, found.runs, found.errors, found.stopped) == (10, 10, 0, False)
    assert told == [(done, 10) for done in range(1, 11)]
    assert found.median_ms is not None
    assert found.worst_ms is not None
    assert 0 < found.median_ms <= found.worst_ms <= found.total_ms
    assert found.p99_ms == found.worst_ms  # of ten
    assert found.slow_log_ms == 10
    assert found.round_trips is not session.info.embedded
    assert found.last is not None
    assert found.last.reply == 10


async def test_a_dry_run_begins_from_the_same_state_each_time(session: Session) -> None:
    await session.execute([b"SET", b"n", b"41"])
    found = await repeat(session, ScriptRun(COUNT.source, COUNT.keys, dry_run=True), 3)
    assert found.last is not None
    assert found.last.reply == 42
    assert await session.execute([b"GET", b"n"]) == b"41"


async def test_errors_are_counted_and_the_first_is_kept(session: Session) -> None:
    source = b"local n = redis.call('INCR', KEYS[1]) if n > 2 then return redis.error_reply('ERR ' .. n) end return n"
    found = await repeat(session, ScriptRun(source, (b"n",)), 5)
    assert (found.runs, found.errors) == (5, 3)
    assert found.first_failure is not None
    assert found.first_failure.error is not None
    assert found.first_failure.error.message == "3"


async def test_once_stopped_no_further_run_begins(session: Session) -> None:
    stop = asyncio.Event()

    def progress(done: int, _wanted: int) -> None:
        if done == 3:
            stop.set()

    found = await repeat(session, COUNT, 1000, progress=progress, stop=stop)
    assert (found.runs, found.stopped) == (3, True)
    assert await session.execute([b"GET", b"n"]) == b"3"


async def test_a_run_without_end_is_killed_and_not_counted(embedded: Session) -> None:
    stop = asyncio.Event()
    source = b"if redis.call('INCR', KEYS[1]) == 3 then while true do end end"

    def progress(done: int, _wanted: int) -> None:
        if done == 2:
            stop.set()

    found = await repeat(embedded, ScriptRun(source, (b"n",)), 10, progress=progress, stop=stop)
    assert (found.runs, found.stopped) == (2, True)


async def test_a_kill_that_is_refused_is_told_at_once() -> None:
    source = b"redis.call('set', KEYS[1], 'v') while redis.call('exists', KEYS[1]) == 1 do end"
    with running("redis-8", "--busy-reply-threshold", "10") as server:
        session = await open_session(f"redis://127.0.0.1:{server.port}")
        stop, answers = asyncio.Event(), asyncio.Queue[KillOutcome]()
        script = ScriptRun(source, (b"k",))
        series = asyncio.create_task(repeat(session, script, 3, stop=stop, told=answers.put_nowait))
        async with asyncio.timeout(30):
            while session.running() is None:
                await asyncio.sleep(0)
            stop.set()
            assert await answers.get() is KillOutcome.UNKILLABLE
        assert not series.done()
        series.cancel()
        await asyncio.wait({series})
        await session.close()


async def test_a_dry_repeat_does_not_count_its_first_run_and_makes_no_server_wait(session: Session) -> None:
    series = await repeat(session, ScriptRun(b"return redis.call('incr', KEYS[1])", (b"n",), dry_run=True), 3)
    assert (series.runs, len(series.durations_ms)) == (3, 3)
    assert series.is_local_copy is not session.info.embedded
    assert ("Nobody waited" in repetition_text(series)) is series.is_local_copy
    assert ("keeps every other client waiting" in repetition_text(series)) is session.info.embedded


async def test_a_script_that_has_run_here_goes_by_its_sha(remote: Session) -> None:
    await remote.execute([b"CONFIG", b"RESETSTAT"])
    await repeat(remote, ScriptRun(b"return 'a script of this test only'"), 4)
    info = await remote.execute([b"INFO", b"commandstats"])
    assert isinstance(info, bytes)
    assert b"cmdstat_eval:calls=1," in info
    assert b"cmdstat_evalsha:calls=3," in info


async def test_a_script_that_the_server_has_lost_is_sent_again(remote: Session) -> None:
    first = await remote.run(COUNT)
    await remote.execute([b"SCRIPT", b"FLUSH"])
    again = await remote.run(COUNT)
    assert (first.reply, again.reply) == (1, 2)


async def test_a_script_that_makes_up_noscript_runs_once(remote: Session) -> None:
    source = b"redis.call('INCR', KEYS[1]) return {err = 'NOSCRIPT No matching script. Please use EVAL.'}"
    for _ in range(2):
        await remote.run(ScriptRun(source, (b"n",)))
    assert await remote.execute([b"GET", b"n"]) == b"2"


async def test_the_log_of_what_was_sent_shows_the_sha(remote: Session) -> None:
    events = remote.events()
    await repeat(remote, COUNT, 2)
    sent = []
    async for event in events:
        sent.append(event.text)
        if event.kind is EventKind.SENT and event.text.startswith("EVALSHA"):
            break
    assert sum(text.startswith("EVAL ") for text in sent) == 1
