"""What the embedded engine's slow log holds: what people run, at the time that they are told."""

from __future__ import annotations

from redis_tui.session.aside import aside
from redis_tui.session.base import ScriptRun
from redis_tui.session.open import open_session


async def test_the_slow_log_tells_the_time_of_a_run_that_the_result_tells() -> None:
    session = await open_session("memory://")
    await session.execute([b"CONFIG", b"SET", b"slowlog-log-slower-than", b"0"])
    outcome = await session.run(ScriptRun(b"for n = 1, 50 do redis.call('incr', KEYS[1]) end", (b"n",), trace=True))
    log = await session.execute([b"SLOWLOG", b"GET", b"100"])
    assert isinstance(log, list)
    times = [entry[2] for entry in log if isinstance(entry, list) and entry[3][0] == b"EVAL"]
    assert times == [int(outcome.duration_ms * 1000)]
    await session.close()


async def test_what_a_face_reads_for_its_panes_is_not_logged() -> None:
    session = await open_session("memory://")
    await session.execute([b"CONFIG", b"SET", b"slowlog-log-slower-than", b"0"])
    await session.execute([b"SLOWLOG", b"RESET"])
    with aside():
        await session.execute([b"INFO", b"memory"])
    await session.execute([b"GET", b"asked for"])
    log = await session.execute([b"SLOWLOG", b"GET", b"100"])
    assert isinstance(log, list)
    assert [entry[3][0] for entry in log if isinstance(entry, list)] == [b"GET", b"SLOWLOG"]
    await session.close()
