"""Escapes that must fail. Each row is a test of its own; texts were read from Redis 8.2.3."""

from __future__ import annotations

import pytest

from redis_tui.scripting.wording import REDIS_7_2
from tests.scripting.conftest import Bench

READONLY = "ERR user_script:1: Attempt to modify a readonly table script: @user_script:1."
RAW_READONLY = "ERR Attempt to modify a readonly table script: @user_script:1."

MISSING = [
    "python", "debug", "io", "package", "require", "module", "dofile", "loadfile", "print", "getfenv", "setfenv",
    "newproxy", "core", "native", "lupa", "foo",
]  # fmt: skip


@pytest.mark.parametrize("name", MISSING)
def test_a_global_that_scripts_must_not_have_is_missing(bench: Bench, name: str) -> None:
    expected = (
        f"ERR user_script:1: Script attempted to access nonexistent global variable '{name}' script: @user_script:1."
    )
    assert bench.error(f"return {name}") == expected
    assert bench(f"return rawget(_G, '{name}') == nil") == 1


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("foo = 1", READONLY),
        ("_G.foo = 1", READONLY),
        ("_G.redis = nil", READONLY),
        ("KEYS = nil", READONLY),
        ("redis.call = nil", READONLY),
        ("redis.foo = 1", READONLY),
        ("string.upper = nil", READONLY),
        ("math.random = nil", READONLY),
        ("cjson.encode = nil", READONLY),
        ("coroutine.create = nil", READONLY),
        ("getmetatable('').__index = {}", READONLY),
        ("getmetatable('').foo = 1", READONLY),
        ("getmetatable('').__index.upper = nil", READONLY),
        ("getmetatable(_G).__index = nil", READONLY),
        ("rawset(_G, 'x', 1)", RAW_READONLY),
        ("rawset(redis, 'call', 1)", RAW_READONLY),
        ("setmetatable(_G, {})", RAW_READONLY),
        ("setmetatable(string, {})", RAW_READONLY),
        ("loadstring('foo = 1')()", 'ERR [string "foo = 1"]:1: Attempt to modify a readonly table script: foo = 1:1.'),
        ("function foo() end", READONLY),
    ],
)
def test_a_write_to_what_all_scripts_share_is_refused(bench: Bench, source: str, text: str) -> None:
    assert bench.error(source) == text
    assert bench("return redis.call('ping') and ('x'):upper() and type(math.random)") == b"function"


@pytest.mark.parametrize(
    "source",
    [
        "return redis.call.__class__",
        "return redis.sha1hex.__globals__",
        "return cjson.null.__class__",
        "return KEYS.__class__",
    ],
)
def test_no_python_attribute_can_be_reached(bench: Bench, source: str) -> None:
    reply = bench(source)
    assert reply is None or "attempt to index" in bench.error(source)


@pytest.mark.parametrize(
    "source",
    [
        "return type(redis.call)",
        "return type(redis.pcall)",
        "return type(redis.log)",
        "return type(redis.sha1hex)",
        "return type(pcall)",
        "return type(coroutine.wrap(function() end))",
        "return type(cjson.encode)",
    ],
)
def test_what_can_be_called_is_a_function(bench: Bench, source: str) -> None:
    assert bench(source) == b"function"


def test_no_value_in_the_environment_is_userdata_but_cjson_null(bench: Bench) -> None:
    source = """
        local found, seen = {}, {}
        local function walk(t, path)
          if seen[t] then return end
          seen[t] = true
          for k, v in pairs(t) do
            if type(v) == 'userdata' or type(v) == 'thread' then found[#found + 1] = path .. tostring(k) end
            if type(v) == 'table' then walk(v, path .. tostring(k) .. '.') end
          end
          local meta = getmetatable(t)
          if meta then walk(meta, path .. 'meta.') end
        end
        walk(_G, '')
        walk(getmetatable(''), 'string.')
        return found"""
    found = bench(source)
    assert isinstance(found, list)
    assert set(found) <= {b"cjson.null", b"_G.cjson.null", b"meta.__index.cjson.null"}
    assert len(found) == 1


@pytest.mark.parametrize(
    "source",
    [
        "local ok, e = pcall(redis.call, 'wrong') return type(e)",
        "local ok, e = coroutine.resume(coroutine.create(function() error('x') end)) return type(e)",
        "local ok, e = pcall(redis.call, {}) return type(e)",
        "local ok, e = pcall(redis.sha1hex) return type(e)",
    ],
)
def test_an_error_value_is_no_foreign_object(bench: Bench, source: str) -> None:
    assert bench(source) == b"string"


@pytest.mark.parametrize(
    "source",
    [
        r"return loadstring('\27Lua')",
        "return loadstring(string.dump(function() return 1 end))",
        "return (load(function() return nil end)) == nil",
    ],
)
def test_bytecode_is_refused(bench: Bench, source: str) -> None:
    assert bench(source) is None


