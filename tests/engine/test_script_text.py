"""What a command does differently because a script calls it, in one dialect or another."""

from __future__ import annotations

import pytest

from redis_tui.engine.dialect import REDIS_7_2, REDIS_8, VALKEY_9, Dialect
from redis_tui.engine.engine import Engine
from redis_tui.resp.types import ErrorReply, Reply


def answered(dialect: Dialect, script: str) -> Reply:
    engine = Engine(dialect=dialect)
    return engine.execute(engine.connect(), [b"EVAL", script.encode(), b"1", b"n"])


STORES = [
    "'SET', KEYS[1], 12",
    "'SET', KEYS[1], 12, 'EX', 100, 'NX'",
    "'SETEX', KEYS[1], 100, 12",
    "'PSETEX', KEYS[1], 100000, 12",
    "'SETNX', KEYS[1], 12",
    "'GETSET', KEYS[1], 12",
    "'MSET', 'm', 'x', KEYS[1], 12",
    "'MSETNX', 'm', 'x', KEYS[1], 12",
    "'APPEND', KEYS[1], 12",
]


@pytest.mark.parametrize("call", STORES)
@pytest.mark.parametrize("door", ["call", "pcall"])
@pytest.mark.parametrize(("dialect", "encoding"), [(REDIS_8, b"int"), (VALKEY_9, b"embstr")])
def test_what_a_script_of_valkey_stores_stays_text(dialect: Dialect, encoding: bytes, door: str, call: str) -> None:
    script = f"redis.{door}({call}) return {{redis.call('GET', KEYS[1]), redis.call('OBJECT', 'ENCODING', KEYS[1])}}"
    assert answered(dialect, script) == [b"12", encoding]


def test_msetex_of_a_script_stores_text_too() -> None:
    script = "redis.call('MSETEX', 1, KEYS[1], 12, 'EX', 100) return redis.call('OBJECT', 'ENCODING', KEYS[1])"
    assert answered(VALKEY_9, script) == b"embstr"


def test_counting_makes_an_integer_of_it() -> None:
    script = (
        "redis.call('SET', KEYS[1], 12) redis.call('INCR', KEYS[1]) return redis.call('OBJECT', 'ENCODING', KEYS[1])"
    )
    assert answered(VALKEY_9, script) == b"int"


def test_what_a_client_of_valkey_stores_is_an_integer() -> None:
    engine = Engine(dialect=VALKEY_9)
    client = engine.connect()
    engine.execute(client, [b"SET", b"n", b"12"])
    assert engine.execute(client, [b"OBJECT", b"ENCODING", b"n"]) == b"int"


def test_waitaof_has_a_place_in_scripts_since_redis_7_4() -> None:
    script = "return redis.pcall('WAITAOF', 0, 0, 0)"
    assert answered(REDIS_8, script) == [0, 0]
    assert answered(VALKEY_9, script) == [0, 0]
    refused = answered(REDIS_7_2, script)
    assert isinstance(refused, ErrorReply)
    assert refused == ErrorReply(b"ERR This Redis command is not allowed from script")
