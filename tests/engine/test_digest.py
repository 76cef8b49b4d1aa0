"""The digests themselves are compared with real servers in the transcript ``debug``."""

from __future__ import annotations

from redis_tui.engine import digest
from redis_tui.engine.engine import Engine


def test_an_empty_engine_has_the_digest_of_nothing() -> None:
    assert digest.of_databases(Engine().space.databases).hex() == "0" * 40


def test_the_order_of_keys_and_members_does_not_tell() -> None:
    one, other = Engine(), Engine()
    here, there = one.connect(), other.connect()
    for argv in ([b"SET", b"a", b"1"], [b"SADD", b"s", b"x", b"y"]):
        one.execute(here, argv)
    for argv in ([b"SADD", b"s", b"y"], [b"SADD", b"s", b"x"], [b"SET", b"a", b"1"]):
        other.execute(there, argv)
    assert digest.of_databases(one.space.databases) == digest.of_databases(other.space.databases)


def test_the_order_of_a_list_does() -> None:
    engine = Engine()
    client = engine.connect()
    engine.execute(client, [b"RPUSH", b"l", b"a", b"b"])
    engine.execute(client, [b"RPUSH", b"m", b"b", b"a"])
    one, other = (digest.of_value(client.ctx.peek(key), expires=False) for key in (b"l", b"m"))
    assert one != other


def test_a_time_to_live_tells() -> None:
    assert digest.of_value(b"x", expires=True) != digest.of_value(b"x", expires=False)
