"""Time, kill, memory. Every endless script must end soon after a kill and leave the runtime as good as new."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from redis_tui.resp.types import ErrorReply

if TYPE_CHECKING:
    from tests.scripting.conftest import Bench

DEADLINE_S = 1.0

ENDLESS = {
    "plain loop": "while true do end",
    "pcall loop": "while true do pcall(function() while true do end end) end",
    "pcall at full depth": "local function f() while true do pcall(f) end end f()",
    "looping xpcall handler": "while true do xpcall(function() error('x') end, function() while true do end end) end",
    "xpcall body and handler": "while true do xpcall(function() while true do end end, function() while true do end end) end",
    "coroutine": "coroutine.wrap(function() while true do end end)()",
    "nested coroutines": "coroutine.wrap(function() coroutine.wrap(function() while true do end end)() end)()",
    "coroutines under pcall": "while true do pcall(coroutine.wrap(function() while true do end end)) end",
    "coroutines without end": "local function f() pcall(coroutine.wrap(f)) while true do end end f()",
    "resumed by turns": """
        local all = {}
        for i = 1, 1000 do all[i] = coroutine.create(function() while true do end end) end
        while true do for i = 1, #all do coroutine.resume(all[i]) end end""",
    "__index": "local t = setmetatable({}, {__index = function() while true do end end}) return t.x",
    "__tostring": "local t = setmetatable({}, {__tostring = function() while true do end end}) while true do pcall(tostring, t) end",
    "error value": "while true do pcall(error, setmetatable({}, {__index = function() while true do end end})) end",
    "uncaught error value": "error(setmetatable({}, {__index = function() while true do end end}))",
    "table.sort": "table.sort({3, 2, 1}, function() while true do end end)",
    "gsub": "return ('x'):rep(1000):gsub('.', function() while true do end end)",
    "tail calls": "local function f() return f() end f()",
    "load": "while true do load(function() return ' ' end) end",
    "long strings": "while true do local s = string.rep('x', 1e6) end",
    "redis.call": "while true do redis.call('get', 'k') end",
    "redis.call with status": "while true do redis.call('ping') end",
    "redis.pcall": "while true do redis.pcall('wrong') end",
    "redis.call under pcall": "while true do pcall(redis.call, 'wrong') end",
    "redis.call without a lane": "while true do redis.pcall('nope') end",
}


@pytest.mark.parametrize("name", ENDLESS)
def test_a_kill_ends_it_and_the_next_script_runs(bench: Bench, name: str) -> None:
    killed_at = []

    def kill() -> None:
        killed_at.append(time.perf_counter())
        bench.runtime.kill()

    timer = threading.Timer(0.03, kill)
    timer.start()
    result = bench.run(ENDLESS[name])
    ended_at = time.perf_counter()
    timer.join()
    assert result.killed
    assert isinstance(result.reply, ErrorReply)
    assert result.reply.line.startswith(b"ERR Script killed by user with SCRIPT KILL... script: ")
    assert ended_at - killed_at[0] < DEADLINE_S
    assert bench("return redis.call('echo', 'fine')") == b"fine"


def test_a_kill_names_the_line(bench: Bench, valkey: Bench) -> None:
    source = "local n = 0\n\nwhile true do n = n + 1 end"
    for one in (bench, valkey):
        one.host.on_busy = lambda _ms, one=one: one.runtime.kill()  # type: ignore[misc]  # bound early
    result = bench.run(source, busy_after_ms=5)
    assert result.error_line == 3
    other = valkey.run(source, busy_after_ms=5)
    assert other.reply == ErrorReply(b"ERR Script killed by user with SCRIPT KILL. script: on @user_script:3.")


def test_a_kill_while_nothing_runs_does_not_hit_the_next_run(bench: Bench) -> None:
    bench.runtime.kill()
    assert bench("for i = 1, 100000 do end return 1") == 1


