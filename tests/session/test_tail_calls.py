"""Which calls are put into parentheses for a trace, and what is left as it is."""

from __future__ import annotations

import pytest

from redis_tui.session.tail_calls import without_tail_calls


@pytest.mark.parametrize(
    ("source", "traced"),
    [
        (b"return redis.call('get', 'k')", b"return (redis.call('get', 'k'))"),
        (b"return redis . pcall ( f(')') )", b"return (redis . pcall ( f(')') ))"),
        (b"return server.call('a')", b"return (server.call('a'))"),
        (b"if x then return redis.call('a', {1, t[1]}) end", b"if x then return (redis.call('a', {1, t[1]})) end"),
        (b"return redis.call('a') + 1", b"return (redis.call('a')) + 1"),
        (b"return redis.call('a'), 2", b"return (redis.call('a')), 2"),
        (b"return\n--[[ ( ]]\nredis.call(\n'a'\n)", b"return\n--[[ ( ]]\n(redis.call(\n'a'\n))"),
        (b"return redis.call('a', ']]', [=[)]]]=])", b"return (redis.call('a', ']]', [=[)]]]=]))"),
        (
            b"return redis.call('a', (function() return redis.call('b') end)())",
            b"return (redis.call('a', (function() return (redis.call('b')) end)()))",
        ),
    ],
)
def test_a_returned_call_is_put_in_parentheses(source: bytes, traced: bytes) -> None:
    assert without_tail_calls(source) == traced


@pytest.mark.parametrize(
    "source",
    [
        b"local r = redis.call('a') return r",
        b"-- return redis.call('a')",
        b"--[[ return redis.call('a') ]]",
        b"return 'return redis.call(1)'",
        b"return [[return redis.call(1)]]",
        b"return my.redis.call('a')",
        b"return redis.call",
        b"return redis.sha1hex('a')",
        b"return redis.call('a'",
        b"local redis = {call = function() return 1, 2 end} return redis.call('a')",
        b"local function f(redis) return redis.call('a') end return f(x)",
        b"redis = x return redis.call('a')",
    ],
)
def test_everything_else_is_left_as_it_is(source: bytes) -> None:
    assert without_tail_calls(source) == source
