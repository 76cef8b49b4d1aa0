"""What stays in the script cache and what goes."""

from __future__ import annotations

from redis_tui.scripting.cache import ScriptCache
from redis_tui.scripting.script import Script, digest


def script(n: int) -> Script:
    source = b"return %d" % n
    return Script(source, digest(source), None, None)


def test_a_sha_is_found_in_any_case() -> None:
    cache = ScriptCache()
    cached = cache.add(script(1), evictable=True)
    assert cache.find(script(1).sha1.upper()) is cached
    assert script(1).sha1.upper() in cache
    assert cache.find(b"0" * 40) is None


def test_the_least_recently_run_script_of_eval_goes_first() -> None:
    cache = ScriptCache(eval_limit=3)
    for n in range(3):
        cache.add(script(n), evictable=True)
    cache.find(script(0).sha1)
    cache.add(script(3), evictable=True)
    assert [n for n in range(4) if script(n).sha1 in cache] == [0, 2, 3]
    assert cache.evicted == 1


def test_what_script_load_brought_stays() -> None:
    cache = ScriptCache(eval_limit=1)
    for n in range(5):
        cache.add(script(n), evictable=False)
    cache.add(script(5), evictable=True)
    cache.add(script(5), evictable=False)
    cache.add(script(6), evictable=True)
    assert len(cache) == 7
    assert cache.evicted == 0


def test_five_hundred_scripts_of_eval_are_kept() -> None:
    cache = ScriptCache()
    for n in range(510):
        cache.add(script(n), evictable=True)
    assert (len(cache), cache.evicted) == (500, 10)


def test_runs_are_summed() -> None:
    cached = ScriptCache().add(script(1), evictable=True)
    assert (cached.mean_us, cached.last_run_ms) == (0.0, None)
    cached.record(10.0, 1_000)
    cached.record(30.0, 2_000)
    assert (cached.runs, cached.mean_us, cached.worst_us, cached.last_run_ms) == (2, 20.0, 30.0, 2_000)


def test_flush_forgets_all_and_the_last_used_comes_first() -> None:
    cache = ScriptCache()
    for n in range(3):
        cache.add(script(n), evictable=n == 0)
    cache.find(script(1).sha1)
    assert [cached.script.source for cached in cache] == [b"return 1", b"return 2", b"return 0"]
    cache.flush()
    assert len(cache) == 0
