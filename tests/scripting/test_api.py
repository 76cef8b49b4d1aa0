"""The ``redis`` table, pcall and what is caught."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING

import pytest

from redis_tui.resp.types import ErrorReply, Map, Pairs, SetReply, Status
from redis_tui.scripting.trace import TraceLog

if TYPE_CHECKING:
    from redis_tui.resp.types import Reply
    from tests.scripting.conftest import Bench


def test_redis_pcall_returns_the_error_as_a_table(bench: Bench) -> None:
    assert bench("return redis.pcall('wrong').err") == (
        b"WRONGTYPE Operation against a key holding the wrong kind of value"
    )
    assert bench("return redis.pcall().err") == b"ERR Please specify at least one argument for this redis lib call"


@pytest.mark.parametrize(
    ("source", "reply"),
    [
        (
            "local ok, e = pcall(redis.call, 'nope') return {tostring(ok), e}",
            "ERR Unknown Redis command called from script",
        ),
        ("local ok, e = pcall(error, {err = 'a'}) return {tostring(ok), e}", "a"),
        ("local ok, e = pcall(error, 'a') return {tostring(ok), e}", "a"),
        (
            "local ok, e = xpcall(function() error({err = 'a'}) end, function(e) return e.err end) return {tostring(ok), e}",
            "a",
        ),
    ],
)
def test_pcall_catches_a_string(bench: Bench, source: str, reply: str) -> None:
    assert bench(source) == [b"false", reply.encode()]


def test_pcall_passes_values_through(bench: Bench) -> None:
    assert bench("return {pcall(function(...) return ... end, 1, 2)}") == [1, 1, 2]
    assert bench("return {xpcall(function() return 1, 2 end, error)}") == [1, 1, 2]
    assert bench("return {xpcall(function() error('a') end, function() error('b') end)}") == [
        None,
        b"error in error handling",
    ]


@pytest.mark.parametrize(
    ("argument", "text"),
    [
        ("'x y'", b"x y"),
        ("'-X y'", b"X y"),
        ("'Xy'", b"ERR Xy"),
        ("'-Xy'", b"ERR Xy"),
        ("''", b"ERR "),
        ("'a\\r\\nb'", b"ERR a  b"),
        ("'-a b\\r\\n'", b"a b"),
        ("", b"ERR wrong number or type of arguments"),
        ("5", b"ERR wrong number or type of arguments"),
        ("'a', 'b'", b"ERR wrong number or type of arguments"),
    ],
)
def test_error_reply_adds_a_code_where_there_is_none(bench: Bench, argument: str, text: bytes) -> None:
    assert bench(f"return redis.error_reply({argument})") == ErrorReply(text)


def test_status_reply(bench: Bench) -> None:
    assert bench("return redis.status_reply('a b')") == Status(b"a b")
    assert bench("return redis.status_reply(5)") == ErrorReply(b"ERR wrong number or type of arguments")


def test_sha1hex(bench: Bench) -> None:
    assert bench("return redis.sha1hex('abc')") == hashlib.sha1(b"abc").hexdigest().encode()
    assert bench("return redis.sha1hex(5)") == hashlib.sha1(b"5").hexdigest().encode()
    assert bench("return redis.sha1hex({})") == hashlib.sha1(b"").hexdigest().encode()


def test_log_joins_its_arguments(bench: Bench) -> None:
    bench("redis.log(redis.LOG_NOTICE, 'a', 5, {}, 'b') redis.log(redis.LOG_WARNING, 'c')")
    assert bench.host.logged == [(2, b"a 5 b"), (3, b"c")]


def test_acl_check_cmd_asks_the_host(bench: Bench) -> None:
    assert bench("return {redis.acl_check_cmd('get', 'k'), redis.acl_check_cmd('set', 'k', 1)}") == [1, None]


def test_debugging_and_replication_answer_as_when_off(bench: Bench) -> None:
    assert bench("return {redis.replicate_commands(), redis.breakpoint()}") == [1, None]
    assert bench("return select('#', redis.debug('x')) + select('#', redis.set_repl(redis.REPL_ALL))") == 0


def test_versions(bench: Bench, valkey: Bench) -> None:
    assert bench("return {redis.REDIS_VERSION, redis.REDIS_VERSION_NUM}") == [b"8.2.3", 524803]
    assert valkey(
        "return {server.SERVER_NAME, server.VALKEY_VERSION, redis.VALKEY_VERSION_NUM, redis.REDIS_VERSION}"
    ) == [
        b"valkey",
        b"9.1.2",
        590082,
        b"7.2.4",
    ]
    assert valkey("return server == redis") == 1


def test_a_command_may_be_spelled_in_any_case_and_keeps_its_lane(bench: Bench) -> None:
    bench.host.db[b"k"] = b"v"
    assert bench("return {redis.call('GET', 'k'), redis.call('get', 'k'), redis.pcall('Get', 'k')}") == [b"v"] * 3
    assert bench.host.calls == []


def test_a_command_without_a_lane_goes_through_call(bench: Bench) -> None:
    bench.host.lanes = False
    assert bench("return redis.call('echo', 7)") == b"7"
    assert bench.host.calls == [(b"echo", b"7")]


@pytest.mark.parametrize(
    ("reply", "resp3"),
    [
        ([], []),
        ([b"a"], [b"a"]),
        ([None], []),
        ([b"a", None], [b"a"]),
        ([None, 5, b"a"], []),
        ([1, 2, 3, b"d"], [1, 2, 3, b"d"]),
        ([b"1", 2, b"3", 4, b"5"], [b"1", 2, b"3", 4, b"5"]),
        ([b"1", b"2", b"3", b"4", b"5", None], [b"1", b"2", b"3", b"4", b"5"]),
        ([b"1", b"2", b"3", b"4", b"5", b"6", b"7"], [b"1", b"2", b"3", b"4", b"5", b"6", b"7"]),
        ([b"x" * 5_000, 1], [b"x" * 5_000, 1]),
        ([Status(b"OK"), [b"in", []], 2], [Status(b"OK"), [b"in", []], 2]),
    ],
)
@pytest.mark.parametrize("call", ["redis.call", "redis.pcall"])
def test_a_list_comes_as_a_table_of_its_length(bench: Bench, call: str, reply: Reply, resp3: Reply) -> None:
    bench.host.answers[b"list"] = reply
    assert isinstance(reply, list)
    assert bench(f"local t = {call}('list') return {{#t, table.maxn(t), t}}") == [len(reply), len(reply), reply]
    assert bench(f"redis.setresp(3) return {call}('list')") == resp3
    traced = bench.run(f"local t = {call}('list') return {{#t, t}}", trace=TraceLog())
    assert traced.reply == [len(reply), reply]


@pytest.mark.parametrize("count", [0, 1, 3, 4, 40])
@pytest.mark.parametrize("lanes", [True, False])
def test_maps_sets_and_pairs_are_lists_at_resp2_only(bench: Bench, count: int, lanes: bool) -> None:
    bench.host.lanes = lanes
    scored = [(b"m%d" % i, i + 0.5) for i in range(count)]
    flat = [item for i in range(count) for item in (b"m%d" % i, b"%d.5" % i)]
    bench.host.answers |= {
        b"map": Map(scored),
        b"pairs": Pairs(scored),
        b"members": SetReply(member for member, _ in scored),
    }
    assert bench("return redis.call('map')") == flat
    assert bench("return redis.call('pairs')") == flat
    assert bench("return redis.call('members')") == flat[::2]
    three = "redis.setresp(3) local n = 0 for _ in pairs(redis.call(ARGV[1])%s) do n = n + 1 end return n"
    assert bench(three % ".map", [], [b"map"]) == count
    assert bench(three % ".set", [], [b"members"]) == count
    assert bench(three % "", [], [b"pairs"]) == count


def test_thousands_of_arguments_arrive(bench: Bench) -> None:
    args = [b"%d" % i for i in range(7_000)]
    assert bench("return redis.call('count', unpack(ARGV))", [], args) == 7_000
    assert bench("return redis.call('count', unpack(ARGV, 1, 3999))", [], args) == 3_999


@pytest.mark.parametrize("count", [98, 99, 100, 198, 199, 200, 201, 1_000])
def test_many_arguments_of_each_kind_arrive_as_they_are_written(bench: Bench, count: int) -> None:
    bench.host.lanes = False
    source = "local t = {} for i = 1, N do t[i] = i % 3 == 0 and 's' .. i or i % 3 == 1 and i * 1000 or i + 0.5 end"
    assert bench(f"{source} return redis.call('count', unpack(t))".replace("N", str(count))) == count
    kinds = (b"s%d", b"%d000", b"%d.5")
    assert bench.host.calls == [(b"count", *[kinds[i % 3] % i for i in range(1, count + 1)])]


def test_an_argument_costs_no_more_among_thousands(bench: Bench) -> None:
    def seconds(count: int, times: int) -> float:
        args = [b"%d" % i for i in range(count)]
        started = time.process_time()
        assert bench(f"for i = 1, {times} do redis.call('count', unpack(ARGV)) end", [], args) is None
        return time.process_time() - started

    few = min(seconds(50, 600) for _ in range(3))
    assert min(seconds(6_000, 5) for _ in range(3)) < 8 * few


def test_a_trace_notes_line_arguments_and_reply(bench: Bench) -> None:
    trace = TraceLog()
    source = "redis.call('set', 'k', 1)\n\nlocal f = function() return redis.pcall('wrong') end\nf()\nreturn redis.call('get', 'k')"
    assert bench.run(source, trace=trace).reply == b"1"
    wrong = ErrorReply(b"WRONGTYPE Operation against a key holding the wrong kind of value")
    assert [(row.line, row.argv, row.reply) for row in trace.rows] == [
        (1, (b"set", b"k", b"1"), Status(b"OK")),
        (3, (b"wrong",), wrong),
        (5, (b"get", b"k"), b"1"),
    ]
    assert all(row.duration_us >= 0 for row in trace.rows)


def test_a_trace_counts_what_it_does_not_keep(bench: Bench) -> None:
    trace = TraceLog(limit=2)
    bench.run("for i = 1, 5 do redis.call('echo', i) end", trace=trace)
    assert [row.argv for row in trace.rows] == [(b"echo", b"1"), (b"echo", b"2")]
    assert trace.total == 5


def test_a_coroutine_may_call(bench: Bench) -> None:
    source = """
        local next_value = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(redis.call('echo', i)) end end)
        local t = {}
        for v in next_value do t[#t + 1] = v end
        return t"""
    assert bench(source) == [b"1", b"2", b"3"]
