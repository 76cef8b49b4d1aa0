"""The three scripts that the project's description names give the same replies and keys as on real servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conformance.conftest import Ours
    from tests.conformance.wire import RawClient

COUNTER = b"""
  local current = redis.call('get', KEYS[1])
  if not current then
    redis.call('set', KEYS[1], 1)
    return 1
  else
    local new_value = tonumber(current) + 1
    redis.call('set', KEYS[1], new_value)
    return new_value
  end
"""
PUSH_IF_EXISTS = b"""
  if redis.call('exists', KEYS[1]) == 1 then
    redis.call('lpush', KEYS[2], ARGV[1])
    return 1
  else
    return 0
  end
"""
DELETE_IF_EQUAL = b"""
  local value = redis.call('get', KEYS[1])
  if value == ARGV[1] then
    redis.call('del', KEYS[1])
    return 1
  else
    return 0
  end
"""

CASES = {
    "counter": [
        (("EVAL", COUNTER, "1", "counter"), b":1\r\n"),
        (("EVAL", COUNTER, "1", "counter"), b":2\r\n"),
        (("GET", "counter"), b"$1\r\n2\r\n"),
        (("SET", "counter", "41"), b"+OK\r\n"),
        (("EVAL", COUNTER, "1", "counter"), b":42\r\n"),
        (("DBSIZE",), b":1\r\n"),
    ],
    "push if exists": [
        (("EVAL", PUSH_IF_EXISTS, "2", "mykey", "mylist", "myvalue"), b":0\r\n"),
        (("EXISTS", "mylist"), b":0\r\n"),
        (("SET", "mykey", "here"), b"+OK\r\n"),
        (("EVAL", PUSH_IF_EXISTS, "2", "mykey", "mylist", "myvalue"), b":1\r\n"),
        (("LRANGE", "mylist", "0", "-1"), b"*1\r\n$7\r\nmyvalue\r\n"),
    ],
    "delete if equal": [
        (("EVAL", DELETE_IF_EQUAL, "1", "mykey", "some_value"), b":0\r\n"),
        (("SET", "mykey", "other"), b"+OK\r\n"),
        (("EVAL", DELETE_IF_EQUAL, "1", "mykey", "some_value"), b":0\r\n"),
        (("SET", "mykey", "some_value"), b"+OK\r\n"),
        (("EVAL", DELETE_IF_EQUAL, "1", "mykey", "some_value"), b":1\r\n"),
        (("EXISTS", "mykey"), b":0\r\n"),
    ],
}


@pytest.mark.parametrize("case", CASES)
def test_an_example_answers_as_on_a_real_server(case: str, ours: Ours, theirs: RawClient) -> None:
    for words, expected in CASES[case]:
        argv = [word.encode() if isinstance(word, str) else word for word in words]
        assert theirs.ask(*argv) == expected
        assert ours.ask(*argv) == expected
