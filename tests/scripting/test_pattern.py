"""string.find and its kin against Lua's own: our matcher is given everything that the native one would answer alike."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redis_tui.resp.types import ErrorReply
from redis_tui.scripting.wording import REDIS_8
from tests.scripting.conftest import Bench

COMPARE = rb"""
local core, is_ours = ...
if is_ours then
  for p in next, core.reach do core.reach[p] = nil end
  setmetatable(core.reach, {__index = function() return -1 end})   -- nothing is left to the native matcher
end
local theirs, ours = string, core.real[core.G.string]

local function shown(...)
  local out = {}
  for i = 1, select('#', ...) do out[i] = type((select(i, ...))) .. ':' .. tostring((select(i, ...))) end
  return table.concat(out, '|')
end

local function all(library, s, p)
  local out = {}
  for found in library.gmatch(s, p) do out[#out + 1] = shown(found) end
  return table.concat(out, ';')
end

local function upper(...) return shown(...):upper() end
local some = {a = 'x', b = 1, ['1'] = false, ab = {}, aa = 'y'}

return function(how, s, p, init, repl)
  local function ask(library)
    if how == 'gmatch' then return shown(pcall(all, library, s, p)) end
    if how == 'gsub' then return shown(pcall(library.gsub, s, p, repl, init)) end
    if how == 'calls' then return shown(pcall(library.gsub, s, p, upper, init)) end
    if how == 'table' then return shown(pcall(library.gsub, s, p, some, init)) end
    if how == 'plain' then return shown(pcall(library.find, s, p, init, true)) end
    return shown(pcall(library[how], s, p, init))
  end
  return ask(theirs), ask(ours)
end
"""


def comparison(is_ours: bool) -> Any:
    core = Bench(REDIS_8).runtime._core
    native = core[b"native"]
    return native[b"setfenv"](native[b"loadstring"](COMPARE, b"=test"), native)(core, is_ours)


OURS, MIXED = comparison(True), comparison(False)

ITEMS = (
    b"a b A 1 \0 . %a %d %s %w %A %z %% %. %) [ab] [^a] [a-b] [%d_] []a] [^]a] [a-] [%] [ [] [^ ( ) () %0 %1 %2 %b() %bab %baa %b( "
    b"%b %f[a] %f[^%w] %f[%z] %f % ^ $ * + - ? (a) (.-) (a*) ("
).split(b" ")
PATTERNS = st.lists(st.sampled_from(ITEMS), max_size=7).map(b"".join)
TEXTS = st.lists(st.sampled_from([b"a", b"a", b"b", b"A", b"1", b"(", b")", b" ", b"_", b"\0", b"%"]), max_size=10).map(
    b"".join
)
WAYS = st.sampled_from([b"find", b"match", b"gmatch", b"gsub", b"calls", b"table", b"plain"])
STARTS = st.one_of(st.none(), st.integers(-12, 12), st.sampled_from([1.5, -0.5, 1e300, b"2", b"x"]))
REPLACEMENTS = st.one_of(
    st.lists(st.sampled_from([b"x", b"%", b"%%", b"%0", b"%1", b"%2", b"%9", b"\0"]), max_size=3).map(b"".join),
    st.sampled_from([5, 1.5, None, True]),
)


@settings(max_examples=200, deadline=None)
@given(WAYS, TEXTS, PATTERNS, STARTS, REPLACEMENTS)
def test_whatever_a_pattern_is_our_matcher_finds_what_the_native_one_does(
    how: bytes, text: bytes, pattern: bytes, init: Any, repl: Any
) -> None:
    for compare in (OURS, MIXED):
        theirs, ours = compare(how, text, pattern, init, repl)
        assert ours == theirs


@pytest.mark.parametrize(
    ("pattern", "least", "most"),
    [
        (b"abc", 1e6, 1e8),
        (b"[^,]+", 1e6, 1e8),
        (b"^(%w+):(%d+):(.*)$", 1e6, 1e8),
        (b"^%s*(.-)%s*$", 2000, 10_000),
        (b"(%w+)=(%w+)", 1000, 10_000),
        (b"%b()", 2000, 10_000),
        (b"a-b", 2000, 10_000),
        (b".*.*b", 100, 500),
        (b'".-"' * 30, 1, 4),
        (b"a?" * 30 + b"a" * 30, -1, 1),
        (b"a?" * 300, -1, -1),
        (b"a" * 2000, -1, -1),
        (b"(", -1, -1),
        (b"a)", -1, -1),
        (b"a\0*", -1, -1),
    ],
)
def test_the_native_matcher_is_given_as_long_a_text_as_it_can_search_at_worst(
    bench: Bench, pattern: bytes, least: float, most: float
) -> None:
    assert least <= bench.runtime._core[b"reach"][pattern] <= most


def test_patterns_that_would_crash_or_take_for_ever_are_answered(bench: Bench) -> None:
    assert bench("return {string.find(('a'):rep(3e5), ('a?'):rep(3e5))}") == [1, 300_000]
    assert bench("return {string.find(('a'):rep(30), ('a?'):rep(30) .. ('a'):rep(30))}") == [1, 30]
    assert bench("""return string.find(('"'):rep(1e4), ('(".-")'):rep(30) .. 'b')""") is None
    assert bench("return string.find(('a'):rep(1e5), '(a*)*b')") is None
    assert bench("return string.find(('('):rep(2e4), '%b()')") is None
    assert bench("return {string.find(('('):rep(2e4) .. ')', '%b()')}") == [20_000, 20_001]
    assert bench("return {string.find(('a'):rep(6e4) .. 'b', ('a'):rep(3e4) .. 'b')}") == [30_001, 60_001]


def test_what_is_long_is_replaced_in_pieces(bench: Bench) -> None:
    assert bench("return {string.gsub(('k=v,'):rep(5000), '(%w+)=(%w+)', '%2=%1')}") == [b"v=k," * 5000, 5000]
    assert bench("return {string.gsub(('k=v,'):rep(5000), '%w=%w', {['k=v'] = 1})}") == [b"1," * 5000, 5000]
    assert bench("return {string.gsub(('k=v,'):rep(5000), '(%w)=%w', function(k) return k end)}") == [
        b"k," * 5000,
        5000,
    ]
    assert bench("return select(2, string.gsub(('x'):rep(1e6), '.', ('y'):rep(20)))") == 1_000_000


@pytest.mark.parametrize("text", ["'hello'", "('hello'):rep(2000)"])
def test_errors_of_replacements_name_the_script(bench: Bench, text: str) -> None:
    def error(call: str) -> str:
        return bench.error(f"local s = {text}\n{call}").partition(" script: ")[0]

    line = "ERR user_script:2: "
    bad = line + "invalid replacement value (a table)"
    assert error("return s:gsub('(l-)o', {lx = 1, ll = {}})") == bad
    assert error("return s:gsub('(l-)o', function() return {} end)") == bad
    assert error("return s:gsub('(l-)o', '%2')") == line + "invalid capture index"
    assert error("return s:gsub('(l-)o', print_)").startswith("ERR user_script:2: Script attempted")
    assert error("return s:gsub('(l-)o')") == line + "bad argument #2 to 'gsub' (string/function/table expected)"
    assert error("return s:gsub('(l-)o', function() error('mine') end)") == line + "mine"
    assert error("return s:gsub('(l-)o', function() error('mine', 2) end)") == "ERR mine"
    assert error("return s:gsub('(l-)o', function() error('mine', 3) end)") == line + "mine"
    assert error("return s:gsub('(l-)o', function() coroutine.yield() end)").endswith(
        "attempt to yield across metamethod/C-call boundary"
    )
    assert error("return s:find('(')") == line + "unfinished capture"
    assert error("for _ in s:gmatch('%') do end") == line + "malformed pattern (ends with '%')"


def test_wrong_arguments_are_told_as_by_the_native_functions(bench: Bench) -> None:
    def error(call: str) -> str:
        reply = bench(call)
        assert isinstance(reply, ErrorReply)
        return reply.line.decode().partition(" script: ")[0].removeprefix("ERR user_script:1: ")

    assert error("string.find()") == "bad argument #1 to 'find' (string expected, got no value)"
    assert error("string.match('x')") == "bad argument #2 to 'match' (string expected, got no value)"
    assert error("string.gmatch('x', nil)") == "bad argument #2 to 'gmatch' (string expected, got nil)"
    assert error("('x'):find({})") == "bad argument #1 to 'find' (string expected, got table)"
    assert error("('x'):find('x', 'y')") == "bad argument #2 to 'find' (number expected, got string)"
    assert (
        error("local t = {find = string.find} t:find('x')") == "calling 'find' on bad self (string expected, got table)"
    )
    assert error("local f = string.gsub f('x', 'y', 'z', {})") == "bad argument #4 to 'f' (number expected, got table)"
    assert bench("return {string.match(12345, 34), (string.gsub(11, 1, 2))}") == [b"34", b"22"]
    assert bench("return {string.find('a', 'a', '1')}") == [1, 1]
    assert bench("return string.find == string.find and ('').find == string.find and 1") == 1
