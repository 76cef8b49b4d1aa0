"""Both directions at both protocols: the whole table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from redis_tui.resp.types import (
    NULL_ARRAY,
    OK,
    BigNumber,
    ErrorReply,
    Map,
    Pairs,
    Push,
    Reply,
    SetReply,
    Status,
    Verbatim,
)
from redis_tui.scripting.convert import integer, number_text

if TYPE_CHECKING:
    from tests.scripting.conftest import Bench

SHOW = """
local function show(v)
  if type(v) == 'string' then return string.format('%q', v) end
  if type(v) ~= 'table' then return tostring(v) end
  local keys, parts = {}, {}
  for k in pairs(v) do keys[#keys + 1] = k end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  for _, k in ipairs(keys) do
    parts[#parts + 1] = (type(k) == 'number' and '' or tostring(k) .. '=') .. show(v[k])
  end
  return '{' .. table.concat(parts, ' ') .. '}'
end
"""

INTO_LUA: list[tuple[Reply, str, str]] = [
    (7, "7", "7"),
    (-(1 << 40), "-1099511627776", "-1099511627776"),
    (b"v", '"v"', '"v"'),
    (b"", '""', '""'),
    (None, "false", "nil"),
    (NULL_ARRAY, "false", "nil"),
    (OK, '{ok="OK"}', '{ok="OK"}'),
    (Status(b"hash"), '{ok="hash"}', '{ok="hash"}'),
    (True, "1", "true"),
    (False, "0", "false"),
    (1.0, '"1"', "{double=1}"),
    (0.1, '"0.1"', "{double=0.1}"),
    ([], "{}", "{}"),
    ([1, b"a", None], '{1 "a" false}', '{1 "a"}'),
    ([OK, [1.5, [b"x"]]], '{{ok="OK"} {"1.5" {"x"}}}', '{{ok="OK"} {{double=1.5} {"x"}}}'),
    (Map([(b"a", b"1"), (b"b", 2)]), '{"a" "1" "b" 2}', '{map={a="1" b=2}}'),
    (SetReply([b"a", b"b"]), '{"a" "b"}', "{set={a=true b=true}}"),
    (Push([b"a"]), '{"a"}', '{"a"}'),
    (Pairs([(b"m", 1.5)]), '{"m" "1.5"}', '{{"m" {double=1.5}}}'),
    (Verbatim(b"text", b"mkd"), '"text"', '{verbatim_string={format="mkd" string="text"}}'),
    (BigNumber(b"123"), '"123"', '{big_number="123"}'),
]


@pytest.mark.parametrize(("reply", "at_2", "at_3"), INTO_LUA)
@pytest.mark.parametrize("lanes", [True, False])
def test_a_reply_becomes_a_lua_value(bench: Bench, reply: Reply, at_2: str, at_3: str, lanes: bool) -> None:
    bench.host.lanes = lanes
    bench.host.answers[b"what"] = reply
    assert bench(SHOW + "return show(redis.call('what'))") == at_2.encode()
    assert bench(SHOW + "redis.setresp(3) return show(redis.call('what'))") == at_3.encode()
    assert bench.host.protocols == [3]


OUT_OF_LUA: list[tuple[str, Reply, Reply]] = [
    ("'x'", b"x", b"x"),
    ("7", 7, 7),
    ("3.99", 3, 3),
    ("-3.99", -3, -3),
    ("1e20", -(1 << 63), -(1 << 63)),
    ("0/0", -(1 << 63), -(1 << 63)),
    ("true", 1, True),
    ("false", None, False),
    ("nil", None, None),
    ("", None, None),
    ("print_me", None, None),
    ("cjson.null", None, None),
    ("{}", [], []),
    ("{1, 2, nil, 3}", [1, 2], [1, 2]),
    ("{true, false, 'x', 1.5, {cjson.null}}", [1, None, b"x", 1, [None]], [True, False, b"x", 1, [None]]),
    ("{[1] = 'a', [3] = 'c', x = 1}", [b"a"], [b"a"]),
    ("{ok = 'FINE'}", Status(b"FINE"), Status(b"FINE")),
    ("{ok = 'a\\r\\nb'}", Status(b"a  b"), Status(b"a  b")),
    ("{ok = 5}", [], []),
    ("{err = 'thing'}", ErrorReply(b"thing"), ErrorReply(b"thing")),
    ("{err = 'A b', ok = 'c'}", ErrorReply(b"A b"), ErrorReply(b"A b")),
    ("{double = 3.5}", 3.5, 3.5),
    ("{double = 'x'}", [], []),
    ("{big_number = '12\\r\\n'}", BigNumber(b"12  "), BigNumber(b"12  ")),
    ("{verbatim_string = {string = 'abc', format = 'txt'}}", Verbatim(b"abc"), Verbatim(b"abc")),
    ("{verbatim_string = {string = 'abc'}}", [], []),
    ("{map = {a = true}}", Map([(b"a", 1)]), Map([(b"a", True)])),
    ("{map = 5}", [], []),
    ("{set = {a = false}}", SetReply([b"a"]), SetReply([b"a"])),
    ("{{ok = 'inner'}, {err = 'E x'}}", [Status(b"inner"), ErrorReply(b"E x")], [Status(b"inner"), ErrorReply(b"E x")]),
    ("setmetatable({}, {__index = function() return 'x' end})", [], []),
    ("1, 2, 3", 1, 1),
]


@pytest.mark.parametrize(("lua", "at_2", "at_3"), OUT_OF_LUA)
def test_a_return_value_becomes_a_reply(bench: Bench, lua: str, at_2: Reply, at_3: Reply) -> None:
    source = "local print_me = function() end "
    for head, expected in ((source, at_2), (source + "redis.setresp(3) ", at_3)):
        reply = bench(f"{head}return {lua}")
        assert reply == expected
        assert type(reply) is type(expected)


def test_long_replies_cross_in_parts_both_ways(bench: Bench) -> None:
    bench.host.answers[b"flat"] = [b"%d" % i for i in range(10_001)]
    bench.host.answers[b"nested"] = [[i, None] for i in range(10_001)]
    assert bench("return redis.call('flat')") == [b"%d" % i for i in range(10_001)]
    assert bench("return redis.call('nested')") == [[i, None] for i in range(10_001)]


def test_a_table_that_holds_itself_ends_in_an_error(bench: Bench) -> None:
    reply = bench("local t = {} t[1] = t return t")
    depth = 0
    while isinstance(reply, list):
        (reply,) = reply
        depth += 1
    assert depth == 200
    assert reply == ErrorReply(b"ERR reached lua stack limit")


def test_the_status_of_one_call_is_not_shared_with_the_next(bench: Bench) -> None:
    source = "local a = redis.call('set', 'k', 1) a.ok = 'CHANGED' return redis.call('set', 'k', 2)"
    assert bench(source) == Status(b"OK")


# What Redis 8.2.3 stored for redis.call('set', 'n', number).
NUMBERS = [
    (1e20, b"1e+20"),
    (1e15, b"1000000000000000"),
    (1e17, b"100000000000000000"),
    (-1e18, b"-1000000000000000000"),
    (4.7e18, b"4.7e+18"),
    (1e19, b"1e+19"),
    (123456.789, b"123456.789"),
    (1e-5, b"0.00001"),
    (1e-7, b"1e-7"),
    (1 / 3, b"0.3333333333333333"),
    (-0.0, b"0"),
    (2.0**53, b"9007199254740992"),
    (2.0**62, b"4611686018427387904"),
    (2.0**63, b"9223372036854776000"),
    (-float("nan"), b"-nan"),
    (float("nan"), b"nan"),
    (float("inf"), b"inf"),
    (float("-inf"), b"-inf"),
    (1e100, b"1e+100"),
    (1.5e300, b"1.5e+300"),
    (0.00012345, b"1.2345e-4"),
    (123456789012.5, b"123456789012.5"),
    (1e21, b"1e+21"),
    (12345678901234567890.0, b"12345678901234567000"),
    (0.1, b"0.1"),
    (1.2345 * 10.0**21, b"1234499999999999900000"),
]


@pytest.mark.parametrize(("number", "text"), NUMBERS)
def test_a_number_becomes_the_text_that_the_servers_make(number: float, text: bytes) -> None:
    assert number_text(number) == text


@pytest.mark.parametrize(
    "number", ["0", "-7", "999", "1000", "1001", "999999", "1000000", "123456789012345", "0.5", "-1234"]
)
def test_a_number_argument_arrives_as_its_text(bench: Bench, number: str) -> None:
    assert bench(f"return redis.call('echo', {number})") == number.encode()
    assert bench(f"redis.call('set', 'k', {number}) return redis.call('get', 'k')") == number.encode()


def test_integers_beyond_64_bits_are_the_smallest() -> None:
    assert [integer(v) for v in (9.2e18, 9.3e18, -9.3e18)] == [9200000000000000000, -(1 << 63), -(1 << 63)]