def test_the_host_is_told_that_a_run_lasts_but_not_before_the_threshold(bench: Bench) -> None:
    told: list[int] = []

    def busy(elapsed_ms: int) -> None:
        told.append(elapsed_ms)
        if len(told) == 3:
            bench.runtime.kill()

    bench.host.on_busy = busy
    assert bench.run("while true do end", busy_after_ms=20).killed
    assert told[0] >= 20
    assert told[1] - told[0] >= 9
    assert told[2] - told[1] >= 9


def test_a_short_run_is_never_busy(bench: Bench) -> None:
    bench.host.on_busy = lambda _ms: pytest.fail("busy")
    assert bench("local n = 0 for i = 1, 100000 do n = n + 1 end return n") == 100000


def test_what_the_host_raises_while_busy_comes_out_of_run(bench: Bench) -> None:
    def busy(_elapsed_ms: int) -> None:
        raise KeyboardInterrupt

    bench.host.on_busy = busy
    with pytest.raises(KeyboardInterrupt):
        bench.run("while true do pcall(function() while true do end end) end", busy_after_ms=1)
    assert bench("return 1") == 1


def test_what_a_command_raises_cannot_be_caught_by_the_script(bench: Bench) -> None:
    with pytest.raises(ZeroDivisionError):
        bench("while true do pcall(redis.call, 'boom') end")
    assert bench("return 1") == 1


HUNGRY = {
    "strings": "local t = {} while true do t[#t + 1] = string.rep('x', 1e6) .. #t end",
    "tables": "local t = {} while true do t[#t + 1] = {#t} end",
    "doubling": "local s = 'x' while true do s = s .. s end",
    "one long string": "return string.rep('x', 1e9)",
    "within a coroutine": "coroutine.wrap(function() local t = {} while true do t[#t + 1] = {#t} end end)()",
    "pcall that tries again": """
        local t, n = {}, 0
        while n < 3 do
          n = n + 1
          local ok, e = pcall(function() while true do t[#t + 1] = string.rep('x', 1e6) .. #t end end)
          if n == 3 then error(e, 0) end
        end""",
}


@pytest.mark.parametrize("name", HUNGRY)
def test_a_script_that_wants_too_much_memory_fails_and_the_next_runs(small: Bench, name: str) -> None:
    reply = small(HUNGRY[name])
    assert isinstance(reply, ErrorReply)
    assert b"not enough memory" in reply.line
    assert small("return redis.call('echo', 'fine')") == b"fine"
    assert small.runtime.memory_used < 24 << 20


def test_a_reply_that_does_not_fit_fails(small: Bench) -> None:
    small.host.answers[b"big"] = b"x" * (64 << 20)
    small.host.answers[b"many"] = [b"x" * 1000] * 60_000
    assert small.error("return redis.call('big')") == "ERR not enough memory script: @user_script:1."
    assert small.error("return redis.call('many')") == "ERR not enough memory script: @user_script:1."
    assert small("local ok, e = pcall(redis.call, 'big') return e") == b"not enough memory"


def test_arguments_that_do_not_fit_fail(small: Bench) -> None:
    assert small("return 1", [], [b"x" * (64 << 20)]) == ErrorReply(b"ERR not enough memory")
    assert small("return 1") == 1


def test_garbage_of_one_run_does_not_starve_the_next(small: Bench) -> None:
    for _ in range(5):
        assert small("local t = {} for i = 1, 25 do t[i] = string.rep('x', 1e6) .. i end return #t") == 25


def test_recursion_ends_as_on_the_servers(bench: Bench) -> None:
    assert bench.error("local function f() return 1 + f() end return f()") == (
        "ERR user_script:1: stack overflow script: @user_script:1."
    )
    assert bench.error("return unpack({}, 1, 8000)") == (
        "ERR user_script:1: too many results to unpack script: @user_script:1."
    )
    assert bench("return #{unpack({}, 1, 7990)}") == 0
    assert bench("local function f(n) if n == 0 then return 'end' end return f(n - 1) end return f(100000)") == b"end"
