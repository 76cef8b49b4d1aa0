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
"""Of the processor's time, which a script that spins uses up: a machine that is busy with other things takes longer."""

ENDLESS = {
    "plain loop": "while true do end",
    "repeat": "repeat until false",
    "for without end": "for i = 1, 1e300 do end",
    "nested loops": "local i = 0 while true do repeat i = i + 1 if i % 2 == 0 then break end until true end",
    "pcall loop": "while true do pcall(function() while true do end end) end",
    "pcall at full depth": "local function f() while true do pcall(f) end end f()",
    "pcall of a deeper pcall": "local function f(n) while true do pcall(f, n + 1) end end f(0)",
    "recursion through pcall": "local function f() pcall(f) end while true do f() end",
    "stack overflows": "local function f() return 1 + f() end while true do pcall(f) end",
    "error in the handler": "while true do xpcall(function() error('x') end, function() error('y') end) end",
    "handler that calls xpcall": "local function h() while true do xpcall(h, h) end end h()",
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
    "deep in coroutines": "local function f(n) if n == 0 then while true do end end coroutine.wrap(f)(n - 1) end f(40)",
    "generator": """
        local numbers = coroutine.wrap(function() local i = 0 while true do i = i + 1 coroutine.yield(i) end end)
        for _ in numbers do end""",
    "generators": "while true do for _ in coroutine.wrap(function() coroutine.yield(1) end) do end end",
    "copies within a coroutine": "coroutine.wrap(function() local s = ('x'):rep(1e6) while true do s:reverse() end end)()",
    "copies by turns": """
        local s = ('x'):rep(1e6)
        for _ in coroutine.wrap(function() while true do s:reverse() coroutine.yield(1) end end) do s:upper() end""",
    "__newindex": "local t = setmetatable({}, {__newindex = function() while true do end end}) t.x = 1",
    "__call": "setmetatable({}, {__call = function() while true do end end})()",
    "__concat": "return setmetatable({}, {__concat = function() while true do end end}) .. 'x'",
    "__add": "return setmetatable({}, {__add = function() while true do end end}) + 1",
    "__unm": "return -setmetatable({}, {__unm = function() while true do end end})",
    "__eq": "local m = {__eq = function() while true do end end} return setmetatable({}, m) == setmetatable({}, m)",
    "__lt": "local m = {__lt = function() while true do end end} return setmetatable({}, m) < setmetatable({}, m)",
    "__le": "local m = {__le = function() while true do end end} return setmetatable({}, m) <= setmetatable({}, m)",
    "chain of __index": """
        local t = {}
        for i = 1, 50 do t = setmetatable({}, {__index = t}) end
        while true do local x = t.a end""",
    "__index": "local t = setmetatable({}, {__index = function() while true do end end}) return t.x",
    "__tostring": "local t = setmetatable({}, {__tostring = function() while true do end end}) while true do pcall(tostring, t) end",
    "error value": "while true do pcall(error, setmetatable({}, {__index = function() while true do end end})) end",
    "uncaught error value": "error(setmetatable({}, {__index = function() while true do end end}))",
    "table.sort": "table.sort({3, 2, 1}, function() while true do end end)",
    "table.sort of many": "local t = {} for i = 1, 1e5 do t[i] = i end while true do table.sort(t) end",
    "table.sort that errs": """
        local t = {}
        for i = 1, 1e4 do t[i] = i end
        while true do pcall(table.sort, t, function() return true end) end""",
    "table.concat of many": "local t = {} for i = 1, 1e5 do t[i] = 'xxxxxxxx' end while true do table.concat(t, ',') end",
    "table.insert at the front": "local t = {} for i = 1, 1e5 do t[i] = i end while true do table.insert(t, 1, 0) end",
    "pairs": "local t = {} for i = 1, 1e5 do t[i] = i end while true do for _ in pairs(t) do end end",
    "unpack": "local t = {} for i = 1, 7000 do t[i] = i end while true do select('#', unpack(t)) end",
    "collectgarbage": "local t = {} for i = 1, 1e5 do t[i] = {} end while true do collectgarbage() end",
    "gsub with a table": "local s = ('x'):rep(1e5) while true do s:gsub('.', {x = 'y'}) end",
    "gsub with a text": "local s = ('x'):rep(1e5) while true do s:gsub('.', '%0%0') end",
    "gmatch": "local s = ('x'):rep(1e6) while true do for _ in s:gmatch('.') do end end",
    "gsub": "return ('x'):rep(1000):gsub('.', function() while true do end end)",
    "a pattern of many choices": "return string.find(('a'):rep(1e5), ('(.-)'):rep(30) .. 'b%1')",
    "a pattern of as many choices as characters": "return string.find(('a'):rep(1e6), ('a?'):rep(1e6) .. 'b')",
    "patterns of the square of a text": "local s = ('ab'):rep(1e5) while true do s:find('[ab]*c') s:gsub('a-c', '') end",
    "brackets that never close": "local s = ('('):rep(1e5) while true do s:find('%b()') end",
    "a long text in a longer one": "local s = ('a'):rep(1e6) while true do s:find(s:sub(5e5) .. 'b', 1, true) end",
    "gsub with a pattern for every character": "local s = ('x'):rep(1e6) while true do s:gsub('', {x = 'y'}) end",
    "tail calls": "local function f() return f() end f()",
    "load": "while true do load(function() return ' ' end) end",
    "loadstring": "while true do loadstring('return 1')() end",
    "loadstring of long code": "local s = ('x = 1 '):rep(1e5) while true do loadstring(s) end",
    "long copies": "local s = ('x'):rep(1e7) while true do s:upper() end",
    "long comparisons": "local s = ('x'):rep(1e6) local a, b = s .. 'a', s .. 'b' while true do local c = a < b end",
    "long numbers": "local s = ('1'):rep(1e5) while true do tonumber(s) end",
    "string.format": "local s = ('x'):rep(1e6) while true do string.format('%s%s', s, s) end",
    "sha1hex": "local s = ('x'):rep(1e6) while true do redis.sha1hex(s) end",
    "redis.log": "while true do redis.log(redis.LOG_NOTICE, 'x') end",
    "cjson.decode": "local s = '[' .. ('1,'):rep(1e5) .. '1]' while true do cjson.decode(s) end",
    "cjson.encode": "local t = {} for i = 1, 1e5 do t[i] = i end while true do cjson.encode(t) end",
    "cjson of a long text": "local s = ('x'):rep(1e6) while true do cjson.decode(cjson.encode(s)) end",
    "cjson that errs": "local s = '[' .. ('1,'):rep(1e5) while true do pcall(cjson.decode, s) end",
    "cmsgpack": "local t = {} for i = 1, 1e4 do t[i] = i end while true do cmsgpack.unpack(cmsgpack.pack(t)) end",
    "struct": "while true do struct.unpack('>I4', struct.pack('>I4', 7)) end",
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
        killed_at.append(time.process_time())
        bench.runtime.kill()

    timer = threading.Timer(0.03, kill)
    timer.start()
    result = bench.run(ENDLESS[name])
    ended_at = time.process_time()
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


def test_a_kill_ahead_of_the_first_instruction_is_not_lost(bench: Bench) -> None:
    bench.host.doomed = True
    assert bench.run("while true do end").killed
    bench.host.doomed = False
    assert bench("return 1") == 1


def test_a_run_that_reaches_its_time_limit_is_killed_in_whatever_shape_it_spins(bench: Bench) -> None:
    for name in ("plain loop", "xpcall body and handler", "copies within a coroutine", "redis.call"):
        script = bench.runtime.compile(ENDLESS[name].encode())
        began = time.process_time()
        result = bench.runtime.run(script, (), (), bench.host, timeout_ms=10)
        assert time.process_time() - began < DEADLINE_S
        assert (result.killed, result.timed_out) == (True, True), name
        assert isinstance(result.reply, ErrorReply)
        assert result.reply.line.startswith(b"ERR Script killed after 10 ms, its time limit. script: ")
        assert result.duration_us >= 10_000
    assert bench("return 1") == 1


def test_what_was_prodded_is_polled_as_rarely_as_before(bench: Bench) -> None:
    core = bench.runtime._core

    def instructions_between_polls() -> int:
        _, _, count = core[b"native"][b"debug"][b"gethook"](core[b"worker"])
        return int(count)

    bench("return 1")
    bench.runtime._limits._prod_states()
    assert instructions_between_polls() == 1
    bench("return 1")
    assert instructions_between_polls() > 1


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
    "closures": "local t = {} while true do local n = #t t[n + 1] = function() return n end end",
    "coroutines": "local t = {} while true do t[#t + 1] = coroutine.create(function() end) end",
    "table.concat": "local t = {} for i = 1, 40 do t[i] = ('x'):rep(1e6) end return table.concat(t)",
    "gsub": "return (('x'):rep(1e6):gsub('.', ('y'):rep(100)))",
    "string.format": "local s = ('x'):rep(1e7) return string.format('%s%s%s%s%s', s, s, s, s, s)",
    "cjson.encode": "local s = ('\\0'):rep(1e7) return cjson.encode(s)",
    "cmsgpack.pack": "local s = ('x'):rep(1e7) return cmsgpack.pack({s .. 1, s .. 2, s .. 3})",
    "many times the same argument": """
        local s, t = ('x'):rep(1e6), {}
        for i = 1, 100 do t[i] = s end
        return redis.call('count', unpack(t))""",
    "many times the same argument without a lane": """
        local s, t = ('x'):rep(1e6), {}
        for i = 1, 4500 do t[i] = s end
        return redis.pcall('nope', unpack(t))""",
    "many times the same text in a reply": "local s, t = ('x'):rep(1e6), {} for i = 1, 100 do t[i] = s end return t",
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


def test_coroutines_that_are_gone_leave_nothing_behind(bench: Bench) -> None:
    source = "for i = 1, 500 do coroutine.wrap(function() end)() end return 1"
    for _ in range(5):
        bench(source)
    before = bench.runtime.memory_of_scripts()
    for _ in range(20):
        bench(source)
    assert bench.runtime.memory_of_scripts() < before + 100_000
    bench.host.on_busy = lambda _ms: bench.runtime.kill()
    assert bench.run(ENDLESS["coroutine"], busy_after_ms=1).killed


def test_recursion_ends_as_on_the_servers(bench: Bench) -> None:
    assert bench.error("local function f() return 1 + f() end return f()") == (
        "ERR user_script:1: stack overflow script: @user_script:1."
    )
    assert bench.error("return unpack({}, 1, 8000)") == (
        "ERR user_script:1: too many results to unpack script: @user_script:1."
    )
    assert bench("return #{unpack({}, 1, 7990)}") == 0
    assert bench("local function f(n) if n == 0 then return 'end' end return f(n - 1) end return f(100000)") == b"end"
