"""Hashes as values: copies, the walk, and the encoding that a server would choose."""

from __future__ import annotations

from redis_tui.engine.config import Config
from redis_tui.engine.types.hash import Hash


def test_a_copy_is_independent_and_keeps_the_encoding() -> None:
    config = Config()
    original = Hash()
    original.adopt(config)
    original.put(b"f", b"x" * 65)
    original.put(b"f", b"short")
    twin = original.copy()
    twin.put(b"g", b"v")
    assert dict(original) == {b"f": b"short"}
    assert twin.encoding(config) == "hashtable"


def test_a_change_of_limits_shows_at_the_next_write() -> None:
    config = Config()
    value = Hash.of([(b"a", b"1"), (b"b", b"2")], config)
    config.set_many([("hash-max-listpack-entries", "1")])
    assert value.encoding(config) == "listpack"
    value.put(b"a", b"3")
    assert value.encoding(config) == "hashtable"
    config.set_many([("hash-max-listpack-entries", "512")])
    value.put(b"a", b"4")
    assert value.encoding(config) == "hashtable"
    assert Hash.of([(b"a", b"x" * 65)], config).encoding(config) == "hashtable"


def test_a_walk_sees_fields_that_came_after_it_was_first_made() -> None:
    value = Hash()
    value.put(b"a", b"1")
    assert value.walk(0, 10) == (0, [b"a"])
    value.put(b"b", b"2")
    value.remove(b"a")
    assert value.walk(0, 10) == (0, [b"b"])