def test_a_script_that_is_bytecode_does_not_compile(bench: Bench) -> None:
    text = "ERR Error compiling script (new function): user_script:1: unexpected symbol near 'char(27)'"
    with pytest.raises(Exception, match="char") as caught:
        bench(b"\x1bLuaQ\x00")
    assert caught.value.line.decode() == text  # type: ignore[attr-defined]  # a CommandError


def test_bytecode_in_pieces_is_refused(bench: Bench) -> None:
    source = r"""
        local parts = {'\27', 'Lua'}
        local f, e = load(function() return table.remove(parts, 1) end)
        return {tostring(f), e}"""
    reply = bench(source)
    assert isinstance(reply, list)
    assert reply[0] == b"nil"


@pytest.mark.parametrize("name", ["redis.call", "pcall", "pairs", "cjson.decode", "string.rep", "tostring"])
def test_our_own_functions_cannot_be_dumped(bench: Bench, name: str) -> None:
    assert bench.error(f"return string.dump({name})") == (
        "ERR user_script:1: unable to dump given function script: @user_script:1."
    )


def test_os_has_nothing_but_a_clock(bench: Bench) -> None:
    assert bench("local t = {} for k in pairs(os) do t[#t + 1] = k end return t") == [b"clock"]
    assert bench.error("os.execute('true')") == (
        "ERR user_script:1: attempt to call field 'execute' (a nil value) script: @user_script:1."
    )


def test_what_table_insert_leaves_in_a_library_is_gone_in_the_next_run(bench: Bench) -> None:
    bench("table.insert(redis, 'x') table.insert(_G, 'x')")
    assert bench("return {tostring(rawget(redis, 1)), #redis, #_G}") == [b"nil", 0, 0]


def test_a_closed_metatable_stays_closed(bench: Bench) -> None:
    source = "local t = setmetatable({}, {__metatable = 'x'}) setmetatable(t, {})"
    assert bench.error(source) == "ERR user_script:1: cannot change a protected metatable script: @user_script:1."


def test_libraries_can_be_looked_through(bench: Bench) -> None:
    assert bench("local n = 0 for k in pairs(redis) do n = n + 1 end return n") == 23
    assert bench("return {type(next(redis)), type(rawget(redis, 'call'))}") == [b"string", b"function"]


def test_one_script_cannot_leave_a_value_to_the_next(bench: Bench) -> None:
    bench("KEYS.secret = 'x' ARGV[1] = 'y'")
    assert bench("return {tostring(KEYS.secret), #ARGV}") == [b"nil", 0]


def test_the_random_sequence_is_that_of_the_servers(bench: Bench) -> None:
    # The first values after the start of Redis 8.2.3 and Valkey 9.1.2.
    assert bench("return {math.random(1000000), math.random(1000000), math.random(10)}") == [396465, 840486, 4]
    assert bench("math.randomseed(7) return {math.random(1000), math.random(1000)}") == [267, 683]


@pytest.fixture
def older() -> Bench:
    """A runtime as servers had it that still gave scripts their environments."""
    return Bench(REDIS_7_2)


def test_only_older_servers_have_environments(bench: Bench, valkey: Bench, older: Bench) -> None:
    source = "return {rawget(_G, 'getfenv') ~= nil, rawget(_G, 'setfenv') ~= nil, rawget(_G, 'newproxy') ~= nil}"
    assert older(source) == [1, 1, 1]
    assert bench(source) == valkey(source) == [None, None, None]


@pytest.mark.parametrize(
    "source",
    [
        "return getfenv() == _G",
        "return getfenv(0) == _G",
        "return getfenv(type) == _G",
        "return getfenv(redis.call) == _G",
        "return loadstring('return getfenv(1)')() == _G",
        "return coroutine.wrap(function() return getfenv(1) == _G end)()",
        "local found = true pcall(function() for i = 0, 9 do found = found and getfenv(i) == _G end end) return found",
        "local function f() return x end return setfenv(f, {x = true}) == f and f()",
        "setfenv(1, {x = true}) return x",
    ],
)
def test_an_environment_is_never_one_of_ours(older: Bench, source: str) -> None:
    assert older(source) == 1


@pytest.mark.parametrize("target", ["type", "redis.call", "pcall", "cjson.encode", "0"])
def test_the_environment_of_what_is_ours_cannot_be_set(older: Bench, target: str) -> None:
    expected = "ERR user_script:1: 'setfenv' cannot change environment of given object"
    assert older.error(f"setfenv({target}, {{}})").startswith(expected)
    assert older("return type(redis.call)") == b"function"


@pytest.mark.parametrize("arguments", ["{}, 0, 2^31 - 1", "{}, -2^31, 2^31 - 1", "{1}, -2^30, 2^30", "{}, 1, 1e8"])
def test_a_range_that_no_int_holds_does_not_overrun_the_stack(bench: Bench, arguments: str) -> None:
    text = "ERR user_script:1: too many results to unpack script: @user_script:1."
    assert bench.error(f"return unpack({arguments})") == text
