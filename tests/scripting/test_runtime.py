"""Error texts with their lines, byte for byte as Redis 8.2.3 and Valkey 9.1.2 answered."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from redis_tui.errors import CommandError
from redis_tui.resp.types import ErrorReply

if TYPE_CHECKING:
    from redis_tui.scripting.script import Script
    from tests.scripting.conftest import Bench

FAILS = [
    ("error('x')", "ERR user_script:1: x script: @user_script:1."),
    ("error('x', 0)", "ERR x script: @user_script:1."),
    ("local function f() error('x', 2) end\nf()", "ERR user_script:2: x script: @user_script:1."),
    ("error({err = 'x y'})", "x y script: @user_script:1."),
    ("error({err = 5})", "5 script: @user_script:1."),
    ("error({})", "ERR unknown error script: @user_script:1."),
    ("error()", "ERR nil script: @user_script:1."),
    ("error(true)", "ERR true script: @user_script:1."),
    ('error("x\\0y")', "ERR user_script:1: x script: @user_script:1."),
    ("error(redis.error_reply('MY err'))", "MY err script: @user_script:1."),
    ("assert(false)", "ERR user_script:1: assertion failed! script: @user_script:1."),
    (
        "local x = nil\nreturn x.y",
        "ERR user_script:2: attempt to index local 'x' (a nil value) script: @user_script:2.",
    ),
    (
        "return redis.call('wrong')",
        "WRONGTYPE Operation against a key holding the wrong kind of value script: @user_script:1.",
    ),
    ("\n\nreturn redis.call('nope')", "ERR Unknown Redis command called from script script: @user_script:3."),
    (
        "local call = redis.call\nlocal function f()\n  return call('nope')\nend\n\nreturn f()",
        "ERR Unknown Redis command called from script script: @user_script:3.",
    ),
    (
        "if true then\n  redis.call('nope', 'x')\nend",
        "ERR Unknown Redis command called from script script: @user_script:2.",
    ),
    ("return redis.call()", "ERR Please specify at least one argument for this redis lib call script: @user_script:1."),
    *(
        (
            f"return redis.call({args})",
            "ERR Lua redis lib command arguments must be strings or integers script: @user_script:1.",
        )
        for args in ("nil", "{}", "'get', nil", "'get', 'a', nil", "'set', 'a', true", "'set', 'a', {}", "true")
    ),
    ("table.sort({3, 2, 1}, function()\n error('cmp') end)", "ERR user_script:2: cmp script: @user_script:2."),
    (
        "local t = setmetatable({}, {__index = function(t, k)\n error('idx ' .. k) end})\n\nreturn t.foo",
        "ERR user_script:2: idx foo script: @user_script:2.",
    ),
    (
        "return coroutine.wrap(function() error('x') end)()",
        "ERR user_script:1: user_script:1: x script: @user_script:1.",
    ),
    (
        "return coroutine.wrap(function() redis.call('nope') end)()",
        "ERR Unknown Redis command called from script script: @user_script:1.",
    ),
    ("coroutine.yield(1)", "ERR attempt to yield across metamethod/C-call boundary script: @user_script:1."),
    (
        "return loadstring('return foo')()",
        "ERR [string \"return foo\"]:1: Script attempted to access nonexistent global variable 'foo' script: return foo:1.",
    ),
    ("redis.setresp(4)", "ERR RESP version must be 2 or 3. script: @user_script:1."),
    ("redis.setresp()", "ERR redis.setresp() requires one argument. script: @user_script:1."),
    ("redis.log(1)", "ERR redis.log() requires two arguments or more. script: @user_script:1."),
    ("redis.log('x', 'y')", "ERR First argument must be a number (log level). script: @user_script:1."),
    ("redis.log(9, 'y')", "ERR Invalid log level. script: @user_script:1."),
    ("redis.set_repl()", "ERR redis.set_repl() requires one argument. script: @user_script:1."),
    (
        "redis.set_repl(9)",
        "ERR Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE. script: @user_script:1.",
    ),
    ("redis.acl_check_cmd('nope')", "ERR Invalid command passed to redis.acl_check_cmd() script: @user_script:1."),
    ("redis.sha1hex()", "ERR wrong number of arguments script: @user_script:1."),
    ("pairs(5)", "ERR user_script:1: bad argument #1 to 'pairs' (table expected, got number) script: @user_script:1."),
    (
        "string.rep()",
        "ERR user_script:1: bad argument #1 to 'rep' (string expected, got no value) script: @user_script:1.",
    ),
    (
        "return ('x'):rep()",
        "ERR user_script:1: bad argument #1 to 'rep' (number expected, got no value) script: @user_script:1.",
    ),
    ("math.random(0)", "ERR user_script:1: bad argument #1 to 'random' (interval is empty) script: @user_script:1."),
]


@pytest.mark.parametrize(("source", "text"), FAILS)
def test_an_uncaught_error_reads_as_on_redis(bench: Bench, source: str, text: str) -> None:
    assert bench.error(source) == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("error('x')", b"ERR user_script:1: x script: on @user_script:1."),
        ("redis.call()", b"ERR Please specify at least one argument for this call script: on @user_script:1."),
        ("redis.call({})", b"ERR Command arguments must be strings or integers script: on @user_script:1."),
        ("server.setresp()", b"ERR server.setresp() requires one argument. script: on @user_script:1."),
    ],
)
def test_an_uncaught_error_reads_as_on_valkey(valkey: Bench, source: str, text: bytes) -> None:
    assert valkey(source) == ErrorReply(text)


def test_the_tail_names_the_sha_on_redis(bench: Bench) -> None:
    sha = b"9851144f39f03a0d597a980c5aa79c80cb696891"
    result = bench.run("error('x')")
    assert result.reply == ErrorReply(b"ERR user_script:1: x script: %s, on @user_script:1." % sha)
    assert result.error_line == 1
    assert not result.killed


def test_a_returned_error_has_no_tail_and_no_line(bench: Bench) -> None:
    result = bench.run("return redis.pcall('wrong')")
    assert result.reply == ErrorReply(b"WRONGTYPE Operation against a key holding the wrong kind of value")
    assert result.error_line is None


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (b"return x y", b"user_script:1: '<eof>' expected near 'y'"),
        (b"\n\nx x", b"user_script:3: '=' expected near 'x'"),
        (b"#!lua\nx x", b"user_script:2: '=' expected near 'x'"),
        (b"return '", b"user_script:1: unfinished string near '<eof>'"),
        (b"return 5 // 2", b"user_script:1: unexpected symbol near '/'"),
    ],
)
def test_a_script_that_does_not_compile_says_where(bench: Bench, source: bytes, text: bytes) -> None:
    with pytest.raises(CommandError) as caught:
        bench.runtime.compile(source)
    assert caught.value.line == b"ERR Error compiling script (new function): " + text


def test_keys_and_args_arrive_in_any_number(bench: Bench) -> None:
    assert bench("return {KEYS[1], KEYS[2], ARGV[1], #KEYS, #ARGV}", [b"a", b"b"], [b"c"]) == [b"a", b"b", b"c", 2, 1]
    many = [b"%d" % i for i in range(20_000)]
    assert bench("return {#KEYS, #ARGV, KEYS[20000], ARGV[5000]}", many, many) == [20_000, 20_000, b"19999", b"4999"]
    assert bench("return #ARGV", [b"k"]) == 0


def test_a_script_is_compiled_as_fast_among_thousands_that_look_alike(bench: Bench) -> None:
    kept: list[Script] = []

    def seconds(count: int) -> float:
        started = time.process_time()
        kept.extend(bench.runtime.compile(b"--xxxxxxxxxx\nreturn %06d" % (len(kept) + at)) for at in range(count))
        return time.process_time() - started

    first = min(seconds(200) for _ in range(4))
    seconds(18_000)
    assert min(seconds(200) for _ in range(4)) < 4 * first


def test_the_counter_counts(bench: Bench) -> None:
    source = """
        local current = redis.call('get', KEYS[1])
        if not current then
          redis.call('set', KEYS[1], 1)
          return 1
        else
          local new_value = tonumber(current) + 1
          redis.call('set', KEYS[1], new_value)
          return new_value
        end"""
    assert [bench(source, [b"counter"]) for _ in range(3)] == [1, 2, 3]
    assert bench.host.db == {b"counter": b"3"}


def test_a_script_runs_again_and_again(bench: Bench) -> None:
    script = bench.runtime.compile(b"return #KEYS + 1")
    results = [bench.runtime.run(script, [b"k"] * n, [], bench.host, busy_after_ms=5000) for n in range(3)]
    assert [result.reply for result in results] == [1, 2, 3]
    assert all(result.duration_us > 0 for result in results)
